/* SPDX-License-Identifier: Apache-2.0 */
/* A turn of the engine under faults: answers at the wrong moment, work and commits that fail. Edge (stations
 * 3 to 12). [DESIGN 4, rules 2 and 4] */
#include "desk.h"

static const time_us far_away = SECONDS(4000000000);

enum { MS = 1000, ENGINE_TRIES = 20 };

static void move(struct rig *r, time_us by)
{
    r->clock.virtual_now += by;
}

/* ---- answers ---- */

static void answer_now(struct desk *d, struct job *job)
{
    if (!job->answer.len)
        assert_int_equal(desk_answer(d, job->id, "in hand"), TSM_OK);
}

static void an_answer_that_comes_while_the_job_is_in_hand_is_read_next(void **state)
{
    struct desk d = {.during_work = answer_now, .next = {.state = JOB_SENT, .due = far_away}};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_string_equal(d.answer, "");
    assert_int_equal(desk_state(&d, job), JOB_READY);
    assert_int_equal(desk_turn(&d), 1);
    assert_string_equal(d.answer, "in hand");
    assert_int_equal(desk_state(&d, job), JOB_SENT);
    assert_int_equal(desk_turn(&d), 0);
    desk_close(&d);
}

static enum tsm_err answer_in_commit(struct desk *d, struct tx *tx, struct job *job)
{
    (void)d;
    return job->answer.len ? TSM_OK : job_answer(tx, job->id, bytes_of_text("at once"));
}

static void an_answer_that_the_commit_itself_brings_is_read_next(void **state)
{
    struct desk d = {.in_commit = answer_in_commit, .next = {.state = JOB_SENT, .due = far_away}};
    desk_open(&d, *state, 1);
    desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_turn(&d), 1);
    assert_string_equal(d.answer, "at once");
    assert_int_equal(desk_turn(&d), 0);
    desk_close(&d);
}

static void an_answer_outlives_a_turn_that_failed_and_is_read_once(void **state)
{
    struct desk d = {.next = {.state = JOB_SENT, .due = far_away}};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_answer(&d, job, "kept"), TSM_OK);
    d.work_says = TSM_BUSY;
    assert_int_equal(desk_turn(&d), 1);
    d.work_says = TSM_OK;
    d.commit_says = TSM_DATABASE;
    move(*state, SECONDS(1));
    assert_int_equal(desk_turn(&d), 1);
    d.commit_says = TSM_OK;
    d.next.due = 0;
    move(*state, SECONDS(1));
    assert_int_equal(desk_turn(&d), 1);
    assert_string_equal(d.answer, "kept");
    assert_int_equal(desk_turn(&d), 1);
    assert_string_equal(d.answer, "");
    desk_close(&d);
}

static void a_job_that_is_over_takes_no_answer(void **state)
{
    struct desk d = {.commit_says = TSM_OK};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_DONE);
    assert_int_equal(desk_answer(&d, job, "too late"), TSM_NOT_FOUND);
    desk_close(&d);
}

/* ---- failures ---- */

static void work_that_may_be_repeated_comes_back_after_pauses_that_double(void **state)
{
    struct desk d = {.work_says = TSM_PEER_DOWN, .writes = "written"};
    time_us pause = (time_us)ENGINE_BACKOFF_MS * MS;
    desk_open(&d, *state, 1);
    desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    for (int i = 0; i < ENGINE_TRIES; i++) {
        move(*state, pause - 1);
        assert_int_equal(desk_turn(&d), 0);
        move(*state, 1);
        assert_int_equal(desk_turn(&d), 1);
        assert_int_equal(d.attempt, i + 2);
        pause = pause * 2 < SECONDS(ENGINE_BACKOFF_MAX_S) ? pause * 2 : SECONDS(ENGINE_BACKOFF_MAX_S);
    }
    assert_int_equal(d.commits, 0);
    assert_int_equal(d.carries, 0);
    desk_close(&d);
}

static void progress_makes_the_pauses_short_again(void **state)
{
    struct desk d = {.work_says = TSM_BUSY, .next = {.state = JOB_READY, .moved = true}};
    desk_open(&d, *state, 1);
    desk_add(&d, far_away);
    for (int i = 0; i < ENGINE_TRIES; i++, move(*state, SECONDS(ENGINE_BACKOFF_MAX_S)))
        assert_int_equal(desk_turn(&d), 1);
    d.work_says = TSM_OK;
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(d.attempt, 1);
    desk_close(&d);
}

static void work_that_fails_for_good_ends_the_job_and_its_role_records_why(void **state)
{
    struct desk d = {.work_says = TSM_CONFLICT, .writes = "written"};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_FAILED);
    assert_int_equal(d.error, TSM_CONFLICT);
    assert_int_equal(d.carries, 0);
    assert_false(rig_has(*state, "written"));
    desk_close(&d);
}

static void nothing_is_repeated_after_the_deadline(void **state)
{
    struct desk d = {.work_says = TSM_BUSY};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, d.rig->clock.virtual_now + SECONDS(1));
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_READY);
    move(*state, SECONDS(1));
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_FAILED);
    assert_int_equal(d.error, TSM_BUSY);
    desk_close(&d);
}

static int64_t unlucky;

static enum tsm_err fail_one(struct desk *d, struct tx *tx, struct job *job)
{
    (void)d;
    (void)tx;
    return job->id == unlucky ? FAIL(DATABASE, "this one alone") : TSM_OK;
}

static void a_commit_that_fails_is_undone_alone(void **state)
{
    struct desk d = {.in_commit = fail_one};
    int64_t first, last;
    desk_open(&d, *state, 1);
    first = desk_add(&d, far_away);
    unlucky = desk_add(&d, far_away);
    last = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 3);
    assert_int_equal(desk_state(&d, first), JOB_DONE);
    assert_int_equal(desk_state(&d, unlucky), JOB_READY);
    assert_int_equal(desk_state(&d, last), JOB_DONE);
    assert_int_equal(d.carries, 2);
    desk_close(&d);
}

static void a_commit_that_the_database_refuses_is_put_off_and_nothing_is_carried(void **state)
{
    struct desk d = {.commit_says = TSM_DATABASE, .writes = "written"};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_READY);
    assert_int_equal(d.carries, 0);
    assert_false(rig_has(*state, "written"));
    d.commit_says = TSM_OK;
    assert_int_equal(desk_turn(&d), 0);
    move(*state, (time_us)ENGINE_BACKOFF_MS * MS);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_DONE);
    assert_int_equal(d.carries, 1);
    desk_close(&d);
}

static void a_commit_that_can_never_succeed_ends_the_job_with_its_reason(void **state)
{
    struct desk d = {.commit_says = TSM_NOT_ELIGIBLE, .writes = "written"};
    int64_t job;
    desk_open(&d, *state, 1);
    job = desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_FAILED);
    assert_int_equal(d.error, TSM_NOT_ELIGIBLE);
    assert_int_equal(d.works, 2); /* its facts were loaded anew */
    assert_int_equal(d.carries, 0);
    assert_false(rig_has(*state, "written"));
    desk_close(&d);
}

int main(void)
{
#define ON_A_STORE(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(an_answer_that_comes_while_the_job_is_in_hand_is_read_next),
        ON_A_STORE(an_answer_that_the_commit_itself_brings_is_read_next),
        ON_A_STORE(an_answer_outlives_a_turn_that_failed_and_is_read_once),
        ON_A_STORE(a_job_that_is_over_takes_no_answer),
        ON_A_STORE(work_that_may_be_repeated_comes_back_after_pauses_that_double),
        ON_A_STORE(progress_makes_the_pauses_short_again),
        ON_A_STORE(work_that_fails_for_good_ends_the_job_and_its_role_records_why),
        ON_A_STORE(nothing_is_repeated_after_the_deadline),
        ON_A_STORE(a_commit_that_fails_is_undone_alone),
        ON_A_STORE(a_commit_that_the_database_refuses_is_put_off_and_nothing_is_carried),
        ON_A_STORE(a_commit_that_can_never_succeed_ends_the_job_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
