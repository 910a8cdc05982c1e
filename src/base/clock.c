/* SPDX-License-Identifier: Apache-2.0 */
/* The clock port and the text of a point in time. Every station; clock_real is an edge, the rest is pure.
 * [RFC 3339] */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static time_us real_now(struct clock *self)
{
    struct timespec t;
    (void)self;
    clock_gettime(CLOCK_REALTIME, &t);
    return (time_us)t.tv_sec * 1000000 + t.tv_nsec / 1000;
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
