/* SPDX-License-Identifier: Apache-2.0 */
/* Time is passed in: microseconds since 1970 UTC from one clock, real or virtual. clock_real and clock_after
 * are the only edges. [RFC 3339] */
#ifndef TSM_BASE_CLOCK_H
#define TSM_BASE_CLOCK_H

#include <time.h>

#include "base/bytes.h"

typedef int64_t time_us;
#define SECONDS(n) ((time_us)(n)*1000000)

struct clock {
    time_us (*now)(struct clock *self);
    time_us virtual_now; /* used by the virtual clock only */
};

/* The time of day as clock_steady makes it of the system's: it never runs backwards by up to CLOCK_HELD_MAX.
 */
extern struct clock clock_real;
/* clock_real goes on no earlier than here: what a run before this one has written is not in the future. */
void clock_not_before(time_us t);
/* How far clock_real is ahead of the system's time of day, which was set back; about 0 otherwise. */
time_us clock_ahead(void);

/*
 * Time of day that is never set back: leases, timers and ids of what is in hand are points in time, and would
 * all come too late by as much. `wall` is the system's time of day, `gone` what has passed since any fixed
 * moment. A clock set forward is followed at once. One set back is followed by running slower, a tenth, until
 * it is right again; one set back by more than CLOCK_HELD_MAX was wrong before, and is followed at once.
 * Pure.
 */
struct clock_run {
    time_us lead; /* the time of day less what has gone */
    time_us paid; /* `gone` up to which it was made slower */
};
#define CLOCK_HELD_MAX SECONDS(25 * 3600)
enum { CLOCK_SLOWER = 10 };
time_us clock_steady(struct clock_run *run, time_us wall, time_us gone);

/* The moment `wait` from now, now if it is negative, for pthread_cond_clockwait on CLOCK_MONOTONIC: who waits
 * for a time of day waits an hour longer when that is set back by an hour. */
struct timespec clock_after(time_us wait);

/* A clock that stands until virtual_now is moved; refused by a production configuration. */
struct clock clock_virtual(time_us start);
static inline time_us clock_now(struct clock *c)
{
    return c->now(c);
}

/* "2026-11-22T01:02:03.000004Z", 28 bytes with the final 0. Returns out. */
enum { TIME_TEXT = 28 };
char *time_text(time_us t, char out[TIME_TEXT]);

#endif
