/* SPDX-License-Identifier: Apache-2.0 */
/* The id that apps and the provider's online system see of an instance. Stations 3 and 12. Role. [TR-03165
 * 4.2.3.1, 4.3; RFC 9562] */
#ifndef TSM_ROLE_SP_TSMAPI_NAMES_H
#define TSM_ROLE_SP_TSMAPI_NAMES_H

#include "role/sp/internal.h"

enum { API_UUID_ROOM = 37 };

/* The instance's id: its own, or for one that no app has asked for one made from its row, always the same.
 * NOT_FOUND where there is no such row. */
enum tsm_err service_instance_uuid(struct tx *tx, int64_t instance, char out[API_UUID_ROOM]);
/* The one that is made from the row's number. NO_MEMORY. */
enum tsm_err instance_uuid_made(int64_t instance, char out[API_UUID_ROOM]);

#endif
