/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals by table: category, status, text with its parameters. Station 2. Role, without I/O. [TR-03165
 * 4.1.5.2] */
#include "role/sp/sptsm/model/refusal.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { TENTHS_OF_MIB = (1 << 20) / 10, SIZE_ROOM = 24 };

static const struct {
    int number, status;
    const char *text;
} rows[TR_CATEGORY_COUNT] = {
#define X(name, number, status, text) [TR_##name] = {number, status, text},
    TR_CATEGORIES(X)
#undef X
};

/* Whole characters alone, so that the text is JSON whatever was sent: what is none is shown as '?', control
 * characters, which would be escapes, as spaces. */
static void put(struct writer *w, const char *text, size_t most)
{
    while (*text) {
        unsigned char c = (unsigned char)*text;
        size_t n = utf8_character(text), step = n ? n : 1;
        uint8_t shown = n == 0 ? '?' : c < 0x20 || c == 0x7F ? ' ' : c;
        struct bytes octets = n > 1 ? BYTES_OF((const uint8_t *)text, n) : BYTES_OF(&shown, 1);
        if (step > most || write_span(w, octets) != TSM_OK)
            return;
        text += step;
        most -= step;
    }
}

/* Our own words, reasons and forms, may be longer than what was sent. */
static size_t room_for(enum tr_category category, size_t parameter)
{
    if (category == TR_INVALID_REQUEST || category == TR_INTERNAL)
        return REFUSAL_REASON_MAX;
    return category == TR_INVALID_FORMAT && parameter == 2 ? REFUSAL_FORM_MAX : REFUSAL_VALUE_MAX;
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
            put(&w, parameters[next], room_for(category, next));
        next++;
    }
    r->text[w.len] = 0;
    return TSM_BAD_VALUE;
}

/* Megabytes as the TR writes them: "2,6". Rounded up, so that what is too long never looks allowed. */
static const char *megabytes(uint64_t octets, char out[SIZE_ROOM])
{
    uint64_t tenths = octets / TENTHS_OF_MIB + (octets % TENTHS_OF_MIB != 0);
    snprintf(out, SIZE_ROOM, "%llu,%llu", (unsigned long long)(tenths / 10),
             (unsigned long long)(tenths % 10));
    return out;
}

enum tsm_err refuse_size(struct refusal *r, uint64_t octets)
{
    char size[SIZE_ROOM];
    return refuse(r, TR_FILE_SIZE, megabytes(octets, size), "0,5", NULL);
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
