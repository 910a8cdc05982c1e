/* SPDX-License-Identifier: Apache-2.0 */
/* Byte helpers of the laboratory: hex, constant-time comparison, a bounded output buffer; pure; no station of
 * the journey, no clause of a standard. */
#include "common/bytes.h"

#include <string.h>

void out_init(struct out *o, uint8_t *at, size_t cap)
{
    *o = (struct out){.at = at, .cap = cap};
}

void out_bytes(struct out *o, const uint8_t *from, size_t n)
{
    if (o->full || n > o->cap - o->len) {
        o->full = true;
        return;
    }
    if (n > 0)
        memcpy(o->at + o->len, from, n);
    o->len += n;
}

void out_number(struct out *o, uint64_t value, size_t width)
{
    uint8_t b[8];

    for (size_t i = 0; i < width; i++)
        b[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
    out_bytes(o, b, width);
}

uint64_t lab_number(const uint8_t *from, size_t width)
{
    uint64_t value = 0;

    for (size_t i = 0; i < width; i++)
        value = value << 8 | from[i];
    return value;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool lab_hex_read(const char *hex, uint8_t *to, size_t cap, size_t *len)
{
    size_t digits = strlen(hex);

    if (digits % 2 != 0 || digits / 2 > cap)
        return false;
    for (size_t i = 0; i < digits / 2; i++) {
        int high = hex_digit(hex[2 * i]);
        int low = hex_digit(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    *len = digits / 2;
    return true;
}

void lab_hex_write(const uint8_t *from, size_t n, char *to)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[from[i] >> 4];
        to[2 * i + 1] = digits[from[i] & 0x0F];
    }
    to[2 * n] = '\0';
}

bool lab_same(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint8_t difference = 0;

    for (size_t i = 0; i < n; i++)
        difference |= (uint8_t)(a[i] ^ b[i]);
    return difference == 0;
}

void lab_wipe(void *at, size_t n)
{
    explicit_bzero(at, n);
}
