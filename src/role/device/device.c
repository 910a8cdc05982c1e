/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SERAM sessions and their exchanges. Each batch is committed before it is answered; a repeated report is
 * known by its hash and answered with the same batch; a device that begins anew has lost the batch it had.
 * Station 9. Role. [GP SERAM 2.0.0, DESIGN 6]
 */
#include "role/device/device.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "engine/exchange.h"
#include "engine/note.h"

enum session_state { SESSION_ANNOUNCED, SESSION_GREETED, SESSION_OVER, SESSION_RUNNING };
enum { HASH_LEN = 32, DELAY_NEXT_MS = 0, DELAY_POLL_MS = 100, APDU_HEX_MAX = 2 * 65538 };

struct device {
    struct device_config c;
    struct seram_port port;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint64_t notes;
    bool stopping;
};

/* One call of the agent. */
struct visit {
    struct device *d;
    const char *session_id;
    const struct seram_report *report;
    uint8_t hash[HASH_LEN];
    int64_t party, se, state;
    bool start, over, found;
    struct arena arena;
    struct bytes payload[EXCHANGE_PAYLOAD_MAX];
    size_t n;
};

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
    e = exchange_finish(v->d->c.partners, tx, x->id, v->se, ex.call, reply);
    json_decref(document);
    return e;
}

static json_t *lost_json(const char *reason)
{
    return json_pack("{sb ss}", "lost", 1, "reason", reason);
}

static json_t *answers_json(const struct seram_report *r)
{
    char *text = malloc(APDU_HEX_MAX + 1);
    json_t *list = json_array();
    for (size_t i = 0; text && list && i < r->answers.n; i++) {
        if (r->answers.at[i].len < 2 || r->answers.at[i].len > APDU_HEX_MAX / 2)
            break; /* no answer available: the rest counts as lost */
        json_array_append_new(list, json_string(hex_text(r->answers.at[i], text)));
    }
    free(text);
    return json_pack("{so}", "answers", list);
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
    if (x.delivered.len == 0 || bytes_equal(x.delivered, BYTES(v->hash)))
        return TSM_OK; /* not given out yet, or the same report again: the batch is given again */
    if (r->answers.n)
        return finish(tx, v, &x, answers_json(r));
    return finish(tx, v, &x, lost_json(r->error[0] ? r->error : "the agent came back without answers"));
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
    if (x.delivered.len)
        return TSM_OK;
    snprintf(text, sizeof text, "%zu commands to the agent on the device", v->n);
    n.trace = BYTES(x.trace);
    TRY(note_add(tx, &n));
    return db_exec_one(tx, SQL_JOB_SET_PROGRESS, x.id, BYTES(v->hash));
}

static enum tsm_err visit_unit(struct tx *tx, void *arg)
{
    struct visit *v = arg;
    TRY(load_session(tx, v));
    TRY(take_report(tx, v));
    v->over = v->state == SESSION_OVER;
    if (v->over)
        return TSM_OK;
    v->start = v->state != SESSION_RUNNING;
    if (v->start)
        TRY(db_exec(tx, SQL_SERAM_SET_STATE, v->session_id, (int64_t)SESSION_RUNNING));
    return give_batch(tx, v);
}

/* A poll that found nothing waits for a commit that made work due, or for the end of its time. */
static bool wait_for_work(struct device *d, uint64_t seen, const struct timespec *until)
{
    bool more;
    pthread_mutex_lock(&d->lock);
    while (d->notes == seen && !d->stopping)
        if (pthread_cond_timedwait(&d->wake, &d->lock, until) == ETIMEDOUT)
            break;
    more = d->notes != seen && !d->stopping;
    pthread_mutex_unlock(&d->lock);
    return more;
}

static uint64_t notes_of(struct device *d)
{
    uint64_t n;
    pthread_mutex_lock(&d->lock);
    n = d->notes;
    pthread_mutex_unlock(&d->lock);
    return n;
}

static enum tsm_err fill_order(const struct visit *v, struct seram_order *next)
{
    next->delay_ms = v->found ? DELAY_NEXT_MS : DELAY_POLL_MS;
    if (v->start)
        TRY(seram_order_add(next, SERAM_START));
    if (v->over)
        return seram_order_add(next, SERAM_STOP);
    if (!v->found)
        return TSM_OK;
    TRY(seram_order_add(next, SERAM_SCRIPT));
    for (size_t i = 0; i < v->n; i++)
        TRY(seram_order_apdu(next, v->payload[i]));
    return TSM_OK;
}

static enum tsm_err hash_report(const struct seram_report *r, uint8_t hash[HASH_LEN])
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool fine = c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) &&
                EVP_DigestUpdate(c, &r->status, sizeof r->status) &&
                EVP_DigestUpdate(c, &r->executed, sizeof r->executed);
    for (size_t i = 0; fine && i < r->answers.n; i++)
        fine = EVP_DigestUpdate(c, &r->answers.at[i].len, sizeof r->answers.at[i].len) &&
               EVP_DigestUpdate(c, r->answers.at[i].at, r->answers.at[i].len);
    fine = fine && EVP_DigestFinal_ex(c, hash, NULL);
    EVP_MD_CTX_free(c);
    return fine ? TSM_OK : FAIL(CRYPTO_FAILED, "the report could not be hashed");
}

static enum tsm_err report(void *self, const char *session_id, const struct seram_report *r,
                           struct seram_order *next, unsigned wait_ms)
{
    struct device *d = self;
    struct visit v = {.d = d, .session_id = session_id, .report = r};
    struct timespec until;
    enum tsm_err e;
    TRY(hash_report(r, v.hash));
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    for (;;) {
        uint64_t seen = notes_of(d);
        bool start = v.start;
        e = store_write(d->c.store, visit_unit, &v);
        v.start = v.start || start;
        if (e != TSM_OK || v.found || v.over || !wait_for_work(d, seen, &until))
            break;
    }
    if (e == TSM_OK)
        e = fill_order(&v, next);
    arena_drop(&v.arena);
    return e;
}

/* A new handshake: the agent began anew, so a batch it had is lost. */
static enum tsm_err greet_unit(struct tx *tx, void *arg)
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
    return x.delivered.len ? finish(tx, v, &x, lost_json("the agent began its session anew")) : TSM_OK;
}

static enum tsm_err handshake(void *self, const char *session_id, const struct seram_element *elements,
                              size_t n)
{
    struct device *d = self;
    struct visit v = {.d = d, .session_id = session_id};
    enum tsm_err e;
    (void)elements; /* hints: the element is proved by the channel's cryptogram */
    (void)n;
    e = store_write(d->c.store, greet_unit, &v);
    arena_drop(&v.arena);
    return e;
}

static void noted(void *arg)
{
    struct device *d = arg;
    pthread_mutex_lock(&d->lock);
    d->notes++;
    pthread_cond_broadcast(&d->wake);
    pthread_mutex_unlock(&d->lock);
}

enum tsm_err device_new(const struct device_config *config, struct device **out)
{
    struct device *d = calloc(1, sizeof *d);
    NEED(d != NULL, NO_MEMORY);
    d->c = *config;
    d->port =
        (struct seram_port){.self = d, .handshake = handshake, .report = report, .wait_ms = config->wait_ms};
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->wake, NULL);
    *out = d;
    return store_on_note(config->store, noted, d);
}

void device_stop(struct device *d)
{
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_broadcast(&d->wake);
    pthread_mutex_unlock(&d->lock);
}

void device_free(struct device *d)
{
    if (!d)
        return;
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->wake);
    free(d);
}

struct seram_port *device_port(struct device *d)
{
    return &d->port;
}

/* The engine only sees an exchange when its time is over: the agent never came, or never came back. */
static enum tsm_err work(void *self, struct job *job)
{
    (void)self;
    job->next.state = JOB_DONE;
    return TSM_OK;
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct device *d = self;
    struct exchange ex;
    json_t *document;
    char *text;
    enum tsm_err e;
    TRY(exchange_read(job->body, &ex, &document));
    json_t *reply =
        lost_json(job->progress.len ? "the agent did not come back in time" : "no agent came in time");
    text = json_dumps(reply, JSON_COMPACT);
    e = text ? partner_reply(d->c.partners, tx, ex.call, text) : FAIL(NO_MEMORY, "no memory for a reply");
    free(text);
    json_decref(reply);
    json_decref(document);
    return e;
}

struct step_row device_row(struct device *d)
{
    return (struct step_row){
        .kind = JOB_EXCHANGE_DEVICE, .name = "exchange-device", .work = work, .commit = commit, .self = d};
}
