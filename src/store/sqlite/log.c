/* SPDX-License-Identifier: Apache-2.0 */
/* The keeper of the write-ahead log: one thread with a connection of its own that checkpoints while the
 * writer goes on. A checkpoint inside a commit would hold up all who wait for it for tens of milliseconds.
 * Edge. */
#include "store/sqlite/log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct log_keeper {
    sqlite3 *watched, *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool wanted, stopping, started;
    int asked_at; /* length of the log when the thread was last asked; of the writer's thread alone */
};

/* Passive: takes no lock that a writer or reader could miss. What it cannot copy now it copies the next time.
 */
static void checkpoint(sqlite3 *db)
{
    (void)sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static void ask(struct log_keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->wanted = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->lock);
}

/* Called by SQLite at the end of each commit, with the length of the log in pages. */
static int committed(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct log_keeper *k = arg;
    (void)name;
    if (pages < k->asked_at)
        k->asked_at = 0; /* the log has begun anew */
    if (pages >= LOG_MAX_PAGES) {
        checkpoint(db);
    } else if (pages - k->asked_at >= LOG_STEP_PAGES) {
        k->asked_at = pages;
        ask(k);
    }
    return SQLITE_OK;
}

static void *keep(void *arg)
{
    struct log_keeper *k = arg;
    pthread_setname_np(pthread_self(), "keeper");
    for (;;) {
        pthread_mutex_lock(&k->lock);
        while (!k->wanted && !k->stopping)
            pthread_cond_wait(&k->wake, &k->lock);
        k->wanted = false;
        if (k->stopping) {
            pthread_mutex_unlock(&k->lock);
            return NULL;
        }
        pthread_mutex_unlock(&k->lock);
        checkpoint(k->db);
    }
}

enum tsm_err log_keeper_start(sqlite3 *db, const char *path, struct log_keeper **out)
{
    struct log_keeper *k = calloc(1, sizeof *k);
    enum tsm_err e = TSM_OK;
    NEED(k != NULL, NO_MEMORY);
    k->watched = db;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->wake, NULL);
    if (sqlite3_open_v2(path, &k->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(k->db, "PRAGMA synchronous=FULL", NULL, NULL, NULL) != SQLITE_OK)
        e = FAIL(DATABASE, "cannot open %s a second time", path);
    else if (pthread_create(&k->thread, NULL, keep, k) != 0)
        e = FAIL(NO_MEMORY, "the keeper of the log could not be started");
    else
        k->started = true;
    if (e != TSM_OK) {
        log_keeper_stop(k);
        return e;
    }
    sqlite3_wal_hook(db, committed, k);
    *out = k;
    return TSM_OK;
}

void log_keeper_stop(struct log_keeper *k)
{
    if (!k)
        return;
    sqlite3_wal_hook(k->watched, NULL, NULL);
    if (k->started) {
        pthread_mutex_lock(&k->lock);
        k->stopping = true;
        pthread_cond_signal(&k->wake);
        pthread_mutex_unlock(&k->lock);
        pthread_join(k->thread, NULL);
    }
    sqlite3_close(k->db);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->wake);
    free(k);
}
