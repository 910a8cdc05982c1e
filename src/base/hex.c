/* SPDX-License-Identifier: Apache-2.0 */
/* Text forms of bytes: hexadecimal, base64url, UUID, BCD digits. Pure. [RFC 4648 5, RFC 9562] */
#include "base/hex.h"

#include <string.h>

static const char digits_upper[] = "0123456789ABCDEF";
static const char b64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *hex_text(struct bytes b, char *out)
{
    for (size_t i = 0; i < b.len; i++) {
        out[2 * i] = digits_upper[b.at[i] >> 4];
        out[2 * i + 1] = digits_upper[b.at[i] & 15];
    }
    out[2 * b.len] = 0;
    return out;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum tsm_err hex_read(const char *text, uint8_t *out, size_t cap, size_t *len)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        if (nibble(text[i]) < 0)
            return FAIL(BAD_FORM, "character %zu is no hexadecimal digit", i + 1);
    if (n % 2)
        return FAIL(BAD_FORM, "%zu hexadecimal digits are no whole octets", n);
    if (n / 2 > cap)
        return FAIL(TOO_LONG, "%zu octets, at most %zu have room", n / 2, cap);
    for (size_t i = 0; i < n / 2; i++)
        out[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    *len = n / 2;
    return TSM_OK;
}

size_t b64url_text(struct bytes b, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < b.len; i += 3) {
        size_t have = b.len - i < 3 ? b.len - i : 3;
        uint32_t v = (uint32_t)b.at[i] << 16;
        if (have > 1)
            v |= (uint32_t)b.at[i + 1] << 8;
        if (have > 2)
            v |= b.at[i + 2];
        for (size_t k = 0; k <= have; k++)
            out[n++] = b64url[v >> (18 - 6 * k) & 63];
    }
    out[n] = 0;
    return n;
}

enum tsm_err b64url_read(struct bytes text, uint8_t *out, size_t cap, size_t *len)
{
    size_t n = 0;
    uint32_t v = 0;
    unsigned bits = 0;
    NEED(text.len % 4 != 1, BAD_FORM);
    NEED(text.len / 4 * 3 + text.len % 4 <= cap + 1, TOO_LONG);
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.at[i] ? strchr(b64url, text.at[i]) : NULL;
        NEED(at != NULL, BAD_FORM);
        v = v << 6 | (uint32_t)(at - b64url);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            NEED(n < cap, TOO_LONG);
            out[n++] = (uint8_t)(v >> bits);
        }
    }
    NEED((v & ((1u << bits) - 1)) == 0, BAD_FORM); /* bits that no encoder sets */
    *len = n;
    return TSM_OK;
}

char *uuid_octets_text(const uint8_t octets[16], char out[37])
{
    static const uint8_t dash_before[16] = {[4] = 1, [6] = 1, [8] = 1, [10] = 1};
    char *p = out;
    for (int i = 0; i < 16; i++) {
        if (dash_before[i])
            *p++ = '-';
        *p++ = (char)(digits_upper[octets[i] >> 4] | 0x20);
        *p++ = (char)(digits_upper[octets[i] & 15] | 0x20);
    }
    *p = 0;
    return out;
}

char *uuid_text(const uint8_t random[16], char out[37])
{
    uint8_t u[16];
    memcpy(u, random, 16);
    u[6] = (uint8_t)((u[6] & 0x0F) | 0x40);
    u[8] = (uint8_t)((u[8] & 0x3F) | 0x80);
    return uuid_octets_text(u, out);
}

bool text_is_digits(const char *text, size_t min, size_t max)
{
    size_t n = strspn(text, "0123456789");
    return text[n] == 0 && n >= min && n <= max;
}

bool luhn_right(const char *digits)
{
    size_t n = strlen(digits);
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');
        if (i % 2)
            d = d < 5 ? 2 * d : 2 * d - 9;
        sum += d;
    }
    return n > 0 && sum % 10 == 0;
}

enum tsm_err bcd_swapped_write(struct writer *w, const char *digits)
{
    size_t n = strlen(digits);
    NEED(text_is_digits(digits, 0, n), BAD_FORM);
    for (size_t i = 0; i < n; i += 2) {
        unsigned high = i + 1 < n ? (unsigned)(digits[i + 1] - '0') : 15;
        TRY(write_u8(w, high << 4 | (unsigned)(digits[i] - '0')));
    }
    return TSM_OK;
}
