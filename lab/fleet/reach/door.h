/* SPDX-License-Identifier: Apache-2.0 */
/* The contact face of a fleet: a reader connects, says `card N` on a line, and has that card in vpcd framing.
 * Edge (station 9, beside the air). [ISO/IEC 7816-4 APDUs in the framing of vsmartcard's vpcd] */
#ifndef LAB_FLEET_REACH_DOOR_H
#define LAB_FLEET_REACH_DOOR_H

#include "fleet/drawer.h"

enum { DOOR_MAX_LINE = 24, DOOR_FIRST_ROOM = 512 };

struct reader;

struct door {
    struct loop *loop;
    struct drawer *drawer;
    struct watch listener;
    struct reader *readers;
    uint64_t commands; /* APDUs served */
};

/* loop and drawer must be set. Listens on a port (0: any); `*port` becomes the one taken. */
bool door_open(struct door *d, uint16_t *port);
void door_close(struct door *d);

#endif
