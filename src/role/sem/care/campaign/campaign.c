/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for campaigns: a turn looks at the counts, begins what its rules allow, and sleeps until a
 * member ends or time has passed. Stations 3 and 11. Role. [capabilities S10, S12] */
#include "role/sem/care/campaign/campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/turn/campaign.h"
#include "role/sem/care/campaign/kind.h"
#include "role/sem/care/campaign/row.h"

enum tsm_err campaign_start_job(struct tx *tx, int64_t owner, int64_t campaign, int64_t *job)
{
    uint8_t trace[TRACE_LEN];
    TRY(vault_random(trace, sizeof trace));
    return campaign_job(tx, &(struct campaign_new){JOB_CAMPAIGN, owner, campaign, BYTES(trace)}, job);
}

enum tsm_err campaign_member_ended(struct tx *tx, const struct member_end *end)
{
    enum tsm_err e = db_exec_one(tx, SQL_MEMBER_ENDED, end->campaign, end->se,
                                 (int64_t)(end->well ? MEMBER_DONE : MEMBER_FAILED), end->work, end->failure);
    if (e == TSM_NOT_FOUND)
        return TSM_OK; /* no campaign has begun it */
    TRY(e);
    TRY(db_exec(tx, SQL_CAMPAIGN_ENDED, end->campaign, (int64_t)end->well, (int64_t)!end->well, tx_now(tx)));
    TRY(db_exec(tx, SQL_CAMPAIGN_WAKE, end->campaign, tx_now(tx)));
    tx_note(tx);
    return TSM_OK;
}

enum tsm_err campaign_set_state(struct tx *tx, const struct campaign *c, enum campaign_state state,
                                const char *note)
{
    char detail[120];
    TRY(db_exec(tx, SQL_CAMPAIGN_SET, c->id, (int64_t)state, note, tx_now(tx)));
    if (state == CAMPAIGN_RUNNING)
        return TSM_OK;
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"state\":\"%s\",\"done\":%lld,\"failed\":%lld}",
             (long long)c->id, campaign_state_word(state), (long long)c->counts.done,
             (long long)c->counts.failed);
    return audit_add(tx, &(struct audit_leaf){c->owner, BYTES_NONE, "campaign.state", detail});
}

static enum tsm_err next_members(struct tx *tx, const struct campaign *c, int64_t want, int64_t *se,
                                 size_t *n)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_MEMBER_NEXT, c->id, want);
    *n = 0;
    while (e == TSM_OK && *n < CAMPAIGN_STEP_MAX && (e = db_next(&r)) == TSM_OK)
        se[(*n)++] = db_int(&r, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* One that is there already is done, one that cannot begin has failed, and says why. */
static enum tsm_err member_began(struct tx *tx, const struct campaign *c, int64_t se, int64_t work)
{
    bool runs = work != 0;
    TRY(db_exec(tx, SQL_MEMBER_SET, c->id, se, (int64_t)(runs ? MEMBER_RUNNING : MEMBER_DONE), work, ""));
    TRY(db_exec(tx, SQL_CAMPAIGN_STARTED, c->id, (int64_t)1, tx_now(tx)));
    return runs ? TSM_OK : db_exec(tx, SQL_CAMPAIGN_ENDED, c->id, (int64_t)1, (int64_t)0, tx_now(tx));
}

static enum tsm_err member_refused(struct tx *tx, const struct campaign *c, int64_t se, enum tsm_err why)
{
    struct failure f;
    char *text;
    enum tsm_err e;
    failure_of_error(&f, why, err_cause());
    failure_of_own_work(&f);
    text = failure_text(&f);
    NEED(text != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_MEMBER_SET, c->id, se, (int64_t)MEMBER_FAILED, (int64_t)0, text);
    free(text);
    TRY(e);
    TRY(db_exec(tx, SQL_CAMPAIGN_STARTED, c->id, (int64_t)1, tx_now(tx)));
    return db_exec(tx, SQL_CAMPAIGN_ENDED, c->id, (int64_t)0, (int64_t)1, tx_now(tx));
}

static enum tsm_err begin_member(struct sem *sem, struct tx *tx, const struct campaign *c, int64_t se)
{
    struct element el;
    int64_t work = 0;
    enum tsm_err e;
    err_clear(); /* the cause is kept with the member: that of the one before is none */
    e = element_by_id(tx, c->owner, se, &el);
    if (e == TSM_OK)
        e = campaign_begin_one(sem, tx, c, &el, &work);
    if (e != TSM_OK && err_may_retry(e))
        return e;
    return e == TSM_OK ? member_began(tx, c, se, work) : member_refused(tx, c, se, e);
}

/* One turn of a campaign: what the engine's hands need. */
struct campaign_work {
    struct sem *sem;
    struct campaign *c;
    const struct job *job;
};

static enum tsm_err begin_members(void *self, struct tx *tx, int64_t want, int64_t *begun)
{
    struct campaign_work *w = self;
    int64_t se[CAMPAIGN_STEP_MAX];
    size_t n;
    TRY(next_members(tx, w->c, want, se, &n));
    for (size_t i = 0; i < n; i++)
        TRY(begin_member(w->sem, tx, w->c, se[i]));
    *begun = (int64_t)n;
    return TSM_OK;
}

static enum tsm_err say(void *self, struct tx *tx, const char *note)
{
    struct campaign_work *w = self;
    return campaign_set_state(tx, w->c, CAMPAIGN_RUNNING, note);
}

static enum tsm_err anew(void *self, struct tx *tx)
{
    struct campaign_work *w = self;
    return db_exec(tx, SQL_CAMPAIGN_ANEW, w->c->id, tx_now(tx));
}

/* Its owner hears of it: of an end as it is, of a stop as an alarm. */
static enum tsm_err stand(void *self, struct tx *tx, enum campaign_verdict verdict, const char *why)
{
    struct campaign_work *w = self;
    const struct campaign *c = w->c;
    bool over = verdict == CAMPAIGN_OVER;
    TRY(campaign_set_state(tx, c, over ? CAMPAIGN_DONE : CAMPAIGN_STOPPED,
                           over ? "all elements were looked after" : why));
    return care_tell(tx, c->owner, BYTES(w->job->trace),
                     json_pack("{ss so ss ss* sI sI}", "event", over ? "campaign" : "alarm", "campaign",
                               json_sprintf("%lld", (long long)c->id), "kind", campaign_kind_word(c->kind),
                               "reason", over ? NULL : why, "done", (json_int_t)c->counts.done, "failed",
                               (json_int_t)c->counts.failed));
}

static enum tsm_err turn(struct sem *sem, struct tx *tx, struct campaign *c, struct job *job)
{
    struct campaign_work w = {sem, c, job};
    struct campaign_now now = {
        .rules = c->rules, .counts = c->counts, .begun = c->begun, .noted = c->note[0] != 0};
    return campaign_turn(tx, job, &now, &(struct campaign_hands){&w, say, stand, anew, begin_members});
}

/* All is in the commit: the counts that decide are those of the members' own commits. */
static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct campaign c;
    enum tsm_err e = campaign_load(tx, job->party, job->ref, &c);
    if (e == TSM_NOT_FOUND)
        job->next.state = JOB_DONE;
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    if (c.state == CAMPAIGN_RUNNING && c.job == job->id)
        e = turn(self, tx, &c, job);
    else
        job->next.state = JOB_DONE; /* paused, or another job carries it on */
    campaign_drop(&c);
    return e;
}

struct step_row sem_campaign_row(struct sem *sem)
{
    return (struct step_row){
        .kind = JOB_CAMPAIGN, .name = "campaign", .work = campaign_look, .commit = commit, .self = sem};
}
