/* SPDX-License-Identifier: Apache-2.0 */
/* Time is passed in: microseconds since 1970 UTC from one clock, real or virtual. clock_real is the only
 * edge. [RFC 3339] */
#ifndef TSM_BASE_CLOCK_H
#define TSM_BASE_CLOCK_H

#include "base/bytes.h"

typedef int64_t time_us;
#define SECONDS(n) ((time_us)(n)*1000000)

struct clock {
    time_us (*now)(struct clock *self);
    time_us virtual_now; /* used by the virtual clock only */
};

extern struct clock clock_real;
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
