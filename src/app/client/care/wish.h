/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a call to the owner's care. Station 1, seen from outside. */
#ifndef TSM_APP_CLIENT_CARE_WISH_H
#define TSM_APP_CLIENT_CARE_WISH_H

#include <jansson.h>

#include "app/client/client.h"

/* Each --with NAME=VALUE is a member; what a campaign asks of each element stands in `ask`, cap=FILE, hash=
 * and package= in `load_file`. Owned by the caller; NULL: a file cannot be read, and it was said. */
json_t *care_wish(const struct client_args *a, bool campaign);

#endif
