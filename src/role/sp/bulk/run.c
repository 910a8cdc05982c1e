/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for campaigns of providers: a turn looks at the counts, gives the orders that the rules
 * allow, and sleeps until one ends or time has passed. Stations 3 and 11. Role. [capability P8] */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "engine/turn/campaign.h"
#include "role/sp/bulk/bulk.h"

enum tsm_err bulk_start_job(struct tx *tx, int64_t party, int64_t id, int64_t *job)
{
    uint8_t trace[TRACE_LEN];
    TRY(vault_random(trace, sizeof trace));
    return campaign_job(tx, &(struct campaign_new){JOB_BULK, party, id, BYTES(trace)}, job);
}

enum tsm_err bulk_set_state(struct tx *tx, const struct bulk *b, enum campaign_state state, const char *note)
{
    char detail[160];
    TRY(db_exec(tx, SQL_BULK_SET, b->id, (int64_t)state, note, tx_now(tx)));
    if (state == CAMPAIGN_RUNNING)
        return TSM_OK;
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"state\":\"%s\",\"done\":%lld,\"failed\":%lld}",
             (long long)b->id, campaign_state_word(state), (long long)b->counts.done,
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

/* One turn of a campaign: what the engine's hands need. */
struct bulk_work {
    const struct bulk *b;
    const struct job *job;
};

static enum tsm_err say(void *self, struct tx *tx, const char *note)
{
    const struct bulk_work *w = self;
    return bulk_set_state(tx, w->b, CAMPAIGN_RUNNING, note);
}

static enum tsm_err stand(void *self, struct tx *tx, enum campaign_verdict verdict, const char *why)
{
    const struct bulk_work *w = self;
    enum campaign_state state = verdict == CAMPAIGN_OVER    ? CAMPAIGN_DONE
                                : verdict == CAMPAIGN_HOLDS ? CAMPAIGN_PAUSED
                                                            : CAMPAIGN_STOPPED;
    TRY(bulk_set_state(tx, w->b, state, state == CAMPAIGN_DONE ? "all instances were looked after" : why));
    return tell(tx, w->b, BYTES(w->job->trace));
}

static enum tsm_err anew(void *self, struct tx *tx)
{
    const struct bulk_work *w = self;
    return db_exec(tx, SQL_BULK_ANEW, w->b->id, tx_now(tx));
}

static enum tsm_err give(void *self, struct tx *tx, int64_t want, int64_t *given)
{
    const struct bulk_work *w = self;
    return bulk_give(tx, w->b, want, given);
}

static enum tsm_err turn(struct tx *tx, const struct bulk *b, struct job *job)
{
    struct bulk_work w = {b, job};
    struct campaign_now now = {
        .rules = b->rules, .counts = b->counts, .begun = b->begun, .noted = b->note[0] != 0};
    return campaign_turn(tx, job, &now, &(struct campaign_hands){&w, say, stand, anew, give});
}

/* All is in the commit: the counts that decide are those of the orders' own commits. */
static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct bulk b;
    enum tsm_err e = bulk_load(tx, job->party, job->ref, &b);
    (void)self;
    if (e == TSM_NOT_FOUND)
        job->next.state = JOB_DONE;
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    if (b.state == CAMPAIGN_RUNNING && b.job == job->id)
        e = turn(tx, &b, job);
    else
        job->next.state = JOB_DONE; /* paused, or another job carries it on */
    bulk_drop(&b);
    return e;
}

struct step_row sp_bulk_row(struct sp *sp)
{
    return (struct step_row){
        .kind = JOB_BULK, .name = "bulk", .work = campaign_look, .commit = commit, .self = sp};
}
