/* SPDX-License-Identifier: Apache-2.0 */
/* A short message centre that does what the test tells it, and a diary of what the link's events said. */
#ifndef TSM_TESTS_LINK_CENTRE_H
#define TSM_TESTS_LINK_CENTRE_H

#include <pthread.h>

#include "link/smpp/smpp_link.h"

enum { CENTRE_PATIENCE_S = 120, DIARY_MAX = 256 };

struct centre {
    int listener, fd;
    uint16_t port;
    struct bytes raw; /* octets of the PDU heard last; valid until the next is heard */
    uint8_t room[SMPP_PDU_MAX];
};

/* Binds a free loopback port. */
void centre_open(struct centre *c);
/* Waits for the link to connect. */
void centre_accept(struct centre *c);
/* The next PDU from the link, of this command; asserts. */
void centre_hear(struct centre *c, uint32_t id, struct smpp_pdu *out);
/* True when the link says nothing for so long. */
bool centre_hears_nothing(struct centre *c, int ms);
void centre_say(struct centre *c, const struct smpp_pdu *pdu);
void centre_say_raw(struct centre *c, struct bytes octets);
/* An answer without body, or with a message id. */
void centre_answer(struct centre *c, const struct smpp_pdu *request, uint32_t status, const char *message_id);
/* Accepts a connection and its bind. */
void centre_welcome(struct centre *c);
/* Waits for the link to close the connection, then closes this side. */
void centre_await_end(struct centre *c);
void centre_hang_up(struct centre *c);
void centre_close(struct centre *c);

/* What the link said, in order. */
enum note_kind { NOTE_ACCEPTED, NOTE_REFUSED, NOTE_RECEIPT, NOTE_MESSAGE, NOTE_UP, NOTE_DOWN };
struct note {
    enum note_kind kind;
    uint64_t ref;
    uint32_t segment, status;
    enum smpp_class class;
    char text[SMPP_MESSAGE_ID_ROOM]; /* message id or number */
    struct smpp_receipt receipt;
    uint8_t data[SMPP_USER_DATA_MAX];
    size_t len;
    bool udhi;
};

struct diary {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n, read;
    struct note at[DIARY_MAX];
    struct smpp_link *link; /* to settle deliveries with */
    enum tsm_err say;       /* what becomes of receipts and messages */
    bool later;             /* the test settles them, by their tickets */
    struct smpp_ticket tickets[DIARY_MAX];
    size_t n_tickets;
};

#define DIARY                                                                  \
    {                                                                          \
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER \
    }

struct smpp_events diary_events(struct diary *d);
/* The next note; waits for it and asserts its kind. */
struct note diary_next(struct diary *d, enum note_kind kind);

#endif
