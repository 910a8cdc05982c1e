/* SPDX-License-Identifier: Apache-2.0 */
/* Card art that is asked for: lists, the octets, and their end. Stations 1 and 2. Role. [capability P10;
 * RFC 9110 8.8.3, RFC 8246] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/art/art.h"
#include "role/sp/orders/order_api.h"

struct listing {
    struct art_words like;
    int64_t party, before, limit;
    json_t *answer;
};

static json_t *row_json(const struct rows *r)
{
    char at[TIME_TEXT];
    return json_pack("{so ss ss ss ss sI sI sI ss ss}", "id", json_sprintf("%lld", (long long)db_int(r, 0)),
                     "hash", db_text(r, 1), "locale", db_text(r, 2), "service", db_text(r, 3), "type",
                     db_text(r, 4), "width", (json_int_t)db_int(r, 5), "height", (json_int_t)db_int(r, 6),
                     "bytes", (json_int_t)db_int(r, 7), "created", time_text(db_int(r, 8), at), "title",
                     db_text(r, 9));
}

static enum tsm_err list_rows(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e =
        db_query(tx, &r, SQL_ART_LIST, l->party, l->like.service, l->like.locale, l->before, l->limit);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(list, row_json(&r));
    l->answer = json_pack("{so sI}", "pictures", list, "limit", (json_int_t)l->limit);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err sp_list_card_art(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct listing l = {.before = 0};
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    TRY(art_words_read(q, &l.like));
    TRY(http_query_number(q, "limit", (struct http_range){1, ART_LIST_MAX, 20}, &l.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &l.before));
    l.party = who.party;
    e = store_read(sp->c.store, list_rows, &l);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, l.answer);
    json_decref(l.answer);
    return e;
}

struct fetched {
    int64_t party;
    char hash[ART_HASH_TEXT];
    const char *type;
    char *octets; /* owned */
    size_t len;
};

static enum tsm_err fetch(struct tx *tx, void *arg)
{
    struct fetched *f = arg;
    struct bytes content;
    struct writer w;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ART_GET, f->party, f->hash);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no picture of yours has this hash");
    TRY(e);
    content = db_blob(&r, 1);
    f->type = strcmp(db_text(&r, 0), "image/png") == 0 ? "image/png" : "image/jpeg";
    f->octets = malloc(content.len + 1);
    NEED(f->octets != NULL, NO_MEMORY);
    w = (struct writer){(uint8_t *)f->octets, 0, content.len + 1};
    f->len = content.len;
    TRY(write_span(&w, content));
    return write_u8(&w, 0); /* http_reply_text wants it */
}

static enum tsm_err audit_altered(struct tx *tx, void *arg)
{
    const struct fetched *f = arg;
    char detail[ART_HASH_TEXT + 16];
    snprintf(detail, sizeof detail, "{\"hash\":\"%s\"}", f->hash);
    return audit_add(tx, &(struct audit_leaf){f->party, BYTES_NONE, "card-art.altered", detail});
}

/* Octets that are not what their name says never leave the house. */
static enum tsm_err check_octets(struct sp *sp, struct fetched *f)
{
    char now[ART_HASH_TEXT];
    TRY(art_hash(BYTES_OF((const uint8_t *)f->octets, f->len), now));
    if (!strcmp(now, f->hash))
        return TSM_OK;
    TRY(store_write(sp->c.store, audit_altered, f));
    return FAIL(SPOILT, "the picture in the database is not the one that was stored: store it again");
}

static enum tsm_err read_hash(const struct http_request *q, struct fetched *f)
{
    TRY(http_path_param(q, "hash", f->hash, sizeof f->hash));
    if (strlen(f->hash) != ART_HASH_TEXT - 1 || f->hash[strspn(f->hash, "0123456789abcdef")])
        return FAIL(NOT_FOUND, "a picture's name is its SHA-256, 64 hex digits in lower case");
    return TSM_OK;
}

static enum tsm_err say_for_ever(const struct fetched *f, struct http_reply *reply)
{
    TRY(http_reply_header(reply, "ETag", "\"%s\"", f->hash));
    TRY(http_reply_header(reply, "X-Content-Type-Options", "nosniff"));
    return http_reply_header(reply, "Cache-Control", "private, max-age=31536000, immutable");
}

enum tsm_err sp_get_card_art(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct fetched f = {.octets = NULL};
    const char *known = http_header(q, "If-None-Match");
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    TRY(read_hash(q, &f));
    f.party = who.party;
    e = store_read(sp->c.store, fetch, &f);
    if (e == TSM_OK)
        e = check_octets(sp, &f);
    if (e == TSM_OK && !(known && strstr(known, f.hash))) {
        TRY(http_reply_text(reply, 200, f.type, f.octets));
        reply->size = f.len;
        return say_for_ever(&f, reply);
    }
    free(f.octets);
    TRY(e);
    reply->status = 304;
    return say_for_ever(&f, reply);
}

static enum tsm_err remove_art(struct tx *tx, void *arg)
{
    const struct fetched *f = arg;
    char detail[ART_HASH_TEXT + 16];
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ART_GET, f->party, f->hash);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no picture of yours has this hash");
    TRY(e);
    db_end(&r);
    TRY(db_exec(tx, SQL_ART_DELETE, f->party, f->hash));
    snprintf(detail, sizeof detail, "{\"hash\":\"%s\"}", f->hash);
    return audit_add(tx, &(struct audit_leaf){f->party, BYTES_NONE, "card-art.removed", detail});
}

enum tsm_err sp_delete_card_art(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct fetched f = {.octets = NULL};
    struct caller who;
    TRY(sp_caller(sp, q, &who));
    TRY(read_hash(q, &f));
    f.party = who.party;
    TRY(store_write(sp->c.store, remove_art, &f));
    reply->status = 204;
    return TSM_OK;
}
