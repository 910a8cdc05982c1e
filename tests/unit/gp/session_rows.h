/* SPDX-License-Identifier: Apache-2.0 */
/* Published secure channel sessions, transcribed with their origin. Test data for gp/channel. */
#ifndef TSM_TESTS_UNIT_GP_SESSION_ROWS_H
#define TSM_TESTS_UNIT_GP_SESSION_ROWS_H

#include "session_run.h"

extern const struct session_row session_rows[];
extern const size_t session_row_count;

#endif
