/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns listed, their members, and the owner's hand on them: pause, resume, stop. Station 1. Role.
 * [capability S12] */
#include <stdio.h>

#include "role/sem/care/api.h"
#include "role/sem/care/campaign/kind.h"
#include "role/sem/care/campaign/row.h"
#include "role/sem/care/act/post.h"

enum { CAMPAIGNS_MAX = 100, CAMPAIGNS_SHOWN = 50, MEMBERS_SHOWN = 200, ACTION_MAX = 8 };

struct hand {
    struct sem *sem;
    int64_t owner, id, after, kind;
    int64_t limit, before; /* of campaigns */
    char action[ACTION_MAX];
    json_t *answer;
};

static enum tsm_err hand_read(struct http_request *q, struct hand *h)
{
    struct caller who;
    TRY(sem_operator(h->sem, q, &who));
    h->owner = who.party;
    return TSM_OK;
}

static enum tsm_err append(struct tx *tx, struct hand *h, int64_t id)
{
    struct campaign c;
    TRY(campaign_load(tx, h->owner, id, &c));
    json_array_append_new(h->answer, campaign_json(&c));
    campaign_drop(&c);
    return TSM_OK;
}

static enum tsm_err list_campaigns(struct tx *tx, void *arg)
{
    struct hand *h = arg;
    int64_t ids[CAMPAIGNS_MAX];
    size_t n = 0;
    {
        ROWS r = {0};
        enum tsm_err e = db_query(tx, &r, SQL_CAMPAIGN_LIST, h->owner, h->before, h->limit);
        while (e == TSM_OK && n < CAMPAIGNS_MAX && (e = db_next(&r)) == TSM_OK)
            ids[n++] = db_int(&r, 0);
        if (e != TSM_NOT_FOUND && e != TSM_OK)
            return e;
    }
    for (size_t i = 0; i < n; i++)
        TRY(append(tx, h, ids[i]));
    return TSM_OK;
}

static enum tsm_err reply_list(struct hand *h, store_unit unit, const char *name, struct http_reply *reply)
{
    enum tsm_err e;
    h->answer = json_array();
    NEED(h->answer != NULL, NO_MEMORY);
    e = store_read(h->sem->c.store, unit, h);
    if (e != TSM_OK) {
        json_decref(h->answer);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so}", name, h->answer));
}

enum tsm_err care_list_campaigns(void *app, struct http_request *q, struct http_reply *reply)
{
    struct hand h = {.sem = app};
    TRY(hand_read(q, &h));
    TRY(http_query_number(q, "limit", (struct http_range){1, CAMPAIGNS_MAX, CAMPAIGNS_SHOWN}, &h.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &h.before));
    return reply_list(&h, list_campaigns, "campaigns", reply);
}

/* Of a work that runs: where a device's agent finds it. */
static void work_session(const struct rows *r, char out[ACT_SESSION_MAX + 1])
{
    json_t *body;
    if (!db_blob(r, 7).len || json_read(db_blob(r, 7), &body) != TSM_OK)
        return;
    snprintf(out, ACT_SESSION_MAX + 1, "%s", json_member(body, "session"));
    json_decref(body);
}

static json_t *member_json(const struct hand *h, const struct rows *r)
{
    const char *failure = db_text(r, 4);
    char session[ACT_SESSION_MAX + 1];
    json_t *o = json_pack("{so so ss}", "id", json_sprintf("%lld", (long long)db_int(r, 0)), "se",
                          db_text(r, 5)[0] ? json_pack("{ss}", "iccid", db_text(r, 5))
                                           : json_pack("{ss}", "seid", db_text(r, 6)),
                          "state", member_state_word(db_int(r, 1)));
    snprintf(session, sizeof session, "%s", db_text(r, 3));
    work_session(r, session);
    if (o && db_int(r, 2))
        json_object_set_new(o, campaign_member_word(h->kind), json_sprintf("%lld", (long long)db_int(r, 2)));
    if (o && session[0] && db_int(r, 1) == MEMBER_RUNNING)
        json_object_set_new(o, "seram",
                            json_pack("{ss ss}", "url", h->sem->device_url, "session_id", session));
    if (o && failure[0])
        json_object_set_new(o, "failure", json_loads(failure, 0, NULL));
    return o;
}

static enum tsm_err list_members(struct tx *tx, void *arg)
{
    struct hand *h = arg;
    struct campaign c;
    ROWS r = {0};
    enum tsm_err e;
    TRY(campaign_load(tx, h->owner, h->id, &c)); /* is it the asker's? */
    h->kind = c.kind;
    campaign_drop(&c);
    e = db_query(tx, &r, SQL_MEMBER_LIST, h->id, h->after, (int64_t)MEMBERS_SHOWN);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(h->answer, member_json(h, &r));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err care_list_members(void *app, struct http_request *q, struct http_reply *reply)
{
    struct hand h = {.sem = app};
    TRY(hand_read(q, &h));
    TRY(care_id_param(q, &h.id));
    TRY(http_query_number(q, "after", (struct http_range){0, INT64_MAX, 0}, &h.after));
    return reply_list(&h, list_members, "members", reply);
}

/* What failed is tried again; who is running goes on. */
static enum tsm_err resume(struct tx *tx, const struct campaign *c)
{
    int64_t job;
    TRY(db_exec(tx, SQL_MEMBER_AGAIN, c->id));
    TRY(campaign_start_job(tx, c->owner, c->id, &job));
    return db_exec(tx, SQL_CAMPAIGN_AGAIN, c->id, job, tx_now(tx), c->counts.failed);
}

static enum tsm_err act_on(struct tx *tx, const struct hand *h, const struct campaign *c)
{
    enum campaign_state next;
    TRY(campaign_hand(h->action, c->state, &next));
    return next == CAMPAIGN_RUNNING ? resume(tx, c) : campaign_set_state(tx, c, next, "the owner said so");
}

static enum tsm_err lay_hand(struct tx *tx, void *arg)
{
    struct hand *h = arg;
    struct campaign c;
    char detail[96];
    enum tsm_err e;
    TRY(campaign_load(tx, h->owner, h->id, &c));
    e = act_on(tx, h, &c);
    campaign_drop(&c);
    TRY(e);
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"action\":\"%s\"}", (long long)h->id, h->action);
    TRY(audit_add(tx, &(struct audit_leaf){h->owner, BYTES_NONE, "campaign.hand", detail}));
    TRY(campaign_load(tx, h->owner, h->id, &c));
    h->answer = campaign_json(&c);
    campaign_drop(&c);
    return TSM_OK;
}

enum tsm_err care_post_campaign_state(void *app, struct http_request *q, struct http_reply *reply)
{
    struct hand h = {.sem = app};
    enum tsm_err e;
    TRY(hand_read(q, &h));
    TRY(care_id_param(q, &h.id));
    TRY(http_path_param(q, "action", h.action, sizeof h.action));
    e = store_write(h.sem->c.store, lay_hand, &h);
    if (e != TSM_OK)
        json_decref(h.answer); /* made, and not committed */
    TRY(e);
    return http_reply_json(reply, 200, h.answer);
}
