/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal text for the handset, the terminal and the bank of the laboratory. Pure. */
#include "handset/hex.h"

#include <string.h>

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

ssize_t hs_hex_read(const char *text, uint8_t *out, size_t cap)
{
    size_t digits = strlen(text);
    if (digits % 2 != 0 || digits / 2 > cap)
        return -1;
    for (size_t i = 0; i < digits / 2; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (ssize_t)(digits / 2);
}

void hs_hex_write(const uint8_t *in, size_t len, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 0x0F];
    }
    out[2 * len] = '\0';
}
