/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of a script that are none of the profile's: what was read, derived, brought by the order, or
 * stands in a list. Station 5. Pure. [docs/personalisation.md] */
#include <string.h>

#include "base/hex.h"
#include "emv/script/inside.h"

enum { ENC_TRIAL_BLOCK = 16 };

/* Octets of a result where the script does not say fewer. */
static const uint8_t result_len[SCRIPT_HOWS] = {
    [HOW_UDK] = EMV_KEY_LEN, [HOW_KCV] = EMV_KCV_LEN, [HOW_MAC] = EMV_BLOCK,
    [HOW_CMAC] = CMAC_LEN,   [HOW_HMAC] = SHA256_LEN, [HOW_DIVERSIFY] = CMAC_LEN};

static enum tsm_err put_hex(const char *text, struct writer *w)
{
    uint8_t *slot;
    size_t len, room = strlen(text) / 2;
    struct writer at = *w;
    TRY(write_slot(&at, room, &slot));
    TRY(hex_read(text, slot, room, &len));
    *w = at;
    return TSM_OK;
}

static enum tsm_err put_item(struct script_play *p, struct writer *w)
{
    if (put_hex(p->item, w) == TSM_OK)
        return TSM_OK;
    return FAIL(BAD_FORM, "a member of the list {%s} is no hex", p->item_name);
}

/* The derivation's key: a secret that was derived before it, or one of the token by name (empty). */
static enum tsm_err put_with(struct script_play *p, const struct script_derivation *d, struct writer *w)
{
    return d->with[0] ? script_value(p, d->with, w) : TSM_OK;
}

static enum tsm_err derive(struct script_play *p, const struct script_derivation *d, struct writer *w)
{
    uint8_t with_room[SCRIPT_DERIVED_MAX], over_room[2 * SCRIPT_VALUE_MAX];
    struct writer with = WRITER(with_room), over = WRITER(over_room);
    struct template_source source = script_source(p);
    struct emv_card_id card = {p->v.in.card ? p->v.in.card->pan : NULL,
                               p->v.in.card ? p->v.in.card->psn : NULL};
    size_t from = w->len, len = d->len ? (size_t)d->len : result_len[d->how];
    enum tsm_err e = put_with(p, d, &with);
    if (e == TSM_OK && d->over)
        e = template_write(d->over, &source, &over);
    if (e == TSM_OK && p->v.trial)
        e = write_fill(w, 0, len);
    else if (e == TSM_OK && (!p->keys || (d->how == HOW_UDK && !card.pan)))
        e = FAIL(MISSING_FIELD, "{%s} asks for keys or a card record, and there are none", d->name);
    else if (e == TSM_OK)
        e = p->keys->derive(p->keys->self, d, card, written(&with), written(&over), w);
    if (e == TSM_OK && w->len - from > len)
        write_forget(w, from + len);
    explicit_bzero(with_room, sizeof with_room);
    explicit_bzero(over_room, sizeof over_room);
    return e;
}

/* What goes into an operation with a key is not said by its result: the classes noted on the way do not
 * count. */
static enum tsm_err put_derived(struct script_play *p, size_t i, struct writer *w)
{
    const struct script_derivation *d = &p->script->derive[i];
    size_t before = p->deriving, secret_at = p->v.secret_at;
    enum value_class taint = p->v.taint;
    bool vague = p->vague, may = p->may_encrypt;
    enum tsm_err e;
    p->deriving = i + 1;
    p->may_encrypt = false;
    e = derive(p, d, w);
    p->deriving = before;
    p->may_encrypt = may;
    p->v.taint = taint;
    p->v.secret_at = secret_at;
    p->vague = vague;
    return e;
}

static enum tsm_err put_given(struct script_play *p, const struct script_input *in, struct writer *w)
{
    static const char *const where[] = {"the order's personalizationData", "the flavor's spParameters"};
    const char *text = json_string_value(json_object_get(p->inputs[in->from], in->name));
    size_t from = w->len;
    if (p->v.trial && !p->inputs[in->from]) {
        p->vague = true;
        return write_fill(w, 0, (size_t)in->max);
    }
    text = text ? text : in->otherwise;
    if (!text)
        return FAIL_FIELD(MISSING_FIELD, in->name, "%s have no text %s", where[in->from], in->name);
    if (in->text ? write_span(w, bytes_of_text(text)) != TSM_OK : put_hex(text, w) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, in->name, "%s: %s is no hex, or too long", where[in->from], in->name);
    if (w->len - from <= (size_t)in->max)
        return TSM_OK;
    write_forget(w, from);
    return FAIL_FIELD(TOO_LONG, in->name, "%s: %s is longer than %lld octets", where[in->from], in->name,
                      (long long)in->max);
}

/* The derivations that may be seen from where the play stands. */
static bool find_derivation(const struct script_play *p, const char *name, size_t *i)
{
    size_t n = p->deriving ? p->deriving - 1 : p->script->derivations_n;
    for (*i = 0; *i < n; ++*i)
        if (!strcmp(p->script->derive[*i].name, name))
            return true;
    return false;
}

static const struct script_input *find_input(const struct script_play *p, const char *name)
{
    for (size_t i = 0; i < p->script->inputs_n; i++)
        if (!strcmp(p->script->input[i].name, name) && !p->script->input[i].list)
            return &p->script->input[i];
    return NULL;
}

enum tsm_err script_value(void *self, const char *name, struct writer *w)
{
    struct script_play *p = self;
    const struct script_input *in = find_input(p, name);
    size_t i;
    if (p->item_name && !strcmp(p->item_name, name))
        return put_item(p, w);
    if (find_derivation(p, name, &i)) {
        variables_taint(&p->v, p->script->derive[i].secret ? VALUE_SECRET : VALUE_OPEN, w);
        return put_derived(p, i, w);
    }
    for (i = 0; i < p->values_n; i++)
        if (!strcmp(p->value[i].name, name)) {
            p->vague = p->vague || p->value[i].vague;
            return write_span(w, BYTES_OF(p->value[i].at, p->value[i].len));
        }
    if (!in)
        return FAIL(NOT_FOUND, "no variable {%s} was set or read before", name);
    variables_taint(&p->v, in->secret ? VALUE_SECRET : VALUE_OPEN, w);
    return put_given(p, in, w);
}

/* @enc( ): what is in it goes under the data key of the card's channel, and is no secret any more. */
enum tsm_err script_function(void *self, const char *name, struct writer *w, size_t mark)
{
    struct script_play *p = self;
    uint8_t room[SCRIPT_VALUE_MAX];
    size_t len = w->len - mark;
    enum tsm_err e;
    if (strcmp(name, "enc") != 0 || !p->may_encrypt)
        return FAIL(BAD_FORM, "@%s( ) has no place here", name);
    NEED(len <= sizeof room, TOO_LONG);
    TRY(bytes_keep(written_since(w, mark), room, sizeof room, &len));
    write_forget(w, mark);
    if (p->v.trial)
        e = write_fill(w, 0, (len + ENC_TRIAL_BLOCK - 1) / ENC_TRIAL_BLOCK * ENC_TRIAL_BLOCK);
    else
        e = p->keys ? p->keys->encrypt(p->keys->self, BYTES_OF(room, len), w)
                    : FAIL(MISSING_FIELD, "@enc( ) asks for the key of a channel, and there is none");
    explicit_bzero(room, sizeof room);
    if (p->v.secret_at > mark)
        p->v.secret_at = 0;
    return e;
}

static enum tsm_err source_value(void *self, const char *name, struct writer *w)
{
    struct script_play *p = self;
    return variables_value(&p->v, name, w);
}

struct template_source script_source(struct script_play *p)
{
    p->more = (struct template_source){.self = p, .value = script_value};
    p->v.more = &p->more;
    p->v.in.profile = &p->script->profile;
    return (struct template_source){.self = p, .value = source_value, .function = script_function};
}

/* The members that an order brought. */
static enum tsm_err split(const json_t *list, const struct script_repeat *r, struct script_members *out)
{
    const json_t *member;
    size_t i;
    *out = (struct script_members){.n = json_array_size(list)};
    if (!json_is_array(list) || out->n > r->max)
        return FAIL_FIELD(BAD_VALUE, r->input, "%s is to be a list of at most %zu", r->input, r->max);
    json_array_foreach(list, i, member)
    {
        out->at[i] = json_string_value(member);
        if (!out->at[i])
            return FAIL_FIELD(BAD_FORM, r->input, "the members of %s are hex", r->input);
    }
    return TSM_OK;
}

/* In a trial, as many members as may be of an input that is not at hand. */
enum tsm_err script_members(const struct script_play *p, const struct script_step *s,
                            struct script_members *out)
{
    const struct script_repeat *r = &s->repeat;
    const json_t *list = NULL;
    *out = (struct script_members){.n = r->max ? r->n : 1};
    memcpy(out->at, r->member, sizeof out->at);
    if (!r->input[0])
        return TSM_OK;
    for (size_t i = 0; i < p->script->inputs_n; i++)
        if (!strcmp(p->script->input[i].name, r->input))
            list = json_object_get(p->inputs[p->script->input[i].from], r->input);
    if (p->v.trial && !list) {
        *out = (struct script_members){.n = r->max};
        for (size_t i = 0; i < r->max; i++)
            out->at[i] = "00";
        return TSM_OK;
    }
    return split(list, r, out);
}
