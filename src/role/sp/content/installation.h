/* SPDX-License-Identifier: Apache-2.0 */
/*
 * installationData: what an app adds to the installation. A member that is named by the AID of an
 * application, in hex, holds TLV structures in hex; they come behind the application specific install
 * parameters of that application. Other members are between app and provider and reach nothing. Stations 2
 * and 6. Role. [TR-03165 4.2.3.3, 4.1.4.13]
 */
#ifndef TSM_ROLE_SP_CONTENT_INSTALLATION_H
#define TSM_ROLE_SP_CONTENT_INSTALLATION_H

#include "role/sp/internal.h"

enum { INSTALL_PARAMETERS_MAX = 127 }; /* octets of one application, the configured ones included */

/* Of an app's map (NULL: it gave none) the members that count, as JSON; "" for none. BAD_FORM for a value
 * that is no TLV structures, TOO_LONG. */
enum tsm_err installation_keep(const json_t *map, char out[INSTALLATION_MAX + 1]);
/* Into a flavor's applications. BAD_VALUE: it has no such application; TOO_LONG. */
enum tsm_err installation_apply(const char *kept, json_t *flavor);

#endif
