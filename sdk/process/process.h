/* SPDX-License-Identifier: Apache-2.0 */
/* A process from its request to its result, on the thread of its future. Edge. [TR-03165 4.2, docs/tsm-api.md
 * "Processes"] */
#ifndef OPENTSM_SDK_PROCESS_H
#define OPENTSM_SDK_PROCESS_H

#include "process/future.h"

enum { PROCESS_WAIT_S = 25 }; /* how long the back end may hold an answer, of its 30 s */

/* Does the future's task; fills its result with status 0, or returns the error that came instead. */
struct tsm_api_status process_run(struct tsm_api_future *f);

/* For the files of this folder: from the 202 on. `started` is NULL when the process is found again. */
struct tsm_api_status process_follow(struct tsm_api_future *f, const char *process,
                                     const struct answer_started *started);

#endif
