/* SPDX-License-Identifier: Apache-2.0 */
/* Application cryptograms and the issuer's answer to them: how a personalised card is proved to hold the
 * right keys. Stations 5 and 10. Pure. [EMV Book 2 8.1, 8.2, A1.2] */
#ifndef TSM_EMV_CRYPTOGRAM_H
#define TSM_EMV_CRYPTOGRAM_H

#include "emv/derive.h"

enum {
    EMV_AC_LEN = 8,
    EMV_ARC_LEN = 2,
    EMV_ARPC_SHORT = 4, /* method 2 */
    EMV_CSU_LEN = 4,
    EMV_PROPRIETARY_MAX = 8,
    EMV_MAC_INPUT_MAX = 1024,
};

/* [ISO 9797-1]: 1 zeros up to a block; 2 always 80 and zeros; 3 a block with the bit length, then as 1. */
enum emv_padding { EMV_PAD_1 = 1, EMV_PAD_2 = 2, EMV_PAD_3 = 3 };

/* MAC algorithm 3 (retail MAC) under a two-key TDES key in memory. TOO_LONG above EMV_MAC_INPUT_MAX octets,
 * BAD_LENGTH for another key. */
enum tsm_err emv_mac(const struct cipher_key *key, enum emv_padding padding, struct bytes data,
                     uint8_t mac[EMV_BLOCK]);

/*
 * ARQC, TC or AAC over the values of the data objects the card names, concatenated by the caller: the
 * terminal's, then AIP, ATC and the issuer application data (CVN 18) or its CVR (CVN 10). CVN 10 pads by
 * method 1 under the card key itself, the others by method 2 under the session key.
 */
enum tsm_err emv_ac(const struct cipher_key *key, enum emv_padding padding, struct bytes data,
                    uint8_t ac[EMV_AC_LEN]);
/* Method 1: ARQC xor ARC, enciphered. Which key (card or session) is the card application's matter. */
enum tsm_err emv_arpc_1(const struct cipher_key *key, const uint8_t arqc[EMV_AC_LEN],
                        const uint8_t arc[EMV_ARC_LEN], uint8_t arpc[EMV_AC_LEN]);
/* Method 2: MAC over ARQC, CSU and up to 8 octets of proprietary data; four octets, by the session key. */
enum tsm_err emv_arpc_2(const struct cipher_key *session, const uint8_t arqc[EMV_AC_LEN],
                        const uint8_t csu[EMV_CSU_LEN], struct bytes proprietary,
                        uint8_t arpc[EMV_ARPC_SHORT]);

#endif
