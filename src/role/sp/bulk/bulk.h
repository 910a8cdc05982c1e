/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One operation for many service instances of a provider, by the rules of order/care/campaign.h: targets,
 * progress, the orders that it gives. A job of its own (JOB_BULK) gives them and looks at how they end; each
 * instance has at most one order of a campaign in work. Stations 3, 11 and 12. Role. [capability P8]
 */
#ifndef TSM_ROLE_SP_BULK_BULK_H
#define TSM_ROLE_SP_BULK_BULK_H

#include "order/care/campaign.h"
#include "role/sp/internal.h"

enum target_state { TARGET_PLANNED, TARGET_RUNNING, TARGET_DONE, TARGET_FAILED };
enum {
    BULK_AT_ONCE = 1000, /* orders in work at a time, where the campaign names no number */
    BULK_AT_ONCE_MAX = 10000,
    BULK_STOP_PERCENT = 5,
    BULK_DEADLINE_MAX_S = 366 * DAY_S,
    BULK_REASONS_MAX = 20, /* that are counted apart */
    BULK_REASON_MAX = 240,
    VERSION_MAX = 64,
    BULK_BODY_MAX = 4 << 20, /* a list of ids */
};

struct bulk {
    int64_t id, party, operation, service, state, job, zone_s, validity_s, place;
    char version[VERSION_MAX + 1], note[CAMPAIGN_NOTE_MAX + 1];
    struct campaign_rules rules;
    struct campaign_counts counts;
    time_us begun, created, updated;
    json_t *choice; /* owned: bulk_drop */
};
void bulk_drop(struct bulk *b);
/* NOT_FOUND where the party has no such campaign. */
enum tsm_err bulk_load(struct tx *tx, int64_t party, int64_t id, struct bulk *out);
/* {campaign, operation, service, state, total, planned, ordered, running, done, failed, failures, rate ..};
 * owned by the caller. */
enum tsm_err bulk_json(struct tx *tx, const struct bulk *b, json_t **out);
extern const char *const target_state_words[]; /* ended by NULL */

/* A job that works on the campaign until it stands still. */
enum tsm_err bulk_start_job(struct tx *tx, int64_t party, int64_t id, int64_t *job);
/* With an audit leaf, but for a new note of a campaign that runs on. */
enum tsm_err bulk_set_state(struct tx *tx, const struct bulk *b, enum campaign_state state, const char *note);
/* Gives the orders of at most `want` planned targets. *given: how many, refused ones included. */
enum tsm_err bulk_give(struct tx *tx, const struct bulk *b, int64_t want, int64_t *given);
/* In the commit that ends an order: its campaign, if it has one, counts it. `failure`: JSON, "" when it went
 * well. */
enum tsm_err bulk_order_ended(struct tx *tx, int64_t order, const char *failure);

struct step_row;
struct step_row bulk_row(struct sp *sp);

#endif
