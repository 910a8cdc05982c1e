/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals by table: category, status, text with its parameters. Station 2. Role, without I/O. [TR-03165
 * 4.1.5.2] */
#include "role/sp/sptsm/model/refusal.h"

#include <string.h>

static const struct {
    int number, status;
    const char *text;
} rows[TR_CATEGORY_COUNT] = {
#define X(name, number, status, text) [TR_##name] = {number, status, text},
    TR_CATEGORIES(X)
#undef X
};

/* Characters are whole: a cut one is left out. */
static size_t whole_characters(const char *text, size_t most)
{
    size_t n = strnlen(text, most + 1);
    if (n <= most)
        return n;
    for (n = most; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80; n--)
        ;
    return n;
}

/* Control characters of a value would be escapes in JSON: they are shown as spaces. */
static void put(struct writer *w, const char *text, size_t most)
{
    size_t n = whole_characters(text, most);
    for (size_t i = 0; i < n; i++)
        if (write_u8(w, (unsigned char)text[i] < 0x20 || text[i] == 0x7F ? ' ' : (unsigned char)text[i]) !=
            TSM_OK)
            return;
}

/* Reasons, which are our own words, may be longer than values. */
static size_t room_for(enum tr_category category, const char *parameter)
{
    bool reason = category == TR_INVALID_REQUEST || category == TR_INTERNAL;
    return parameter && reason ? 200 : REFUSAL_VALUE_MAX;
}

enum tsm_err refuse(struct refusal *r, enum tr_category category, const char *a, const char *b, const char *c)
{
    const char *parameters[] = {a, b, c};
    struct writer w = {(uint8_t *)r->text, 0, REFUSAL_TEXT_MAX};
    size_t next = 0;
    r->category = category;
    for (const char *at = rows[category].text; *at; at++) {
        if (*at != '%') {
            write_u8(&w, (unsigned char)*at);
            continue;
        }
        if (next < sizeof parameters / sizeof parameters[0] && parameters[next])
            put(&w, parameters[next], room_for(category, parameters[next]));
        next++;
    }
    r->text[w.len] = 0;
    return TSM_BAD_VALUE;
}

void refuse_internal(struct refusal *r, enum tsm_err e)
{
    refuse(r, TR_INTERNAL, err_text(e), NULL, NULL);
}

int refusal_number(enum tr_category category)
{
    return rows[category].number;
}

int refusal_status(enum tr_category category)
{
    return rows[category].status;
}

json_t *refusal_json(const struct refusal *r)
{
    return json_pack("{si ss}", "errorCategory", rows[r->category].number, "errorMessage", r->text);
}
