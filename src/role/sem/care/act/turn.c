/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for acts: load, talk, commit; phase after phase until the kind says that it is over.
 * Stations 5 to 12. Role. [DESIGN 4] */
#include "role/sem/care/act/turn.h"

#include <stdlib.h>
#include <string.h>

#include "engine/turn/ask.h"

enum { CARE_HOLDER = 'c' }; /* how the keys and the hold of an act begin */

static const struct care_kind *const kinds[ACT_KINDS] = {
    [ACT_AUDIT] = &care_audit,   [ACT_REPAIR] = &care_repair,           [ACT_LOCK] = &care_status,
    [ACT_UNLOCK] = &care_status, [ACT_TERMINATE] = &care_status,        [ACT_ROTATE] = &care_rotate,
    [ACT_RULES] = &care_rules,   [ACT_CONTACTLESS] = &care_contactless, [ACT_IDENTIFY] = &care_identify,
};

static void turn_drop(void *turn)
{
    struct care_turn *t = turn;
    talk_end(&t->talk);
    json_decref(t->progress);
    json_decref(t->payload);
    json_decref(t->result);
    free(t->rules);
    act_drop(&t->act);
    explicit_bzero(t, sizeof *t);
}

static enum tsm_err prepare(void *self, const struct plan_step *step, const struct channel *channel,
                            struct plan_facts *facts)
{
    struct care_turn *t = self;
    (void)facts;
    return t->kind->prepare ? t->kind->prepare(t, step, channel) : TSM_OK;
}

static void heard(void *self, const struct plan_step *step, size_t command, const struct step_answer *answer)
{
    struct care_turn *t = self;
    if (t->kind->heard)
        t->kind->heard(t, step, command, answer);
}

static enum tsm_err load_rows(struct tx *tx, void *arg)
{
    struct care_turn *t = arg;
    TRY(act_load(tx, t->job->party, t->job->ref, &t->act));
    TRY(element_by_id(tx, t->job->party, t->act.se, &t->el));
    t->domain = t->el.id;
    t->kind = kinds[t->act.kind];
    return t->kind->load(t, tx);
}

static enum tsm_err read_progress(struct care_turn *t)
{
    json_t *o;
    TRY(json_read(t->job->progress.len ? t->job->progress : bytes_of_text("{}"), &o));
    t->progress = o;
    if (!json_object_get(o, "memory"))
        json_object_set_new(o, "memory", json_object());
    t->memory = json_object_get(o, "memory");
    NEED(t->memory != NULL, NO_MEMORY);
    t->phase = json_integer_value(json_object_get(o, "phase"));
    return talk_state_of_json(json_object_get(o, "talk"), &t->state);
}

static void begin_talk(struct care_turn *t)
{
    t->facts.profile = &t->el.profile;
    t->facts.care = &t->care;
    t->talk.facts = &t->facts;
    t->talk.prepare = prepare;
    t->talk.heard = heard;
    t->talk.self = t;
    t->talk.state = &t->state;
    t->event = TALK_GO_ON;
}

/* A raw phase is one exchange: what came back is its kind's to read, what was lost is asked again. */
static void read_raw(struct care_turn *t, const json_t *reply)
{
    const json_t *refused = json_object_get(reply, "failure");
    t->answers = json_object_get(reply, "answers");
    if (refused)
        failure_read(&t->talk.failure, refused);
    else if (!json_is_array(t->answers) && ++t->state.losses > TALK_LOSSES_MAX)
        failure_set(&t->talk.failure, OWNER_DEVICE, "look at the device and ask again",
                    "%s: %d answers were lost", act_kind_word(t->act.kind), TALK_LOSSES_MAX);
    else
        t->event = json_is_array(t->answers) ? TALK_DONE : TALK_GO_ON;
    if (t->talk.failure.reason[0])
        t->event = TALK_FAILED;
}

static enum tsm_err read_answer(struct care_turn *t)
{
    json_t *reply;
    enum tsm_err e = TSM_OK;
    if (t->job->answer.len == 0)
        return TSM_OK;
    t->read = true;
    TRY(json_read(t->job->answer, &reply));
    json_object_set_new(t->progress, "reply", reply); /* lives as long as the turn */
    if (t->raw)
        read_raw(t, reply);
    else
        e = talk_read(&t->talk, reply, &t->event);
    if (e == TSM_OK && !t->raw && t->kind->stepped && t->event != TALK_DONE && t->event != TALK_FAILED)
        t->kind->stepped(t);
    return e;
}

static enum tsm_err work(void *self, struct job *job)
{
    struct care_turn *t = arena_get(&job->arena, sizeof *t);
    NEED(t != NULL, NO_MEMORY);
    TRY(arena_owns(&job->arena, turn_drop, t));
    job->turn = t;
    t->sem = self;
    t->job = job;
    begin_talk(t);
    TRY(read_progress(t));
    TRY(store_read(t->sem->c.store, load_rows, t));
    t->facts.data_max = talk_data_max(&t->el.profile);
    if (job->answer.len == 0 && job->now >= job->deadline)
        return FAIL(EXPIRED, "%s was not done in time", act_kind_word(t->act.kind));
    TRY(t->sem->c.vault_of(t->sem->c.self, job->party, &t->talk.vault));
    TRY(t->kind->choose(t));
    return read_answer(t);
}

void care_phase(struct care_turn *t, int64_t phase)
{
    uint32_t asked = t->state.asked; /* exchanges are counted through: their keys are never used twice */
    t->phase = phase;
    talk_begin(&t->state);
    t->state.asked = asked;
    t->talk.failure.reason[0] = 0;
    t->talk.refused = t->talk.denied = false;
}

void care_over(struct care_turn *t, json_t *result)
{
    t->over = true;
    t->result = result;
}

void care_fail(struct care_turn *t)
{
    t->over = t->failed = true;
}

static enum tsm_err ask_exchange(struct care_turn *t, struct tx *tx, struct job *job, json_t *payload)
{
    return exchange_ask(tx, job,
                        &(struct exchange_ask){.partners = t->sem->c.partners,
                                               .kind = CARE_HOLDER,
                                               .number = t->state.asked,
                                               .care = true,
                                               .se = care_se_json(&t->el),
                                               .payload = payload});
}

static enum tsm_err finish(struct care_turn *t, struct tx *tx, struct job *job)
{
    struct note n = {.party = job->party,
                     .trace = BYTES(job->trace),
                     .station = 12,
                     .role = "sem",
                     .step = t->failed ? "FAILED" : "DONE",
                     .text = t->failed ? t->talk.failure.reason : act_kind_word(t->act.kind)};
    struct act_end end = {.el = &t->el, .result = t->result, .f = t->failed ? &t->talk.failure : NULL};
    t->result = NULL;
    failure_of_own_work(&t->talk.failure);
    TRY(note_add(tx, &n));
    job->next.state = t->failed ? JOB_FAILED : JOB_DONE;
    TRY(exchange_let_go(tx, job, CARE_HOLDER));
    return act_finish(t->sem, tx, &t->act, &end);
}

/* What cannot be tried again ends the phase as a failure does, also where it arises in the commit. */
static enum tsm_err give_up(struct care_turn *t, enum tsm_err e)
{
    if (err_may_retry(e))
        return e;
    failure_of_error(&t->talk.failure, e, err_cause());
    t->event = TALK_FAILED;
    return TSM_OK;
}

static enum tsm_err next_payload(struct care_turn *t, struct tx *tx, json_t **payload)
{
    if (!t->raw)
        return talk_next(&t->talk, tx, payload);
    t->state.asked++;
    *payload = json_incref(t->payload);
    return TSM_OK;
}

static enum tsm_err go_on(struct care_turn *t, struct tx *tx, struct job *job)
{
    json_t *payload = NULL;
    enum tsm_err e;
    if (t->event == TALK_LISTEN) {
        t->state.asked++;
        return ask_exchange(t, tx, job, json_array());
    }
    e = t->kind->before ? t->kind->before(t, tx) : TSM_OK;
    if (e == TSM_OK)
        e = next_payload(t, tx, &payload);
    return e == TSM_OK ? ask_exchange(t, tx, job, payload) : give_up(t, e);
}

/* One phase may follow the other without a word to the element in between. */
static enum tsm_err move(struct care_turn *t, struct tx *tx, struct job *job)
{
    enum { PHASES_MAX = 8 };
    for (int i = 0; i < PHASES_MAX; i++) {
        if (t->event != TALK_DONE && t->event != TALK_FAILED) {
            TRY(go_on(t, tx, job));
            if (t->event != TALK_FAILED)
                return TSM_OK;
        }
        TRY(t->kind->ended(t, tx, t->event == TALK_FAILED));
        if (t->over)
            return finish(t, tx, job);
        t->event = TALK_GO_ON;
        t->raw = false;
        TRY(t->kind->choose(t));
    }
    return FAIL(WRONG_STATE, "%s goes in circles", act_kind_word(t->act.kind));
}

static enum tsm_err keep_progress(struct care_turn *t, struct job *job)
{
    char *text;
    json_object_del(t->progress, "reply");
    json_object_set_new(t->progress, "phase", json_integer(t->phase));
    json_object_set_new(t->progress, "talk", talk_state_json(&t->state));
    text = json_text(t->progress);
    NEED(text != NULL, NO_MEMORY);
    job->next.moved = true;
    job->next.progress = arena_copy(&job->arena, bytes_of_text(text));
    free(text);
    NEED(job->next.progress.at != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct care_turn *t = job->turn;
    (void)self;
    if (!t || !t->kind)
        return TSM_OK; /* not even its rows could be read */
    if (job->error) {
        failure_of_error(&t->talk.failure, job->error, job->cause);
        t->event = TALK_FAILED;
        if (job->error == TSM_EXPIRED || t->act.state != ACT_RUNNING) {
            t->failed = true;
            return finish(t, tx, job);
        }
    }
    if (!t->read && t->state.asked && !job->error) { /* woken without an answer: the question is under way */
        exchange_wait(job);
        return TSM_OK;
    }
    TRY(note_dialogue(tx, t->job, "sem", &t->talk));
    TRY(move(t, tx, job));
    return keep_progress(t, job);
}

struct step_row sem_care_row(struct sem *sem)
{
    return (struct step_row){.kind = JOB_CARE, .name = "care", .work = work, .commit = commit, .self = sem};
}
