/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out under the loop, at one allocation after the other: no job is lost, ended by it or done
 * twice. Test code; stations 3 to 12. [DESIGN 4] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "engine/engine.h"
#include "scarce.h"

enum { PATH_ROOM = 256, PARTY = 7, TRIES = 8 };

struct scene {
    char path[PATH_ROOM], url[PATH_ROOM + 16];
    struct clock clock;
    struct store *store;
    struct engine *engine;
    struct step_row rows[2];
    int64_t job;     /* the one in hand, and its party number */
    unsigned ended;  /* commits that ended it in failure */
    unsigned stored; /* parties that were written */
};

/* Reads a document, and makes one by which it judges, as roles do: nobody looks at each member. */
static enum tsm_err work(void *self, struct job *job)
{
    json_t *body, *made;
    bool whole;
    (void)self;
    TRY(json_read(job->body, &body));
    made = json_pack("{ss}", "copy", json_member(body, "name"));
    json_object_set_new(made, "more", json_string("text"));
    whole = json_object_size(made) == 2;
    json_decref(body);
    json_decref(made);
    return whole ? TSM_OK : FAIL(CARD_REFUSED, "a document of two members has fewer");
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct scene *s = self;
    char name[24];
    s->ended += job->error != TSM_OK;
    snprintf(name, sizeof name, "job %lld", (long long)job->id);
    return db_exec(tx, SQL_PARTY_ADD, job->id, name, (int64_t)1, (int64_t)0, "", "", tx_now(tx));
}

static enum tsm_err post(struct tx *tx, void *arg)
{
    struct job_new job = {.kind = JOB_ORDER,
                          .state = JOB_READY,
                          .party = PARTY,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(3600),
                          .body = bytes_of_text("{\"name\":\"a name\"}")};
    return job_add(tx, &job, &((struct scene *)arg)->job);
}

static enum tsm_err look(struct tx *tx, void *arg)
{
    ROWS r = {0};
    return db_first(tx, &r, SQL_PARTY_BY_ID, ((struct scene *)arg)->job);
}

static int up(void **state)
{
    static struct scene s;
    const char *tmp = getenv("TMPDIR");
    int fd;
    s = (struct scene){.clock = clock_virtual(SECONDS(1800000000))};
    snprintf(s.path, sizeof s.path, "%s/tsm-scarce-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    fd = mkstemp(s.path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(s.url, sizeof s.url, "sqlite:%s", s.path);
    s.rows[0] =
        (struct step_row){.kind = JOB_ORDER, .name = "order", .work = work, .commit = commit, .self = &s};
    *state = &s;
    if (store_open(&(struct store_config){.url = s.url, .clock = &s.clock, .readers = 1}, &s.store) != TSM_OK)
        return -1;
    return engine_new(&(struct engine_config){.store = s.store, .clock = &s.clock, .rows = s.rows},
                      &s.engine) == TSM_OK
               ? 0
               : -1;
}

static int down(void **state)
{
    struct scene *s = *state;
    engine_free(s->engine);
    store_close(s->store);
    return unlink(s->path);
}

/* Turns with memory enough, each after what the one before may have put it off by. */
static void finish(struct scene *s)
{
    size_t done;
    for (int i = 0; i < TRIES && store_read(s->store, look, s) == TSM_NOT_FOUND; i++) {
        s->clock.virtual_now += SECONDS(ENGINE_LEASE_S + ENGINE_BACKOFF_MAX_S);
        assert_int_equal(engine_turn(s->engine, &done), TSM_OK);
    }
    assert_int_equal(store_read(s->store, look, s), TSM_OK);
    assert_int_equal(engine_turn(s->engine, &done), TSM_OK);
    assert_int_equal(done, 0);
}

static void a_job_outlives_each_shortage_and_is_done_once(void **state)
{
    struct scene *s = *state;
    struct scarce_sweep sweep = {0};
    assert_int_equal(store_write(s->store, post, s), TSM_OK);
    while (scarce_next(&sweep)) {
        size_t done;
        enum tsm_err e = engine_turn(s->engine, &done);
        scarce_end(&sweep);
        assert_true(e == TSM_OK || e == TSM_NO_MEMORY);
        finish(s);
        assert_int_equal(s->ended, 0);
        assert_int_equal(store_write(s->store, post, s), TSM_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_outlives_each_shortage_and_is_done_once, up, down),
    };
    if (!scarce_set_up() || !scarce_sqlite())
        return 1;
    return cmocka_run_group_tests_name("engine without memory", tests, NULL, NULL);
}
