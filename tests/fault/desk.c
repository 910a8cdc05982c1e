/* SPDX-License-Identifier: Apache-2.0 */
/* An engine with one kind of work. Test code. */
#include "desk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

enum { PARTY = 7 };

static enum tsm_err work(void *self, struct job *job)
{
    struct desk *d = self;
    d->works++;
    d->attempt = job->attempt;
    snprintf(d->answer, sizeof d->answer, "%s", (const char *)job->answer.at);
    if (d->during_work)
        d->during_work(d, job);
    if (d->work_says != TSM_OK)
        return err_fail(d->work_says, ERR_HERE, "work was told to fail");
    if (d->next.state) {
        job->next.state = d->next.state;
        job->next.due = d->next.due ? d->next.due : job->now;
        job->next.moved = d->next.moved;
    }
    return TSM_OK;
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct desk *d = self;
    struct row row = {.name = d->writes};
    d->commits++;
    d->error = job->error;
    if (job->error)
        return TSM_OK;
    if (d->writes)
        TRY(rig_add(tx, &row));
    if (d->in_commit)
        TRY(d->in_commit(d, tx, job));
    return d->commit_says == TSM_OK ? TSM_OK
                                    : err_fail(d->commit_says, ERR_HERE, "the commit was told to fail");
}

/* What is carried must be durable before: another connection sees it. */
static void carry(void *self, struct job *job)
{
    struct desk *d = self;
    (void)job;
    if (d->writes)
        assert_true(rig_has(d->rig, d->writes));
    d->carries++;
    sem_post(&d->carried);
}

bool desk_await_carry(struct desk *d)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DESK_PATIENCE_S;
    return sem_timedwait(&d->carried, &until) == 0;
}

void desk_open(struct desk *d, struct rig *rig, int64_t node)
{
    struct engine_config c = {.store = rig->store, .clock = &rig->clock, .rows = d->rows, .node = node};
    d->rig = rig;
    sem_init(&d->carried, 0, 0);
    d->rows[0] = (struct step_row){
        .kind = JOB_ORDER, .name = "order", .work = work, .commit = commit, .carry = carry, .self = d};
    assert_int_equal(engine_new(&c, &d->engine), TSM_OK);
}

void desk_close(struct desk *d)
{
    engine_free(d->engine);
    sem_destroy(&d->carried);
}

struct posting {
    time_us deadline;
    int64_t id;
};

static enum tsm_err post(struct tx *tx, void *arg)
{
    struct posting *p = arg;
    struct job_new job = {.kind = JOB_ORDER,
                          .state = JOB_READY,
                          .party = PARTY,
                          .due = tx_now(tx),
                          .deadline = p->deadline,
                          .body = bytes_of_text("{}")};
    return job_add(tx, &job, &p->id);
}

int64_t desk_add(struct desk *d, time_us deadline)
{
    struct posting p = {.deadline = deadline};
    assert_int_equal(store_write(d->rig->store, post, &p), TSM_OK);
    return p.id;
}

size_t desk_turn(struct desk *d)
{
    size_t done = 0;
    assert_int_equal(engine_turn(d->engine, &done), TSM_OK);
    return done;
}

enum job_state desk_state(struct desk *d, int64_t job)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    char path[RIG_PATH + 16];
    int state;
    snprintf(path, sizeof path, "%s/tsm.db", d->rig->dir);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT state FROM job WHERE id = ?1", -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_int64(s, 1, job);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    state = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return (enum job_state)state;
}

struct reply {
    int64_t job;
    const char *text;
};

static enum tsm_err answer(struct tx *tx, void *arg)
{
    struct reply *r = arg;
    return job_answer(tx, r->job, bytes_of_text(r->text));
}

enum tsm_err desk_answer(struct desk *d, int64_t job, const char *text)
{
    struct reply r = {job, text};
    return store_write(d->rig->store, answer, &r);
}
