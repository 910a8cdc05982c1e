/* SPDX-License-Identifier: Apache-2.0 */
/* What a service's flavors need of an element, as the owner is asked, and the owner's no. Station 4. Role. */
#ifndef TSM_ROLE_SP_NEEDS_H
#define TSM_ROLE_SP_NEEDS_H

#include "role/sp/process.h"

/* Of which service, and of which of its flavors: by name ("" all), by row (0 all). */
struct service_need {
    int64_t party, service;
    const char *flavor;
    int64_t flavor_id;
};
/* [{profiles, aids, bytes, ref, certified, dap}]; owned by the caller. */
enum tsm_err needs_of_service(struct tx *tx, const struct service_need *s, json_t **out);
/* The reasons of {eligible: false, owner, reasons, next_actions} as one failure. */
void not_eligible_failure(const json_t *reply, struct failure *out);

#endif
