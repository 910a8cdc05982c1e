/* SPDX-License-Identifier: Apache-2.0 */
/* What a published flavor is for orders: the row that station 4 chooses from. Stations 3 and 4. Role.
 * [TR-03165 4.1.4.4, 4.1.6.4.15] */
#ifndef TSM_ROLE_SP_SPTSM_RELEASE_RELEASE_H
#define TSM_ROLE_SP_SPTSM_RELEASE_RELEASE_H

#include "role/sp/sptsm/keep/row.h"

/* Makes the order's row of a flavor that is published now: role/sp/content/words.h. One without load file
 * gets a row that suits no element. */
enum tsm_err release_make(struct tx *tx, const struct tr_row *flavor, const json_t *body);
/* What may change of it later, as it is now: profiles, version, name, key provisioning, device applications
 * of its service; nothing where it is not published. */
enum tsm_err release_update(struct tx *tx, int64_t flavor);
/* The script as text for orders, under its id; octets that are no text are kept from them. */
enum tsm_err release_script(struct tx *tx, const struct tr_row *script, bool fresh, struct bytes content);

#endif
