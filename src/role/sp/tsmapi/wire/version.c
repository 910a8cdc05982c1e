/* SPDX-License-Identifier: Apache-2.0 */
/* Version patterns: a.b.c, a.b.x, a.x.x, x.x.x in either case, and no others. Station 2. Role, without I/O.
 * [TR-03165 4.2.5.7, 4.2.5.8] */
#include "role/sp/tsmapi/wire/version.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 9 };

static bool is_any(const char *part, size_t n)
{
    return n == 1 && (*part == 'x' || *part == 'X');
}

static bool is_number(const char *part, size_t n)
{
    return n >= 1 && n <= DIGITS_MAX && strspn(part, "0123456789") >= n;
}

/* One part and the point behind it, which the last one lacks. */
static bool take_part(const char **text, size_t i, struct version *v)
{
    size_t n = strcspn(*text, ".");
    bool number = is_number(*text, n) && v->fixed == i; /* behind an x there is none */
    if (!number && !is_any(*text, n))
        return false;
    if (number)
        v->part[v->fixed++] = strtol(*text, NULL, 10);
    *text += n;
    return i + 1 < VERSION_PARTS_N ? *(*text)++ == '.' : **text == 0;
}

enum tsm_err version_pattern(const char *text, struct version *out)
{
    struct version v = {.fixed = 0};
    if (!*text || text[strspn(text, "0123456789.xX")])
        return FAIL(BAD_FORM, "a version is digits, points and x");
    for (size_t i = 0; i < VERSION_PARTS_N; i++)
        if (!take_part(&text, i, &v))
            return FAIL(UNSUPPORTED, "a pattern is one of a.b.c, a.b.x, a.x.x and x.x.x");
    *out = v;
    return TSM_OK;
}

enum tsm_err version_tag(const char *text, struct version *out)
{
    struct version v;
    if (version_pattern(text, &v) != TSM_OK || v.fixed != VERSION_PARTS_N)
        return FAIL(BAD_FORM, "a version tag is three numbers");
    *out = v;
    return TSM_OK;
}

int version_compare(const struct version *a, const struct version *b)
{
    for (size_t i = 0; i < VERSION_PARTS_N; i++)
        if (a->part[i] != b->part[i])
            return a->part[i] < b->part[i] ? -1 : 1;
    return 0;
}

bool version_fits(const struct version *pattern, const struct version *tag)
{
    for (size_t i = 0; i < pattern->fixed; i++)
        if (pattern->part[i] != tag->part[i])
            return false;
    return true;
}
