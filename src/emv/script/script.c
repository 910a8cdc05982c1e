/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts read from JSON. Station 5. Pure. [docs/personalisation.md] */
#include "emv/script/script.h"

#include <string.h>

#include "base/ber.h"
#include "base/hex.h"
#include "base/json.h"

enum { SW_DIGITS = 4, TAG_DIGITS_MAX = 6 };

struct document {
    char name[65];
    json_t *steps;
};
static const struct json_row rows[] = {
    {"name", JSON_TEXT, offsetof(struct document, name), 1, 64, JSON_NEEDED, NULL},
    {"steps", JSON_VALUE, offsetof(struct document, steps), 0, 0, JSON_NEEDED, NULL},
    {.name = NULL},
};

struct step_document {
    struct script_step step;
    json_t *expect, *read, *assert;
};
#define LIST(name)                                                                         \
    {                                                                                      \
#name, JSON_VALUE, offsetof(struct step_document, name), 0, 0, JSON_OPTIONAL, NULL \
    }
static const struct json_row step_rows[] = {
    {"apdu", JSON_TEXT, offsetof(struct step_document, step.apdu), 8, SCRIPT_TEXT_MAX, JSON_NEEDED, NULL},
    LIST(expect),
    LIST(read),
    LIST(assert),
    {.name = NULL},
};

struct rule_document {
    struct script_read_rule rule;
    char tag[TAG_DIGITS_MAX + 1];
    int64_t at, len;
};
static const struct json_row rule_rows[] = {
    {"name", JSON_TEXT, offsetof(struct rule_document, rule.name), 1, TEMPLATE_NAME_MAX, JSON_NEEDED, NULL},
    {"tag", JSON_TEXT, offsetof(struct rule_document, tag), 2, TAG_DIGITS_MAX, JSON_OPTIONAL, NULL},
    {"at", JSON_INT, offsetof(struct rule_document, at), 0, UINT16_MAX, JSON_OPTIONAL, NULL},
    {"len", JSON_INT, offsetof(struct rule_document, len), 1, SCRIPT_VALUE_MAX, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

static const struct json_row assert_rows[] = {
    {"is", JSON_TEXT, offsetof(struct script_assertion, is), 1, SCRIPT_TEXT_MAX, JSON_NEEDED, NULL},
    {"equals", JSON_TEXT, offsetof(struct script_assertion, equals), 0, SCRIPT_TEXT_MAX, JSON_NEEDED, NULL},
    {.name = NULL},
};

static enum tsm_err read_list(const json_t *list, const char *field, size_t *n)
{
    *n = json_array_size(list);
    if (list && (!json_is_array(list) || *n > SCRIPT_LIST_MAX))
        return FAIL_FIELD(BAD_VALUE, field, "%s is a list of at most %d", field, SCRIPT_LIST_MAX);
    return TSM_OK;
}

static enum tsm_err read_expect(const json_t *list, struct script_step *s)
{
    TRY(read_list(list, "expect", &s->expect_n));
    for (size_t i = 0; i < s->expect_n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        uint8_t sw[2];
        size_t len = 0;
        if (!text || strlen(text) != SW_DIGITS || hex_read(text, sw, sizeof sw, &len) != TSM_OK)
            return FAIL_FIELD(BAD_FORM, "expect", "a status word is four hex digits");
        s->expect[i] = (uint16_t)(sw[0] << 8 | sw[1]);
    }
    return TSM_OK;
}

static enum tsm_err read_rule(const json_t *from, struct script_read_rule *out)
{
    struct rule_document d = {.len = 0};
    uint8_t tag[3];
    size_t len;
    TRY(json_fill(from, rule_rows, &d));
    if ((d.tag[0] != 0) == (d.len != 0))
        return FAIL_FIELD(BAD_VALUE, "read", "a value is read by its tag, or by at and len");
    if (d.tag[0]) {
        struct reader r;
        if (hex_read(d.tag, tag, sizeof tag, &len) != TSM_OK)
            return FAIL_FIELD(BAD_FORM, "tag", "a tag is two to six hex digits");
        r = READER(BYTES_OF(tag, len));
        if (ber_read_tag(&r, &d.rule.tag) != TSM_OK || r.left.len)
            return FAIL_FIELD(BAD_FORM, "tag", "this is no single tag");
    }
    d.rule.at = (size_t)d.at;
    d.rule.len = (size_t)d.len;
    *out = d.rule;
    return TSM_OK;
}

static enum tsm_err read_step(const json_t *from, struct script_step *out)
{
    struct step_document d = {.expect = NULL};
    TRY(json_fill(from, step_rows, &d));
    TRY(read_expect(d.expect, &d.step));
    TRY(read_list(d.read, "read", &d.step.read_n));
    for (size_t i = 0; i < d.step.read_n; i++)
        TRY(read_rule(json_array_get(d.read, i), &d.step.read[i]));
    TRY(read_list(d.assert, "assert", &d.step.assert_n));
    for (size_t i = 0; i < d.step.assert_n; i++)
        TRY(json_fill(json_array_get(d.assert, i), assert_rows, &d.step.assert[i]));
    *out = d.step;
    return TSM_OK;
}

static enum tsm_err read_all(const json_t *object, struct perso_script *s)
{
    struct document d = {.steps = NULL};
    TRY(json_fill(object, rows, &d));
    memcpy(s->name, d.name, sizeof s->name);
    s->n = json_array_size(d.steps);
    if (!json_is_array(d.steps) || s->n == 0 || s->n > SCRIPT_STEPS_MAX)
        return FAIL_FIELD(BAD_VALUE, "steps", "steps is a list of 1 to %d", SCRIPT_STEPS_MAX);
    for (size_t i = 0; i < s->n; i++)
        TRY(read_step(json_array_get(d.steps, i), &s->step[i]));
    return TSM_OK;
}

enum tsm_err perso_script_read(struct bytes json, struct perso_script *out)
{
    json_t *object = NULL;
    enum tsm_err e;
    memset(out, 0, sizeof *out);
    TRY(json_read(json, &object));
    e = read_all(object, out);
    json_decref(object);
    return e;
}
