/* SPDX-License-Identifier: Apache-2.0 */
/* One batch of jobs: claimed by a lease, worked, committed as one, carried. Stations 3 to 12. Edge. [DESIGN
 * 4, rules 2 and 6] */
#include "engine/turn/claim.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "engine/element/exchange.h"

static time_us back_off(int64_t attempt)
{
    time_us wait = (time_us)ENGINE_BACKOFF_MS * 1000;
    for (int64_t i = 1; i < attempt && wait < SECONDS(ENGINE_BACKOFF_MAX_S); i++)
        wait *= 2;
    return wait < SECONDS(ENGINE_BACKOFF_MAX_S) ? wait : SECONDS(ENGINE_BACKOFF_MAX_S);
}

/* A turn that failed is repeated later, or the job ends with the reason. */
static void turn_failed(const struct engine_core *en, struct job *j, enum tsm_err e, const char *cause)
{
    snprintf(j->cause, sizeof j->cause, "%s", cause);
    if (en->c.trouble)
        en->c.trouble(j, e, j->cause);
    j->next = (struct job_next){
        .state = JOB_READY, .step = j->step, .due = j->now + back_off(j->attempt), .progress = j->progress};
    j->again = err_may_retry(e) && j->now < j->deadline;
    if (j->again)
        return;
    j->error = e;
    j->next.state = JOB_FAILED;
}

/* One job's turn before the commit: its role works. */
static void work_one(const struct engine_core *en, const struct step_row *row, struct job *j)
{
    unsigned shortages = json_shortages();
    enum tsm_err e;
    j->next = (struct job_next){.state = JOB_DONE, .step = j->step, .due = j->now, .progress = j->progress};
    err_clear();
    e = row ? row->work(row->self, j)
            : FAIL(UNSUPPORTED, "this node does not run jobs of kind %lld", (long long)j->kind);
    if (json_shortages() != shortages && (e == TSM_OK || !err_may_retry(e))) /* it judged half a document */
        e = FAIL(NO_MEMORY, "no memory for a document of the job");
    if (e != TSM_OK)
        turn_failed(en, j, e, err_cause());
}

/* A job with its row, as one unit of the batch's commit. */
struct turn {
    struct batch *b;
    const struct step_row *row;
    struct job *job;
    struct batch_wait *wait;
    enum tsm_err result;
    bool stale; /* the lease ran out, or the job is over: another's word counts */
    char cause[ERR_CAUSE_MAX];
};

struct batch_wait {
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t left;
};

static enum tsm_err commit_one(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    struct job *j = t->job;
    bool over = j->next.state == JOB_DONE || j->next.state == JOB_FAILED;
    enum tsm_err e;
    if (j->answer.len && !j->again)
        TRY(db_exec(tx, SQL_JOB_ANSWER_READ, j->id,
                    BYTES_NONE)); /* before the commit, which may bring the next one */
    if (t->row && t->row->commit && !j->again)
        TRY(t->row->commit(t->row->self, tx, j));
    e = db_exec_one(tx, SQL_JOB_UPDATE, j->id, t->b->owner, (int64_t)j->next.state, j->next.step,
                    j->next.moved ? (int64_t)0 : j->attempt, j->next.due, j->next.progress, tx_now(tx));
    t->stale = e == TSM_NOT_FOUND;
    TRY(e);
    if (j->next.state == JOB_READY)
        tx_note_of(tx, 1u << t->b->lane);
    return over && job_is_exchange(j->kind) ? job_promote(tx, j->se) : TSM_OK;
}

static void commit_done(void *arg, enum tsm_err result)
{
    struct turn *t = arg;
    struct batch_wait *w = t->wait;
    t->result = result;
    snprintf(t->cause, sizeof t->cause, "%s", result == TSM_OK ? "" : err_cause());
    pthread_mutex_lock(&w->lock);
    if (--w->left == 0)
        pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->lock);
}

/* All turns of the batch are handed to the writer together, so that they share its commit. */
static enum tsm_err commit_all(const struct engine_core *e, struct turn *turns, size_t n)
{
    struct batch_wait w = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER, .left = n};
    struct store_work *work = calloc(n, sizeof *work);
    enum tsm_err err;
    NEED(work != NULL, NO_MEMORY);
    for (size_t i = 0; i < n; i++) {
        turns[i].wait = &w;
        work[i] = (struct store_work){commit_one, &turns[i], turns[i].job->se, commit_done};
    }
    err = store_submit_all(e->c.store, work, n);
    free(work);
    TRY(err);
    pthread_mutex_lock(&w.lock);
    while (w.left)
        pthread_cond_wait(&w.done, &w.lock);
    pthread_mutex_unlock(&w.lock);
    return TSM_OK;
}

static void say_trouble(const struct engine_core *e, const struct turn *t)
{
    if (e->c.trouble)
        e->c.trouble(t->job, t->result, t->cause);
}

static void carry_all(const struct turn *turns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct turn *t = &turns[i];
        if (t->result == TSM_OK && t->row && t->row->carry && !t->job->error && !t->job->again)
            t->row->carry(t->row->self, t->job);
    }
}

/* A turn whose commit was undone is put off, or ended with the reason: no job repeats for ever what cannot be
 * written. Its facts are loaded anew, since the commit may have changed them in memory. */
static void prepare_again(const struct engine_core *e, struct turn *t)
{
    struct job *j = t->job;
    j->again = false;
    if (!err_may_retry(t->result))
        work_one(e, t->row, j);
    if (!j->again && !j->error)
        turn_failed(e, j, t->result, t->cause);
}

/* What fails twice stays as it is until its lease ends. */
static enum tsm_err commit_again(const struct engine_core *e, struct turn *turns, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++) {
        if (turns[i].result == TSM_OK || turns[i].stale)
            continue;
        turns[left] = turns[i];
        if (turns[left].job->error)
            say_trouble(e, &turns[left]);
        else
            prepare_again(e, &turns[left++]);
    }
    if (left)
        TRY(commit_all(e, turns, left));
    for (size_t i = 0; i < left; i++)
        if (turns[i].result != TSM_OK && !turns[i].stale)
            say_trouble(e, &turns[i]);
    return TSM_OK;
}

static enum tsm_err turn_batch(const struct engine_core *e, struct batch *b)
{
    struct turn *turns;
    enum tsm_err err;
    TRY(store_write_behind(e->c.store, claim_batch, b));
    if (b->more && e->wake)
        e->wake(e->self, b->lane);
    if (b->n == 0)
        return TSM_OK;
    turns = calloc(b->n, sizeof *turns);
    NEED(turns != NULL, NO_MEMORY);
    for (size_t i = 0; i < b->n; i++) {
        int64_t kind = b->jobs[i].kind;
        turns[i] = (struct turn){
            .b = b, .job = &b->jobs[i], .row = kind > 0 && kind < JOB_KINDS ? e->row_of[kind] : NULL};
        work_one(e, turns[i].row, &b->jobs[i]);
    }
    err = commit_all(e, turns, b->n);
    if (err == TSM_OK) {
        carry_all(turns, b->n);
        err = commit_again(e, turns, b->n);
    }
    free(turns);
    return err;
}

enum tsm_err batch_turn(const struct engine_core *core, enum job_lane lane, size_t *done, time_us *next_due)
{
    struct batch b = {.core = core, .lane = lane, .max = lane == LANE_WORK ? core->c.batch : 1};
    enum tsm_err err;
    b.jobs = calloc(b.max, sizeof *b.jobs);
    err = b.jobs ? turn_batch(core, &b) : FAIL(NO_MEMORY, "no memory for a batch of %zu jobs", b.max);
    delivery_over(&core->shared->receivers[lane], b.to);
    for (size_t i = 0; i < b.n; i++)
        arena_drop(&b.jobs[i].arena);
    free(b.jobs);
    *done = b.n;
    *next_due = b.next_due;
    return err;
}
