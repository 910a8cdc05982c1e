/* SPDX-License-Identifier: Apache-2.0 */
/* How long a result waits for its next try. Station 12. Pure. */
#ifndef TSM_ROLE_SP_SPOS_DELAY_H
#define TSM_ROLE_SP_SPOS_DELAY_H

#include "base/clock.h"

/* The longest delay, where no setting names another: after an outage of any length a receiver hears of what
 * waited within two minutes. */
enum { SPOS_DELAY_MAX_S = 120 };

/* After `attempt` tries in vain (1: the first one); never longer than `longest` seconds (0:
 * SPOS_DELAY_MAX_S), but for what the receiver asks for itself (Retry-After), which counts up to
 * SPOS_DELAY_MAX_S. */
time_us spos_delay(int64_t attempt, int64_t longest, unsigned asked_s);

/* What an answer means for the queue. */
enum spos_answer {
    SPOS_TAKEN,   /* 2xx */
    SPOS_REFUSES, /* this result: others may pass it, but none of the same service instance */
    SPOS_AWAY     /* the receiver takes nothing at the moment: all wait */
};
/* By status; 0: there was no answer. */
enum spos_answer spos_answer_of(int status);

#endif
