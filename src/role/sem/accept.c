/* SPDX-License-Identifier: Apache-2.0 */
/* What providers ask to be done on a secure element: read, judged by the registry, stored as a job. Stations
 * 2 and 6. Role.
 */
#include <stdlib.h>

#include "role/sem/work.h"
#include "vault/jose/jwk.h"

enum { WORK_DEADLINE_S = 86400, LOAD_FILE_MAX = 65535 };

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
    TRY(json_member_hex(file, "package", package, 16, &n));
    f->package_aid = BYTES_OF(package, n);
    if (content) {
        TRY(json_member_hex(file, "hash", hash, 32, &n));
        f->load_hash = BYTES_OF(hash, n);
        TRY(json_member_hex(file, "content", bytes, LOAD_FILE_MAX, &n));
        f->load_file = BYTES_OF(bytes, n);
    }
    json_array_foreach(json_object_get(t->body, "applications"), i, app)
    {
        struct plan_application *a = &f->applications[i];
        if (i >= PLAN_APPLICATIONS_MAX)
            return FAIL_FIELD(TOO_LONG, "applications", "more than %d applications", PLAN_APPLICATIONS_MAX);
        TRY(json_member_hex(app, "module", a->module, sizeof a->module, &a->module_len));
        TRY(json_member_hex(app, "instance", a->instance, sizeof a->instance, &a->instance_len));
        TRY(json_member_hex(app, "privileges", a->privileges, sizeof a->privileges, &n));
        f->n_applications = i + 1;
    }
    return f->n_applications == 2 ? TSM_OK
                                  : FAIL_FIELD(BAD_VALUE, "applications",
                                               "a payment application and its environment are asked for");
}

enum tsm_err turn_read(struct turn *t, struct bytes body, struct arena *arena)
{
    json_t *o;
    TRY(json_read(body, &o));
    t->body = o;
    t->call = json_integer_value(json_object_get(o, "call"));
    t->verb = json_integer_value(json_object_get(o, "verb"));
    t->created = json_integer_value(json_object_get(o, "created"));
    TRY(json_member_hex(o, "domain", t->domain.aid, sizeof t->domain.aid, &t->domain.aid_len));
    return t->verb == VERB_CREATE_DOMAIN ? TSM_OK : read_content(t, arena);
}

/* The provider's rows of this element; `*nothing`: a removal of what is not there. */
static enum tsm_err judge_removal(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    enum tsm_err e = domain_known(tx, &t->el, &t->domain);
    *nothing = e == TSM_NOT_FOUND;
    if (*nothing)
        return TSM_OK;
    TRY(e);
    TRY(domain_of_holder(&t->domain, provider));
    *nothing = t->domain.state < DOMAIN_CREATED; /* planned, and never on the card */
    return *nothing ? domain_forget(tx, &t->el, &t->domain) : TSM_OK;
}

static enum tsm_err judge_installation(struct turn *t, struct tx *tx, int64_t provider)
{
    enum tsm_err e = domain_known(tx, &t->el, &t->domain);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && t->domain.state != DOMAIN_HANDED_OVER))
        return FAIL(WRONG_STATE, "the provider has no security domain of this AID on the secure element");
    TRY(e);
    TRY(domain_of_holder(&t->domain, provider));
    TRY(registry_load(t, tx));
    return t->foreign
               ? FAIL(CONFLICT, "the load file or an application is another domain's on this secure element")
               : TSM_OK;
}

static enum tsm_err judge_creation(struct turn *t, struct tx *tx, int64_t provider)
{
    struct bytes aid = BYTES_OF(t->domain.aid, t->domain.aid_len);
    uint8_t point[P256_POINT];
    TRY(jwk_read(json_object_get(t->body, "jwk"), point));
    TRY(domain_take(tx, &t->el, provider, aid, &t->domain));
    if (t->domain.state == DOMAIN_HANDED_OVER)
        return FAIL(CONFLICT, "the security domain is there and handed over: it must be removed first");
    return domain_first_keys(t->sem, tx, &t->el, &t->domain);
}

static enum tsm_err judge(struct turn *t, struct tx *tx, const struct partner_call *call, bool *nothing)
{
    *nothing = false;
    TRY(element_of_json(tx, call->party, json_object_get(t->body, "se"), &t->el));
    if (call->verb == VERB_REMOVE)
        return judge_removal(t, tx, call->peer, nothing);
    return call->verb == VERB_CREATE_DOMAIN ? judge_creation(t, tx, call->peer)
                                            : judge_installation(t, tx, call->peer);
}

/* The call with what the job must know beside it; owned by the caller. NULL when memory is exhausted. */
static char *job_body(const struct partner_call *call, json_t *o)
{
    json_object_set_new(o, "call", json_integer(call->id));
    json_object_set_new(o, "verb", json_integer(call->verb));
    return json_text(o);
}

static enum tsm_err add_work(struct turn *t, struct tx *tx, const struct partner_call *call,
                             struct bytes body)
{
    struct job_new job = {.kind = JOB_DOMAIN,
                          .state = JOB_READY,
                          .party = call->party,
                          .se = t->el.id,
                          .trace = call->trace,
                          .body = body,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(WORK_DEADLINE_S),
                          .ref = call->id};
    int64_t id;
    return job_add(tx, &job, &id);
}

static enum tsm_err accept(struct turn *t, struct tx *tx, const struct partner_call *call, struct bytes body)
{
    ARENA arena = {0};
    bool nothing;
    TRY(turn_read(t, body, &arena));
    TRY(judge(t, tx, call, &nothing));
    return nothing ? partner_reply_json(t->sem->c.partners, tx, call->id, json_object())
                   : add_work(t, tx, call, body);
}

/* Rule 8: what will be done is stored with the call that asks for it; what cannot be done is refused at once.
 */
enum tsm_err sem_accept_work(void *self, struct tx *tx, const struct partner_call *call)
{
    struct turn t = {.sem = self};
    struct failure f;
    char *text;
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &o));
    json_object_set_new(o, "created", json_integer(tx_now(tx)));
    text = job_body(call, o);
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = accept(&t, tx, call, bytes_of_text(text));
    json_decref(t.body);
    free(text);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&f, OWNER_SEM, "correct the call; nothing was done", "%s",
                err_cause()[0] ? err_cause() : err_text(e));
    return partner_refuse(t.sem->c.partners, tx, call->id, &f);
}
