/* SPDX-License-Identifier: Apache-2.0 */
/* The turn of a campaign: what order/care/campaign.h decides, carried out. Stations 3 and 11. Edge.
 * [capabilities S10, S12, S17, P8] */
#include "engine/turn/campaign.h"

#include <stdio.h>

#include "base/utf8.h"

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

/* Its own job ended by an error: nobody would begin the members that are left, so it stands still and says
 * why. */
static enum tsm_err break_off(struct tx *tx, const struct job *job, const struct campaign_hands *hands)
{
    char why[CAMPAIGN_NOTE_MAX + 1];
    snprintf(why, sizeof why, "it could not go on: %.75s", job->cause[0] ? job->cause : err_text(job->error));
    return hands->stand(hands->self, tx, CAMPAIGN_STOPS, utf8_clean(why));
}

enum tsm_err campaign_turn(struct tx *tx, struct job *job, const struct campaign_now *now,
                           const struct campaign_hands *hands)
{
    struct campaign_step step;
    if (job->error)
        return break_off(tx, job, hands);
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
