/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges: accepted from partners, finished with a reply. Stations 8 and 9. Edge. */
#include "engine/element/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/element/block.h"
#include "engine/element/line.h"
#include "engine/element/withdraw.h"

struct asked {
    json_t *se, *payload;
    char session[40], holder[HOLDER_MAX + 1];
    bool firm; /* it goes on with something that was begun on the element: it cannot be withdrawn */
    bool care; /* the owner looks after its own element: blocks are for the others */
    bool held; /* the element is the asker's for now: the exchange begins at once */
};

static const struct json_row asked_rows[] = {
    {"se", JSON_VALUE, offsetof(struct asked, se), 0, 0, JSON_NEEDED, NULL},
    {"payload", JSON_VALUE, offsetof(struct asked, payload), 0, 0, JSON_OPTIONAL, NULL},
    {"session", JSON_TEXT, offsetof(struct asked, session), 0, 39, JSON_OPTIONAL, NULL},
    {"holder", JSON_TEXT, offsetof(struct asked, holder), 1, HOLDER_MAX, JSON_NEEDED, NULL},
    {"care", JSON_BOOL, offsetof(struct asked, care), 0, 0, JSON_OPTIONAL, NULL},
    {"firm", JSON_BOOL, offsetof(struct asked, firm), 0, 0, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

enum tsm_err exchange_read(struct bytes body, struct exchange *out, json_t **document)
{
    json_t *o;
    TRY(json_read(body, &o));
    *out = (struct exchange){.call = json_integer_value(json_object_get(o, "call")),
                             .msisdn = json_member(o, "msisdn"),
                             .holder = json_member(o, "holder"),
                             .payload = json_object_get(o, "payload"),
                             .answer_s = json_integer_value(json_object_get(o, "answer_s")),
                             .firm = json_is_true(json_object_get(o, "firm")),
                             .concat = (int)json_integer_value(json_object_get(o, "concat"))};
    *document = o;
    return TSM_OK;
}

json_t *exchange_lost(const char *reason)
{
    return json_pack("{sb ss}", "lost", 1, "reason", reason);
}

static enum tsm_err add_exchange(struct tx *tx, const struct partner_call *call, const struct asked *a,
                                 const struct element *el)
{
    int64_t answer_s = el->profile.answer_s, id;
    json_t *o = json_pack("{sI ss ss sO sI si sb}", "call", (json_int_t)call->id, "msisdn", el->msisdn,
                          "holder", a->holder, "payload", a->payload, "answer_s", (json_int_t)answer_s,
                          "concat", el->profile.concat, "firm", a->firm);
    char *text = o ? json_text(o) : NULL;
    struct job_new job = {.kind = el->profile.bearer == BEARER_SMS ? JOB_EXCHANGE_SMS : JOB_EXCHANGE_DEVICE,
                          .party = call->party,
                          .se = el->id,
                          .ref = call->id,
                          .trace = call->trace,
                          .deadline = tx_now(tx) + SECONDS(answer_s)};
    struct line_start start;
    enum tsm_err e;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    job.body = bytes_of_text(text);
    start = line_start(tx, exchange_by_engine(job.kind, a->payload), answer_s);
    job.state = a->held ? start.state : JOB_WAITING;
    job.step = start.step;
    job.due = start.due;
    e = job_add(tx, &job, &id);
    free(text);
    return e;
}

/* Who only listens may find that the answer was faster than the question. An answer that nobody waited for
 * belongs to the conversation that is open: who waits in line for the element neither gets nor drops it. */
static enum tsm_err answer_from_stray(struct partners *p, struct tx *tx, const struct partner_call *call,
                                      const struct element *el, bool *answered)
{
    char *text = NULL;
    enum tsm_err e;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_STRAY_GET, el->id, tx_now(tx) - SECONDS(el->profile.answer_s));
        if (e == TSM_OK) {
            text = strdup(db_text(&r, 0));
            NEED(text != NULL, NO_MEMORY);
        } else if (e != TSM_NOT_FOUND) {
            return e;
        }
    }
    *answered = text != NULL;
    e = text ? partner_reply(p, tx, call->id, text) : TSM_OK;
    free(text);
    TRY(e);
    return db_exec(tx, SQL_STRAY_DELETE, el->id);
}

static enum tsm_err take_script(struct partners *p, struct tx *tx, const struct partner_call *call,
                                struct asked *a, const struct element *el)
{
    bool answered = false;
    if (!json_is_array(a->payload) || json_array_size(a->payload) > EXCHANGE_PAYLOAD_MAX)
        return FAIL_FIELD(BAD_VALUE, "payload", "payload is a list of at most %d", EXCHANGE_PAYLOAD_MAX);
    TRY(line_hold(tx, el->id, a->holder, el->profile.answer_s, &a->held));
    if (a->held && json_array_size(a->payload) == 0)
        TRY(answer_from_stray(p, tx, call, el, &answered));
    else if (a->held)
        TRY(db_exec(tx, SQL_STRAY_DELETE, el->id));
    return answered ? TSM_OK : add_exchange(tx, call, a, el);
}

/* What the owner has blocked takes nothing from others, and the owner's own care alone; nor does anything
 * begin of what its asker has withdrawn. */
static enum tsm_err is_open(struct partners *p, struct tx *tx, const struct partner_call *call,
                            const struct asked *a, const struct element *el, bool *open)
{
    struct failure f;
    bool closed = false;
    *open = a->care && call->party == call->peer;
    if (*open)
        return TSM_OK;
    if (!a->firm && json_array_size(a->payload) > 0)
        TRY(is_withdrawn(tx, call->id, call->trace, &closed));
    if (closed)
        withdrawn_failure(&f);
    else
        TRY(block_judge(tx, el, call->peer, &f, &closed));
    *open = !closed;
    return closed ? partner_refuse(p, tx, call->id, &f) : TSM_OK;
}

/* The asker hears at once when the element is not this owner's, so that it may look elsewhere. */
static enum tsm_err refuse(struct partners *p, struct tx *tx, int64_t call)
{
    struct failure f;
    failure_set(&f, OWNER_SEM, "compare the identifier of the secure element with the owner's inventory",
                "%s", err_cause());
    return partner_refuse(p, tx, call, &f);
}

static enum tsm_err with_call(const struct partner_call *call, struct asked *a, json_t **document)
{
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &o));
    e = json_fill(o, asked_rows, a);
    if (e != TSM_OK) {
        json_decref(o);
        return e;
    }
    *document = o;
    return TSM_OK;
}

static enum tsm_err accept_script(void *self, struct tx *tx, const struct partner_call *call)
{
    struct asked a = {0};
    struct element el;
    json_t *document;
    bool open = false;
    enum tsm_err e;
    TRY(with_call(call, &a, &document));
    e = element_of_json(tx, call->party, a.se, &el);
    if (e == TSM_OK)
        e = is_open(self, tx, call, &a, &el, &open);
    if (open && e == TSM_OK)
        e = take_script(self, tx, call, &a, &el);
    else if (e == TSM_NOT_FOUND)
        e = refuse(self, tx, call->id);
    json_decref(document);
    return e;
}

static enum tsm_err accept_begin(void *self, struct tx *tx, const struct partner_call *call)
{
    struct asked a = {0};
    struct element el;
    json_t *document;
    bool held = false, open = false;
    enum tsm_err e;
    TRY(with_call(call, &a, &document));
    e = element_of_json(tx, call->party, a.se, &el);
    if (e == TSM_OK)
        e = is_open(self, tx, call, &a, &el, &open);
    if (open && e == TSM_OK)
        e = line_hold(tx, el.id, a.holder, el.profile.answer_s, &held);
    json_decref(document);
    if (e == TSM_NOT_FOUND)
        return refuse(self, tx, call->id);
    TRY(e);
    if (!open)
        return TSM_OK;
    return partner_reply(self, tx, call->id, held ? "{\"held\":true}" : "{\"held\":false}");
}

static enum tsm_err accept_end(void *self, struct tx *tx, const struct partner_call *call)
{
    struct asked a = {0};
    struct element el;
    json_t *document;
    enum tsm_err e;
    TRY(with_call(call, &a, &document));
    e = element_of_json(tx, call->party, a.se, &el);
    if (e == TSM_OK)
        e = a.session[0] ? db_exec(tx, SQL_SERAM_END, a.session, el.id) : TSM_OK;
    if (e == TSM_OK)
        e = line_end(tx, el.id, a.holder);
    json_decref(document);
    if (e == TSM_NOT_FOUND)
        return refuse(self, tx, call->id);
    TRY(e);
    return partner_reply(self, tx, call->id, "{}");
}

enum tsm_err exchange_finish(struct partners *p, struct tx *tx, const struct exchange_end *end)
{
    enum tsm_err e = job_end(tx, end->job, JOB_DONE);
    if (e != TSM_OK) {
        json_decref(end->reply);
        return e;
    }
    TRY(partner_reply_json(p, tx, end->call, end->reply));
    return job_promote(tx, end->se);
}

enum tsm_err exchange_answer_partners(struct partners *p)
{
    TRY(withdraw_answer_partners(p));
    TRY(partners_add(p, &(struct partner_row){VERB_SEND_SCRIPT, accept_script, p}));
    TRY(partners_add(p, &(struct partner_row){VERB_BEGIN_CONVERSATION, accept_begin, p}));
    return partners_add(p, &(struct partner_row){VERB_END_CONVERSATION, accept_end, p});
}
