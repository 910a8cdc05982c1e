/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON, CSV and JSON lists cut into objects. Station 1. Pure but for jansson. [RFC 8259, RFC 4180 with
 * quotes around whole fields only] */
#include "role/sem/inventory/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

void source_open(struct source *s, enum source_form form, struct bytes body)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF}; /* what spreadsheets put in front of UTF-8 */
    *s = (struct source){.form = form, .rest = body};
    if (body.len >= sizeof mark && memcmp(body.at, mark, sizeof mark) == 0)
        s->rest = BYTES_OF(body.at + sizeof mark, body.len - sizeof mark);
}

static void take(struct source *s, size_t n)
{
    s->rest = BYTES_OF(s->rest.at + n, s->rest.len - n);
}

static bool next_line(struct source *s, struct bytes *line)
{
    const uint8_t *end;
    size_t n;
    if (s->rest.len == 0)
        return false;
    end = memchr(s->rest.at, '\n', s->rest.len);
    n = end ? (size_t)(end - s->rest.at) : s->rest.len;
    *line = BYTES_OF(s->rest.at, n && s->rest.at[n - 1] == '\r' ? n - 1 : n);
    take(s, end ? n + 1 : n);
    s->number++;
    return true;
}

/* The next field up to a comma, without the quotes around it. No value here needs a quote or a comma within;
 * what has one keeps its quotes and is refused. */
static bool next_field(struct bytes *line, struct bytes *field)
{
    size_t n = 0;
    if (!line->at)
        return false;
    while (n < line->len && line->at[n] != ',')
        n++;
    *field = BYTES_OF(line->at, n);
    if (n > 1 && line->at[0] == '"' && line->at[n - 1] == '"')
        *field = BYTES_OF(line->at + 1, n - 2);
    *line = n < line->len ? BYTES_OF(line->at + n + 1, line->len - n - 1) : BYTES_NONE;
    return true;
}

static enum tsm_err read_heading(struct source *s, struct bytes line)
{
    struct bytes f;
    while (next_field(&line, &f)) {
        if (s->n_names == CSV_COLUMNS_MAX || f.len >= CSV_NAME_MAX)
            return FAIL(TOO_LONG, "a heading has at most %d columns of %d characters", CSV_COLUMNS_MAX,
                        CSV_NAME_MAX - 1);
        snprintf(s->names[s->n_names++], CSV_NAME_MAX, "%.*s", (int)f.len, (const char *)f.at);
    }
    return TSM_OK;
}

static bool is_number(const char *name)
{
    return !strcmp(name, "kvn") || !strcmp(name, "key_len");
}

static json_t *csv_value(const char *name, struct bytes f)
{
    json_t *v = json_stringn((const char *)f.at, f.len);
    if (v && is_number(name) && text_is_digits(json_string_value(v), 1, 3)) {
        json_int_t number = strtol(json_string_value(v), NULL, 10);
        json_decref(v);
        v = json_integer(number);
    }
    return v;
}

static enum tsm_err read_csv(const struct source *s, struct bytes line, json_t **out)
{
    json_t *o = json_object();
    struct bytes f;
    for (size_t i = 0; o && next_field(&line, &f); i++) {
        if (i >= s->n_names || memchr(f.at, '"', f.len)) {
            json_decref(o);
            return FAIL(BAD_FORM, "the line has more fields than the heading, or quotes within a field");
        }
        if (f.len)
            json_object_set_new(o, s->names[i], csv_value(s->names[i], f));
    }
    NEED(o != NULL, NO_MEMORY);
    *out = o;
    return TSM_OK;
}

/* The next line that is not empty; the first one of CSV is its heading. */
static enum tsm_err next_record(struct source *s, struct bytes *line)
{
    while (next_line(s, line)) {
        if (line->len == 0)
            continue;
        if (s->form == SOURCE_NDJSON || s->begun)
            return TSM_OK;
        s->begun = true;
        TRY(read_heading(s, *line));
    }
    return TSM_NOT_FOUND;
}

static void skip_space(struct source *s)
{
    while (s->rest.len && memchr(" \t\r\n", s->rest.at[0], 4))
        take(s, 1);
}

/* One element of a list: up to the bracket that closes what it opens. 0: it does not end. */
static size_t element_length(struct bytes text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return i; /* the list's own end, behind a value without brackets */
            if (--depth == 0)
                return i + 1;
        } else if (c == ',' && depth == 0) {
            return i;
        }
    }
    return 0;
}

#define NO_LIST "the body is no JSON list; for one object a line use application/x-ndjson"

static bool next_is(struct source *s, char c)
{
    skip_space(s);
    if (s->rest.len == 0 || s->rest.at[0] != (uint8_t)c)
        return false;
    take(s, 1);
    return true;
}

static enum tsm_err end_of_list(struct source *s)
{
    skip_space(s);
    return s->rest.len ? FAIL(TRAILING_BYTES, "bytes follow after the end of the JSON list") : TSM_NOT_FOUND;
}

static enum tsm_err next_element(struct source *s, struct bytes *element)
{
    size_t n;
    if (!s->begun) {
        if (!next_is(s, '['))
            return FAIL(BAD_FORM, NO_LIST);
        s->begun = true;
        if (next_is(s, ']'))
            return end_of_list(s);
    } else {
        if (next_is(s, ']'))
            return end_of_list(s);
        if (!next_is(s, ','))
            return FAIL(BAD_FORM, NO_LIST);
    }
    skip_space(s);
    n = element_length(s->rest);
    if (n == 0)
        return FAIL(BAD_FORM, "the JSON list does not end");
    *element = BYTES_OF(s->rest.at, n);
    take(s, n);
    s->number++;
    return TSM_OK;
}

enum tsm_err source_next(struct source *s, json_t **object)
{
    struct bytes text;
    enum tsm_err e = s->form == SOURCE_LIST ? next_element(s, &text) : next_record(s, &text);
    *object = NULL;
    s->broken = e != TSM_OK && e != TSM_NOT_FOUND;
    TRY(e);
    return s->form == SOURCE_CSV ? read_csv(s, text, object) : json_read(text, object);
}
