/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that wait for their customer as rows, and how they are woken. Stations 11 and 12. Role. [capability
 * P11] */
#include <stdio.h>
#include <stdlib.h>

#include "role/sp/verify/verify.h"

enum tsm_err verifying_load(struct tx *tx, int64_t party, int64_t order, struct verifying *out)
{
    struct verifying v = {.order = order, .party = party};
    ROWS r = {0};
    size_t n;
    TRY(db_first(tx, &r, SQL_VERIFYING_GET, order, party));
    v.job = db_int(&r, 0);
    v.method = db_int(&r, 1);
    v.tries = db_int(&r, 2);
    v.expires = db_int(&r, 3);
    TRY(bytes_keep(db_blob(&r, 4), v.salt, sizeof v.salt, &n));
    TRY(bytes_keep(db_blob(&r, 5), v.hash, sizeof v.hash, &v.hash_len));
    TRY(verify_setting_read(bytes_of_text(db_text(&r, 6)), &v.setting));
    *out = v;
    return TSM_OK;
}

static enum tsm_err store_row(struct tx *tx, const struct verifying *v)
{
    json_t *setting = verify_setting_json(&v->setting);
    char *text = setting ? json_text(setting) : NULL;
    struct bytes salt = {v->salt, v->hash_len ? sizeof v->salt : 0}, hash = {v->hash, v->hash_len};
    enum tsm_err e;
    json_decref(setting);
    NEED(text != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_VERIFYING_SET, v->order, v->party, v->job, v->method, v->tries, v->expires, salt,
                hash, text);
    free(text);
    return e;
}

enum tsm_err verifying_begin(struct tx *tx, const struct verifying *v, const struct verify_delivery *d)
{
    struct job_new job = {.kind = JOB_CALLBACK,
                          .state = JOB_READY,
                          .party = v->party,
                          .se = v->party,
                          .ref = v->order,
                          .step = d->sort,
                          .trace = d->trace,
                          .body = d->body,
                          .due = tx_now(tx),
                          .deadline = v->expires};
    char detail[96];
    int64_t id;
    TRY(store_row(tx, v));
    snprintf(detail, sizeof detail, "{\"order\":\"%lld\",\"method\":\"%s\"}", (long long)v->order,
             verify_method_words[v->method]);
    TRY(audit_add(tx, &(struct audit_leaf){v->party, d->trace, "activation.asked", detail}));
    return job_add(tx, &job, &id);
}

enum tsm_err verifying_json(struct tx *tx, int64_t party, int64_t order, json_t **out)
{
    struct verifying v;
    char expires[TIME_TEXT];
    enum tsm_err e = verifying_load(tx, party, order, &v);
    *out = NULL;
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    *out = json_pack("{ss ss ss}", "state", VERIFY_WAITING, "method", verify_method_words[v.method],
                     "expires", time_text(v.expires, expires));
    NEED(*out != NULL, NO_MEMORY);
    if (v.method == VERIFY_CODE)
        json_object_set_new(*out, "tries_left", json_integer((json_int_t)v.tries));
    return TSM_OK;
}

enum tsm_err verify_settle(struct tx *tx, const struct verifying *v, const char *refusal)
{
    struct failure f;
    json_t *o;
    char *text;
    enum tsm_err e;
    failure_set(&f, OWNER_SP, "speak with the customer, then order the activation again", "%s",
                refusal ? refusal : "");
    o = refusal ? json_pack("{so}", "failure", failure_json(&f)) : json_pack("{sb}", "verified", 1);
    text = o ? json_text(o) : NULL;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = job_answer(tx, v->job, bytes_of_text(text));
    free(text);
    if (e == TSM_NOT_FOUND) /* the order has ended meanwhile */
        return FAIL(WRONG_STATE, "the order waits for no activation any more");
    TRY(e);
    tx_note(tx);
    return db_exec(tx, SQL_VERIFYING_END, v->order);
}
