/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the loop find their rows by an index, whatever else the table holds: SQLite says how it
 * would go. Test code; stations 3 to 12. [SQLite: eqp.html] */
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

enum { PATH_ROOM = 256, PLAN_ROOM = 2048 };

static char path[PATH_ROOM];

/* A database with the whole schema. */
static int make_schema(void **state)
{
    char url[PATH_ROOM + 16];
    struct store_config config = {.clock = &clock_real, .url = url};
    const char *tmp = getenv("TMPDIR");
    struct store *s;
    int fd;
    (void)state;
    snprintf(path, sizeof path, "%s/tsm-indexes-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    fd = mkstemp(path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(url, sizeof url, "sqlite:%s", path);
    if (store_open(&config, &s) != TSM_OK)
        return -1;
    store_close(s);
    return 0;
}

static int remove_schema(void **state)
{
    (void)state;
    return unlink(path);
}

/* What EXPLAIN QUERY PLAN says, line by line. */
static void plan_of(enum sql_id id, char *out)
{
    char sql[PLAN_ROOM];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", sql_table[id].text);
    for (char *p = sql; *p; p++)
        *p = p[0] == '$' ? '?' : *p;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    out[0] = 0;
    while (sqlite3_step(s) == SQLITE_ROW) {
        assert_true(strlen(out) + 200 < PLAN_ROOM);
        strcat(out, (const char *)sqlite3_column_text(s, 3));
        strcat(out, "\n");
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void each_statement_of_the_loop_goes_by_its_index(void **state)
{
    static const struct {
        enum sql_id id;
        const char *index;
    } rows[] = {
        {SQL_JOB_CLAIM, "job_due"},
        {SQL_JOB_NEXT_DUE, "job_due"},
        {SQL_JOB_TAKE_BACK, "job_due"},
        {SQL_EXCHANGE_SEND_AGAIN, "job_due"},
        {SQL_EXCHANGE_NOT_LEFT, "job_one_active (se=?)"},
        {SQL_EXCHANGE_NOT_LEFT, "job_waiting (se=?)"},
        {SQL_ORDER_RUNNING_ON, "orders_running (party=? AND instance=?)"},
        {SQL_TSMAPI_PROCESS_LOAD, "orders_running (party=?)"},
        {SQL_TSMAPI_PROCESS_LOAD, "tsm_process_party (party=? AND start_by>?)"},
        {SQL_PARTNER_WITHDRAWN, "partner_message_key (direction=? AND party=? AND peer=? AND key=?)"},
        {SQL_PARTNER_ASKED_FOR, "partner_message_key (direction=? AND party=? AND peer=? AND key=?)"},
        {SQL_DELIVERY_NEXT, "job_delivery (kind=? AND se>?)"},
        {SQL_DELIVERY_CLAIM, "job_delivery (kind=? AND se=? AND due<?)"},
        {SQL_DELIVERY_TAKE_BACK, "job_delivery"},
        {SQL_JOB_COUNTS, "job_due"},
        {SQL_JOB_SE_IN_HAND, "job_one_active (se=?)"},
        {SQL_EXCHANGE_WAITING, "job_waiting (se=?)"},
        {SQL_EXCHANGE_OF_SE, "job_one_active (se=?)"},
        {SQL_JOB_OLD, "PRIMARY KEY (rowid<?)"},
        {SQL_PARTNER_OLD, "PRIMARY KEY (rowid<?)"},
        {SQL_SERAM_OLD, "seram_session_expires (expires<?)"},
        {SQL_ORDER_OLD, "PRIMARY KEY (rowid<?)"},
        {SQL_EVENT_OLD, "PRIMARY KEY (rowid<?)"},
        {SQL_EVENT_DELETE_OF, "event_trace (party=? AND trace=?)"},
        {SQL_COUNTER_DELETE, "PRIMARY KEY"},
    };
    char plan[PLAN_ROOM];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        plan_of(rows[i].id, plan);
        if (!strstr(plan, rows[i].index))
            fail_msg("%s does not go by %s:\n%s", sql_table[rows[i].id].name, rows[i].index, plan);
    }
}

static void none_of_them_sorts(void **state)
{
    static const enum sql_id ids[] = {SQL_JOB_CLAIM, SQL_JOB_NEXT_DUE, SQL_DELIVERY_NEXT, SQL_DELIVERY_CLAIM,
                                      SQL_JOB_OLD,   SQL_ORDER_OLD,    SQL_EVENT_OLD};
    char plan[PLAN_ROOM];
    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        plan_of(ids[i], plan);
        if (strstr(plan, "TEMP B-TREE"))
            fail_msg("%s sorts:\n%s", sql_table[ids[i]].name, plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_statement_of_the_loop_goes_by_its_index),
        cmocka_unit_test(none_of_them_sorts),
    };
    return cmocka_run_group_tests_name("indexes", tests, make_schema, remove_schema);
}
