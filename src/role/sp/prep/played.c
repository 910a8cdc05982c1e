/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts played by orders. Stations 5, 10 and 11. Role. [docs/personalisation.md] */
#include "role/sp/prep/played.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "order/played/played.h"

enum { NOWHERE = SCRIPT_STEPS_MAX };

struct stored {
    size_t len;
    uint8_t at[SCRIPT_SEALED_MAX];
};

/* The play of one turn. Values that a step reads count from the next step on: what it sends stays the same
 * however often it is made. */
struct played {
    struct perso_script script;
    struct played_plan plan;
    struct played_facts facts;
    struct script_output made;
    struct bytes data, inputs, parameters;
    size_t at; /* the step that `after` belongs to */
    struct stored before, after;
    json_t *results; /* by step and command; borrowed from the progress, or NULL */
    bool told;       /* they are new */
    bool failed;
    struct failure failure;
};

static enum tsm_err read_inputs(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SCRIPT_ROW, t->order.id);
    if (e == TSM_OK)
        t->played->inputs = arena_copy(&t->job->arena, db_blob(&r, 0));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err read_stored(const json_t *o, const char *name, struct stored *out)
{
    return hex_read(json_member(o, name), out->at, sizeof out->at, &out->len);
}

static enum tsm_err read_progress(struct turn *t)
{
    const json_t *o = json_object_get(t->progress, PLAYED_PROGRESS);
    struct played *p = t->played;
    p->results = json_object_get(o, "results");
    p->at = o ? (size_t)json_integer_value(json_object_get(o, "at")) : NOWHERE;
    TRY(read_stored(o, "before", &p->before));
    return read_stored(o, "after", &p->after);
}

static void set_stored(json_t *o, const char *name, const struct stored *s)
{
    char text[2 * SCRIPT_SEALED_MAX + 1];
    json_object_set_new(o, name, json_string(hex_text(BYTES_OF(s->at, s->len), text)));
}

static json_t *progress_of(struct turn *t)
{
    json_t *o = json_object_get(t->progress, PLAYED_PROGRESS);
    if (!o) {
        o = json_object();
        json_object_set_new(t->progress, PLAYED_PROGRESS, o);
    }
    return o;
}

static void write_progress(struct turn *t)
{
    json_t *o = progress_of(t);
    json_object_set_new(o, "at", json_integer((json_int_t)t->played->at));
    set_stored(o, "before", &t->played->before);
    set_stored(o, "after", &t->played->after);
}

/* What the play knew when the step began. */
static struct bytes known_at(const struct played *p, size_t step)
{
    const struct stored *s = p->at == step ? &p->before : &p->after;
    return BYTES_OF(s->at, s->len);
}

static struct script_order order_of(struct turn *t, struct bytes played, const struct channel *channel)
{
    return (struct script_order){.script = &t->played->script,
                                 .order = (uint64_t)t->order.id,
                                 .inputs_id = inputs_id(t->order.trace),
                                 .jwe = t->played->data,
                                 .inputs = t->played->inputs,
                                 .parameters = t->played->parameters,
                                 .played = played,
                                 .dek = {.keys = t->talk.key[IN_PROVIDER].sealed, .channel = channel},
                                 .kept = &t->kept};
}

/* Whose fault: what the element said, or what was ordered. */
static void fail(struct played *p, enum tsm_err e)
{
    bool element = e == TSM_CARD_REFUSED || e == TSM_CONFLICT || e == TSM_SHORT_INPUT || e == TSM_BAD_LENGTH;
    if (p->failed)
        return;
    p->failed = true;
    failure_set(&p->failure, element ? OWNER_SE : OWNER_SP,
                element ? "look at the secure element and its application; then terminate and deploy anew"
                        : "correct script or data, then terminate and deploy anew",
                "personalisation script, %s", err_cause()[0] ? err_cause() : err_text(e));
}

static bool due(void *self, size_t step)
{
    struct turn *t = self;
    struct script_order o = order_of(t, known_at(t->played, step), NULL);
    bool is = true;
    enum tsm_err e = vault_script_due(t->vault, &o, step, &is);
    if (e != TSM_OK)
        fail(t->played, e);
    return is;
}

/* spParameters of the flavor, as text. */
static enum tsm_err read_parameters(struct turn *t)
{
    const json_t *map = json_object_get(t->flavor, "spParameters");
    char *text = map ? json_text(map) : NULL;
    if (!text)
        return TSM_OK;
    t->played->parameters = arena_copy(&t->job->arena, bytes_of_text(text));
    free(text);
    return t->played->parameters.at ? TSM_OK : FAIL(NO_MEMORY, "no memory for parameters");
}

enum tsm_err played_begin(struct turn *t, const struct plan **plan)
{
    struct bytes data, body;
    if (!json_member(t->flavor, "perso_script")[0])
        return TSM_OK;
    TRY(perso_material(t, &data, &body));
    if (!perso_script_is(body))
        return TSM_OK;
    t->played = arena_get(&t->job->arena, sizeof *t->played);
    NEED(t->played != NULL, NO_MEMORY);
    TRY(perso_script_read(body, &t->played->script));
    t->played->data = data;
    TRY(store_read(t->sp->c.store, read_inputs, t));
    TRY(read_parameters(t));
    TRY(read_progress(t));
    played_plan_make(&t->played->script, &t->played->plan);
    t->played->facts = (struct played_facts){.script = &t->played->script, .self = t, .due = due};
    t->facts.played = &t->played->facts;
    t->talk.key[IN_APPLICATION] = t->talk.key[IN_PROVIDER];
    *plan = &t->played->plan.plan;
    return TSM_OK;
}

bool played_is(const struct turn *t, const struct plan_step *step)
{
    size_t number;
    return t->played && played_step_of(step, &number);
}

enum tsm_err played_make(struct turn *t, const struct plan_step *step, const struct channel *channel)
{
    struct played *p = t->played;
    struct writer w = WRITER(t->perso);
    size_t number;
    struct script_order o;
    played_step_of(step, &number);
    if (p->facts.made && p->facts.made_of == number)
        return TSM_OK;
    if (p->data.len && !t->dedup_len)
        TRY(perso_judge_data(t, p->data));
    p->facts.made = NULL;
    o = order_of(t, known_at(p, number), channel);
    TRY(vault_script_write(t->vault, &o, number, &w, &p->made));
    p->facts.made = &p->made;
    p->facts.made_of = number;
    t->state.changed = t->state.changed || !p->script.step[number].reads;
    return TSM_OK;
}

/* A tagged command and its answer, the last word of the same command. */
static void tell(struct turn *t, size_t step, size_t number, const struct step_answer *a)
{
    struct played *p = t->played;
    char key[32], command[2 * SCRIPT_COMMAND_MAX + 1], answer[2 * (SCRIPT_VALUE_MAX + 3) + 1];
    size_t shown = a->data.len < SCRIPT_VALUE_MAX ? a->data.len : SCRIPT_VALUE_MAX;
    if (!p->script.step[step].tag[0] || !p->facts.made || number >= p->made.n)
        return;
    if (!p->results) {
        p->results = json_object();
        json_object_set_new(progress_of(t), "results", p->results);
    }
    hex_text(BYTES_OF(a->data.at, shown), answer);
    snprintf(answer + 2 * shown, sizeof answer - 2 * shown, "%04X", a->sw);
    snprintf(key, sizeof key, "%02zu.%02zu", step, number);
    json_object_set_new(p->results, key,
                        json_pack("{ss ss ss}", "tag", p->script.step[step].tag, "command",
                                  hex_text(p->made.command[number], command), "response", answer));
    p->told = true;
}

/* From what is known to what is known with this answer. */
static enum tsm_err take(struct turn *t, size_t step, struct script_answer a)
{
    struct played *p = t->played;
    struct script_order o = order_of(t, BYTES_OF(p->after.at, p->after.len), NULL);
    struct stored now = {.len = 0};
    struct writer w = WRITER(now.at);
    TRY(vault_script_take(t->vault, &o, step, a, &w));
    now.len = w.len;
    p->after = now;
    return TSM_OK;
}

void played_heard(struct turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer)
{
    struct played *p = t->played;
    size_t number, prologue;
    enum tsm_err e;
    played_step_of(step, &number);
    prologue = played_prologue(&p->script.step[number]);
    if (p->failed || command < prologue)
        return;
    if (p->at != number) {
        p->before = p->after;
        p->at = number;
    }
    e = take(t, number, (struct script_answer){command - prologue, answer->data, answer->sw});
    if (e != TSM_OK) {
        fail(p, e);
        return;
    }
    tell(t, number, command - prologue, answer);
    write_progress(t);
}

void played_judge(struct turn *t)
{
    if (!t->played || !t->played->failed || t->failed)
        return;
    t->failure = t->played->failure;
    t->failed = true;
    t->done = false;
}

/* In the order of steps, which is that of their keys. */
static json_t *results_of(const json_t *found)
{
    json_t *list = json_array();
    char key[32];
    for (size_t step = 0; step < SCRIPT_STEPS_MAX; step++)
        for (size_t i = 0; i < SCRIPT_REPEAT_MAX; i++) {
            snprintf(key, sizeof key, "%02zu.%02zu", step, i);
            if (json_object_get(found, key))
                json_array_append(list, json_object_get(found, key));
        }
    return list;
}

static enum tsm_err keep_results(struct turn *t, struct tx *tx)
{
    json_t *list = t->played->told ? results_of(t->played->results) : NULL;
    char *text = list ? json_text(list) : NULL;
    enum tsm_err e = TSM_OK;
    json_decref(list);
    if (t->played->told)
        e = text ? db_exec(tx, SQL_SCRIPT_RESULTS, t->order.id, text, BYTES_NONE)
                 : FAIL(NO_MEMORY, "no memory for results");
    free(text);
    return e;
}

enum tsm_err played_keep(struct turn *t, struct tx *tx)
{
    if (t->kept.fresh && !order_is_final(t->order.state))
        TRY(db_exec(tx, SQL_SCRIPT_CARD_KEY, t->order.id, BYTES_OF(t->kept.blob, t->kept.len), BYTES_NONE));
    return t->played ? keep_results(t, tx) : TSM_OK;
}
