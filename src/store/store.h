/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store: units of work in transactions, statements from one table, one writer with group commit. Station
 * 12 and every durable step. Edge. Handlers never hold a connection: they hand a function to store_write (all
 * or nothing, durable when it returns) or store_read.
 */
#ifndef TSM_STORE_STORE_H
#define TSM_STORE_STORE_H

#include <stdarg.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "store/sql.h"

struct store;
struct tx; /* an open transaction: valid inside the unit that received it */

struct store_config {
    const char *url;    /* "sqlite:PATH" */
    unsigned readers;   /* read connections */
    unsigned batch_max; /* units in one commit, 0: STORE_BATCH_MAX */
    struct clock *clock;
    unsigned node; /* 0..1023, part of every id */
};
enum { STORE_BATCH_MAX = 1000, STORE_CACHE_KIB = 32 * 1024 };

/* Opens, migrates to the newest schema, starts the writer. DATABASE with the cause when it cannot. */
enum tsm_err store_open(const struct store_config *config, struct store **out);
void store_close(struct store *s); /* NULL is legal; waits for the units in hand */

typedef enum tsm_err (*store_unit)(struct tx *tx, void *arg);

/*
 * Runs the unit in a transaction and returns when it is durable. Other threads' units share the commit; a
 * unit that fails is undone alone and its error (with its cause) is returned here. The unit runs on the
 * writer's thread: no I/O but the database in it.
 */
enum tsm_err store_write(struct store *s, store_unit unit, void *arg);
/* The same for work that nobody outside waits for, like an engine's: it stands behind store_write in the
 * queue, and a long batch of it is committed early when such a caller comes. */
enum tsm_err store_write_behind(struct store *s, store_unit unit, void *arg);
/* Of that rank, too, and without waiting: `done` is called on the writer's thread after the commit (or
 * failure). `sort` orders a batch (an SE id). */
typedef void (*store_done)(void *arg, enum tsm_err result);
enum tsm_err store_submit(struct store *s, store_unit unit, void *arg, int64_t sort, store_done done);
/* Several at once: all are queued, or none; they share a commit where it has room. `work` is copied. */
struct store_work {
    store_unit unit;
    void *arg;
    int64_t sort;
    store_done done;
};
enum tsm_err store_submit_all(struct store *s, const struct store_work *work, size_t n);
/* Runs the unit on a read connection in the caller's thread, on one consistent state of the database. */
enum tsm_err store_read(struct store *s, store_unit unit, void *arg);

/* A new id: 41 bits of milliseconds, 10 of node, 12 of sequence; ascending within a process. */
int64_t store_id(struct store *s);
/* The smallest id that was made at this time: ids below are older. */
int64_t store_id_at(time_us t);
/* When the newest of what is stored, jobs and audit leaves, was written; 0 when there is nothing. */
enum tsm_err store_newest(struct store *s, time_us *out);
/* `note` is called on the writer's thread after a commit in which a unit said tx_note: work has become due.
 * `about`: bits that the callers of tx_note_of give a meaning; tx_note is bit 0. To be set before the first
 * write. NO_ROOM above STORE_NOTES_MAX. */
enum { STORE_NOTES_MAX = 4 };
enum tsm_err store_on_note(struct store *s, void (*note)(void *arg, unsigned about), void *arg);
void tx_note(struct tx *tx);
void tx_note_of(struct tx *tx, unsigned about);

struct store *tx_store(struct tx *tx);
time_us tx_now(struct tx *tx); /* the clock, read once per unit */

/*
 * Arguments follow the statement's parameter letters: i int64_t, t const char * (NULL: SQL null), b struct
 * bytes. They are borrowed until the statement ends. The macros count them, so that a forgotten one is an
 * error and not a wild read.
 */
#define db_exec(tx, id, ...) \
    db_exec_n(tx, id, DB_COUNT(__VA_ARGS__) __VA_OPT__(, ) __VA_ARGS__) /* any number of rows changed */
#define db_exec_one(tx, id, ...)                                                                            \
    db_exec_one_n(tx, id, DB_COUNT(__VA_ARGS__) __VA_OPT__(, ) __VA_ARGS__) /* NOT_FOUND unless exactly one \
                                                                             */
#define db_query(tx, rows, id, ...) db_query_n(tx, rows, id, DB_COUNT(__VA_ARGS__) __VA_OPT__(, ) __VA_ARGS__)
#define db_first(tx, rows, id, ...) db_first_n(tx, rows, id, DB_COUNT(__VA_ARGS__) __VA_OPT__(, ) __VA_ARGS__)

#define DB_COUNT(...)                                                                                        \
    DB_COUNT_(__VA_ARGS__ __VA_OPT__(, ) 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, \
              1, 0)
#define DB_COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, count, ...) count

enum tsm_err db_exec_n(struct tx *tx, enum sql_id id, int count, ...);
enum tsm_err db_exec_one_n(struct tx *tx, enum sql_id id, int count, ...);

/* Rows: db_query, then db_next until it gives NOT_FOUND; columns are valid until the next call. */
struct rows {
    struct tx *tx;
    void *cursor;
    enum sql_id id;
};
/* db_first: the first row or NOT_FOUND; the cursor must still be ended. */
enum tsm_err db_query_n(struct tx *tx, struct rows *rows, enum sql_id id, int count, ...);
enum tsm_err db_next(struct rows *rows);
int64_t db_int(const struct rows *rows, int column);
const char *db_text(const struct rows *rows, int column); /* "" for null */
struct bytes db_blob(const struct rows *rows, int column);
void db_end(struct rows *rows); /* legal at any point, also twice */
#define ROWS __attribute__((cleanup(db_end))) struct rows
enum tsm_err db_first_n(struct tx *tx, struct rows *rows, enum sql_id id, int count, ...);

/* The audit-leaf writer: chained by hash to the leaf before, in the caller's transaction. `detail` is JSON
 * without secrets. */
struct audit_leaf {
    int64_t party;
    struct bytes trace;
    const char *what, *detail;
};
enum tsm_err audit_add(struct tx *tx, const struct audit_leaf *leaf);

/* What the store did, for /metrics. */
struct store_counts {
    uint64_t units, commits, failures, reads;
};
struct store_counts store_counts(struct store *s);

#endif
