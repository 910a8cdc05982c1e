/* SPDX-License-Identifier: Apache-2.0 */
/* The store under faults: units that fail beside others, a full disk, a killed process. Edge (every durable
 * step). */
#include "rig.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/internal.h"

enum {
    UNITS_MAX = 4,
    BIG = 1 << 20,
    SPARE_PAGES = 16,
    SPARE_BYTES = 64 * 1024,
    ACKNOWLEDGED = 20,
    ROWS_WRITTEN = 200
};

/* Units that share one commit: the writer is kept busy by a first one until all of them wait. */
struct shared {
    struct together *all;
    store_unit unit;
    void *arg;
    enum tsm_err result;
    char cause[ERR_CAUSE_MAX];
};

struct together {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open;
    size_t left;
    struct shared at[UNITS_MAX];
};

static enum tsm_err run_shared(struct tx *tx, void *arg)
{
    struct shared *s = arg;
    return s->unit(tx, s->arg);
}

static void on_done(void *arg, enum tsm_err result)
{
    struct shared *s = arg;
    pthread_mutex_lock(&s->all->lock);
    s->result = result;
    snprintf(s->cause, sizeof s->cause, "%s", err_cause());
    s->all->left--;
    pthread_cond_broadcast(&s->all->changed);
    pthread_mutex_unlock(&s->all->lock);
}

static enum tsm_err wait_at_door(struct tx *tx, void *arg)
{
    struct together *t = arg;
    (void)tx;
    pthread_mutex_lock(&t->lock);
    while (!t->open)
        pthread_cond_wait(&t->changed, &t->lock);
    pthread_mutex_unlock(&t->lock);
    return TSM_OK;
}

/* Hands the units in while the writer stands at the door, then opens it. */
static void commit_together(struct rig *r, struct together *t, const struct shared *units, size_t n)
{
    struct shared door = {.all = t, .unit = wait_at_door, .arg = t};
    struct store_work work[UNITS_MAX];
    *t = (struct together){
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .left = n + 1};
    assert_int_equal(store_submit(r->store, run_shared, &door, 0, on_done), TSM_OK);
    for (size_t i = 0; i < n; i++) {
        t->at[i] = (struct shared){.all = t, .unit = units[i].unit, .arg = units[i].arg};
        work[i] = (struct store_work){run_shared, &t->at[i], (int64_t)i, on_done};
    }
    assert_int_equal(store_submit_all(r->store, work, n), TSM_OK);
    pthread_mutex_lock(&t->lock);
    t->open = true;
    pthread_cond_broadcast(&t->changed);
    while (t->left)
        pthread_cond_wait(&t->changed, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

static void a_unit_that_fails_is_undone_alone(void **state)
{
    struct rig *r = *state;
    struct together t;
    struct row before = {.name = "before"}, failing = {.name = "failing", .then = TSM_CONFLICT},
               after = {.name = "after"};
    struct shared units[] = {{.unit = rig_add, .arg = &before},
                             {.unit = rig_add, .arg = &failing},
                             {.unit = rig_add, .arg = &after}};
    commit_together(r, &t, units, 3);
    assert_int_equal(t.at[0].result, TSM_OK);
    assert_int_equal(t.at[1].result, TSM_CONFLICT);
    assert_int_equal(t.at[2].result, TSM_OK);
    assert_true(rig_has(r, "before"));
    assert_false(rig_has(r, "failing"));
    assert_true(rig_has(r, "after"));
}

static void the_cause_is_that_of_the_unit_that_failed(void **state)
{
    struct together t;
    struct row first = {.name = "first", .then = TSM_CONFLICT}, second = {.name = "second"},
               third = {.name = "third", .then = TSM_WRONG_STATE};
    struct shared units[] = {{.unit = rig_add, .arg = &first},
                             {.unit = rig_add, .arg = &second},
                             {.unit = rig_add, .arg = &third}};
    commit_together(*state, &t, units, 3);
    assert_string_equal(t.at[0].cause, "the unit of first was told to fail");
    assert_string_equal(t.at[2].cause, "the unit of third was told to fail");
}

/* A few pages more, then the database is full: SQLite ends the whole transaction, not the statement. */
static enum tsm_err limit_pages(struct tx *tx, void *spare)
{
    char text[64];
    (void)spare;
    snprintf(text, sizeof text, "PRAGMA max_page_count=%d", SPARE_PAGES);
    return tx->driver->script(tx->conn, text); /* below what is in use: no page more than now */
}

static enum tsm_err lift_limit(struct tx *tx, void *arg)
{
    (void)arg;
    return tx->driver->script(tx->conn, "PRAGMA max_page_count=1073741823");
}

static void a_full_database_fails_the_whole_commit_and_stores_nothing_of_it(void **state)
{
    struct rig *r = *state;
    struct together t;
    struct row before = {.name = "before"}, big = {.name = "big", .size = BIG}, after = {.name = "after"},
               later = {.name = "later"};
    struct shared units[] = {
        {.unit = rig_add, .arg = &before}, {.unit = rig_add, .arg = &big}, {.unit = rig_add, .arg = &after}};
    assert_int_equal(store_write(r->store, limit_pages, NULL), TSM_OK);
    commit_together(r, &t, units, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(t.at[i].result, TSM_DATABASE);
    assert_false(rig_has(r, "before"));
    assert_false(rig_has(r, "big"));
    assert_false(rig_has(r, "after")); /* its writer was told that it failed */
    assert_non_null(strstr(t.at[2].cause, "full"));
    assert_int_equal(store_write(r->store, lift_limit, NULL), TSM_OK);
    assert_int_equal(store_write(r->store, rig_add, &later), TSM_OK);
    assert_true(rig_has(r, "later"));
}

/* What the system says when no octet more can be written; SIGXFSZ is for programs that do not look. */
static void set_file_limit(rlim_t octets)
{
    struct rlimit l;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = octets == RLIM_INFINITY ? l.rlim_max : octets;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void a_full_disk_is_an_error_of_the_database_until_there_is_room(void **state)
{
    struct rig *r = *state;
    struct row small = {.name = "small"}, big = {.name = "big", .size = BIG}, later = {.name = "later"};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, kept;
    enum tsm_err full;
    assert_int_equal(store_write(r->store, rig_add, &small), TSM_OK);
    assert_int_equal(sigaction(SIGXFSZ, &ignore, &kept), 0);
    set_file_limit(SPARE_BYTES);
    full = store_write(r->store, rig_add, &big);
    set_file_limit(RLIM_INFINITY);
    assert_int_equal(sigaction(SIGXFSZ, &kept, NULL), 0);
    assert_int_equal(full, TSM_DATABASE);
    assert_true(rig_has(r, "small"));
    assert_false(rig_has(r, "big"));
    assert_int_equal(store_write(r->store, rig_add, &later), TSM_OK);
    rig_reopen(r);
    assert_true(rig_has(r, "small"));
    assert_false(rig_has(r, "big"));
    assert_true(rig_has(r, "later"));
}

static void note_it(void *arg, unsigned about)
{
    (void)about;
    ++*(int *)arg;
}

static enum tsm_err add_and_note(struct tx *tx, void *row)
{
    tx_note(tx);
    return rig_add(tx, row);
}

static void nobody_hears_of_work_that_was_not_stored(void **state)
{
    struct rig *r = *state;
    struct row good = {.name = "good"}, big = {.name = "big", .size = BIG};
    int notes = 0;
    assert_int_equal(store_on_note(r->store, note_it, &notes), TSM_OK);
    assert_int_equal(store_write(r->store, add_and_note, &good), TSM_OK);
    assert_int_equal(notes, 1);
    assert_int_equal(store_write(r->store, limit_pages, NULL), TSM_OK);
    assert_int_equal(store_write(r->store, add_and_note, &big), TSM_DATABASE);
    assert_int_equal(notes, 1);
}

/* Writes until it is killed, and says each name that the store has acknowledged. */
static void write_and_say(const char *url, int pipe)
{
    struct clock clock = clock_virtual(SECONDS(1800000000));
    struct store_config c = {.url = url, .clock = &clock, .node = 2};
    struct store *s;
    for (unsigned char i = 0; store_open(&c, &s) == TSM_OK; pause())
        for (; i < ROWS_WRITTEN; i++) {
            char name[16];
            struct row row = {.name = name, .size = 5000};
            snprintf(name, sizeof name, "row %u", i);
            if (store_write(s, rig_add, &row) != TSM_OK || write(pipe, &i, 1) != 1)
                _exit(1);
        }
    _exit(1);
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
    struct rig *r = *state;
    unsigned char last = 0;
    char name[16];
    int pipes[2];
    pid_t child;
    assert_int_equal(pipe(pipes), 0);
    store_close(r->store); /* no thread and no lock goes into the child */
    r->store = NULL;
    child = fork();
    if (child == 0)
        write_and_say(r->url, pipes[1]);
    close(pipes[1]);
    while (last < ACKNOWLEDGED && read(pipes[0], &last, 1) == 1)
        ;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (read(pipes[0], &last, 1) == 1) /* what it said before it died */
        ;
    close(pipes[0]);
    rig_reopen(r);
    for (unsigned i = 0; i <= last; i++) {
        snprintf(name, sizeof name, "row %u", i);
        assert_true(rig_has(r, name));
    }
}

/* $1 .. $n, each of them, where n is the number of letters; every letter one that the driver binds. */
static void each_statement_has_as_many_parameters_as_letters(void **state)
{
    (void)state;
    for (int id = 0; id < SQL_COUNT; id++) {
        const struct sql_row *row = &sql_table[id];
        size_t letters = strlen(row->params);
        unsigned long seen = 0;
        if (strspn(row->params, "itb") != letters)
            fail_msg("%s has the letters %s", row->name, row->params);
        for (const char *p = strchr(row->text, '$'); p; p = strchr(p + 1, '$'))
            seen |= 1ul << strtoul(p + 1, NULL, 10);
        if (seen != (1ul << (letters + 1)) - 2)
            fail_msg("%s: letters %s, parameters %lx", row->name, row->params, seen);
    }
}

static enum tsm_err start_with_too_few(struct tx *tx, void *arg)
{
    (void)arg;
    return db_exec_n(tx, SQL_PERSO_SCRIPT_ADD, 1, (int64_t)1);
}

static void a_forgotten_argument_is_an_error_and_no_wild_read(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, start_with_too_few, NULL), TSM_DATABASE);
}

int main(void)
{
#define ON_A_STORE(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(a_unit_that_fails_is_undone_alone),
        ON_A_STORE(the_cause_is_that_of_the_unit_that_failed),
        ON_A_STORE(a_full_database_fails_the_whole_commit_and_stores_nothing_of_it),
        ON_A_STORE(a_full_disk_is_an_error_of_the_database_until_there_is_room),
        ON_A_STORE(nobody_hears_of_work_that_was_not_stored),
        ON_A_STORE(what_was_acknowledged_survives_a_kill),
        cmocka_unit_test(each_statement_has_as_many_parameters_as_letters),
        ON_A_STORE(a_forgotten_argument_is_an_error_and_no_wild_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
