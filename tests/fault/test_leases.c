/* SPDX-License-Identifier: Apache-2.0 */
/* Leases: jobs of a node that died, completions that come late. Edge (stations 3 to 12). [DESIGN 4, rule 6]
 */
#include "desk.h"

#include <pthread.h>

#include "engine/element/exchange.h"

enum { NODE = 1, OTHER_NODE = 2, PARTY = 7, ELEMENT = 11, ANSWER_S = 60 };

static const time_us far_away = SECONDS(4000000000);

static void lease_ends(struct rig *r)
{
    r->clock.virtual_now += SECONDS(ENGINE_LEASE_S) + 1;
}

static struct desk late, prompt; /* two engines on one store */

static void open_both(struct rig *r, int64_t second_node)
{
    late = (struct desk){.writes = "written late"};
    prompt = (struct desk){.writes = "written in time"};
    desk_open(&late, r, NODE);
    desk_open(&prompt, r, second_node);
}

static void close_both(void)
{
    desk_close(&late);
    desk_close(&prompt);
}

static void look_then_take_over(struct desk *d, struct job *job)
{
    (void)job;
    assert_int_equal(desk_turn(&prompt), 0); /* the lease holds */
    lease_ends(d->rig);
    assert_int_equal(desk_turn(&prompt), 1);
}

/* The late one finds the job done by another: its writing is undone, and nothing of it leaves. */
static void late_completion(struct rig *r, int64_t second_node)
{
    int64_t job;
    open_both(r, second_node);
    late.during_work = look_then_take_over;
    job = desk_add(&late, far_away);
    assert_int_equal(desk_turn(&late), 1);
    assert_int_equal(desk_state(&late, job), JOB_DONE);
    assert_int_equal(prompt.carries, 1);
    assert_int_equal(late.carries, 0);
    assert_true(rig_has(r, "written in time"));
    assert_false(rig_has(r, "written late"));
    close_both();
}

static void a_completion_after_its_lease_changes_nothing(void **state)
{
    late_completion(*state, OTHER_NODE);
}

static void two_workers_of_one_node_are_told_apart(void **state)
{
    late_completion(*state, NODE);
}

/* The late one completes just while the other has the job in hand for the second time. */
struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool late_in_work, late_may_go, late_is_over;
    pthread_t thread;
} meeting;

static void await(bool *what)
{
    pthread_mutex_lock(&meeting.lock);
    while (!*what)
        pthread_cond_wait(&meeting.changed, &meeting.lock);
    pthread_mutex_unlock(&meeting.lock);
}

static void say(bool *what)
{
    pthread_mutex_lock(&meeting.lock);
    *what = true;
    pthread_cond_broadcast(&meeting.changed);
    pthread_mutex_unlock(&meeting.lock);
}

static void wait_until_let_go(struct desk *d, struct job *job)
{
    (void)d;
    (void)job;
    say(&meeting.late_in_work);
    await(&meeting.late_may_go);
}

static void let_the_late_one_go(struct desk *d, struct job *job)
{
    (void)job;
    if (d->works < 2)
        return;
    say(&meeting.late_may_go);
    await(&meeting.late_is_over);
}

static void *turn_late(void *arg)
{
    size_t done = 0;
    (void)arg;
    engine_turn(late.engine, &done);
    say(&meeting.late_is_over);
    return NULL;
}

static void a_late_completion_does_not_pass_for_the_claim_that_is_in_hand(void **state)
{
    int64_t job;
    open_both(*state, NODE);
    meeting = (struct meeting){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    late.during_work = wait_until_let_go;
    prompt.during_work = let_the_late_one_go;
    prompt.writes = NULL; /* it has two turns, and a row is added once */
    prompt.next = (struct job_next){.state = JOB_READY, .moved = true};
    job = desk_add(&late, far_away);
    assert_int_equal(pthread_create(&meeting.thread, NULL, turn_late, NULL), 0);
    await(&meeting.late_in_work);
    lease_ends(*state);
    assert_int_equal(desk_turn(&prompt), 1);
    assert_int_equal(desk_turn(&prompt), 1); /* in this one the late one ends */
    pthread_join(meeting.thread, NULL);
    assert_int_equal(late.carries, 0);
    assert_false(rig_has(*state, "written late"));
    assert_int_equal(prompt.carries, 2);
    assert_int_equal(desk_state(&late, job), JOB_READY);
    close_both();
}

static void start_anew(struct desk *d, struct job *job)
{
    (void)d;
    (void)job;
    assert_int_equal(engine_start(prompt.engine), TSM_OK);
    assert_true(desk_await_carry(&prompt));
    engine_stop(prompt.engine);
}

static void a_node_that_starts_takes_its_own_jobs_back_at_once(void **state)
{
    open_both(*state, NODE);
    late.during_work = start_anew;
    desk_add(&late, far_away);
    assert_int_equal(desk_turn(&late), 1);
    assert_int_equal(prompt.carries, 1);
    assert_int_equal(late.carries, 0);
    close_both();
}

static void start_beside(struct desk *d, struct job *job)
{
    (void)d;
    (void)job;
    assert_int_equal(engine_start(prompt.engine), TSM_OK);
    engine_stop(prompt.engine);
}

static void a_node_that_starts_leaves_the_jobs_of_others(void **state)
{
    open_both(*state, OTHER_NODE);
    late.during_work = start_beside;
    desk_add(&late, far_away);
    assert_int_equal(desk_turn(&late), 1);
    assert_int_equal(prompt.works, 0);
    assert_int_equal(late.carries, 1);
    close_both();
}

/* ---- the hold on an element ---- */

struct line {
    int64_t waiting;
};

/* Somebody holds the element, and another's exchange waits behind. */
static enum tsm_err hold_and_wait(struct tx *tx, void *arg)
{
    struct line *l = arg;
    struct job_new job = {.kind = JOB_EXCHANGE_DEVICE,
                          .state = JOB_WAITING,
                          .party = PARTY,
                          .se = ELEMENT,
                          .deadline = far_away,
                          .body = bytes_of_text("{\"call\":1,\"msisdn\":\"\",\"holder\":\"next\","
                                                "\"payload\":[\"00\"],\"answer_s\":60,\"concat\":0}")};
    TRY(db_exec(tx, SQL_CONVERSATION_SET, (int64_t)ELEMENT, "gone", tx_now(tx) + SECONDS(ANSWER_S)));
    return job_add(tx, &job, &l->waiting);
}

/* Work that is always due must not keep the sweep from its turn. */
static void a_hold_that_ran_out_ends_also_under_load(void **state)
{
    struct rig *r = *state;
    struct desk d = {.next = {.state = JOB_READY, .moved = true}};
    struct line l;
    desk_open(&d, r, NODE);
    desk_add(&d, far_away);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(store_write(r->store, hold_and_wait, &l), TSM_OK);
    r->clock.virtual_now += SECONDS(1);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, l.waiting), JOB_WAITING);
    r->clock.virtual_now += SECONDS(ANSWER_S);
    assert_int_equal(desk_turn(&d), 1); /* the claim was not empty */
    assert_int_equal(desk_state(&d, l.waiting), JOB_SENT);
    desk_close(&d);
}

/* What one node has under way is that node's to send again. */
static enum tsm_err send_again_of_others(struct tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, SQL_EXCHANGE_SEND_AGAIN, tx_now(tx), (int64_t)OTHER_NODE);
}
static enum tsm_err send_again(struct tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, SQL_EXCHANGE_SEND_AGAIN, tx_now(tx), (int64_t)NODE);
}

static enum tsm_err post_message(struct tx *tx, void *arg)
{
    struct job_new job = {
        .kind = JOB_EXCHANGE_SMS, .state = JOB_READY, .se = ELEMENT, .due = tx_now(tx), .deadline = far_away};
    return job_add(tx, &job, arg);
}

static enum tsm_err go_under_way(void *self, struct job *job)
{
    (void)self;
    job->next.state = JOB_SENT;
    job->next.step = EXCHANGE_UNDER_WAY;
    job->next.due = far_away;
    return TSM_OK;
}

static void a_node_that_starts_sends_its_own_packets_again_and_no_others(void **state)
{
    struct rig *r = *state;
    struct desk d = {.rows[1] = {.kind = JOB_EXCHANGE_SMS, .name = "exchange", .work = go_under_way}};
    int64_t job;
    desk_open(&d, r, NODE);
    assert_int_equal(store_write(r->store, post_message, &job), TSM_OK);
    assert_int_equal(desk_turn(&d), 1);
    assert_int_equal(desk_state(&d, job), JOB_SENT);
    assert_int_equal(store_write(r->store, send_again_of_others, NULL), TSM_OK);
    assert_int_equal(desk_state(&d, job), JOB_SENT);
    assert_int_equal(store_write(r->store, send_again, NULL), TSM_OK);
    assert_int_equal(desk_state(&d, job), JOB_READY);
    desk_close(&d);
}

int main(void)
{
#define ON_A_STORE(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(a_completion_after_its_lease_changes_nothing),
        ON_A_STORE(two_workers_of_one_node_are_told_apart),
        ON_A_STORE(a_late_completion_does_not_pass_for_the_claim_that_is_in_hand),
        ON_A_STORE(a_node_that_starts_takes_its_own_jobs_back_at_once),
        ON_A_STORE(a_node_that_starts_leaves_the_jobs_of_others),
        ON_A_STORE(a_hold_that_ran_out_ends_also_under_load),
        ON_A_STORE(a_node_that_starts_sends_its_own_packets_again_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
