/* SPDX-License-Identifier: Apache-2.0 */
/* What providers and operators see of process results: which online system is not reached and why, what
 * waits, and trying at once. Stations 1 and 12. Role. [BSI TR-03165 4.3] */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/spos/queue.h"

enum { RECEIVERS_MAX = 1000, STATE_WORD_MAX = 16, ALL_STATES = -1 };

struct asked {
    int64_t party;
    int64_t before, limit, state;
    json_t *answer;
    int64_t config[RECEIVERS_MAX];
    size_t n;
};

/* Each party sees its own: an operator's token is an element owner's, who may be a provider as well. */
static enum tsm_err who_asks(struct sp *sp, struct http_request *q, int64_t *party)
{
    const char *token;
    struct caller who;
    enum tsm_err e;
    TRY(http_bearer(q, &token));
    e = access_of(sp->c.store, token, ACCESS_PROVIDER, &who);
    if (e == TSM_NOT_ALLOWED)
        e = access_of(sp->c.store, token, ACCESS_OPERATOR, &who);
    TRY(e);
    err_clear();
    *party = who.party;
    return TSM_OK;
}

static void set_time(json_t *o, const char *name, time_us t)
{
    char text[TIME_TEXT];
    if (t)
        json_object_set_new(o, name, json_string(time_text(t, text)));
}

static json_t *receiver_json(const struct rows *r)
{
    json_t *body = json_loads(db_text(r, 3), 0, NULL), *o;
    o = json_pack("{ss ss ss sb sI sI}", "provider", db_text(r, 1), "spos_config", db_text(r, 2), "url",
                  json_member(body, "url"), "reached", db_int(r, 4) == 0, "waiting", (json_int_t)db_int(r, 7),
                  "refused", (json_int_t)db_int(r, 8));
    json_decref(body);
    set_time(o, "away_since", db_int(r, 4));
    set_time(o, "taken", db_int(r, 5));
    if (db_text(r, 6)[0])
        json_object_set_new(o, "reason", json_string(db_text(r, 6)));
    if (db_int(r, 7))
        set_time(o, "next_try", db_int(r, 9));
    return o;
}

static enum tsm_err read_receivers(struct tx *tx, void *arg)
{
    struct asked *a = arg;
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SPOS_RECEIVERS, a->party);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(list, receiver_json(&r));
    a->answer = json_pack("{so}", "receivers", list);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err answer(struct asked *a, enum tsm_err e, struct http_reply *reply)
{
    if (e == TSM_OK)
        return http_reply_json(reply, 200, a->answer);
    json_decref(a->answer);
    return e;
}

enum tsm_err sp_get_spos(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct asked a = {.party = 0};
    TRY(who_asks(sp, q, &a.party));
    return answer(&a, store_read(sp->c.store, read_receivers, &a), reply);
}

static json_t *result_json(const struct rows *r)
{
    char trace[TRACE_TEXT];
    int64_t state = db_int(r, 1);
    json_t *o = json_pack("{so ss so}", "id", json_sprintf("%lld", (long long)db_int(r, 0)), "state",
                          spos_state_words[state], "result", json_loads(db_text(r, 6), 0, NULL));
    if (state == SPOS_WAITS)
        set_time(o, "due", db_int(r, 3));
    set_time(o, state == SPOS_WAITS ? "written" : "ended", db_int(r, 4));
    if (db_int(r, 2))
        json_object_set_new(o, "refusals", json_integer(db_int(r, 2)));
    if (db_text(r, 5)[0])
        json_object_set_new(o, "reason", json_string(db_text(r, 5)));
    if (db_blob(r, 7).len == TRACE_LEN)
        json_object_set_new(o, "trace", json_string(hex_text(db_blob(r, 7), trace)));
    return o;
}

static enum tsm_err read_results(struct tx *tx, void *arg)
{
    struct asked *a = arg;
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SPOS_LIST, a->party, a->before, a->state, a->limit);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(list, result_json(&r));
    a->answer = json_pack("{so sI}", "results", list, "limit", (json_int_t)a->limit);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err read_state(const struct http_request *q, int64_t *state)
{
    char word[STATE_WORD_MAX];
    enum tsm_err e = http_query_param(q, "state", word, sizeof word);
    *state = ALL_STATES;
    if (e != TSM_OK)
        return e == TSM_MISSING_FIELD ? TSM_OK : e;
    for (int i = 0; spos_state_words[i]; i++)
        if (!strcmp(word, spos_state_words[i])) {
            *state = i;
            return TSM_OK;
        }
    return FAIL_FIELD(BAD_VALUE, "state", "a result is waiting, taken or given up");
}

enum tsm_err sp_list_spos_results(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct asked a = {.party = 0};
    struct caller who;
    TRY(sp_caller(sp, q, &who));
    TRY(http_query_number(q, "limit", (struct http_range){1, SPOS_LIST_MAX, 20}, &a.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &a.before));
    TRY(read_state(q, &a.state));
    a.party = who.party;
    return answer(&a, store_read(sp->c.store, read_results, &a), reply);
}

static enum tsm_err find_receivers(struct tx *tx, struct asked *a)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SPOS_WAITING_OF, a->party);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK && a->n < RECEIVERS_MAX)
        a->config[a->n++] = db_int(&r, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err try_now(struct tx *tx, void *arg)
{
    struct asked *a = arg;
    a->n = 0;
    TRY(find_receivers(tx, a));
    for (size_t i = 0; i < a->n; i++) {
        TRY(db_exec(tx, SQL_SPOS_DUE_NOW, a->config[i], tx_now(tx)));
        TRY(spos_wake(tx, a->party, a->config[i], true));
    }
    return TSM_OK;
}

enum tsm_err sp_post_spos_retry(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct asked a = {.party = 0};
    TRY(who_asks(sp, q, &a.party));
    TRY(store_write(sp->c.store, try_now, &a));
    return http_reply_json(reply, 202, json_pack("{sI}", "receivers", (json_int_t)a.n));
}
