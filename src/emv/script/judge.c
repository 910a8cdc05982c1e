/* SPDX-License-Identifier: Apache-2.0 */
/* A script tried whole before any card sees it: names, lengths, where secrets and card data go; and what it
 * will send. Stations 4 and 5. Pure. [docs/personalisation.md] */
#include <string.h>

#include "base/hex.h"
#include "emv/perso/static_data.h"
#include "emv/script/inside.h"

enum { ANSWER_DATA_MAX = 256, VAGUE_LEN = 8, WORK_ROOM = PROFILE_DGIS_MAX * PROFILE_VALUE_MAX };

/* What each operation takes: a key of the token, a secret derived before, data. */
static const struct {
    bool key, with, over;
} takes[SCRIPT_HOWS] = {
    [HOW_UDK] = {true, false, false}, [HOW_KCV] = {false, true, false}, [HOW_MAC] = {false, true, true},
    [HOW_CMAC] = {false, true, true}, [HOW_HMAC] = {false, true, true}, [HOW_DIVERSIFY] = {true, true, true}};

static bool is_secret(const struct perso_script *s, const char *name, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (!strcmp(s->derive[i].name, name))
            return s->derive[i].secret;
    return false;
}

static enum tsm_err judge_derivation(const struct perso_script *s, size_t i)
{
    const struct script_derivation *d = &s->derive[i];
    const char *word = script_how_words[d->how];
    if ((d->key[0] != 0) == (d->with[0] != 0) || (d->key[0] && !takes[d->how].key) ||
        (d->with[0] && !takes[d->how].with))
        return FAIL_FIELD(BAD_VALUE, d->name, "derivation %s: %s takes %s%s%s", d->name, word,
                          takes[d->how].key ? "a key" : "",
                          takes[d->how].key && takes[d->how].with ? " or " : "",
                          takes[d->how].with ? "with" : "");
    if ((d->over != NULL) != takes[d->how].over)
        return FAIL_FIELD(BAD_VALUE, d->name, "derivation %s: %s takes %s over", d->name, word,
                          takes[d->how].over ? "an" : "no");
    if (d->with[0] && !is_secret(s, d->with, i))
        return FAIL_FIELD(NOT_FOUND, d->name, "derivation %s: no secret %s is derived before it", d->name,
                          d->with);
    return TSM_OK;
}

/* Inputs and derivations, by place in one row of names. */
static const char *name_at(const struct perso_script *s, size_t i)
{
    return i < s->inputs_n ? s->input[i].name : s->derive[i - s->inputs_n].name;
}

static bool is_taken(const struct perso_script *s, const char *name, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (!strcmp(name_at(s, i), name))
            return true;
    return variables_know(name);
}

static enum tsm_err judge_names(const struct perso_script *s)
{
    for (size_t i = 0; i < s->inputs_n + s->derivations_n; i++)
        if (is_taken(s, name_at(s, i), i))
            return FAIL_FIELD(UNIQUE, name_at(s, i), "the name %s is taken", name_at(s, i));
    for (size_t i = 0; i < s->derivations_n; i++)
        TRY(judge_derivation(s, i));
    return TSM_OK;
}

/* A template said to somebody, or compared: at most of this class. */
static enum tsm_err judge_text(struct script_play *p, const char *template, enum value_class most,
                               const char *what)
{
    uint8_t room[TEMPLATE_TEXT_MAX];
    struct writer w = WRITER(room);
    struct template_source source = script_source(p);
    p->v.taint = VALUE_OPEN;
    p->v.secret_at = 0;
    TRY(template_write(template, &source, &w));
    if (p->v.secret_at || (most == VALUE_OPEN && p->v.taint == VALUE_OF_CARD))
        return FAIL(BAD_VALUE, "%s holds %s", what, p->v.secret_at ? "a secret" : "card data");
    return TSM_OK;
}

static enum tsm_err judge_reading(struct script_play *p, const struct script_step *s)
{
    static const uint8_t zeros[SCRIPT_VALUE_MAX];
    const size_t names = p->script->inputs_n + p->script->derivations_n;
    for (size_t i = 0; i < s->read_n; i++) {
        const struct script_read_rule *r = &s->read[i];
        if (is_taken(p->script, r->name, names))
            return FAIL(UNIQUE, "the name %s is taken", r->name);
        if (!r->tag && r->at + r->len > ANSWER_DATA_MAX)
            return FAIL(SHORT_INPUT, "{%s} is read beyond what an answer holds", r->name);
        TRY(script_set(p, r->name, BYTES_OF(zeros, r->len ? r->len : VAGUE_LEN)));
        script_value_of(p, r->name)->vague = !r->len;
    }
    for (size_t i = 0; i < s->assert_n; i++) {
        TRY(judge_text(p, s->assert[i].is, VALUE_OF_CARD, "an assertion"));
        TRY(judge_text(p, s->assert[i].equals, VALUE_OF_CARD, "an assertion"));
    }
    return TSM_OK;
}

/* Groupings of a list take the numbers behind their own, which nobody else may have. */
static enum tsm_err judge_numbers(const struct perso_script *script, const struct script_step *s)
{
    const struct profile_run *run = &script->profile.application;
    if (s->count * s->repeat.max > PROFILE_DGIS_MAX)
        return FAIL(TOO_LONG, "more than %d groupings in one step", PROFILE_DGIS_MAX);
    for (size_t i = s->first; i < s->first + s->count; i++) {
        unsigned first = run->at[i].id, last = first + (unsigned)s->repeat.max - 1;
        if (first >> 8 != last >> 8)
            return FAIL(BAD_VALUE, "grouping %04X with %zu members counts beyond its file", first,
                        s->repeat.max);
        for (size_t k = 0; k < run->count; k++)
            if (k != i && run->at[k].id >= first && run->at[k].id <= last)
                return FAIL(UNIQUE, "grouping %04X is among those that %04X counts up to", run->at[k].id,
                            first);
    }
    return TSM_OK;
}

/* Each grouping alone, so that the one that is wrong is named. */
static enum tsm_err judge_groupings(struct script_play *p, const struct script_step *s, uint8_t *room)
{
    struct script_members members;
    if (s->repeat.max)
        TRY(judge_numbers(p->script, s));
    TRY(script_members(p, s, &members));
    p->item = members.n ? members.at[0] : "00";
    for (size_t i = 0; i < s->count; i++) {
        const struct profile_dgi *d = &p->script->profile.application.at[s->first + i];
        struct template_source source = script_source(p);
        struct writer w = {room, 0, PROFILE_VALUE_MAX};
        enum tsm_err e;
        p->v.secret_at = 0;
        p->v.grouping = d->id;
        p->item_name = s->repeat.max ? s->repeat.item : NULL;
        e = template_write(d->value, &source, &w);
        p->item_name = NULL;
        if (e != TSM_OK)
            return err_fail(e, ERR_HERE, "grouping %04X: %.160s", d->id, err_cause());
        if (p->v.secret_at && !d->encrypted)
            return FAIL(BAD_VALUE, "grouping %04X holds a secret and is not encrypted", d->id);
    }
    return TSM_OK;
}

static enum tsm_err judge_command(struct script_play *p, const struct script_step *s, size_t i, uint8_t *room)
{
    struct writer w = {room, 0, WORK_ROOM};
    struct script_output out;
    p->v.secret_at = 0;
    TRY(script_write(p, i, &w, &out)); /* it names the step itself */
    if (p->v.secret_at)
        return FAIL(BAD_VALUE, "the command holds a secret outside @enc( )");
    if (s->tag[0] && p->v.taint == VALUE_OF_CARD)
        return FAIL(BAD_VALUE, "a command with a tag is told to the device and holds card data");
    return TSM_OK;
}

static bool is_list(const struct perso_script *s, const char *name)
{
    for (size_t i = 0; i < s->inputs_n; i++)
        if (!strcmp(s->input[i].name, name))
            return s->input[i].list && !s->input[i].text && !s->input[i].secret;
    return false;
}

static enum tsm_err judge_step(struct script_play *p, struct perso_script *script, size_t i, uint8_t *room)
{
    struct script_step *s = &script->step[i];
    bool of_card;
    if (s->repeat.input[0] && !is_list(script, s->repeat.input))
        return FAIL(NOT_FOUND, "no input %s is a list of octets", s->repeat.input);
    if (s->repeat.max && is_taken(script, s->repeat.item, script->inputs_n + script->derivations_n))
        return FAIL(UNIQUE, "the name %s is taken", s->repeat.item);
    if (s->when.is) {
        TRY(judge_text(p, s->when.is, VALUE_OPEN, "a condition"));
        TRY(judge_text(p, s->when.equals, VALUE_OPEN, "a condition"));
    }
    p->v.taint = VALUE_OPEN;
    TRY(s->apdu ? judge_command(p, s, i, room) : judge_groupings(p, s, room));
    of_card = p->v.taint == VALUE_OF_CARD || p->v.secret_at;
    p->item_name = s->repeat.max ? s->repeat.item : NULL;
    p->item = "00";
    TRY(judge_reading(p, s));
    p->item_name = NULL;
    script->uses_card = script->uses_card || of_card || p->v.taint == VALUE_OF_CARD;
    return TSM_OK;
}

/* The whole play in a trial; what is signed for the card is put together once, too. */
static enum tsm_err judge_all(struct script_play *p, struct perso_script *s, uint8_t *room)
{
    struct writer w = {room, 0, STATIC_DATA_MAX};
    p->v.trial = true;
    for (size_t i = 0; i < s->n; i++) {
        enum tsm_err e = judge_step(p, s, i, room);
        if (e != TSM_OK)
            return strncmp(err_cause(), "step ", 5) ? script_step_fault(e, &s->step[i]) : e;
    }
    for (size_t i = 0; i < s->derivations_n; i++)
        s->uses_card = s->uses_card || s->derive[i].how == HOW_UDK;
    script_source(p);
    return s->profile.oda.issuer[0] ? static_data_write(&p->v, &w) : TSM_OK;
}

enum tsm_err script_judge(struct perso_script *s)
{
    SCRIPT_PLAY p = {.script = s};
    uint8_t room[WORK_ROOM];
    TRY(judge_names(s));
    return judge_all(&p, s, room);
}

static void count_groupings(const struct script_output *out, size_t cipher_block, size_t block_max,
                            struct script_size *sum)
{
    enum { STORE_HEAD = 5 };
    for (size_t i = 0; i < out->n; i++) {
        size_t len = out->dgi[i].value.len, whole;
        if (out->dgi[i].encrypted)
            len += (cipher_block - len % cipher_block) % cipher_block;
        whole = cps_dgi_len(len);
        sum->commands += (whole + block_max - 1) / block_max;
        sum->octets += whole + (whole + block_max - 1) / block_max * STORE_HEAD;
        sum->groupings++;
    }
}

enum tsm_err script_measure(struct script_play *p, size_t step, size_t cipher_block, size_t block_max,
                            struct script_size *sum)
{
    uint8_t room[WORK_ROOM];
    struct writer w = WRITER(room);
    struct script_output out;
    enum tsm_err e = script_write(p, step, &w, &out);
    if (e == TSM_OK && out.store)
        count_groupings(&out, cipher_block, block_max, sum);
    for (size_t i = 0; e == TSM_OK && !out.store && i < out.n; i++) {
        sum->commands++;
        sum->octets += out.command[i].len;
    }
    explicit_bzero(room, sizeof room);
    return e;
}
