/* SPDX-License-Identifier: Apache-2.0 */
/* PIN blocks of formats 0 to 4. Stations 5 and 7 (in the vault). Pure. [ISO 9564-1 9.3, 9.4] */
#include "emv/pin/pin.h"

#include <string.h>

#include "base/hex.h"

enum { NIBBLES = 2 * PIN_BLOCK, NIBBLES_4 = 2 * PIN_BLOCK_4, FILL_F = 0x0F, FILL_A = 0x0A, CONTROL_4 = 4 };

static const char wrong_block[] = "the PIN block holds no PIN";

static void put(uint8_t *block, size_t at, unsigned nibble)
{
    uint8_t high = at % 2 == 0 ? (uint8_t)(nibble << 4) : (uint8_t)(block[at / 2] & 0xF0);
    block[at / 2] =
        at % 2 == 0 ? (uint8_t)(high | (block[at / 2] & 0x0F)) : (uint8_t)(high | (nibble & 0x0F));
}

static unsigned get(const uint8_t *block, size_t at)
{
    return at % 2 == 0 ? block[at / 2] >> 4 : block[at / 2] & 0x0F;
}

static enum tsm_err check_pin(const struct pin *p)
{
    return text_is_digits(p->digits, PIN_MIN, PIN_MAX) ? TSM_OK : FAIL(BAD_FORM, "a PIN has 4 to 12 digits");
}

/* 0000 and the 12 digits before the check digit, xored in. */
static enum tsm_err bind_account(const char *pan, uint8_t block[PIN_BLOCK])
{
    enum { FREE = NIBBLES - PIN_ACCOUNT, PAN_MAX = 19 };
    size_t n;
    if (!pan || !text_is_digits(pan, PIN_ACCOUNT + 1, PAN_MAX))
        return FAIL(BAD_FORM, "this format asks for a card number of 13 to 19 digits");
    n = strlen(pan);
    for (size_t i = 0; i < PIN_ACCOUNT; i++) {
        unsigned digit = (unsigned)(pan[n - 1 - PIN_ACCOUNT + i] - '0');
        put(block, FREE + i, get(block, FREE + i) ^ digit);
    }
    return TSM_OK;
}

static unsigned fill_of(enum pin_format format, const uint8_t *random, size_t at)
{
    unsigned r = random ? get(random, at % NIBBLES) : 0;
    if (format == PIN_ISO_1)
        return r;
    return format == PIN_ISO_3 ? FILL_A + r % 6 : FILL_F;
}

enum tsm_err pin_block_write(enum pin_format format, const struct pin *pin, struct pin_fill fill,
                             uint8_t block[PIN_BLOCK])
{
    uint8_t b[PIN_BLOCK] = {0};
    size_t n = strnlen(pin->digits, PIN_MAX);
    enum tsm_err e = TSM_OK;
    NEED(format < PIN_ISO_4, UNSUPPORTED);
    NEED(fill.random || (format != PIN_ISO_1 && format != PIN_ISO_3), MISSING_FIELD);
    TRY(check_pin(pin));
    put(b, 0, format);
    put(b, 1, (unsigned)n);
    for (size_t i = 2; i < NIBBLES; i++)
        put(b, i, i - 2 < n ? (unsigned)(pin->digits[i - 2] - '0') : fill_of(format, fill.random, i - 2 - n));
    if (format == PIN_ISO_0 || format == PIN_ISO_3)
        e = bind_account(fill.pan, b);
    if (e == TSM_OK)
        memcpy(block, b, sizeof b);
    explicit_bzero(b, sizeof b);
    return e;
}

static bool fill_is_right(enum pin_format format, unsigned nibble)
{
    if (format == PIN_ISO_1)
        return true;
    return format == PIN_ISO_3 ? nibble >= FILL_A : nibble == FILL_F;
}

/* All is looked at before anything is said. */
static enum tsm_err take_pin(enum pin_format format, const uint8_t *b, size_t nibbles, struct pin *out)
{
    PIN p = {""};
    size_t n = get(b, 1);
    bool right = get(b, 0) == (unsigned)format && n >= PIN_MIN && n <= PIN_MAX;
    for (size_t i = 2; i < nibbles; i++) {
        unsigned nibble = get(b, i);
        if (i - 2 < n && i - 2 < PIN_MAX) {
            right &= nibble <= 9;
            p.digits[i - 2] = (char)('0' + nibble);
        } else {
            right &= format == PIN_ISO_4 ? nibble == FILL_A : fill_is_right(format, nibble);
        }
    }
    if (!right)
        return FAIL(BAD_VALUE, wrong_block);
    *out = p;
    return TSM_OK;
}

enum tsm_err pin_block_read(enum pin_format format, const uint8_t block[PIN_BLOCK], const char *pan,
                            struct pin *out)
{
    uint8_t b[PIN_BLOCK];
    enum tsm_err e = TSM_OK;
    NEED(format < PIN_ISO_4, UNSUPPORTED);
    memcpy(b, block, sizeof b);
    if (format == PIN_ISO_0 || format == PIN_ISO_3)
        e = bind_account(pan, b);
    if (e == TSM_OK)
        e = take_pin(format, b, NIBBLES, out);
    explicit_bzero(b, sizeof b);
    return e;
}

enum tsm_err pin4_write(const struct pin *pin, const uint8_t random[PIN_RANDOM_MAX],
                        uint8_t field[PIN_BLOCK_4])
{
    size_t n = strnlen(pin->digits, PIN_MAX);
    TRY(check_pin(pin));
    put(field, 0, CONTROL_4);
    put(field, 1, (unsigned)n);
    for (size_t i = 2; i < NIBBLES; i++)
        put(field, i, i - 2 < n ? (unsigned)(pin->digits[i - 2] - '0') : FILL_A);
    memcpy(field + PIN_BLOCK, random, PIN_RANDOM_MAX);
    return TSM_OK;
}

enum tsm_err pin4_read(const uint8_t field[PIN_BLOCK_4], struct pin *out)
{
    return take_pin(PIN_ISO_4, field, NIBBLES, out);
}

enum tsm_err pin4_account(const char *pan, uint8_t field[PIN_BLOCK_4])
{
    enum { PAN_MAX = 19, PLAIN = 12 };
    size_t n = strnlen(pan, PAN_MAX + 1), pad;
    NEED(text_is_digits(pan, 1, PAN_MAX), BAD_FORM);
    pad = n < PLAIN ? PLAIN - n : 0;
    memset(field, 0, PIN_BLOCK_4);
    put(field, 0, n > PLAIN ? (unsigned)(n - PLAIN) : 0);
    for (size_t i = 0; i < n; i++)
        put(field, 1 + pad + i, (unsigned)(pan[i] - '0'));
    return TSM_OK;
}

/* AES(PIN field) xor account field, AES again. */
static enum tsm_err seal_4(const struct cipher_key *key, const struct pin *pin, struct pin_fill fill,
                           uint8_t block[PIN_BLOCK_4])
{
    uint8_t account[PIN_BLOCK_4];
    NEED(fill.pan && fill.random, MISSING_FIELD);
    TRY(pin4_account(fill.pan, account));
    TRY(pin4_write(pin, fill.random, block));
    TRY(crypto_ecb(key, ENCRYPT, BYTES_OF(block, PIN_BLOCK_4), block));
    for (size_t i = 0; i < PIN_BLOCK_4; i++)
        block[i] ^= account[i];
    return crypto_ecb(key, ENCRYPT, BYTES_OF(block, PIN_BLOCK_4), block);
}

static enum tsm_err check_key(const struct cipher_key *key, enum pin_format format)
{
    if (format == PIN_ISO_2 || format >= PIN_FORMATS)
        return FAIL(UNSUPPORTED, "PIN blocks of this format go to a card only");
    if (key->alg != (format == PIN_ISO_4 ? CIPHER_AES : CIPHER_TDES))
        return FAIL(KEY_REFUSED, "the PIN key is none of the algorithm that the format has");
    return TSM_OK;
}

enum tsm_err pin_seal(const struct cipher_key *key, enum pin_format format, const struct pin *pin,
                      struct pin_fill fill, struct writer *out)
{
    uint8_t block[PIN_BLOCK_4];
    size_t len = format == PIN_ISO_4 ? PIN_BLOCK_4 : PIN_BLOCK;
    enum tsm_err e;
    TRY(check_key(key, format));
    e = format == PIN_ISO_4 ? seal_4(key, pin, fill, block) : pin_block_write(format, pin, fill, block);
    if (e == TSM_OK && format != PIN_ISO_4)
        e = crypto_ecb(key, ENCRYPT, BYTES_OF(block, PIN_BLOCK), block);
    if (e == TSM_OK)
        e = write_span(out, BYTES_OF(block, len));
    explicit_bzero(block, sizeof block);
    return e;
}

static enum tsm_err open_4(const struct cipher_key *key, const char *pan, uint8_t block[PIN_BLOCK_4],
                           struct pin *out)
{
    uint8_t account[PIN_BLOCK_4];
    NEED(pan != NULL, MISSING_FIELD);
    TRY(pin4_account(pan, account));
    TRY(crypto_ecb(key, DECRYPT, BYTES_OF(block, PIN_BLOCK_4), block));
    for (size_t i = 0; i < PIN_BLOCK_4; i++)
        block[i] ^= account[i];
    TRY(crypto_ecb(key, DECRYPT, BYTES_OF(block, PIN_BLOCK_4), block));
    return pin4_read(block, out);
}

enum tsm_err pin_open(const struct cipher_key *key, enum pin_format format, struct bytes block,
                      const char *pan, struct pin *out)
{
    uint8_t b[PIN_BLOCK_4];
    struct reader r = READER(block);
    enum tsm_err e;
    TRY(check_key(key, format));
    NEED(block.len == (format == PIN_ISO_4 ? PIN_BLOCK_4 : PIN_BLOCK), BAD_LENGTH);
    TRY(read_copy(&r, block.len, b));
    if (format == PIN_ISO_4) {
        e = open_4(key, pan, b, out);
    } else {
        e = crypto_ecb(key, DECRYPT, BYTES_OF(b, PIN_BLOCK), b);
        if (e == TSM_OK)
            e = pin_block_read(format, b, pan, out);
    }
    explicit_bzero(b, sizeof b);
    return e;
}

enum tsm_err pin_may_become(enum pin_format from, enum pin_format to)
{
    static const bool allowed[PIN_FORMATS][PIN_FORMATS] = {
        [PIN_ISO_0] = {[PIN_ISO_0] = true, [PIN_ISO_2] = true, [PIN_ISO_3] = true, [PIN_ISO_4] = true},
        [PIN_ISO_1] = {[PIN_ISO_1] = true, [PIN_ISO_2] = true, [PIN_ISO_4] = true},
        [PIN_ISO_3] = {[PIN_ISO_2] = true, [PIN_ISO_3] = true, [PIN_ISO_4] = true},
        [PIN_ISO_4] = {[PIN_ISO_2] = true, [PIN_ISO_4] = true},
    };
    if (from >= PIN_FORMATS || to >= PIN_FORMATS || !allowed[from][to])
        return FAIL(NOT_ALLOWED, "a PIN block of format %d does not become one of format %d", (int)from,
                    (int)to);
    return TSM_OK;
}
