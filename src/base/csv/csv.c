/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of a line. Station 1. Pure. [RFC 4180 2] */
#include "base/csv/csv.h"

#include <string.h>

struct bytes csv_without_mark(struct bytes text)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    bool marked = text.len >= sizeof mark && memcmp(text.at, mark, sizeof mark) == 0;
    return marked ? BYTES_OF(text.at + sizeof mark, text.len - sizeof mark) : text;
}

char csv_separator(struct bytes heading)
{
    static const char known[] = {',', ';', '\t'};
    for (size_t i = 0; heading.len && i < sizeof known; i++)
        if (memchr(heading.at, known[i], heading.len))
            return known[i];
    return ',';
}

static bool next_is(const struct csv_line *l, char c)
{
    return l->left.left.len && l->left.left.at[0] == (uint8_t)c;
}

static enum tsm_err add_char(char *to, size_t room, size_t *n, uint8_t c)
{
    if (c < 0x20 || c == 0x7F)
        return FAIL(BAD_FORM, "a field holds a control character");
    if (*n + 1 >= room)
        return FAIL(TOO_LONG, "a field has more than %zu characters", room - 1);
    to[(*n)++] = (char)c;
    return TSM_OK;
}

/* Up to the quote that closes; two of them stand for one. */
static enum tsm_err read_quoted(struct csv_line *l, char *to, size_t room, size_t *n)
{
    uint8_t c;
    for (;;) {
        if (read_u8(&l->left, &c) != TSM_OK)
            return FAIL(BAD_FORM, "quotes do not close in this line");
        if (c == '"') {
            if (!next_is(l, '"'))
                return TSM_OK;
            TRY(read_u8(&l->left, &c));
        }
        TRY(add_char(to, room, n, c));
    }
}

static enum tsm_err read_plain(struct csv_line *l, char *to, size_t room, size_t *n)
{
    uint8_t c;
    while (l->left.left.len && !next_is(l, l->separator)) {
        TRY(read_u8(&l->left, &c));
        if (c == '"')
            return FAIL(BAD_FORM, "quotes stand within a field that has none around it");
        TRY(add_char(to, room, n, c));
    }
    while (*n && to[*n - 1] == ' ')
        --*n;
    return TSM_OK;
}

static void skip_blanks(struct csv_line *l)
{
    uint8_t c;
    while (next_is(l, ' ') || (l->separator != '\t' && next_is(l, '\t')))
        (void)read_u8(&l->left, &c);
}

enum tsm_err csv_field(struct csv_line *l, char *to, size_t room)
{
    size_t n = 0;
    uint8_t c;
    if (!l->more)
        return TSM_NOT_FOUND;
    skip_blanks(l);
    if (next_is(l, '"')) {
        TRY(read_u8(&l->left, &c));
        TRY(read_quoted(l, to, room, &n));
        skip_blanks(l);
    } else {
        TRY(read_plain(l, to, room, &n));
    }
    to[n] = 0;
    l->more = l->left.left.len > 0;
    if (!l->more)
        return TSM_OK;
    if (!next_is(l, l->separator))
        return FAIL(BAD_FORM, "something follows behind the quotes of a field");
    return read_u8(&l->left, &c);
}
