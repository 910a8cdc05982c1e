/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: one thread that runs units in batches and commits each batch as one. Callers that wait go
 * before work that nobody waits for. Station 12 and every durable step. Edge. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/internal.h"

/* Units taken from the queues: first those whose callers wait. */
struct batch {
    struct unit **at;
    size_t n, waited;
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
        u->result = store_run(tx, u->run, u->arg);
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
    struct batch b = {.at = s->batch};
    while (take_batch(s, &b)) {
        size_t taken = b.n;
        run_batch(s, &b);
        give_back(s, b.at + b.n, taken - b.n);
        for (size_t i = 0; i < b.n; i++)
            b.at[i]->done(b.at[i]->arg, b.at[i]->result);
    }
    return NULL;
}
