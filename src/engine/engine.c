/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: threads that take batch after batch, and sleep when nothing is due. Stations 3 to 12. Edge. */
#include "engine/engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "engine/turn/batch.h"

/* The thread that commits goes before those that wait for it, and requests before jobs. */
enum { WORKER_NICE = 8 };

/* What waits for its turn, and the threads that wait for it. */
struct lane {
    struct engine *e;
    enum job_lane name;
    pthread_cond_t wake;
    uint64_t notes; /* grows whenever work became due */
};

struct engine {
    struct engine_core core;
    struct engine_shared shared;
    struct lane lanes[JOB_LANES];
    pthread_t *threads;
    unsigned started;
    pthread_mutex_t lock;
    bool stopping;
};

enum tsm_err engine_turn(struct engine *e, size_t *done)
{
    size_t sum = 0, n;
    time_us next;
    for (int i = 0; i < JOB_LANES; i++) {
        TRY(batch_turn(&e->core, (enum job_lane)i, &n, &next));
        sum += n;
    }
    *done = sum;
    return TSM_OK;
}

/* Sleeps until something was noted, the next job is due, or the longest sleep is over. */
static void rest(struct lane *l, uint64_t seen, time_us next_due)
{
    struct engine *e = l->e;
    struct timespec until;
    time_us now = clock_now(e->core.c.clock), wait = (time_us)ENGINE_IDLE_MS * 1000;
    if (next_due && next_due - now < wait)
        wait = next_due > now ? next_due - now : 0;
    until = clock_after(wait);
    pthread_mutex_lock(&e->lock);
    if (l->notes == seen && !e->stopping && wait > 0)
        pthread_cond_clockwait(&l->wake, &e->lock, CLOCK_MONOTONIC, &until);
    pthread_mutex_unlock(&e->lock);
}

static void *worker(void *arg)
{
    struct lane *l = arg;
    enum tsm_err before = TSM_OK, e;
    setpriority(PRIO_PROCESS, (id_t)gettid(), WORKER_NICE);
    for (;;) {
        size_t done = 0;
        time_us next_due = 0;
        uint64_t seen;
        pthread_mutex_lock(&l->e->lock);
        seen = l->notes;
        if (l->e->stopping) {
            pthread_mutex_unlock(&l->e->lock);
            return NULL;
        }
        pthread_mutex_unlock(&l->e->lock);
        e = batch_turn(&l->e->core, l->name, &done, &next_due);
        if (e != TSM_OK && before == TSM_OK && l->e->core.c.stuck)
            l->e->core.c.stuck(e, err_cause());
        before = e;
        if (e != TSM_OK || done == 0)
            rest(l, seen, next_due);
    }
}

static void wake(void *self, enum job_lane lane)
{
    struct engine *e = self;
    pthread_mutex_lock(&e->lock);
    e->lanes[lane].notes++;
    pthread_cond_signal(&e->lanes[lane].wake);
    pthread_mutex_unlock(&e->lock);
}

static void noted(void *arg, unsigned about)
{
    for (int i = 0; i < JOB_LANES; i++)
        if (about & 1u << i)
            wake(arg, (enum job_lane)i);
}

enum tsm_err engine_new(const struct engine_config *config, struct engine **out)
{
    struct engine *e = calloc(1, sizeof *e);
    NEED(e != NULL, NO_MEMORY);
    e->core.c = *config;
    e->core.c.workers = config->workers ? config->workers : ENGINE_WORKERS;
    e->core.c.batch = config->batch ? config->batch : ENGINE_BATCH;
    for (const struct step_row *row = config->rows; row->name; row++)
        e->core.row_of[row->kind] = row;
    e->core.shared = &e->shared;
    e->core.wake = wake;
    e->core.self = e;
    pthread_mutex_init(&e->lock, NULL);
    for (int i = 0; i < JOB_LANES; i++) {
        pthread_mutex_init(&e->shared.receivers[i].lock, NULL);
        e->lanes[i] = (struct lane){.e = e, .name = (enum job_lane)i};
        pthread_cond_init(&e->lanes[i].wake, NULL);
    }
    *out = e;
    return store_on_note(config->store, noted, e);
}

static enum tsm_err take_back(struct tx *tx, void *arg)
{
    struct engine *e = arg;
    TRY(db_exec(tx, SQL_JOB_TAKE_BACK, e->core.c.node, tx_now(tx)));
    return db_exec(tx, SQL_DELIVERY_TAKE_BACK, e->core.c.node, tx_now(tx));
}

/* Deliveries have threads of their own where this node has them at all. */
static unsigned threads_of(const struct engine *e, enum job_lane lane)
{
    if (lane == LANE_WORK)
        return e->core.c.workers;
    return e->core.row_of[job_kind_of_lane(lane)] ? ENGINE_CARRIERS : 0;
}

enum tsm_err engine_start(struct engine *e)
{
    TRY(store_write(e->core.c.store, take_back, e));
    e->threads = calloc(e->core.c.workers + (size_t)ENGINE_CARRIERS * JOB_LANES, sizeof *e->threads);
    NEED(e->threads != NULL, NO_MEMORY);
    for (int lane = 0; lane < JOB_LANES; lane++)
        for (unsigned i = 0; i < threads_of(e, (enum job_lane)lane); i++, e->started++)
            if (pthread_create(&e->threads[e->started], NULL, worker, &e->lanes[lane]) != 0)
                return FAIL(NO_MEMORY, "a worker could not be started");
    return TSM_OK;
}

void engine_stop(struct engine *e)
{
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    for (int i = 0; i < JOB_LANES; i++)
        pthread_cond_broadcast(&e->lanes[i].wake);
    pthread_mutex_unlock(&e->lock);
    for (; e->started; e->started--)
        pthread_join(e->threads[e->started - 1], NULL);
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    free(e->threads);
    for (int i = 0; i < JOB_LANES; i++) {
        pthread_cond_destroy(&e->lanes[i].wake);
        pthread_mutex_destroy(&e->shared.receivers[i].lock);
    }
    pthread_mutex_destroy(&e->lock);
    free(e);
}
