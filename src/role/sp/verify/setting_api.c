/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/services/{service}/verification: how a provider wants the customers of a service known. Station 1.
 * Role. [capability P11] */
#include <stdio.h>
#include <stdlib.h>

#include "role/sp/life/subject.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/verify/verify.h"

struct asking {
    struct sp *sp;
    int64_t party;
    char service[SERVICE_MAX + 1], *text; /* text: the setting, owned */
    struct verify_setting setting;
    json_t *answer;
};

static enum tsm_err begin(struct asking *a, struct http_request *q)
{
    struct caller who;
    TRY(sp_caller(a->sp, q, &who));
    a->party = who.party;
    return http_path_param(q, "service", a->service, sizeof a->service);
}

static enum tsm_err say(struct tx *tx, const struct asking *a, const char *what)
{
    char detail[96];
    snprintf(detail, sizeof detail, "{\"kind\":\"%s\"}", verify_method_words[a->setting.method]);
    return audit_add(tx, &(struct audit_leaf){a->party, BYTES_NONE, what, a->text ? detail : "{}"});
}

/* A code that nobody hears of would let every order of the service end in vain. */
static enum tsm_err needs_callback(struct tx *tx, const struct asking *a)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTY_BY_ID, a->party));
    return a->setting.method == VERIFY_HOOK || db_text(&r, 1)[0]
               ? TSM_OK
               : FAIL_FIELD(WRONG_STATE, "kind",
                            "codes are told by your callback, and you have no callback address");
}

static enum tsm_err put(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    int64_t service;
    TRY(subject_service(tx, a->party, a->service, &service));
    TRY(needs_callback(tx, a));
    TRY(db_exec(tx, SQL_VERIFICATION_SET, a->party, service, a->text));
    return say(tx, a, "verification.set");
}

static enum tsm_err get(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    int64_t service;
    ROWS r = {0};
    enum tsm_err e;
    TRY(subject_service(tx, a->party, a->service, &service));
    e = db_first(tx, &r, SQL_VERIFICATION_GET, a->party, service);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "the service is activated without verification");
    TRY(e);
    return verify_setting_read(bytes_of_text(db_text(&r, 0)), &a->setting);
}

static enum tsm_err drop(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    int64_t service;
    TRY(subject_service(tx, a->party, a->service, &service));
    TRY(db_exec(tx, SQL_VERIFICATION_DELETE, a->party, service));
    return say(tx, a, "verification.removed");
}

enum tsm_err verify_put_setting(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asking a = {.sp = app};
    enum tsm_err e;
    TRY(begin(&a, q));
    TRY(verify_setting_read(q->body, &a.setting));
    if (a.setting.method == VERIFY_HOOK && !http_client_takes(a.sp->c.client, a.setting.url))
        return FAIL_FIELD(BAD_VALUE, "url",
                          "the address of a hook begins with https:// (in a laboratory also http:// to a "
                          "loopback address): any other is never asked");
    a.answer = verify_setting_json(&a.setting);
    a.text = a.answer ? json_text(a.answer) : NULL;
    e = a.text ? store_write(a.sp->c.store, put, &a) : FAIL(NO_MEMORY, "no memory for a setting");
    free(a.text);
    if (e != TSM_OK) {
        json_decref(a.answer);
        return e;
    }
    return http_reply_json(reply, 200, a.answer);
}

enum tsm_err verify_get_setting(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asking a = {.sp = app};
    TRY(begin(&a, q));
    TRY(store_read(a.sp->c.store, get, &a));
    return http_reply_json(reply, 200, verify_setting_json(&a.setting));
}

enum tsm_err verify_delete_setting(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asking a = {.sp = app};
    TRY(begin(&a, q));
    TRY(store_write(a.sp->c.store, drop, &a));
    reply->status = 204;
    return TSM_OK;
}
