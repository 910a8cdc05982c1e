/* SPDX-License-Identifier: Apache-2.0 */
/* Bare SQLite, and the floor: the narrowest row. Bench only; includes nothing of src/. */
#include "bare/store/lite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bare/crypto/crypto.h"

enum { BATCH = 1000, TEXT_MAX = 2048 };

sqlite3 *bare_lite_open(const char *path)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) ==
            SQLITE_OK &&
        bare_lite_exec(db,
                       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                       "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=16384; "
                       "PRAGMA cache_size=-32768;"))
        return db;
    sqlite3_close(db);
    return NULL;
}

bool bare_lite_exec(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

sqlite3_stmt *bare_lite_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    char text[TEXT_MAX];
    snprintf(text, sizeof text, "%s", sql);
    for (char *at = text; *at; at++)
        if (at[0] == '$' && at[1] >= '0' && at[1] <= '9')
            at[0] = '?';
    return sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK ? s : NULL;
}

bool bare_lite_bind(sqlite3_stmt *s, const char *letters, ...)
{
    va_list args;
    int rc = SQLITE_OK;
    va_start(args, letters);
    for (int at = 1; *letters && rc == SQLITE_OK; letters++, at++) {
        if (*letters == 'i') {
            rc = sqlite3_bind_int64(s, at, va_arg(args, int64_t));
        } else if (*letters == 't') {
            rc = sqlite3_bind_text(s, at, va_arg(args, const char *), -1, SQLITE_STATIC);
        } else {
            const void *octets = va_arg(args, const void *);
            rc = sqlite3_bind_blob(s, at, octets, va_arg(args, int), SQLITE_STATIC);
        }
    }
    va_end(args);
    return rc == SQLITE_OK;
}

bool bare_lite_run(sqlite3_stmt *s)
{
    int rc;
    do
        rc = sqlite3_step(s);
    while (rc == SQLITE_ROW);
    return sqlite3_reset(s) == SQLITE_OK && rc == SQLITE_DONE;
}

bool bare_floor_make(struct bare_floor *f, const char *path, size_t rows)
{
    sqlite3_stmt *insert;
    bool fine = true;
    *f = (struct bare_floor){.db = bare_lite_open(path), .rows = rows};
    if (!f->db ||
        !bare_lite_exec(f->db, "CREATE TABLE floor(id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT"))
        return false;
    insert = bare_lite_prepare(f->db, "INSERT INTO floor(id, n) VALUES($1, 0)");
    f->begin = bare_lite_prepare(f->db, "BEGIN IMMEDIATE");
    f->update = bare_lite_prepare(f->db, "UPDATE floor SET n = n + 1 WHERE id = $1");
    f->commit = bare_lite_prepare(f->db, "COMMIT");
    fine = insert && f->begin && f->update && f->commit && bare_lite_run(f->begin);
    for (size_t i = 0; i < rows && fine; i++)
        fine = sqlite3_bind_int64(insert, 1, (sqlite3_int64)i) == SQLITE_OK && bare_lite_run(insert);
    sqlite3_finalize(insert);
    return fine && bare_lite_run(f->commit);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

double bare_floor_run(struct bare_floor *f, size_t n)
{
    static uint64_t seed = 88172645463325252u; /* xorshift: the same rows in every run */
    int64_t ids[BATCH];
    double from = bare_now();
    for (size_t done = 0; done < n; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            ids[i] = (int64_t)(seed % f->rows);
        }
        qsort(ids, BATCH, sizeof *ids, ascending);
        if (!bare_lite_run(f->begin))
            return -1;
        for (size_t i = 0; i < BATCH; i++)
            if (sqlite3_bind_int64(f->update, 1, ids[i]) != SQLITE_OK || !bare_lite_run(f->update))
                return -1;
        if (!bare_lite_run(f->commit))
            return -1;
    }
    return bare_now() - from;
}

void bare_floor_end(struct bare_floor *f)
{
    sqlite3_finalize(f->begin);
    sqlite3_finalize(f->update);
    sqlite3_finalize(f->commit);
    sqlite3_close(f->db);
}
