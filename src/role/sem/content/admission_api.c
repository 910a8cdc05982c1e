/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's rules of admission: allowed hashes, AIDs of providers, allow-list only. Station 1. Role.
 * [capability S18] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/content/gate.h"

enum { SHOWN_MAX = 500, PROVIDER_NAME_MAX = 64 };

static const char *const rule_words[ADMISSION_RULES] = {"hash", "prefix", "allow_list_only"};

struct posted {
    char hash[2 * SHA256_LEN + 1], prefix[33], provider[PROVIDER_NAME_MAX + 1];
    bool allow_list_only;
};
static const struct json_row posted_rows[] = {
    {"hash", JSON_TEXT, offsetof(struct posted, hash), 2 * SHA256_LEN, 2 * SHA256_LEN, JSON_OPTIONAL, NULL},
    {"prefix", JSON_TEXT, offsetof(struct posted, prefix), 10, 32, JSON_OPTIONAL, NULL},
    {"allow_list_only", JSON_BOOL, offsetof(struct posted, allow_list_only), 0, 0, JSON_OPTIONAL, NULL},
    {"provider", JSON_TEXT, offsetof(struct posted, provider), 1, PROVIDER_NAME_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

struct change {
    int64_t owner, id, kind, provider;
    const char *provider_name;
    uint8_t value[SHA256_LEN];
    size_t value_len;
};

static enum tsm_err operator_of(struct sem *sem, struct http_request *q, int64_t *owner)
{
    const char *token;
    struct caller who;
    TRY(http_bearer(q, &token));
    TRY(access_of(sem->c.store, token, ACCESS_OPERATOR, &who));
    *owner = who.party;
    return TSM_OK;
}

static enum tsm_err leaf(struct tx *tx, const struct change *c, const char *what)
{
    char value[2 * SHA256_LEN + 1], detail[240];
    snprintf(detail, sizeof detail, "{\"rule\":\"%lld\",\"kind\":\"%s\",\"value\":\"%s\"}", (long long)c->id,
             c->kind < 0 ? "" : rule_words[c->kind], hex_text(BYTES_OF(c->value, c->value_len), value));
    return audit_add(tx, &(struct audit_leaf){c->owner, BYTES_NONE, what, detail});
}

static enum tsm_err find_provider(struct tx *tx, struct change *c)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!c->provider_name[0])
        return TSM_OK;
    e = db_first(tx, &r, SQL_PARTY_BY_NAME, c->provider_name);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "provider", "no party has the name %.40s", c->provider_name);
    TRY(e);
    c->provider = db_int(&r, 0);
    return TSM_OK;
}

/* New rules judge anew: what was admitted under the old ones is forgotten, and comes before the gate again.
 */
static enum tsm_err add_rule(struct tx *tx, void *arg)
{
    struct change *c = arg;
    TRY(find_provider(tx, c));
    c->id = store_id(tx_store(tx));
    TRY(db_exec(tx, SQL_ADMISSION_RULE_ADD, c->id, c->owner, c->kind, c->provider,
                BYTES_OF(c->value, c->value_len), tx_now(tx)));
    TRY(db_exec(tx, SQL_ADMISSION_FORGET, c->owner));
    return leaf(tx, c, "admission.rule-added");
}

static enum tsm_err drop_rule(struct tx *tx, void *arg)
{
    struct change *c = arg;
    if (db_exec_one(tx, SQL_ADMISSION_RULE_DELETE, c->id, c->owner) != TSM_OK)
        return FAIL(NOT_FOUND, "no rule of yours has this id");
    TRY(db_exec(tx, SQL_ADMISSION_FORGET, c->owner));
    return leaf(tx, c, "admission.rule-deleted");
}

static enum tsm_err read_change(const struct posted *p, struct change *c)
{
    const char *hex = p->hash[0] ? p->hash : p->prefix;
    if (!!p->hash[0] + !!p->prefix[0] + p->allow_list_only != 1)
        return FAIL_FIELD(BAD_VALUE, "hash", "one of hash, prefix and allow_list_only is asked for");
    if (p->prefix[0] && !p->provider[0])
        return FAIL_FIELD(MISSING_FIELD, "provider", "a prefix belongs to a provider");
    c->kind = p->hash[0] ? RULE_HASH : p->prefix[0] ? RULE_PREFIX : RULE_ALLOW_LIST_ONLY;
    c->provider_name = p->provider;
    if (c->kind == RULE_ALLOW_LIST_ONLY)
        return TSM_OK;
    if (hex_read(hex, c->value, sizeof c->value, &c->value_len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, rule_words[c->kind], "%s is no hexadecimal text", rule_words[c->kind]);
    return TSM_OK;
}

enum tsm_err sem_post_admission(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct posted p = {.hash = ""};
    struct change c = {.id = 0};
    json_t *body;
    enum tsm_err e;
    TRY(operator_of(sem, q, &c.owner));
    TRY(json_read(q->body, &body));
    e = json_fill(body, posted_rows, &p);
    json_decref(body);
    TRY(e);
    TRY(read_change(&p, &c));
    TRY(store_write(sem->c.store, add_rule, &c));
    TRY(http_reply_json(
        reply, 201,
        json_pack("{s:o ss}", "id", json_sprintf("%lld", (long long)c.id), "kind", rule_words[c.kind])));
    return http_reply_header(reply, "Location", "/api/v1/admissions/%lld", (long long)c.id);
}

enum tsm_err sem_delete_admission(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct change c = {.kind = -1};
    char text[24];
    TRY(operator_of(sem, q, &c.owner));
    TRY(http_path_param(q, "id", text, sizeof text));
    if (!text_is_digits(text, 1, 19))
        return FAIL(NOT_FOUND, "no rule of yours has this id");
    c.id = strtoll(text, NULL, 10);
    TRY(store_write(sem->c.store, drop_rule, &c));
    reply->status = 204;
    return TSM_OK;
}

struct listing {
    int64_t owner;
    json_t *rules, *admitted;
};

static enum tsm_err list_rules(struct tx *tx, struct listing *l)
{
    char hex[2 * SHA256_LEN + 1];
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_ADMISSION_RULE_LIST, l->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        int64_t kind = db_int(&r, 1);
        json_array_append_new(
            l->rules, json_pack("{s:o ss ss ss}", "id", json_sprintf("%lld", (long long)db_int(&r, 0)),
                                "kind", kind >= 0 && kind < ADMISSION_RULES ? rule_words[kind] : "", "value",
                                hex_text(db_blob(&r, 3), hex), "provider", db_text(&r, 5)));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err list_all(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    char aid[33], hash[2 * SHA256_LEN + 1], at[TIME_TEXT];
    enum tsm_err e;
    l->rules = json_array();
    l->admitted = json_array();
    TRY(list_rules(tx, l));
    ROWS r = {0};
    e = db_query(tx, &r, SQL_ADMISSION_LIST, l->owner, INT64_MAX, (int64_t)SHOWN_MAX);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(l->admitted,
                              json_pack("{ss ss ss ss ss}", "provider", db_text(&r, 1), "package",
                                        hex_text(db_blob(&r, 2), aid), "hash", hex_text(db_blob(&r, 3), hash),
                                        "by", db_int(&r, 4) ? "allow-list" : "gate", "at",
                                        time_text(db_int(&r, 5), at)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err sem_list_admissions(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct listing l = {.rules = NULL};
    enum tsm_err e;
    TRY(operator_of(sem, q, &l.owner));
    e = store_read(sem->c.store, list_all, &l);
    if (e != TSM_OK) {
        json_decref(l.rules);
        json_decref(l.admitted);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so so}", "rules", l.rules, "admitted", l.admitted));
}
