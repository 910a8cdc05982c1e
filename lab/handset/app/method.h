/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the TSM-API as commands of the handset. Edge (station 9, the handset's side).
 * [TR-03165 4.2.5] */
#ifndef LAB_HANDSET_APP_METHOD_H
#define LAB_HANDSET_APP_METHOD_H

#include "handset/app/words.h"

enum { METHOD_USAGE = -1 };

/* Runs the method that the words name and prints its result. Returns executionStatus, or METHOD_USAGE when
 * there is no such method or its arguments are too few or many. */
int method_run(struct tsm_api *api, const struct words *w);
/* A line each for the help. */
const char *method_help(void);

#endif
