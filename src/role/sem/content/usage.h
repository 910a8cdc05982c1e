/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner did for whom, in rows that can be billed. Station 12. Role. [DESIGN 6: usage] */
#ifndef TSM_ROLE_SEM_CONTENT_USAGE_H
#define TSM_ROLE_SEM_CONTENT_USAGE_H

#include "role/sem/work.h"

/* One row for the work itself, and octets where a load file came to the element; once a job. A work that
 * ended with a failure is not billed. */
enum tsm_err content_used(struct turn *t, struct tx *tx, const struct job *job, const json_t *reply);

#endif
