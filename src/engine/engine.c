/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: claim -> work -> commit -> carry, in batches, by leases. Stations 3 to 12. Edge. */
#include "engine/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/exchange.h"

struct engine {
    struct engine_config c;
    const struct step_row *row_of[JOB_KINDS];
    pthread_t *threads;
    unsigned started;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint64_t notes; /* grows whenever work became due */
    bool stopping;
};

struct batch {
    struct engine *e;
    struct job *jobs;
    size_t n;
    time_us next_due;
};

static enum tsm_err read_job(const struct rows *r, struct job *j)
{
    struct bytes trace = db_blob(r, 5);
    size_t n;
    j->id = db_int(r, 0);
    j->kind = db_int(r, 1);
    j->party = db_int(r, 2);
    j->se = db_int(r, 3);
    j->ref = db_int(r, 4);
    TRY(bytes_keep(trace, j->trace, TRACE_LEN, &n));
    j->step = db_int(r, 6);
    j->attempt = db_int(r, 7);
    j->due = db_int(r, 8);
    j->deadline = db_int(r, 9);
    j->body = arena_copy(&j->arena, db_blob(r, 10));
    j->progress = arena_copy(&j->arena, db_blob(r, 11));
    j->answer = arena_copy(&j->arena, db_blob(r, 12));
    NEED(j->body.at && j->progress.at && j->answer.at, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err claim(struct tx *tx, void *arg)
{
    struct batch *b = arg;
    enum tsm_err e;
    {
        ROWS rows = {0};
        TRY(db_query(tx, &rows, SQL_JOB_CLAIM, b->e->c.node, tx_now(tx) + SECONDS(ENGINE_LEASE_S), tx_now(tx),
                     (int64_t)b->e->c.batch));
        while ((e = db_next(&rows)) == TSM_OK && b->n < b->e->c.batch) {
            b->jobs[b->n].now = tx_now(tx);
            TRY(read_job(&rows, &b->jobs[b->n++]));
        }
        if (e != TSM_NOT_FOUND && e != TSM_OK)
            return e;
    }
    if (b->n == 0)
        TRY(exchange_sweep(tx));
    ROWS next = {0};
    e = db_first(tx, &next, SQL_JOB_NEXT_DUE);
    b->next_due = e == TSM_OK ? db_int(&next, 0) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static time_us back_off(int64_t attempt)
{
    time_us wait = (time_us)ENGINE_BACKOFF_MS * 1000;
    for (int64_t i = 1; i < attempt && wait < SECONDS(ENGINE_BACKOFF_MAX_S); i++)
        wait *= 2;
    return wait < SECONDS(ENGINE_BACKOFF_MAX_S) ? wait : SECONDS(ENGINE_BACKOFF_MAX_S);
}

/* One job's turn before the commit: its role works; a failure becomes a later try or the end. */
static void work_one(struct engine *en, const struct step_row *row, struct job *j)
{
    enum tsm_err e;
    j->next = (struct job_next){.state = JOB_DONE, .step = j->step, .due = j->now, .progress = j->progress};
    err_clear();
    e = row ? row->work(row->self, j)
            : FAIL(UNSUPPORTED, "this node does not run jobs of kind %lld", (long long)j->kind);
    if (e == TSM_OK)
        return;
    snprintf(j->cause, sizeof j->cause, "%s", err_cause());
    if (en->c.trouble)
        en->c.trouble(j, e, j->cause);
    j->next = (struct job_next){
        .state = JOB_READY, .step = j->step, .due = j->now + back_off(j->attempt), .progress = j->progress};
    j->again = err_may_retry(e) && j->now < j->deadline;
    if (j->again)
        return;
    j->error = e;
    j->next.state = JOB_FAILED;
}

/* A job with its row, as one unit of the batch's commit. */
struct turn {
    struct engine *e;
    const struct step_row *row;
    struct job *job;
    struct batch_wait *wait;
    enum tsm_err result;
};

struct batch_wait {
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t left;
};

static enum tsm_err commit_one(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    struct job *j = t->job;
    bool over = j->next.state == JOB_DONE || j->next.state == JOB_FAILED;
    if (j->answer.len && !j->again)
        TRY(db_exec(tx, SQL_JOB_ANSWER_READ, j->id,
                    BYTES_NONE)); /* before the commit, which may bring the next one */
    if (t->row && t->row->commit && !j->again)
        TRY(t->row->commit(t->row->self, tx, j));
    TRY(db_exec_one(tx, SQL_JOB_UPDATE, j->id, t->e->c.node, (int64_t)j->next.state, j->next.step,
                    j->next.moved ? (int64_t)0 : j->attempt, j->next.due, j->next.progress, tx_now(tx)));
    if (j->next.state == JOB_READY)
        tx_note(tx);
    return over && job_is_exchange(j->kind) ? job_promote(tx, j->se) : TSM_OK;
}

static void commit_done(void *arg, enum tsm_err result)
{
    struct turn *t = arg;
    struct batch_wait *w = t->wait;
    t->result = result;
    if (result != TSM_OK && t->e->c.trouble)
        t->e->c.trouble(t->job, result, err_cause());
    pthread_mutex_lock(&w->lock);
    if (--w->left == 0)
        pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->lock);
}

/* All turns of the batch are handed to the writer together, so that they share its commit. */
static enum tsm_err commit_all(struct engine *e, struct turn *turns, size_t n)
{
    struct batch_wait w = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER, .left = n};
    struct store_work *work = calloc(n, sizeof *work);
    enum tsm_err err;
    NEED(work != NULL, NO_MEMORY);
    for (size_t i = 0; i < n; i++) {
        turns[i].wait = &w;
        work[i] = (struct store_work){commit_one, &turns[i], turns[i].job->se, commit_done};
    }
    err = store_submit_all(e->c.store, work, n);
    free(work);
    TRY(err);
    pthread_mutex_lock(&w.lock);
    while (w.left)
        pthread_cond_wait(&w.done, &w.lock);
    pthread_mutex_unlock(&w.lock);
    return TSM_OK;
}

static enum tsm_err turn_batch(struct engine *e, struct batch *b)
{
    struct turn *turns;
    enum tsm_err err;
    TRY(store_write(e->c.store, claim, b));
    if (b->n == 0)
        return TSM_OK;
    turns = calloc(b->n, sizeof *turns);
    NEED(turns != NULL, NO_MEMORY);
    for (size_t i = 0; i < b->n; i++) {
        int64_t kind = b->jobs[i].kind;
        turns[i] = (struct turn){
            .e = e, .job = &b->jobs[i], .row = kind > 0 && kind < JOB_KINDS ? e->row_of[kind] : NULL};
        work_one(e, turns[i].row, &b->jobs[i]);
    }
    err = commit_all(e, turns, b->n);
    for (size_t i = 0; err == TSM_OK && i < b->n; i++)
        if (turns[i].result == TSM_OK && turns[i].row && turns[i].row->carry && !b->jobs[i].error &&
            !b->jobs[i].again)
            turns[i].row->carry(turns[i].row->self, &b->jobs[i]);
    free(turns);
    return err;
}

static enum tsm_err turn_with(struct engine *e, size_t *done, time_us *next_due)
{
    struct batch b = {.e = e, .jobs = calloc(e->c.batch, sizeof *b.jobs)};
    enum tsm_err err =
        b.jobs ? turn_batch(e, &b) : FAIL(NO_MEMORY, "no memory for a batch of %u jobs", e->c.batch);
    for (size_t i = 0; i < b.n; i++)
        arena_drop(&b.jobs[i].arena);
    free(b.jobs);
    *done = b.n;
    *next_due = b.next_due;
    return err;
}

enum tsm_err engine_turn(struct engine *e, size_t *done)
{
    time_us next;
    return turn_with(e, done, &next);
}

/* Sleeps until something was noted, the next job is due, or the longest sleep is over. */
static void rest(struct engine *e, uint64_t seen, time_us next_due)
{
    struct timespec until;
    time_us now = clock_now(e->c.clock), wait = (time_us)ENGINE_IDLE_MS * 1000;
    if (next_due && next_due - now < wait)
        wait = next_due > now ? next_due - now : 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (wait % 1000000) * 1000;
    until.tv_sec += wait / 1000000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&e->lock);
    if (e->notes == seen && !e->stopping && wait > 0)
        pthread_cond_timedwait(&e->wake, &e->lock, &until);
    pthread_mutex_unlock(&e->lock);
}

static void *worker(void *arg)
{
    struct engine *e = arg;
    for (;;) {
        size_t done = 0;
        time_us next_due = 0;
        uint64_t seen;
        pthread_mutex_lock(&e->lock);
        seen = e->notes;
        if (e->stopping) {
            pthread_mutex_unlock(&e->lock);
            return NULL;
        }
        pthread_mutex_unlock(&e->lock);
        if (turn_with(e, &done, &next_due) != TSM_OK || done == 0)
            rest(e, seen, next_due);
    }
}

static void noted(void *arg)
{
    struct engine *e = arg;
    pthread_mutex_lock(&e->lock);
    e->notes++;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->lock);
}

enum tsm_err engine_new(const struct engine_config *config, struct engine **out)
{
    struct engine *e = calloc(1, sizeof *e);
    NEED(e != NULL, NO_MEMORY);
    e->c = *config;
    e->c.workers = config->workers ? config->workers : ENGINE_WORKERS;
    e->c.batch = config->batch ? config->batch : ENGINE_BATCH;
    for (const struct step_row *row = config->rows; row->name; row++)
        e->row_of[row->kind] = row;
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->wake, NULL);
    *out = e;
    return store_on_note(config->store, noted, e);
}

static enum tsm_err take_back(struct tx *tx, void *arg)
{
    struct engine *e = arg;
    return db_exec(tx, SQL_JOB_TAKE_BACK, e->c.node, tx_now(tx));
}

enum tsm_err engine_start(struct engine *e)
{
    TRY(store_write(e->c.store, take_back, e));
    e->threads = calloc(e->c.workers, sizeof *e->threads);
    NEED(e->threads != NULL, NO_MEMORY);
    for (; e->started < e->c.workers; e->started++)
        if (pthread_create(&e->threads[e->started], NULL, worker, e) != 0)
            return FAIL(NO_MEMORY, "a worker could not be started");
    return TSM_OK;
}

void engine_stop(struct engine *e)
{
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    pthread_cond_broadcast(&e->wake);
    pthread_mutex_unlock(&e->lock);
    for (; e->started; e->started--)
        pthread_join(e->threads[e->started - 1], NULL);
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    free(e->threads);
    pthread_mutex_destroy(&e->lock);
    pthread_cond_destroy(&e->wake);
    free(e);
}
