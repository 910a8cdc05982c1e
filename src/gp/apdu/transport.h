/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies below secure messaging: 61xx is followed by GET RESPONSE, 6Cxx by the same octets with another
 * Le, and the parts of one answer are joined before anyone checks a MAC. A state machine without I/O: it says
 * what to send next. Stations 9 and 10. Pure. [ISO 7816-4 5.3.4, GPCS 11.1.5.2]
 */
#ifndef TSM_GP_APDU_TRANSPORT_H
#define TSM_GP_APDU_TRANSPORT_H

#include "gp/apdu/apdu.h"

enum { TRANSPORT_ROUNDS_MAX = 512 }; /* answers to one command: 128 KiB in parts of 256 */

struct transport {
    struct bytes command; /* borrowed: the protected C-APDU, valid until the exchange is over */
    struct writer *joined;
    uint8_t again[APDU_SHORT_MAX]; /* what is sent next when it is not the command itself */
    unsigned rounds;
    bool reading; /* GET RESPONSE has begun */
};

/* Starts an exchange; the first thing to send is `capdu` itself. The answer is gathered in `joined` (data,
 * then the final status word), which is the caller's and stays in use until the exchange is over. */
void transport_begin(struct transport *t, struct bytes capdu, struct writer *joined);
/*
 * Takes one R-APDU. *send is empty when the answer in `joined` is whole, else the octets to send next (valid
 * until the next call). SHORT_INPUT for less than a status word, NO_ROOM when `joined` is full, TOO_LONG
 * after TRANSPORT_ROUNDS_MAX parts, BAD_LENGTH for 6Cxx to an extended command.
 */
enum tsm_err transport_step(struct transport *t, struct bytes rapdu, struct bytes *send);

#endif
