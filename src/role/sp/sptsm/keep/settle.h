/* SPDX-License-Identifier: Apache-2.0 */
/* What holds between entities after a change, and what orders take of it. Stations 2 to 4. Role. [TR-03165
 * 4.1.4.3, 4.1.4.4, 4.1.4.6, 4.1.4.15] */
#ifndef TSM_ROLE_SP_SPTSM_KEEP_SETTLE_H
#define TSM_ROLE_SP_SPTSM_KEEP_SETTLE_H

#include "role/sp/sptsm/keep/row.h"

/* A change that was written: the checks that need more than the entity itself, with the rows that orders
 * take. BAD_VALUE with the refusal set (1002, 1008, 1016). */
struct settling {
    const struct tr_row *row;
    const json_t *body;
    struct refusal *refusal;
};
enum tsm_err settle(struct tx *tx, const struct settling *s);

/* Compatibility of a flavor with all profiles that versions give it to. */
enum tsm_err settle_flavor(struct tx *tx, int64_t flavor, const json_t *body, struct refusal *refusal);

#endif
