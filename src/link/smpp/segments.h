/* SPDX-License-Identifier: Apache-2.0 */
/* The segments of a link: those that wait in the order of their coming, and those sent and not answered.
 * Station 9. Pure but for allocation; the caller keeps threads apart. */
#ifndef TSM_LINK_SMPP_SEGMENTS_H
#define TSM_LINK_SMPP_SEGMENTS_H

#include "base/clock.h"
#include "link/smpp/smpp_link.h"

struct segment {
    struct segment *next;
    uint64_t order; /* of coming */
    uint64_t ref;
    uint32_t number;
    char msisdn[SMPP_ADDRESS_ROOM];
    uint8_t user_data[SMPP_USER_DATA_MAX];
    size_t len;
    bool udhi, sent; /* sent: at least once */
    uint32_t validity_s;
    time_us expires; /* 0: never */
    unsigned tries;
    uint32_t sequence; /* of the PDU without answer */
    time_us answer_by;
};

/* BAD_VALUE, TOO_LONG, NO_MEMORY. */
enum tsm_err segment_make(const struct smpp_out *out, time_us now, struct segment **made);

/* Those that wait. */
struct queue {
    struct segment *first, *last;
    size_t n, max;
    uint64_t orders;
};

/* Appends; BUSY when full. */
enum tsm_err queue_add(struct queue *q, struct segment *s);
/* Back to its place by the order of coming, before all that came later; never refused. */
void queue_put_back(struct queue *q, struct segment *s);
/* Back behind all others; never refused. */
void queue_put_last(struct queue *q, struct segment *s);
/* The first one, or NULL. */
struct segment *queue_take(struct queue *q);

/* Those without answer, in the order of sending. */
struct window {
    struct segment *at[SMPP_WINDOW_MAX];
    size_t n;
};

void window_add(struct window *w, struct segment *s);
/* The one with this sequence number, removed; NULL when there is none. */
struct segment *window_take(struct window *w, uint32_t sequence);
/* The one sent first, removed, when its time for an answer has passed; NULL else. */
struct segment *window_overdue(struct window *w, time_us now);

#endif
