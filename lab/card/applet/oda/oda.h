/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic signatures of the payment application: INTERNAL AUTHENTICATE and the combined signature with
 * GENERATE AC (station 10, the card's side); pure but for random numbers; EMV Book 2 6.5, 6.6. */
#ifndef LAB_CARD_APPLET_ODA_H
#define LAB_CARD_APPLET_ODA_H

#include "card/applet/payment.h"

/* DGI 8201 to 8205: q^-1 mod p, d mod (q-1), d mod (p-1), q, p. */
uint16_t oda_take(struct pay_data *p, const struct dgi *d);
/* 00 88 00 00 with DDOL data: answers 9F4B. */
uint16_t oda_internal_authenticate(struct payment *p, struct job *j);

/* What a combined signature covers: data of the PDOL and of CDOL1, and the answer as it stands without it. */
struct oda_combined {
    const uint8_t *cdol;
    size_t cdol_len;
    const uint8_t *number; /* the terminal's unpredictable one, 4 bytes */
    uint8_t cid;
    const uint8_t *ac;
    const uint8_t *answer; /* TLVs 9F27, 9F36, 9F10 in this order */
    size_t answer_len;
};
/* Puts 9F4B into `o`. */
bool oda_combine(const struct payment *p, const struct oda_combined *c, struct out *o);

#endif
