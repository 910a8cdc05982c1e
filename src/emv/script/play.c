/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts played command by command. Stations 5 and 10. Pure. [docs/personalisation.md] */
#include <string.h>

#include "base/ber.h"
#include "emv/script/script.h"

enum { HEAD = 4, SW_FINE = 0x9000 };

static struct script_value *find(struct script_play *p, const char *name)
{
    for (size_t i = 0; i < p->values_n; i++)
        if (!strcmp(p->value[i].name, name))
            return &p->value[i];
    return NULL;
}

enum tsm_err script_set(struct script_play *p, const char *name, struct bytes value)
{
    struct script_value *v = find(p, name);
    NEED(name[0] && strlen(name) <= TEMPLATE_NAME_MAX, BAD_FORM);
    NEED(value.len <= SCRIPT_VALUE_MAX && (v || p->values_n < SCRIPT_VALUES_MAX), TOO_LONG);
    if (!v)
        v = &p->value[p->values_n++];
    memcpy(v->name, name, strlen(name) + 1);
    return bytes_keep(value, v->at, sizeof v->at, &v->len);
}

static enum tsm_err value_of(void *self, const char *name, struct writer *w)
{
    const struct script_value *v = find(self, name);
    if (!v)
        return FAIL(NOT_FOUND, "no variable {%s} was set or read", name);
    return write_span(w, BYTES_OF(v->at, v->len));
}

/* Case 1, 2, 3 or 4 of a short command. [ISO 7816-4 5.2] */
static bool is_command(struct bytes c)
{
    size_t lc = c.len > HEAD + 1 ? c.at[HEAD] : 0;
    if (c.len == HEAD || c.len == HEAD + 1)
        return true;
    return c.len > HEAD + 1 && lc > 0 && (c.len == HEAD + 1 + lc || c.len == HEAD + 2 + lc);
}

enum tsm_err script_command(struct script_play *p, struct writer *w, bool *done)
{
    struct template_source source = {p, value_of};
    struct writer at = *w;
    *done = p->next == p->script->n;
    if (*done)
        return TSM_OK;
    TRY(template_write(p->script->step[p->next].apdu, &source, &at));
    if (!is_command(written_since(&at, w->len)))
        return FAIL(BAD_LENGTH, "step %zu makes no short command: Lc disagrees with its data", p->next + 1);
    *w = at;
    return TSM_OK;
}

static enum tsm_err take_value(struct script_play *p, const struct script_read_rule *rule, struct bytes data)
{
    struct bytes value;
    if (!rule->tag) {
        if (bytes_part(data, rule->at, rule->len, &value) != TSM_OK)
            return FAIL(SHORT_INPUT, "step %zu reads {%s} beyond the answer", p->next + 1, rule->name);
        return script_set(p, rule->name, value);
    }
    if (ber_find(data, rule->tag, &value) != TSM_OK)
        return FAIL(NOT_FOUND, "step %zu: the answer has no object for {%s}", p->next + 1, rule->name);
    return script_set(p, rule->name, value);
}

static enum tsm_err holds(struct script_play *p, const struct script_assertion *a, size_t number)
{
    struct template_source source = {p, value_of};
    uint8_t left[TEMPLATE_TEXT_MAX], right[TEMPLATE_TEXT_MAX];
    struct writer l = WRITER(left), r = WRITER(right);
    enum tsm_err e = template_write(a->is, &source, &l);
    bool same;
    if (e == TSM_OK)
        e = template_write(a->equals, &source, &r);
    same = bytes_equal_secret(written(&l), written(&r));
    explicit_bzero(left, sizeof left);
    explicit_bzero(right, sizeof right);
    TRY(e);
    return same ? TSM_OK : FAIL(CONFLICT, "step %zu: assertion %zu does not hold", p->next + 1, number);
}

static bool is_expected(const struct script_step *s, uint16_t sw)
{
    for (size_t i = 0; i < s->expect_n; i++)
        if (s->expect[i] == sw)
            return true;
    return s->expect_n == 0 && sw == SW_FINE;
}

enum tsm_err script_answer(struct script_play *p, struct bytes data, uint16_t sw)
{
    const struct script_step *s;
    NEED(p->next < p->script->n, WRONG_STATE);
    s = &p->script->step[p->next];
    if (!is_expected(s, sw))
        return FAIL(CARD_REFUSED, "step %zu was answered with %04X", p->next + 1, sw);
    for (size_t i = 0; i < s->read_n; i++)
        TRY(take_value(p, &s->read[i], data));
    for (size_t i = 0; i < s->assert_n; i++)
        TRY(holds(p, &s->assert[i], i + 1));
    p->next++;
    return TSM_OK;
}
