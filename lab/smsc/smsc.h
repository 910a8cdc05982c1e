/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's short message service centre: its parts and what they ask of each other. Edge (station 9).
 * session.c and submit.c take PDUs, endpoint.c stores and forwards, outcome.c says what became of a message.
 */
#ifndef LAB_SMSC_SMSC_H
#define LAB_SMSC_SMSC_H

#include "smsc/fault.h"
#include "smsc/smpp/link.h"
#include "smsc/smpp/smpp.h"

#include <time.h>

enum {
    SMSC_MAX_WAITING = 1000,      /* messages stored for one subscriber */
    SMSC_MAX_MO_WAITING = 200000, /* messages stored for one ESME that is away */
    SMSC_MAX_USER_DATA = 140,     /* octets of one short message [TS 23.040 9.2.3.16] */
    SMSC_WINDOW = 50,             /* unanswered deliver_sm towards one ESME session */
    SMSC_RETRY_MS = 1000,         /* first pause after a temporary failure, doubled each time */
    SMSC_FLEET_WINDOW = 512,      /* the same towards the one session of a fleet, one to each subscriber */
    SMSC_MAX_RETRY_MS = 60000,
    SMSC_RESPONSE_MS = 30000, /* an unanswered deliver_sm condemns its connection */
    SMSC_VALIDITY_S = 86400   /* when the sender names no validity_period */
};

struct endpoint;
struct session;

/* A message on its way to a subscriber or back to an ESME. */
struct stored {
    struct stored *next;
    struct smpp_message message; /* body owned */
    uint64_t id;
    char account[16]; /* system_id that gets receipt and proof of receipt; empty for mobile-originated ones */
    struct endpoint *at;         /* whose it is, waiting or in flight */
    int64_t not_before, expires; /* loop_now() scale; expires 0 = never */
    time_t submitted;
    unsigned attempts;
    uint32_t sequence; /* while in flight */
};

struct queue {
    struct stored *head, *tail;
    size_t count;
};

/* Somebody messages can be for: a subscriber (its handset) or an ESME account (all its sessions). */
struct endpoint {
    bool handset;
    char name[21]; /* MSISDN or system_id */
    char range[41];
    struct smsc *smsc;
    struct queue waiting;
    struct session *sessions; /* those that can receive */
    struct timer timer;
    int64_t tokens_milli, tokens_at; /* --throttle */
    bool in_fleet_air;               /* its message is under way on the session of a fleet */
    bool starving;                   /* it waits for room there */
    struct endpoint *next_starving;
};

enum session_state { SESSION_OPEN, SESSION_BOUND };

struct session {
    struct smpp_link link;
    struct smsc *smsc;
    struct session *next, *previous; /* all sessions of the centre */
    struct session *next_peer;       /* sessions of the endpoint */
    enum session_state state;
    bool transmits, receives;
    struct endpoint *endpoint;
    struct queue flying; /* sent, not yet answered, oldest first */
    bool fleet;          /* a handset session for all numbers its endpoint's range covers */
    struct session *next_fleet;
    struct endpoint *starving_head, *starving_tail;
    uint32_t sequence;
    struct timer response;
};

struct smsc_config {
    uint16_t port;
    const char *system_id, *password; /* NULL: any */
    unsigned throttle;                /* submit_sm per second and account; 0 = no limit */
    int64_t retry_ms;
    struct smsc_faults faults;
    bool verbose;
};

struct smsc {
    struct smsc_config config;
    struct loop *loop;
    struct watch listener, signals;
    struct session *sessions, *fleets;
    void *endpoints; /* tsearch(3) tree */
    uint64_t last_id, submits;
    bool was_down;
};

__attribute__((format(printf, 2, 3))) void smsc_log(const struct smsc *s, const char *format, ...);

/* session.c */
void session_accept(struct smsc *s, int fd);
/* Sends a PDU that is only a header. */
void session_answer(struct session *s, uint32_t command, uint32_t status, uint32_t sequence);
/* Cuts the connection now; what was in flight goes back to the head of its queue. */
void session_cut(struct session *s);

/* submit.c: takes a submit_sm of an ESME or a handset and answers it. */
void submit_take(struct session *s, const struct smpp_header *h, const uint8_t *pdu, size_t len);

/* endpoint.c: NULL when there is none (find) or no memory (make). */
struct endpoint *endpoint_find(struct smsc *s, bool handset, const char *name);
struct endpoint *endpoint_make(struct smsc *s, bool handset, const char *name);
/* The ESME account whose address range covers a short code: exact ranges before open ones. */
struct endpoint *endpoint_route(struct smsc *s, const char *digits);
void endpoint_attach(struct endpoint *e, struct session *s);
void endpoint_detach(struct endpoint *e, struct session *s);
/* Stores a copy of `m` and sends it when it can; NULL when the store is full. */
struct stored *endpoint_store(struct endpoint *e, const struct smpp_message *m, const struct stored *like);
/* Sends whatever may go now and sets the timer for the rest. */
void endpoint_pump(struct endpoint *e);
void endpoints_free(struct smsc *s);
/* How well an address_range covers a number: 0 not at all. */
int endpoint_covers(const char *range, const char *digits);

/* fleet.c: one session that is the handset of every subscriber in a range of numbers. */
bool fleet_is_range(const char *address_range);
void fleet_attach(struct session *s);
void fleet_detach(struct session *s);
/* The session of a fleet that has room for the subscriber's next message; NULL when there is none. A
 * subscriber that finds no room is remembered and gets its turn by fleet_feed. */
struct session *fleet_choose(struct endpoint *e);
/* A message of `e` has left a session's flight: somebody who waited for room may go. */
void fleet_landed(struct session *s, struct endpoint *e);

void queue_append(struct queue *q, struct stored *m);
void queue_prepend(struct queue *q, struct stored *m);
/* Takes the message out of the queue; NULL-safe ends. */
void queue_remove(struct queue *q, struct stored *m);
void stored_free(struct stored *m);

/* outcome.c: a message that left for `e` was answered, or expired. Each owns `m` from here on. */
void outcome_answered(struct endpoint *e, struct stored *m, uint32_t status, const struct smpp_answer *a);
void outcome_expired(struct endpoint *e, struct stored *m);

#endif
