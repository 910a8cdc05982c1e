/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing, a pool of readers, ids that ascend in time; the writer stands in writer.c. Station 12
 * and every durable step. Edge. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/internal.h"

enum { READERS_DEFAULT = 4, ID_NODE_BITS = 10, ID_SEQ_BITS = 12 };

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

enum tsm_err store_run(struct tx *tx, store_unit run, void *arg)
{
    unsigned shortages = json_shortages();
    enum tsm_err e = run(tx, arg);
    bool lacks = tx->driver->lacks(tx->conn) || json_shortages() != shortages;
    if (lacks && (e == TSM_OK || !err_may_retry(e)))
        return FAIL(NO_MEMORY, "no memory for what was read from the database");
    return e;
}

enum tsm_err store_read(struct store *s, store_unit run, void *arg)
{
    struct tx tx = {.store = s, .driver = s->driver, .conn = take_reader(s), .now = clock_now(s->clock)};
    enum tsm_err e = s->driver->transact(tx.conn, TX_READ);
    if (e == TSM_OK) {
        e = store_run(&tx, run, arg);
        s->driver->transact(tx.conn, TX_ROLLBACK); /* nothing was written */
    }
    give_reader(s, tx.conn);
    return e;
}

int64_t store_id_at(time_us t)
{
    return (t / 1000) << (ID_NODE_BITS + ID_SEQ_BITS);
}

int64_t store_id(struct store *s)
{
    int64_t id, floor = store_id_at(clock_now(s->clock)) | (int64_t)s->node << ID_SEQ_BITS;
    pthread_mutex_lock(&s->id_lock);
    id = floor > s->last_id
             ? floor
             : s->last_id + 1; /* a burst of more than 4096 a millisecond borrows from the next */
    s->last_id = id;
    pthread_mutex_unlock(&s->id_lock);
    return id & INT64_MAX;
}

static enum tsm_err read_newest(struct tx *tx, void *arg)
{
    ROWS rows = {0};
    TRY(db_first(tx, &rows, SQL_STORE_NEWEST));
    *(time_us *)arg = db_int(&rows, 0);
    return TSM_OK;
}

enum tsm_err store_newest(struct store *s, time_us *out)
{
    return store_read(s, read_newest, out);
}

enum tsm_err store_on_note(struct store *s, void (*note)(void *arg, unsigned about), void *arg)
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
    /* All are tried before anybody relies on them; readers prepare what they use. */
    TRY(s->driver->prepare_all(s->writer));
    for (s->readers = 0; s->readers < readers; s->readers++) {
        TRY(s->driver->open(path, false, &s->reader[s->readers]));
        s->free_readers++;
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
    s->waited.last = &s->waited.first;
    s->passing.last = &s->passing.first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    pthread_mutex_init(&s->read_lock, NULL);
    pthread_cond_init(&s->read_free, NULL);
    pthread_mutex_init(&s->id_lock, NULL);
    s->batch = calloc(s->batch_max, sizeof s->batch[0]);
    e = s->batch ? open_connections(s, config->url + sizeof scheme - 1, readers)
                 : FAIL(NO_MEMORY, "no memory for a batch of %u units", s->batch_max);
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
    free(s->batch);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->read_lock);
    pthread_cond_destroy(&s->read_free);
    pthread_mutex_destroy(&s->id_lock);
    free(s);
}
