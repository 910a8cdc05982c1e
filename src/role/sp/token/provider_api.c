/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/token-providers: with whom a party exchanges card numbers for tokens. Station 1. Role. [capability
 * Y4] */
#include <stdio.h>

#include "role/sp/orders/order_api.h"
#include "role/sp/token/provider.h"

struct asking {
    struct sp *sp;
    int64_t party;
    char name[TOKEN_NAME_MAX + 1];
    const char *text;
    json_t *answer;
};

static enum tsm_err begin(struct asking *a, struct http_request *q, bool named)
{
    struct caller who;
    TRY(sp_caller(a->sp, q, &who));
    a->party = who.party;
    return named ? http_path_param(q, "name", a->name, sizeof a->name) : TSM_OK;
}

static enum tsm_err say(struct tx *tx, const struct asking *a, const char *what)
{
    return audit_add(tx, &(struct audit_leaf){a->party, BYTES_NONE, what, "{}"});
}

static enum tsm_err put(struct tx *tx, void *arg)
{
    const struct asking *a = arg;
    TRY(db_exec(tx, SQL_TOKEN_PROVIDER_SET, a->party, a->name, a->text));
    return say(tx, a, "token-provider.set");
}

static enum tsm_err drop(struct tx *tx, void *arg)
{
    const struct asking *a = arg;
    TRY(db_exec_one(tx, SQL_TOKEN_PROVIDER_DELETE, a->party, a->name));
    return say(tx, a, "token-provider.removed");
}

static enum tsm_err list(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_TOKEN_PROVIDER_LIST, a->party);
    json_t *all = json_array();
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *one = json_loads(db_text(&r, 1), 0, NULL);
        json_object_set_new(one, "name", json_string(db_text(&r, 0)));
        json_array_append_new(all, one);
    }
    a->answer = json_pack("{so}", "token_providers", all);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err token_put_provider(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asking a = {.sp = app};
    TOKEN_PROVIDER p = {.document = NULL};
    char *text;
    enum tsm_err e;
    TRY(begin(&a, q, true));
    TRY(token_provider_read(q->body, &p));
    text = json_text(p.document);
    NEED(text != NULL, NO_MEMORY);
    a.text = text;
    e = store_write(a.sp->c.store, put, &a);
    free(text);
    TRY(e);
    return http_reply_json(reply, 200, json_incref(p.document));
}

enum tsm_err token_delete_provider(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asking a = {.sp = app};
    TRY(begin(&a, q, true));
    TRY(store_write(a.sp->c.store, drop, &a));
    reply->status = 204;
    return TSM_OK;
}

enum tsm_err token_list_providers(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asking a = {.sp = app};
    enum tsm_err e;
    TRY(begin(&a, q, false));
    e = store_read(a.sp->c.store, list, &a);
    if (e != TSM_OK) {
        json_decref(a.answer);
        return e;
    }
    return http_reply_json(reply, 200, a.answer);
}
