/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversation of one connection with a centre, without its socket: PDUs and time in, PDUs and events
 * out. Station 9. Pure but for the events it calls. [SMPP 3.4 2.2, 2.9, 4]
 */
#ifndef TSM_LINK_SMPP_SESSION_H
#define TSM_LINK_SMPP_SESSION_H

#include <pthread.h>

#include "link/smpp/pacing.h"
#include "link/smpp/segments.h"

enum session_state {
    SESSION_DOWN,
    SESSION_BINDING,
    SESSION_BOUND,
    SESSION_UNBINDING,
};

enum { SESSION_OUT_MAX = 65536, SESSION_OUT_LOW = SESSION_OUT_MAX / 2 };

/* The bind and everything that outlives it. */
struct session {
    const struct smpp_config *config; /* defaults filled in */
    const struct smpp_events *events;
    pthread_mutex_t *lock; /* guards queue and counts, which other threads see */
    struct queue *queue;
    struct smpp_counts *counts;
    enum session_state state;
    bool refused;        /* the centre does not want our bind: the next attempt shall wait long */
    uint64_t connection; /* counts binds tried: a ticket of one is worth nothing in another */
    uint32_t sequence;
    struct window window;
    struct pacing pacing;
    time_us heard_at, asked_at; /* asked_at: of an enquire_link without answer, 0 for none */
    time_us give_up_at;         /* of bind or unbind */
    uint32_t random;            /* changes with each draw */
    uint8_t out[SESSION_OUT_MAX];
    size_t out_len;
};

/* A connection stands: writes bind_transceiver. */
enum tsm_err session_open(struct session *s, time_us now);
/* One framed PDU. An error means: close the connection. */
enum tsm_err session_hear(struct session *s, struct bytes pdu, time_us now);
/* Time has passed or the queue has changed: sends what may be sent. An error means: close the connection. */
enum tsm_err session_go_on(struct session *s, time_us now);
/* When session_go_on must be called at the latest. */
time_us session_wake_at(struct session *s, time_us now);
/* The connection is gone: what had no answer goes back to its place in the queue. */
void session_lost(struct session *s);
/* Writes unbind. */
enum tsm_err session_leave(struct session *s, time_us now);
/* Reports everything that waits as refused. */
void session_give_up(struct session *s);

/* A delivery's acknowledgement, or the wish to hear it again; nothing when its connection is over. */
enum tsm_err session_acknowledge(struct session *s, const struct smpp_ticket *t, enum tsm_err result);

/* For the files of the session: a PDU to the output (NO_ROOM: the centre does not read, close), one more of a
 * count, and what came in deliver_sm or data_sm, handed on with its ticket. */
enum tsm_err session_put(struct session *s, const struct smpp_pdu *pdu);
void session_tally(struct session *s, uint64_t *count);
enum tsm_err session_deliver(struct session *s, const struct smpp_pdu *pdu);
uint32_t session_sequence(struct session *s);
/* What an answer means for its segment; an error means that the bind is lost. */
enum tsm_err session_settle(struct session *s, struct segment *g, const struct smpp_pdu *p, time_us now);
void session_put_back(struct session *s, struct segment *g, void (*where)(struct queue *, struct segment *));
/* Sends what window and pace allow. */
enum tsm_err session_pump(struct session *s, time_us now);
/* A segment whose answer is late is sent again with the same octets: cards take duplicates, not gaps. */
void session_repeat_overdue(struct session *s, time_us now);

#endif
