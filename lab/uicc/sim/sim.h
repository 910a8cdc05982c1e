/* SPDX-License-Identifier: Apache-2.0 */
/* The SIM side of a laboratory UICC: SMS-PP download by ENVELOPE, proactive commands by FETCH; every other
 * command goes to the card. Pure but for the card (stations 8 to 10, the card's half). [TS 102 223 6, 7.1;
 * TS 31.111 7.1.1] */
#ifndef LAB_UICC_SIM_SIM_H
#define LAB_UICC_SIM_SIM_H

#include "card/card.h"
#include "uicc/sim/quirk.h"

enum {
    SW_OK = 0x9000,
    SW_TOOLKIT_BUSY = 0x9300,
    SW_WARNING = 0x6200,
    SW_DATA_DOWNLOAD_ERROR = 0x6F00,
    SIM_MAX_REPORT = 128 /* user data octets of a DELIVER-REPORT; longer answers go by SMS-SUBMIT */
};

struct sim;

/* Borrows card and quirks; NULL without memory. */
struct sim *sim_new(struct card *card, const struct uicc_quirks *quirks);
void sim_free(struct sim *s);
/* Power off and on: half-built messages and proactive commands are lost, the card is reset. */
void sim_reset(struct sim *s);
/* True while a reset would lose nothing: no message half built, no proactive command, no open chain of
 * scripts. */
bool sim_is_quiet(const struct sim *s);
/* One C-APDU of the handset in, R-APDU out (CARD_MAX_RAPDU of room). Returns its length; 0: the card lost
 * power. */
size_t sim_transmit(struct sim *s, const uint8_t *in, size_t n, uint8_t *out);

#endif
