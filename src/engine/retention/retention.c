/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that takes away what is over, and how it keeps out of the way. Station 12. Edge. */
#include "engine/retention/retention.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/retention/prune.h"

struct retention {
    struct retention_config c;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool started, stopping;
};

static enum tsm_err judge_days(const char *name, int64_t days)
{
    if (days < RETENTION_DAYS_MIN || days > RETENTION_DAYS_MAX)
        return FAIL_FIELD(BAD_VALUE, name, "%s must be %d to %d days", name, RETENTION_DAYS_MIN,
                          RETENTION_DAYS_MAX);
    return TSM_OK;
}

enum tsm_err retention_new(const struct retention_config *config, struct retention **out)
{
    struct retention *r;
    TRY(judge_days("keep_jobs_days", config->days.jobs));
    TRY(judge_days("keep_messages_days", config->days.messages));
    TRY(judge_days("keep_sessions_days", config->days.sessions));
    TRY(judge_days("keep_orders_days", config->days.orders));
    r = calloc(1, sizeof *r);
    NEED(r != NULL, NO_MEMORY);
    r->c = *config;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wake, NULL);
    *out = r;
    return TSM_OK;
}

enum tsm_err retention_turn(struct retention *r, size_t *removed)
{
    struct prune p = {.store = r->c.store, .days = r->c.days, .now = clock_now(r->c.clock)};
    *removed = 0;
    for (int i = 0; i < PRUNE_KINDS; i++) {
        size_t n;
        TRY(prune_batch(&p, (enum prune_kind)i, &n));
        *removed += n;
    }
    return TSM_OK;
}

static int64_t ticks_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000 + t.tv_nsec / 1000;
}

/* False when it is to end. */
static bool rest(struct retention *r, int64_t us)
{
    struct timespec until = clock_after(us);
    bool go_on;
    pthread_mutex_lock(&r->lock);
    while (!r->stopping && pthread_cond_clockwait(&r->wake, &r->lock, CLOCK_MONOTONIC, &until) == 0)
        continue;
    go_on = !r->stopping;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static void *look_after(void *arg)
{
    struct retention *r = arg;
    enum tsm_err before = TSM_OK, e;
    int64_t began, took, pause;
    size_t removed;
    do {
        began = ticks_us();
        e = retention_turn(r, &removed);
        took = ticks_us() - began;
        if (e != TSM_OK && before == TSM_OK && r->c.stuck)
            r->c.stuck(e, err_cause());
        before = e;
        pause = took * RETENTION_REST > RETENTION_PAUSE_MS * 1000 ? took * RETENTION_REST
                                                                  : RETENTION_PAUSE_MS * 1000;
    } while (rest(r, e == TSM_OK && removed ? pause : SECONDS(RETENTION_PERIOD_S)));
    return NULL;
}

enum tsm_err retention_start(struct retention *r)
{
    r->started = pthread_create(&r->thread, NULL, look_after, r) == 0;
    return r->started ? TSM_OK : FAIL(NO_MEMORY, "the thread of the retention could not be started");
}

void retention_free(struct retention *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    if (r->started)
        pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
