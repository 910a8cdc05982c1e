/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts played step by step: what is sent, what the answers say. Stations 5 and 10. Pure.
 * [docs/personalisation.md] */
#include <string.h>

#include "base/ber.h"
#include "emv/script/inside.h"

enum { HEAD = 4, SW_FINE = 0x9000 };

struct script_value *script_value_of(struct script_play *p, const char *name)
{
    for (size_t i = 0; i < p->values_n; i++)
        if (!strcmp(p->value[i].name, name))
            return &p->value[i];
    return NULL;
}

enum tsm_err script_set(struct script_play *p, const char *name, struct bytes value)
{
    struct script_value *v = script_value_of(p, name);
    NEED(name[0] && strlen(name) <= TEMPLATE_NAME_MAX, BAD_FORM);
    NEED(value.len <= SCRIPT_VALUE_MAX && (v || p->values_n < SCRIPT_VALUES_MAX), TOO_LONG);
    if (!v)
        v = &p->value[p->values_n++];
    memcpy(v->name, name, strlen(name) + 1);
    v->vague = false;
    return bytes_keep(value, v->at, sizeof v->at, &v->len);
}

bool script_is_command(struct bytes c)
{
    size_t lc = c.len > HEAD + 1 ? c.at[HEAD] : 0;
    if (c.len == HEAD || c.len == HEAD + 1)
        return true;
    return c.len > HEAD + 1 && lc > 0 && (c.len == HEAD + 1 + lc || c.len == HEAD + 2 + lc);
}

static enum tsm_err write_command(struct script_play *p, const struct script_step *s, struct writer *w,
                                  struct bytes *out)
{
    struct template_source source = script_source(p);
    size_t from = w->len;
    p->may_encrypt = true;
    p->vague = false;
    p->v.taint = VALUE_OPEN;
    TRY(template_write(s->apdu, &source, w));
    p->may_encrypt = false;
    *out = written_since(w, from);
    if (p->v.trial && (p->vague || p->v.taint == VALUE_OF_CARD))
        return TSM_OK; /* its length is known in earnest only */
    return script_is_command(*out) ? TSM_OK
                                   : FAIL(BAD_LENGTH, "no short command: Lc disagrees with its data");
}

static enum tsm_err write_commands(struct script_play *p, const struct script_step *s, struct writer *w,
                                   struct script_output *out)
{
    struct script_members members;
    enum tsm_err e = TSM_OK;
    TRY(script_members(p, s, &members));
    p->item_name = s->repeat.max ? s->repeat.item : NULL;
    for (size_t i = 0; i < members.n && e == TSM_OK; i++) {
        p->item = members.at[i];
        e = write_command(p, s, w, &out->command[out->n++]);
    }
    p->item_name = NULL;
    return e;
}

/* For each member of a list the number counts up: records of a file [EMV CPS 1.1 2.3]. */
static enum tsm_err write_grouping(struct script_play *p, const struct profile_dgi *d, size_t member,
                                   struct writer *w, struct script_output *out)
{
    struct template_source source = script_source(p);
    size_t from = w->len;
    NEED(out->n < PROFILE_DGIS_MAX, TOO_LONG);
    p->v.grouping = (uint16_t)(d->id + member);
    p->v.enciphered = d->encrypted;
    TRY(template_write(d->value, &source, w));
    NEED(w->len - from <= PROFILE_VALUE_MAX, TOO_LONG);
    out->dgi[out->n++] = (struct cps_dgi){p->v.grouping, written_since(w, from), d->encrypted};
    return TSM_OK;
}

static enum tsm_err write_groupings(struct script_play *p, const struct script_step *s, struct writer *w,
                                    struct script_output *out)
{
    struct script_members members;
    enum tsm_err e = TSM_OK;
    TRY(script_members(p, s, &members));
    p->item_name = s->repeat.max ? s->repeat.item : NULL;
    for (size_t m = 0; m < members.n && e == TSM_OK; m++) {
        p->item = members.at[m];
        for (size_t i = 0; i < s->count && e == TSM_OK; i++)
            e = write_grouping(p, &p->script->profile.application.at[s->first + i], m, w, out);
    }
    p->item_name = NULL;
    return e;
}

enum tsm_err script_write(struct script_play *p, size_t step, struct writer *buffer,
                          struct script_output *out)
{
    const struct script_step *s = &p->script->step[step];
    struct writer at = *buffer;
    struct script_output made = {.store = s->apdu == NULL};
    enum tsm_err e;
    NEED(step < p->script->n, BAD_VALUE);
    variables_take_pair(&p->v);
    e = made.store ? write_groupings(p, s, &at, &made) : write_commands(p, s, &at, &made);
    variables_give_pair(&p->v);
    if (e != TSM_OK) {
        write_forget(&at, buffer->len);
        return script_step_fault(e, s);
    }
    *buffer = at;
    *out = made;
    return TSM_OK;
}

/* Two templates compared, in a time that does not tell where they differ. */
static enum tsm_err same(struct script_play *p, const char *is, const char *equals, bool *out)
{
    uint8_t left[TEMPLATE_TEXT_MAX], right[TEMPLATE_TEXT_MAX];
    struct writer l = WRITER(left), r = WRITER(right);
    struct template_source source = script_source(p);
    enum tsm_err e = template_write(is, &source, &l);
    if (e == TSM_OK)
        e = template_write(equals, &source, &r);
    *out = bytes_equal_secret(written(&l), written(&r));
    explicit_bzero(left, sizeof left);
    explicit_bzero(right, sizeof right);
    return e;
}

enum tsm_err script_due(struct script_play *p, size_t step, bool *due)
{
    const struct script_step *s = &p->script->step[step];
    bool equal = true;
    enum tsm_err e = TSM_OK;
    if (s->when.is)
        e = same(p, s->when.is, s->when.equals, &equal);
    *due = equal != s->when.differs;
    return e == TSM_OK ? TSM_OK : script_step_fault(e, s);
}

static enum tsm_err take_value(struct script_play *p, const struct script_read_rule *rule, struct bytes data)
{
    struct bytes value;
    if (!rule->tag) {
        if (bytes_part(data, rule->at, rule->len, &value) != TSM_OK)
            return FAIL(SHORT_INPUT, "{%s} is read beyond the answer", rule->name);
        return script_set(p, rule->name, value);
    }
    if (ber_find(data, rule->tag, &value) != TSM_OK)
        return FAIL(NOT_FOUND, "the answer has no object for {%s}", rule->name);
    if (rule->len && rule->len != value.len)
        return FAIL(BAD_LENGTH, "the object for {%s} has not %zu octets", rule->name, rule->len);
    return script_set(p, rule->name, value);
}

bool script_expects(const struct script_step *s, uint16_t sw)
{
    for (size_t i = 0; i < s->expect_n; i++)
        if (s->expect[i] == sw)
            return true;
    return s->expect_n == 0 && sw == SW_FINE;
}

static enum tsm_err take(struct script_play *p, const struct script_step *s, struct script_answer a)
{
    if (!script_expects(s, a.sw))
        return FAIL(CARD_REFUSED, "it was answered with %04X", a.sw);
    for (size_t i = 0; i < s->read_n; i++)
        TRY(take_value(p, &s->read[i], a.data));
    for (size_t i = 0; i < s->assert_n; i++) {
        bool equal = false;
        TRY(same(p, s->assert[i].is, s->assert[i].equals, &equal));
        if (!equal)
            return FAIL(CONFLICT, "%s", s->assert[i].text);
    }
    return TSM_OK;
}

enum tsm_err script_take(struct script_play *p, size_t step, struct script_answer a)
{
    const struct script_step *s = &p->script->step[step];
    struct script_members members;
    enum tsm_err e = script_members(p, s, &members);
    p->item_name = s->repeat.max ? s->repeat.item : NULL;
    p->item = e == TSM_OK && a.number < members.n ? members.at[a.number] : "";
    if (e == TSM_OK)
        e = take(p, s, a);
    p->item_name = NULL;
    return e == TSM_OK ? TSM_OK : script_step_fault(e, s);
}

enum tsm_err script_played_write(const struct script_play *p, struct writer *w)
{
    struct writer at = *w;
    for (size_t i = 0; i < p->values_n; i++) {
        TRY(write_lv(&at, bytes_of_text(p->value[i].name)));
        TRY(write_lv(&at, BYTES_OF(p->value[i].at, p->value[i].len)));
    }
    *w = at;
    return TSM_OK;
}

enum tsm_err script_played_read(struct script_play *p, struct bytes stored)
{
    struct reader r = READER(stored);
    while (r.left.len) {
        struct bytes name, value;
        char text[TEMPLATE_NAME_MAX + 1];
        TRY(read_lv(&r, &name));
        TRY(read_lv(&r, &value));
        NEED(name.len < sizeof text, TOO_LONG);
        memcpy(text, name.at, name.len);
        text[name.len] = 0;
        TRY(script_set(p, text, value));
    }
    return TSM_OK;
}
