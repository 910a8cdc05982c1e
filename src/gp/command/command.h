/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of every plain GlobalPlatform command: header, Lc put in last, Le. Station 5. Pure. [GPCS 11.1.5]
 */
#ifndef TSM_GP_COMMAND_COMMAND_H
#define TSM_GP_COMMAND_COMMAND_H

#include "gp/apdu/apdu.h"
#include "gp/apdu/ins.h"

enum { AID_MIN = 5, AID_MAX = 16 };

/* The header of a command; *mark keeps the place of Lc. */
enum tsm_err command_open(struct writer *w, uint8_t ins, uint8_t p1, uint8_t p2, size_t *mark);
/* Puts Lc in (none without data) and appends Le: APDU_LE_NONE or 0. TOO_LONG above 255 octets of data. */
enum tsm_err command_close(struct writer *w, size_t mark, int32_t le);

/* An AID is 5 to 16 octets [ISO 7816-5]; BAD_LENGTH else. */
enum tsm_err aid_check(struct bytes aid);
enum tsm_err aid_check_or_none(struct bytes aid);

#endif
