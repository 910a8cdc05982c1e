/* SPDX-License-Identifier: Apache-2.0 */
/* ProcessResult: what a provider's online system is told of a process. Station 12. Pure but for allocation.
 * [BSI TR-03165 4.3.3.1] */
#ifndef TSM_ROLE_SP_SPOS_RESULT_H
#define TSM_ROLE_SP_SPOS_RESULT_H

#include <jansson.h>

#include "base/clock.h"
#include "order/life/commands.h"

struct process_result {
    const char *process; /* UUID; "" where the request failed before there was a process */
    int status;          /* 0, or the error type of TR-03165 4.2.4.4 */
    const char *message; /* in English; is not told where status is 0 */
    time_us start, end;
    const char *service, *version, *instance; /* UUID, tag, UUID ("" where there is none) */
    enum operation operation;
    unsigned commands; /* of deploy and update: order/life/commands.h; told in the order of the app's list */
    int64_t start_state, end_state; /* enum instance_state; INSTANCE_REMOVED is told as NOT_DEPLOYED */
};

/* Has the interface a number for what was done? False for operations that the TR does not know. */
bool process_result_is_told(enum operation operation);
/* Owned by the caller; NULL without memory. */
json_t *process_result_json(const struct process_result *r);

#endif
