/* SPDX-License-Identifier: Apache-2.0 */
/* What a fleet costs: every card is taken out, spoken to and put back (no station); edge (clock). */
#ifndef LAB_FLEET_MEASURE_H
#define LAB_FLEET_MEASURE_H

#include "fleet/drawer.h"

/* Prints one JSON object a line: bytes of an idle card and cards a second, untouched and touched. */
bool fleet_measure(struct drawer *d);

#endif
