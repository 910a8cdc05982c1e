/* SPDX-License-Identifier: Apache-2.0 */
/* How long a result waits for its next try, and what an answer means for those behind it. Station 12. Pure.
 * [RFC 9110 15] */
#include "role/sp/spos/delay.h"

static const int64_t seconds[] = {1, 2, 5, 10, 20, 30, 60, SPOS_DELAY_MAX_S};
enum { DELAYS = sizeof seconds / sizeof seconds[0] };

time_us spos_delay(int64_t attempt, int64_t longest, unsigned asked_s)
{
    int64_t at = attempt < 1 ? 0 : attempt > DELAYS ? DELAYS - 1 : attempt - 1;
    int64_t wait = seconds[at], asked = asked_s;
    if (longest > 0 && wait > longest)
        wait = longest;
    if (asked > SPOS_DELAY_MAX_S)
        asked = SPOS_DELAY_MAX_S;
    return SECONDS(wait > asked ? wait : asked);
}

/* Answers that speak of the body; all others speak of the receiver, its address or our right to call it. */
static const int of_the_body[] = {400, 409, 413, 415, 422};

enum spos_answer spos_answer_of(int status)
{
    if (status >= 200 && status < 300)
        return SPOS_TAKEN;
    for (size_t i = 0; i < sizeof of_the_body / sizeof of_the_body[0]; i++)
        if (status == of_the_body[i])
            return SPOS_REFUSES;
    return SPOS_AWAY;
}
