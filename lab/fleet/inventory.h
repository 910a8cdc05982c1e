/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's import file of a fleet: one JSON object a line, with laboratory keys in clear and their check
 * values (no station); edge (writes a file). [GPCS 2.3.1 B.6] */
#ifndef LAB_FLEET_INVENTORY_H
#define LAB_FLEET_INVENTORY_H

#include "fleet/identity.h"

/* Writes all cards of the plan; false and a message on stderr when it cannot. */
bool fleet_inventory(const struct fleet_plan *p, const char *path);

#endif
