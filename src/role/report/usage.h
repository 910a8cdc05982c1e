/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that every party reads of itself, whatever its role. Stations 1 and 12. Role. */
#ifndef TSM_ROLE_REPORT_USAGE_H
#define TSM_ROLE_REPORT_USAGE_H

#include "http/server.h"
#include "store/store.h"

enum { USAGE_ROWS_MAX = 1000 };

/* GET /api/v1/usage; what its handlers get is the store. */
extern const struct http_route report_routes[];

#endif
