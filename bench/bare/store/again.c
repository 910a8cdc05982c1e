/* SPDX-License-Identifier: Apache-2.0 */
/* Rows read, tables emptied, rows inserted again. Bench only; includes nothing of src/. */
#include "bare/store/again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare/crypto/crypto.h"

enum { SQL_MAX = 512, COLUMNS_MAX = 32 };

/* What an order writes. */
static const char *const tables[BARE_AGAIN_TABLES] = {
    "orders", "service_instance", "job",    "event",      "partner_message", "audit",
    "usage",  "security_domain",  "keyset", "executable", "application"};

static bool keep_row(struct bare_again *a, int table, sqlite3_stmt *s)
{
    struct bare_again_row row = {.table = table, .n = sqlite3_column_count(s)};
    if (a->n == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 1024;
        void *grown = realloc(a->rows, cap * sizeof *a->rows);
        if (!grown)
            return false;
        a->rows = grown;
        a->cap = cap;
    }
    row.values = calloc((size_t)row.n, sizeof *row.values);
    if (!row.values)
        return false;
    for (int i = 0; i < row.n; i++)
        row.values[i] = sqlite3_value_dup(sqlite3_column_value(s, i));
    a->rows[a->n++] = row;
    return true;
}

static bool read_table(struct bare_again *a, int table)
{
    char sql[SQL_MAX];
    sqlite3_stmt *s;
    int rc = SQLITE_ERROR, columns;
    size_t len;
    snprintf(sql, sizeof sql, "SELECT * FROM %s", tables[table]);
    s = bare_lite_prepare(a->db, sql);
    columns = s ? sqlite3_column_count(s) : 0;
    while (s && (rc = sqlite3_step(s)) == SQLITE_ROW && keep_row(a, table, s))
        continue;
    sqlite3_finalize(s);
    if (rc != SQLITE_DONE || columns == 0 || columns > COLUMNS_MAX)
        return false;
    len = (size_t)snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?", tables[table]);
    for (int i = 1; i < columns; i++)
        len += (size_t)snprintf(sql + len, sizeof sql - len, ",?");
    snprintf(sql + len, sizeof sql - len, ")");
    a->insert[table] = bare_lite_prepare(a->db, sql);
    snprintf(sql, sizeof sql, "DELETE FROM %s", tables[table]);
    return a->insert[table] && bare_lite_exec(a->db, sql);
}

/* Rows of all tables mixed: the k-th tenth of each table stands in the k-th tenth of all. */
struct place {
    double at;
    struct bare_again_row row;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static bool mix(struct bare_again *a)
{
    struct place *places = calloc(a->n + 1, sizeof *places);
    size_t count[BARE_AGAIN_TABLES] = {0}, seen[BARE_AGAIN_TABLES] = {0};
    if (!places)
        return false;
    for (size_t i = 0; i < a->n; i++)
        count[a->rows[i].table]++;
    for (size_t i = 0; i < a->n; i++) {
        int t = a->rows[i].table;
        places[i] = (struct place){(double)seen[t]++ / (double)count[t], a->rows[i]};
    }
    qsort(places, a->n, sizeof *places, by_place);
    for (size_t i = 0; i < a->n; i++)
        a->rows[i] = places[i].row;
    free(places);
    return true;
}

bool bare_again_read(struct bare_again *a, const char *path)
{
    *a = (struct bare_again){.db = bare_lite_open(path)};
    if (!a->db)
        return false;
    a->begin = bare_lite_prepare(a->db, "BEGIN IMMEDIATE");
    a->commit = bare_lite_prepare(a->db, "COMMIT");
    for (int t = 0; t < BARE_AGAIN_TABLES; t++)
        if (!read_table(a, t))
            return false;
    return a->begin && a->commit && a->n > 0 && mix(a);
}

double bare_again_write(struct bare_again *a, size_t commits)
{
    double from = bare_now();
    size_t done = 0;
    for (size_t c = 1; c <= commits; c++) {
        if (!bare_lite_run(a->begin))
            return -1;
        for (; done < a->n * c / commits; done++) {
            const struct bare_again_row *r = &a->rows[done];
            sqlite3_stmt *s = a->insert[r->table];
            for (int i = 0; i < r->n; i++)
                if (sqlite3_bind_value(s, i + 1, r->values[i]) != SQLITE_OK)
                    return -1;
            if (!bare_lite_run(s))
                return -1;
        }
        if (!bare_lite_run(a->commit))
            return -1;
    }
    return bare_now() - from;
}

void bare_again_end(struct bare_again *a)
{
    for (size_t i = 0; i < a->n; i++) {
        for (int k = 0; k < a->rows[i].n; k++)
            sqlite3_value_free(a->rows[i].values[k]);
        free(a->rows[i].values);
    }
    free(a->rows);
    sqlite3_finalize(a->begin);
    sqlite3_finalize(a->commit);
    for (int t = 0; t < BARE_AGAIN_TABLES; t++)
        sqlite3_finalize(a->insert[t]);
    sqlite3_close(a->db);
}
