/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs in the database: add, answer, end. Station 12. Edge. */
#include "engine/job.h"

enum { BUCKETS = 64 };

static int64_t bucket_of(int64_t se)
{
    return (int64_t)(((uint64_t)se * 0x9E3779B97F4A7C15u) >> 58) & (BUCKETS - 1);
}

/* An exchange is ready only where the SE is free: the partial unique index would refuse a second. */
static enum tsm_err first_state(struct tx *tx, const struct job_new *job, enum job_state *state)
{
    ROWS rows = {0};
    enum tsm_err e;
    *state = job->state;
    if (!job_is_exchange(job->kind))
        return TSM_OK;
    e = db_first(tx, &rows, SQL_JOB_SE_IN_HAND, job->se);
    if (e == TSM_OK)
        *state = JOB_WAITING;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A delivery always has a receiver: without one named it is for the party that it belongs to. */
static int64_t whose(const struct job_new *job)
{
    return job->se == 0 && job_lane(job->kind) != LANE_WORK ? job->party : job->se;
}

enum tsm_err job_add(struct tx *tx, const struct job_new *job, int64_t *id)
{
    enum job_state state;
    int64_t new_id = job->id ? job->id : store_id(tx_store(tx)), se = whose(job);
    TRY(first_state(tx, job, &state));
    TRY(db_exec(tx, SQL_JOB_ADD, new_id, bucket_of(se), (int64_t)job->kind, job->party, se, job->ref,
                job->trace, job->key, (int64_t)state, job->step, job->due, job->deadline, job->body,
                BYTES_NONE, BYTES_NONE));
    tx_note_of(tx, 1u << job_lane(job->kind));
    *id = new_id;
    return TSM_OK;
}

enum tsm_err job_answer(struct tx *tx, int64_t id, struct bytes answer)
{
    TRY(db_exec_one(tx, SQL_JOB_ANSWER, id, answer, tx_now(tx)));
    tx_note(tx);
    return TSM_OK;
}

enum tsm_err job_wake(struct tx *tx, int64_t id)
{
    TRY(db_exec(tx, SQL_JOB_WAKE, id, tx_now(tx)));
    tx_note(tx);
    return TSM_OK;
}

enum tsm_err job_end(struct tx *tx, int64_t id, enum job_state state)
{
    return db_exec_one(tx, SQL_JOB_END, id, (int64_t)state);
}
