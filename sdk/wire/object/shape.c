/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of the TSM-API by table. Pure but for allocation. [TR-03165 4.2.3] */
#include "wire/object/shape.h"

#include <string.h>

#include "opentsm_tsm_api.h"

/* What every list of the public header looks like in memory. */
struct list {
    const void *at;
    size_t n;
};

static const char empty[] = "";

void shape_empty(const struct shape *s, void *into)
{
    for (const struct field *f = s->fields; f->name; f++) {
        uint8_t *at = (uint8_t *)into + f->at;
        if (f->kind == FIELD_TEXT)
            *(const char **)(void *)at = empty;
        else if (f->kind == FIELD_OBJECT)
            shape_empty(f->of, at);
    }
}

static enum tsm_err read_text(const struct field *f, const json_t *v, const char **to)
{
    if (!json_is_string(v))
        return FAIL_FIELD(BAD_VALUE, f->name, "%s is no text", f->name);
    if (json_string_length(v) > (size_t)f->max)
        return FAIL_FIELD(TOO_LONG, f->name, "%s is longer than %lld characters", f->name, (long long)f->max);
    *to = json_string_value(v);
    return TSM_OK;
}

static enum tsm_err read_number(const struct field *f, const json_t *v, int *to)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > f->max)
        return FAIL_FIELD(BAD_VALUE, f->name, "%s is no number from 0 to %lld", f->name, (long long)f->max);
    *to = (int)json_integer_value(v);
    return TSM_OK;
}

static enum tsm_err read_map(const struct field *f, json_t *v, struct tsm_api_memory *m,
                             struct tsm_api_map *to)
{
    const char *key;
    json_t *value;
    size_t n = 0;
    if (!json_is_object(v) || json_object_size(v) > (size_t)f->max)
        return FAIL_FIELD(BAD_VALUE, f->name, "%s is no map of at most %lld entries", f->name,
                          (long long)f->max);
    struct tsm_api_pair *pairs = memory_get(m, json_object_size(v) * sizeof *pairs);
    NEED(pairs, NO_MEMORY);
    json_object_foreach(v, key, value)
    {
        if (!json_is_string(value))
            return FAIL_FIELD(BAD_VALUE, f->name, "an entry of %s is no text", f->name);
        pairs[n++] = (struct tsm_api_pair){key, json_string_value(value)};
    }
    *to = (struct tsm_api_map){pairs, n};
    return TSM_OK;
}

static enum tsm_err read_list(const struct field *f, const json_t *v, struct tsm_api_memory *m, void *to)
{
    size_t n = json_array_size(v);
    if (!json_is_array(v) || n > (size_t)f->max)
        return FAIL_FIELD(BAD_VALUE, f->name, "%s is no list of at most %lld", f->name, (long long)f->max);
    uint8_t *at = memory_get(m, n * f->of->size);
    NEED(at, NO_MEMORY);
    for (size_t i = 0; i < n; i++)
        TRY(shape_read(json_array_get(v, i), f->of, m, at + i * f->of->size));
    memcpy(to, &(struct list){at, n}, sizeof(struct list));
    return TSM_OK;
}

static enum tsm_err read_one(const struct field *f, json_t *v, struct tsm_api_memory *m, void *to)
{
    int number = 0;
    switch (f->kind) {
    case FIELD_TEXT:
        return read_text(f, v, to);
    case FIELD_INT:
        return read_number(f, v, to);
    case FIELD_TRUTH:
        TRY(read_number(f, v, &number));
        *(bool *)to = number != 0;
        return TSM_OK;
    case FIELD_MAP:
        return read_map(f, v, m, to);
    case FIELD_OBJECT:
        return shape_read(v, f->of, m, to);
    case FIELD_LIST:
        return read_list(f, v, m, to);
    }
    return FAIL_FIELD(BAD_VALUE, f->name, "%s has no kind", f->name);
}

enum tsm_err shape_read(const json_t *object, const struct shape *s, struct tsm_api_memory *m, void *into)
{
    if (!json_is_object(object))
        return FAIL(BAD_FORM, "an object is missing where one must be");
    memset(into, 0, s->size);
    shape_empty(s, into);
    for (const struct field *f = s->fields; f->name; f++) {
        json_t *v = json_object_get(object, f->name);
        if (v && !json_is_null(v))
            TRY(read_one(f, v, m, (uint8_t *)into + f->at));
        else if (f->need == FIELD_NEEDED)
            return FAIL_FIELD(MISSING_FIELD, f->name, "%s is missing", f->name);
    }
    return TSM_OK;
}
