/* SPDX-License-Identifier: Apache-2.0 */
/* Due jobs of a lane become this node's by a lease. Stations 3 to 12. Edge. [DESIGN 4, rule 6] */
#include "engine/turn/claim.h"

#include "engine/element/exchange.h"

enum { NODES = 1024 }; /* as JOB_TAKE_BACK counts them */

static enum tsm_err read_job(const struct rows *r, struct job *j)
{
    struct bytes trace = db_blob(r, 5);
    size_t n;
    j->id = db_int(r, 0);
    j->kind = db_int(r, 1);
    j->party = db_int(r, 2);
    j->se = db_int(r, 3);
    j->ref = db_int(r, 4);
    TRY(bytes_keep(trace, j->trace, TRACE_LEN, &n));
    j->step = db_int(r, 6);
    j->attempt = db_int(r, 7);
    j->due = db_int(r, 8);
    j->deadline = db_int(r, 9);
    j->body = arena_copy(&j->arena, db_blob(r, 10));
    j->progress = arena_copy(&j->arena, db_blob(r, 11));
    j->answer = arena_copy(&j->arena, db_blob(r, 12));
    NEED(j->body.at && j->progress.at && j->answer.at, NO_MEMORY);
    return TSM_OK;
}

/* The rows that the statement claimed become jobs of the batch. */
static enum tsm_err take_rows(struct tx *tx, struct batch *b, struct rows *rows)
{
    enum tsm_err e;
    while ((e = db_next(rows)) == TSM_OK && b->n < b->max) {
        b->jobs[b->n].now = tx_now(tx);
        TRY(read_job(rows, &b->jobs[b->n++]));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Elements whose conversation ran out are looked for when there is time, and when there never is, by the
 * clock. */
static enum tsm_err sweep(struct tx *tx, const struct batch *b)
{
    struct engine_shared *shared = b->core->shared;
    bool all = true;
    if (b->n && tx_now(tx) - atomic_load(&shared->swept) < (time_us)ENGINE_SWEEP_MS * 1000)
        return TSM_OK;
    TRY(exchange_sweep(tx, &all));
    if (all)
        atomic_store(&shared->swept, tx_now(tx));
    return TSM_OK;
}

static enum tsm_err claim_work(struct tx *tx, struct batch *b)
{
    time_us now = tx_now(tx);
    enum tsm_err e;
    {
        ROWS rows = {0};
        TRY(db_query(tx, &rows, SQL_JOB_CLAIM, b->owner, now + SECONDS(ENGINE_LEASE_S), now,
                     (int64_t)b->max));
        TRY(take_rows(tx, b, &rows));
    }
    TRY(sweep(tx, b));
    ROWS next = {0};
    e = db_first(tx, &next, SQL_JOB_NEXT_DUE);
    b->next_due = e == TSM_OK ? db_int(&next, 0) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err claim_delivery(struct tx *tx, struct batch *b)
{
    time_us now = tx_now(tx);
    enum job_kind kind = job_kind_of_lane(b->lane);
    struct delivery_next next;
    ROWS rows = {0};
    TRY(delivery_choose(tx, &b->core->shared->receivers[b->lane], kind, &next));
    b->to = next.to;
    b->more = next.more;
    b->next_due = next.next_due;
    if (!b->to)
        return TSM_OK;
    TRY(db_query(tx, &rows, SQL_DELIVERY_CLAIM, b->owner, now + SECONDS(ENGINE_DELIVERY_LEASE_S), now,
                 (int64_t)kind, b->to));
    return take_rows(tx, b, &rows);
}

enum tsm_err claim_batch(struct tx *tx, void *arg)
{
    struct batch *b = arg;
    b->owner = tx_now(tx) * NODES + b->core->c.node;
    return b->lane == LANE_WORK ? claim_work(tx, b) : claim_delivery(tx, b);
}
