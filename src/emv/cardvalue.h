/* SPDX-License-Identifier: Apache-2.0 */
/* Card verification values: CVV on the stripe, iCVV in the chip's track 2, CVV2, dCVV. Station 5. Pure. [the
 * published CVV algorithm; EMV contactless C-3 for dCVV] */
#ifndef TSM_EMV_CARDVALUE_H
#define TSM_EMV_CARDVALUE_H

#include "emv/derive.h"

enum { CVV_DIGITS = 3, CVV_ROOM = CVV_DIGITS + 1, EXPIRY_DIGITS = 4, SERVICE_CODE_DIGITS = 3 };

#define SERVICE_CODE_ICVV "999" /* for the value in tag 57 */
#define SERVICE_CODE_CVV2 "000"

struct cvv_input {
    const char *pan;    /* PAN_DIGITS_MIN to PAN_DIGITS_MAX digits */
    const char *expiry; /* four digits in the order that the scheme asks for: YYMM, for some CVV2 MMYY */
    const char *service_code; /* three digits */
};

/* The value as three digits with a final 0. `cvk` is a two-key TDES key in memory (KEY_REFUSED else);
 * BAD_FORM for digits that are none. */
enum tsm_err emv_cvv(const struct cipher_key *cvk, struct cvv_input in, char cvv[CVV_ROOM]);
/* dCVV: the same function under the card key with the counter, as four digits, in place of the PAN's first
 * four. BAD_FORM for a counter that has letters in hex: the caller counts in decimal there. */
enum tsm_err emv_dcvv(const struct cipher_key *udk, struct cvv_input in, uint16_t atc, char cvv[CVV_ROOM]);

/*
 * CVC3, the dynamic value of a contactless magnetic stripe transaction. The static part is the last two
 * octets of the MAC over the track (track 2 in binary, track 1 as characters), the value five digits of which
 * a track takes the last. Both under the card's CVC3 key, a two-key TDES key in memory. [EMV Kernel 2 4.8;
 * Book C-2]
 */
enum { CVC3_IV = 2, CVC3_DIGITS = 5, CVC3_ROOM = CVC3_DIGITS + 1, CVC3_UN = 4 };
enum tsm_err emv_cvc3_iv(const struct cipher_key *udk, struct bytes track, uint8_t iv[CVC3_IV]);
struct cvc3_input {
    uint8_t iv[CVC3_IV], un[CVC3_UN];
    uint16_t atc;
};
enum tsm_err emv_cvc3(const struct cipher_key *udk, const struct cvc3_input *in, char cvc3[CVC3_ROOM]);

/* The two ends of the function, for a key that cannot leave its token: blocks[0..7] and [8..15] go in (DES by
 * the left key, xor, then triple DES), three digits come out of the last block. BAD_FORM as above. */
enum tsm_err emv_cvv_blocks(struct cvv_input in, uint8_t blocks[2 * EMV_BLOCK]);
void emv_cvv_digits(const uint8_t block[EMV_BLOCK], char cvv[CVV_ROOM]);

#endif
