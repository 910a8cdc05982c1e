/* SPDX-License-Identifier: Apache-2.0 */
/* A profile in the words of BSI TR-03165: the attributes of a SecureComponentProfile that a provider chooses
 * its flavors by. Station 4. Pure but for jansson. [TR-03165 4.1.4.5] */
#ifndef TSM_ORDER_CARD_COMPONENT_H
#define TSM_ORDER_CARD_COMPONENT_H

#include "order/profile.h"

enum component_type { COMPONENT_ESE = 1, COMPONENT_EUICC, COMPONENT_REMOVABLE_EUICC, COMPONENT_UICC };
enum { COMPONENT_TEXT_MAX = 255, COMPONENT_ENTRIES_MAX = 64 };

/* The member "component" of a profile: any of the attributes but id and name. Every refusal names the member.
 */
enum tsm_err component_check(const json_t *component);
/* All attributes: those of `component` (may be NULL), and for the rest what the profile says or nothing.
 * Owned by the caller; NULL when memory is exhausted. */
json_t *component_json(const struct se_profile *p, const json_t *component, int64_t id);

#endif
