/* SPDX-License-Identifier: Apache-2.0 */
/* Characters of a text, whole or not at all. Every station. Pure. [RFC 3629 4] */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>

enum { TAIL = 0x80, TAIL_MASK = 0xC0 };

/* By first octet: how many there are, and where the second one lies. */
static const struct lead {
    uint8_t first, last, n, second_first, second_last;
} leads[] = {{0x01, 0x7F, 1, 0, 0},       {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
             {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
             {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F}};

static bool is_in_place(const struct lead *l, size_t i, uint8_t octet)
{
    if (i == 1)
        return octet >= l->second_first && octet <= l->second_last;
    return (octet & TAIL_MASK) == TAIL;
}

/* Octets of it that are there, and how many it is to have; 0 of 0 where none begins. */
static size_t begun(const char *text, size_t *whole)
{
    const uint8_t *at = (const uint8_t *)text;
    *whole = 0;
    for (size_t k = 0; k < sizeof leads / sizeof leads[0]; k++) {
        const struct lead *l = &leads[k];
        size_t i = 1;
        if (at[0] < l->first || at[0] > l->last)
            continue;
        *whole = l->n;
        while (i < l->n && is_in_place(l, i, at[i]))
            i++;
        return i;
    }
    return 0;
}

size_t utf8_character(const char *text)
{
    size_t whole;
    return begun(text, &whole) == whole ? whole : 0;
}

char *utf8_clean(char *text)
{
    for (char *at = text; *at;) {
        size_t whole, n = begun(at, &whole);
        if (n == whole && n) {
            at += n;
        } else if (n && !at[n]) {
            *at = 0;
        } else {
            *at++ = '?';
        }
    }
    return text;
}
