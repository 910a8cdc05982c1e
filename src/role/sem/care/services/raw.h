/* SPDX-License-Identifier: Apache-2.0 */
/* Plain commands to an application of the element, outside any secure channel, in one exchange: only a device
 * agent carries them. Stations 5 and 10. Role. */
#ifndef TSM_ROLE_SEM_CARE_SERVICES_RAW_H
#define TSM_ROLE_SEM_CARE_SERVICES_RAW_H

#include "gp/apdu/apdu.h"
#include "role/sem/care/act/turn.h"

/* UNSUPPORTED with the reason where no agent reaches the element. */
enum tsm_err raw_begin(struct care_turn *t, struct bytes application);
enum tsm_err raw_add(struct care_turn *t, struct bytes command);
/* Answer i; the first is that of SELECT. NOT_FOUND where there are fewer. `store` holds the octets. */
enum tsm_err raw_answer(const struct care_turn *t, size_t i, struct writer *store, struct rapdu *out);

#endif
