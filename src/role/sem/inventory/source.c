/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON, CSV and JSON lists cut into objects. Station 1. Pure but for jansson. [RFC 8259, RFC 4180] */
#include "role/sem/inventory/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv/csv.h"

void source_open(struct source *s, enum source_form form, struct bytes body)
{
    *s = (struct source){.form = form, .rest = csv_without_mark(body)};
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

/* Columns are found by their names, however spreadsheets write them. */
static enum tsm_err take_column(struct source *s, const char *name)
{
    char *to = s->names[s->n_names];
    if (s->n_names == CSV_COLUMNS_MAX)
        return FAIL(TOO_LONG, "a heading has at most %d columns", CSV_COLUMNS_MAX);
    for (size_t i = 0; i < CSV_NAME_MAX; i++)
        to[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    if (s->knows && to[0] && !s->knows(to))
        return FAIL_FIELD(UNKNOWN_FIELD, to, "the heading has a column %s, which is not known here", to);
    for (size_t i = 0; i < s->n_names; i++)
        if (to[0] && !strcmp(s->names[i], to))
            return FAIL_FIELD(DUPLICATE_TAG, to, "the heading has the column %s twice", to);
    s->n_names++;
    return TSM_OK;
}

static enum tsm_err read_heading(struct source *s, struct bytes line)
{
    struct csv_line l;
    s->separator = csv_separator(line);
    l = CSV_LINE(line, s->separator);
    while (l.more) {
        char name[CSV_NAME_MAX] = "";
        TRY(csv_field(&l, name, sizeof name));
        TRY(take_column(s, name));
    }
    return TSM_OK;
}

static bool is_number(const char *name)
{
    return !strcmp(name, "kvn") || !strcmp(name, "key_len");
}

/* Key versions are written in hex as often as not: 0x30 is 48. */
static json_t *csv_value(const char *name, const char *field)
{
    bool hex = field[0] == '0' && (field[1] == 'x' || field[1] == 'X');
    const char *digits = hex ? field + 2 : field;
    size_t n = strspn(digits, hex ? "0123456789ABCDEFabcdef" : "0123456789");
    if (is_number(name) && n > 0 && n <= 3 && !digits[n])
        return json_integer(strtol(digits, NULL, hex ? 16 : 10));
    return json_string(field);
}

/* An empty field is a member that is not there, in a column that has no name, too. */
static enum tsm_err put_field(const struct source *s, size_t i, const char *field, json_t *o)
{
    bool named = i < s->n_names && s->names[i][0];
    if (!field[0])
        return TSM_OK;
    if (!named)
        return FAIL(BAD_FORM, "the line has more fields than the heading");
    return json_object_set_new(o, s->names[i], csv_value(s->names[i], field)) == 0
               ? TSM_OK
               : FAIL_FIELD(BAD_FORM, s->names[i], "the field is no text in UTF-8");
}

static enum tsm_err read_fields(const struct source *s, struct bytes line, json_t *o)
{
    struct csv_line l = CSV_LINE(line, s->separator);
    char field[CSV_FIELD_MAX];
    enum tsm_err e = TSM_OK;
    for (size_t i = 0; e == TSM_OK && l.more; i++) {
        e = csv_field(&l, field, sizeof field);
        if (e == TSM_OK)
            e = put_field(s, i, field, o);
    }
    explicit_bzero(field, sizeof field);
    return e;
}

static enum tsm_err read_csv(const struct source *s, struct bytes line, json_t **out)
{
    json_t *o = json_object();
    enum tsm_err e;
    NEED(o != NULL, NO_MEMORY);
    e = read_fields(s, line, o);
    if (e == TSM_OK)
        *out = o;
    else
        json_decref(o);
    return e;
}

/* Nothing stands in it: what spreadsheets leave behind the last line has separators alone. */
static bool is_blank(const struct source *s, struct bytes line)
{
    size_t i = 0;
    while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t' ||
                            (s->form == SOURCE_CSV && s->begun && line.at[i] == (uint8_t)s->separator)))
        i++;
    return i == line.len;
}

/* The next line that is not empty; the first one of CSV is its heading. */
static enum tsm_err next_record(struct source *s, struct bytes *line)
{
    while (next_line(s, line)) {
        if (is_blank(s, *line))
            continue;
        if (s->form == SOURCE_NDJSON || s->begun)
            return TSM_OK;
        TRY(read_heading(s, *line));
        s->begun = true;
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
