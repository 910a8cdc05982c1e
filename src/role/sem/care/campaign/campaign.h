/* SPDX-License-Identifier: Apache-2.0 */
/* One act, or one work of content, on many elements: members, rules, progress. A job of its own
 * (JOB_CAMPAIGN) begins the acts and looks at how they end. Stations 3, 11 and 12. Role. [capabilities S10,
 * S12] */
#ifndef TSM_ROLE_SEM_CARE_CAMPAIGN_CAMPAIGN_H
#define TSM_ROLE_SEM_CARE_CAMPAIGN_CAMPAIGN_H

#include "order/care/campaign.h"
#include "role/sem/care/act/act.h"

enum member_state { MEMBER_PLANNED, MEMBER_RUNNING, MEMBER_DONE, MEMBER_FAILED };

struct campaign {
    int64_t id, owner, kind, state, job;
    struct campaign_rules rules;
    struct campaign_counts counts;
    time_us begun, created, updated;
    json_t *ask; /* owned: campaign_drop */
    char note[CAMPAIGN_NOTE_MAX + 1];
};
void campaign_drop(struct campaign *c);
enum tsm_err campaign_load(struct tx *tx, int64_t owner, int64_t id, struct campaign *out);
/* {campaign, kind, state, total, planned, running, done, failed, rules, note}; owned by the caller. */
json_t *campaign_json(const struct campaign *c);

/* A member's act or work is over; the campaign looks again at once. */
struct member_end {
    int64_t campaign, se, work;
    bool well;
    const char *failure; /* JSON of a work's, which has no row of its own; "" */
};
enum tsm_err campaign_member_ended(struct tx *tx, const struct member_end *end);
/* Begins to work, or goes on after a pause, a stop or its end: what failed is tried again. */
enum tsm_err campaign_start_job(struct tx *tx, int64_t owner, int64_t campaign, int64_t *job);
enum tsm_err campaign_set_state(struct tx *tx, const struct campaign *c, enum campaign_state state,
                                const char *note);

#endif
