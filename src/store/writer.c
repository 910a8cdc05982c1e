/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: one thread that runs units in batches and commits each batch as one. Callers that wait go
 * before work that nobody waits for. Station 12 and every durable step. Edge. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/internal.h"

/* The work behind the callers gets this long in each batch while callers wait, or a part of what the last
 * commit took if that is more, so that a slow disk still gets long batches. */
enum { BEHIND_US = 200, BEHIND_PART = 4 };

/* Units taken from the queues: first those whose callers wait. */
struct batch {
    struct unit **at;
    size_t n, waited;
};

/* A unit that waits for the writer. It lives on the stack of store_write or in the block of store_submit_all.
 */
struct unit {
    struct unit *next;
    store_unit run;
    void *arg;
    store_done done;
    int64_t sort;
    uint64_t order;
    enum tsm_err result;
    char cause[ERR_CAUSE_MAX], field[ERR_FIELD_MAX];
};

static enum tsm_err transact(struct store *s, enum tx_act act)
{
    return s->driver->transact(s->writer, act);
}

static void keep_cause(struct unit *u)
{
    snprintf(u->cause, sizeof u->cause, "%s", err_cause());
    snprintf(u->field, sizeof u->field, "%s", err_field());
}

/* One unit inside the batch's transaction: a savepoint makes its failure its own. False when the transaction
 * is gone with it: a full disk ends the whole of it, and what came after would be a transaction of its own.
 */
static bool run_unit(struct store *s, struct tx *tx, struct unit *u)
{
    enum tsm_err released;
    err_clear();
    u->result = transact(s, TX_UNIT);
    if (u->result == TSM_OK)
        u->result = u->run(tx, u->arg);
    if (u->result != TSM_OK) {
        keep_cause(u);
        if (transact(s, TX_UNIT_UNDO) != TSM_OK)
            return false;
    }
    released = transact(s, TX_UNIT_END);
    if (released != TSM_OK && u->result == TSM_OK) {
        u->result = released;
        keep_cause(u);
    }
    return released == TSM_OK;
}

static int by_sort(const void *a, const void *b)
{
    const struct unit *x = *(struct unit *const *)a, *y = *(struct unit *const *)b;
    if (x->sort != y->sort)
        return x->sort < y->sort ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* A duration, whatever the store's clock says. */
static int64_t ticks_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000 + t.tv_nsec / 1000;
}

static bool caller_waits(struct store *s)
{
    bool waits;
    pthread_mutex_lock(&s->lock);
    waits = s->waited.first != NULL;
    pthread_mutex_unlock(&s->lock);
    return waits;
}

/* Runs units until the batch is empty, or has run long and callers wait for its commit or behind it; b->n is
 * how many were run. */
static enum tsm_err run_units(struct store *s, struct tx *tx, struct batch *b)
{
    int64_t until = INT64_MAX, part = s->commit_us / BEHIND_PART;
    size_t done = 0;
    while (done < b->n && (ticks_us() < until || !(b->waited || caller_waits(s)))) {
        if (done == b->waited)
            until = ticks_us() + (part > BEHIND_US ? part : BEHIND_US);
        if (!run_unit(s, tx, b->at[done]))
            return err_fail(b->at[done]->result, ERR_HERE, "%s", b->at[done]->cause);
        done++;
    }
    b->n = done;
    return TSM_OK;
}

/* Units in one transaction, which is then durable; else the error, with its cause, that all of the batch
 * share. */
static enum tsm_err try_batch(struct store *s, struct tx *tx, struct batch *b)
{
    int64_t began;
    enum tsm_err e;
    TRY(transact(s, TX_WRITE));
    TRY(run_units(s, tx, b));
    began = ticks_us();
    e = transact(s, TX_COMMIT);
    s->commit_us = ticks_us() - began;
    return e;
}

/* b->n is how many units are done with. */
static void run_batch(struct store *s, struct batch *b)
{
    struct tx tx = {.store = s, .driver = s->driver, .conn = s->writer, .now = clock_now(s->clock)};
    enum tsm_err e;
    qsort(b->at + b->waited, b->n - b->waited, sizeof b->at[0], by_sort);
    e = try_batch(s, &tx, b);
    if (e != TSM_OK) {
        for (size_t i = 0; i < b->n; i++) {
            b->at[i]->result = e;
            keep_cause(b->at[i]);
        }
        transact(s, TX_ROLLBACK);
    }
    for (size_t i = 0; e == TSM_OK && tx.noted && i < s->n_notes; i++)
        s->notes[i].note(s->notes[i].arg, tx.noted);
    s->counts.commits++;
    s->counts.units += b->n;
}

static struct unit *take(struct queue *q)
{
    struct unit *u = q->first;
    if (u)
        q->first = u->next;
    if (!q->first)
        q->last = &q->first;
    return u;
}

/* False when the store is stopping and nothing is left. */
static bool take_batch(struct store *s, struct batch *b)
{
    struct unit *u;
    b->n = 0;
    pthread_mutex_lock(&s->lock);
    while (!s->waited.first && !s->passing.first && !s->stopping)
        pthread_cond_wait(&s->wake, &s->lock);
    while (b->n < s->batch_max && (u = take(&s->waited)))
        b->at[b->n++] = u;
    b->waited = b->n;
    while (b->n < s->batch_max && (u = take(&s->passing)))
        b->at[b->n++] = u;
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < b->n; i++)
        b->at[i]->order = i;
    return b->n > 0;
}

/* The units that were not run go before those that have come since. */
static void give_back(struct store *s, struct unit **at, size_t n)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = n; i > 0; i--) {
        at[i - 1]->next = s->passing.first;
        if (!s->passing.first)
            s->passing.last = &at[i - 1]->next;
        s->passing.first = at[i - 1];
    }
    pthread_mutex_unlock(&s->lock);
}

void *writer_main(void *arg)
{
    struct store *s = arg;
    struct batch b = {.at = calloc(s->batch_max, sizeof b.at[0])};
    while (b.at && take_batch(s, &b)) {
        size_t taken = b.n;
        run_batch(s, &b);
        give_back(s, b.at + b.n, taken - b.n);
        for (size_t i = 0; i < b.n; i++)
            b.at[i]->done(b.at[i]->arg, b.at[i]->result);
    }
    free(b.at);
    return NULL;
}

/* The chain first..last goes into the queue as one, so that its units share a commit. */
static enum tsm_err enqueue(struct store *s, struct queue *q, struct unit *first, struct unit *last)
{
    bool stopping;
    pthread_mutex_lock(&s->lock);
    stopping = s->stopping;
    if (!stopping) {
        last->next = NULL;
        *q->last = first;
        q->last = &last->next;
        pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&s->lock);
    return stopping ? FAIL(BUSY, "the store is closing") : TSM_OK;
}

/* A waiting caller: the unit's argument is replaced by this, so that one completion path serves both ways of
 * writing. A semaphore, since it may go out of scope as soon as its waiter wakes. */
struct waiting {
    struct unit unit;
    store_unit run;
    void *arg;
    sem_t done;
};

static enum tsm_err waiting_run(struct tx *tx, void *arg)
{
    struct waiting *w = arg;
    return w->run(tx, w->arg);
}

static void waiting_done(void *arg, enum tsm_err result)
{
    struct waiting *w = arg;
    (void)result; /* it stands in the unit */
    sem_post(&w->done);
}

static enum tsm_err write_through(struct store *s, struct queue *q, store_unit run, void *arg)
{
    struct waiting w = {.unit = {.run = waiting_run, .done = waiting_done}, .run = run, .arg = arg};
    w.unit.arg = &w;
    sem_init(&w.done, 0, 0);
    TRY(enqueue(s, q, &w.unit, &w.unit));
    while (sem_wait(&w.done) != 0) /* a signal came */
        continue;
    sem_destroy(&w.done);
    if (w.unit.result == TSM_OK)
        return TSM_OK;
    return w.unit.field[0] ? err_fail_field(w.unit.result, w.unit.field, "%s", w.unit.cause)
                           : err_fail(w.unit.result, ERR_HERE, "%s", w.unit.cause);
}

enum tsm_err store_write(struct store *s, store_unit unit, void *arg)
{
    return write_through(s, &s->waited, unit, arg);
}

enum tsm_err store_write_behind(struct store *s, store_unit unit, void *arg)
{
    return write_through(s, &s->passing, unit, arg);
}

/* Units without a waiting caller, in one block that the writer's thread frees after the last of them. */
struct passing {
    size_t left;
    struct passing_unit {
        struct unit unit;
        struct store_work work;
        struct passing *all;
    } units[];
};

static enum tsm_err passing_run(struct tx *tx, void *arg)
{
    struct passing_unit *p = arg;
    return p->work.unit(tx, p->work.arg);
}

static void passing_done(void *arg, enum tsm_err result)
{
    struct passing_unit *p = arg;
    struct passing *all = p->all;
    if (result != TSM_OK)
        err_fail(result, ERR_HERE, "%s", p->unit.cause); /* what err_cause says in `done` */
    p->work.done(p->work.arg, result);
    if (--all->left == 0)
        free(all);
}

enum tsm_err store_submit_all(struct store *s, const struct store_work *work, size_t n)
{
    struct passing *all;
    enum tsm_err e;
    NEED(n > 0, BAD_LENGTH);
    all = calloc(1, sizeof *all + n * sizeof all->units[0]);
    NEED(all != NULL, NO_MEMORY);
    all->left = n;
    for (size_t i = 0; i < n; i++) {
        struct passing_unit *p = &all->units[i];
        *p = (struct passing_unit){
            .unit = {.run = passing_run, .arg = p, .done = passing_done, .sort = work[i].sort},
            .work = work[i],
            .all = all};
        p->unit.next = i + 1 < n ? &all->units[i + 1].unit : NULL;
    }
    e = enqueue(s, &s->passing, &all->units[0].unit, &all->units[n - 1].unit);
    if (e != TSM_OK)
        free(all);
    return e;
}

enum tsm_err store_submit(struct store *s, store_unit unit, void *arg, int64_t sort, store_done done)
{
    return store_submit_all(s, &(struct store_work){unit, arg, sort, done}, 1);
}
