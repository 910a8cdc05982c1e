/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite driver: WAL, synchronous FULL, foreign keys, every statement prepared once per connection. Edge.
 */
#include "store/driver.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite/log.h"
#include "store/sqlite/shape.h"

enum { SQL_TEXT_MAX = 1024, BUSY_MS = 5000, WRITER_CACHE_KIB = 32 * 1024, READER_CACHE_KIB = 2 * 1024 };

struct conn {
    sqlite3 *db;
    sqlite3_stmt *stmt[SQL_COUNT], *act[TX_ACTS];
    struct log_keeper *keeper; /* the writer has one */
    bool lacks;                /* a value that was read is not whole: there was no memory for it */
};

static const char *const act_text[TX_ACTS] = {
    [TX_READ] = "BEGIN",           [TX_WRITE] = "BEGIN IMMEDIATE", [TX_COMMIT] = "COMMIT",
    [TX_ROLLBACK] = "ROLLBACK",    [TX_UNIT] = "SAVEPOINT unit",   [TX_UNIT_UNDO] = "ROLLBACK TO unit",
    [TX_UNIT_END] = "RELEASE unit"};

/* What an operator mends at the file or its disk. */
static bool is_about_files(int rc)
{
    rc &= 0xFF;
    return rc == SQLITE_READONLY || rc == SQLITE_IOERR || rc == SQLITE_FULL || rc == SQLITE_CANTOPEN;
}

/* SQLite has two words for it. */
static bool is_memory(int rc)
{
    return rc == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM;
}

static enum tsm_err class_of(sqlite3 *db, int rc)
{
    int ext = sqlite3_extended_errcode(db);
    if (ext == SQLITE_CONSTRAINT_UNIQUE || ext == SQLITE_CONSTRAINT_PRIMARYKEY ||
        ext == SQLITE_CONSTRAINT_ROWID)
        return FAIL(UNIQUE, "%s", sqlite3_errmsg(db));
    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
        return FAIL(BUSY, "the database is locked");
    if (is_memory(rc))
        return FAIL(NO_MEMORY, "no memory for a statement of the database");
    if (is_about_files(rc) && sqlite3_db_filename(db, "main"))
        return FAIL(DATABASE, "SQLite %d: %s: %s", ext, sqlite3_errmsg(db), sqlite3_db_filename(db, "main"));
    return FAIL(DATABASE, "SQLite %d: %s", ext, sqlite3_errmsg(db));
}

static enum tsm_err lite_script(struct conn *c, const char *sql)
{
    int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? TSM_OK : class_of(c->db, rc);
}

/* At once: what ends a transaction must not fail for want of memory, or it would never end. */
static enum tsm_err prepare_acts(struct conn *c)
{
    int rc = SQLITE_OK;
    for (int i = 0; i < TX_ACTS && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(c->db, act_text[i], -1, SQLITE_PREPARE_PERSISTENT, &c->act[i], NULL);
    return rc == SQLITE_OK ? TSM_OK : class_of(c->db, rc);
}

static enum tsm_err lite_transact(struct conn *c, enum tx_act act)
{
    int rc;
    if (act == TX_ROLLBACK && sqlite3_get_autocommit(c->db))
        return TSM_OK; /* SQLite has undone the whole: it does where memory or the disk is full */
    sqlite3_step(c->act[act]);
    rc = sqlite3_reset(c->act[act]);
    return rc == SQLITE_OK ? TSM_OK : class_of(c->db, rc);
}

static bool lite_lacks(struct conn *c)
{
    bool lacks = c->lacks;
    c->lacks = false;
    return lacks;
}

static void lite_close(struct conn *c)
{
    if (!c)
        return;
    log_keeper_stop(c->keeper);
    for (int i = 0; i < TX_ACTS; i++)
        sqlite3_finalize(c->act[i]);
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(c->stmt[i]);
    sqlite3_close(c->db);
    free(c);
}

/* Statistics of memory are one lock around each allocation of all connections: two thirds of what threads
 * waited for while orders came in over TLS. */
static void without_statistics(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum tsm_err lite_open(const char *path, bool writer, struct conn **out)
{
    static const char pragmas[] =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0;";
    struct conn *c = calloc(1, sizeof *c);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char text[80];
    enum tsm_err e;
    NEED(c != NULL, NO_MEMORY);
    pthread_once(&once, without_statistics);
    if (sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        e = FAIL(DATABASE, "cannot open %s: %s (%s)", path, c->db ? sqlite3_errmsg(c->db) : "no memory",
                 strerror(c->db ? sqlite3_system_errno(c->db) : ENOMEM));
        lite_close(c);
        return e;
    }
    sqlite3_busy_timeout(c->db, BUSY_MS);
    snprintf(text, sizeof text, "PRAGMA cache_size=-%d;", writer ? WRITER_CACHE_KIB : READER_CACHE_KIB);
    e = lite_script(c, pragmas);
    if (e == TSM_OK)
        e = lite_script(c, text);
    if (e == TSM_OK)
        e = prepare_acts(c);
    if (e == TSM_OK && writer)
        e = log_keeper_start(c->db, path, &c->keeper);
    if (e != TSM_OK) {
        lite_close(c);
        return e;
    }
    *out = c;
    return TSM_OK;
}

/* SQLite takes $1 for a name and numbers names as they appear; ?1 is the first parameter. */
static void number_parameters(const char *text, char *out, size_t cap)
{
    size_t n = 0;
    for (; *text && n + 1 < cap; text++)
        out[n++] = text[0] == '$' && text[1] >= '0' && text[1] <= '9' ? '?' : text[0];
    out[n] = 0;
}

static enum tsm_err prepare(struct conn *c, enum sql_id id, sqlite3_stmt **out)
{
    const struct sql_row *row = &sql_table[id];
    char text[SQL_TEXT_MAX];
    int rc;
    NEED(strlen(row->text) < sizeof text, TOO_LONG);
    number_parameters(row->text, text, sizeof text);
    rc = sqlite3_prepare_v3(c->db, text, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    if (rc != SQLITE_OK)
        return is_memory(rc) ? class_of(c->db, rc)
                             : FAIL(DATABASE, "statement %s: %s", row->name, sqlite3_errmsg(c->db));
    if ((size_t)sqlite3_bind_parameter_count(*out) != strlen(row->params))
        return FAIL(DATABASE, "statement %s: %d parameters, letters %s", row->name,
                    sqlite3_bind_parameter_count(*out), row->params);
    return TSM_OK;
}

static enum tsm_err lite_prepare_all(struct conn *c)
{
    for (int i = 0; i < SQL_COUNT; i++)
        if (!c->stmt[i])
            TRY(prepare(c, (enum sql_id)i, &c->stmt[i]));
    return TSM_OK;
}

/* Bound values are borrowed until the cursor ends: the caller's arguments live as long as its unit. */
static int bind_all(sqlite3_stmt *s, const char *letters, va_list args)
{
    int rc = SQLITE_OK;
    for (int at = 1; *letters && rc == SQLITE_OK; letters++, at++) {
        if (*letters == 'i') {
            rc = sqlite3_bind_int64(s, at, va_arg(args, int64_t));
        } else if (*letters == 't') {
            rc =
                sqlite3_bind_text(s, at, va_arg(args, const char *), -1, SQLITE_STATIC); /* NULL binds null */
        } else {
            struct bytes b = va_arg(args, struct bytes);
            rc = sqlite3_bind_blob(s, at, b.len ? (const void *)b.at : "", (int)b.len, SQLITE_STATIC);
        }
    }
    return rc;
}

/* Prepared at its first use and kept; one that is in use (a query inside a query of the same name) gets a
 * second, passing one. */
static enum tsm_err statement(struct conn *c, enum sql_id id, sqlite3_stmt **out)
{
    sqlite3_stmt *s = c->stmt[id];
    if (s && !sqlite3_stmt_busy(s)) {
        *out = s;
        return TSM_OK;
    }
    TRY(prepare(c, id, out));
    if (!s)
        c->stmt[id] = *out;
    return TSM_OK;
}

static void lite_end(struct conn *c, enum sql_id id, void *cursor)
{
    bool kept = c->stmt[id] == cursor;
    int rc = kept ? sqlite3_reset(cursor) : sqlite3_finalize(cursor);
    c->lacks = c->lacks || is_memory(rc);
    if (kept)
        sqlite3_clear_bindings(cursor);
}

static enum tsm_err lite_start(struct conn *c, enum sql_id id, va_list args, void **cursor)
{
    sqlite3_stmt *s;
    int rc;
    TRY(statement(c, id, &s));
    rc = bind_all(s, sql_table[id].params, args);
    if (rc != SQLITE_OK) {
        lite_end(c, id, s);
        return class_of(c->db, rc);
    }
    *cursor = s;
    return TSM_OK;
}

static enum tsm_err lite_next(struct conn *c, void *cursor)
{
    int rc = sqlite3_step(cursor);
    if (rc == SQLITE_ROW)
        return TSM_OK;
    return rc == SQLITE_DONE ? TSM_NOT_FOUND : class_of(c->db, rc);
}

static int64_t lite_changes(struct conn *c)
{
    return sqlite3_changes(c->db);
}
static int64_t lite_int(void *cursor, int column)
{
    return sqlite3_column_int64(cursor, column);
}

static const char *lite_text(void *cursor, int column)
{
    const unsigned char *t = sqlite3_column_text(cursor, column);
    return t ? (const char *)t : "";
}

static struct bytes lite_blob(void *cursor, int column)
{
    const void *at = sqlite3_column_blob(cursor, column);
    return (struct bytes){at, (size_t)sqlite3_column_bytes(cursor, column)};
}

static enum tsm_err lite_has_shape(struct conn *c, struct conn *model)
{
    return shape_agrees(c->db, model->db);
}

static const char *const words[] = {"@ID@",     "INTEGER", "@I64@",           "INTEGER",
                                    "@BLOB@",   "BLOB",    "@TEXT@",          "TEXT",
                                    "@STRICT@", "STRICT",  "@WITHOUT_ROWID@", "STRICT, WITHOUT ROWID",
                                    NULL};

const struct driver driver_sqlite = {
    .open = lite_open,
    .close = lite_close,
    .script = lite_script,
    .transact = lite_transact,
    .lacks = lite_lacks,
    .start = lite_start,
    .next = lite_next,
    .end = lite_end,
    .changes = lite_changes,
    .get_int = lite_int,
    .get_text = lite_text,
    .get_blob = lite_blob,
    .has_shape = lite_has_shape,
    .prepare_all = lite_prepare_all,
    .nowhere = ":memory:",
    .words = words,
};
