/* SPDX-License-Identifier: Apache-2.0 */
/* The running server: everything wired and started, everything stopped in turn. App. */
#ifndef TSM_APP_TSMD_SERVE_SERVE_H
#define TSM_APP_TSMD_SERVE_SERVE_H

#include "app/tsmd/config.h"

/* Runs until SIGTERM or SIGINT. Prints one line "ready api=HOST:PORT device=.. partner=.." on standard
 * output. */
enum tsm_err tsmd_serve(const struct config *c);

#endif
