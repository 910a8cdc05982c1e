/* SPDX-License-Identifier: Apache-2.0 */
/* The clock port and the text of a point in time. Every station; clock_real and clock_after are edges, the
 * rest is pure. [RFC 3339] */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>

/* The one clock of the process. `steady` is its holder's who has set `busy`. */
static struct {
    atomic_flag busy;
    struct clock_run steady;
    _Atomic time_us said, ahead;
} real = {.busy = ATOMIC_FLAG_INIT};

time_us clock_steady(struct clock_run *run, time_us wall, time_us gone)
{
    time_us behind = run->lead - (wall - gone), pay = (gone - run->paid) / CLOCK_SLOWER;
    if (behind <= 0 || behind > CLOCK_HELD_MAX) {
        *run = (struct clock_run){.lead = wall - gone, .paid = gone};
    } else if (pay > 0) {
        run->lead -= pay < behind ? pay : behind;
        run->paid = gone;
    }
    return gone + run->lead;
}

static time_us read_us(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (time_us)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Who finds another thread at it takes what that one said last: once the time was told nobody waits for it.
 */
static time_us real_now(struct clock *self)
{
    time_us wall, now;
    (void)self;
    while (atomic_flag_test_and_set_explicit(&real.busy, memory_order_acquire))
        if ((now = atomic_load(&real.said)) != 0)
            return now;
    wall = read_us(CLOCK_REALTIME); /* before what has gone: a pause between the two must not make it early */
    now = clock_steady(&real.steady, wall, read_us(CLOCK_BOOTTIME));
    atomic_store(&real.ahead, now - wall);
    atomic_store(&real.said, now);
    atomic_flag_clear_explicit(&real.busy, memory_order_release);
    return now;
}

void clock_not_before(time_us t)
{
    time_us early = t - clock_now(&clock_real);
    while (atomic_flag_test_and_set_explicit(&real.busy, memory_order_acquire))
        continue;
    real.steady.lead += early > 0 ? early : 0;
    atomic_flag_clear_explicit(&real.busy, memory_order_release);
}

time_us clock_ahead(void)
{
    return atomic_load(&real.ahead);
}

struct timespec clock_after(time_us wait)
{
    time_us at = read_us(CLOCK_MONOTONIC) + (wait > 0 ? wait : 0);
    return (struct timespec){.tv_sec = at / SECONDS(1), .tv_nsec = at % SECONDS(1) * 1000};
}

static time_us virtual_now(struct clock *self)
{
    return __atomic_load_n(&self->virtual_now, __ATOMIC_RELAXED);
}

struct clock clock_real = {.now = real_now, .virtual_now = 0};

struct clock clock_virtual(time_us start)
{
    return (struct clock){.now = virtual_now, .virtual_now = start};
}

/* Days since 1970 to a civil date, by counting years from 1 March (proleptic Gregorian). */
static void civil(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

char *time_text(time_us t, char out[TIME_TEXT])
{
    int64_t s = t / 1000000, days = s / 86400, rest = s % 86400;
    int y, m, d;
    civil(days, &y, &m, &d);
    snprintf(out, TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)y % 10000u, (unsigned)m % 100u,
             (unsigned)d % 100u, (unsigned)(rest / 3600) % 100u, (unsigned)(rest / 60 % 60) % 100u,
             (unsigned)(rest % 60) % 100u, (unsigned)(t % 1000000) % 1000000u);
    return out;
}
