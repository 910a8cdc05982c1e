/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE of an order: what has not begun on the secure element never begins. Stations 2, 3 and 12. Role. */
#include <stdlib.h>

#include "base/json.h"
#include "engine/element/withdraw.h"
#include "role/sp/orders/accept.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/process.h"

struct cancelling {
    struct sp *sp;
    struct order order;
    json_t
        *progress; /* of the order's job; owned. NULL: it has not begun, or its job is not known by its id */
    int64_t job_state, job_step;
    json_t *answer;
};

static enum tsm_err load_job(struct tx *tx, struct cancelling *c)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ORDER_JOB, c->order.id, c->order.party);
    if (e ==
        TSM_NOT_FOUND) /* accepted by a server that gave jobs ids of their own: heard with its next answer */
        return TSM_OK;
    TRY(e);
    c->job_state = db_int(&r, 0);
    c->job_step = db_int(&r, 1);
    json_decref(c->progress);
    c->progress = NULL;
    return db_blob(&r, 2).len ? json_read(db_blob(&r, 2), &c->progress) : TSM_OK;
}

/* A suspended or deleted token is not told back. */
static enum tsm_err check_token(struct tx *tx, const struct order *o)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!o->started || o->operation == OP_DEPLOY || o->operation == OP_UPDATE || o->operation == OP_EXCHANGE)
        return TSM_OK;
    e = db_first(tx, &r, SQL_TOKEN_GET, o->instance);
    if (e == TSM_OK && db_text(&r, 1)[0])
        return FAIL(WRONG_STATE, "the token service provider has been told of it already");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err check_allowed(struct tx *tx, const struct cancelling *c)
{
    const struct order *o = &c->order;
    if (order_is_final(o->state))
        return FAIL(WRONG_STATE, "the order has ended: %s", order_state_word(o->state));
    if (json_is_true(json_object_get(c->progress, "changed")))
        return FAIL(WRONG_STATE,
                    "the order has begun on the secure element: it goes on to its end, or to its "
                    "deadline");
    return check_token(tx, o);
}

/* What is asked and may come to the element: its owner takes it back, or says that it has left. */
static bool may_reach_element(const struct cancelling *c)
{
    const struct process *p = process_of((enum operation)c->order.operation);
    const struct step *step = c->job_step < (int64_t)p->n ? &p->steps[c->job_step] : NULL;
    return step && !step->begin && (step->plan || step->changes);
}

static enum tsm_err withdraw(struct tx *tx, const struct cancelling *c)
{
    const struct order *o = &c->order;
    char key[WITHDRAW_KEY_MAX], *body;
    json_t *what = json_pack("{s:{ss}}", "se", se_kind_words[o->se_kind], o->se_ref);
    struct partner_ask ask = {.party = o->party,
                              .peer = json_integer_value(json_object_get(c->progress, "owner")),
                              .verb = VERB_WITHDRAW,
                              .key = withdraw_key(BYTES(o->trace), key),
                              .trace = BYTES(o->trace)};
    enum tsm_err e;
    body = what ? json_text(what) : NULL;
    json_decref(what);
    NEED(body != NULL, NO_MEMORY);
    ask.body = body;
    e = ask.peer ? partner_ask(c->sp->c.partners, tx, &ask) : TSM_OK;
    free(body);
    return e;
}

static enum tsm_err say(struct tx *tx, const struct order *o)
{
    TRY(note_add(tx, &(struct note){.party = o->party,
                                    .trace = BYTES(o->trace),
                                    .station = 3,
                                    .role = "sp",
                                    .step = "CANCEL",
                                    .text = "the provider cancels the order: nothing new is sent"}));
    return audit_add(tx, &(struct audit_leaf){o->party, BYTES(o->trace), "order.cancelled", "{}"});
}

/* A turn that is being worked on sees it in its commit; one that waits is woken, unless what it waits for may
 * be on its way to the element: then the answer, or the owner's refusal, ends it. */
static enum tsm_err cancel_unit(struct tx *tx, void *arg)
{
    struct cancelling *c = arg;
    struct order *o = &c->order;
    TRY(order_load(tx, o->party, o->id, o));
    if (order_is_final(o->state) && o->given_up && o->state == ORDER_FAILED)
        return TSM_OK;
    TRY(load_job(tx, c));
    TRY(check_allowed(tx, c));
    if (!o->given_up)
        TRY(say(tx, o));
    TRY(sp_give_up_in(tx, o->party, o->id, GIVEN_UP_BY_PROVIDER));
    if (c->job_state != JOB_SENT)
        return TSM_OK;
    return may_reach_element(c) ? withdraw(tx, c) : job_wake(tx, o->id);
}

static enum tsm_err read_result(struct tx *tx, void *arg)
{
    struct cancelling *c = arg;
    TRY(order_load(tx, c->order.party, c->order.id, &c->order));
    return order_json(tx, c->sp, &c->order, false, &c->answer);
}

enum { STATUS_ENDED = 200, STATUS_LATER = 202 };

enum tsm_err sp_delete_order(void *app, struct http_request *q, struct http_reply *reply)
{
    struct cancelling c = {.sp = app};
    struct caller who;
    int64_t wait;
    enum tsm_err e;
    TRY(sp_caller(app, q, &who));
    TRY(sp_order_id(q, &c.order.id));
    TRY(http_query_number(q, "wait", (struct http_range){0, ORDER_WAIT_MAX_S, 0}, &wait));
    c.order.party = who.party;
    e = store_write(c.sp->c.store, cancel_unit, &c);
    json_decref(c.progress);
    TRY(e);
    if (wait)
        TRY(sp_wait_for_state(c.sp, &c.order, ORDER_DONE, wait));
    TRY(store_read(c.sp->c.store, read_result, &c));
    return http_reply_json(reply, order_is_final(c.order.state) ? STATUS_ENDED : STATUS_LATER, c.answer);
}
