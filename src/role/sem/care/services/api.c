/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of access rules and of the contactless order. Station 1. Role. [capabilities S14, S15] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/care/api.h"
#include "role/sem/care/act/act.h"
#include "role/sem/care/services/rules.h"
#include "role/sem/inventory/inventory.h"

enum { HASH_TEXT = 2 * ACCESS_SHA256_LEN, FILTERS_TEXT = 2 * ACCESS_FILTERS_MAX * ACCESS_FILTER_LEN };

struct service_post {
    struct sem *sem;
    struct element_ref ref;
    enum act_kind kind;
    char op[8], aid[ACT_AID_TEXT + 1], hash[HASH_TEXT + 1], filters[FILTERS_TEXT + 1], priority[12],
        profile[PROFILE_NAME_MAX + 1];
    bool allowed, active;
    json_t *body, *answer;
};

static const char *const ops[] = {"store", "delete", "audit", NULL};
static const char *const priorities[] = {"first", "last", "first-now", "end-now", NULL};

static const struct json_row rule_rows[] = {
    {"op", JSON_TEXT, offsetof(struct service_post, op), 5, 6, JSON_NEEDED, NULL},
    {"aid", JSON_TEXT, offsetof(struct service_post, aid), 0, ACT_AID_TEXT, JSON_OPTIONAL, NULL},
    {"app_hash", JSON_TEXT, offsetof(struct service_post, hash), 0, HASH_TEXT, JSON_OPTIONAL, NULL},
    {"filters", JSON_TEXT, offsetof(struct service_post, filters), 0, FILTERS_TEXT, JSON_OPTIONAL, NULL},
    {"allowed", JSON_BOOL, offsetof(struct service_post, allowed), 0, 0, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};
static const struct json_row template_rows[] = {
    {"aid", JSON_TEXT, offsetof(struct service_post, aid), 10, ACT_AID_TEXT, JSON_NEEDED, NULL},
    {"app_hash", JSON_TEXT, offsetof(struct service_post, hash), 0, HASH_TEXT, JSON_OPTIONAL, NULL},
    {"filters", JSON_TEXT, offsetof(struct service_post, filters), 0, FILTERS_TEXT, JSON_OPTIONAL, NULL},
    {"profile", JSON_TEXT, offsetof(struct service_post, profile), 0, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};
static const struct json_row contactless_rows[] = {
    {"aid", JSON_TEXT, offsetof(struct service_post, aid), 10, ACT_AID_TEXT, JSON_OPTIONAL, NULL},
    {"active", JSON_BOOL, offsetof(struct service_post, active), 0, 0, JSON_OPTIONAL, NULL},
    {"priority", JSON_TEXT, offsetof(struct service_post, priority), 1, 11, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(word, *words))
            return true;
    return false;
}

static enum tsm_err check_rules(struct service_post *p)
{
    struct held_rule rule;
    if (!is_one_of(p->op, ops))
        return FAIL_FIELD(BAD_VALUE, "op", "rules are stored, deleted or audited");
    return strcmp(p->op, "audit") ? rule_of_json(p->body, &rule) : TSM_OK;
}

static enum tsm_err check_contactless(struct service_post *p)
{
    if (p->priority[0] && !is_one_of(p->priority, priorities))
        return FAIL_FIELD(BAD_VALUE, "priority", "the priority is first, last, first-now or end-now");
    if (!p->aid[0] && (p->priority[0] || json_object_get(p->body, "active")))
        return FAIL_FIELD(MISSING_FIELD, "aid", "a change names its application");
    return TSM_OK;
}

static enum tsm_err accept_service(struct tx *tx, void *arg)
{
    struct service_post *p = arg;
    struct element el;
    struct act_new n = {.el = &el, .kind = p->kind, .ask = p->body};
    bool raw = p->kind == ACT_CONTACTLESS || !strcmp(p->op, "audit");
    int64_t id;
    TRY(element_ref_find(tx, &p->ref, &el));
    if (el.state == SE_TERMINATED)
        return FAIL(WRONG_STATE, "the secure element is terminated");
    if (raw && el.profile.bearer != BEARER_SERAM)
        return FAIL(UNSUPPORTED,
                    "this secure element is reached by short messages, which do not speak to its "
                    "applications");
    TRY(act_add(p->sem, tx, &n, &id));
    return act_json(p->sem, tx, p->ref.owner, id, &p->answer);
}

static enum tsm_err post_service(struct service_post *p, struct http_request *q, const struct json_row *rows,
                                 enum tsm_err (*check)(struct service_post *p), struct http_reply *reply)
{
    enum tsm_err e = element_ref_read(p->sem, q, &p->ref);
    p->allowed = true;
    if (e == TSM_OK)
        e = json_read(q->body.len ? q->body : bytes_of_text("{}"), &p->body);
    if (e == TSM_OK)
        e = json_fill(p->body, rows, p);
    if (e == TSM_OK)
        e = check(p);
    if (e == TSM_OK)
        e = store_write(p->sem->c.store, accept_service, p);
    json_decref(p->body);
    return e == TSM_OK ? http_reply_json(reply, 202, p->answer) : e;
}

enum tsm_err care_post_rules(void *app, struct http_request *q, struct http_reply *reply)
{
    struct service_post p = {.sem = app, .kind = ACT_RULES};
    return post_service(&p, q, rule_rows, check_rules, reply);
}

enum tsm_err care_post_contactless(void *app, struct http_request *q, struct http_reply *reply)
{
    struct service_post p = {.sem = app, .kind = ACT_CONTACTLESS};
    return post_service(&p, q, contactless_rows, check_contactless, reply);
}

static json_t *row_json(const struct rows *r, bool template)
{
    struct access_rule rule = {.aid = db_blob(r, 0),
                               .app_hash = db_blob(r, 1),
                               .filters = db_blob(r, 2),
                               .allowed = template || db_int(r, 3) != 0};
    json_t *o = rule_json(&rule);
    if (o && template)
        json_object_set_new(o, "profile", json_string(db_text(r, 3)));
    return o;
}

static enum tsm_err list_rules(struct tx *tx, void *arg)
{
    struct service_post *p = arg;
    struct element el;
    bool template = !p->ref.text[0];
    ROWS r = {0};
    enum tsm_err e;
    if (!template)
        TRY(element_ref_find(tx, &p->ref, &el));
    e = template ? db_query(tx, &r, SQL_TEMPLATE_LIST, p->ref.owner) : db_query(tx, &r, SQL_RULE_LIST, el.id);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(p->answer, row_json(&r, template));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err reply_rules(struct service_post *p, struct http_reply *reply)
{
    enum tsm_err e;
    p->answer = json_array();
    e = store_read(p->sem->c.store, list_rules, p);
    if (e != TSM_OK) {
        json_decref(p->answer);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so}", "rules", p->answer));
}

enum tsm_err care_get_rules(void *app, struct http_request *q, struct http_reply *reply)
{
    struct service_post p = {.sem = app};
    TRY(element_ref_read(p.sem, q, &p.ref));
    return reply_rules(&p, reply);
}

static enum tsm_err owner_of(struct service_post *p, struct http_request *q)
{
    struct caller who;
    TRY(sem_operator(p->sem, q, &who));
    p->ref.owner = who.party;
    return TSM_OK;
}

enum tsm_err care_list_templates(void *app, struct http_request *q, struct http_reply *reply)
{
    struct service_post p = {.sem = app};
    TRY(owner_of(&p, q));
    return reply_rules(&p, reply);
}

static enum tsm_err write_template(struct tx *tx, void *arg)
{
    struct service_post *p = arg;
    struct held_rule h;
    struct access_rule r;
    char detail[120];
    TRY(rule_of_json(p->body, &h));
    r = held_rule_of(&h);
    TRY(p->op[0] ? db_exec_one(tx, SQL_TEMPLATE_DELETE, p->ref.owner, r.aid, r.app_hash, p->profile)
                 : db_exec(tx, SQL_TEMPLATE_SET, p->ref.owner, r.aid, r.app_hash, r.filters, p->profile));
    snprintf(detail, sizeof detail, "{\"aid\":\"%.32s\"}", p->aid);
    return audit_add(tx, &(struct audit_leaf){p->ref.owner, BYTES_NONE,
                                              p->op[0] ? "access-template.deleted" : "access-template.set",
                                              detail});
}

static enum tsm_err change_template(struct service_post *p, struct http_request *q, struct http_reply *reply)
{
    enum tsm_err e = owner_of(p, q);
    if (e == TSM_OK)
        e = json_read(q->body, &p->body);
    if (e == TSM_OK)
        e = json_fill(p->body, template_rows, p);
    if (e == TSM_OK)
        e = store_write(p->sem->c.store, write_template, p);
    json_decref(p->body);
    TRY(e);
    return reply_rules(p, reply);
}

enum tsm_err care_put_template(void *app, struct http_request *q, struct http_reply *reply)
{
    struct service_post p = {.sem = app};
    return change_template(&p, q, reply);
}

enum tsm_err care_delete_template(void *app, struct http_request *q, struct http_reply *reply)
{
    struct service_post p = {.sem = app, .op = "delete"};
    return change_template(&p, q, reply);
}
