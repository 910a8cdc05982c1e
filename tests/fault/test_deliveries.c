/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries to receivers that take a call and never answer it: nobody else waits for them. Edge (stations 6
 * and 12). [DESIGN 4, rule 1] */
#include "desk.h"

#include <pthread.h>
#include <stdatomic.h>

static const time_us far_away = SECONDS(4000000000);

enum { SLOW_PARTY = 1, PROMPT_PARTY = 2, MANY_DELIVERIES = 3 * ENGINE_CARRIERS };

/* The network: a call to the slow party hangs until the test is over. */
struct network {
    pthread_mutex_t lock;
    pthread_cond_t open;
    bool opened;
    sem_t told; /* a call to another party was answered */
    atomic_int hanging, most;
};

static void network_init(struct network *n)
{
    *n = (struct network){.lock = PTHREAD_MUTEX_INITIALIZER, .open = PTHREAD_COND_INITIALIZER};
    sem_init(&n->told, 0, 0);
}

static enum tsm_err deliver(void *self, struct job *job)
{
    struct network *n = self;
    if (job->se != SLOW_PARTY)
        return TSM_OK;
    pthread_mutex_lock(&n->lock);
    atomic_fetch_add(&n->hanging, 1);
    if (n->hanging > n->most)
        n->most = n->hanging;
    while (!n->opened)
        pthread_cond_wait(&n->open, &n->lock);
    atomic_fetch_sub(&n->hanging, 1);
    pthread_mutex_unlock(&n->lock);
    return TSM_OK;
}

static void told(void *self, struct job *job)
{
    struct network *n = self;
    if (job->se != SLOW_PARTY)
        sem_post(&n->told);
}

static void let_go(struct network *n)
{
    pthread_mutex_lock(&n->lock);
    n->opened = true;
    pthread_cond_broadcast(&n->open);
    pthread_mutex_unlock(&n->lock);
}

static bool somebody_was_told(struct network *n)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DESK_PATIENCE_S;
    return sem_timedwait(&n->told, &until) == 0;
}

static enum tsm_err post_callback(struct tx *tx, void *arg)
{
    const int64_t *party = arg;
    struct job_new job = {
        .kind = JOB_CALLBACK, .state = JOB_READY, .party = *party, .due = tx_now(tx), .deadline = far_away};
    int64_t id;
    return job_add(tx, &job, &id);
}

static void post(struct desk *d, int64_t party, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(store_write(d->rig->store, post_callback, &party), TSM_OK);
}

static void open_desk(struct desk *d, struct rig *rig, struct network *n)
{
    network_init(n);
    *d = (struct desk){
        .rows[1] = {.kind = JOB_CALLBACK, .name = "callback", .work = deliver, .carry = told, .self = n}};
    desk_open(d, rig, 1);
}

static void a_receiver_that_does_not_answer_keeps_no_card_waiting(void **state)
{
    struct network n;
    struct desk d;
    bool done;
    open_desk(&d, *state, &n);
    post(&d, SLOW_PARTY, MANY_DELIVERIES);
    assert_int_equal(engine_start(d.engine), TSM_OK);
    desk_add(&d, far_away);
    done = desk_await_carry(&d);
    let_go(&n);
    engine_stop(d.engine);
    assert_true(done);
    desk_close(&d);
}

static void a_receiver_that_does_not_answer_keeps_no_other_receiver_waiting(void **state)
{
    struct network n;
    struct desk d;
    bool before, after;
    open_desk(&d, *state, &n);
    post(&d, SLOW_PARTY, MANY_DELIVERIES);
    post(&d, PROMPT_PARTY, 1);
    assert_int_equal(engine_start(d.engine), TSM_OK);
    before = somebody_was_told(&n);
    post(&d, PROMPT_PARTY, 1); /* comes while the other hangs */
    after = somebody_was_told(&n);
    let_go(&n);
    engine_stop(d.engine);
    assert_true(before && after);
    assert_true(n.most <= ENGINE_CARRIERS_EACH);
    desk_close(&d);
}

static void one_receiver_alone_gets_all_that_waits_for_it(void **state)
{
    struct network n;
    struct desk d;
    open_desk(&d, *state, &n);
    post(&d, PROMPT_PARTY, MANY_DELIVERIES);
    assert_int_equal(engine_start(d.engine), TSM_OK);
    for (int i = 0; i < MANY_DELIVERIES; i++)
        assert_true(somebody_was_told(&n));
    engine_stop(d.engine);
    desk_close(&d);
}

int main(void)
{
#define ON_A_STORE(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(a_receiver_that_does_not_answer_keeps_no_card_waiting),
        ON_A_STORE(a_receiver_that_does_not_answer_keeps_no_other_receiver_waiting),
        ON_A_STORE(one_receiver_alone_gets_all_that_waits_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
