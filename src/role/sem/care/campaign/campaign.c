/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for campaigns: a turn looks at the counts, begins what its rules allow, and sleeps until a
 * member ends or time has passed. Stations 3 and 11. Role. [capabilities S10, S12] */
#include "role/sem/care/campaign/campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include "role/sem/care/campaign/row.h"

enum { CAMPAIGN_DEADLINE_S = 366 * 86400 };

enum tsm_err campaign_start_job(struct tx *tx, int64_t owner, int64_t campaign, int64_t *job)
{
    struct job_new j = {.kind = JOB_CAMPAIGN,
                        .state = JOB_READY,
                        .party = owner,
                        .ref = campaign,
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(CAMPAIGN_DEADLINE_S)};
    uint8_t trace[TRACE_LEN];
    TRY(vault_random(trace, sizeof trace));
    j.trace = BYTES(trace);
    return job_add(tx, &j, job);
}

enum tsm_err campaign_member_ended(struct sem *sem, struct tx *tx, const struct act *a, bool well)
{
    (void)sem;
    TRY(db_exec(tx, SQL_MEMBER_ENDED, a->campaign, a->se, (int64_t)(well ? MEMBER_DONE : MEMBER_FAILED),
                a->id));
    TRY(db_exec(tx, SQL_CAMPAIGN_ENDED, a->campaign, (int64_t)well, (int64_t)!well, tx_now(tx)));
    TRY(db_exec(tx, SQL_CAMPAIGN_WAKE, a->campaign, tx_now(tx)));
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

/* One that cannot begin has failed: its reason stands in the timeline of nobody, so the member has none. */
static enum tsm_err begin_member(struct sem *sem, struct tx *tx, const struct campaign *c, int64_t se)
{
    struct element el;
    struct act_new n = {.el = &el, .kind = (enum act_kind)c->kind, .campaign = c->id, .ask = c->ask};
    int64_t act = 0;
    enum tsm_err e = element_by_id(tx, c->owner, se, &el);
    if (e == TSM_OK && el.state == SE_TERMINATED)
        e = FAIL(WRONG_STATE, "the secure element is terminated");
    if (e == TSM_OK)
        e = act_add(sem, tx, &n, &act);
    if (e != TSM_OK && err_may_retry(e))
        return e;
    TRY(db_exec(tx, SQL_MEMBER_SET, c->id, se, (int64_t)(e == TSM_OK ? MEMBER_RUNNING : MEMBER_FAILED), act));
    TRY(db_exec(tx, SQL_CAMPAIGN_STARTED, c->id, (int64_t)1, tx_now(tx)));
    return e == TSM_OK ? TSM_OK : db_exec(tx, SQL_CAMPAIGN_ENDED, c->id, (int64_t)0, (int64_t)1, tx_now(tx));
}

static enum tsm_err begin_members(struct sem *sem, struct tx *tx, const struct campaign *c, int64_t want)
{
    int64_t se[CAMPAIGN_STEP_MAX];
    size_t n;
    TRY(next_members(tx, c, want, se, &n));
    for (size_t i = 0; i < n; i++)
        TRY(begin_member(sem, tx, c, se[i]));
    return TSM_OK;
}

static enum tsm_err alarm(struct tx *tx, const struct campaign *c, const char *why, struct bytes trace)
{
    return care_tell(tx, c->owner, trace,
                     json_pack("{ss so ss ss sI sI}", "event", "alarm", "campaign",
                               json_sprintf("%lld", (long long)c->id), "kind", act_kind_word(c->kind),
                               "reason", why, "done", (json_int_t)c->counts.done, "failed",
                               (json_int_t)c->counts.failed));
}

static enum tsm_err over(struct tx *tx, struct campaign *c, struct job *job)
{
    TRY(campaign_set_state(tx, c, CAMPAIGN_DONE, "all elements were looked after"));
    return care_tell(tx, c->owner, BYTES(job->trace),
                     json_pack("{ss so ss sI sI}", "event", "campaign", "campaign",
                               json_sprintf("%lld", (long long)c->id), "kind", act_kind_word(c->kind), "done",
                               (json_int_t)c->counts.done, "failed", (json_int_t)c->counts.failed));
}

static enum tsm_err turn(struct sem *sem, struct tx *tx, struct campaign *c, struct job *job)
{
    struct campaign_step step;
    campaign_decide(&c->rules, &c->counts, c->begun, tx_now(tx), &step);
    job->next.state = JOB_READY;
    job->next.due = step.due;
    job->next.moved = true;
    switch (step.verdict) {
    case CAMPAIGN_OVER:
        job->next.state = JOB_DONE;
        return over(tx, c, job);
    case CAMPAIGN_STOPS:
        job->next.state = JOB_DONE;
        TRY(alarm(tx, c, step.why, BYTES(job->trace)));
        return campaign_set_state(tx, c, CAMPAIGN_STOPPED, step.why);
    case CAMPAIGN_WAITS:
    case CAMPAIGN_HOLDS: /* an owner's campaign asks for no word */
        return campaign_set_state(tx, c, CAMPAIGN_RUNNING, step.why);
    case CAMPAIGN_GOES_ON:
        break;
    }
    if (c->note[0])
        TRY(campaign_set_state(tx, c, CAMPAIGN_RUNNING, ""));
    if (step.anew)
        TRY(db_exec(tx, SQL_CAMPAIGN_ANEW, c->id, tx_now(tx)));
    return begin_members(sem, tx, c, step.start);
}

static enum tsm_err work(void *self, struct job *job)
{
    (void)self;
    job->next.state = JOB_READY;
    return TSM_OK;
}

/* All is in the commit: the counts that decide are those of the members' own commits. */
static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct campaign c;
    enum tsm_err e = campaign_load(tx, job->party, job->ref, &c);
    if (job->error || e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
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
        .kind = JOB_CAMPAIGN, .name = "campaign", .work = work, .commit = commit, .self = sem};
}
