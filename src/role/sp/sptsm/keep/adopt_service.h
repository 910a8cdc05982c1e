/* SPDX-License-Identifier: Apache-2.0 */
/* Services of the fixture as entities: versions, flavors, application configurations. Station 2. Role.
 * [TR-03165 4.1.4.2 to 4.1.4.4, 4.1.4.12] */
#ifndef TSM_ROLE_SP_SPTSM_KEEP_ADOPT_SERVICE_H
#define TSM_ROLE_SP_SPTSM_KEEP_ADOPT_SERVICE_H

#include "role/sp/sptsm/keep/row.h"

/* A row of TR_NEW_SERVICES. NOT_FOUND never: what a flavor names and nobody has is left out. */
enum tsm_err adopt_service(struct tx *tx, int64_t party, const struct rows *service);

/* The AID of the security domain of a service's instances, from the service's id [TR-03165 4.1.4.2 sdAid]. */
enum { DOMAIN_AID_TEXT = 2 * 14 + 1 };
const char *adopt_domain_aid(int64_t service, char out[DOMAIN_AID_TEXT]);

#endif
