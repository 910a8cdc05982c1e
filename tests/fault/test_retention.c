/* SPDX-License-Identifier: Apache-2.0 */
/* What is over goes after its time, and nothing else does. Edge (station 12). */
#include "engine/retention/retention.h"

#include <sqlite3.h>
#include <stdio.h>

#include "engine/element/keyset.h"
#include "engine/note.h"
#include "rig.h"

enum { PARTY = 7, PEER = 8, DAY_S = 86400, KEEP_JOBS = 3, KEEP_ORDERS = 30, MANY_JOBS = 5 * RETENTION_BATCH };

static const uint8_t trace_of_order[TRACE_LEN] = {1}, trace_alone[TRACE_LEN] = {2};

static int64_t count(struct rig *r, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    char path[RIG_PATH + 16];
    int64_t n;
    snprintf(path, sizeof path, "%s/tsm.db", r->dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

static struct retention *keeper(struct rig *r)
{
    struct retention *out;
    struct retention_config c = {
        .store = r->store,
        .clock = &r->clock,
        .days = {.jobs = KEEP_JOBS, .messages = KEEP_JOBS, .sessions = KEEP_JOBS, .orders = KEEP_ORDERS}};
    assert_int_equal(retention_new(&c, &out), TSM_OK);
    return out;
}

static size_t keep_turning(struct rig *r)
{
    struct retention *k = keeper(r);
    size_t all = 0, n;
    do {
        assert_int_equal(retention_turn(k, &n), TSM_OK);
        assert_true(n <= 4 * RETENTION_BATCH + RETENTION_ORDERS);
        all += n;
    } while (n);
    retention_free(k);
    return all;
}

static void days_pass(struct rig *r, int64_t days)
{
    r->clock.virtual_now += SECONDS(days * DAY_S);
}

/* ---- jobs ---- */

static enum tsm_err add_job(struct tx *tx, int64_t party)
{
    int64_t id;
    struct job_new j = {.kind = JOB_ORDER,
                        .state = JOB_READY,
                        .party = party,
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(DAY_S),
                        .body = bytes_of_text("{\"asked\":1}")};
    TRY(job_add(tx, &j, &id));
    return party == PARTY ? job_end(tx, id, JOB_DONE) : TSM_OK;
}

static enum tsm_err add_jobs(struct tx *tx, void *arg)
{
    (void)arg;
    for (int i = 0; i < MANY_JOBS; i++)
        TRY(add_job(tx, PARTY));
    return add_job(tx, PEER); /* is still under way */
}

static void finished_jobs_go_and_those_under_way_stay_however_old(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_jobs, NULL), TSM_OK);
    days_pass(r, KEEP_JOBS - 1);
    assert_int_equal(keep_turning(r), 0);
    days_pass(r, 2);
    assert_int_equal(keep_turning(r), MANY_JOBS);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM job WHERE party = 8"), 1);
    days_pass(r, 1000);
    assert_int_equal(keep_turning(r), 0);
}

static void what_was_asked_is_emptied_with_the_end_of_the_job(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_jobs, NULL), TSM_OK);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM job WHERE party = 7 AND length(body) > 0"), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM job WHERE party = 8 AND length(body) > 0"), 1);
}

/* ---- orders ---- */

static enum tsm_err add_event(struct tx *tx, struct bytes trace)
{
    return note_add(
        tx,
        &(struct note){.party = PARTY, .trace = trace, .station = 3, .role = "sp", .step = "S", .text = "T"});
}

static enum tsm_err add_order(struct tx *tx, void *arg)
{
    const int64_t *state = arg;
    time_us now = tx_now(tx);
    TRY(add_event(tx, BYTES(trace_of_order)));
    TRY(add_event(tx, BYTES(trace_alone)));
    TRY(audit_add(tx, &(struct audit_leaf){PARTY, BYTES(trace_of_order), "order.accepted", "{}"}));
    TRY(usage_add(tx, PARTY, "k", BYTES(trace_of_order), "order", 1));
    return db_exec(tx, SQL_ORDER_ADD, store_id(tx_store(tx)), (int64_t)PARTY, NULL, (int64_t)0, (int64_t)1,
                   "service", "", (int64_t)0, "ref", BYTES(trace_of_order), "", BYTES_NONE, BYTES_NONE,
                   *state, "", now, now, now);
}

static int64_t order_done = 2, order_running = 1;

static void an_order_keeps_its_timeline_as_long_as_itself_and_both_go_together(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_order, &order_done), TSM_OK);
    days_pass(r, KEEP_ORDERS - 1);
    assert_int_equal(keep_turning(r), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM event"), 2);
    days_pass(r, 2);
    assert_int_equal(keep_turning(r), 1);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM orders"), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM event WHERE substr(trace, 1, 1) = x'01'"), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM event"), 1); /* not of an order here: its own time */
    days_pass(r, RETENTION_WAIT_MAX_D);
    assert_int_equal(keep_turning(r), 1);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM event"), 0);
}

static void an_order_that_is_under_way_stays(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_order, &order_running), TSM_OK);
    days_pass(r, KEEP_ORDERS + 1);
    assert_int_equal(keep_turning(r), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM orders"), 1);
}

static void audit_and_usage_are_never_removed_and_the_audit_tells_of_the_removal(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_order, &order_done), TSM_OK);
    days_pass(r, 10 * KEEP_ORDERS);
    keep_turning(r);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM usage"), 1);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM audit"), 2);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM audit WHERE what = 'order.removed'"), 1);
}

/* ---- messages, sessions, counters ---- */

static enum tsm_err add_messages(struct tx *tx, void *arg)
{
    (void)arg;
    for (int64_t state = 0; state <= 2; state++) {
        char key[8];
        snprintf(key, sizeof key, "k%d", (int)state);
        TRY(db_exec(tx, SQL_PARTNER_ADD, store_id(tx_store(tx)), (int64_t)0, (int64_t)PARTY, (int64_t)PEER,
                    (int64_t)1, key, (int64_t)0, BYTES(trace_alone), state, tx_now(tx), "{}"));
    }
    return db_exec(tx, SQL_SERAM_ADD, "session", (int64_t)PARTY, (int64_t)1, (int64_t)0,
                   tx_now(tx) + SECONDS(DAY_S));
}

static void answered_messages_go_first_and_others_when_nobody_can_wait_any_more(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_messages, NULL), TSM_OK);
    days_pass(r, KEEP_JOBS);
    days_pass(r, 1);
    keep_turning(r);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM partner_message"), 2);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM partner_message WHERE state = 2"), 0);
    days_pass(r, RETENTION_WAIT_MAX_D);
    keep_turning(r);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM partner_message"), 0);
}

static void a_device_session_goes_when_it_has_been_over_long_enough(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_messages, NULL), TSM_OK);
    days_pass(r, KEEP_JOBS);
    keep_turning(r);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM seram_session"), 1);
    days_pass(r, 2);
    keep_turning(r);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM seram_session"), 0);
}

static enum tsm_err forget_keys(struct tx *tx, void *arg)
{
    (void)arg;
    TRY(db_exec(tx, SQL_KEYSET_ADD, (int64_t)1, (int64_t)PARTY, (int64_t)3, (int64_t)48, (int64_t)99,
                (int64_t)1, BYTES(trace_alone)));
    TRY(db_exec(tx, SQL_COUNTER_TAKE, (int64_t)99));
    TRY(db_exec(tx, SQL_COUNTER_TAKE, (int64_t)100));
    return keyset_forget(tx, &(struct keyset_name){1, PARTY, 3, 48});
}

static void a_counter_goes_with_its_key_set(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, forget_keys, NULL), TSM_OK);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM keyset"), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM counter WHERE keyset = 99"), 0);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM counter WHERE keyset = 100"), 1);
}

/* ---- campaigns of providers ---- */

/* One over with as many targets as take several turns, one that runs. */
static enum tsm_err add_campaigns(struct tx *tx, void *arg)
{
    enum { OVER = 3, RUNS = 4 };
    (void)arg;
    for (int64_t id = OVER; id <= RUNS; id++) {
        TRY(db_exec(tx, SQL_BULK_ADD, id, (int64_t)PARTY, (int64_t)2, (int64_t)1, (int64_t)9, "", "{}",
                    (int64_t)0, (int64_t)1, (int64_t)0, (int64_t)0, (int64_t)5, (int64_t)0, (int64_t)0,
                    (int64_t)0, (int64_t)0, (int64_t)0, (int64_t)0, (int64_t)MANY_JOBS, tx_now(tx)));
        for (int64_t i = 1; i <= MANY_JOBS; i++)
            TRY(db_exec(tx, SQL_TARGET_ADD, id, i));
        TRY(db_exec(tx, SQL_FAILURE_COUNT, id, "a reason"));
    }
    return db_exec(tx, SQL_BULK_SET, (int64_t)OVER, (int64_t)3, "", tx_now(tx));
}

static void a_campaign_that_is_over_goes_with_its_targets_and_one_that_runs_stays(void **state)
{
    struct rig *r = *state;
    assert_int_equal(store_write(r->store, add_campaigns, NULL), TSM_OK);
    days_pass(r, KEEP_ORDERS - 1);
    assert_int_equal(keep_turning(r), 0);
    days_pass(r, 2);
    assert_int_equal(keep_turning(r), MANY_JOBS + 1);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM bulk WHERE id = 4"), 1);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM bulk"), 1);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM bulk_target WHERE bulk = 4"), MANY_JOBS);
    assert_int_equal(count(r, "SELECT COUNT(*) FROM bulk_failure"), 1);
}

/* ---- the thread ---- */

static void the_thread_removes_and_ends_when_it_is_told(void **state)
{
    struct rig *r = *state;
    struct retention *k;
    assert_int_equal(store_write(r->store, add_jobs, NULL), TSM_OK);
    days_pass(r, KEEP_JOBS + 1);
    k = keeper(r);
    assert_int_equal(retention_start(k), TSM_OK);
    retention_free(k); /* at once: at most the batch in hand was removed */
    assert_true(count(r, "SELECT COUNT(*) FROM job") >= 1);
}

static void days_that_are_too_few_are_refused_by_name(void **state)
{
    struct rig *r = *state;
    struct retention *k;
    struct retention_config c = {
        .store = r->store,
        .clock = &r->clock,
        .days = {.jobs = RETENTION_DAYS_MIN, .messages = 1, .sessions = 9, .orders = 9}};
    assert_int_equal(retention_new(&c, &k), TSM_BAD_VALUE);
    assert_string_equal(err_field(), "keep_messages_days");
}

int main(void)
{
#define ON_A_STORE(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(finished_jobs_go_and_those_under_way_stay_however_old),
        ON_A_STORE(what_was_asked_is_emptied_with_the_end_of_the_job),
        ON_A_STORE(an_order_keeps_its_timeline_as_long_as_itself_and_both_go_together),
        ON_A_STORE(an_order_that_is_under_way_stays),
        ON_A_STORE(audit_and_usage_are_never_removed_and_the_audit_tells_of_the_removal),
        ON_A_STORE(answered_messages_go_first_and_others_when_nobody_can_wait_any_more),
        ON_A_STORE(a_device_session_goes_when_it_has_been_over_long_enough),
        ON_A_STORE(a_counter_goes_with_its_key_set),
        ON_A_STORE(a_campaign_that_is_over_goes_with_its_targets_and_one_that_runs_stays),
        ON_A_STORE(the_thread_removes_and_ends_when_it_is_told),
        ON_A_STORE(days_that_are_too_few_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
