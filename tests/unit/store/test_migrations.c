/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of every earlier schema, with rows in all their tables, are brought up to date and lose nothing;
 * one of another history is refused before it is touched. Test code; at start. [SQLite: pragma.html] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/internal.h"

enum { PATH_ROOM = 256, SQL_ROOM = 4096, ROWS_A_TABLE = 3, FIRST_NUMBER = 1000 };

struct scene {
    char path[PATH_ROOM], url[PATH_ROOM + 16];
};

static int64_t newest(void)
{
    int64_t n = 0;
    while (migrations[n].text)
        n++;
    return n;
}

static int make_path(void **state)
{
    static struct scene s;
    const char *tmp = getenv("TMPDIR");
    int fd;
    snprintf(s.path, sizeof s.path, "%s/tsm-migrations-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    fd = mkstemp(s.path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(s.url, sizeof s.url, "sqlite:%s", s.path);
    *state = &s;
    return 0;
}

static int remove_path(void **state)
{
    return unlink(((struct scene *)*state)->path);
}

static void make_schema(const struct scene *s, int64_t version)
{
    struct conn *c;
    assert_int_equal(driver_sqlite.open(s->path, true, &c), TSM_OK);
    assert_int_equal(migrate_to(&driver_sqlite, c, version, 1), TSM_OK);
    driver_sqlite.close(c);
}

/* The next one is made at the same place. */
static void empty_file(const struct scene *s)
{
    assert_int_equal(truncate(s->path, 0), 0);
}

static void do_sql(const struct scene *s, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

/* Both of the same store, or the error that refused it. */
static enum tsm_err open_and_close(const struct scene *s)
{
    struct store *store = NULL;
    enum tsm_err e = store_open(&(struct store_config){.url = s->url, .clock = &clock_real}, &store);
    store_close(store);
    return e;
}

/* Rows of numbers, texts and octets that differ from row to row, by the types of the columns. */
static void fill_table(sqlite3 *db, const char *table)
{
    char ask[SQL_ROOM], sql[SQL_ROOM];
    sqlite3_stmt *columns = NULL;
    size_t n =
        (size_t)snprintf(sql, sizeof sql,
                         "WITH RECURSIVE r(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM r WHERE i < %d) "
                         "INSERT INTO %s SELECT ",
                         FIRST_NUMBER, FIRST_NUMBER + ROWS_A_TABLE - 1, table);
    snprintf(ask, sizeof ask, "SELECT type FROM pragma_table_info('%s') ORDER BY cid", table);
    assert_int_equal(sqlite3_prepare_v2(db, ask, -1, &columns, NULL), SQLITE_OK);
    for (const char *comma = ""; sqlite3_step(columns) == SQLITE_ROW; comma = ", ") {
        const char *type = (const char *)sqlite3_column_text(columns, 0);
        n += (size_t)snprintf(sql + n, sizeof sql - n, "%s%s", comma,
                              !strcmp(type, "INTEGER") ? "i"
                              : !strcmp(type, "BLOB")  ? "CAST('b' || i AS BLOB)"
                                                       : "'t' || i");
        assert_true(n < sizeof sql);
    }
    sqlite3_finalize(columns);
    snprintf(sql + n, sizeof sql - n, " FROM r");
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int fill_one(void *db, int n, char **value, char **name)
{
    (void)n;
    (void)name;
    fill_table(db, value[0]);
    return 0;
}

static int count_one(void *db, int n, char **value, char **name)
{
    char sql[PATH_ROOM];
    sqlite3_stmt *q = NULL;
    (void)n;
    (void)name;
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", value[0]);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    if (sqlite3_column_int(q, 0) < ROWS_A_TABLE)
        fail_msg("%s lost rows", value[0]);
    sqlite3_finalize(q);
    return 0;
}

/* For each table that the database had when it was made. */
static void for_tables(const struct scene *s, int (*act)(void *, int, char **, char **))
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT name FROM of_then", act, db, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_database_of_each_earlier_schema_is_updated_and_keeps_its_rows(void **state)
{
    struct scene *s = *state;
    for (int64_t version = 1; version <= newest(); version++) {
        make_schema(s, version);
        do_sql(s, "CREATE TABLE of_then AS SELECT name FROM sqlite_master WHERE type = 'table' AND name <> "
                  "'schema_migration'");
        for_tables(s, fill_one);
        if (open_and_close(s) != TSM_OK)
            fail_msg("from schema %lld: %s", (long long)version, err_cause());
        for_tables(s, count_one);
        empty_file(s);
    }
}

static void a_newer_database_is_refused(void **state)
{
    struct scene *s = *state;
    make_schema(s, newest());
    do_sql(s, "INSERT INTO schema_migration SELECT MAX(version) + 1, 'later.sql', 1 FROM schema_migration");
    assert_int_equal(open_and_close(s), TSM_DATABASE);
    assert_non_null(strstr(err_cause(), "use the newer program"));
}

static void one_whose_migrations_have_other_names_is_refused(void **state)
{
    struct scene *s = *state;
    make_schema(s, 3);
    do_sql(s, "UPDATE schema_migration SET name = '003_others.sql' WHERE version = 3");
    assert_int_equal(open_and_close(s), TSM_DATABASE);
    assert_non_null(strstr(err_cause(), "003_others.sql"));
}

/* As the first hours of this project made them: the numbers agree, the tables do not. */
static void one_whose_tables_were_made_by_other_words_is_refused_untouched(void **state)
{
    struct scene *s = *state;
    make_schema(s, 1);
    do_sql(s, "DROP INDEX job_due; CREATE INDEX job_due ON job(due, id) WHERE state IN (1, 2, 3)");
    assert_int_equal(open_and_close(s), TSM_DATABASE);
    assert_non_null(strstr(err_cause(), "job_due"));
    do_sql(
        s,
        "DROP INDEX job_due; CREATE INDEX job_due ON job (due,  id, \"kind\")\nWHERE state BETWEEN 1 AND 3");
    assert_int_equal(open_and_close(s), TSM_OK);
}

static void one_that_lacks_a_table_is_refused_and_one_that_has_more_is_not(void **state)
{
    struct scene *s = *state;
    make_schema(s, newest());
    do_sql(s, "CREATE TABLE of_the_operator(a); CREATE INDEX for_reports ON orders(party, state)");
    assert_int_equal(open_and_close(s), TSM_OK);
    do_sql(s, "DROP TABLE stray_answer");
    assert_int_equal(open_and_close(s), TSM_DATABASE);
    assert_non_null(strstr(err_cause(), "stray_answer"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make_path, remove_path)
    const struct CMUnitTest tests[] = {
        T(a_database_of_each_earlier_schema_is_updated_and_keeps_its_rows),
        T(a_newer_database_is_refused),
        T(one_whose_migrations_have_other_names_is_refused),
        T(one_whose_tables_were_made_by_other_words_is_refused_untouched),
        T(one_that_lacks_a_table_is_refused_and_one_that_has_more_is_not),
    };
    return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}
