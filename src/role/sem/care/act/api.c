/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of acts on one element: asked for, shown, listed. Station 1. Role. [capabilities S10 to S12]
 */
#include "role/sem/care/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/care/act/post.h"
#include "role/sem/care/keys/rotation.h"
#include "role/sem/page.h"

enum { ACTS_SHOWN = 50 };

static const struct json_row posted_rows[] = {
    {"aid", JSON_TEXT, offsetof(struct posted, aid), 10, ACT_AID_TEXT, JSON_OPTIONAL, NULL},
    {"domain", JSON_TEXT, offsetof(struct posted, domain), 10, ACT_AID_TEXT, JSON_OPTIONAL, NULL},
    {"reason", JSON_TEXT, offsetof(struct posted, reason), 1, ACT_REASON_MAX, JSON_OPTIONAL, NULL},
    {"confirm", JSON_TEXT, offsetof(struct posted, confirm), 1, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"secure", JSON_BOOL, offsetof(struct posted, secure), 0, 0, JSON_OPTIONAL, NULL},
    {"same_kvn", JSON_BOOL, offsetof(struct posted, same_kvn), 0, 0, JSON_OPTIONAL, NULL},
    {"assign", JSON_BOOL, offsetof(struct posted, assign), 0, 0, JSON_OPTIONAL, NULL},
    {"kvn", JSON_INT, offsetof(struct posted, kvn), 1, 127, JSON_OPTIONAL, NULL},
    {"repairs", JSON_VALUE, offsetof(struct posted, repairs), 0, 0, JSON_OPTIONAL, NULL},
    {"deadline_s", JSON_INT, offsetof(struct posted, deadline_s), 1, ACT_DEADLINE_MAX_S, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

/* Members that a kind does not take are refused by name. */
static enum tsm_err check_members(enum act_kind kind, const json_t *body)
{
    static const struct {
        const char *name;
        unsigned kinds;
    } rows[] = {
        {"aid", 1u << ACT_LOCK | 1u << ACT_UNLOCK | 1u << ACT_TERMINATE},
        {"reason", 1u << ACT_LOCK | 1u << ACT_UNLOCK | 1u << ACT_TERMINATE},
        {"confirm", 1u << ACT_TERMINATE},
        {"secure", 1u << ACT_LOCK},
        {"domain", 1u << ACT_ROTATE},
        {"kvn", 1u << ACT_ROTATE},
        {"same_kvn", 1u << ACT_ROTATE},
        {"repairs", 1u << ACT_REPAIR},
        {"assign", 1u << ACT_IDENTIFY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (json_object_get(body, rows[i].name) && !(rows[i].kinds & 1u << kind))
            return FAIL_FIELD(UNKNOWN_FIELD, rows[i].name, "%s takes no %s", act_kind_word(kind),
                              rows[i].name);
    return TSM_OK;
}

static enum tsm_err accept_act(struct tx *tx, void *arg)
{
    struct act_post *p = arg;
    struct act_new n = {.el = &p->el, .kind = p->kind, .ask = p->ask};
    TRY(element_ref_find(tx, &p->ref, &p->el));
    if (p->el.state == SE_TERMINATED)
        return FAIL(WRONG_STATE, "the secure element is terminated");
    if (p->accept)
        TRY(p->accept(tx, p));
    if (p->posted.deadline_s)
        n.deadline = tx_now(tx) + SECONDS(p->posted.deadline_s);
    TRY(act_add(p->sem, tx, &n, &p->id));
    if (p->after)
        TRY(p->after(tx, p));
    return act_json(p->sem, tx, p->ref.owner, p->id, &p->answer);
}

static enum tsm_err read_body(struct http_request *q, struct act_post *p)
{
    TRY(json_read(q->body.len ? q->body : bytes_of_text("{}"), &p->body));
    TRY(check_members(p->kind, p->body));
    TRY(json_fill(p->body, posted_rows, &p->posted));
    p->ask = json_deep_copy(p->body);
    NEED(p->ask != NULL, NO_MEMORY);
    json_object_del(p->ask, "deadline_s");
    json_object_del(p->ask, "confirm");
    return TSM_OK;
}

enum tsm_err care_post(struct act_post *p, struct http_request *q, struct http_reply *reply)
{
    enum tsm_err e = element_ref_read(p->sem, q, &p->ref);
    if (e == TSM_OK)
        e = read_body(q, p);
    if (e == TSM_OK)
        e = store_write(p->sem->c.store, accept_act, p);
    json_decref(p->body);
    json_decref(p->ask);
    if (e != TSM_OK)
        json_decref(p->answer); /* made, and not committed */
    TRY(e);
    TRY(http_reply_header(reply, "Location", "/api/v1/secure-elements/%s/acts/%lld", p->ref.text,
                          (long long)p->id));
    return http_reply_json(reply, 202, p->answer);
}

enum tsm_err care_post_audit(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_AUDIT};
    return care_post(&p, q, reply);
}

/* What can be known to be wrong is refused before anything is stored. */
static enum tsm_err accept_rotation(struct tx *tx, struct act_post *p)
{
    struct care_turn t = {.el = p->el, .domain = p->el.id, .act = {.ask = p->ask}};
    struct held_keys now;
    enum tsm_err e;
    TRY(rotation_domain_load(tx, &t));
    e = keys_now(tx, &p->el, t.domain, &now);
    if (e == TSM_KEY_MISSING) /* no fault of the vault: who asks can import them */
        return FAIL(WRONG_STATE, "the inventory has no key set of this domain that is in use");
    TRY(e);
    if (p->posted.kvn && p->posted.same_kvn)
        return FAIL_FIELD(BAD_VALUE, "same_kvn", "either a key version or the same one is asked for");
    return rotation_check_kvn(p->el.profile.protocol,
                              p->posted.same_kvn ? now.kvn
                              : p->posted.kvn    ? p->posted.kvn
                                                 : rotation_next_kvn(p->el.profile.protocol, now.kvn));
}

enum tsm_err care_post_rotation(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_ROTATE, .accept = accept_rotation};
    return care_post(&p, q, reply);
}

struct act_look {
    struct sem *sem;
    struct element_ref ref;
    struct element el;
    int64_t id;
    struct page page; /* of a list */
    json_t *answer;
};

static enum tsm_err look_at_act(struct tx *tx, void *arg)
{
    struct act_look *l = arg;
    struct act a;
    TRY(element_ref_find(tx, &l->ref, &l->el));
    TRY(act_load(tx, l->ref.owner, l->id, &a));
    act_drop(&a);
    if (a.se != l->el.id)
        return FAIL(NOT_FOUND, "this secure element has no such act");
    return act_json(l->sem, tx, l->ref.owner, l->id, &l->answer);
}

enum tsm_err care_id_param(struct http_request *q, int64_t *id)
{
    char text[24];
    TRY(http_path_param(q, "id", text, sizeof text));
    if (!text_is_digits(text, 1, 19))
        return FAIL(NOT_FOUND, "nothing has this id");
    *id = strtoll(text, NULL, 10);
    return TSM_OK;
}

enum tsm_err care_get_act(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_look l = {.sem = app};
    TRY(element_ref_read(l.sem, q, &l.ref));
    TRY(care_id_param(q, &l.id));
    TRY(store_read(l.sem->c.store, look_at_act, &l));
    return http_reply_json(reply, 200, l.answer);
}

static enum tsm_err list_acts(struct tx *tx, void *arg)
{
    struct act_look *l = arg;
    int64_t ids[PAGE_MAX];
    size_t n = 0;
    TRY(element_ref_find(tx, &l->ref, &l->el));
    {
        ROWS r = {0};
        enum tsm_err e = db_query(tx, &r, SQL_ACT_LIST, l->el.id, l->page.before, l->page.limit);
        while (e == TSM_OK && n < PAGE_MAX && (e = db_next(&r)) == TSM_OK)
            ids[n++] = db_int(&r, 0);
        if (e != TSM_NOT_FOUND && e != TSM_OK)
            return e;
    }
    l->answer = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o;
        TRY(act_json(l->sem, tx, l->ref.owner, ids[i], &o));
        json_object_del(o, "timeline");
        json_array_append_new(l->answer, o);
        page_shows(&l->page, ids[i]);
    }
    return TSM_OK;
}

enum tsm_err care_list_acts(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_look l = {.sem = app};
    json_t *answer;
    enum tsm_err e;
    TRY(element_ref_read(l.sem, q, &l.ref));
    TRY(page_read(q, ACTS_SHOWN, &l.page));
    e = store_read(l.sem->c.store, list_acts, &l);
    if (e != TSM_OK) {
        json_decref(l.answer);
        return e;
    }
    answer = json_pack("{so}", "acts", l.answer);
    e = page_link(&l.page, q, reply, answer);
    if (e != TSM_OK) {
        json_decref(answer);
        return e;
    }
    return http_reply_json(reply, 200, answer);
}
