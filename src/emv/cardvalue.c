/* SPDX-License-Identifier: Apache-2.0 */
/* Card verification values. Station 5. Pure. [the published CVV algorithm] */
#include "emv/cardvalue.h"

#include <stdio.h>

#include "base/hex.h"
#include "emv/cryptogram.h"
#include "emv/digits.h"

enum { INPUT_DIGITS = 32, INPUT_LEN = INPUT_DIGITS / 2, ATC_DIGITS = 4 };

static enum tsm_err input_check(struct cvv_input in)
{
    NEED(in.pan && text_is_digits(in.pan, PAN_DIGITS_MIN, PAN_DIGITS_MAX), BAD_FORM);
    NEED(in.expiry && text_is_digits(in.expiry, EXPIRY_DIGITS, EXPIRY_DIGITS), BAD_FORM);
    NEED(in.service_code && text_is_digits(in.service_code, SERVICE_CODE_DIGITS, SERVICE_CODE_DIGITS),
         BAD_FORM);
    return TSM_OK;
}

/* PAN, expiry, service code, zeros on the right up to two blocks. */
enum tsm_err emv_cvv_blocks(struct cvv_input in, uint8_t blocks[INPUT_LEN])
{
    char digits[INPUT_DIGITS + 1];
    struct writer w = {blocks, 0, INPUT_LEN};
    enum tsm_err e;
    size_t n;
    TRY(input_check(in));
    n = (size_t)snprintf(digits, sizeof digits, "%s%s%s", in.pan, in.expiry, in.service_code);
    while (n < INPUT_DIGITS)
        digits[n++] = '0';
    digits[n] = 0;
    e = digits_write_right(&w, digits, INPUT_DIGITS);
    explicit_bzero(digits, sizeof digits);
    return e;
}

/* The first key alone as single DES: TDES with equal halves. */
static void left_half(const struct cipher_key *cvk, struct cipher_key *left)
{
    *left = *cvk;
    for (size_t i = 0; i < EMV_BLOCK; i++)
        left->value.at[EMV_BLOCK + i] = left->value.at[i];
}

/* The decimal digits of the block in order, then its letters less ten; the first three of them. */
void emv_cvv_digits(const uint8_t block[EMV_BLOCK], char cvv[CVV_ROOM])
{
    size_t n = 0;
    for (unsigned letters = 0; letters < 2; letters++)
        for (size_t i = 0; i < 2 * EMV_BLOCK && n < CVV_DIGITS; i++) {
            unsigned nibble = block[i / 2] >> (i % 2 ? 0 : 4) & 0xF;
            if ((nibble >= 10) == letters)
                cvv[n++] = (char)('0' + nibble % 10);
        }
    cvv[n] = 0;
}

/* DES by the left key over the first block, xor the second, then all three steps of triple DES. */
static enum tsm_err cvv_block(const struct cipher_key *cvk, const uint8_t blocks[INPUT_LEN],
                              uint8_t out[EMV_BLOCK])
{
    CIPHER_KEY left = {0};
    struct bytes second;
    uint8_t block[EMV_BLOCK];
    enum tsm_err e;
    left_half(cvk, &left);
    TRY(bytes_part(BYTES_OF(blocks, INPUT_LEN), EMV_BLOCK, EMV_BLOCK, &second));
    TRY(crypto_ecb(&left, ENCRYPT, BYTES_OF(blocks, EMV_BLOCK), block));
    for (size_t i = 0; i < EMV_BLOCK; i++)
        block[i] ^= second.at[i];
    e = crypto_ecb(cvk, ENCRYPT, BYTES(block), out);
    explicit_bzero(block, sizeof block);
    return e;
}

enum tsm_err emv_cvv(const struct cipher_key *cvk, struct cvv_input in, char cvv[CVV_ROOM])
{
    uint8_t blocks[INPUT_LEN], out[EMV_BLOCK];
    enum tsm_err e;
    NEED(cvk->ops != NULL, KEY_MISSING);
    NEED(cvk->alg == CIPHER_TDES && cvk->value.len == EMV_KEY_LEN, KEY_REFUSED);
    TRY(emv_cvv_blocks(in, blocks));
    e = cvv_block(cvk, blocks, out);
    explicit_bzero(blocks, sizeof blocks);
    if (e == TSM_OK)
        emv_cvv_digits(out, cvv);
    explicit_bzero(out, sizeof out);
    return e;
}

enum tsm_err emv_dcvv(const struct cipher_key *udk, struct cvv_input in, uint16_t atc, char cvv[CVV_ROOM])
{
    char pan[PAN_DIGITS_MAX + 1], counter[ATC_DIGITS + 1];
    enum tsm_err e;
    TRY(input_check(in));
    snprintf(counter, sizeof counter, "%04X", (unsigned)atc);
    NEED(text_is_digits(counter, ATC_DIGITS, ATC_DIGITS), BAD_FORM);
    snprintf(pan, sizeof pan, "%s", in.pan);
    memcpy(pan, counter, ATC_DIGITS);
    in.pan = pan;
    e = emv_cvv(udk, in, cvv);
    explicit_bzero(pan, sizeof pan);
    return e;
}

enum tsm_err emv_cvc3_iv(const struct cipher_key *udk, struct bytes track, uint8_t iv[CVC3_IV])
{
    uint8_t mac[EMV_BLOCK];
    TRY(emv_mac(udk, EMV_PAD_2, track, mac));
    memcpy(iv, mac + EMV_BLOCK - CVC3_IV, CVC3_IV);
    return TSM_OK;
}

enum tsm_err emv_cvc3(const struct cipher_key *udk, const struct cvc3_input *in, char cvc3[CVC3_ROOM])
{
    uint8_t x[EMV_BLOCK];
    struct writer w = WRITER(x);
    unsigned value;
    TRY(write_span(&w, BYTES(in->iv)));
    TRY(write_span(&w, BYTES(in->un)));
    TRY(write_u16(&w, in->atc));
    TRY(crypto_ecb(udk, ENCRYPT, BYTES(x), x));
    value = (unsigned)x[EMV_BLOCK - 2] << 8 | x[EMV_BLOCK - 1];
    snprintf(cvc3, CVC3_ROOM, "%05u", value);
    return TSM_OK;
}
