/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns of providers as rows, and as the JSON their owner sees. Stations 1 and 12. Role. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/bulk/bulk.h"

enum { HOUR_S = 3600, MINUTE_S = 60 };

const char *const target_state_words[] = {"planned", "running", "done", "failed", NULL};

void bulk_drop(struct bulk *b)
{
    json_decref(b->choice);
    b->choice = NULL;
}

static void read_rules(const struct rows *r, struct bulk *b)
{
    b->counts = (struct campaign_counts){.total = db_int(r, 6),
                                         .started = db_int(r, 7),
                                         .running = db_int(r, 8),
                                         .done = db_int(r, 9),
                                         .failed = db_int(r, 10)};
    b->rules = (struct campaign_rules){.per_minute = db_int(r, 11),
                                       .at_once = db_int(r, 12),
                                       .canary = db_int(r, 13),
                                       .canary_holds = db_int(r, 14) != 0,
                                       .stop_percent = db_int(r, 15),
                                       .judged_from = db_int(r, 16),
                                       .window_from = db_int(r, 17),
                                       .window_to = db_int(r, 18),
                                       .deadline = db_int(r, 20)};
}

enum tsm_err bulk_load(struct tx *tx, int64_t party, int64_t id, struct bulk *out)
{
    struct bulk b = {.id = id, .party = party};
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_BULK_BY_ID, id, party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no campaign of this party has this id");
    TRY(e);
    b.operation = db_int(&r, 0);
    b.service = db_int(&r, 1);
    b.state = db_int(&r, 2);
    b.job = db_int(&r, 3);
    snprintf(b.version, sizeof b.version, "%s", db_text(&r, 4));
    read_rules(&r, &b);
    b.zone_s = db_int(&r, 19);
    b.validity_s = db_int(&r, 21);
    b.place = db_int(&r, 22);
    b.begun = db_int(&r, 23);
    b.created = db_int(&r, 24);
    b.updated = db_int(&r, 25);
    snprintf(b.note, sizeof b.note, "%s", db_text(&r, 26));
    TRY(json_read(bytes_of_text(db_text(&r, 5)), &b.choice));
    *out = b;
    return TSM_OK;
}

static json_t *clock_json(int64_t second)
{
    second = (second + DAY_S) % DAY_S;
    return json_sprintf("%02lld:%02lld", (long long)(second / HOUR_S), (long long)(second / MINUTE_S % 60));
}

/* In the zone in which it was said. */
static json_t *window_json(const struct bulk *b)
{
    const struct campaign_rules *r = &b->rules;
    long long zone = llabs((long long)b->zone_s);
    if (r->window_from == r->window_to)
        return NULL;
    return json_pack(
        "{so so so}", "from", clock_json(r->window_from + b->zone_s), "to",
        clock_json(r->window_to + b->zone_s), "zone",
        json_sprintf("%c%02lld:%02lld", b->zone_s < 0 ? '-' : '+', zone / HOUR_S, zone / MINUTE_S % 60));
}

static json_t *canary_json(const struct campaign_rules *r)
{
    return r->canary ? json_pack("{sI ss}", "count", (json_int_t)r->canary, "then",
                                 r->canary_holds ? "wait" : "go-on")
                     : NULL;
}

static json_t *rules_json(const struct bulk *b)
{
    const struct campaign_rules *r = &b->rules;
    char deadline[TIME_TEXT];
    return json_pack("{sI sI so* so* sI ss*}", "rate_per_s", (json_int_t)(r->per_minute / 60), "at_once",
                     (json_int_t)r->at_once, "window", window_json(b), "canary", canary_json(r),
                     "stop_at_failure_percent", (json_int_t)r->stop_percent, "deadline",
                     r->deadline ? time_text(r->deadline, deadline) : NULL);
}

static double per_second(const struct bulk *b, time_us now)
{
    time_us spent = (b->state == CAMPAIGN_RUNNING ? now : b->updated) - b->begun;
    return spent > 0 ? (double)b->counts.started * (double)SECONDS(1) / (double)spent : 0;
}

/* At the rate that is asked for, else at the one that was reached; only while it runs. */
static json_t *estimate_json(const struct bulk *b, time_us now)
{
    const struct campaign_counts *n = &b->counts;
    int64_t planned = n->total - n->running - n->done - n->failed;
    double rate = b->rules.per_minute ? (double)b->rules.per_minute / 60 : per_second(b, now);
    time_us end = rate > 0 ? campaign_estimate(&b->rules, now, (int64_t)((double)planned / rate)) : -1;
    char text[TIME_TEXT];
    return b->state == CAMPAIGN_RUNNING && end > 0 ? json_string(time_text(end, text)) : NULL;
}

static enum tsm_err failures_json(struct tx *tx, const struct bulk *b, json_t *list)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_FAILURE_LIST, b->id);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(
            list, json_pack("{ss sI}", "reason", db_text(&r, 0), "count", (json_int_t)db_int(&r, 1)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static json_t *counts_json(const struct bulk *b, time_us now)
{
    const struct campaign_counts *n = &b->counts;
    int64_t ordered = n->running + n->done + n->failed;
    return json_pack("{sI sI sI sI sI sI sf so*}", "total", (json_int_t)n->total, "planned",
                     (json_int_t)(n->total - ordered), "ordered", (json_int_t)ordered, "running",
                     (json_int_t)n->running, "done", (json_int_t)n->done, "failed", (json_int_t)n->failed,
                     "rate_held_per_s", per_second(b, now), "estimated_end", estimate_json(b, now));
}

static json_t *head_json(const struct bulk *b, const char *service)
{
    char created[TIME_TEXT], updated[TIME_TEXT];
    return json_pack("{so ss ss ss ss* sO so ss ss ss}", "campaign", json_sprintf("%lld", (long long)b->id),
                     "operation", operation_words[b->operation], "service", service, "state",
                     campaign_state_word(b->state), "version", b->version[0] ? b->version : NULL, "select",
                     b->choice, "rules", rules_json(b), "created", time_text(b->created, created), "updated",
                     time_text(b->updated, updated), "note", b->note);
}

enum tsm_err bulk_json(struct tx *tx, const struct bulk *b, json_t **out)
{
    json_t *failures = json_array(), *counts = counts_json(b, tx_now(tx)), *o = NULL;
    ROWS service = {0};
    enum tsm_err e = failures_json(tx, b, failures);
    if (e == TSM_OK) {
        e = db_first(tx, &service, SQL_SERVICE_BY_ID, b->service, b->party);
        o = head_json(b, e == TSM_OK ? db_text(&service, 0) : ""); /* the service may be gone */
        e = e == TSM_NOT_FOUND ? TSM_OK : e;
    }
    if (o && counts)
        json_object_update(o, counts);
    if (o)
        json_object_set(o, "failures", failures);
    json_decref(counts);
    json_decref(failures);
    if (e != TSM_OK)
        json_decref(o);
    TRY(e);
    NEED(o != NULL, NO_MEMORY);
    *out = o;
    return TSM_OK;
}
