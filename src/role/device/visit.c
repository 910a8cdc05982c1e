/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of an agent, as units of work. Each batch is committed before it is answered; a repeated report is
 * known by the agent's cookie or its hash and answered with the same batch; a device that begins anew has
 * lost the batch it had. Station 9. Role. [GP SERAM 2.0.0, DESIGN 6]
 */
#include "role/device/visit.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "engine/element/element.h"
#include "engine/note.h"

/* starting: Start was given, and the agent has not yet shown that it came. */
enum session_state { SESSION_ANNOUNCED, SESSION_GREETED, SESSION_OVER, SESSION_RUNNING, SESSION_STARTING };
enum {
    DELAY_NEXT_MS = 0,
    DELAY_POLL_MS = 100,
    DELAY_TROUBLE_MS = 500,
    DELAY_CROWD_MS = 1000,
    APDU_HEX_MAX = 2 * 65538
};

enum tsm_err visit_begin(struct visit *v)
{
    const struct seram_report *r = v->report;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool fine = c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) &&
                EVP_DigestUpdate(c, &r->status, sizeof r->status) &&
                EVP_DigestUpdate(c, &r->executed, sizeof r->executed);
    for (size_t i = 0; fine && i < r->answers.n; i++)
        fine = EVP_DigestUpdate(c, &r->answers.at[i].len, sizeof r->answers.at[i].len) &&
               EVP_DigestUpdate(c, r->answers.at[i].at, r->answers.at[i].len);
    fine = fine && EVP_DigestFinal_ex(c, v->hash, NULL);
    EVP_MD_CTX_free(c);
    return fine ? TSM_OK : FAIL(NO_MEMORY, "no memory to hash the report");
}

static enum tsm_err load_session(struct tx *tx, struct visit *v)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SERAM_GET, v->session_id);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "there is no such session");
    TRY(e);
    v->party = db_int(&r, 0);
    v->se = db_int(&r, 1);
    v->state = db_int(&r, 2);
    if (db_int(&r, 3) < tx_now(tx))
        return FAIL(NOT_FOUND, "the session has expired with its order");
    return TSM_OK;
}

/* The exchange that this element has in hand; NOT_FOUND when there is none. */
struct in_hand {
    int64_t id;
    uint8_t trace[TRACE_LEN];
    struct bytes body, delivered; /* delivered: hash of the report that was answered with it */
};

static enum tsm_err find_exchange(struct tx *tx, struct visit *v, struct in_hand *x)
{
    ROWS r = {0};
    size_t n;
    TRY(db_first(tx, &r, SQL_EXCHANGE_OF_SE, v->se));
    x->id = db_int(&r, 0);
    TRY(bytes_keep(db_blob(&r, 2), x->trace, sizeof x->trace, &n));
    x->body = arena_copy(&v->arena, db_blob(&r, 4));
    x->delivered = arena_copy(&v->arena, db_blob(&r, 5));
    NEED(x->body.at && x->delivered.at, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err finish(struct tx *tx, struct visit *v, const struct in_hand *x, json_t *reply)
{
    struct exchange ex;
    json_t *document;
    enum tsm_err e = exchange_read(x->body, &ex, &document);
    if (e != TSM_OK) {
        json_decref(reply);
        return e;
    }
    e = exchange_finish(v->partners, tx, &(struct exchange_end){x->id, v->se, ex.call, reply});
    json_decref(document);
    return e;
}

static json_t *answers_json(const struct seram_report *r)
{
    char *text = malloc(APDU_HEX_MAX + 1);
    json_t *list = text ? json_array() : NULL; /* NULL: no report, rather than one of lost answers */
    for (size_t i = 0; list && i < r->answers.n; i++) {
        if (r->answers.at[i].len < 2 || r->answers.at[i].len > APDU_HEX_MAX / 2)
            break; /* no answer available: the rest counts as lost */
        json_array_append_new(list, json_string(hex_text(r->answers.at[i], text)));
    }
    free(text);
    return json_pack("{so}", "answers", list);
}

static bool is_failure(const struct seram_report *r)
{
    return r->status != SERAM_POLLING && r->status != SERAM_PROCESSED;
}

/* The agent never saw this batch: the answer was lost, and it says again what it said before. Without a
 * cookie two failures look alike; they count as two, since a batch that was not seen may be called lost. */
static bool is_repeated(const struct visit *v, const struct in_hand *x)
{
    const struct seram_report *r = v->report;
    if (r->batch)
        return r->batch != x->id;
    if (r->answers.n == 0 && is_failure(r))
        return false;
    return bytes_equal(x->delivered, BYTES(v->hash));
}

/* What the report says of the batch that the agent was given. */
static enum tsm_err take_report(struct tx *tx, struct visit *v)
{
    struct in_hand x;
    const struct seram_report *r = v->report;
    enum tsm_err e = find_exchange(tx, v, &x);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    if (x.delivered.len == 0 || is_repeated(v, &x))
        return TSM_OK;        /* not given out yet, or to be given again */
    v->pause = is_failure(r); /* an element that is away may be back in a moment */
    if (r->answers.n)
        return finish(tx, v, &x, answers_json(r));
    return finish(tx, v, &x, exchange_lost(r->error[0] ? r->error : "the agent came back without answers"));
}

static enum tsm_err read_payload(struct visit *v, const struct in_hand *x)
{
    struct exchange ex;
    json_t *document, *item;
    size_t i;
    enum tsm_err e;
    TRY(exchange_read(x->body, &ex, &document));
    v->n = 0;
    e = TSM_OK;
    json_array_foreach(ex.payload, i, item)
    {
        const char *text = json_string_value(item);
        size_t len = text ? strlen(text) / 2 : 0;
        uint8_t *at = arena_get(&v->arena, len + 1);
        if (e == TSM_OK)
            e = at && text ? hex_read(text, at, len, &len) : FAIL(NO_MEMORY, "no memory for a batch");
        if (e == TSM_OK)
            v->payload[v->n++] = BYTES_OF(at, len);
    }
    json_decref(document);
    return e;
}

static enum tsm_err give_batch(struct tx *tx, struct visit *v)
{
    struct in_hand x;
    enum tsm_err e = find_exchange(tx, v, &x);
    char text[120];
    struct note n = {.party = v->party, .station = 9, .role = "device", .step = "CARRY", .text = text};
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    TRY(read_payload(v, &x));
    v->found = true;
    v->batch = x.id;
    if (x.delivered.len)
        return TSM_OK;
    snprintf(text, sizeof text, "%zu commands to the agent on the device", v->n);
    n.trace = BYTES(x.trace);
    TRY(note_add(tx, &n));
    return db_exec_one(tx, SQL_JOB_SET_PROGRESS, x.id, BYTES(v->hash));
}

/* The first answer says Start, until the agent does not say any more that it was sent nothing: a crash here
 * would else leave an agent that refuses every command. [localAgentStatusEnum: POLLING] */
static enum tsm_err start_session(struct tx *tx, struct visit *v)
{
    bool begun = v->state == SESSION_STARTING && v->report->status != SERAM_POLLING;
    int64_t next = begun ? SESSION_RUNNING : SESSION_STARTING;
    if (v->state == SESSION_RUNNING)
        return TSM_OK;
    v->start = !begun;
    return next == v->state ? TSM_OK : db_exec(tx, SQL_SERAM_SET_STATE, v->session_id, next);
}

enum tsm_err visit_report(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    TRY(load_session(tx, v));
    TRY(take_report(tx, v));
    v->over = v->state == SESSION_OVER;
    if (v->over)
        return TSM_OK;
    TRY(start_session(tx, v));
    return v->pause ? TSM_OK : give_batch(tx, v);
}

/* A read that costs the writer nothing: most of what wakes a held poll is another element's. */
enum tsm_err visit_look(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    ROWS r = {0};
    enum tsm_err e;
    TRY(load_session(tx, v));
    e = db_first(tx, &r, SQL_EXCHANGE_OF_SE, v->se);
    v->news = e == TSM_OK || v->state == SESSION_OVER;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A session that the platform cuts when it is silent gets something to do in time. Before it has begun, there
 * is none to cut. */
enum tsm_err visit_guard(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    struct element el;
    enum tsm_err e = element_by_id(tx, v->party, v->se, &el);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    v->hold_ms = profile_hold_ms(&el.profile);
    return v->hold_ms == 0 ? TSM_OK
                           : bytes_keep(BYTES_OF(el.profile.keep_alive, el.profile.keep_alive_len),
                                        v->keep_alive, sizeof v->keep_alive, &v->keep_alive_len);
}

static enum tsm_err keep_alive(const struct visit *v, struct seram_order *next)
{
    if (v->keep_alive_len == 0)
        return TSM_OK;
    TRY(seram_order_add(next, SERAM_SCRIPT));
    return seram_order_apdu(next, BYTES_OF(v->keep_alive, v->keep_alive_len));
}

enum tsm_err visit_order(const struct visit *v, struct seram_order *next)
{
    next->batch = v->batch;
    next->delay_ms = v->found     ? DELAY_NEXT_MS
                     : v->pause   ? DELAY_TROUBLE_MS
                     : v->crowded ? DELAY_CROWD_MS
                                  : DELAY_POLL_MS;
    if (v->start)
        TRY(seram_order_add(next, SERAM_START));
    if (v->over)
        return seram_order_add(next, SERAM_STOP);
    if (!v->found)
        return v->pause ? TSM_OK : keep_alive(v, next);
    TRY(seram_order_add(next, SERAM_SCRIPT));
    for (size_t i = 0; i < v->n; i++)
        TRY(seram_order_apdu(next, v->payload[i]));
    return TSM_OK;
}

/* A new handshake: the agent began anew, so a batch it had is lost. */
enum tsm_err visit_greet(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    struct in_hand x;
    enum tsm_err e;
    TRY(load_session(tx, v));
    if (v->state == SESSION_OVER)
        return TSM_OK;
    TRY(db_exec(tx, SQL_SERAM_SET_STATE, v->session_id, (int64_t)SESSION_GREETED));
    e = find_exchange(tx, v, &x);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    return x.delivered.len ? finish(tx, v, &x, exchange_lost("the agent began its session anew")) : TSM_OK;
}
