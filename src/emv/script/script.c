/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts read from JSON: inputs, derivations, and the list of steps. Station 5. Pure.
 * [docs/personalisation.md] */
#include "emv/script/inside.h"

#include <string.h>

#include "base/json.h"

enum { INPUT_DEFAULT_MAX = 64 };

const char *const script_how_words[] = {"udk", "kcv", "mac", "cmac", "hmac", "diversify", NULL};
static const char *const from_words[] = {"order", "parameters", NULL};
static const char *const option_words[] = {"A", "B", "B_ALWAYS", "C", NULL};

/* The members that a script has beside those of a profile. */
struct document {
    json_t *inputs, *derive, *steps;
};
static const char *const own_members[] = {"inputs", "derive", "steps", NULL};

const char *script_keep(struct perso_script *s, const char *text)
{
    size_t len = strlen(text) + 1;
    char *at = s->pool + s->pool_len;
    if (len > sizeof s->pool - s->pool_len)
        return NULL;
    memcpy(at, text, len);
    s->pool_len += len;
    return at;
}

enum tsm_err script_keep_text(struct perso_script *s, const char *text, const char **out)
{
    *out = script_keep(s, text);
    return *out ? TSM_OK : FAIL(TOO_LONG, "the script's texts are longer than %d octets", SCRIPT_POOL);
}

enum tsm_err script_list(const json_t *list, const char *field, size_t max, size_t *n)
{
    *n = json_array_size(list);
    if (list && (!json_is_array(list) || *n > max))
        return FAIL_FIELD(BAD_VALUE, field, "%s is a list of at most %zu", field, max);
    return TSM_OK;
}

struct input_document {
    struct script_input input;
    char otherwise[2 * SCRIPT_VALUE_MAX + 1];
};
#define INPUT(name, kind, low, high, need, words)                                                \
    {                                                                                            \
#name, kind, offsetof(struct input_document, input.name), (low), (high), (need), (words) \
    }
static const struct json_row input_rows[] = {
    INPUT(name, JSON_TEXT, 1, TEMPLATE_NAME_MAX, JSON_NEEDED, NULL),
    INPUT(from, JSON_ENUM, 0, 0, JSON_NEEDED, from_words),
    INPUT(text, JSON_BOOL, 0, 0, JSON_OPTIONAL, NULL),
    INPUT(secret, JSON_BOOL, 0, 0, JSON_OPTIONAL, NULL),
    INPUT(list, JSON_BOOL, 0, 0, JSON_OPTIONAL, NULL),
    INPUT(max, JSON_INT, 1, SCRIPT_VALUE_MAX, JSON_OPTIONAL, NULL),
    {"default", JSON_TEXT, offsetof(struct input_document, otherwise), 0, 2 * SCRIPT_VALUE_MAX, JSON_OPTIONAL,
     NULL},
    {.name = NULL},
};

static enum tsm_err read_inputs(const json_t *list, struct perso_script *s)
{
    TRY(script_list(list, "inputs", SCRIPT_INPUTS_MAX, &s->inputs_n));
    for (size_t i = 0; i < s->inputs_n; i++) {
        const json_t *from = json_array_get(list, i);
        struct input_document d = {.input = {.max = INPUT_DEFAULT_MAX}};
        TRY(json_fill(from, input_rows, &d));
        if (json_object_get(from, "default"))
            TRY(script_keep_text(s, d.otherwise, &d.input.otherwise));
        s->input[i] = d.input;
    }
    return TSM_OK;
}

struct derive_document {
    struct script_derivation d;
    char over[TEMPLATE_TEXT_MAX + 1];
};
#define DERIVE(name, kind, low, high, need, words)                                            \
    {                                                                                         \
#name, kind, offsetof(struct derive_document, d.name), (low), (high), (need), (words) \
    }
static const struct json_row derive_rows[] = {
    DERIVE(name, JSON_TEXT, 1, TEMPLATE_NAME_MAX, JSON_NEEDED, NULL),
    DERIVE(how, JSON_ENUM, 0, 0, JSON_NEEDED, script_how_words),
    DERIVE(key, JSON_TEXT, 1, PROFILE_KEY_NAME_MAX, JSON_OPTIONAL, NULL),
    DERIVE(with, JSON_TEXT, 1, TEMPLATE_NAME_MAX, JSON_OPTIONAL, NULL),
    DERIVE(option, JSON_ENUM, 0, 0, JSON_OPTIONAL, option_words),
    DERIVE(len, JSON_INT, 1, SCRIPT_DERIVED_MAX, JSON_OPTIONAL, NULL),
    DERIVE(secret, JSON_BOOL, 0, 0, JSON_OPTIONAL, NULL),
    {"over", JSON_TEXT, offsetof(struct derive_document, over), 1, TEMPLATE_TEXT_MAX, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

static enum tsm_err read_derivations(const json_t *list, struct perso_script *s)
{
    TRY(script_list(list, "derive", SCRIPT_DERIVATIONS_MAX, &s->derivations_n));
    for (size_t i = 0; i < s->derivations_n; i++) {
        struct derive_document d = {.over = ""};
        TRY(json_fill(json_array_get(list, i), derive_rows, &d));
        if (d.over[0])
            TRY(script_keep_text(s, d.over, &d.d.over));
        d.d.secret = d.d.secret || d.d.how == HOW_UDK || d.d.how == HOW_DIVERSIFY;
        s->derive[i] = d.d;
    }
    return TSM_OK;
}

static enum tsm_err read_steps(const json_t *list, struct perso_script *s)
{
    TRY(script_list(list, "steps", SCRIPT_STEPS_MAX, &s->n));
    if (s->n == 0)
        return FAIL_FIELD(BAD_VALUE, "steps", "steps is a list of 1 to %d", SCRIPT_STEPS_MAX);
    for (size_t i = 0; i < s->n; i++)
        TRY(script_read_step(json_array_get(list, i), s, &s->step[i]));
    return TSM_OK;
}

/* The profile's members on one side, the script's own on the other. */
static enum tsm_err read_all(json_t *object, struct perso_script *s)
{
    const struct document d = {json_object_get(object, "inputs"), json_object_get(object, "derive"),
                               json_object_get(object, "steps")};
    json_t *frame = json_copy(object);
    enum tsm_err e;
    NEED(frame != NULL, NO_MEMORY);
    for (size_t i = 0; own_members[i]; i++)
        json_object_del(frame, own_members[i]);
    e = emv_profile_read_frame(frame, &s->profile);
    json_decref(frame);
    TRY(e);
    if (!s->profile.name[0])
        return FAIL_FIELD(MISSING_FIELD, "name", "a script has a name");
    TRY(read_inputs(d.inputs, s));
    TRY(read_derivations(d.derive, s));
    return read_steps(d.steps, s);
}

bool perso_script_is(struct bytes json)
{
    json_t *object = NULL;
    bool is = json_read(json, &object) == TSM_OK && json_object_get(object, "steps");
    json_decref(object);
    err_clear();
    return is;
}

enum tsm_err perso_script_read(struct bytes json, struct perso_script *out)
{
    json_t *object = NULL;
    enum tsm_err e;
    memset(out, 0, sizeof *out);
    TRY(json_read(json, &object));
    e = json_is_object(object) ? read_all(object, out) : FAIL(BAD_FORM, "a script is a JSON object");
    json_decref(object);
    return e == TSM_OK ? script_judge(out) : e;
}
