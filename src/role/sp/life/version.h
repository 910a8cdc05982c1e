/* SPDX-License-Identifier: Apache-2.0 */
/* Which flavor an order takes: of the version that it names, or of the newest; by the profile of the element.
 * Station 4. Role. [TR-03165 4.1.4.3, 4.2.5.1] */
#ifndef TSM_ROLE_SP_LIFE_VERSION_H
#define TSM_ROLE_SP_LIFE_VERSION_H

#include "role/sp/process.h"

/* Sets flavor_id, flavor, version and the order's flavor; flavor_id stays 0 where none suits. */
enum tsm_err version_flavor(struct turn *t);

#endif
