/* SPDX-License-Identifier: Apache-2.0 */
/* SET STATUS: life cycle of the card, of domains and of applications. Station 5. Pure. [GPCS 11.10] */
#ifndef TSM_GP_COMMAND_SET_STATUS_H
#define TSM_GP_COMMAND_SET_STATUS_H

#include "base/bytes.h"

/* P1 [GPCS Table 11-86]. */
enum set_status_type {
    SET_STATUS_CARD = 0x80,
    SET_STATUS_APPLICATION = 0x40, /* or a supplementary security domain */
    SET_STATUS_DOMAIN_AND_APPLICATIONS = 0x60,
};

/*
 * `state` is the state wanted (LIFE_* of get_status.h). When another application is locked or unlocked, only
 * bit 8 counts: give the state it has with or without LIFE_LOCKED_BIT. `aid` is not needed for the card.
 * BAD_VALUE for a type not above, and for TERMINATED of the card unless set_status_terminate is called, which
 * is for ever.
 */
enum tsm_err set_status_write(enum set_status_type type, uint8_t state, struct bytes aid,
                              struct writer *capdu);
enum tsm_err set_status_terminate(struct writer *capdu);

#endif
