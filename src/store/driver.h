/* SPDX-License-Identifier: Apache-2.0 */
/* What a database driver must do; SQLite today, PostgreSQL beside it. One page, owned by the store. Edge. */
#ifndef TSM_STORE_DRIVER_H
#define TSM_STORE_DRIVER_H

#include <stdarg.h>

#include "base/bytes.h"
#include "store/sql.h"

struct conn; /* one connection, used by one thread at a time */

/* What bounds a transaction; prepared once, since each unit of a batch needs two. */
enum tx_act { TX_READ, TX_WRITE, TX_COMMIT, TX_ROLLBACK, TX_UNIT, TX_UNIT_UNDO, TX_UNIT_END, TX_ACTS };

/* Errors are classes: UNIQUE, NOT_FOUND, BUSY (try the transaction again), DATABASE. */
struct driver {
    enum tsm_err (*open)(const char *path, bool writer, struct conn **out);
    void (*close)(struct conn *c);
    enum tsm_err (*script)(struct conn *c, const char *sql); /* several statements, no parameters */
    enum tsm_err (*transact)(struct conn *c, enum tx_act act);
    bool (*lacks)(struct conn *c); /* since asked last: was a value read as empty for want of memory? */
    enum tsm_err (*start)(struct conn *c, enum sql_id id, va_list args,
                          void **cursor);               /* bind; rows come by next */
    enum tsm_err (*next)(struct conn *c, void *cursor); /* TSM_OK: a row; NOT_FOUND: no more */
    void (*end)(struct conn *c, enum sql_id id, void *cursor);
    int64_t (*changes)(struct conn *c);
    int64_t (*get_int)(void *cursor, int column);
    const char *(*get_text)(void *cursor, int column);
    struct bytes (*get_blob)(void *cursor, int column);
    /* Each table and index of the model is in this database, and was made by the same words; what there is
     * besides does not matter. DATABASE names the first that differs. */
    enum tsm_err (*has_shape)(struct conn *c, struct conn *model);
    enum tsm_err (*prepare_all)(struct conn *c); /* after migration; else each statement at its first use */
    const char *nowhere;                         /* opens an empty database that nobody keeps */
    const char *const *words;                    /* pairs: token of the schema text, this driver's word */
};

extern const struct driver driver_sqlite;

#endif
