/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite keeps the text that made each table and index, and adds to it what ALTER TABLE adds: two texts say
 * whether two schemas are one. At start. Edge. [SQLite: schematab.html] */
#include "store/sqlite/shape.h"

#include <stdbool.h>
#include <string.h>

/* Spaces, and the quotes that SQLite itself puts around names it rewrites, say nothing. */
static const char *next_word(const char *text)
{
    return text + strspn(text, " \t\r\n\"");
}

static bool same_words(const char *a, const char *b)
{
    for (a = next_word(a), b = next_word(b); *a && *a == *b; a = next_word(a + 1), b = next_word(b + 1))
        continue;
    return *a == *b;
}

/* One row of the model; `find` looks for it in the database. */
static enum tsm_err judge(sqlite3 *db, sqlite3_stmt *row, sqlite3_stmt *find)
{
    const char *kind = (const char *)sqlite3_column_text(row, 0);
    const char *name = (const char *)sqlite3_column_text(row, 1);
    const char *want = (const char *)sqlite3_column_text(row, 2), *have;
    int rc;
    NEED(kind && name && want, NO_MEMORY);
    sqlite3_bind_text(find, 1, kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(find, 2, name, -1, SQLITE_STATIC);
    rc = sqlite3_step(find);
    if (rc == SQLITE_DONE)
        return FAIL(DATABASE, "the database has no %s %s: a program of another history made it", kind, name);
    if (rc != SQLITE_ROW)
        return FAIL(DATABASE, "the schema cannot be read: %s", sqlite3_errmsg(db));
    have = (const char *)sqlite3_column_text(find, 0);
    NEED(have != NULL, NO_MEMORY);
    if (!same_words(have, want))
        return FAIL(DATABASE, "the %s %s of the database is not ours: a program of another history made it",
                    kind, name);
    return TSM_OK;
}

enum tsm_err shape_agrees(sqlite3 *db, sqlite3 *model)
{
    static const char all[] =
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid",
                      one[] = "SELECT sql FROM sqlite_master WHERE type = ?1 AND name = ?2";
    sqlite3_stmt *rows = NULL, *find = NULL;
    enum tsm_err e = TSM_OK;
    int rc = sqlite3_prepare_v2(model, all, -1, &rows, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, one, -1, &find, NULL);
    while (rc == SQLITE_OK && e == TSM_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        e = judge(db, rows, find);
        rc = sqlite3_reset(find) == SQLITE_NOMEM ? SQLITE_NOMEM : SQLITE_OK;
    }
    if (e == TSM_OK && rc != SQLITE_DONE)
        e = rc == SQLITE_NOMEM ? FAIL(NO_MEMORY, "no memory for the schema")
                               : FAIL(DATABASE, "the schema cannot be read (SQLite %d)", rc);
    sqlite3_finalize(rows);
    sqlite3_finalize(find);
    return e;
}
