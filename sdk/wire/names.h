/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of errors in the guideline's wording. Pure. [TR-03165 4.2.4.4] */
#ifndef OPENTSM_SDK_NAMES_H
#define OPENTSM_SDK_NAMES_H

#include "opentsm_tsm_api.h"

#define STATUS_FINE ((struct tsm_api_status){0})

/* "Invalid argument: <<details>>" and so on; cut at TSM_API_MAX_LOG_TEXT. */
struct tsm_api_status status_of(enum tsm_api_error e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps a message of the back end, cut between characters where it is too long. */
void status_keep(struct tsm_api_status *s, const char *message);

#endif
