/* SPDX-License-Identifier: Apache-2.0 */
/* Those of a flavor's contextSpecificAttributes that orders know: how its domain is made. The guideline
 * leaves names and values to provider and TSM; other names are kept and mean nothing here. Stations 2 to 4.
 * Role. [TR-03165 4.1.4.4; docs/administration.md] */
#ifndef TSM_ROLE_SP_SPTSM_RELEASE_CONTEXT_H
#define TSM_ROLE_SP_SPTSM_RELEASE_CONTEXT_H

#include "role/sp/sptsm/model/refusal.h"

/* BAD_VALUE with a refusal (1008) for a known name with a value that is none of its. */
enum tsm_err context_judge(const json_t *flavor, struct refusal *refusal);
/* Sets mode, hand_over, dap, quota of the order's row where the flavor says them. NO_MEMORY. */
enum tsm_err context_release(const json_t *flavor, json_t *made);

#endif
