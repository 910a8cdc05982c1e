/* SPDX-License-Identifier: Apache-2.0 */
/* What a flavor's activationConfig asks beside the directory of payment applications: selectable
 * applications, access rules for device applications, an answer to contactless readers. Stations 6 and 9.
 * Role. [TR-03165 4.1.4.2, 4.1.4.14, 4.2.3.5; GPD_SPE_013; GPCS Amendment C] */
#ifndef TSM_ROLE_SP_ACTIVATION_ACCESSIBLE_H
#define TSM_ROLE_SP_ACTIVATION_ACCESSIBLE_H

#include "role/sp/process.h"

/* Asked of the owner. A device application is named by its certificate's hash (20 or 32 octets); another
 * identifier (5 to 16 octets) stands filled up with FF to 20, which is what its device must compare with. */
bool is_accessible(const struct turn *t); /* there is nothing to ask for */
enum tsm_err ask_accessible(struct turn *t, json_t **question);

/* Said to the element's contactless registry by the device agent; elements that are reached by messages have
 * none within reach. */
bool has_no_contactless(const struct turn *t);
enum tsm_err ask_contactless(struct turn *t, json_t **question);
enum tsm_err read_contactless(struct turn *t, const json_t *reply);
enum tsm_err keep_contactless(struct turn *t, struct tx *tx, const json_t *reply);

#endif
