/* SPDX-License-Identifier: Apache-2.0 */
/* JSON by table over jansson: strict documents, members checked row by row, the wrong one named. Stations 1
 * and 12. [RFC 8259] */
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

static _Thread_local bool lacks;
static _Thread_local unsigned shortages;

static void *take(size_t n)
{
    void *at = malloc(n);
    lacks = lacks || !at;
    shortages += !at;
    return at;
}

void json_memory(void (*give_back)(void *at))
{
    json_set_alloc_funcs(take, give_back);
}

bool json_lacks(void)
{
    bool was = lacks;
    lacks = false;
    return was;
}

unsigned json_shortages(void)
{
    return shortages;
}

/* The deepest nesting, counted before the parser recurses into it. */
static size_t depth_of(struct bytes text)
{
    size_t depth = 0, deepest = 0;
    bool in_text = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        if (in_text) {
            i += c == '\\';
            in_text = c != '"';
        } else if (c == '"') {
            in_text = true;
        } else if (c == '[' || c == '{') {
            deepest = ++depth > deepest ? depth : deepest;
        } else if ((c == ']' || c == '}') && depth) {
            depth--;
        }
    }
    return deepest;
}

/* How much of the parser's words does not quote the document. */
static size_t told(const char *words)
{
    const char *quote = strstr(words, " near ");
    return quote ? (size_t)(quote - words) : strlen(words);
}

enum tsm_err json_read(struct bytes text, json_t **out)
{
    return json_read_long(text, JSON_BODY_MAX, out);
}

enum tsm_err json_read_long(struct bytes text, size_t max, json_t **out)
{
    json_error_t e;
    json_t *v;
    if (depth_of(text) > JSON_DEPTH_MAX)
        return FAIL(BAD_FORM, "JSON is nested deeper than %d", JSON_DEPTH_MAX);
    NEED(text.len <= max, TOO_LONG);
    v = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &e);
    if (!v && json_lacks())
        return FAIL(NO_MEMORY, "no memory for a document of %zu bytes", text.len);
    if (!v) /* without the piece of the document that follows "near": it may be a key */
        return FAIL(BAD_FORM, "JSON line %d column %d: %.*s", e.line, e.column, (int)told(e.text), e.text);
    *out = v;
    return TSM_OK;
}

static enum tsm_err fill_text(const struct json_row *row, const json_t *v, char *to)
{
    size_t n = json_string_length(v);
    if (!json_is_string(v))
        return FAIL_FIELD(BAD_VALUE, row->name, "%s must be a string", row->name);
    if ((int64_t)n != row->min && row->min == row->max)
        return FAIL_FIELD(BAD_LENGTH, row->name, "%s must have %lld characters", row->name,
                          (long long)row->min);
    if ((int64_t)n < row->min || (int64_t)n > row->max)
        return FAIL_FIELD(BAD_LENGTH, row->name, "%s must have %lld to %lld characters", row->name,
                          (long long)row->min, (long long)row->max);
    memcpy(to, json_string_value(v), n + 1);
    return TSM_OK;
}

static enum tsm_err fill_int(const struct json_row *row, const json_t *v, int64_t *to)
{
    if (!json_is_integer(v))
        return FAIL_FIELD(BAD_VALUE, row->name, "%s must be a whole number", row->name);
    if (json_integer_value(v) < row->min || json_integer_value(v) > row->max)
        return FAIL_FIELD(BAD_VALUE, row->name, "%s must be %lld to %lld", row->name, (long long)row->min,
                          (long long)row->max);
    *to = json_integer_value(v);
    return TSM_OK;
}

static enum tsm_err none_of(const struct json_row *row)
{
    char words[ERR_CAUSE_MAX] = "";
    for (size_t i = 0, n = 0; row->words[i] && n < sizeof words; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s", i ? ", " : "", row->words[i]);
    return FAIL_FIELD(BAD_VALUE, row->name, "%s is none of: %s", row->name, words);
}

static enum tsm_err fill_enum(const struct json_row *row, const json_t *v, int *to)
{
    for (int i = 0; json_is_string(v) && row->words[i]; i++)
        if (!strcmp(row->words[i], json_string_value(v))) {
            *to = i;
            return TSM_OK;
        }
    return none_of(row);
}

static enum tsm_err fill_one(const struct json_row *row, json_t *v, uint8_t *base)
{
    void *to = base + row->offset;
    switch (row->kind) {
    case JSON_TEXT:
        return fill_text(row, v, to);
    case JSON_INT:
        return fill_int(row, v, to);
    case JSON_ENUM:
        return fill_enum(row, v, to);
    case JSON_BOOL:
        if (!json_is_boolean(v))
            return FAIL_FIELD(BAD_VALUE, row->name, "%s must be true or false", row->name);
        *(bool *)to = json_is_true(v);
        return TSM_OK;
    case JSON_VALUE:
        if (!json_is_object(v) && !json_is_array(v))
            return FAIL_FIELD(BAD_VALUE, row->name, "%s must be an object or a list", row->name);
        *(json_t **)to = v;
        return TSM_OK;
    }
    return FAIL_FIELD(BAD_VALUE, row->name, "%s has no kind", row->name);
}

static const struct json_row *row_named(const struct json_row *rows, const char *name)
{
    for (; rows->name; rows++)
        if (!strcmp(rows->name, name))
            return rows;
    return NULL;
}

static enum tsm_err fill(const json_t *object, const struct json_row *rows, void *into, bool strict)
{
    const char *name;
    json_t *v;
    if (!json_is_object(object))
        return FAIL(BAD_FORM, "a JSON object is asked for");
    json_object_foreach((json_t *)(uintptr_t)object, name, v)
    {
        const struct json_row *row = row_named(rows, name);
        if (!row && strict)
            return FAIL_FIELD(UNKNOWN_FIELD, name, "%.64s is not a member here", name);
        if (row)
            TRY(fill_one(row, v, into));
    }
    for (const struct json_row *row = rows; row->name; row++)
        if (row->need == JSON_NEEDED && !json_object_get(object, row->name))
            return FAIL_FIELD(MISSING_FIELD, row->name, "%s is missing", row->name);
    return TSM_OK;
}

enum tsm_err json_fill(const json_t *object, const struct json_row *rows, void *into)
{
    return fill(object, rows, into, true);
}

enum tsm_err json_fill_known(const json_t *object, const struct json_row *rows, void *into)
{
    return fill(object, rows, into, false);
}

char *json_text(const json_t *value)
{
    char *text = lacks ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (json_lacks()) {
        free(text);
        return NULL;
    }
    return text;
}

const char *json_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

enum tsm_err json_member_hex(const json_t *object, const char *name, uint8_t *to, size_t cap, size_t *len)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text || hex_read(text, to, cap, len) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, name, "%s must be hex of at most %zu bytes", name, cap);
    return TSM_OK;
}
