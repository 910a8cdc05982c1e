/* SPDX-License-Identifier: Apache-2.0 */
/* Card and session keys of AES masters: option C. Stations 5 and 7. Pure. [EMV Book 2 A1.4.3, A1.3.1] */
#include <stdio.h>

#include "base/hex.h"
#include "emv/derive.h"
#include "emv/digits.h"

enum { Y_DIGITS = 2 * EMV_AES_BLOCK, R_VARIANT_AT = 2, LEFT_VARIANT = 0xF0, RIGHT_VARIANT = 0x0F };

enum tsm_err emv_diversification_aes(struct emv_card_id id, uint8_t y[EMV_AES_BLOCK])
{
    char digits[PAN_DIGITS_MAX + PSN_DIGITS + 1];
    struct writer w = {y, 0, EMV_AES_BLOCK};
    enum tsm_err e;
    NEED(id.pan != NULL && text_is_digits(id.pan, PAN_DIGITS_MIN, PAN_DIGITS_MAX), BAD_FORM);
    NEED(id.psn == NULL || text_is_digits(id.psn, PSN_DIGITS, PSN_DIGITS), BAD_FORM);
    snprintf(digits, sizeof digits, "%s%s", id.pan, id.psn ? id.psn : "00");
    e = digits_write_right(&w, digits, Y_DIGITS);
    explicit_bzero(digits, sizeof digits);
    return e;
}

/* One block for AES-128, two cut to length for longer keys. */
static enum tsm_err key_of_blocks(const struct cipher_key *key, const uint8_t blocks[EMV_AES_KEY_MAX],
                                  struct secret *out)
{
    SECRET made = {.len = EMV_AES_KEY_MAX};
    size_t len = key->value.len;
    NEED(key->ops != NULL, KEY_MISSING);
    NEED(key->alg == CIPHER_AES && (len == 16 || len == 24 || len == 32), KEY_REFUSED);
    TRY(crypto_ecb(key, ENCRYPT, BYTES_OF(blocks, len == EMV_AES_BLOCK ? EMV_AES_BLOCK : EMV_AES_KEY_MAX),
                   made.at));
    explicit_bzero(&made.at[len], sizeof made.at - len);
    made.len = len;
    *out = made;
    return TSM_OK;
}

enum tsm_err emv_udk_aes(const struct cipher_key *master, const uint8_t y[EMV_AES_BLOCK], struct secret *udk)
{
    uint8_t blocks[EMV_AES_KEY_MAX];
    for (size_t i = 0; i < EMV_AES_BLOCK; i++) {
        blocks[i] = y[i];
        blocks[EMV_AES_BLOCK + i] = (uint8_t)~y[i];
    }
    return key_of_blocks(master, blocks, udk);
}

enum tsm_err emv_session_key_aes(const struct cipher_key *udk, const uint8_t r[EMV_AES_BLOCK],
                                 struct secret *session)
{
    uint8_t blocks[EMV_AES_KEY_MAX];
    for (size_t i = 0; i < EMV_AES_KEY_MAX; i++)
        blocks[i] = r[i % EMV_AES_BLOCK];
    if (udk->value.len != EMV_AES_BLOCK) {
        blocks[R_VARIANT_AT] = LEFT_VARIANT;
        blocks[EMV_AES_BLOCK + R_VARIANT_AT] = RIGHT_VARIANT;
    }
    return key_of_blocks(udk, blocks, session);
}
