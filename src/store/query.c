/* SPDX-License-Identifier: Apache-2.0 */
/* Statements inside a unit of work: execute, walk rows, read columns. Every durable step. Edge. */
#include "store/internal.h"

#include <string.h>

const struct sql_row sql_table[SQL_COUNT] = {
#define S(name, params, text) [SQL_##name] = {#name, params, text},
#include "store/statements.h"
#undef S
};

struct store *tx_store(struct tx *tx)
{
    return tx->store;
}
time_us tx_now(struct tx *tx)
{
    return tx->now;
}

void tx_note_of(struct tx *tx, unsigned about)
{
    tx->noted |= about;
}

void tx_note(struct tx *tx)
{
    tx_note_of(tx, 1);
}

static enum tsm_err start(struct tx *tx, struct rows *rows, enum sql_id id, int count, va_list args)
{
    void *cursor;
    if ((size_t)count != strlen(sql_table[id].params))
        return FAIL(DATABASE, "statement %s takes %zu arguments, %d given", sql_table[id].name,
                    strlen(sql_table[id].params), count);
    TRY(tx->driver->start(tx->conn, id, args, &cursor));
    *rows = (struct rows){.tx = tx, .cursor = cursor, .id = id};
    return TSM_OK;
}

static enum tsm_err run(struct tx *tx, enum sql_id id, int count, va_list args)
{
    ROWS rows = {0};
    enum tsm_err e;
    TRY(start(tx, &rows, id, count, args));
    do
        e = db_next(&rows);
    while (e == TSM_OK);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err db_exec_n(struct tx *tx, enum sql_id id, int count, ...)
{
    va_list args;
    enum tsm_err e;
    va_start(args, count);
    e = run(tx, id, count, args);
    va_end(args);
    return e;
}

enum tsm_err db_exec_one_n(struct tx *tx, enum sql_id id, int count, ...)
{
    va_list args;
    enum tsm_err e;
    va_start(args, count);
    e = run(tx, id, count, args);
    va_end(args);
    TRY(e);
    if (tx->driver->changes(tx->conn) != 1)
        return FAIL(NOT_FOUND, "%s changed no row", sql_table[id].name);
    return TSM_OK;
}

enum tsm_err db_query_n(struct tx *tx, struct rows *rows, enum sql_id id, int count, ...)
{
    va_list args;
    enum tsm_err e;
    va_start(args, count);
    e = start(tx, rows, id, count, args);
    va_end(args);
    return e;
}

enum tsm_err db_first_n(struct tx *tx, struct rows *rows, enum sql_id id, int count, ...)
{
    va_list args;
    enum tsm_err e;
    va_start(args, count);
    e = start(tx, rows, id, count, args);
    va_end(args);
    return e == TSM_OK ? db_next(rows) : e;
}

enum tsm_err db_next(struct rows *rows)
{
    return rows->tx->driver->next(rows->tx->conn, rows->cursor);
}

void db_end(struct rows *rows)
{
    if (rows->cursor)
        rows->tx->driver->end(rows->tx->conn, rows->id, rows->cursor);
    rows->cursor = NULL;
}

int64_t db_int(const struct rows *rows, int column)
{
    return rows->tx->driver->get_int(rows->cursor, column);
}
const char *db_text(const struct rows *rows, int column)
{
    return rows->tx->driver->get_text(rows->cursor, column);
}
struct bytes db_blob(const struct rows *rows, int column)
{
    return rows->tx->driver->get_blob(rows->cursor, column);
}
