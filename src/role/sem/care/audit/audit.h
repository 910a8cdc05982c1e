/* SPDX-License-Identifier: Apache-2.0 */
/* An audit: the registry as the drift compares it, and what an audit found as its result. Station 11. Role.
 * [capability S10] */
#ifndef TSM_ROLE_SEM_CARE_AUDIT_AUDIT_H
#define TSM_ROLE_SEM_CARE_AUDIT_AUDIT_H

#include "order/care/drift.h"
#include "role/sem/care/act/act.h"

/* The owner's registry of an element. `object` of `out` lies in `rows`. */
struct expected_rows {
    struct expected object[DRIFT_EXPECTED_MAX];
};
enum tsm_err expected_load(struct tx *tx, const struct element *el, struct expected_rows *rows,
                           struct drift_expected *out);
/* {drift: [{drift, what, aid?, domain?, kvn?, expected, found, repairs}], more}; owned by the caller. */
json_t *drift_json(const struct drift_list *list);
/* One member of such a list. BAD_VALUE. */
enum tsm_err drift_read(const json_t *o, struct drift *out);

#endif
