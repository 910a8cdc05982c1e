/* SPDX-License-Identifier: Apache-2.0 */
/* POST of a campaign: the selection becomes targets by one statement, in the commit that stores its rules.
 * Station 1. Role. [capability P8] */
#include <stdio.h>
#include <stdlib.h>

#include "role/sp/bulk/api.h"
#include "role/sp/bulk/wish.h"
#include "role/sp/life/subject.h"
#include "role/sp/orders/order_api.h"

struct posting {
    struct bulk_wish wish;
    int64_t party, id, service, total;
    json_t *answer;
};

/* An update to a version that is not there would fail a hundred thousand times. */
static enum tsm_err find_version(struct tx *tx, const struct posting *p)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!p->wish.version[0])
        return TSM_OK;
    e = db_first(tx, &r, SQL_VERSION_OF_SERVICE, p->service, p->wish.version);
    return e == TSM_NOT_FOUND
               ? FAIL_FIELD(NOT_FOUND, "version", "the service has no version %s", p->wish.version)
               : e;
}

static enum tsm_err add_listed(struct tx *tx, const struct posting *p)
{
    const json_t *name;
    size_t i;
    json_array_foreach(p->wish.instances, i, name)
    {
        int64_t id = strtoll(json_string_value(name), NULL, 10);
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_TARGET_IS_OF, id, p->party, p->service);
        if (e == TSM_NOT_FOUND)
            return FAIL_FIELD(NOT_FOUND, "instances", "entry %zu of the list is no instance of this service",
                              i);
        TRY(e);
        TRY(db_exec(tx, SQL_TARGET_ADD, p->id, id));
    }
    return TSM_OK;
}

static enum tsm_err add_targets(struct tx *tx, struct posting *p)
{
    const struct bulk_wish *w = &p->wish;
    ROWS r = {0};
    if (w->instances)
        TRY(add_listed(tx, p));
    else
        TRY(db_exec(tx, SQL_TARGET_ADD_CHOSEN, p->id, p->party, p->service, w->states[0], w->states[1],
                    (int64_t)(w->states[0] == 0), w->profile, w->from_version));
    TRY(db_first(tx, &r, SQL_TARGET_COUNT, p->id));
    p->total = db_int(&r, 0);
    if (p->total == 0)
        return FAIL_FIELD(NOT_FOUND, "select",
                          "no instance of the service is selected: nothing would be done");
    return p->total <= CAMPAIGN_MEMBERS_MAX
               ? TSM_OK
               : FAIL_FIELD(TOO_LONG, "select",
                            "%lld instances are selected, a campaign has at most %d: make several",
                            (long long)p->total, CAMPAIGN_MEMBERS_MAX);
}

static enum tsm_err add_row(struct tx *tx, const struct posting *p, int64_t job)
{
    const struct bulk_wish *w = &p->wish;
    const struct campaign_rules *r = &w->rules;
    time_us now = tx_now(tx), deadline = w->deadline_s ? now + SECONDS(w->deadline_s) : 0;
    char *choice = json_text(w->choice);
    enum tsm_err e;
    NEED(choice != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_BULK_ADD, p->id, p->party, (int64_t)w->operation, p->service, job, w->version, choice,
                r->per_minute, r->at_once, r->canary, (int64_t)r->canary_holds, r->stop_percent,
                r->judged_from, r->window_from, r->window_to, w->zone_s, deadline, w->validity_s, p->total,
                now);
    free(choice);
    return e;
}

static enum tsm_err accept(struct tx *tx, void *arg)
{
    struct posting *p = arg;
    struct bulk b;
    char detail[160];
    int64_t job;
    enum tsm_err e;
    p->id = store_id(tx_store(tx));
    TRY(subject_service(tx, p->party, p->wish.service, &p->service));
    TRY(find_version(tx, p));
    TRY(add_targets(tx, p));
    TRY(bulk_start_job(tx, p->party, p->id, &job));
    TRY(add_row(tx, p, job));
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"operation\":\"%s\",\"instances\":%lld}",
             (long long)p->id, operation_words[p->wish.operation], (long long)p->total);
    TRY(audit_add(tx, &(struct audit_leaf){p->party, BYTES_NONE, "campaign.asked", detail}));
    TRY(bulk_load(tx, p->party, p->id, &b));
    e = bulk_json(tx, &b, &p->answer);
    bulk_drop(&b);
    return e;
}

enum tsm_err bulk_post(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct posting p = {.id = 0};
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    p.party = who.party;
    e = bulk_wish_read(q->body, &p.wish);
    if (e == TSM_OK)
        e = store_write(sp->c.store, accept, &p);
    bulk_wish_drop(&p.wish);
    if (e != TSM_OK) {
        json_decref(p.answer);
        return e;
    }
    TRY(http_reply_json(reply, 202, p.answer));
    return http_reply_header(reply, "Location", "/api/v1/campaigns/%lld", (long long)p.id);
}
