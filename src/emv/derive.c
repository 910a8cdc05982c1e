/* SPDX-License-Identifier: Apache-2.0 */
/* Card keys, session keys, key check values. Stations 5 and 7. Pure. [EMV Book 2 A1.3, A1.4] */
#include "emv/derive.h"

#include <stdio.h>

#include "base/hex.h"
#include "emv/digits.h"

enum { Y_DIGITS = 16, R_VARIANT_AT = 2, LEFT_VARIANT = 0xF0, RIGHT_VARIANT = 0x0F };

static enum tsm_err id_check(struct emv_card_id id)
{
    NEED(id.pan != NULL && text_is_digits(id.pan, PAN_DIGITS_MIN, PAN_DIGITS_MAX), BAD_FORM);
    NEED(id.psn == NULL || text_is_digits(id.psn, PSN_DIGITS, PSN_DIGITS), BAD_FORM);
    return TSM_OK;
}

/* Option A: the last 16 digits of PAN and PSN, zeros before a shorter number. */
static enum tsm_err y_of_digits(const char *digits, uint8_t y[EMV_BLOCK])
{
    struct writer w = {y, 0, EMV_BLOCK};
    return digits_write_right(&w, digits, Y_DIGITS);
}

/* The decimal digits of the hash in order, then its letters as 0 to 5. */
static void y_of_hash(const uint8_t hash[SHA1_LEN], char digits[Y_DIGITS + 1])
{
    size_t n = 0;
    for (unsigned letters = 0; letters < 2; letters++)
        for (size_t i = 0; i < 2 * SHA1_LEN && n < Y_DIGITS; i++) {
            unsigned nibble = hash[i / 2] >> (i % 2 ? 0 : 4) & 0xF;
            if ((nibble >= 10) == letters)
                digits[n++] = (char)('0' + nibble % 10);
        }
    digits[n] = 0;
}

static enum tsm_err y_hashed(const char *digits, struct crypto *c, uint8_t y[EMV_BLOCK])
{
    uint8_t bcd[(PAN_DIGITS_MAX + PSN_DIGITS + 1) / 2], hash[SHA1_LEN];
    char chosen[Y_DIGITS + 1];
    struct writer w = WRITER(bcd);
    struct bytes part;
    size_t n = strlen(digits);
    enum tsm_err e;
    NEED(c != NULL, CRYPTO_FAILED);
    TRY(digits_write_right(&w, digits, n + n % 2)); /* an odd count gets a zero in front */
    part = written(&w);
    e = crypto_sha1(c, &part, 1, hash);
    explicit_bzero(bcd, sizeof bcd);
    if (e != TSM_OK)
        return e;
    y_of_hash(hash, chosen);
    return y_of_digits(chosen, y);
}

enum tsm_err emv_diversification(enum emv_option option, struct emv_card_id id, struct crypto *c,
                                 uint8_t y[EMV_BLOCK])
{
    char digits[PAN_DIGITS_MAX + PSN_DIGITS + 1] = "";
    bool hashed;
    enum tsm_err e;
    TRY(id_check(id));
    hashed = option == EMV_OPTION_B_ALWAYS || (option == EMV_OPTION_B && strlen(id.pan) > Y_DIGITS);
    snprintf(digits, sizeof digits, "%s%s", id.pan, id.psn ? id.psn : "00");
    e = hashed ? y_hashed(digits, c, y) : y_of_digits(digits, y);
    explicit_bzero(digits, sizeof digits);
    return e;
}

static enum tsm_err need_two_keys(const struct cipher_key *key)
{
    NEED(key->ops != NULL, KEY_MISSING);
    NEED(key->alg == CIPHER_TDES && (key->value.len == 0 || key->value.len == EMV_KEY_LEN), KEY_REFUSED);
    return TSM_OK;
}

/* Two blocks under one key, made a key of odd parity. */
static enum tsm_err key_of_blocks(const struct cipher_key *key, const uint8_t blocks[EMV_KEY_LEN],
                                  uint8_t out[EMV_KEY_LEN])
{
    uint8_t made[EMV_KEY_LEN];
    TRY(need_two_keys(key));
    TRY(crypto_ecb(key, ENCRYPT, BYTES_OF(blocks, EMV_KEY_LEN), made));
    des_parity(made, sizeof made);
    memcpy(out, made, sizeof made);
    explicit_bzero(made, sizeof made);
    return TSM_OK;
}

enum tsm_err emv_udk(const struct cipher_key *master, const uint8_t y[EMV_BLOCK], uint8_t udk[EMV_KEY_LEN])
{
    uint8_t blocks[EMV_KEY_LEN];
    for (size_t i = 0; i < EMV_BLOCK; i++) {
        blocks[i] = y[i];
        blocks[EMV_BLOCK + i] = (uint8_t)~y[i];
    }
    return key_of_blocks(master, blocks, udk);
}

enum tsm_err emv_session_key(const struct cipher_key *udk, const uint8_t r[EMV_BLOCK],
                             uint8_t session[EMV_KEY_LEN])
{
    uint8_t blocks[EMV_KEY_LEN];
    for (size_t i = 0; i < EMV_KEY_LEN; i++)
        blocks[i] = r[i % EMV_BLOCK];
    blocks[R_VARIANT_AT] = LEFT_VARIANT;
    blocks[EMV_BLOCK + R_VARIANT_AT] = RIGHT_VARIANT;
    return key_of_blocks(udk, blocks, session);
}

void emv_r_of_atc(uint16_t atc, uint8_t r[EMV_BLOCK])
{
    emv_r_of_atc_un(atc, (const uint8_t[4]){0}, r);
}

void emv_r_of_atc_un(uint16_t atc, const uint8_t un[4], uint8_t r[EMV_BLOCK])
{
    const uint8_t made[EMV_BLOCK] = {(uint8_t)(atc >> 8), (uint8_t)atc, 0, 0, un[0], un[1], un[2], un[3]};
    memcpy(r, made, sizeof made);
}

void emv_visa_script_key(const uint8_t udk[EMV_KEY_LEN], uint16_t atc, uint8_t session[EMV_KEY_LEN])
{
    const uint8_t high = (uint8_t)(atc >> 8), low = (uint8_t)atc;
    const uint8_t mask[EMV_KEY_LEN] = {[6] = high, [7] = low, [14] = (uint8_t)~high, [15] = (uint8_t)~low};
    for (size_t i = 0; i < EMV_KEY_LEN; i++)
        session[i] = udk[i] ^ mask[i];
    des_parity(session, EMV_KEY_LEN);
}

enum tsm_err emv_kcv(const struct cipher_key *key, uint8_t kcv[EMV_KCV_LEN])
{
    static const uint8_t zero[CIPHER_BLOCK_MAX];
    uint8_t block[CIPHER_BLOCK_MAX];
    NEED(key->ops != NULL, KEY_MISSING);
    TRY(crypto_ecb(key, ENCRYPT, BYTES_OF(zero, cipher_block(key)), block));
    memcpy(kcv, block, EMV_KCV_LEN);
    return TSM_OK;
}
