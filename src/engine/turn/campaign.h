/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A campaign on its way, whoever's it is: a job of its own looks at the counts, does what the rules allow,
 * and sleeps until a member ends or time has passed. What a member is, and how one begins, is its role's.
 * Stations 3 and 11. Edge. [capabilities S10, S12, S17, P8]
 */
#ifndef TSM_ENGINE_TURN_CAMPAIGN_H
#define TSM_ENGINE_TURN_CAMPAIGN_H

#include "engine/engine.h"
#include "order/care/campaign.h"

enum { CAMPAIGN_JOB_S = 366 * DAY_S };

/* As its row says now. */
struct campaign_now {
    struct campaign_rules rules;
    struct campaign_counts counts;
    time_us begun;
    bool noted; /* why it waited stands in its row */
};
/* Its role's hands; each works in the commit of the turn. */
struct campaign_hands {
    void *self;
    /* It runs on; `note` says why it waits, "" that it does not. */
    enum tsm_err (*say)(void *self, struct tx *tx, const char *note);
    /* It stands still by itself: over, stopped, or it holds behind its canary. */
    enum tsm_err (*stand)(void *self, struct tx *tx, enum campaign_verdict verdict, const char *why);
    /* Its pace begins now. */
    enum tsm_err (*anew)(void *self, struct tx *tx);
    /* At most `want` planned members begin; *begun: how many did, those that could not included. */
    enum tsm_err (*begin)(void *self, struct tx *tx, int64_t want, int64_t *begun);
};
/* One turn, in its commit: job->next is set. Of a job that ended by an error: the campaign stops, the reason
 * is its note. */
enum tsm_err campaign_turn(struct tx *tx, struct job *job, const struct campaign_now *now,
                           const struct campaign_hands *hands);
/* `work` of such a job: all is in the commit, where the counts are those of the members' own commits. */
enum tsm_err campaign_look(void *self, struct job *job);
/* A job that works on campaign `ref` until it stands still. */
struct campaign_new {
    enum job_kind kind;
    int64_t party, ref;
    struct bytes trace; /* random */
};
enum tsm_err campaign_job(struct tx *tx, const struct campaign_new *c, int64_t *job);

#endif
