/* SPDX-License-Identifier: Apache-2.0 */
/* An exchange's end as a unit of work, and the acknowledgement behind its commit. Stations 9 and 10. Role. */
#include "role/ota/ending.h"

#include <stdio.h>
#include <stdlib.h>

#include "role/ota/inside.h"

/* One ending under way. */
struct ending {
    struct ota *o;
    json_t *reply;
    struct smpp_ticket ticket;
    int64_t job;
    char msisdn[SMS_SOURCE_MAX + 2]; /* perhaps with its plus sign */
    struct reassembly message;       /* total 0: none */
};

void endings_init(struct endings *e)
{
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->none, NULL);
}

void endings_close(struct endings *e)
{
    pthread_mutex_lock(&e->lock);
    e->closing = true;
    pthread_mutex_unlock(&e->lock);
}

void endings_finish(struct endings *e)
{
    pthread_mutex_lock(&e->lock);
    while (e->under_way)
        pthread_cond_wait(&e->none, &e->lock);
    pthread_mutex_unlock(&e->lock);
    pthread_cond_destroy(&e->none);
    pthread_mutex_destroy(&e->lock);
}

static const char *digits_of(const char *msisdn)
{
    return msisdn[0] == '+' ? msisdn + 1 : msisdn;
}

static enum tsm_err finish(struct tx *tx, struct ending *e, int64_t job, int64_t se, struct bytes body)
{
    struct exchange ex;
    json_t *document;
    enum tsm_err err;
    TRY(exchange_read(body, &ex, &document));
    err = exchange_finish(e->o->c.partners, tx,
                          &(struct exchange_end){job, se, ex.call, json_incref(e->reply)});
    json_decref(document);
    return err;
}

/* Nobody waits at this moment: a second proof of the same packet may be ahead of the question for it. The
 * newest one is kept. */
static enum tsm_err keep_stray(struct tx *tx, struct ending *e)
{
    int64_t se;
    char *text;
    enum tsm_err err;
    {
        ROWS r = {0};
        err = db_first(tx, &r, SQL_SE_ID_BY_MSISDN, digits_of(e->msisdn));
        if (err != TSM_OK)
            return err == TSM_NOT_FOUND ? TSM_OK : err; /* a stranger */
        se = db_int(&r, 0);
    }
    text = json_text(e->reply);
    NEED(text != NULL, NO_MEMORY);
    err = db_exec(tx, SQL_STRAY_SET, se, tx_now(tx), text);
    free(text);
    return err;
}

static enum tsm_err end_by_number(struct tx *tx, struct ending *e)
{
    struct arena arena = {0};
    struct bytes body;
    int64_t job, se;
    enum tsm_err err;
    {
        ROWS r = {0};
        err = db_first(tx, &r, SQL_EXCHANGE_OF_MSISDN, digits_of(e->msisdn));
        if (err == TSM_NOT_FOUND)
            return keep_stray(tx, e);
        TRY(err);
        job = db_int(&r, 0);
        se = db_int(&r, 1);
        body = arena_copy(&arena, db_blob(&r, 3));
    }
    err = body.at ? finish(tx, e, job, se, body) : FAIL(NO_MEMORY, "no memory for an exchange");
    arena_drop(&arena);
    return err;
}

static enum tsm_err end_by_job(struct tx *tx, struct ending *e)
{
    struct arena arena = {0};
    struct bytes body;
    int64_t se;
    enum tsm_err err;
    {
        ROWS r = {0};
        err = db_first(tx, &r, SQL_EXCHANGE_BY_ID, e->job);
        if (err == TSM_NOT_FOUND)
            return TSM_OK; /* it is over */
        TRY(err);
        se = db_int(&r, 0);
        body = arena_copy(&arena, db_blob(&r, 1));
    }
    err = body.at ? finish(tx, e, e->job, se, body) : FAIL(NO_MEMORY, "no memory for an exchange");
    arena_drop(&arena);
    return err;
}

static enum tsm_err end_exchange(struct tx *tx, void *arg)
{
    struct ending *e = arg;
    return e->job ? end_by_job(tx, e) : end_by_number(tx, e);
}

/* Its last segment comes again and completes the message once more, unless a newer one has come meanwhile.
 * The caller holds the pool's lock. */
static void give_back(struct ota *o, const char *msisdn, const struct reassembly *message)
{
    struct reassembly *r;
    if (message->total && reassembly_for(&o->pool, msisdn, clock_now(o->c.clock), &r) == TSM_OK && !r->total)
        *r = *message;
}

static void ended(void *arg, enum tsm_err result)
{
    struct ending *e = arg;
    struct ota *o = e->o;
    json_decref(e->reply);
    pthread_mutex_lock(&o->endings.lock);
    if (result != TSM_OK)
        give_back(o, e->msisdn, &e->message);
    if (!o->endings.closing)
        smpp_link_settle(o->link, e->ticket, result);
    free(e);
    if (--o->endings.under_way == 0)
        pthread_cond_signal(&o->endings.none);
    pthread_mutex_unlock(&o->endings.lock);
}

/* Proofs of one number keep their order: 0 sorts nobody. */
enum { IN_ORDER = 0 };

void ending_begin(struct ota *o, const struct heard *heard)
{
    struct ending *e = heard->reply ? calloc(1, sizeof *e) : NULL;
    enum tsm_err result;
    if (!e) {
        json_decref(heard->reply);
        pthread_mutex_lock(&o->endings.lock);
        if (heard->message)
            give_back(o, heard->msisdn, heard->message);
        pthread_mutex_unlock(&o->endings.lock);
        smpp_link_settle(o->link, heard->ticket, TSM_NO_MEMORY);
        return;
    }
    *e = (struct ending){.o = o, .reply = heard->reply, .ticket = heard->ticket, .job = heard->job};
    if (heard->msisdn)
        snprintf(e->msisdn, sizeof e->msisdn, "%s", heard->msisdn);
    if (heard->message)
        e->message = *heard->message;
    pthread_mutex_lock(&o->endings.lock);
    o->endings.under_way++;
    pthread_mutex_unlock(&o->endings.lock);
    result = store_submit(o->c.store, end_exchange, e, IN_ORDER, ended);
    if (result != TSM_OK)
        ended(e, result);
}
