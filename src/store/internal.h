/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the store share: the store itself, the open transaction, the writer, the migration. Edge.
 */
#ifndef TSM_STORE_INTERNAL_H
#define TSM_STORE_INTERNAL_H

#include <pthread.h>

#include "store/driver.h"
#include "store/store.h"

struct tx {
    struct store *store;
    const struct driver *driver;
    struct conn *conn;
    time_us now;
    unsigned noted; /* units made work due: bits of tx_note_of */
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

struct queue {
    struct unit *first, **last;
};

enum { READERS_MAX = 64 };

/* The work behind the callers gets this long in each batch while callers wait, or a part of what the last
 * commit took if that is more, so that a slow disk still gets long batches. */
enum { BEHIND_US = 100, BEHIND_PART = 8 };

struct store {
    const struct driver *driver;
    struct clock *clock;
    unsigned node, batch_max;
    struct conn *writer;
    struct unit **batch; /* room for batch_max units, of the writer's thread alone */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct queue waited, passing; /* units whose callers wait, and the others */
    bool stopping;
    pthread_mutex_t read_lock;
    pthread_cond_t read_free;
    struct conn *reader[READERS_MAX];
    unsigned readers, free_readers;
    pthread_mutex_t id_lock;
    int64_t last_id;
    struct {
        void (*note)(void *arg, unsigned about);
        void *arg;
    } notes[STORE_NOTES_MAX];
    size_t n_notes;
    struct store_counts counts;
    int64_t commit_us; /* how long the last commit took; of the writer's thread alone */
};

/* Runs a unit in its transaction; NO_MEMORY when a value or a document that it read was not whole: what it
 * concluded from that does not count. */
enum tsm_err store_run(struct tx *tx, store_unit run, void *arg);

/* The writer's thread: takes units from the queues until the store is stopping and both are empty. */
void *writer_main(void *store);

/* Brings the schema to the newest version, one transaction a migration; refuses a schema that is newer than
 * the program, or of another history: docs/decisions/0009. */
enum tsm_err migrate(const struct driver *d, struct conn *c, time_us now);
/* Applies what is missing up to this number, and judges nothing. */
enum tsm_err migrate_to(const struct driver *d, struct conn *c, int64_t version, time_us now);

/* The numbered migrations, made from sql/ by the build; ended by a row without text. */
struct migration {
    const char *name, *text;
};
extern const struct migration migrations[];

#endif
