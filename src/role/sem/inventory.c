/* SPDX-License-Identifier: Apache-2.0 */
/* Import of the owner's secure elements: idempotent, in batches, every refused line named. Station 1. Role.
 * [capability S1] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/import_line.h"

struct row {
    struct import_line line;
    int64_t number, keyset;
    uint8_t blob[SEALED_KEYSET_MAX];
    size_t blob_len;
    uint8_t protocol;
};

struct import {
    struct sem *sem;
    int64_t owner;
    struct vault_party *vault;
    struct sealed_keyset file_key;
    uint8_t file_key_blob[128];
    struct row *rows; /* IMPORT_BATCH */
    size_t n;
    int64_t added, unchanged, profile_id;
    char profile_name[PROFILE_NAME_MAX + 1];
    json_t *refused;
};

static void refuse(struct import *im, int64_t number, const char *reason)
{
    json_t *o;
    if (json_array_size(im->refused) >= IMPORT_REFUSED_SHOWN)
        return;
    o = json_pack("{sI ss}", "line", (json_int_t)number, "reason", reason);
    if (err_field()[0])
        json_object_set_new(o, "field", json_string(err_field()));
    json_array_append_new(im->refused, o);
}

static enum tsm_err profile_of(struct tx *tx, struct import *im, const char *name)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!strcmp(name, im->profile_name))
        return TSM_OK;
    e = db_first(tx, &r, SQL_PROFILE_BY_NAME, name);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "profile", "no profile has the name %.40s", name);
    TRY(e);
    im->profile_id = db_int(&r, 0);
    snprintf(im->profile_name, sizeof im->profile_name, "%s", name);
    return TSM_OK;
}

static enum tsm_err find_or_add(struct tx *tx, struct import *im, const struct import_line *l, int64_t *se,
                                bool *is_new)
{
    {
        ROWS r = {0};
        enum tsm_err e =
            db_first(tx, &r, l->iccid[0] ? SQL_SE_OWNER_BY_ICCID : SQL_SE_OWNER_BY_SEID, import_line_name(l));
        if (e == TSM_OK && db_int(&r, 1) != im->owner)
            return FAIL_FIELD(CONFLICT, l->iccid[0] ? "iccid" : "seid",
                              "the secure element belongs to another owner");
        if (e == TSM_OK) {
            *se = db_int(&r, 0);
            *is_new = false;
            return TSM_OK;
        }
        if (e != TSM_NOT_FOUND)
            return e;
    }
    *se = store_id(tx_store(tx));
    *is_new = true;
    return db_exec(tx, SQL_SE_ADD, *se, im->owner, im->profile_id, l->iccid[0] ? l->iccid : NULL,
                   l->seid[0] ? l->seid : NULL, l->msisdn[0] ? l->msisdn : NULL, (int64_t)SE_ACTIVE);
}

static enum tsm_err add_row(struct tx *tx, struct import *im, struct row *row)
{
    int64_t se = 0;
    bool is_new, has_keys = false;
    TRY(profile_of(tx, im, row->line.profile));
    TRY(find_or_add(tx, im, &row->line, &se, &is_new));
    if (!is_new) {
        ROWS r = {0};
        enum tsm_err e =
            db_first(tx, &r, SQL_KEYSET_GET, se, im->owner, (int64_t)row->protocol, row->line.kvn);
        has_keys = e == TSM_OK;
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
    }
    if (has_keys) {
        im->unchanged++;
        return TSM_OK;
    }
    TRY(db_exec(tx, SQL_KEYSET_ADD, se, im->owner, (int64_t)row->protocol, row->line.kvn, row->keyset,
                (int64_t)KEYSET_LIVE, BYTES_OF(row->blob, row->blob_len)));
    im->added++;
    return TSM_OK;
}

static enum tsm_err add_rows(struct tx *tx, void *arg)
{
    struct import *im = arg;
    char detail[120];
    int64_t before = im->added;
    for (size_t i = 0; i < im->n; i++) {
        enum tsm_err e;
        err_clear();
        e = add_row(tx, im, &im->rows[i]);
        if (e == TSM_DATABASE || e == TSM_BUSY)
            return e;
        if (e != TSM_OK)
            refuse(im, im->rows[i].number, err_cause()[0] ? err_cause() : err_text(e));
    }
    if (im->added == before)
        return TSM_OK;
    snprintf(detail, sizeof detail, "{\"added\":%lld}", (long long)(im->added - before));
    return audit_add(tx, &(struct audit_leaf){im->owner, BYTES_NONE, "inventory.imported", detail});
}

static enum tsm_err flush(struct import *im)
{
    enum tsm_err e = im->n ? store_write(im->sem->c.store, add_rows, im) : TSM_OK;
    im->n = 0;
    return e;
}

static enum tsm_err check_kcv(const struct import_line *l, uint8_t (*kcvs)[GP_KCV_LEN])
{
    uint8_t want[3 * GP_KCV_LEN];
    size_t n;
    if (!l->kcv[0])
        return TSM_OK;
    if (hex_read(l->kcv, want, sizeof want, &n) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "kcv", "the key check value is no hexadecimal text of up to nine octets");
    if (memcmp(want, kcvs, n) != 0)
        return FAIL_FIELD(KCV_WRONG, "kcv", "the key check value does not belong to the keys of this line");
    return TSM_OK;
}

static enum tsm_err seal_row(struct import *im, struct row *row)
{
    uint8_t keys[LINE_KEYS_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN];
    struct writer blob = WRITER(row->blob);
    struct import_row in;
    bool sealed;
    enum tsm_err e = import_line_keys(&row->line, keys, &in, &sealed);
    row->keyset = store_id(im->sem->c.store);
    if (e == TSM_OK) {
        struct keyset_target to = {.id = (uint64_t)row->keyset, .blob = &blob, .kcvs = kcvs};
        e = sealed ? vault_import_row(im->vault, im->file_key, &in, to)
                   : vault_import_clear(im->vault, &in, to);
    }
    explicit_bzero(keys, sizeof keys);
    TRY(e);
    row->protocol = in.form.protocol;
    row->blob_len = blob.len;
    return check_kcv(&row->line, kcvs);
}

/* {"file_key": "<JWE>"} stands before the lines that are sealed under it. */
static enum tsm_err take_file_key(struct import *im, const json_t *o)
{
    const char *jwe = json_string_value(json_object_get(o, "file_key"));
    struct writer w = WRITER(im->file_key_blob);
    NEED(jwe != NULL, BAD_VALUE);
    im->file_key.id = (uint64_t)store_id(im->sem->c.store);
    TRY(vault_import_key_file(im->vault, bytes_of_text(jwe), im->file_key.id, &w));
    im->file_key.blob = written(&w);
    return TSM_OK;
}

/* One object: refused lines are counted, only trouble of our own stops the import. */
static enum tsm_err take_object(struct import *im, const json_t *o, int64_t number)
{
    struct row *row = &im->rows[im->n];
    enum tsm_err e;
    err_clear();
    if (json_object_get(o, "file_key"))
        return take_file_key(im, o);
    row->number = number;
    e = import_line_read(o, &row->line);
    if (e == TSM_OK)
        e = seal_row(im, row);
    explicit_bzero(row->line.enc, sizeof row->line.enc);
    explicit_bzero(row->line.mac, sizeof row->line.mac);
    explicit_bzero(row->line.dek, sizeof row->line.dek);
    if (e == TSM_TOKEN_FAILED)
        return e;
    if (e != TSM_OK) {
        refuse(im, number, err_cause()[0] ? err_cause() : err_text(e));
        return TSM_OK;
    }
    return ++im->n == IMPORT_BATCH ? flush(im) : TSM_OK;
}

static bool next_line(struct bytes *rest, struct bytes *line)
{
    size_t n = 0;
    if (rest->len == 0)
        return false;
    while (n < rest->len && rest->at[n] != '\n')
        n++;
    *line = BYTES_OF(rest->at, n && rest->at[n - 1] == '\r' ? n - 1 : n);
    *rest = n < rest->len ? BYTES_OF(rest->at + n + 1, rest->len - n - 1) : BYTES_NONE;
    return true;
}

static enum tsm_err take_lines(struct import *im, struct bytes body, bool csv)
{
    struct csv_head head = {.n = 0};
    struct bytes line;
    for (int64_t number = 1; next_line(&body, &line); number++) {
        json_t *o = NULL;
        enum tsm_err e;
        if (line.len == 0)
            continue;
        if (csv && head.n == 0) {
            TRY(csv_head_read(line, &head));
            continue;
        }
        err_clear();
        e = csv ? csv_line_read(&head, line, &o) : json_read(line, &o);
        if (e != TSM_OK) {
            refuse(im, number, err_cause());
            continue;
        }
        e = take_object(im, o, number);
        json_decref(o);
        TRY(e);
    }
    return TSM_OK;
}

static enum tsm_err take_list(struct import *im, struct bytes body)
{
    json_t *list, *o;
    size_t i;
    enum tsm_err e;
    TRY(json_read(body, &list));
    e = json_is_array(list)
            ? TSM_OK
            : FAIL(BAD_FORM, "the body is no JSON list; for one object a line use application/x-ndjson");
    json_array_foreach(list, i, o) if (e == TSM_OK) e = take_object(im, o, (int64_t)i + 1);
    json_decref(list);
    return e;
}

static enum tsm_err import_body(struct import *im, const struct http_request *q)
{
    if (!strcmp(q->content_type, "application/json"))
        TRY(take_list(im, q->body));
    else
        TRY(take_lines(im, q->body, !strcmp(q->content_type, "text/csv")));
    return flush(im);
}

static enum tsm_err operator_of(struct sem *sem, struct http_request *q, struct caller *who)
{
    const char *token;
    TRY(http_bearer(q, &token));
    return access_of(sem->c.store, token, ACCESS_OPERATOR, who);
}

enum tsm_err sem_import(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct import im = {.sem = sem, .refused = json_array()};
    struct caller who = {0};
    enum tsm_err e = operator_of(sem, q, &who);
    if (e == TSM_OK)
        e = sem->c.vault_of(sem->c.self, who.party, &im.vault);
    im.owner = who.party;
    im.rows = calloc(IMPORT_BATCH, sizeof *im.rows);
    if (e == TSM_OK)
        e = im.rows && im.refused ? import_body(&im, q) : FAIL(NO_MEMORY, "no memory for an import");
    free(im.rows);
    if (e != TSM_OK) {
        json_decref(im.refused);
        return e;
    }
    return http_reply_json(reply, 200,
                           json_pack("{sI sI so}", "added", (json_int_t)im.added, "unchanged",
                                     (json_int_t)im.unchanged, "refused", im.refused));
}

struct lookup {
    int64_t owner;
    const char *ref;
    json_t *answer;
};

static enum tsm_err look_up(struct tx *tx, void *arg)
{
    struct lookup *l = arg;
    struct element el;
    enum tsm_err e = TSM_NOT_FOUND;
    for (int64_t kind = 0; kind < SE_KINDS && e == TSM_NOT_FOUND; kind++)
        e = element_find(tx, l->owner, kind, l->ref, &el);
    TRY(e);
    l->answer = json_pack("{s:o ss ss ss ss sI}", "id", json_sprintf("%lld", (long long)el.id), "iccid",
                          el.iccid, "seid", el.seid, "msisdn", el.msisdn, "profile", el.profile.name, "state",
                          (json_int_t)el.state);
    return TSM_OK;
}

enum tsm_err sem_get_element(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    char ref[IDENT_MAX + 1];
    struct caller who;
    struct lookup l = {.ref = ref};
    TRY(operator_of(sem, q, &who));
    TRY(http_path_param(q, "ref", ref, sizeof ref));
    l.owner = who.party;
    TRY(store_read(sem->c.store, look_up, &l));
    return http_reply_json(reply, 200, l.answer);
}
