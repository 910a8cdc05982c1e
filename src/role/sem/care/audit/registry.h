/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the owner's registry that an audit led to. Station 11. Role. [capability S10] */
#ifndef TSM_ROLE_SEM_CARE_AUDIT_REGISTRY_H
#define TSM_ROLE_SEM_CARE_AUDIT_REGISTRY_H

#include "role/sem/care/audit/audit.h"

/* The rows behind one repair; for REINSTALL its provider is told, too. Those on the card were done before. */
enum tsm_err registry_mend(struct tx *tx, const struct act *a, const struct element *el,
                           const struct drift *d, enum drift_repair repair);
/* An object that is gone from the card: its row, for a domain all below it with keys and booking. */
enum tsm_err registry_forget(struct tx *tx, const struct element *el, enum expected_kind kind,
                             struct bytes aid);

#endif
