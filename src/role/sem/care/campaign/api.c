/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of campaigns: asked for, watched, paused, resumed. Station 1. Role. [capabilities S10, S12]
 */
#include <stdio.h>
#include <stdlib.h>

#include "role/sem/care/api.h"
#include "role/sem/care/campaign/kind.h"
#include "role/sem/care/campaign/row.h"
#include "role/sem/care/act/post.h"

enum { PER_MINUTE_MAX = 1000000, STOP_PERCENT = 5 };

struct campaign_post {
    struct sem *sem;
    int64_t owner, id, number;
    char kind[16], from[6], to[6], profile[PROFILE_NAME_MAX + 1];
    bool all;
    json_t *elements, *ask, *body; /* elements, ask: borrowed from the body */
    struct campaign_rules rules;
    json_t *answer;
};

static const struct json_row campaign_rows[] = {
    {"kind", JSON_TEXT, offsetof(struct campaign_post, kind), 1, 15, JSON_NEEDED, NULL},
    {"elements", JSON_VALUE, offsetof(struct campaign_post, elements), 0, 0, JSON_OPTIONAL, NULL},
    {"profile", JSON_TEXT, offsetof(struct campaign_post, profile), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"all", JSON_BOOL, offsetof(struct campaign_post, all), 0, 0, JSON_OPTIONAL, NULL},
    {"ask", JSON_VALUE, offsetof(struct campaign_post, ask), 0, 0, JSON_OPTIONAL, NULL},
    {"per_minute", JSON_INT, offsetof(struct campaign_post, rules.per_minute), 0, PER_MINUTE_MAX,
     JSON_OPTIONAL, NULL},
    {"at_once", JSON_INT, offsetof(struct campaign_post, rules.at_once), 1, CAMPAIGN_AT_ONCE_MAX,
     JSON_OPTIONAL, NULL},
    {"canary", JSON_INT, offsetof(struct campaign_post, rules.canary), 0, CAMPAIGN_MEMBERS_MAX, JSON_OPTIONAL,
     NULL},
    {"stop_percent", JSON_INT, offsetof(struct campaign_post, rules.stop_percent), 0, 100, JSON_OPTIONAL,
     NULL},
    {"window_from", JSON_TEXT, offsetof(struct campaign_post, from), 5, 5, JSON_OPTIONAL, NULL},
    {"window_to", JSON_TEXT, offsetof(struct campaign_post, to), 5, 5, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};
/* "HH:MM" of the UTC day. */
static enum tsm_err read_time(const char *field, const char *text, int64_t *seconds)
{
    int hours, minutes, end = 0;
    if (sscanf(text, "%2d:%2d%n", &hours, &minutes, &end) != 2 || text[end] || hours < 0 || hours > 23 ||
        minutes < 0 || minutes > 59)
        return FAIL_FIELD(BAD_FORM, field, "a window is from HH:MM to HH:MM, in UTC");
    *seconds = hours * 3600 + minutes * 60;
    return TSM_OK;
}

static enum tsm_err read_campaign(struct http_request *q, struct campaign_post *p)
{
    int selections;
    p->rules = (struct campaign_rules){.at_once = CAMPAIGN_AT_ONCE, .stop_percent = STOP_PERCENT};
    TRY(json_read_long(q->body, CAMPAIGN_BODY_MAX, &p->body));
    TRY(json_fill(p->body, campaign_rows, p));
    TRY(campaign_kind_read(p->kind, &p->number));
    selections = (p->elements != NULL) + (p->profile[0] != 0) + p->all;
    if (selections != 1)
        return FAIL_FIELD(BAD_VALUE, "elements",
                          "elements, profile or all says which elements take part, one of them");
    if (p->from[0] || p->to[0]) {
        TRY(read_time("window_from", p->from, &p->rules.window_from));
        TRY(read_time("window_to", p->to, &p->rules.window_to));
    }
    return TSM_OK;
}

static enum tsm_err add_listed(struct tx *tx, struct campaign_post *p)
{
    struct element_ref ref = {.owner = p->owner};
    struct element el;
    json_t *name;
    size_t i;
    if (!json_is_array(p->elements) || json_array_size(p->elements) > CAMPAIGN_MEMBERS_MAX)
        return FAIL_FIELD(BAD_VALUE, "elements", "elements is a list of at most %d names",
                          CAMPAIGN_MEMBERS_MAX);
    json_array_foreach(p->elements, i, name)
    {
        snprintf(ref.text, sizeof ref.text, "%s", json_is_string(name) ? json_string_value(name) : "");
        if (element_ref_find(tx, &ref, &el) != TSM_OK)
            return FAIL_FIELD(NOT_FOUND, "elements", "element %zu (%.40s) is none of this owner's", i,
                              ref.text);
        TRY(db_exec(tx, SQL_MEMBER_ADD, p->id, el.id));
    }
    return TSM_OK;
}

static enum tsm_err add_members(struct tx *tx, struct campaign_post *p, int64_t *total)
{
    if (p->elements)
        TRY(add_listed(tx, p));
    else if (p->all)
        TRY(db_exec(tx, SQL_MEMBER_ADD_ALL, p->id, p->owner));
    else
        TRY(db_exec(tx, SQL_MEMBER_ADD_PROFILE, p->id, p->owner, p->profile));
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_MEMBER_COUNT, p->id));
    *total = db_int(&r, 0);
    if (*total == 0)
        return FAIL_FIELD(NOT_FOUND, "elements", "no element takes part");
    return *total <= CAMPAIGN_MEMBERS_MAX
               ? TSM_OK
               : FAIL_FIELD(TOO_LONG, "elements", "a campaign has at most %d elements: make several",
                            CAMPAIGN_MEMBERS_MAX);
}

static enum tsm_err show(struct tx *tx, int64_t owner, int64_t id, json_t **out)
{
    struct campaign c;
    TRY(campaign_load(tx, owner, id, &c));
    *out = campaign_json(&c);
    campaign_drop(&c);
    return TSM_OK;
}

static enum tsm_err add_row(struct tx *tx, struct campaign_post *p, const json_t *ask, int64_t *total)
{
    const struct campaign_rules *r = &p->rules;
    char *text = json_text(ask);
    int64_t job;
    enum tsm_err e = text ? campaign_start_job(tx, p->owner, p->id, &job) : FAIL(NO_MEMORY, "no memory");
    if (e == TSM_OK)
        e = add_members(tx, p, total);
    if (e == TSM_OK)
        e = db_exec(tx, SQL_CAMPAIGN_ADD, p->id, p->owner, p->number, job, text, *total, r->per_minute,
                    r->at_once, r->canary, r->stop_percent, r->window_from, r->window_to, tx_now(tx),
                    tx_now(tx), tx_now(tx));
    free(text);
    return e;
}

static enum tsm_err accept_campaign(struct tx *tx, void *arg)
{
    struct campaign_post *p = arg;
    struct campaign c = {.owner = p->owner, .kind = p->number};
    char detail[120];
    int64_t total = 0;
    json_t *ask;
    enum tsm_err e;
    p->id = store_id(tx_store(tx));
    TRY(campaign_ask_take(tx, &c, p->ask, &ask));
    e = add_row(tx, p, ask, &total);
    json_decref(ask);
    TRY(e);
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"kind\":\"%s\",\"elements\":%lld}",
             (long long)p->id, p->kind, (long long)total);
    TRY(audit_add(tx, &(struct audit_leaf){p->owner, BYTES_NONE, "campaign.asked", detail}));
    return show(tx, p->owner, p->id, &p->answer);
}

enum tsm_err care_post_campaign(void *app, struct http_request *q, struct http_reply *reply)
{
    struct campaign_post p = {.sem = app};
    struct caller who;
    enum tsm_err e;
    TRY(sem_operator(p.sem, q, &who));
    p.owner = who.party;
    e = read_campaign(q, &p);
    if (e == TSM_OK)
        e = store_write(p.sem->c.store, accept_campaign, &p);
    json_decref(p.body);
    if (e != TSM_OK)
        json_decref(p.answer); /* made, and not committed */
    TRY(e);
    TRY(http_reply_header(reply, "Location", "/api/v1/campaigns/%lld", (long long)p.id));
    return http_reply_json(reply, 202, p.answer);
}

struct campaign_look {
    int64_t owner, id;
    json_t *answer;
};

static enum tsm_err look_read(struct sem *sem, struct http_request *q, struct campaign_look *l)
{
    struct caller who;
    TRY(sem_operator(sem, q, &who));
    l->owner = who.party;
    return care_id_param(q, &l->id);
}

static enum tsm_err look_at(struct tx *tx, void *arg)
{
    struct campaign_look *l = arg;
    return show(tx, l->owner, l->id, &l->answer);
}

enum tsm_err care_get_campaign(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct campaign_look l = {.id = 0};
    TRY(look_read(sem, q, &l));
    TRY(store_read(sem->c.store, look_at, &l));
    return http_reply_json(reply, 200, l.answer);
}
