/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns as rows, read and shown. Stations 1 and 12. Role. */
#include "role/sem/care/campaign/row.h"

#include "role/sem/care/campaign/kind.h"

#include <stdio.h>

const char *member_state_word(int64_t state)
{
    static const char *const words[] = {"PLANNED", "RUNNING", "DONE", "FAILED"};
    return state >= 0 && state <= MEMBER_FAILED ? words[state] : "UNKNOWN";
}

void campaign_drop(struct campaign *c)
{
    json_decref(c->ask);
    c->ask = NULL;
}

enum tsm_err campaign_load(struct tx *tx, int64_t owner, int64_t id, struct campaign *out)
{
    struct campaign c = {.id = id, .owner = owner};
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_CAMPAIGN_BY_ID, id, owner);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "there is no such campaign");
    TRY(e);
    c.kind = db_int(&r, 0);
    c.state = db_int(&r, 1);
    c.job = db_int(&r, 2);
    c.counts = (struct campaign_counts){.total = db_int(&r, 4),
                                        .started = db_int(&r, 5),
                                        .running = db_int(&r, 6),
                                        .done = db_int(&r, 7),
                                        .failed = db_int(&r, 8)};
    c.rules = (struct campaign_rules){.per_minute = db_int(&r, 9),
                                      .at_once = db_int(&r, 10),
                                      .canary = db_int(&r, 11),
                                      .stop_percent = db_int(&r, 12),
                                      .window_from = db_int(&r, 13),
                                      .window_to = db_int(&r, 14)};
    c.begun = db_int(&r, 15);
    c.created = db_int(&r, 16);
    c.updated = db_int(&r, 17);
    snprintf(c.note, sizeof c.note, "%s", db_text(&r, 18));
    TRY(json_read(bytes_of_text(db_text(&r, 3)), &c.ask));
    *out = c;
    return TSM_OK;
}

static json_t *window_json(const struct campaign_rules *r)
{
    if (r->window_from == r->window_to)
        return NULL;
    return json_pack(
        "{so so}", "from",
        json_sprintf("%02lld:%02lld", (long long)r->window_from / 3600, (long long)r->window_from / 60 % 60),
        "to",
        json_sprintf("%02lld:%02lld", (long long)r->window_to / 3600, (long long)r->window_to / 60 % 60));
}

json_t *campaign_json(const struct campaign *c)
{
    const struct campaign_counts *n = &c->counts;
    const struct campaign_rules *r = &c->rules;
    char created[TIME_TEXT], updated[TIME_TEXT];
    return json_pack("{so ss ss sO sI sI sI sI sI sI sI sI sI so* ss ss ss}", "campaign",
                     json_sprintf("%lld", (long long)c->id), "kind", campaign_kind_word(c->kind), "state",
                     campaign_state_word(c->state), "ask", c->ask, "total", (json_int_t)n->total, "planned",
                     (json_int_t)(n->total - n->running - n->done - n->failed), "running",
                     (json_int_t)n->running, "done", (json_int_t)n->done, "failed", (json_int_t)n->failed,
                     "per_minute", (json_int_t)r->per_minute, "at_once", (json_int_t)r->at_once, "canary",
                     (json_int_t)r->canary, "stop_percent", (json_int_t)r->stop_percent, "window",
                     window_json(r), "created", time_text(c->created, created), "updated",
                     time_text(c->updated, updated), "note", c->note);
}
