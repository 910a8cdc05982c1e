/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's jobs for providers: a plan talked through with the element, then registry, audit and reply in
 * one commit. Stations 5 to 12. Role. */
#include "role/sem/work.h"

#include <stdlib.h>

#include "engine/element/withdraw.h"
#include "engine/turn/ask.h"
#include "role/sem/care/campaign/campaign.h"

enum { WORK_HOLDER = 'd' }; /* how the keys and the hold of a work begin */

static void turn_drop(void *turn)
{
    struct turn *t = turn;
    talk_end(&t->talk);
    json_decref(t->body);
    json_decref(t->result);
    t->body = NULL;
}

/* Rather than flood a card with messages, the order says that it needs a better link [DESIGN 6]. */
static enum tsm_err judge_length(struct turn *t)
{
    struct talk_estimate e;
    if (!talk_by_packets(&t->talk))
        return TSM_OK;
    TRY(talk_estimate(&t->talk, &e));
    if ((int64_t)e.messages > t->el.profile.max_messages)
        return FAIL(NEEDS_BETTER_LINK, "%s would take %zu short messages, the profile allows %lld",
                    t->talk.plan->name, e.messages, (long long)t->el.profile.max_messages);
    return TSM_OK;
}

static enum tsm_err read_answer(struct turn *t, struct job *job)
{
    json_t *reply;
    enum tsm_err e;
    if (job->answer.len == 0)
        return t->state.asked ? TSM_OK : judge_length(t);
    t->read = true;
    TRY(json_read(job->answer, &reply));
    e = talk_read(&t->talk, reply, &t->event);
    json_decref(reply);
    return e;
}

static enum tsm_err work(void *self, struct job *job)
{
    struct turn *t = arena_get(&job->arena, sizeof *t);
    NEED(t != NULL, NO_MEMORY);
    TRY(arena_owns(&job->arena, turn_drop, t));
    job->turn = t;
    t->sem = self;
    t->el.owner = job->party;
    t->stage = job->step;
    t->trace = BYTES(job->trace);
    t->arena = &job->arena;
    TRY(turn_read(t, job->body, &job->arena));
    if (job->answer.len == 0 && job->now >= job->deadline)
        return FAIL(EXPIRED, "%s was not done in time", t->work->word);
    TRY(work_turn_load(t, job));
    TRY(content_gate(t, job));
    if (!t->work->plan)
        return t->work->act(t, job);
    TRY(read_answer(t, job));
    talk_pass_needless(&t->talk);
    if (t->event == TALK_DONE || t->event == TALK_FAILED || t->state.step == t->talk.plan->n)
        return TSM_OK;
    return talk_prepare(&t->talk); /* the token is slow: not in the commit */
}

static enum tsm_err ask_exchange(struct turn *t, struct tx *tx, struct job *job, json_t *payload)
{
    return exchange_ask(tx, job,
                        &(struct exchange_ask){.partners = t->sem->c.partners,
                                               .kind = WORK_HOLDER,
                                               .number = t->state.asked,
                                               .firm = t->state.changed_before,
                                               .se = json_incref(json_object_get(t->body, "se")),
                                               .payload = payload});
}

/* Of a work of the owner's own: read by GET /api/v1/works/{id}. The session of its agent is over. */
static enum tsm_err keep_result(struct turn *t, struct tx *tx, struct job *job, json_t *reply)
{
    const char *session = json_member(t->body, "session");
    char *text = json_text(reply);
    json_decref(reply);
    NEED(text != NULL, NO_MEMORY);
    t->ended = arena_copy(&job->arena, bytes_of_text(text));
    free(text);
    NEED(t->ended.at != NULL, NO_MEMORY);
    tx_note(tx); /* a poll that is held hears of the end at once */
    return *session ? db_exec(tx, SQL_SERAM_END, session, t->el.id) : TSM_OK;
}

/* The campaign that it is part of counts it in the same commit. */
static enum tsm_err end_of_member(const struct turn *t, struct tx *tx, const struct job *job,
                                  const json_t *failure)
{
    struct member_end end = {.campaign = json_integer_value(json_object_get(t->body, "campaign")),
                             .se = job->se,
                             .work = job->id,
                             .well = !failure,
                             .failure = ""};
    char *text = failure ? json_text(failure) : NULL;
    enum tsm_err e = TSM_OK;
    if (text)
        end.failure = text;
    if (end.campaign && !t->call)
        e = campaign_member_ended(tx, &end);
    free(text);
    return e;
}

static enum tsm_err finish(struct turn *t, struct tx *tx, struct job *job, json_t *reply)
{
    json_t *events;
    enum tsm_err e = note_list(tx, job->party, BYTES(job->trace), t->created, &events);
    if (e != TSM_OK) {
        json_decref(reply);
        return e;
    }
    json_object_set_new(reply, "events", events);
    job->next.state = JOB_DONE;
    e = end_of_member(t, tx, job, json_object_get(reply, "failure"));
    if (e != TSM_OK) {
        json_decref(reply);
        return e;
    }
    if (t->call)
        TRY(partner_reply_json(t->sem->c.partners, tx, t->call, reply));
    else
        TRY(keep_result(t, tx, job, reply));
    return exchange_let_go(tx, job, WORK_HOLDER);
}

static enum tsm_err fail(struct turn *t, struct tx *tx, struct job *job)
{
    struct note n = {.party = job->party,
                     .trace = BYTES(job->trace),
                     .station = 11,
                     .role = "sem",
                     .step = "FAILED",
                     .text = t->talk.failure.reason};
    if (!t->call)
        failure_of_own_work(&t->talk.failure);
    if (t->talk.said)
        TRY(registry_refused(t, tx));
    TRY(note_add(tx, &n));
    return finish(
        t, tx, job,
        json_pack("{so sb}", "failure", failure_json(&t->talk.failure), "changed", t->state.changed));
}

/* What cannot be tried again ends the work, also where it arises in the commit. */
static enum tsm_err give_up(struct turn *t, struct tx *tx, struct job *job, enum tsm_err e)
{
    if (err_may_retry(e))
        return e;
    failure_of_error(&t->talk.failure, e, err_cause());
    return fail(t, tx, job);
}

/* As long as nothing was changed on the element, its asker may have thought better of it. */
static enum tsm_err withdrawn_now(struct turn *t, struct tx *tx, bool *yes)
{
    *yes = false;
    if (t->call && !t->state.changed)
        TRY(is_withdrawn(tx, t->call, t->trace, yes));
    if (*yes)
        withdrawn_failure(&t->talk.failure);
    return TSM_OK;
}

static enum tsm_err go_on(struct turn *t, struct tx *tx, struct job *job)
{
    json_t *payload;
    bool withdrawn;
    enum tsm_err e;
    if (!t->read && t->state.asked) { /* woken without an answer: the question is still under way */
        exchange_wait(job);
        return TSM_OK;
    }
    if (t->event == TALK_LISTEN) {
        t->state.asked++;
        return ask_exchange(t, tx, job, json_array());
    }
    TRY(withdrawn_now(t, tx, &withdrawn));
    if (withdrawn)
        return fail(t, tx, job);
    e = talk_next(&t->talk, tx, &payload);
    if (e != TSM_OK)
        return give_up(t, tx, job, e);
    e = registry_before(t, tx);
    if (e != TSM_OK) {
        json_decref(payload);
        return e;
    }
    return ask_exchange(t, tx, job, payload);
}

/* What the card refused is noted; then the other plan begins in this turn, since no answer is due. */
static enum tsm_err turn_back(struct turn *t, struct tx *tx, struct job *job)
{
    struct note n = {.party = job->party,
                     .trace = BYTES(job->trace),
                     .station = 11,
                     .role = "sem",
                     .step = "TURN_BACK",
                     .text = t->talk.failure.reason};
    uint32_t asked = t->state.asked;
    TRY(note_add(tx, &n));
    talk_begin(&t->state);
    talk_ask_first(&t->state);
    t->state.asked = asked; /* keys of exchanges are never used again */
    t->state.changed = 1;
    t->talk.plan = t->work->plan(t);
    t->event = TALK_GO_ON;
    job->next.step = t->stage;
    return go_on(t, tx, job);
}

static enum tsm_err refused(struct turn *t, struct tx *tx, struct job *job)
{
    return t->work->turn_back && t->work->turn_back(t) ? turn_back(t, tx, job) : fail(t, tx, job);
}

static enum tsm_err done(struct turn *t, struct tx *tx, struct job *job)
{
    json_t *reply;
    enum tsm_err e = work_done(t, tx, job, &reply);
    if (e == TSM_OK)
        return finish(t, tx, job, reply);
    json_decref(reply);
    return give_up(t, tx, job, e);
}

static enum tsm_err commit_turn(struct turn *t, struct tx *tx, struct job *job)
{
    if (!t->work->plan || (!t->read && t->state.step == t->talk.plan->n))
        return done(t, tx, job); /* nothing is said to the card */
    TRY(note_dialogue(tx, job, "sem", &t->talk));
    if (t->event == TALK_STEP_DONE || t->event == TALK_DONE)
        TRY(registry_after(t, tx));
    if (t->event == TALK_DONE)
        return done(t, tx, job);
    return t->event == TALK_FAILED ? refused(t, tx, job) : go_on(t, tx, job);
}

/* The talk between two exchanges; in its place the result of a work of the owner's own that is over. */
static enum tsm_err keep_progress(struct turn *t, struct job *job)
{
    uint8_t room[TALK_STATE_MAX];
    struct writer stored = WRITER(room);
    job->next.moved = true;
    TRY(talk_state_write(&t->state, &stored));
    job->next.progress = t->ended.len ? t->ended : arena_copy(&job->arena, written(&stored));
    return job->next.progress.at ? TSM_OK : FAIL(NO_MEMORY, "no memory for the progress of a work");
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    (void)self;
    if (t)
        TRY(owner_gate_write(tx, job->party, BYTES(job->trace), &t->gate));
    if (job->error) {
        if (!t || !t->body)
            return TSM_OK;
        failure_of_error(&t->talk.failure, job->error, job->cause);
        TRY(fail(t, tx, job));
        return keep_progress(t, job);
    }
    TRY(made_keys_keep(t, tx));
    TRY(commit_turn(t, tx, job));
    return keep_progress(t, job);
}

struct step_row sem_row(struct sem *sem)
{
    return (struct step_row){
        .kind = JOB_DOMAIN, .name = "domain", .work = work, .commit = commit, .self = sem};
}
