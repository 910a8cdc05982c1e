/* SPDX-License-Identifier: Apache-2.0 */
/* The writer's order of work, and the log it leaves: callers that wait go first, a long batch does not hold
 * them up, the write-ahead log begins anew. Test code; station 12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/sqlite/log.h"

enum { PATH_ROOM = 256, BEHIND = 200, PAGE = 4096, BLOB = 64 * 1024, BLOBS_A_UNIT = 8 };

struct scene {
    char path[PATH_ROOM], url[PATH_ROOM + 16];
    struct store *store;
    sem_t door, entered; /* a unit that keeps the writer busy waits at the door */
    pthread_mutex_t lock;
    char order[16]; /* what ran, one letter each */
    size_t n, done;
    size_t slow_ran, ran_before; /* units of the long batch: so far, and when the caller's unit ran */
};

static int open_scene(void **state)
{
    static struct scene s;
    struct store_config config = {.clock = &clock_real, .url = s.url};
    const char *tmp = getenv("TMPDIR");
    int fd;
    s = (struct scene){.lock = PTHREAD_MUTEX_INITIALIZER};
    snprintf(s.path, sizeof s.path, "%s/tsm-writer-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    fd = mkstemp(s.path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(s.url, sizeof s.url, "sqlite:%s", s.path);
    sem_init(&s.door, 0, 0);
    sem_init(&s.entered, 0, 0);
    *state = &s;
    return store_open(&config, &s.store) == TSM_OK ? 0 : -1;
}

static int close_scene(void **state)
{
    struct scene *s = *state;
    store_close(s->store);
    return unlink(s->path);
}

static void note(struct scene *s, char letter)
{
    pthread_mutex_lock(&s->lock);
    if (s->n < sizeof s->order - 1)
        s->order[s->n++] = letter;
    pthread_mutex_unlock(&s->lock);
}

static enum tsm_err busy(struct tx *tx, void *arg)
{
    struct scene *s = arg;
    (void)tx;
    sem_post(&s->entered);
    sem_wait(&s->door);
    return TSM_OK;
}

static enum tsm_err behind(struct tx *tx, void *arg)
{
    (void)tx;
    note(arg, 'b');
    return TSM_OK;
}

static enum tsm_err waited(struct tx *tx, void *arg)
{
    struct scene *s = arg;
    (void)tx;
    note(s, 'w');
    s->ran_before = s->slow_ran;
    return TSM_OK;
}

static void nothing(void *arg, enum tsm_err result)
{
    (void)arg;
    (void)result;
}

static void *write_waited(void *arg)
{
    struct scene *s = arg;
    return store_write(s->store, waited, s) == TSM_OK ? s : NULL;
}

static void *write_behind(void *arg)
{
    struct scene *s = arg;
    return store_write_behind(s->store, behind, s) == TSM_OK ? s : NULL;
}

/* A unit has no other way to say that it is in its queue, so the test looks until it is. */
static void await_unit(struct store *s, const struct queue *q)
{
    bool there = false;
    while (!there) {
        pthread_mutex_lock(&s->lock);
        there = q->first != NULL;
        pthread_mutex_unlock(&s->lock);
        sched_yield();
    }
}

static void a_caller_that_waits_goes_before_work_that_was_queued_earlier(void **state)
{
    struct scene *s = *state;
    pthread_t early, late;
    void *fine;
    assert_int_equal(store_submit(s->store, busy, s, 0, nothing), TSM_OK);
    sem_wait(&s->entered);
    assert_int_equal(pthread_create(&early, NULL, write_behind, s), 0);
    await_unit(s->store, &s->store->passing);
    assert_int_equal(pthread_create(&late, NULL, write_waited, s), 0);
    await_unit(s->store, &s->store->waited);
    sem_post(&s->door);
    pthread_join(early, &fine);
    assert_non_null(fine);
    pthread_join(late, &fine);
    assert_non_null(fine);
    assert_string_equal(s->order, "wb");
}

static int64_t ticks_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000 + t.tv_nsec / 1000;
}

/* The first unit of the batch holds the writer until a caller waits and the share of the others is used up.
 */
static enum tsm_err slow(struct tx *tx, void *arg)
{
    struct scene *s = arg;
    int64_t began = ticks_us();
    (void)tx;
    if (s->slow_ran++)
        return TSM_OK;
    sem_post(&s->entered);
    await_unit(s->store, &s->store->waited);
    while (ticks_us() - began <= BEHIND_US)
        sched_yield();
    return TSM_OK;
}

static void count(void *arg, enum tsm_err result)
{
    struct scene *s = arg;
    pthread_mutex_lock(&s->lock);
    s->done += result == TSM_OK;
    if (s->done == BEHIND)
        sem_post(&s->entered);
    pthread_mutex_unlock(&s->lock);
}

static void a_long_batch_is_cut_for_a_caller_and_nothing_of_it_is_lost(void **state)
{
    struct scene *s = *state;
    struct store_work work[BEHIND];
    for (int i = 0; i < BEHIND; i++)
        work[i] = (struct store_work){slow, s, i, count};
    assert_int_equal(store_submit_all(s->store, work, BEHIND), TSM_OK);
    sem_wait(&s->entered);
    assert_int_equal(store_write(s->store, waited, s), TSM_OK);
    assert_true(s->ran_before < BEHIND);
    sem_wait(&s->entered);
    assert_int_equal(s->done, BEHIND);
}

static enum tsm_err write_much(struct tx *tx, void *arg)
{
    static uint8_t blob[BLOB];
    struct bytes b = BYTES(blob);
    (void)arg;
    for (int i = 0; i < BLOBS_A_UNIT; i++)
        TRY(db_exec(tx, SQL_KEYSET_ADD, store_id(tx_store(tx)), (int64_t)1, (int64_t)1, (int64_t)1,
                    (int64_t)1, (int64_t)1, b));
    return TSM_OK;
}

static void the_log_begins_anew_instead_of_growing_for_ever(void **state)
{
    struct scene *s = *state;
    char log[PATH_ROOM + 8];
    struct stat st;
    /* three times what the log may hold */
    for (int64_t written = 0; written < 3ll * LOG_MAX_PAGES * PAGE; written += BLOBS_A_UNIT * BLOB)
        assert_int_equal(store_write(s->store, write_much, s), TSM_OK);
    snprintf(log, sizeof log, "%s-wal", s->path);
    assert_int_equal(stat(log, &st), 0);
    assert_true(st.st_size < 2ll * LOG_MAX_PAGES * PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_caller_that_waits_goes_before_work_that_was_queued_earlier,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(a_long_batch_is_cut_for_a_caller_and_nothing_of_it_is_lost,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(the_log_begins_anew_instead_of_growing_for_ever, open_scene,
                                        close_scene),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
