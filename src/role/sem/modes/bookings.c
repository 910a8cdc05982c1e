/* SPDX-License-Identifier: Apache-2.0 */
/* Space on an element as its operator sells it by hand: reserved until a time, committed, released. Stations
 * 1 and 6. Role. [capability S8] */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/work.h"

/* One request about bookings of one element. */
struct booking {
    struct element_ref ref;
    struct element el;
    char provider[PROFILE_NAME_MAX + 1], name[BOOKING_REF_MAX + 1];
    int64_t bytes, seconds, id, expires;
    json_t *answer;
};

static const struct json_row rows[] = {
    {"provider", JSON_TEXT, offsetof(struct booking, provider), 1, PROFILE_NAME_MAX, JSON_NEEDED, NULL},
    {"ref", JSON_TEXT, offsetof(struct booking, name), 0, BOOKING_REF_MAX, JSON_OPTIONAL, NULL},
    {"bytes", JSON_INT, offsetof(struct booking, bytes), 1, PROFILE_MEMORY_MAX, JSON_NEEDED, NULL},
    {"seconds", JSON_INT, offsetof(struct booking, seconds), 1, BOOKING_S, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err note_booking(struct tx *tx, const struct booking *b, const char *what)
{
    char detail[80];
    snprintf(detail, sizeof detail, "{\"booking\":\"%lld\",\"bytes\":%lld}", (long long)b->id,
             (long long)b->bytes);
    return audit_add(tx, &(struct audit_leaf){b->el.owner, BYTES_NONE, what, detail});
}

static enum tsm_err provider_of(struct tx *tx, const char *name, int64_t *id)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTY_BY_NAME, name);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && !db_int(&r, 2)))
        return FAIL_FIELD(NOT_FOUND, "provider", "there is no provider %.60s", name);
    TRY(e);
    *id = db_int(&r, 0);
    return TSM_OK;
}

/* AIDs are told in either case; orders name their domain in capitals. */
static void name_domain(struct booking *b)
{
    uint8_t aid[16];
    size_t n;
    if (hex_read(b->name, aid, sizeof aid, &n) == TSM_OK)
        hex_text(BYTES_OF(aid, n), b->name);
    err_clear();
}

/* The same provider and reference keep the number that they have. */
static enum tsm_err set(struct tx *tx, struct booking *b, int64_t provider, int64_t expires)
{
    ROWS r = {0};
    TRY(db_exec(tx, SQL_BOOKING_SET, store_id(tx_store(tx)), b->el.id, provider, b->name, b->bytes, expires));
    TRY(db_first(tx, &r, SQL_BOOKING_GET, b->el.id, provider, b->name));
    b->expires = db_int(&r, 1);
    b->id = db_int(&r, 2);
    return TSM_OK;
}

static enum tsm_err reserve(struct tx *tx, void *arg)
{
    struct booking *b = arg;
    int64_t provider, others, expires = tx_now(tx) + SECONDS(b->seconds ? b->seconds : BOOKING_S);
    TRY(element_ref_find(tx, &b->ref, &b->el));
    if (b->el.state >= SE_TERMINATED)
        return FAIL(WRONG_STATE, "the secure element is %s", se_state_words[b->el.state]);
    TRY(provider_of(tx, b->provider, &provider));
    name_domain(b);
    TRY(space_booked(tx, b->el.id, provider, b->name, &others));
    if (others + b->bytes > b->el.profile.memory)
        return FAIL(CONFLICT, "NOT ENOUGH SPACE: %lld bytes are asked for, %lld of %lld are booked",
                    (long long)b->bytes, (long long)others, (long long)b->el.profile.memory);
    TRY(set(tx, b, provider, expires));
    b->answer = json_pack("{so sI sI}", "booking", json_sprintf("%lld", (long long)b->id), "bytes",
                          (json_int_t)b->bytes, "expires", (json_int_t)b->expires);
    return note_booking(tx, b, "space.reserved");
}

enum tsm_err sem_post_booking(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct booking b = {.id = 0};
    json_t *o;
    enum tsm_err e;
    TRY(element_ref_read(sem, q, &b.ref));
    TRY(json_read(q->body, &o));
    e = json_fill(o, rows, &b);
    json_decref(o);
    TRY(e);
    e = store_write(sem->c.store, reserve, &b);
    if (e == TSM_OK)
        return http_reply_json(reply, 201, b.answer);
    json_decref(b.answer);
    return e;
}

/* The booking of {id}; one whose time is over is as good as none. */
static enum tsm_err find(struct tx *tx, struct booking *b, int64_t *provider)
{
    ROWS r = {0};
    size_t n;
    enum tsm_err e;
    TRY(element_ref_find(tx, &b->ref, &b->el));
    e = db_first(tx, &r, SQL_BOOKING_BY_ID, b->id, b->el.id);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no booking of this number on the secure element");
    TRY(e);
    *provider = db_int(&r, 0);
    TRY(bytes_keep(bytes_of_text(db_text(&r, 1)), (uint8_t *)b->name, BOOKING_REF_MAX, &n));
    b->name[n] = 0;
    b->bytes = db_int(&r, 2);
    return db_int(&r, 3) && db_int(&r, 3) <= tx_now(tx)
               ? FAIL(EXPIRED, "the booking has expired: reserve anew")
               : TSM_OK;
}

static enum tsm_err commit(struct tx *tx, void *arg)
{
    struct booking *b = arg;
    int64_t provider;
    TRY(find(tx, b, &provider));
    TRY(db_exec(tx, SQL_BOOKING_SET, b->id, b->el.id, provider, b->name, b->bytes, (int64_t)0));
    b->answer = json_pack("{so sI ss}", "booking", json_sprintf("%lld", (long long)b->id), "bytes",
                          (json_int_t)b->bytes, "state", "committed");
    return note_booking(tx, b, "space.committed");
}

static enum tsm_err release(struct tx *tx, void *arg)
{
    struct booking *b = arg;
    int64_t provider;
    enum tsm_err e = find(tx, b, &provider);
    if (e != TSM_OK && e != TSM_EXPIRED)
        return e;
    TRY(db_exec(tx, SQL_BOOKING_DELETE, b->el.id, provider, b->name));
    return note_booking(tx, b, "space.released");
}

static enum tsm_err read_number(struct http_request *q, int64_t *id)
{
    char text[24];
    TRY(http_path_param(q, "id", text, sizeof text));
    *id = text_is_digits(text, 1, 19) ? strtoll(text, NULL, 10) : 0;
    return TSM_OK;
}

enum tsm_err sem_commit_booking(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct booking b = {.id = 0};
    enum tsm_err e;
    TRY(element_ref_read(sem, q, &b.ref));
    TRY(read_number(q, &b.id));
    e = store_write(sem->c.store, commit, &b);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, b.answer);
    json_decref(b.answer);
    return e;
}

enum tsm_err sem_delete_booking(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct booking b = {.id = 0};
    TRY(element_ref_read(sem, q, &b.ref));
    TRY(read_number(q, &b.id));
    TRY(store_write(sem->c.store, release, &b));
    reply->status = 204;
    return TSM_OK;
}
