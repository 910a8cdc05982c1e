/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for campaigns of providers: a turn looks at the counts, gives the orders that the rules
 * allow, and sleeps until one ends or time has passed. Stations 3 and 11. Role. [capability P8] */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/bulk/bulk.h"

enum tsm_err bulk_start_job(struct tx *tx, int64_t party, int64_t id, int64_t *job)
{
    struct job_new j = {.kind = JOB_BULK,
                        .state = JOB_READY,
                        .party = party,
                        .ref = id,
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(BULK_DEADLINE_MAX_S)};
    uint8_t trace[TRACE_LEN];
    TRY(vault_random(trace, sizeof trace));
    j.trace = BYTES(trace);
    return job_add(tx, &j, job);
}

enum tsm_err bulk_set_state(struct tx *tx, const struct bulk *b, enum bulk_state state, const char *note)
{
    char detail[160];
    TRY(db_exec(tx, SQL_BULK_SET, b->id, (int64_t)state, note, tx_now(tx)));
    if (state == BULK_RUNNING)
        return TSM_OK;
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"state\":\"%s\",\"done\":%lld,\"failed\":%lld}",
             (long long)b->id, bulk_state_word(state), (long long)b->counts.done,
             (long long)b->counts.failed);
    return audit_add(tx, &(struct audit_leaf){b->party, BYTES_NONE, "campaign.state", detail});
}

/* The provider hears where its campaign stands when it stands still by itself. */
static enum tsm_err tell(struct tx *tx, const struct bulk *b, struct bytes trace)
{
    int64_t ref = store_id(tx_store(tx)), id;
    struct job_new job = {.kind = JOB_CALLBACK,
                          .state = JOB_READY,
                          .party = b->party,
                          .se = b->party,
                          .ref = ref,
                          .trace = trace,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(CALLBACK_DEADLINE_S)};
    struct bulk now;
    json_t *o = NULL;
    char *text;
    enum tsm_err e;
    TRY(bulk_load(tx, b->party, b->id, &now));
    e = bulk_json(tx, &now, &o);
    bulk_drop(&now);
    TRY(e);
    json_object_set_new(o, "event", json_string("campaign"));
    json_object_del(o, "select"); /* may be long, and it knows */
    text = json_text(o);
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    job.body = bytes_of_text(text);
    e = job_add(tx, &job, &id);
    free(text);
    return e;
}

static enum tsm_err stand_still(struct tx *tx, const struct bulk *b, struct job *job, enum bulk_state state,
                                const char *note)
{
    job->next.state = JOB_DONE;
    TRY(bulk_set_state(tx, b, state, note));
    return tell(tx, b, BYTES(job->trace));
}

static enum tsm_err go_on(struct tx *tx, const struct bulk *b, const struct campaign_step *step,
                          struct job *job)
{
    int64_t given = 0;
    if (b->note[0])
        TRY(bulk_set_state(tx, b, BULK_RUNNING, ""));
    if (step->anew)
        TRY(db_exec(tx, SQL_BULK_ANEW, b->id, tx_now(tx)));
    if (step->start > 0)
        TRY(bulk_give(tx, b, step->start, &given));
    if (step->start > 0 && given == 0) /* those that are left have other orders in work */
        job->next.due = job->now + SECONDS(CAMPAIGN_LOOK_S);
    return TSM_OK;
}

static enum tsm_err turn(struct tx *tx, const struct bulk *b, struct job *job)
{
    struct campaign_step step;
    campaign_decide(&b->rules, &b->counts, b->begun, tx_now(tx), &step);
    job->next.state = JOB_READY;
    job->next.due = step.due;
    job->next.moved = true;
    switch (step.verdict) {
    case CAMPAIGN_OVER:
        return stand_still(tx, b, job, BULK_DONE, "all instances were looked after");
    case CAMPAIGN_STOPS:
        return stand_still(tx, b, job, BULK_STOPPED, step.why);
    case CAMPAIGN_HOLDS:
        return stand_still(tx, b, job, BULK_PAUSED, step.why);
    case CAMPAIGN_WAITS:
        return bulk_set_state(tx, b, BULK_RUNNING, step.why);
    case CAMPAIGN_GOES_ON:
        break;
    }
    return go_on(tx, b, &step, job);
}

static enum tsm_err work(void *self, struct job *job)
{
    (void)self;
    job->next.state = JOB_READY;
    return TSM_OK;
}

/* All is in the commit: the counts that decide are those of the orders' own commits. */
static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct bulk b;
    enum tsm_err e;
    (void)self;
    if (job->error)
        return TSM_OK;
    e = bulk_load(tx, job->party, job->ref, &b);
    if (e == TSM_NOT_FOUND)
        job->next.state = JOB_DONE;
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    if (b.state == BULK_RUNNING && b.job == job->id)
        e = turn(tx, &b, job);
    else
        job->next.state = JOB_DONE; /* paused, or another job carries it on */
    bulk_drop(&b);
    return e;
}

struct step_row sp_bulk_row(struct sp *sp)
{
    return (struct step_row){.kind = JOB_BULK, .name = "bulk", .work = work, .commit = commit, .self = sp};
}
