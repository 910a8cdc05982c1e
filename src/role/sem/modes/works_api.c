/* SPDX-License-Identifier: Apache-2.0 */
/* Works of the owner's own: begun by an operator's request, read by their number. Stations 1 and 3. Role.
 * [capabilities S4 to S6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/modes/desk.h"
#include "role/sem/work.h"

enum { ASK_MAX = 16 * 1024 };

static const char *const job_words[] = {
    [JOB_WAITING] = "running", [JOB_READY] = "running", [JOB_CLAIMED] = "running",
    [JOB_SENT] = "running",    [JOB_DONE] = "done",     [JOB_FAILED] = "failed"};

/* An element that an agent on its device reaches gets a session, the bearer secret of this work. */
static enum tsm_err open_session(struct sem *sem, struct tx *tx, const struct element *el, json_t *ask,
                                 json_t *answer)
{
    uint8_t random[16];
    char session[40];
    if (el->profile.bearer != BEARER_SERAM)
        return TSM_OK;
    TRY(vault_random(random, sizeof random));
    uuid_text(random, session);
    json_object_set_new(ask, "session", json_string(session));
    json_object_set_new(answer, "seram", json_pack("{ss ss}", "url", sem->device_url, "session_id", session));
    return db_exec(tx, SQL_SERAM_ADD, session, el->owner, el->id, (int64_t)0,
                   tx_now(tx) + SECONDS(WORK_DEADLINE_S));
}

/* Nothing is to be done: no agent has to come. */
static enum tsm_err close_session(struct tx *tx, const struct element *el, const json_t *ask, json_t *answer)
{
    const char *session = json_member(ask, "session");
    json_object_del(answer, "seram");
    return *session ? db_exec(tx, SQL_SERAM_END, session, el->id) : TSM_OK;
}

enum tsm_err work_begin(struct sem *sem, struct tx *tx, const struct work_new *w, json_t **answer)
{
    uint8_t trace[TRACE_LEN];
    struct partner_call call = {.party = w->owner, .peer = w->owner, .trace = BYTES(trace)};
    struct turn *t = calloc(1, sizeof *t);
    json_t *o = json_object();
    struct element el;
    int64_t job = 0;
    enum tsm_err e = t && o ? element_of_json(tx, w->owner, json_object_get(w->ask, "se"), &el)
                            : FAIL(NO_MEMORY, "no memory for a work");
    if (e == TSM_OK)
        e = vault_random(trace, sizeof trace);
    if (e == TSM_OK && work_of(w->verb)->plan)
        e = open_session(sem, tx, &el, w->ask, o);
    if (e == TSM_OK) {
        t->sem = sem;
        t->verb = w->verb;
        e = work_accept(t, tx, &call, w->ask, &job);
    }
    if (e == TSM_OK && !job)
        e = close_session(tx, &el, w->ask, o);
    free(t);
    if (e != TSM_OK) {
        json_decref(o);
        return e;
    }
    json_object_set_new(o, "work", json_sprintf("%lld", (long long)job));
    json_object_set_new(o, "state", json_string(job ? "running" : "done"));
    *answer = o;
    return TSM_OK;
}

json_t *element_name(const struct element *el)
{
    return el->iccid[0]  ? json_pack("{ss}", "iccid", el->iccid)
           : el->seid[0] ? json_pack("{ss}", "seid", el->seid)
                         : json_pack("{ss}", "msisdn", el->msisdn);
}

/* A request for a work, in one transaction with the look for its element. */
struct posted {
    struct sem *sem;
    struct element_ref ref;
    int64_t verb;
    json_t *ask, *answer;
};

enum { FORM_TEXT_MAX = 64 };
/* Where members of a call are read to when only their kinds are looked at. */
struct terms_form {
    char first[FORM_TEXT_MAX + 1], second[FORM_TEXT_MAX + 1], word[FORM_TEXT_MAX + 1];
    const json_t *list;
    int64_t number;
    bool yes;
};
#define FORM(member) offsetof(struct terms_form, member)

static enum tsm_err post(struct tx *tx, void *arg)
{
    struct posted *p = arg;
    struct element el;
    struct work_new w = {.owner = p->ref.owner, .verb = p->verb, .ask = p->ask};
    TRY(element_ref_find(tx, &p->ref, &el));
    json_object_set_new(p->ask, "se", element_name(&el));
    return work_begin(p->sem, tx, &w, &p->answer);
}

static enum tsm_err ask_of(const struct http_request *q, json_t **ask)
{
    json_t *read;
    TRY(json_read(q->body.len ? q->body : bytes_of_text("{}"), &read));
    if (!json_is_object(read)) {
        json_decref(read);
        return FAIL(BAD_FORM, "a JSON object is asked for");
    }
    *ask = read;
    return TSM_OK;
}

/* Takes p->ask over, whatever comes of it. */
static enum tsm_err begin(struct sem *sem, struct http_request *q, struct http_reply *reply, struct posted *p)
{
    enum tsm_err e = element_ref_read(sem, q, &p->ref);
    p->sem = sem;
    if (e == TSM_OK && !p->ask)
        e = ask_of(q, &p->ask);
    if (e == TSM_OK)
        e = store_write(sem->c.store, post, p);
    json_decref(p->ask);
    if (e != TSM_OK)
        json_decref(p->answer);
    return e == TSM_OK ? http_reply_json(reply, 202, p->answer) : e;
}

enum tsm_err work_post(struct sem *sem, struct http_request *q, struct http_reply *reply, int64_t verb)
{
    return begin(sem, q, reply, &(struct posted){.verb = verb});
}

enum tsm_err members_known(const json_t *ask, const char *const *names)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)ask, name, v)
    {
        const char *const *n = names;
        while (*n && strcmp(*n, name) != 0)
            n++;
        if (!*n)
            return FAIL_FIELD(UNKNOWN_FIELD, name, "%.64s is not a member here", name);
    }
    return TSM_OK;
}

/* A work whose members are these and of these kinds; what they say is judged when it is taken up. */
static enum tsm_err begin_of(struct sem *sem, struct http_request *q, struct http_reply *reply, int64_t verb,
                             const struct json_row *members)
{
    struct posted p = {.verb = verb};
    struct terms_form form;
    enum tsm_err e;
    TRY(ask_of(q, &p.ask));
    e = json_fill(p.ask, members, &form);
    if (e != TSM_OK) {
        json_decref(p.ask);
        return e;
    }
    return begin(sem, q, reply, &p);
}

enum tsm_err sem_post_prepare(void *app, struct http_request *q, struct http_reply *reply)
{
    static const struct json_row none[] = {{NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL}};
    return begin_of(app, q, reply, WORK_PREPARE, none);
}

enum tsm_err sem_post_domain(void *app, struct http_request *q, struct http_reply *reply)
{
    static const struct json_row members[] = {
        {"domain", JSON_TEXT, FORM(first), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {"parent", JSON_TEXT, FORM(second), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {"provider", JSON_TEXT, FORM(word), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {"mode", JSON_TEXT, FORM(word), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {"hand_over", JSON_TEXT, FORM(word), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {"privileges", JSON_VALUE, FORM(list), 0, 0, JSON_OPTIONAL, NULL},
        {"nonvolatile", JSON_INT, FORM(number), INT64_MIN, INT64_MAX, JSON_OPTIONAL, NULL},
        {"volatile", JSON_INT, FORM(number), INT64_MIN, INT64_MAX, JSON_OPTIONAL, NULL},
        {"dap", JSON_BOOL, FORM(yes), 0, 0, JSON_OPTIONAL, NULL},
        {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
    };
    return begin_of(app, q, reply, WORK_CREATE_DOMAIN, members);
}

enum tsm_err sem_delete_domain(void *app, struct http_request *q, struct http_reply *reply)
{
    char aid[33];
    struct posted p = {.verb = WORK_REMOVE_DOMAIN};
    TRY(http_path_param(q, "aid", aid, sizeof aid));
    p.ask = json_pack("{ss}", "domain", aid);
    NEED(p.ask != NULL, NO_MEMORY);
    return begin(app, q, reply, &p);
}

enum tsm_err sem_post_extradition(void *app, struct http_request *q, struct http_reply *reply)
{
    static const struct json_row members[] = {
        {"object", JSON_TEXT, FORM(first), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {"to", JSON_TEXT, FORM(second), 0, FORM_TEXT_MAX, JSON_OPTIONAL, NULL},
        {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
    };
    return begin_of(app, q, reply, WORK_EXTRADITE, members);
}

struct read_work {
    int64_t owner, id;
    json_t *answer;
};

static enum tsm_err read_work(struct tx *tx, void *arg)
{
    struct read_work *w = arg;
    json_t *body, *result;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_WORK_GET, w->id, w->owner);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no work of this number");
    TRY(e);
    w->answer = json_pack("{so ss so}", "work", json_sprintf("%lld", (long long)w->id), "state",
                          job_words[db_int(&r, 0) <= JOB_FAILED ? db_int(&r, 0) : JOB_FAILED], "element",
                          json_sprintf("%lld", (long long)db_int(&r, 1)));
    NEED(w->answer != NULL, NO_MEMORY);
    if (json_read(db_blob(&r, 3), &body) == TSM_OK) {
        const struct work *kind = work_of(json_integer_value(json_object_get(body, "verb")));
        json_object_set_new(w->answer, "kind", json_string(kind ? kind->word : "unknown"));
        json_decref(body);
    }
    if (db_int(&r, 0) == JOB_DONE && json_read(db_blob(&r, 4), &result) == TSM_OK) {
        if (json_object_get(result, "failure"))
            json_object_set_new(w->answer, "state", json_string("failed"));
        json_object_update(w->answer, result);
        json_decref(result);
    }
    return TSM_OK;
}

enum tsm_err sem_get_work(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct read_work w = {.id = 0};
    struct caller who;
    char id[24];
    TRY(sem_operator(sem, q, &who));
    TRY(http_path_param(q, "id", id, sizeof id));
    w.owner = who.party;
    w.id = text_is_digits(id, 1, 19) ? strtoll(id, NULL, 10) : 0;
    TRY(store_read(sem->c.store, read_work, &w));
    return http_reply_json(reply, 200, w.answer);
}

enum tsm_err prepare_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    (void)provider;
    TRY(delegation_take(t->sem, tx, &t->el));
    TRY(delegation_load(tx, t->el.id, &t->delegation));
    *nothing = t->delegation.ready;
    return TSM_OK;
}
