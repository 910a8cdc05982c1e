/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for orders: one turn reads an answer, decides, and commits what follows with timeline,
 * audit and the next question. Role. */
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/content/part.h"
#include "role/sp/domain/late.h"
#include "role/sp/issuer/issuer.h"
#include "role/sp/life/life.h"
#include "role/sp/modes/managed.h"
#include "role/sp/orders/given_up.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/prep/played.h"
#include "role/sp/turn_writes.h"
#include "role/sp/verify/verify.h"

static const struct step *step_of(const struct turn *t)
{
    return &t->process->steps[t->job->step];
}

static void give_up(struct turn *t, enum tsm_err e)
{
    failure_of_error(&t->failure, e, err_cause()[0] ? err_cause() : t->job->cause);
    t->failed = true;
}

/* The answer to a question: a failure, or facts to read. An owner that does not know the element gives way to
 * the next. */
static enum tsm_err read_question(struct turn *t)
{
    const json_t *failure = json_object_get(t->reply, "failure");
    if (failure && step_of(t)->verb == VERB_CHECK_ELIGIBILITY && !step_of(t)->begin && next_owner(t))
        return TSM_OK;
    if (failure) {
        failure_read(&t->failure, failure);
        t->failed = true;
        t->changed = t->changed || json_is_true(json_object_get(t->reply, "changed"));
        return TSM_OK;
    }
    t->changed = t->changed || step_of(t)->changes;
    if (step_of(t)->read)
        TRY(step_of(t)->read(t, t->reply));
    t->done = !t->failed && !t->once_more;
    return TSM_OK;
}

static enum tsm_err read_talk(struct turn *t)
{
    TRY(turn_talk(t));
    if (t->reply)
        TRY(talk_read(&t->talk, t->reply, &t->event));
    else
        talk_pass_needless(&t->talk);
    t->changed = t->changed || t->state.changed;
    t->done = t->event == TALK_DONE || t->state.step == t->talk.plan->n; /* there was nothing to say */
    if (t->event == TALK_FAILED) {
        t->failure = t->talk.failure;
        t->failed = true;
    }
    played_judge(t);
    return t->done || t->failed || turn_is_given_up(t) ? TSM_OK : talk_prepare(&t->talk);
}

/* What a partner does in our name may have changed the card before its answer came; a talk says so itself. */
static bool partner_changes(const struct turn *t)
{
    return step_of(t)->changes && !step_of(t)->plan;
}

static enum tsm_err read_or_begin(struct turn *t)
{
    if (step_of(t)->plan)
        return read_talk(t);
    if (!step_of(t)->body) {
        t->done = true;
        return TSM_OK;
    }
    if (t->reply)
        TRY(read_question(t));
    return t->done || t->failed || turn_is_given_up(t) ? TSM_OK : step_of(t)->body(t, &t->question);
}

static enum tsm_err decide(struct turn *t)
{
    if (t->job->now >= t->order.deadline) {
        failure_set(&t->failure, OWNER_DEVICE,
                    "order again with a longer validity when the secure element can be reached",
                    "the order's validity ended while it waited in step %s", step_of(t)->name);
        t->failed = true;
        t->changed = t->changed || partner_changes(t);
        return TSM_OK;
    }
    if (!t->order.given_up || (t->reply && step_of(t)->begin != begin_waiting))
        TRY(read_or_begin(t));
    turn_give_up(t);
    return TSM_OK;
}

static void drop(void *turn)
{
    turn_drop(turn);
}

static enum tsm_err work(void *self, struct job *job)
{
    struct turn *t = arena_get(&job->arena, sizeof *t);
    enum tsm_err e;
    NEED(t != NULL, NO_MEMORY);
    TRY(arena_owns(&job->arena, drop, t));
    job->turn = t;
    t->sp = self;
    t->job = job;
    TRY(turn_load(t));
    if (order_is_final(t->order.state))
        return late_read(t);
    e = decide(t);
    if (e != TSM_OK && !err_may_retry(e)) {
        give_up(t, e);
        return TSM_OK;
    }
    return e;
}

static enum tsm_err fail(struct turn *t, struct tx *tx)
{
    bool late = t->expired || t->job->now >= t->order.deadline;
    TRY(managed_failed(t, tx));
    issuer_failed(t);
    TRY(step_of(t)->begin == begin_waiting ? keep_verified(t, tx, NULL)
                                           : life_fail(t, tx)); /* who did not come changed nothing */
    return turn_end_order(t, tx, late ? ORDER_EXPIRED : ORDER_FAILED);
}

/* The step behind another; at the end of a round its beginning, as long as the content has more parts. */
static int64_t behind(struct turn *t, int64_t at)
{
    const struct step *step = &t->process->steps[at];
    bool is_here = !step->modes || (step->modes & 1U << t->mode);
    return step->round && is_here && part_next(t, step->removes) ? at + 1 - step->round : at + 1;
}

/* Behind the steps that an earlier order has done; what it may have done is asked of the card first. */
static int64_t next_step(struct turn *t)
{
    int64_t next = behind(t, t->job->step);
    bool done_before = false;
    for (; (size_t)next < t->process->n; next = behind(t, next)) {
        const struct step *step = &t->process->steps[next];
        if (is_absent(t, step))
            continue;
        if (!step->needless || !step->needless(t))
            break;
        done_before = true;
    }
    if (done_before)
        json_object_set_new(t->progress, "resumed", json_true());
    if (done_before && (size_t)next < t->process->n && t->process->steps[next].needless)
        json_object_set_new(t->progress, "ask_first", json_true());
    return next;
}

/* The step is done: its facts are kept, the next one begins in a turn of its own. */
static enum tsm_err advance(struct turn *t, struct tx *tx)
{
    const struct step *step = step_of(t);
    TRY(turn_say(t, tx, (struct note){.station = step->station, .step = step->name, .text = step->text}));
    if (step->keep)
        TRY(step->keep(t, tx, t->reply));
    if (step->plan) {
        TRY(turn_end_conversation(t, tx, false));
        json_object_del(t->progress, "ask_first");
    }
    json_object_del(t->progress, "talk");
    t->job->next.step = next_step(t);
    if (t->job->next.step > t->job->step) /* the last round of it */
        TRY(turn_instance_event(t, tx, step->event));
    TRY(life_advance(t, tx, (size_t)t->job->next.step));
    t->job->next.state = JOB_READY;
    t->job->next.due = t->job->now;
    if ((size_t)t->job->next.step < t->process->n)
        return db_exec(tx, SQL_ORDER_RUNNING, t->order.id, (int64_t)ORDER_RUNNING, tx_now(tx),
                       (int64_t)t->job->next.step);
    TRY(life_finish(t, tx));
    return turn_end_order(t, tx, ORDER_DONE);
}

static void wait_for_answer(struct turn *t)
{
    t->job->next.state = JOB_SENT;
    t->job->next.due = t->order.deadline;
}

static enum tsm_err next_exchange(struct turn *t, struct tx *tx)
{
    json_t *payload, *body = turn_holder(t);
    enum tsm_err e = TSM_OK;
    if (t->event == TALK_LISTEN)
        payload = json_array();
    else
        e = talk_next(&t->talk, tx, &payload);
    if (e != TSM_OK) {
        json_decref(body);
        if (err_may_retry(e))
            return e;
        give_up(t, e);
        return fail(t, tx);
    }
    json_object_set_new(body, "payload", payload);
    json_object_set_new(body, "firm", json_boolean(t->state.changed_before || t->changed));
    json_object_set_new(t->progress, "talk", talk_state_json(&t->state));
    wait_for_answer(t);
    return turn_ask(t, tx, VERB_SEND_SCRIPT, body);
}

static enum tsm_err next_question(struct turn *t, struct tx *tx)
{
    json_t *question = t->question;
    t->question = NULL;
    wait_for_answer(t);
    if (step_of(t)->begin)
        return step_of(t)->begin(t, tx);
    return turn_ask(t, tx, step_of(t)->verb, question);
}

static enum tsm_err commit_turn(struct turn *t, struct tx *tx)
{
    const json_t *events = json_object_get(t->reply, "events"); /* what the owner did, also in vain */
    TRY(life_begin(t, tx));
    if (json_is_array(events))
        TRY(note_import(tx, t->job->party, BYTES(t->job->trace), events));
    TRY(turn_say_dialogue(t, tx));
    if (t->dedup_len && step_of(t)->plan) /* from the first packet on, also when a probe ends the step */
        TRY(db_exec(tx, SQL_INSTANCE_SET_DEDUP, t->instance.id, BYTES_OF(t->dedup, t->dedup_len)));
    if (!t->failed && !t->done)
        TRY(turn_hear_given_up(t, tx));
    if (t->failed)
        return fail(t, tx);
    if (t->done)
        return advance(t, tx);
    return step_of(t)->plan ? next_exchange(t, tx) : next_question(t, tx);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    char *text;
    enum tsm_err e;
    (void)self;
    if (!t || !t->order.id) /* nothing could be loaded: the job's own failure says why */
        return TSM_OK;
    job->next.moved = true;
    if (job->error)
        give_up(t, job->error);
    e = order_is_final(t->order.state) ? late_keep(t, tx) : commit_turn(t, tx);
    if (e == TSM_OK)
        e = played_keep(t, tx);
    if (t->played && t->done)
        json_object_del(t->progress, PLAYED_PROGRESS);
    json_object_set_new(t->progress, "asks", json_integer(t->asks));
    json_object_set_new(t->progress, "owner", json_integer(t->owner));
    json_object_set_new(t->progress, "changed", t->changed ? json_true() : json_false());
    text = json_text(t->progress);
    job->next.progress = text ? arena_copy(&job->arena, bytes_of_text(text)) : BYTES_NONE;
    free(text);
    NEED(job->next.progress.at, NO_MEMORY);
    return e;
}

static void carry(void *self, struct job *job)
{
    (void)job;
    sp_note_turn(self);
}

struct step_row sp_order_row(struct sp *sp)
{
    return (struct step_row){
        .kind = JOB_ORDER, .name = "order", .work = work, .commit = commit, .carry = carry, .self = sp};
}
