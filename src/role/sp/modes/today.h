/* SPDX-License-Identifier: Apache-2.0 */
/* Today as certificates of secure elements say dates. Station 5. Pure. [gp/certificate/certificate.h] */
#ifndef TSM_ROLE_SP_MODES_TODAY_H
#define TSM_ROLE_SP_MODES_TODAY_H

#include "base/clock.h"

/* A number that reads like the date in hexadecimal: 0x20260131; UTC. */
uint32_t today_of(time_us now);

#endif
