/* SPDX-License-Identifier: Apache-2.0 */
/* The radio side of a fleet: one SMPP session that is the handset of every UICC in it. Edge (station 9, the
 * air side). [SMPP 3.4 4.1, 4.4, 4.6] */
#ifndef LAB_FLEET_REACH_AIR_H
#define LAB_FLEET_REACH_AIR_H

#include "fleet/drawer.h"
#include "smsc/smpp/link.h"

enum { AIR_MAX_SUBMITS = 4096 }; /* submit_sm under way, found again by their sequence number */

struct air {
    struct loop *loop;
    struct drawer *drawer;
    const char *smsc; /* HOST:PORT */
    struct smpp_link link;
    bool connected, bound;
    struct timer retry;
    int64_t pause_ms;
    uint32_t sequence;
    struct live *submits[AIR_MAX_SUBMITS];
};

/* loop, drawer and smsc must be set. Prints `bound RANGE` each time the centre is reached. */
void air_start(struct air *a);
void air_stop(struct air *a);
/* For drawer.joined: `owner` is the air. */
void air_join(void *owner, struct live *l);

#endif
