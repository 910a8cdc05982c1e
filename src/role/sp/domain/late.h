/* SPDX-License-Identifier: Apache-2.0 */
/* An answer that comes after its order's end: what it brings is kept, the order's result stays. Station 11.
 * Role. [DESIGN 4, rule 7] */
#ifndef TSM_ROLE_SP_DOMAIN_LATE_H
#define TSM_ROLE_SP_DOMAIN_LATE_H

#include "role/sp/process.h"

/* The verbs whose replies are wanted late: the questions of steps that say so. */
enum tsm_err late_want(struct partners *p);
/* Before the commit: opens the answer where its step wants it and the instance has not got it in another way;
 * t->done then. */
enum tsm_err late_read(struct turn *t);
/* In the commit. */
enum tsm_err late_keep(struct turn *t, struct tx *tx);

#endif
