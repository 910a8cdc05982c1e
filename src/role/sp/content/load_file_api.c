/* SPDX-License-Identifier: Apache-2.0 */
/* The load file addresses of the provider's API. Station 1. Role. [capability S18] */
#include <stdio.h>

#include "base/hex.h"
#include "role/sp/content/load_file.h"
#include "role/sp/orders/order_api.h"

static const char problem_type[] = "application/problem+json";

/* 422 with every finding: the rule's id is the field that a program reads. */
static enum tsm_err refuse(const struct load_file_result *r, struct http_reply *reply)
{
    const struct cap_finding *f = admission_reason(&r->judged->report);
    char detail[CAP_FINDING_TEXT + 16];
    json_t *o;
    snprintf(detail, sizeof detail, "%s: %s", f ? cap_rule_id(f->rule) : "", f ? f->text : "not judged");
    o = json_pack("{ss ss sI ss s:s* s:s* s:s* s:s* so}", "type", "about:blank", "title",
                  err_text(TSM_NOT_ADMITTED), "status", (json_int_t)err_http(TSM_NOT_ADMITTED), "code",
                  err_name(TSM_NOT_ADMITTED), "detail", detail, "rule", f ? cap_rule_id(f->rule) : NULL,
                  "next_action", f ? cap_rule_advice(f->rule) : NULL, "profile",
                  r->profile[0] ? r->profile : NULL, "findings", admission_findings(&r->judged->report));
    TRY(http_reply_json(reply, err_http(TSM_NOT_ADMITTED), o));
    reply->type = problem_type;
    return TSM_OK;
}

static enum tsm_err accept(const struct load_file_result *r, struct http_reply *reply)
{
    TRY(http_reply_json(reply, r->fresh ? 201 : 200, load_file_json(r)));
    return http_reply_header(reply, "Location", "/api/v1/load-files/%s", r->hash);
}

enum tsm_err sp_post_load_file(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    char profiles[PROFILES_TEXT_MAX] = "";
    struct load_file_offer offer = {.store = sp->c.store, .file = q->body, .profiles = profiles};
    struct load_file_result r;
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    e = http_query_param(q, "profiles", profiles, sizeof profiles);
    if (e != TSM_MISSING_FIELD)
        TRY(e);
    offer.party = who.party;
    e = load_file_take(&offer, &r);
    if (e == TSM_OK)
        e = r.admitted ? accept(&r, reply) : refuse(&r, reply);
    load_file_result_drop(&r);
    return e;
}

struct listing {
    int64_t party, before, limit;
    uint8_t hash[SHA256_LEN];
    size_t hash_len;
    json_t *answer;
};

static json_t *row_json(struct bytes aid, struct bytes hash, const int64_t version[2], int64_t bytes)
{
    char package[33], hash_hex[65], text[16];
    snprintf(text, sizeof text, "%lld.%lld", (long long)version[0], (long long)version[1]);
    return json_pack("{ss ss ss sI}", "package", hex_text(aid, package), "version", text, "hash",
                     hex_text(hash, hash_hex), "bytes", (json_int_t)bytes);
}

static enum tsm_err list_rows(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_REVISION_LIST, l->party, l->before, l->limit);
    l->answer = json_array();
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        int64_t version[2] = {db_int(&r, 3), db_int(&r, 4)};
        json_t *o = row_json(db_blob(&r, 1), db_blob(&r, 2), version, db_int(&r, 5));
        char at[TIME_TEXT];
        json_object_set_new(o, "at", json_string(time_text(db_int(&r, 6), at)));
        json_object_set_new(o, "id", json_sprintf("%lld", (long long)db_int(&r, 0)));
        json_array_append_new(l->answer, o);
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err sp_list_load_files(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct listing l = {.limit = LOAD_FILES_SHOWN};
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &l.before));
    l.party = who.party;
    e = store_read(sp->c.store, list_rows, &l);
    if (e != TSM_OK) {
        json_decref(l.answer);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so}", "load_files", l.answer));
}

static enum tsm_err one_row(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    ROWS r = {0};
    int64_t version[2];
    enum tsm_err e = db_first(tx, &r, SQL_REVISION_BY_HASH, l->party, BYTES_OF(l->hash, l->hash_len));
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no load file of yours has this hash");
    TRY(e);
    version[0] = db_int(&r, 1);
    version[1] = db_int(&r, 2);
    l->answer =
        row_json(db_blob(&r, 0), BYTES_OF(l->hash, l->hash_len), version, (int64_t)db_blob(&r, 3).len);
    return TSM_OK;
}

enum tsm_err sp_get_load_file(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct listing l = {.answer = NULL};
    char text[2 * SHA256_LEN + 1];
    struct caller who;
    TRY(sp_caller(sp, q, &who));
    TRY(http_path_param(q, "hash", text, sizeof text));
    TRY(hex_read(text, l.hash, sizeof l.hash, &l.hash_len));
    l.party = who.party;
    TRY(store_read(sp->c.store, one_row, &l));
    return http_reply_json(reply, 200, l.answer);
}
