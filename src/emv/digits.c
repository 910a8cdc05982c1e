/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal digits as compressed numbers. Station 5. Pure. [EMV Book 3 4.3] */
#include "emv/digits.h"

#include <string.h>

#include "base/hex.h"

enum { FILL = 0xF, WIDTH_MAX = 64 };

static enum tsm_err write_nibbles(struct writer *w, const uint8_t *nibbles, size_t n)
{
    struct writer at = *w;
    for (size_t i = 0; i < n; i += 2)
        TRY(write_u8(&at, (unsigned)(nibbles[i] << 4 | nibbles[i + 1])));
    *w = at;
    return TSM_OK;
}

enum tsm_err digits_write_right(struct writer *w, const char *digits, size_t width)
{
    uint8_t nibbles[WIDTH_MAX] = {0};
    size_t n = strlen(digits);
    enum tsm_err e;
    NEED(text_is_digits(digits, 1, WIDTH_MAX), BAD_FORM);
    NEED(width % 2 == 0 && width <= WIDTH_MAX, BAD_LENGTH);
    for (size_t i = 0; i < n && i < width; i++)
        nibbles[width - 1 - i] = (uint8_t)(digits[n - 1 - i] - '0');
    e = write_nibbles(w, nibbles, width);
    explicit_bzero(nibbles, sizeof nibbles);
    return e;
}

enum tsm_err digits_write_left(struct writer *w, const char *digits)
{
    uint8_t nibbles[WIDTH_MAX + 1];
    size_t n = strlen(digits);
    enum tsm_err e;
    NEED(text_is_digits(digits, 1, WIDTH_MAX), BAD_FORM);
    for (size_t i = 0; i < n; i++)
        nibbles[i] = (uint8_t)(digits[i] - '0');
    nibbles[n] = FILL;
    e = write_nibbles(w, nibbles, n + n % 2);
    explicit_bzero(nibbles, sizeof nibbles);
    return e;
}

enum tsm_err digits_read_left(struct bytes cn, char *digits, size_t room)
{
    char made[2 * WIDTH_MAX + 1];
    size_t n = 0;
    NEED(cn.len <= WIDTH_MAX, TOO_LONG);
    for (size_t i = 0; i < 2 * cn.len; i++) {
        unsigned nibble = cn.at[i / 2] >> (i % 2 ? 0 : 4) & 0xF;
        NEED(nibble == FILL || (nibble < 10 && n == i), BAD_FORM);
        if (nibble < 10)
            made[n++] = (char)('0' + nibble);
    }
    made[n] = 0;
    NEED(n < room, TOO_LONG);
    memcpy(digits, made, n + 1);
    explicit_bzero(made, sizeof made);
    return TSM_OK;
}
