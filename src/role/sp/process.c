/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for orders: one turn reads an answer, decides, and commits what follows with timeline,
 * audit and the next question. Role. */
#include "role/sp/process.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/order_api.h"

static const struct step deploy[] = {
    {.name = "ELIGIBLE",
     .text = "the secure element is fit for the service",
     .station = 4,
     .verb = VERB_CHECK_ELIGIBILITY,
     .body = ask_eligibility,
     .read = read_eligibility,
     .keep = keep_flavor,
     .event = EV_DEPLOY_STARTS},
    {.name = "BOOK_SPACE",
     .text = "the owner keeps space for the service",
     .station = 6,
     .verb = VERB_BOOK_SPACE,
     .body = ask_space,
     .event = -1},
    {.name = "CREATE_DOMAIN",
     .text = "the owner created the provider's security domain and handed its keys over",
     .station = 6,
     .verb = VERB_CREATE_DOMAIN,
     .body = ask_domain,
     .read = read_domain,
     .keep = keep_domain,
     .event = -1,
     .changes = true},
    {.name = "OWN_KEYS",
     .text = "the domain has the provider's own keys and no others",
     .station = 7,
     .plan = &plan_own_keys,
     .keep = keep_own_keys,
     .event = -1,
     .changes = true},
    {.name = "INSTALL",
     .text = "the owner loaded and installed the applications",
     .station = 6,
     .verb = VERB_LOAD_AND_INSTALL,
     .body = ask_install,
     .event = EV_INSTALLED,
     .changes = true},
    {.name = "PERSONALISE",
     .text = "the application is personalised",
     .station = 7,
     .plan = &plan_personalise,
     .keep = keep_personalised,
     .event = EV_PERSONALIZED,
     .changes = true},
    {.name = "ACTIVATE",
     .text = "the payment system environment lists the application",
     .station = 7,
     .plan = &plan_activate,
     .event = EV_ACTIVATED,
     .changes = true},
};
/* After deployment the owner is asked where the element is and how it is reached; whether it would be fit for
 * a new service does not matter. */
#define REACH                                                                                              \
    {                                                                                                      \
        .name = "REACH", .text = "the owner knows the secure element and how it is reached", .station = 4, \
        .verb = VERB_CHECK_ELIGIBILITY, .body = ask_eligibility, .read = read_reach, .event = -1           \
    }
static const struct step suspend[] = {
    REACH,
    {.name = "LOCK",
     .text = "the application is locked",
     .station = 7,
     .plan = &plan_suspend,
     .event = -1,
     .changes = true},
};
static const struct step resume[] = {
    REACH,
    {.name = "UNLOCK",
     .text = "the application is unlocked",
     .station = 7,
     .plan = &plan_resume,
     .event = -1,
     .changes = true},
};
static const struct step terminate[] = {
    REACH,
    {.name = "REMOVE",
     .text = "the owner removed applications, load file and domain",
     .station = 6,
     .verb = VERB_REMOVE,
     .body = ask_remove,
     .event = -1,
     .changes = true},
};

#define STEPS(array)                            \
    {                                           \
        array, sizeof(array) / sizeof(array)[0] \
    }
static const struct process processes[OPERATIONS] = {[OP_DEPLOY] = STEPS(deploy),
                                                     [OP_SUSPEND] = STEPS(suspend),
                                                     [OP_RESUME] = STEPS(resume),
                                                     [OP_TERMINATE] = STEPS(terminate)};
static const int last_event[OPERATIONS] = {[OP_DEPLOY] = EV_DEPLOYED,
                                           [OP_SUSPEND] = EV_SUSPENDED,
                                           [OP_RESUME] = EV_RESUMED,
                                           [OP_TERMINATE] = EV_TERMINATED};

const struct process *process_of(enum operation op)
{
    return &processes[op];
}

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
    if (failure && step_of(t)->verb == VERB_CHECK_ELIGIBILITY && next_owner(t))
        return TSM_OK;
    if (failure) {
        failure_read(&t->failure, failure);
        t->failed = true;
        t->changed = t->changed || json_is_true(json_object_get(t->reply, "changed"));
        return TSM_OK;
    }
    if (step_of(t)->read)
        TRY(step_of(t)->read(t, t->reply));
    t->done = !t->failed;
    return TSM_OK;
}

static enum tsm_err read_talk(struct turn *t)
{
    TRY(turn_talk(t));
    if (t->reply)
        TRY(talk_read(&t->talk, t->reply, &t->event));
    t->changed = t->changed || t->state.changed;
    t->done = t->event == TALK_DONE;
    if (t->event == TALK_FAILED) {
        t->failure = t->talk.failure;
        t->failed = true;
    }
    return t->done || t->failed ? TSM_OK : talk_prepare(&t->talk);
}

static enum tsm_err decide(struct turn *t)
{
    if (t->job->now >= t->order.deadline) {
        failure_set(&t->failure, OWNER_DEVICE,
                    "order again with a longer validity when the secure element can be reached",
                    "the order's validity ended while it waited in step %s", step_of(t)->name);
        t->failed = true;
        return TSM_OK;
    }
    if (step_of(t)->plan)
        return read_talk(t);
    return t->reply ? read_question(t) : TSM_OK;
}

static enum tsm_err work(void *self, struct job *job)
{
    struct turn *t = arena_get(&job->arena, sizeof *t);
    enum tsm_err e;
    NEED(t != NULL, NO_MEMORY);
    job->turn = t;
    t->sp = self;
    t->job = job;
    TRY(turn_load(t));
    if (order_is_final(t->order.state))
        return TSM_OK;
    e = decide(t);
    if (e != TSM_OK && !err_may_retry(e)) {
        give_up(t, e);
        return TSM_OK;
    }
    return e;
}

static enum tsm_err ask(struct turn *t, struct tx *tx, enum partner_verb verb, json_t *body)
{
    char key[64], *text = NULL;
    struct partner_ask a = {.party = t->job->party,
                            .peer = t->owner,
                            .job = verb == VERB_END_CONVERSATION ? 0 : t->job->id,
                            .verb = verb,
                            .key = key,
                            .trace = BYTES(t->job->trace)};
    enum tsm_err e;
    snprintf(key, sizeof key, "o%lld.%lld", (long long)t->job->id, (long long)++t->asks);
    json_object_set_new(body, "se", json_pack("{ss}", se_kind_words[t->order.se_kind], t->order.se_ref));
    text = body ? json_text(body) : NULL;
    json_decref(body);
    NEED(text != NULL, NO_MEMORY);
    a.body = text;
    e = partner_ask(t->sp->c.partners, tx, &a);
    free(text);
    return e;
}

static json_t *holder_json(const struct turn *t)
{
    char holder[64];
    snprintf(holder, sizeof holder, "o%lld", (long long)t->job->id);
    return json_pack("{ss}", "holder", holder);
}

/* Lets the secure element go; at the end of the order its device session, too. */
static enum tsm_err end_conversation(struct turn *t, struct tx *tx, bool session_too)
{
    json_t *body;
    if (!t->owner)
        return TSM_OK;
    body = holder_json(t);
    if (session_too && t->order.session[0])
        json_object_set_new(body, "session", json_string(t->order.session));
    return ask(t, tx, VERB_END_CONVERSATION, body);
}

static enum tsm_err say(struct turn *t, struct tx *tx, struct note n)
{
    n.party = t->job->party;
    n.trace = BYTES(t->job->trace);
    n.role = "sp";
    return note_add(tx, &n);
}

static enum tsm_err say_dialogue(struct turn *t, struct tx *tx)
{
    char *apdus = t->talk.apdus ? json_text(t->talk.apdus) : NULL;
    enum tsm_err e = TSM_OK;
    if (apdus && t->talk.said)
        e = say(t, tx,
                (struct note){
                    .station = 11, .step = t->talk.said->name, .text = t->talk.said->text, .apdus = apdus});
    free(apdus);
    return e;
}

static enum tsm_err instance_event(struct turn *t, struct tx *tx, int event)
{
    enum instance_state next;
    if (event < 0 ||
        instance_next((enum instance_state)t->instance.state, (enum instance_event)event, &next) != TSM_OK)
        return TSM_OK;
    t->instance.state = next;
    return db_exec(tx, SQL_INSTANCE_SET_STATE, t->instance.id, (int64_t)next);
}

/* Terminate removes the instance, its domain, its keys [TR-03165 3.2.2: there is no terminated state]. */
static enum tsm_err remove_instance(struct turn *t, struct tx *tx)
{
    if (t->instance.domain) {
        TRY(db_exec(tx, SQL_KEYSET_DELETE_ALL, t->instance.domain, t->job->party));
        TRY(db_exec(tx, SQL_DOMAIN_DELETE, t->instance.domain));
    }
    return db_exec(tx, SQL_INSTANCE_DELETE, t->instance.id);
}

static enum tsm_err tell_partner(struct turn *t, struct tx *tx, enum order_state state)
{
    char key[40], *text;
    struct job_new cb = {.kind = JOB_CALLBACK,
                         .state = JOB_READY,
                         .party = t->job->party,
                         .ref = t->order.id,
                         .trace = BYTES(t->job->trace),
                         .key = key,
                         .due = tx_now(tx),
                         .deadline = tx_now(tx) + SECONDS(CALLBACK_DEADLINE_S)};
    int64_t id;
    enum tsm_err e;
    json_t *o;
    t->order.state = state;
    TRY(order_json(tx, t->sp, &t->order, false, &o));
    json_object_del(o, "seram"); /* the session is a secret between app and agent */
    json_object_set_new(o, "event", json_string("order"));
    text = json_text(o);
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "cb%lld", (long long)t->order.id);
    cb.body = bytes_of_text(text);
    e = job_add(tx, &cb, &id);
    free(text);
    return e;
}

static enum tsm_err end_order(struct turn *t, struct tx *tx, enum order_state state)
{
    char *failure = NULL, detail[160];
    json_t *o = t->failed ? failure_json(&t->failure) : NULL;
    enum tsm_err e;
    if (o)
        failure = json_text(o);
    json_decref(o);
    snprintf(t->order.failure, sizeof t->order.failure, "%s", failure ? failure : "");
    free(failure);
    TRY(end_conversation(t, tx, true));
    TRY(db_exec(tx, SQL_ORDER_END, t->order.id, (int64_t)state, t->order.failure, tx_now(tx), BYTES_NONE));
    t->order.updated = tx_now(tx);
    e = say(t, tx,
            (struct note){.station = 12,
                          .step = order_state_word(state),
                          .text = t->failed ? t->failure.reason : "the order is done"});
    TRY(e);
    snprintf(detail, sizeof detail, "{\"order\":\"%lld\",\"state\":\"%s\"}", (long long)t->order.id,
             order_state_word(state));
    TRY(audit_add(tx, &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "order.ended", detail}));
    TRY(tell_partner(t, tx, state));
    t->job->next.state = state == ORDER_DONE ? JOB_DONE : JOB_FAILED;
    return TSM_OK;
}

static enum tsm_err fail(struct turn *t, struct tx *tx)
{
    bool late = t->job->now >= t->order.deadline;
    if (t->changed)
        TRY(instance_event(t, tx, EV_FAILED_AFTER_CHANGE));
    else if (t->order.operation == OP_DEPLOY && t->instance.state == INSTANCE_INITIALIZED)
        TRY(db_exec(tx, SQL_INSTANCE_SET_STATE, t->instance.id, (int64_t)INSTANCE_NOT_DEPLOYED));
    return end_order(t, tx, late ? ORDER_EXPIRED : ORDER_FAILED);
}

/* The step is done: its facts are kept, the next one begins in a turn of its own. */
static enum tsm_err advance(struct turn *t, struct tx *tx)
{
    const struct step *step = step_of(t);
    const json_t *events = json_object_get(t->reply, "events");
    if (json_is_array(events))
        TRY(note_import(tx, t->job->party, BYTES(t->job->trace), events));
    TRY(say(t, tx, (struct note){.station = step->station, .step = step->name, .text = step->text}));
    if (step->keep)
        TRY(step->keep(t, tx, t->reply));
    TRY(instance_event(t, tx, step->event));
    if (step->plan)
        TRY(end_conversation(t, tx, false));
    json_object_del(t->progress, "talk");
    t->job->next.step = t->job->step + 1;
    t->job->next.state = JOB_READY;
    t->job->next.due = t->job->now;
    if ((size_t)t->job->next.step < t->process->n)
        return db_exec(tx, SQL_ORDER_RUNNING, t->order.id, (int64_t)ORDER_RUNNING, tx_now(tx));
    if (t->order.operation == OP_TERMINATE)
        TRY(remove_instance(t, tx));
    else
        TRY(instance_event(t, tx, last_event[t->order.operation]));
    return end_order(t, tx, ORDER_DONE);
}

static void wait_for_answer(struct turn *t)
{
    t->job->next.state = JOB_SENT;
    t->job->next.due = t->order.deadline;
}

static enum tsm_err next_exchange(struct turn *t, struct tx *tx)
{
    json_t *payload, *body = holder_json(t);
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
    if (t->order.session[0])
        json_object_set_new(body, "session", json_string(t->order.session));
    json_object_set_new(t->progress, "talk", talk_json(&t->state));
    wait_for_answer(t);
    return ask(t, tx, VERB_SEND_SCRIPT, body);
}

static enum tsm_err next_question(struct turn *t, struct tx *tx)
{
    json_t *body = step_of(t)->body(t);
    NEED(body != NULL, NO_MEMORY);
    wait_for_answer(t);
    return ask(t, tx, step_of(t)->verb, body);
}

static enum tsm_err commit_turn(struct turn *t, struct tx *tx)
{
    TRY(say_dialogue(t, tx));
    if (t->failed)
        return fail(t, tx);
    if (t->done)
        return advance(t, tx);
    if (step_of(t)->changes && !t->changed) {
        t->changed =
            !step_of(t)
                 ->plan; /* what a partner does in our name may change the card; a talk says so itself */
    }
    return step_of(t)->plan ? next_exchange(t, tx) : next_question(t, tx);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    char *text;
    enum tsm_err e = TSM_OK;
    (void)self;
    if (!t || !t->progress) /* nothing could be loaded: the job's own failure says why */
        return TSM_OK;
    job->next.moved = true;
    if (job->error)
        give_up(t, job->error);
    if (!order_is_final(t->order.state))
        e = commit_turn(t, tx);
    json_object_set_new(t->progress, "asks", json_integer(t->asks));
    json_object_set_new(t->progress, "owner", json_integer(t->owner));
    json_object_set_new(t->progress, "changed", t->changed ? json_true() : json_false());
    text = json_text(t->progress);
    job->next.progress = text ? arena_copy(&job->arena, bytes_of_text(text)) : job->progress;
    free(text);
    if (e != TSM_OK)
        turn_drop(t);
    return e;
}

static void carry(void *self, struct job *job)
{
    struct turn *t = job->turn;
    sp_note_turn(self);
    if (t)
        turn_drop(t);
}

struct step_row sp_order_row(struct sp *sp)
{
    return (struct step_row){
        .kind = JOB_ORDER, .name = "order", .work = work, .commit = commit, .carry = carry, .self = sp};
}
