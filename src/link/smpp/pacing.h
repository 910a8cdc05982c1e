/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast one bind may send: a token bucket that counts PDUs, halves its rate when the centre throttles and
 * recovers by steps; and the pauses between attempts to connect. Station 9. Pure: time and randomness are
 * passed in.
 */
#ifndef TSM_LINK_SMPP_PACING_H
#define TSM_LINK_SMPP_PACING_H

#include "base/clock.h"

enum {
    PACING_STEPS = 20, /* seconds without throttling from nothing back to the whole rate */
};

/* A pause that doubles from `first` to `max` and is lengthened by up to a quarter, so that binds do not march
 * in step. */
struct backoff {
    time_us first, max, next;
};

struct backoff backoff_make(time_us first, time_us max);
time_us backoff_next(struct backoff *b, uint32_t random);
void backoff_reset(struct backoff *b);

struct pacing {
    int64_t base, rate; /* PDUs a second: agreed, and now */
    int64_t tokens;     /* millionths of a PDU */
    time_us filled_at, raised_at, paused_until;
    struct backoff pause;
};

struct pacing pacing_make(unsigned rate, struct backoff pause, time_us now);
/* Takes the right to send one PDU; false while there is none. */
bool pacing_take(struct pacing *p, time_us now);
/* When pacing_take may next succeed; now or later. */
time_us pacing_ready_at(struct pacing *p, time_us now);
/* The centre said 58 or 14. Several answers of one window count as one. */
void pacing_throttled(struct pacing *p, time_us now, uint32_t random);
/* The centre took a PDU: the next pause is a short one again. */
void pacing_accepted(struct pacing *p, time_us now);

#endif
