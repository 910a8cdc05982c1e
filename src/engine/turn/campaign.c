/* SPDX-License-Identifier: Apache-2.0 */
/* The turn of a campaign: what order/care/campaign.h decides, carried out. Stations 3 and 11. Edge.
 * [capabilities S10, S12, S17, P8] */
#include "engine/turn/campaign.h"

enum tsm_err campaign_job(struct tx *tx, const struct campaign_new *c, int64_t *job)
{
    struct job_new j = {.kind = c->kind,
                        .state = JOB_READY,
                        .party = c->party,
                        .ref = c->ref,
                        .trace = c->trace,
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(CAMPAIGN_JOB_S)};
    return job_add(tx, &j, job);
}

enum tsm_err campaign_look(void *self, struct job *job)
{
    (void)self;
    job->next.state = JOB_READY;
    return TSM_OK;
}

static enum tsm_err go_on(struct tx *tx, struct job *job, const struct campaign_step *step,
                          const struct campaign_hands *hands)
{
    int64_t begun = 0;
    if (step->anew)
        TRY(hands->anew(hands->self, tx));
    if (step->start > 0)
        TRY(hands->begin(hands->self, tx, step->start, &begun));
    if (step->start > 0 && begun == 0) /* those that are left are busy otherwise */
        job->next.due = job->now + SECONDS(CAMPAIGN_LOOK_S);
    return TSM_OK;
}

enum tsm_err campaign_turn(struct tx *tx, struct job *job, const struct campaign_now *now,
                           const struct campaign_hands *hands)
{
    struct campaign_step step;
    campaign_decide(&now->rules, &now->counts, now->begun, tx_now(tx), &step);
    job->next.state = JOB_READY;
    job->next.due = step.due;
    job->next.moved = true;
    if (step.verdict == CAMPAIGN_WAITS)
        return hands->say(hands->self, tx, step.why);
    if (step.verdict != CAMPAIGN_GOES_ON) {
        job->next.state = JOB_DONE;
        return hands->stand(hands->self, tx, step.verdict, step.why);
    }
    if (now->noted)
        TRY(hands->say(hands->self, tx, ""));
    return go_on(tx, job, &step, hands);
}
