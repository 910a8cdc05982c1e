/* SPDX-License-Identifier: Apache-2.0 */
/* SERAM sessions: polls held until there is work, exchanges that nobody fetched. Station 9. Role. [GP
 * SERAM 2.0.0] */
#include "role/device/device.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "role/device/visit.h"

struct device {
    struct device_config c;
    struct seram_port port;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint64_t notes;
    unsigned held; /* polls that wait now */
    bool stopping;
};

/* A poll that found nothing waits for a commit that made work due (true), or for the end of its time. When
 * too many wait already it does not: each of them keeps a worker of the listener. */
static bool wait_for_work(struct device *d, struct visit *v, uint64_t *seen, const struct timespec *until)
{
    bool more;
    pthread_mutex_lock(&d->lock);
    v->crowded = d->held >= d->c.held_max;
    if (!v->crowded) {
        d->held++;
        while (d->notes == *seen && !d->stopping)
            if (pthread_cond_clockwait(&d->wake, &d->lock, CLOCK_MONOTONIC, until) == ETIMEDOUT)
                break;
        d->held--;
    }
    more = d->notes != *seen && !d->stopping;
    *seen = d->notes;
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

static struct timespec in_ms(unsigned ms)
{
    return clock_after((time_us)ms * 1000);
}

static struct timespec sooner(struct timespec t, int64_t ms)
{
    t.tv_sec -= (time_t)(ms / 1000);
    t.tv_nsec -= (long)(ms % 1000) * 1000000;
    if (t.tv_nsec < 0) {
        t.tv_sec--;
        t.tv_nsec += 1000000000;
    }
    return t;
}

static enum tsm_err next_batch(struct device *d, struct visit *v, unsigned wait_ms)
{
    struct timespec until = in_ms(wait_ms);
    for (bool first = true;; first = false) {
        uint64_t seen = notes_of(d);
        bool start = v->start;
        TRY(store_write(d->c.store, visit_report, v));
        v->start = v->start || start;
        if (v->found || v->over || v->pause)
            return TSM_OK;
        if (first)
            TRY(store_read(d->c.store, visit_guard, v));
        if (first && v->hold_ms && v->hold_ms < (int64_t)wait_ms)
            until = sooner(until, wait_ms - v->hold_ms); /* the silence began before the report was stored */
        do {
            if (!wait_for_work(d, v, &seen, &until))
                return TSM_OK;
            TRY(store_read(d->c.store, visit_look, v));
        } while (!v->news);
    }
}

static enum tsm_err report(void *self, const char *session_id, const struct seram_report *r,
                           struct seram_order *next, unsigned wait_ms)
{
    struct device *d = self;
    struct visit v = {.partners = d->c.partners, .session_id = session_id, .report = r};
    enum tsm_err e;
    TRY(visit_begin(&v));
    e = next_batch(d, &v, wait_ms);
    if (e == TSM_OK)
        e = visit_order(&v, next);
    arena_drop(&v.arena);
    return e;
}

static enum tsm_err handshake(void *self, const char *session_id, const struct seram_element *elements,
                              size_t n)
{
    struct device *d = self;
    struct visit v = {.partners = d->c.partners, .session_id = session_id};
    enum tsm_err e;
    (void)elements; /* hints: the element is proved by the channel's cryptogram */
    (void)n;
    e = store_write(d->c.store, visit_greet, &v);
    arena_drop(&v.arena);
    return e;
}

static void noted(void *arg, unsigned about)
{
    struct device *d = arg;
    (void)about;
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
    d->c.held_max = config->held_max ? config->held_max : DEVICE_HELD_MAX;
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
    int64_t call;
    TRY(exchange_read(job->body, &ex, &document));
    call = ex.call;
    json_decref(document);
    return partner_reply_json(
        d->c.partners, tx, call,
        exchange_lost(job->progress.len ? "the agent did not come back in time" : "no agent came in time"));
}

struct step_row device_row(struct device *d)
{
    return (struct step_row){
        .kind = JOB_EXCHANGE_DEVICE, .name = "exchange-device", .work = work, .commit = commit, .self = d};
}
