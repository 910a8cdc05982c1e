/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a process: begun, given up, waited for. Stations 2, 3 and 12. Role. [TR-03165 3.2.1,
 * 4.2.3.6] */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/orders/order_api.h"
#include "role/sp/tsmapi/process/process.h"

struct following {
    struct tsmapi *api;
    struct sp *sp;
    struct process_name name;
    struct process_row p;
    struct fault fault;
    json_t *answer; /* owned */
    int64_t wait, seen;
};

static enum tsm_err read_view(struct tx *tx, void *arg)
{
    struct following *f = arg;
    TRY(process_load(tx, &f->name, &f->p));
    process_settle(&f->p, clock_now(f->sp->c.clock));
    json_decref(f->answer);
    f->answer = NULL;
    return process_json(tx, f->sp, &f->p, &f->answer);
}

static bool hold(struct tsmapi *api, int by)
{
    bool may;
    pthread_mutex_lock(&api->lock);
    may = by < 0 || api->held < api->c.held_max;
    if (may)
        api->held = (unsigned)((int)api->held + by);
    pthread_mutex_unlock(&api->lock);
    return may;
}

static bool is_news(const struct following *f)
{
    return json_integer_value(json_object_get(f->answer, "seen")) != f->seen;
}

/* Until something changed since answer N: each wait keeps a worker of the listener, so that they are few. */
static enum tsm_err wait_for_news(struct following *f)
{
    time_us until = clock_now(&clock_real) + SECONDS(f->wait);
    bool held = f->wait && hold(f->api, 1), going = held;
    enum tsm_err e;
    for (;;) {
        uint64_t turns = sp_turns(f->sp);
        e = store_read(f->sp->c.store, read_view, f);
        if (e != TSM_OK || is_news(f) || !going || clock_now(&clock_real) >= until)
            break;
        going = sp_wait_turn(f->sp, turns, until, true);
    }
    if (held)
        (void)hold(f->api, -1);
    return e;
}

/* The first start alone makes the order; a repeated one finds it. */
static enum tsm_err start_unit(struct tx *tx, void *arg)
{
    struct following *f = arg;
    uint8_t trace[TRACE_LEN];
    struct order_wish wish;
    struct accepted a;
    TRY(process_load(tx, &f->name, &f->p));
    process_settle(&f->p, tx_now(tx));
    if (f->p.state != PROCESS_WAITS)
        return TSM_OK;
    TRY(process_trace(f->p.uuid, trace));
    process_wish(&f->p, trace, &wish);
    TRY(sp_accept_in(tx, &wish, &a));
    if (f->p.installation[0])
        TRY(db_exec(tx, SQL_TSMAPI_PROCESS_INSTALLATION, f->p.id, ""));
    return db_exec(tx, SQL_TSMAPI_PROCESS_STARTED, f->p.id, a.order.id, tx_now(tx));
}

static enum tsm_err over_unit(struct tx *tx, void *arg)
{
    struct following *f = arg;
    return db_exec(tx, SQL_TSMAPI_PROCESS_OVER, f->p.id, (int64_t)f->fault.type, f->fault.details,
                   tx_now(tx));
}

/* What was allowed when it was asked for may be so no more: then the process ends with the reason. */
static enum tsm_err start(struct following *f)
{
    enum tsm_err e = store_write(f->sp->c.store, start_unit, f);
    if (e == TSM_OK || f->p.id == 0 || err_may_retry(e))
        return e;
    fault_of_error(&f->fault, e);
    err_clear();
    e = store_write(f->sp->c.store, over_unit, f);
    f->fault.type = API_OK;
    return e;
}

/* One that waits is over. One that runs sends nothing new from now on and ends with what is in flight. */
static enum tsm_err cancel_unit(struct tx *tx, void *arg)
{
    struct following *f = arg;
    TRY(process_load(tx, &f->name, &f->p));
    process_settle(&f->p, tx_now(tx));
    return f->p.state == PROCESS_STARTED ? sp_give_up_in(tx, f->p.party, f->p.order, GIVEN_UP_BY_APP)
                                         : over_unit(tx, arg);
}

static enum tsm_err cancel(struct following *f)
{
    enum tsm_err e;
    (void)fault_set(&f->fault, API_EXECUTION_INTERRUPTED, "manually cancelled");
    e = store_write(f->sp->c.store, cancel_unit, f);
    f->fault.type = API_OK;
    return e;
}

static enum tsm_err no_such(struct following *f, const char *uuid)
{
    return fault_set(&f->fault, API_NOT_FOUND, "process %.40s does not exist", uuid);
}

static enum tsm_err read_name(struct following *f, const struct http_request *q)
{
    char uuid[64] = "";
    enum tsm_err e = http_path_param(q, "id", uuid, sizeof uuid);
    if (e != TSM_OK || strlen(uuid) != UUID_MAX)
        return no_such(f, uuid);
    for (size_t i = 0; i <= UUID_MAX; i++)
        f->name.uuid[i] = (char)tolower((unsigned char)uuid[i]);
    e = http_query_param(q, "caller", f->name.caller, sizeof f->name.caller);
    if (e == TSM_BAD_VALUE) /* too long */
        return no_such(f, uuid);
    if (e != TSM_MISSING_FIELD)
        TRY(e);
    for (char *at = f->name.caller; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    TRY(http_query_number(q, "wait", (struct http_range){0, PROCESS_WAIT_MAX_S, 0}, &f->wait));
    return http_query_number(q, "seen", (struct http_range){0, INT64_MAX, 0}, &f->seen);
}

enum { STATUS_OK = 200, STATUS_BAD = 400, STATUS_LATER = 503 };

static enum tsm_err reply_wrong(struct following *f, enum tsm_err e, struct http_reply *reply)
{
    bool asked_wrong = f->fault.type == API_OK && (e == TSM_BAD_VALUE || e == TSM_DUPLICATE_TAG);
    if (f->fault.type == API_OK)
        fault_of_error(&f->fault, e);
    err_clear();
    return api_reply_fault(reply,
                           asked_wrong                                ? STATUS_BAD
                           : f->fault.type == API_OVERLOAD_PROTECTION ? STATUS_LATER
                                                                      : STATUS_OK,
                           &f->fault);
}

static enum tsm_err follow(struct tsmapi *api, struct http_request *q, struct http_reply *reply,
                           enum tsm_err (*act)(struct following *f))
{
    struct following f = {.api = api, .sp = api->c.sp};
    struct caller who;
    enum tsm_err e;
    if (!api_admit(api, q, &who, reply, &e))
        return e;
    f.name.party = who.party;
    e = read_name(&f, q);
    if (e == TSM_OK && who.app[0]) /* whatever it says of itself */
        snprintf(f.name.caller, sizeof f.name.caller, "%s", who.app);
    if (e == TSM_OK && act)
        e = act(&f);
    if (e == TSM_OK)
        e = wait_for_news(&f);
    if (e == TSM_OK) {
        e = http_reply_json(reply, STATUS_OK, f.answer);
        f.answer = NULL;
    } else {
        e = reply_wrong(&f, e, reply);
    }
    json_decref(f.answer);
    return e;
}

enum tsm_err api_get_process(void *app, struct http_request *q, struct http_reply *reply)
{
    return follow(app, q, reply, NULL);
}

enum tsm_err api_start_process(void *app, struct http_request *q, struct http_reply *reply)
{
    return follow(app, q, reply, start);
}

enum tsm_err api_cancel_process(void *app, struct http_request *q, struct http_reply *reply)
{
    return follow(app, q, reply, cancel);
}
