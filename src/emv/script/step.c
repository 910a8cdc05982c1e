/* SPDX-License-Identifier: Apache-2.0 */
/* One step of a personalisation script read from JSON. Station 5. Pure. [docs/personalisation.md] */
#include <stdio.h>
#include <string.h>

#include "base/ber.h"
#include "base/hex.h"
#include "base/json.h"
#include "emv/script/inside.h"

enum { SW_DIGITS = 4, TAG_DIGITS_MAX = 6 };

static const char *const target_words[] = {"domain", "application", NULL};

struct step_document {
    struct script_step step;
    char apdu[TEMPLATE_TEXT_MAX + 1];
    json_t *store, *expect, *read, *assert, *when, *repeat;
};
#define TEXT(name, member, low, high, need)                                                  \
    {                                                                                        \
        name, JSON_TEXT, offsetof(struct step_document, member), (low), (high), (need), NULL \
    }
#define VALUE(name, member)                                                                 \
    {                                                                                       \
        name, JSON_VALUE, offsetof(struct step_document, member), 0, 0, JSON_OPTIONAL, NULL \
    }
static const struct json_row step_rows[] = {
    TEXT("name", step.name, 1, SCRIPT_NAME_MAX, JSON_NEEDED),
    TEXT("apdu", apdu, 8, TEMPLATE_TEXT_MAX, JSON_OPTIONAL),
    TEXT("tag", step.tag, 1, SCRIPT_TAG_MAX, JSON_OPTIONAL),
    {"to", JSON_ENUM, offsetof(struct step_document, step.to), 0, 0, JSON_OPTIONAL, target_words},
    {"once", JSON_BOOL, offsetof(struct step_document, step.once), 0, 0, JSON_OPTIONAL, NULL},
    {"reads", JSON_BOOL, offsetof(struct step_document, step.reads), 0, 0, JSON_OPTIONAL, NULL},
    VALUE("store", store),
    VALUE("expect", expect),
    VALUE("read", read),
    VALUE("assert", assert),
    VALUE("when", when),
    VALUE("for", repeat),
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

/* Both an assertion and a condition compare two templates. */
struct comparison {
    char is[TEMPLATE_TEXT_MAX + 1], equals[TEMPLATE_TEXT_MAX + 1], text[SCRIPT_TEXT_MAX + 1];
    bool differs;
};
#define PAIR(name, kind, low, high, need)                                           \
    {                                                                               \
#name, kind, offsetof(struct comparison, name), (low), (high), (need), NULL \
    }
static const struct json_row assert_rows[] = {
    PAIR(is, JSON_TEXT, 1, TEMPLATE_TEXT_MAX, JSON_NEEDED),
    PAIR(equals, JSON_TEXT, 0, TEMPLATE_TEXT_MAX, JSON_NEEDED),
    PAIR(text, JSON_TEXT, 1, SCRIPT_TEXT_MAX, JSON_OPTIONAL),
    {.name = NULL},
};
static const struct json_row when_rows[] = {
    PAIR(is, JSON_TEXT, 1, TEMPLATE_TEXT_MAX, JSON_NEEDED),
    PAIR(equals, JSON_TEXT, 0, TEMPLATE_TEXT_MAX, JSON_NEEDED),
    PAIR(differs, JSON_BOOL, 0, 0, JSON_OPTIONAL),
    {.name = NULL},
};

struct repeat_document {
    char item[TEMPLATE_NAME_MAX + 1], input[TEMPLATE_NAME_MAX + 1];
    json_t *in;
    int64_t max;
};
static const struct json_row repeat_rows[] = {
    {"item", JSON_TEXT, offsetof(struct repeat_document, item), 1, TEMPLATE_NAME_MAX, JSON_NEEDED, NULL},
    {"in", JSON_VALUE, offsetof(struct repeat_document, in), 0, 0, JSON_OPTIONAL, NULL},
    {"input", JSON_TEXT, offsetof(struct repeat_document, input), 1, TEMPLATE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"max", JSON_INT, offsetof(struct repeat_document, max), 1, SCRIPT_REPEAT_MAX, JSON_NEEDED, NULL},
    {.name = NULL},
};

static enum tsm_err read_expect(const json_t *list, struct script_step *s)
{
    TRY(script_list(list, "expect", SCRIPT_LIST_MAX, &s->expect_n));
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

static enum tsm_err read_tag(const char *text, uint32_t *out)
{
    uint8_t tag[TAG_DIGITS_MAX / 2];
    size_t len = 0;
    struct reader r;
    if (hex_read(text, tag, sizeof tag, &len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "tag", "a tag is two to six hex digits");
    r = READER(BYTES_OF(tag, len));
    return ber_read_tag(&r, out) == TSM_OK && !r.left.len
               ? TSM_OK
               : FAIL_FIELD(BAD_FORM, "tag", "this is no single tag");
}

static enum tsm_err read_rule(const json_t *from, struct script_read_rule *out)
{
    struct rule_document d = {.at = -1};
    TRY(json_fill(from, rule_rows, &d));
    if ((d.tag[0] != 0) == (d.at >= 0) || (!d.tag[0] && d.len == 0))
        return FAIL_FIELD(BAD_VALUE, "read", "a value is read by its tag, or by at and len");
    if (d.tag[0])
        TRY(read_tag(d.tag, &d.rule.tag));
    d.rule.at = d.at < 0 ? 0 : (size_t)d.at;
    d.rule.len = (size_t)d.len;
    *out = d.rule;
    return TSM_OK;
}

static enum tsm_err read_rules(const json_t *list, struct script_step *s)
{
    TRY(script_list(list, "read", SCRIPT_LIST_MAX, &s->read_n));
    for (size_t i = 0; i < s->read_n; i++)
        TRY(read_rule(json_array_get(list, i), &s->read[i]));
    return TSM_OK;
}

static enum tsm_err read_assertions(const json_t *list, struct perso_script *p, struct script_step *s)
{
    TRY(script_list(list, "assert", SCRIPT_LIST_MAX, &s->assert_n));
    for (size_t i = 0; i < s->assert_n; i++) {
        struct comparison d = {.text = "an assertion does not hold"};
        TRY(json_fill(json_array_get(list, i), assert_rows, &d));
        TRY(script_keep_text(p, d.is, &s->assert[i].is));
        TRY(script_keep_text(p, d.equals, &s->assert[i].equals));
        TRY(script_keep_text(p, d.text, &s->assert[i].text));
    }
    return TSM_OK;
}

static enum tsm_err read_when(const json_t *from, struct perso_script *p, struct script_when *out)
{
    struct comparison d = {.differs = false};
    if (!from)
        return TSM_OK;
    TRY(json_fill(from, when_rows, &d));
    out->differs = d.differs;
    TRY(script_keep_text(p, d.is, &out->is));
    return script_keep_text(p, d.equals, &out->equals);
}

static enum tsm_err read_repeat(const json_t *from, struct perso_script *p, struct script_repeat *out)
{
    struct repeat_document d = {.in = NULL};
    if (!from)
        return TSM_OK;
    TRY(json_fill(from, repeat_rows, &d));
    if ((d.in != NULL) == (d.input[0] != 0))
        return FAIL_FIELD(BAD_VALUE, "for", "a step is repeated over a list (in) or an input");
    memcpy(out->item, d.item, sizeof out->item);
    memcpy(out->input, d.input, sizeof out->input);
    out->max = (size_t)d.max;
    TRY(script_list(d.in, "for", out->max, &out->n));
    for (size_t i = 0; i < out->n; i++) {
        const char *text = json_string_value(json_array_get(d.in, i));
        if (!text)
            return FAIL_FIELD(BAD_FORM, "for", "the members of the list are hex");
        TRY(script_keep_text(p, text, &out->member[i]));
    }
    return TSM_OK;
}

static enum tsm_err read_store(const json_t *list, struct perso_script *p, struct script_step *s)
{
    size_t n;
    TRY(script_list(list, "store", PROFILE_DGIS_MAX, &n));
    s->first = p->profile.application.count;
    s->count = n;
    for (size_t i = 0; i < n; i++)
        TRY(emv_profile_add_dgi(&p->profile, json_array_get(list, i)));
    return TSM_OK;
}

static enum tsm_err read_members(const struct step_document *d, struct perso_script *p, struct script_step *s)
{
    if ((d->apdu[0] != 0) == (json_array_size(d->store) > 0))
        return FAIL_FIELD(BAD_VALUE, "apdu", "a step has a command (apdu) or groupings (store)");
    if (!d->apdu[0] && (d->read || s->tag[0] || s->to == TO_APPLICATION || s->reads))
        return FAIL_FIELD(BAD_VALUE, "store",
                          "groupings go through the domain: no read, reads, tag, or to application");
    if (d->apdu[0])
        TRY(script_keep_text(p, d->apdu, &s->apdu));
    TRY(read_store(d->store, p, s));
    TRY(read_expect(d->expect, s));
    TRY(read_rules(d->read, s));
    TRY(read_assertions(d->assert, p, s));
    TRY(read_when(d->when, p, &s->when));
    return read_repeat(d->repeat, p, &s->repeat);
}

enum tsm_err script_step_fault(enum tsm_err e, const struct script_step *s)
{
    char cause[ERR_CAUSE_MAX], field[ERR_FIELD_MAX];
    snprintf(cause, sizeof cause, "%s", err_cause()[0] ? err_cause() : err_text(e));
    snprintf(field, sizeof field, "%s", err_field());
    return err_fail_field(e, field[0] ? field : s->name, "step %s: %.180s", s->name, cause);
}

enum tsm_err script_read_step(const json_t *from, struct perso_script *s, struct script_step *out)
{
    struct step_document d = {.store = NULL};
    enum tsm_err e;
    TRY(json_fill(from, step_rows, &d));
    *out = d.step;
    for (const struct script_step *other = s->step; other < out; other++)
        if (!strcmp(other->name, out->name))
            return FAIL_FIELD(UNIQUE, "name", "two steps are called %s", out->name);
    e = read_members(&d, s, out);
    return e == TSM_OK ? TSM_OK : script_step_fault(e, out);
}
