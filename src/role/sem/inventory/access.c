/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the owner lets onto its elements: a provider that is shut out hears NOT_ALLOWED before anything is
 * done. Station 2. Role. [capability S9] */
#include <stdio.h>

#include "role/sem/inventory/inventory.h"

enum { REASON_MAX = 200, PROVIDER_NAME_MAX = 64 };

struct wish {
    int64_t owner;
    char provider[PROVIDER_NAME_MAX + 1], reason[REASON_MAX + 1];
    bool allowed;
};

static const struct json_row rows[] = {
    {"allowed", JSON_BOOL, offsetof(struct wish, allowed), 0, 0, JSON_NEEDED, NULL},
    {"reason", JSON_TEXT, offsetof(struct wish, reason), 0, REASON_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err set_access(struct tx *tx, void *arg)
{
    struct wish *w = arg;
    char detail[80];
    int64_t provider;
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_PARTY_BY_NAME, w->provider);
        if (e == TSM_NOT_FOUND || (e == TSM_OK && !db_int(&r, 2)))
            return FAIL(NOT_FOUND, "no provider has this name");
        TRY(e);
        provider = db_int(&r, 0);
    }
    TRY(db_exec(tx, SQL_ACCESS_SET, w->owner, provider, (int64_t)w->allowed, w->reason));
    snprintf(detail, sizeof detail, "{\"provider\":\"%lld\",\"allowed\":%s}", (long long)provider,
             w->allowed ? "true" : "false");
    return audit_add(tx, &(struct audit_leaf){w->owner, BYTES_NONE, "provider.access", detail});
}

enum tsm_err sem_put_access(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct wish w = {.allowed = true};
    struct caller who;
    json_t *body;
    enum tsm_err e;
    TRY(sem_operator(sem, q, &who));
    TRY(http_path_param(q, "name", w.provider, sizeof w.provider));
    TRY(json_read(q->body, &body));
    e = json_fill(body, rows, &w);
    json_decref(body);
    TRY(e);
    w.owner = who.party;
    TRY(store_write(sem->c.store, set_access, &w));
    return http_reply_json(
        reply, 200,
        json_pack("{ss sb ss}", "provider", w.provider, "allowed", w.allowed, "reason", w.reason));
}
