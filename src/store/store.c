/* SPDX-License-Identifier: Apache-2.0 */
/* One writer thread with group commit, a pool of readers, ids that ascend in time. Station 12 and every
 * durable step. Edge. */
#include "store/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

enum { READERS_DEFAULT = 4, READERS_MAX = 64, ID_NODE_BITS = 10, ID_SEQ_BITS = 12 };

/* A unit that waits for the writer. It lives on the stack of store_write or in the block of store_submit_all. */
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

struct store {
    const struct driver *driver;
    struct clock *clock;
    unsigned node, batch_max;
    struct conn *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct unit *first, **last;
    bool stopping;
    pthread_mutex_t read_lock;
    pthread_cond_t read_free;
    struct conn *reader[READERS_MAX];
    unsigned readers, free_readers;
    pthread_mutex_t id_lock;
    int64_t last_id;
    struct {
        void (*note)(void *arg);
        void *arg;
    } notes[STORE_NOTES_MAX];
    size_t n_notes;
    struct store_counts counts;
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

/* One unit inside the batch's transaction: a savepoint makes its failure its own. */
static void run_unit(struct store *s, struct tx *tx, struct unit *u)
{
    err_clear();
    u->result = transact(s, TX_UNIT);
    if (u->result != TSM_OK)
        return keep_cause(u);
    u->result = u->run(tx, u->arg);
    if (u->result != TSM_OK) {
        keep_cause(u);
        transact(s, TX_UNIT_UNDO);
    }
    transact(s, TX_UNIT_END);
}

static int by_sort(const void *a, const void *b)
{
    const struct unit *x = *(struct unit *const *)a, *y = *(struct unit *const *)b;
    if (x->sort != y->sort)
        return x->sort < y->sort ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static void run_batch(struct store *s, struct unit **batch, size_t n)
{
    struct tx tx = {.store = s, .driver = s->driver, .conn = s->writer, .now = clock_now(s->clock)};
    enum tsm_err e = transact(s, TX_WRITE);
    qsort(batch, n, sizeof *batch, by_sort);
    for (size_t i = 0; i < n && e == TSM_OK; i++)
        run_unit(s, &tx, batch[i]);
    if (e == TSM_OK)
        e = transact(s, TX_COMMIT);
    if (e != TSM_OK) {
        for (size_t i = 0; i < n; i++) {
            batch[i]->result = e;
            keep_cause(batch[i]);
        }
        transact(s, TX_ROLLBACK);
    }
    for (size_t i = 0; e == TSM_OK && tx.noted && i < s->n_notes; i++)
        s->notes[i].note(s->notes[i].arg);
    s->counts.commits++;
    s->counts.units += n;
}

static size_t take_batch(struct store *s, struct unit **batch)
{
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    while (!s->first && !s->stopping)
        pthread_cond_wait(&s->wake, &s->lock);
    while (s->first && n < s->batch_max) {
        batch[n] = s->first;
        batch[n]->order = n;
        s->first = s->first->next;
        n++;
    }
    if (!s->first)
        s->last = &s->first;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static void *writer_main(void *arg)
{
    struct store *s = arg;
    struct unit **batch = calloc(s->batch_max, sizeof *batch);
    size_t n;
    while (batch && (n = take_batch(s, batch)) > 0) {
        run_batch(s, batch, n);
        for (size_t i = 0; i < n; i++)
            batch[i]->done(batch[i]->arg, batch[i]->result);
    }
    free(batch);
    return NULL;
}

/* The chain first..last goes into the queue as one, so that its units share a commit. */
static enum tsm_err enqueue(struct store *s, struct unit *first, struct unit *last)
{
    bool stopping;
    pthread_mutex_lock(&s->lock);
    stopping = s->stopping;
    if (!stopping) {
        last->next = NULL;
        *s->last = first;
        s->last = &last->next;
        pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&s->lock);
    return stopping ? FAIL(BUSY, "the store is closing") : TSM_OK;
}

/* A waiting caller: the unit's argument is replaced by this, so that one completion path serves both ways of
 * writing. */
struct waiting {
    struct unit unit;
    store_unit run;
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool finished;
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
    pthread_mutex_lock(&w->lock);
    w->finished = true;
    pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->lock);
}

enum tsm_err store_write(struct store *s, store_unit run, void *arg)
{
    struct waiting w = {.unit = {.run = waiting_run, .done = waiting_done}, .run = run, .arg = arg};
    w.unit.arg = &w;
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    TRY(enqueue(s, &w.unit, &w.unit));
    pthread_mutex_lock(&w.lock);
    while (!w.finished)
        pthread_cond_wait(&w.done, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.done);
    if (w.unit.result == TSM_OK)
        return TSM_OK;
    return w.unit.field[0] ? err_fail_field(w.unit.result, w.unit.field, "%s", w.unit.cause)
                           : err_fail(w.unit.result, ERR_HERE, "%s", w.unit.cause);
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
        *p = (struct passing_unit){.unit = {.run = passing_run, .arg = p, .done = passing_done, .sort = work[i].sort},
                                   .work = work[i],
                                   .all = all};
        p->unit.next = i + 1 < n ? &all->units[i + 1].unit : NULL;
    }
    e = enqueue(s, &all->units[0].unit, &all->units[n - 1].unit);
    if (e != TSM_OK)
        free(all);
    return e;
}

enum tsm_err store_submit(struct store *s, store_unit unit, void *arg, int64_t sort, store_done done)
{
    return store_submit_all(s, &(struct store_work){unit, arg, sort, done}, 1);
}

static struct conn *take_reader(struct store *s)
{
    struct conn *c;
    pthread_mutex_lock(&s->read_lock);
    while (s->free_readers == 0)
        pthread_cond_wait(&s->read_free, &s->read_lock);
    c = s->reader[--s->free_readers];
    s->counts.reads++;
    pthread_mutex_unlock(&s->read_lock);
    return c;
}

static void give_reader(struct store *s, struct conn *c)
{
    pthread_mutex_lock(&s->read_lock);
    s->reader[s->free_readers++] = c;
    pthread_cond_signal(&s->read_free);
    pthread_mutex_unlock(&s->read_lock);
}

enum tsm_err store_read(struct store *s, store_unit run, void *arg)
{
    struct tx tx = {.store = s, .driver = s->driver, .conn = take_reader(s), .now = clock_now(s->clock)};
    enum tsm_err e = s->driver->transact(tx.conn, TX_READ);
    if (e == TSM_OK) {
        e = run(&tx, arg);
        s->driver->transact(tx.conn, TX_ROLLBACK); /* nothing was written */
    }
    give_reader(s, tx.conn);
    return e;
}

int64_t store_id(struct store *s)
{
    int64_t id, floor = (clock_now(s->clock) / 1000) << (ID_NODE_BITS + ID_SEQ_BITS) | (int64_t)s->node
                                                                                           << ID_SEQ_BITS;
    pthread_mutex_lock(&s->id_lock);
    id = floor > s->last_id
             ? floor
             : s->last_id + 1; /* a burst of more than 4096 a millisecond borrows from the next */
    s->last_id = id;
    pthread_mutex_unlock(&s->id_lock);
    return id & INT64_MAX;
}

enum tsm_err store_on_note(struct store *s, void (*note)(void *arg), void *arg)
{
    NEED(s->n_notes < STORE_NOTES_MAX, NO_ROOM);
    s->notes[s->n_notes].note = note;
    s->notes[s->n_notes].arg = arg;
    s->n_notes++;
    return TSM_OK;
}

struct store_counts store_counts(struct store *s)
{
    return s->counts;
}

static enum tsm_err open_connections(struct store *s, const char *path, unsigned readers)
{
    TRY(s->driver->open(path, true, &s->writer));
    TRY(migrate(s->driver, s->writer, clock_now(s->clock)));
    TRY(s->driver->prepare_all(s->writer));
    for (s->readers = 0; s->readers < readers; s->readers++) {
        TRY(s->driver->open(path, false, &s->reader[s->readers]));
        s->free_readers++;
        TRY(s->driver->prepare_all(s->reader[s->readers]));
    }
    return TSM_OK;
}

enum tsm_err store_open(const struct store_config *config, struct store **out)
{
    static const char scheme[] = "sqlite:";
    unsigned readers = config->readers ? config->readers : READERS_DEFAULT;
    struct store *s;
    enum tsm_err e;
    NEED(!strncmp(config->url, scheme, sizeof scheme - 1) && readers <= READERS_MAX &&
             config->node < 1u << ID_NODE_BITS,
         BAD_VALUE);
    s = calloc(1, sizeof *s);
    NEED(s != NULL, NO_MEMORY);
    s->driver = &driver_sqlite;
    s->clock = config->clock;
    s->node = config->node;
    s->batch_max = config->batch_max ? config->batch_max : STORE_BATCH_MAX;
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    pthread_mutex_init(&s->read_lock, NULL);
    pthread_cond_init(&s->read_free, NULL);
    pthread_mutex_init(&s->id_lock, NULL);
    e = open_connections(s, config->url + sizeof scheme - 1, readers);
    if (e == TSM_OK && pthread_create(&s->thread, NULL, writer_main, s) != 0)
        e = FAIL(NO_MEMORY, "the writer thread could not be started");
    if (e != TSM_OK) {
        s->stopping = true;
        store_close(s);
        return e;
    }
    *out = s;
    return TSM_OK;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    if (!s->stopping) {
        pthread_mutex_lock(&s->lock);
        s->stopping = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->thread, NULL);
    }
    for (unsigned i = 0; i < s->readers; i++)
        s->driver->close(s->reader[i]);
    s->driver->close(s->writer);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->read_lock);
    pthread_cond_destroy(&s->read_free);
    pthread_mutex_destroy(&s->id_lock);
    free(s);
}
