/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands to an application through its security domain: the issuer's template in a run of STORE DATA, the
 * answers as a response scripting template. So they go by packets and in a channel alike, and nobody on the
 * way can reach the application. Stations 5 and 10. Pure. [EMV Book 3 10.10; GPCS 11.11; TS 102 226 5.2.1]
 */
#ifndef TSM_ORDER_ISSUER_CARRY_H
#define TSM_ORDER_ISSUER_CARRY_H

#include "base/bytes.h"

enum { CARRY_MAX = 12 }; /* commands in one template */

/* Appends 72 { 86 command .. }. TOO_LONG above CARRY_MAX, BAD_LENGTH for what is no command. */
enum tsm_err carry_write(const struct bytes *commands, size_t n, struct writer *w);

/* One answer, borrowed. */
struct carried {
    struct bytes data;
    uint16_t sw;
};
/* Reads AB { 80 number, 23 answer .. }; the application stops behind the first command that it refuses, so
 * there may be fewer than were sent. SHORT_INPUT, BAD_VALUE, BAD_LENGTH, TRAILING_BYTES for what is no such
 * template, TOO_LONG above CARRY_MAX. */
struct carried_answers {
    size_t n;
    struct carried at[CARRY_MAX];
};
enum tsm_err carry_read(struct bytes answer, struct carried_answers *out);

#endif
