/* SPDX-License-Identifier: Apache-2.0 */
/* Card keys from issuer masters, session keys from card keys, key check values. Stations 5 and 7. Pure: the
 * master may live in a token. [EMV Book 2 A1.3, A1.4] */
#ifndef TSM_EMV_DERIVE_H
#define TSM_EMV_DERIVE_H

#include "base/crypto.h"

enum {
    EMV_KEY_LEN = 16,
    EMV_BLOCK = 8,
    EMV_KCV_LEN = 3,
    PAN_DIGITS_MIN = 12, /* what the products in use have; ISO 7812 allows 8 */
    PAN_DIGITS_MAX = 19,
    PSN_DIGITS = 2,
};

/* [EMV Book 2 A1.4]: A takes the last 16 digits; B hashes PANs of more than 16 digits and is A below that;
 * B_ALWAYS hashes every PAN, as some issuers' systems do. */
enum emv_option { EMV_OPTION_A, EMV_OPTION_B, EMV_OPTION_B_ALWAYS };

struct emv_card_id {
    const char *pan; /* PAN_DIGITS_MIN to PAN_DIGITS_MAX decimal digits */
    const char *psn; /* two digits, or NULL for a card without a sequence number (00) */
};

/*
 * The diversification block Y of a card. `c` is used for the hash of option B only and may be NULL with
 * option A. BAD_FORM for what is no PAN or PSN (the cause never shows the digits), CRYPTO_FAILED.
 */
enum tsm_err emv_diversification(enum emv_option option, struct emv_card_id id, struct crypto *c,
                                 uint8_t y[EMV_BLOCK]);
/* The card's unique key: master encrypts Y and its complement, odd parity. KEY_REFUSED unless the master is a
 * two-key TDES key. */
enum tsm_err emv_udk(const struct cipher_key *master, const uint8_t y[EMV_BLOCK], uint8_t udk[EMV_KEY_LEN]);

/*
 * Option C, for AES masters of 16, 24 or 32 octets: Y is PAN and sequence number right-justified in 32
 * digits, the card's key AES of Y and, where the master is longer than a block, of its complement, cut to the
 * master's length. The session key likewise from R of 16 octets: unchanged for AES-128, with F0 and 0F in its
 * third octet for longer keys. No published example was found for any of the two. [EMV Book 2 A1.4.3, A1.3.1]
 */
enum { EMV_AES_BLOCK = 16, EMV_AES_KEY_MAX = 32 };
enum tsm_err emv_diversification_aes(struct emv_card_id id, uint8_t y[EMV_AES_BLOCK]);
enum tsm_err emv_udk_aes(const struct cipher_key *master, const uint8_t y[EMV_AES_BLOCK], struct secret *udk);
enum tsm_err emv_session_key_aes(const struct cipher_key *udk, const uint8_t r[EMV_AES_BLOCK],
                                 struct secret *session);

/* Common session key: R with F0 and 0F in its third byte, odd parity. [EMV Book 2 A1.3.1] */
enum tsm_err emv_session_key(const struct cipher_key *udk, const uint8_t r[EMV_BLOCK],
                             uint8_t session[EMV_KEY_LEN]);
/* R of the application cryptogram key, and of Mastercard's older method with the unpredictable number. For
 * script keys R is the application cryptogram itself, counted up by one a command. */
void emv_r_of_atc(uint16_t atc, uint8_t r[EMV_BLOCK]);
void emv_r_of_atc_un(uint16_t atc, const uint8_t un[4], uint8_t r[EMV_BLOCK]);
/* Script keys of VIS for CVN 10 and 18: the card key xor the counter and its complement, odd
 * parity. */
void emv_visa_script_key(const uint8_t udk[EMV_KEY_LEN], uint16_t atc, uint8_t session[EMV_KEY_LEN]);

/* The first bytes of an encrypted zero block. */
enum tsm_err emv_kcv(const struct cipher_key *key, uint8_t kcv[EMV_KCV_LEN]);

#endif
