/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges: accepted from partners, held in line per element, finished with a reply. Stations 8 and 9. Edge.
 */
#include "engine/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

struct asked {
    json_t *se, *payload;
    char session[40], holder[HOLDER_MAX + 1];
};

static const struct json_row asked_rows[] = {
    {"se", JSON_VALUE, offsetof(struct asked, se), 0, 0, JSON_NEEDED, NULL},
    {"payload", JSON_VALUE, offsetof(struct asked, payload), 0, 0, JSON_OPTIONAL, NULL},
    {"session", JSON_TEXT, offsetof(struct asked, session), 0, 39, JSON_OPTIONAL, NULL},
    {"holder", JSON_TEXT, offsetof(struct asked, holder), 1, HOLDER_MAX, JSON_NEEDED, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

enum tsm_err exchange_read(struct bytes body, struct exchange *out, json_t **document)
{
    json_t *o;
    TRY(json_read(body, &o));
    *out = (struct exchange){.call = json_integer_value(json_object_get(o, "call")),
                             .msisdn = json_member(o, "msisdn"),
                             .session = json_member(o, "session"),
                             .holder = json_member(o, "holder"),
                             .payload = json_object_get(o, "payload"),
                             .answer_s = json_integer_value(json_object_get(o, "answer_s")),
                             .concat = (int)json_integer_value(json_object_get(o, "concat"))};
    *document = o;
    return TSM_OK;
}

/* Takes or renews the hold on an element; *held false: another conversation has it. */
static enum tsm_err hold(struct tx *tx, int64_t se, const char *holder, bool *held)
{
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_CONVERSATION_GET, se);
        *held = e == TSM_NOT_FOUND ||
                (e == TSM_OK && (!strcmp(db_text(&r, 0), holder) || db_int(&r, 1) <= tx_now(tx)));
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
    }
    return *held ? db_exec(tx, SQL_CONVERSATION_SET, se, holder, tx_now(tx) + SECONDS(CONVERSATION_LEASE_S))
                 : TSM_OK;
}

static enum tsm_err add_exchange(struct tx *tx, const struct partner_call *call, const struct asked *a,
                                 const struct element *el)
{
    bool sms = el->profile.bearer == BEARER_SMS, held;
    json_t *o = json_pack("{sI ss ss ss sO sI si}", "call", (json_int_t)call->id, "msisdn", el->msisdn,
                          "session", a->session, "holder", a->holder, "payload", a->payload, "answer_s",
                          (json_int_t)el->profile.answer_s, "concat", el->profile.concat);
    char *text = o ? json_text(o) : NULL;
    struct job_new job = {.kind = sms ? JOB_EXCHANGE_SMS : JOB_EXCHANGE_DEVICE,
                          .party = call->party,
                          .se = el->id,
                          .ref = call->id,
                          .trace = call->trace,
                          .key = call->key};
    int64_t id;
    enum tsm_err e;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = hold(tx, el->id, a->holder, &held);
    job.body = bytes_of_text(text);
    /* A device fetches its exchange; a short message is sent by the engine. Waiting ones look again when the
     * lease is over. */
    job.state = !held ? JOB_WAITING : sms ? JOB_READY : JOB_SENT;
    job.due = !held ? tx_now(tx) + SECONDS(CONVERSATION_LEASE_S)
              : sms ? tx_now(tx)
                    : tx_now(tx) + SECONDS(el->profile.answer_s);
    job.deadline = tx_now(tx) + SECONDS(el->profile.answer_s);
    if (e == TSM_OK)
        e = job_add(tx, &job, &id);
    free(text);
    return e;
}

/* Who only listens may find that the answer was faster than the question. */
static enum tsm_err answer_from_stray(struct partners *p, struct tx *tx, const struct partner_call *call,
                                      const struct element *el, bool *answered)
{
    char *text = NULL;
    enum tsm_err e;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_STRAY_GET, el->id, tx_now(tx) - SECONDS(el->profile.answer_s));
        if (e == TSM_OK)
            text = strdup(db_text(&r, 0));
        else if (e != TSM_NOT_FOUND)
            return e;
    }
    *answered = text != NULL;
    e = text ? partner_reply(p, tx, call->id, text) : TSM_OK;
    free(text);
    TRY(e);
    return db_exec(tx, SQL_STRAY_DELETE, el->id);
}

static enum tsm_err take_script(struct partners *p, struct tx *tx, const struct partner_call *call,
                                const struct asked *a, const struct element *el)
{
    bool answered = false;
    if (!json_is_array(a->payload) || json_array_size(a->payload) > EXCHANGE_PAYLOAD_MAX)
        return FAIL_FIELD(BAD_VALUE, "payload", "payload is a list of at most %d", EXCHANGE_PAYLOAD_MAX);
    if (json_array_size(a->payload) == 0)
        TRY(answer_from_stray(p, tx, call, el, &answered));
    else
        TRY(db_exec(tx, SQL_STRAY_DELETE, el->id));
    return answered ? TSM_OK : add_exchange(tx, call, a, el);
}

/* The asker hears at once when the element is not this owner's, so that it may look elsewhere. */
static enum tsm_err refuse(struct partners *p, struct tx *tx, int64_t call, const char *reason)
{
    json_t *o = json_pack("{s{ss ss ss}}", "failure", "owner", "SEM", "reason", reason, "next_action",
                          "compare the identifier of the secure element with the owner's inventory");
    char *text = o ? json_text(o) : NULL;
    enum tsm_err e;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = partner_reply(p, tx, call, text);
    free(text);
    return e;
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
    enum tsm_err e;
    TRY(with_call(call, &a, &document));
    e = element_of_json(tx, call->party, a.se, &el);
    if (e == TSM_OK)
        e = take_script(self, tx, call, &a, &el);
    else if (e == TSM_NOT_FOUND)
        e = refuse(self, tx, call->id, err_cause());
    json_decref(document);
    return e;
}

static enum tsm_err accept_begin(void *self, struct tx *tx, const struct partner_call *call)
{
    struct asked a = {0};
    struct element el;
    json_t *document;
    bool held = false;
    enum tsm_err e;
    TRY(with_call(call, &a, &document));
    e = element_of_json(tx, call->party, a.se, &el);
    if (e == TSM_OK)
        e = hold(tx, el.id, a.holder, &held);
    json_decref(document);
    if (e == TSM_NOT_FOUND)
        return refuse(self, tx, call->id, err_cause());
    TRY(e);
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
        e = db_exec(tx, SQL_CONVERSATION_END, el.id, a.holder);
    if (e == TSM_OK && a.session[0])
        e = db_exec(tx, SQL_SERAM_END, a.session);
    if (e == TSM_OK)
        e = job_promote(tx, el.id);
    json_decref(document);
    if (e == TSM_NOT_FOUND)
        return refuse(self, tx, call->id, err_cause());
    TRY(e);
    return partner_reply(self, tx, call->id, "{}");
}

enum tsm_err exchange_finish(struct partners *p, struct tx *tx, int64_t job, int64_t se, int64_t call,
                             json_t *reply)
{
    char *text = reply ? json_text(reply) : NULL;
    enum tsm_err e = job_end(tx, job, JOB_DONE);
    json_decref(reply);
    if (e == TSM_OK)
        e = text ? partner_reply(p, tx, call, text) : FAIL(NO_MEMORY, "no memory for a reply");
    free(text);
    TRY(e);
    return job_promote(tx, se);
}

enum tsm_err exchange_sweep(struct tx *tx)
{
    return db_exec(tx, SQL_EXCHANGE_SWEEP, tx_now(tx));
}

enum tsm_err exchange_answer_partners(struct partners *p)
{
    TRY(partners_add(p, &(struct partner_row){VERB_SEND_SCRIPT, accept_script, p}));
    TRY(partners_add(p, &(struct partner_row){VERB_BEGIN_CONVERSATION, accept_begin, p}));
    return partners_add(p, &(struct partner_row){VERB_END_CONVERSATION, accept_end, p});
}
