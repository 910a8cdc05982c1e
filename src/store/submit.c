/* SPDX-License-Identifier: Apache-2.0 */
/* The way to the writer: units of callers that wait, and of others that do not. Station 12 and every durable
 * step. Edge. */
#include <semaphore.h>
#include <stdlib.h>

#include "store/internal.h"

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
