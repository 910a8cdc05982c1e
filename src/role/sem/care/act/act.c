/* SPDX-License-Identifier: Apache-2.0 */
/* Acts as rows: added with their job, read, ended and told. Stations 3 and 12. Role. */
#include "role/sem/care/act/act.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"

const char *act_kind_word(int64_t kind)
{
    static const char *const words[ACT_KINDS] = {"audit",        "repair",      "lock",
                                                 "unlock",       "terminate",   "rotate",
                                                 "access-rules", "contactless", "identify"};
    return kind >= 0 && kind < ACT_KINDS ? words[kind] : "unknown";
}

const char *act_state_word(int64_t state)
{
    return state == ACT_RUNNING ? "RUNNING" : state == ACT_DONE ? "DONE" : "FAILED";
}

void act_drop(struct act *a)
{
    json_decref(a->ask);
    a->ask = NULL;
}

json_t *care_se_json(const struct element *el)
{
    return el->iccid[0] ? json_pack("{ss}", "iccid", el->iccid) : json_pack("{ss}", "seid", el->seid);
}

enum tsm_err care_leaf(struct tx *tx, const struct act *a, const char *what)
{
    char detail[120];
    snprintf(detail, sizeof detail, "{\"act\":\"%lld\",\"kind\":\"%s\",\"se\":\"%lld\"}", (long long)a->id,
             act_kind_word(a->kind), (long long)a->se);
    return audit_add(tx, &(struct audit_leaf){a->owner, BYTES(a->trace), what, detail});
}

/* One act at a time looks after an element; what closes it waits for nobody. */
static enum tsm_err is_free(struct tx *tx, const struct act_new *n)
{
    ROWS r = {0};
    enum tsm_err e;
    if (n->kind == ACT_LOCK || n->kind == ACT_UNLOCK || n->kind == ACT_TERMINATE)
        return TSM_OK;
    e = db_first(tx, &r, SQL_ACT_RUNNING, n->el->id);
    if (e == TSM_OK)
        return FAIL(CONFLICT, "%s %lld is running on this secure element", act_kind_word(db_int(&r, 1)),
                    (long long)db_int(&r, 0));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A device reaches its element's exchanges by a session of the act's own. */
static enum tsm_err open_session(struct tx *tx, const struct act_new *n, struct act *a)
{
    uint8_t random[16];
    if (n->el->profile.bearer != BEARER_SERAM)
        return TSM_OK;
    TRY(vault_random(random, sizeof random));
    uuid_text(random, a->session);
    return db_exec(tx, SQL_SERAM_ADD, a->session, a->owner, a->se, (int64_t)0, a->deadline);
}

static enum tsm_err add_job(struct tx *tx, const struct act *a)
{
    struct job_new job = {.kind = JOB_CARE,
                          .state = JOB_READY,
                          .party = a->owner,
                          .se = a->se,
                          .ref = a->id,
                          .trace = BYTES(a->trace),
                          .due = tx_now(tx),
                          .deadline = a->deadline};
    int64_t id;
    return job_add(tx, &job, &id);
}

enum tsm_err act_add(struct sem *sem, struct tx *tx, const struct act_new *n, int64_t *id)
{
    struct act a = {.id = store_id(tx_store(tx)),
                    .owner = n->el->owner,
                    .se = n->el->id,
                    .kind = n->kind,
                    .deadline = n->deadline ? n->deadline : tx_now(tx) + SECONDS(ACT_DEADLINE_S)};
    char *ask;
    enum tsm_err e;
    (void)sem;
    TRY(is_free(tx, n));
    TRY(vault_random(a.trace, sizeof a.trace));
    TRY(open_session(tx, n, &a));
    ask = json_text(n->ask);
    NEED(ask != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_ACT_ADD, a.id, a.owner, a.se, a.kind, n->campaign, a.session, BYTES(a.trace),
                tx_now(tx), tx_now(tx), a.deadline, ask);
    free(ask);
    TRY(e);
    TRY(add_job(tx, &a));
    *id = a.id;
    return care_leaf(tx, &a, "care.asked");
}

/* The columns of ACT_BY_ID but the last two. */
static enum tsm_err read_row(const struct rows *r, struct act *out)
{
    size_t n;
    out->se = db_int(r, 0);
    out->kind = db_int(r, 1);
    out->campaign = db_int(r, 2);
    out->state = db_int(r, 3);
    snprintf(out->session, sizeof out->session, "%s", db_text(r, 4));
    TRY(bytes_keep(db_blob(r, 5), out->trace, sizeof out->trace, &n));
    out->created = db_int(r, 6);
    out->updated = db_int(r, 7);
    out->deadline = db_int(r, 8);
    return json_read(bytes_of_text(db_text(r, 9)), &out->ask);
}

static enum tsm_err find(struct tx *tx, int64_t owner, int64_t id, struct rows *r)
{
    enum tsm_err e = db_first(tx, r, SQL_ACT_BY_ID, id, owner);
    return e == TSM_NOT_FOUND ? FAIL(NOT_FOUND, "there is no such act") : e;
}

enum tsm_err act_load(struct tx *tx, int64_t owner, int64_t id, struct act *out)
{
    ROWS r = {0};
    struct act a = {.id = id, .owner = owner};
    TRY(find(tx, owner, id, &r));
    TRY(read_row(&r, &a));
    *out = a;
    return TSM_OK;
}

static void put_text(json_t *o, const char *name, const char *text)
{
    json_t *value = text[0] ? json_loads(text, 0, NULL) : NULL;
    if (value)
        json_object_set_new(o, name, value);
}

/* The row as an answer, without its timeline. */
static json_t *row_json(struct sem *sem, const struct rows *r, const struct act *a, const struct element *el)
{
    char created[TIME_TEXT], updated[TIME_TEXT];
    json_t *o =
        json_pack("{so ss so ss ss ss so*}", "act", json_sprintf("%lld", (long long)a->id), "kind",
                  act_kind_word(a->kind), "se", care_se_json(el), "state", act_state_word(a->state),
                  "created", time_text(a->created, created), "updated", time_text(a->updated, updated),
                  "campaign", a->campaign ? json_sprintf("%lld", (long long)a->campaign) : NULL);
    if (!o)
        return NULL;
    put_text(o, "result", db_text(r, 10));
    put_text(o, "failure", db_text(r, 11));
    if (a->session[0] && a->state == ACT_RUNNING)
        json_object_set_new(o, "seram",
                            json_pack("{ss ss}", "url", sem->device_url, "session_id", a->session));
    return o;
}

enum tsm_err act_json(struct sem *sem, struct tx *tx, int64_t owner, int64_t id, json_t **out)
{
    struct act a = {.id = id, .owner = owner};
    struct element el;
    json_t *o, *timeline;
    ROWS r = {0};
    enum tsm_err e;
    TRY(find(tx, owner, id, &r));
    TRY(read_row(&r, &a));
    act_drop(&a);
    TRY(element_by_id(tx, owner, a.se, &el));
    o = row_json(sem, &r, &a, &el);
    NEED(o != NULL, NO_MEMORY);
    e = note_list(tx, owner, BYTES(a.trace), a.created, &timeline);
    if (e != TSM_OK) {
        json_decref(o);
        return e;
    }
    json_object_set_new(o, "timeline", timeline);
    *out = o;
    return TSM_OK;
}
