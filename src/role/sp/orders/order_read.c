/* SPDX-License-Identifier: Apache-2.0 */
/* GET of orders and instances: only the caller's own, with their timeline; a caller may wait for the end.
 * Stations 1 and 2. Role. */
#include <stdlib.h>

#include "base/hex.h"
#include "role/sp/orders/order_api.h"

enum tsm_err sp_caller(struct sp *sp, struct http_request *q, struct caller *who)
{
    const char *token;
    TRY(http_bearer(q, &token));
    return access_of(sp->c.store, token, ACCESS_PROVIDER, who);
}

static enum tsm_err read_state(struct tx *tx, void *arg)
{
    struct order *o = arg;
    return order_load(tx, o->party, o->id, o);
}

enum tsm_err sp_wait_for_state(struct sp *sp, struct order *order, enum order_state at_least, int64_t seconds)
{
    time_us until = clock_now(&clock_real) + SECONDS(seconds);
    for (;;) {
        uint64_t seen = sp_turns(sp);
        TRY(store_read(sp->c.store, read_state, order));
        if (order->state >= (int64_t)at_least || clock_now(&clock_real) >= until)
            return TSM_OK;
        if (!sp_wait_turn(sp, seen, until,
                          at_least < ORDER_DONE)) /* the end is a wish, the beginning a need */
            return TSM_OK;
    }
}

struct question {
    struct sp *sp;
    int64_t party, id, limit;
    struct order order;
    json_t *answer;
};

static enum tsm_err read_order(struct tx *tx, void *arg)
{
    struct question *q = arg;
    TRY(order_load(tx, q->party, q->id, &q->order));
    return order_json(tx, q->sp, &q->order, true, &q->answer);
}

enum tsm_err sp_order_id(const struct http_request *q, int64_t *id)
{
    char text[24];
    TRY(http_path_param(q, "id", text, sizeof text));
    if (!text_is_digits(text, 1, 19))
        return FAIL(NOT_FOUND, "ids are decimal numbers");
    *id = strtoll(text, NULL, 10);
    return TSM_OK;
}

enum tsm_err sp_get_order(void *app, struct http_request *q, struct http_reply *reply)
{
    struct question ask = {.sp = app};
    struct caller who;
    int64_t wait;
    TRY(sp_caller(app, q, &who));
    TRY(sp_order_id(q, &ask.id));
    TRY(http_query_number(q, "wait", (struct http_range){0, ORDER_WAIT_MAX_S, 0}, &wait));
    ask.party = who.party;
    ask.order.party = who.party;
    ask.order.id = ask.id;
    if (wait)
        TRY(sp_wait_for_state(ask.sp, &ask.order, ORDER_DONE, wait));
    TRY(store_read(ask.sp->c.store, read_order, &ask));
    return http_reply_json(reply, 200, ask.answer);
}

static enum tsm_err read_list(struct tx *tx, void *arg)
{
    struct question *q = arg;
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_ORDER_LIST, q->party, q->id, q->limit);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *o = NULL;
        e = order_load(tx, q->party, db_int(&r, 0), &q->order);
        if (e == TSM_OK)
            e = order_json(tx, q->sp, &q->order, false, &o);
        json_array_append_new(list, o);
        q->id = q->order.id;
    }
    q->answer = json_pack("{so sI}", "orders", list, "limit", (json_int_t)q->limit);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err sp_list_orders(void *app, struct http_request *q, struct http_reply *reply)
{
    struct question ask = {.sp = app};
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(app, q, &who));
    TRY(http_query_number(q, "limit", (struct http_range){1, ORDER_LIST_MAX, 20}, &ask.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &ask.id));
    ask.party = who.party;
    e = store_read(ask.sp->c.store, read_list, &ask);
    if (e != TSM_OK) {
        json_decref(ask.answer);
        return e;
    }
    return http_reply_json(reply, 200, ask.answer);
}

static enum tsm_err read_instance(struct tx *tx, void *arg)
{
    struct question *q = arg;
    struct instance i;
    char aid[33];
    TRY(instance_load(tx, q->party, q->id, &i));
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_LIFE_INSTANCE, i.id, i.party));
    q->answer = json_pack("{s:o ss s:{ss} ss ss ss ss sI sb}", "id", json_sprintf("%lld", (long long)i.id),
                          "service", db_text(&r, 9), "se", se_kind_words[i.se_kind], i.se_ref, "state",
                          instance_state_word(i.state), "aid", hex_text(BYTES_OF(i.aid, i.aid_len), aid),
                          "version", i.version, "flavor", db_text(&r, 10), "last_operation",
                          (json_int_t)i.last_operation, "orphaned", db_int(&r, 8) != 0);
    return TSM_OK;
}

enum tsm_err sp_get_instance(void *app, struct http_request *q, struct http_reply *reply)
{
    struct question ask = {.sp = app};
    struct caller who;
    TRY(sp_caller(app, q, &who));
    TRY(sp_order_id(q, &ask.id));
    ask.party = who.party;
    TRY(store_read(ask.sp->c.store, read_instance, &ask));
    return http_reply_json(reply, 200, ask.answer);
}
