/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's jobs for providers: a plan talked through with the element, then registry, audit and reply in
 * one commit. Stations 5 to 12. Role. */
#include "role/sem/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/operation/operation.h"

static const struct plan *plan_of(int64_t verb)
{
    return verb == VERB_CREATE_DOMAIN      ? &plan_create_domain
           : verb == VERB_LOAD_AND_INSTALL ? &plan_load_and_install
                                           : &plan_remove;
}

static void turn_drop(void *turn)
{
    struct turn *t = turn;
    talk_end(&t->talk);
    json_decref(t->body);
    t->body = NULL;
}

/* Key bodies are made when their step comes, under the channel or packet keys of that moment. */
static enum tsm_err prepare(void *self, const struct plan_step *step, const struct channel *channel,
                            struct plan_facts *facts)
{
    struct turn *t = self;
    struct writer w = WRITER(t->keys_body);
    struct new_keys k = {
        .dek = {.keys = t->talk.key[IN_ISSUER].sealed, .channel = talk_by_packets(&t->talk) ? NULL : channel},
        .fresh = {.id = (uint64_t)t->first_id, .blob = BYTES_OF(t->first_blob, t->first_len)}};
    struct store_form form = {.dialect = STOREKEYS_EACH,
                              .access = 0,
                              .usage = {KEY_USAGE_C_ENC_R_ENC, KEY_USAGE_C_MAC_R_MAC, KEY_USAGE_C_DEK_R_DEK}};
    if (strcmp(step->name, "DOMAIN_KEYS") != 0)
        return TSM_OK;
    NEED(t->first_len > 0, KEY_MISSING);
    TRY(vault_store_keys_body(t->talk.vault, &k, &form, &w));
    facts->domain_keys = written(&w);
    return TSM_OK;
}

static enum tsm_err load_keys(struct turn *t, struct tx *tx)
{
    const struct se_profile *p = &t->el.profile;
    struct talk_key *key = &t->talk.key[IN_ISSUER];
    size_t n;
    enum tsm_err e;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_KEYSET_GET, t->el.id, t->el.owner, p->protocol, p->isd_kvn);
        if (e == TSM_NOT_FOUND)
            return FAIL(KEY_MISSING,
                        "the inventory has no issuer key set of version %lld for this secure element",
                        (long long)p->isd_kvn);
        TRY(e);
        key->id = db_int(&r, 0);
        key->kvn = (uint8_t)p->isd_kvn;
        TRY(bytes_keep(db_blob(&r, 2), t->isd_blob, sizeof t->isd_blob, &n));
        key->sealed = (struct sealed_keyset){(uint64_t)key->id, BYTES_OF(t->isd_blob, n)};
    }
    ROWS first = {0};
    e = db_first(tx, &first, SQL_KEYSET_GET, t->domain.id, t->el.owner, p->protocol, p->first_kvn);
    if (e == TSM_OK) {
        t->first_id = db_int(&first, 0);
        TRY(bytes_keep(db_blob(&first, 2), t->first_blob, sizeof t->first_blob, &t->first_len));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err load_turn(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    TRY(element_of_json(tx, t->el.owner, json_object_get(t->body, "se"), &t->el));
    TRY(domain_known(tx, &t->el, &t->domain));
    if (t->verb != VERB_CREATE_DOMAIN)
        TRY(registry_load(t, tx));
    return load_keys(t, tx);
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

static void begin_talk(struct turn *t)
{
    t->facts.profile = &t->el.profile;
    t->facts.domain_aid = BYTES_OF(t->domain.aid, t->domain.aid_len);
    t->facts.tar = (uint32_t)t->domain.tar;
    t->facts.data_max = talk_data_max(&t->el.profile);
    t->talk.plan = plan_of(t->verb);
    t->talk.facts = &t->facts;
    t->talk.prepare = prepare;
    t->talk.self = t;
    t->talk.state = &t->state;
}

/* An earlier work may have come to the card: then each step asks before it does. */
static bool was_begun(const struct turn *t)
{
    return t->verb == VERB_CREATE_DOMAIN ? t->domain.state == DOMAIN_CREATED
                                         : t->verb == VERB_LOAD_AND_INSTALL && t->executable;
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
    TRY(turn_read(t, job->body, &job->arena));
    if (job->answer.len == 0 && job->now >= job->deadline)
        return FAIL(EXPIRED, "%s was not done in time", partner_verb_word(t->verb));
    TRY(store_read(t->sem->c.store, load_turn, t));
    TRY(t->sem->c.vault_of(t->sem->c.self, job->party, &t->talk.vault));
    begin_talk(t);
    TRY(talk_state_read(job->progress, &t->state));
    if (job->progress.len == 0 && was_begun(t))
        talk_ask_first(&t->state);
    return read_answer(t, job);
}

static enum tsm_err ask_exchange(struct turn *t, struct tx *tx, struct job *job, json_t *payload)
{
    char key[64], holder[HOLDER_MAX];
    struct partner_ask ask = {.party = job->party,
                              .peer = job->party,
                              .job = job->id,
                              .verb = VERB_SEND_SCRIPT,
                              .key = key,
                              .trace = BYTES(job->trace)};
    json_t *o;
    char *text;
    enum tsm_err e;
    NEED(payload != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "d%lld.%u", (long long)job->id, t->state.asked);
    snprintf(holder, sizeof holder, "d%lld", (long long)job->id);
    o = json_pack("{sO so ss}", "se", json_object_get(t->body, "se"), "payload", payload, "holder", holder);
    text = o ? json_text(o) : NULL;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    ask.body = text;
    e = partner_ask(t->sem->c.partners, tx, &ask);
    free(text);
    job->next.state = JOB_SENT;
    job->next.due = job->deadline;
    return e;
}

static enum tsm_err note_turn(struct turn *t, struct tx *tx, const struct job *job)
{
    const struct plan_step *step = t->talk.said;
    char *apdus = t->talk.apdus ? json_text(t->talk.apdus) : NULL;
    struct note n = {
        .party = job->party, .trace = BYTES(job->trace), .station = 11, .role = "sem", .apdus = apdus};
    enum tsm_err e;
    if (!step || !apdus)
        return TSM_OK;
    n.step = step->name;
    n.text = step->text;
    e = note_add(tx, &n);
    free(apdus);
    return e;
}

static enum tsm_err end_hold(struct tx *tx, const struct job *job)
{
    char holder[HOLDER_MAX];
    snprintf(holder, sizeof holder, "d%lld", (long long)job->id);
    TRY(db_exec(tx, SQL_CONVERSATION_END, job->se, holder));
    return job_promote(tx, job->se);
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
    TRY(partner_reply_json(t->sem->c.partners, tx, t->call, reply));
    return end_hold(tx, job);
}

static enum tsm_err fail(struct turn *t, struct tx *tx, struct job *job)
{
    struct note n = {.party = job->party,
                     .trace = BYTES(job->trace),
                     .station = 11,
                     .role = "sem",
                     .step = "FAILED",
                     .text = t->talk.failure.reason};
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

static enum tsm_err go_on(struct turn *t, struct tx *tx, struct job *job)
{
    json_t *payload;
    enum tsm_err e;
    if (!t->read && t->state.asked) { /* woken without an answer: the question is still under way */
        job->next.state = JOB_SENT;
        job->next.due = job->deadline;
        return TSM_OK;
    }
    if (t->event == TALK_LISTEN) {
        t->state.asked++;
        return ask_exchange(t, tx, job, json_array());
    }
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

static enum tsm_err done(struct turn *t, struct tx *tx, struct job *job)
{
    json_t *reply;
    enum tsm_err e = work_done(t, tx, job, &reply);
    return e == TSM_OK ? finish(t, tx, job, reply) : give_up(t, tx, job, e);
}

static enum tsm_err commit_turn(struct turn *t, struct tx *tx, struct job *job)
{
    TRY(note_turn(t, tx, job));
    if (t->event == TALK_STEP_DONE || t->event == TALK_DONE)
        TRY(registry_after(t, tx));
    if (t->event == TALK_DONE)
        return done(t, tx, job);
    return t->event == TALK_FAILED ? fail(t, tx, job) : go_on(t, tx, job);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    (void)self;
    if (job->error) {
        if (!t || !t->body)
            return TSM_OK;
        failure_of_error(&t->talk.failure, job->error, job->cause);
        return fail(t, tx, job);
    }
    TRY(commit_turn(t, tx, job));
    job->next.moved = true;
    job->next.progress = arena_copy(&job->arena, talk_state_bytes(&t->state));
    NEED(job->next.progress.at != NULL, NO_MEMORY);
    return TSM_OK;
}

struct step_row sem_row(struct sem *sem)
{
    return (struct step_row){
        .kind = JOB_DOMAIN, .name = "domain", .work = work, .commit = commit, .self = sem};
}
