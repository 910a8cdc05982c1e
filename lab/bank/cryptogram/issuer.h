/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and cryptograms of the issuer: ICC master key options A and B, common session key, MAC algorithm 3,
 * ARPC methods 1 and 2, with two-key TDES. Pure. [EMV 4.3 Book 2 8 and Annex A1, ISO/IEC 9797-1] */
#ifndef LAB_BANK_CRYPTOGRAM_ISSUER_H
#define LAB_BANK_CRYPTOGRAM_ISSUER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BANK_KEY = 16,
    BANK_BLOCK = 8, /* also an application cryptogram */
    BANK_ARC = 2,
    BANK_CSU = 4,
    BANK_ARPC2 = 4,
    BANK_MAX_PROPRIETARY = 8,
    BANK_MAX_MAC_DATA = 512,
    BANK_MAX_PAN = 19,
    BANK_OPTION_A_DIGITS = 16, /* longer numbers take option B */
};

enum bank_option { BANK_OPTION_A, BANK_OPTION_B };
enum bank_padding { BANK_PADDING_1 = 1, BANK_PADDING_2 = 2 };

/* All return false when an input has the wrong form (or libcrypto refuses); out is then unchanged. */

/* ICC master key [A1.4.1, A1.4.2]. pan: up to 19 digits; psn: two digits, "" counts as "00". */
bool bank_icc_key(enum bank_option o, const uint8_t imk[BANK_KEY], const char *pan, const char *psn,
                  uint8_t out[BANK_KEY]);

/* Common session key from the diversification value r [A1.3.1]. */
bool bank_session_key(const uint8_t mk[BANK_KEY], const uint8_t r[BANK_BLOCK], uint8_t out[BANK_KEY]);

/* ISO/IEC 9797-1 MAC algorithm 3, eight bytes. */
bool bank_mac3(const uint8_t key[BANK_KEY], const uint8_t *data, size_t len, enum bank_padding p,
               uint8_t out[BANK_BLOCK]);

/* ARPC method 1 [8.2.1]: TDES over ARQC xor (ARC || 00*6). */
bool bank_arpc1(const uint8_t key[BANK_KEY], const uint8_t arqc[BANK_BLOCK], const uint8_t arc[BANK_ARC],
                uint8_t out[BANK_BLOCK]);

/* ARPC method 2 [8.2.2]: left four bytes of MAC algorithm 3 over ARQC || CSU || proprietary data. */
bool bank_arpc2(const uint8_t key[BANK_KEY], const uint8_t arqc[BANK_BLOCK], const uint8_t *csu_and_data,
                size_t len, uint8_t out[BANK_ARPC2]);

#endif
