/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's jobs for providers: a plan talked through with the element, then registry, audit and reply in
 * one commit. Stations 5 to 12. Role. */
#include "role/sem/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "vault/operation/operation.h"

enum { WORK_DEADLINE_S = 86400, LOAD_FILE_MAX = 65535 };

static const struct plan *plan_of(int64_t verb)
{
    return verb == VERB_CREATE_DOMAIN      ? &plan_create_domain
           : verb == VERB_LOAD_AND_INSTALL ? &plan_load_and_install
                                           : &plan_remove;
}

static enum tsm_err hex_member(const json_t *o, const char *name, uint8_t *to, size_t cap, size_t *len)
{
    const char *text = json_string_value(json_object_get(o, name));
    if (!text || hex_read(text, to, cap, len) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, name, "%s must be hex of at most %zu bytes", name, cap);
    return TSM_OK;
}

/* {package, hash, content} and [{module, instance, privileges}] of the call become plan facts. */
static enum tsm_err read_content(struct turn *t, struct arena *arena)
{
    const json_t *file = json_object_get(t->body, "load_file"), *app;
    const char *content = json_string_value(json_object_get(file, "content"));
    uint8_t *package = arena_get(arena, 16), *hash = arena_get(arena, 32),
            *bytes = arena_get(arena, LOAD_FILE_MAX);
    struct plan_facts *f = &t->facts;
    size_t n, i;
    NEED(package && hash && bytes, NO_MEMORY);
    TRY(hex_member(file, "package", package, 16, &n));
    f->package_aid = BYTES_OF(package, n);
    if (content) {
        TRY(hex_member(file, "hash", hash, 32, &n));
        f->load_hash = BYTES_OF(hash, n);
        TRY(hex_member(file, "content", bytes, LOAD_FILE_MAX, &n));
        f->load_file = BYTES_OF(bytes, n);
    }
    json_array_foreach(json_object_get(t->body, "applications"), i, app)
    {
        struct plan_application *a = &f->applications[i];
        if (i >= PLAN_APPLICATIONS_MAX)
            return FAIL_FIELD(TOO_LONG, "applications", "more than %d applications", PLAN_APPLICATIONS_MAX);
        TRY(hex_member(app, "module", a->module, sizeof a->module, &a->module_len));
        TRY(hex_member(app, "instance", a->instance, sizeof a->instance, &a->instance_len));
        TRY(hex_member(app, "privileges", a->privileges, sizeof a->privileges, &n));
        f->n_applications = i + 1;
    }
    return f->n_applications == 2 ? TSM_OK
                                  : FAIL_FIELD(BAD_VALUE, "applications",
                                               "a payment application and its environment are asked for");
}

static enum tsm_err read_call(struct turn *t, struct bytes body, struct arena *arena)
{
    json_t *o;
    TRY(json_read(body, &o));
    t->body = o;
    t->call = json_integer_value(json_object_get(o, "call"));
    t->verb = json_integer_value(json_object_get(o, "verb"));
    t->created = json_integer_value(json_object_get(o, "created"));
    TRY(hex_member(o, "domain", t->domain.aid, sizeof t->domain.aid, &t->domain.aid_len));
    return t->verb == VERB_CREATE_DOMAIN ? TSM_OK : read_content(t, arena);
}

static void turn_drop(struct turn *t)
{
    talk_end(&t->talk);
    json_decref(t->body);
    t->body = NULL;
}

/* Rule 8: what will be done is stored with the call that asks for it. */
enum tsm_err sem_accept_work(void *self, struct tx *tx, const struct partner_call *call)
{
    struct sem *sem = self;
    ARENA arena = {0};
    struct turn t = {.sem = sem};
    struct job_new job = {.kind = JOB_DOMAIN,
                          .state = JOB_READY,
                          .party = call->party,
                          .trace = call->trace,
                          .key = call->key,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(WORK_DEADLINE_S),
                          .ref = call->id};
    struct failure f;
    char *text = NULL;
    int64_t id;
    enum tsm_err e = json_read(bytes_of_text(call->body), &t.body);
    TRY(e);
    json_object_set_new(t.body, "call", json_integer(call->id));
    json_object_set_new(t.body, "verb", json_integer(call->verb));
    json_object_set_new(t.body, "created", json_integer(tx_now(tx)));
    text = json_text(t.body);
    json_decref(t.body);
    t.body = NULL;
    e = text ? read_call(&t, bytes_of_text(text), &arena) : FAIL(NO_MEMORY, "no memory for a call");
    if (e == TSM_OK)
        e = element_of_json(tx, call->party, json_object_get(t.body, "se"), &t.el);
    if (e == TSM_OK)
        e = domain_take(tx, &t.el, call->peer, BYTES_OF(t.domain.aid, t.domain.aid_len), &t.domain);
    if (e == TSM_OK && call->verb == VERB_CREATE_DOMAIN)
        e = domain_first_keys(sem, tx, &t.el, &t.domain);
    job.se = t.el.id;
    job.body = bytes_of_text(text ? text : "");
    if (e == TSM_OK)
        e = job_add(tx, &job, &id);
    else if (!err_may_retry(e)) {
        failure_set(&f, OWNER_SEM, "correct the call; nothing was done", "%s",
                    err_cause()[0] ? err_cause() : err_text(e));
        e = sem_refuse(sem, tx, call->id, &f);
    }
    turn_drop(&t);
    free(text);
    return e;
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

static enum tsm_err work(void *self, struct job *job)
{
    struct turn *t = arena_get(&job->arena, sizeof *t);
    json_t *reply = NULL;
    enum tsm_err e;
    NEED(t != NULL, NO_MEMORY);
    job->turn = t;
    t->sem = self;
    t->el.owner = job->party;
    TRY(read_call(t, job->body, &job->arena));
    TRY(store_read(t->sem->c.store, load_turn, t));
    TRY(t->sem->c.vault_of(t->sem->c.self, job->party, &t->talk.vault));
    t->facts.profile = &t->el.profile;
    t->facts.domain_aid = BYTES_OF(t->domain.aid, t->domain.aid_len);
    t->facts.tar = (uint32_t)t->domain.tar;
    t->facts.data_max = talk_data_max(&t->el.profile);
    t->talk.plan = plan_of(t->verb);
    t->talk.facts = &t->facts;
    t->talk.prepare = prepare;
    t->talk.self = t;
    t->talk.state = &t->state;
    TRY(talk_state_read(job->progress, &t->state));
    if (job->answer.len == 0)
        return t->state.asked ? TSM_OK : judge_length(t);
    t->read = true;
    TRY(json_read(job->answer, &reply));
    e = talk_read(&t->talk, reply, &t->event);
    json_decref(reply);
    return e;
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

static enum tsm_err end_hold(struct turn *t, struct tx *tx, struct job *job)
{
    char holder[HOLDER_MAX];
    snprintf(holder, sizeof holder, "d%lld", (long long)job->id);
    TRY(db_exec(tx, SQL_CONVERSATION_END, t->el.id, holder));
    return job_promote(tx, t->el.id);
}

static enum tsm_err finish(struct turn *t, struct tx *tx, struct job *job, json_t *reply)
{
    json_t *events;
    TRY(note_list(tx, job->party, BYTES(job->trace), t->created, &events));
    json_object_set_new(reply, "events", events);
    TRY(end_hold(t, tx, job));
    job->next.state = JOB_DONE;
    return sem_reply(t->sem, tx, t->call, reply);
}

static enum tsm_err fail(struct turn *t, struct tx *tx, struct job *job)
{
    struct note n = {.party = job->party,
                     .trace = BYTES(job->trace),
                     .station = 11,
                     .role = "sem",
                     .step = "FAILED",
                     .text = t->talk.failure.reason};
    TRY(note_add(tx, &n));
    return finish(
        t, tx, job,
        json_pack("{so sb}", "failure", failure_json(&t->talk.failure), "changed", t->state.changed));
}

static enum tsm_err go_on(struct turn *t, struct tx *tx, struct job *job)
{
    json_t *payload;
    enum tsm_err e;
    if (t->event == TALK_LISTEN) {
        t->state.asked++;
        return ask_exchange(t, tx, job, json_array());
    }
    e = talk_next(&t->talk, tx, &payload);
    if (e == TSM_OK)
        return ask_exchange(t, tx, job, payload);
    if (err_may_retry(e))
        return e;
    failure_of_error(&t->talk.failure, e, err_cause());
    return fail(t, tx, job);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    json_t *reply;
    enum tsm_err e;
    (void)self;
    if (job->error) {
        failure_of_error(&t->talk.failure, job->error, job->cause);
        e = t->body ? fail(t, tx, job) : TSM_OK;
        turn_drop(t);
        return e;
    }
    e = note_turn(t, tx, job);
    if (e == TSM_OK && t->event == TALK_DONE) {
        e = work_done(t, tx, job, &reply);
        if (e == TSM_OK)
            e = finish(t, tx, job, reply);
    } else if (e == TSM_OK) {
        e = t->event == TALK_FAILED ? fail(t, tx, job) : go_on(t, tx, job);
    }
    job->next.moved = true;
    if (e == TSM_OK)
        job->next.progress = arena_copy(&job->arena, talk_state_bytes(&t->state));
    turn_drop(t);
    return e;
}

struct step_row sem_row(struct sem *sem)
{
    return (struct step_row){
        .kind = JOB_DOMAIN, .name = "domain", .work = work, .commit = commit, .self = sem};
}
