/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns of a provider looked at, and its hand on them: pause, resume, stop. Station 1. Role. [capability
 * P8] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/bulk/api.h"
#include "role/sp/bulk/bulk.h"
#include "role/sp/orders/order_api.h"

enum { SHOWN_MAX = 100, SHOWN = 50, MEMBERS_SHOWN = 200, ACTION_MAX = 8, ID_TEXT = 24 };

struct looking {
    struct sp *sp;
    int64_t party, id, after, state; /* state: of members, -1: all */
    int64_t limit, before;           /* of campaigns */
    char action[ACTION_MAX];
    json_t *answer;
};

/* The caller, and the campaign that the address names. */
static enum tsm_err begin(struct looking *l, const struct http_request *q, bool one)
{
    char text[ID_TEXT];
    struct caller who;
    TRY(sp_caller(l->sp, (struct http_request *)(uintptr_t)q, &who));
    l->party = who.party;
    if (!one)
        return TSM_OK;
    TRY(http_path_param(q, "id", text, sizeof text));
    if (!text_is_digits(text, 1, 19))
        return FAIL(NOT_FOUND, "ids are decimal numbers");
    l->id = strtoll(text, NULL, 10);
    return TSM_OK;
}

static enum tsm_err show(struct tx *tx, int64_t party, int64_t id, json_t **out)
{
    struct bulk b;
    enum tsm_err e;
    TRY(bulk_load(tx, party, id, &b));
    e = bulk_json(tx, &b, out);
    bulk_drop(&b);
    return e;
}

static enum tsm_err read_one(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    return show(tx, l->party, l->id, &l->answer);
}

static enum tsm_err read_list(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    int64_t ids[SHOWN_MAX];
    size_t n = 0;
    {
        ROWS r = {0};
        enum tsm_err e = db_query(tx, &r, SQL_BULK_LIST, l->party, l->before, l->limit);
        while (e == TSM_OK && n < SHOWN_MAX && (e = db_next(&r)) == TSM_OK)
            ids[n++] = db_int(&r, 0);
        if (e != TSM_NOT_FOUND && e != TSM_OK)
            return e;
    }
    for (size_t i = 0; i < n; i++) {
        json_t *o = NULL;
        TRY(show(tx, l->party, ids[i], &o));
        json_array_append_new(l->answer, o);
    }
    return TSM_OK;
}

static json_t *member_json(const struct rows *r)
{
    json_t *o = json_pack("{so ss}", "instance", json_sprintf("%lld", (long long)db_int(r, 0)), "state",
                          target_state_words[db_int(r, 1)]);
    if (o && db_int(r, 2))
        json_object_set_new(o, "order", json_sprintf("%lld", (long long)db_int(r, 2)));
    if (o && db_text(r, 3)[0])
        json_object_set_new(o, "failure", json_loads(db_text(r, 3), 0, NULL));
    if (o && db_int(r, 4) >= 0 && db_int(r, 4) < SE_KINDS) /* a terminated one has no row any more */
        json_object_set_new(o, "se", json_pack("{ss}", se_kind_words[db_int(r, 4)], db_text(r, 5)));
    return o;
}

static enum tsm_err read_members(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct bulk b;
    ROWS r = {0};
    enum tsm_err e;
    TRY(bulk_load(tx, l->party, l->id, &b)); /* is it the asker's? */
    bulk_drop(&b);
    e = db_query(tx, &r, SQL_TARGET_LIST, l->id, l->after, l->state, (int64_t)MEMBERS_SHOWN);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(l->answer, member_json(&r));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err reply_list(struct looking *l, store_unit unit, const char *name, struct http_reply *reply)
{
    enum tsm_err e;
    l->answer = json_array();
    NEED(l->answer != NULL, NO_MEMORY);
    e = store_read(l->sp->c.store, unit, l);
    if (e != TSM_OK) {
        json_decref(l->answer);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so}", name, l->answer));
}

enum tsm_err bulk_list(void *app, struct http_request *q, struct http_reply *reply)
{
    struct looking l = {.sp = app};
    TRY(begin(&l, q, false));
    TRY(http_query_number(q, "limit", (struct http_range){1, SHOWN_MAX, SHOWN}, &l.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &l.before));
    return reply_list(&l, read_list, "campaigns", reply);
}

enum tsm_err bulk_get(void *app, struct http_request *q, struct http_reply *reply)
{
    struct looking l = {.sp = app};
    TRY(begin(&l, q, true));
    TRY(store_read(l.sp->c.store, read_one, &l));
    return http_reply_json(reply, 200, l.answer);
}

static enum tsm_err state_param(const struct http_request *q, int64_t *state)
{
    char word[ACTION_MAX + 1] = "";
    enum tsm_err e = http_query_param(q, "state", word, sizeof word);
    *state = -1;
    if (e == TSM_MISSING_FIELD || e == TSM_NOT_FOUND) {
        err_clear();
        return TSM_OK;
    }
    TRY(e);
    for (int64_t i = 0; target_state_words[i]; i++)
        if (!strcmp(word, target_state_words[i]))
            *state = i;
    return *state >= 0 ? TSM_OK
                       : FAIL_FIELD(BAD_VALUE, "state", "a member is planned, running, done or failed");
}

enum tsm_err bulk_members(void *app, struct http_request *q, struct http_reply *reply)
{
    struct looking l = {.sp = app};
    TRY(begin(&l, q, true));
    TRY(http_query_number(q, "after", (struct http_range){0, INT64_MAX, 0}, &l.after));
    TRY(state_param(q, &l.state));
    return reply_list(&l, read_members, "members", reply);
}

/* What was stopped or is over tries again what failed; what was paused goes on where it stood. */
static enum tsm_err resume(struct tx *tx, const struct bulk *b)
{
    int64_t job;
    if (b->state != CAMPAIGN_PAUSED) {
        TRY(db_exec(tx, SQL_TARGET_AGAIN, b->id));
        TRY(db_exec(tx, SQL_FAILURE_FORGET, b->id));
        TRY(db_exec(tx, SQL_BULK_AGAIN, b->id));
    }
    TRY(bulk_start_job(tx, b->party, b->id, &job));
    return db_exec(tx, SQL_BULK_RESUME, b->id, job, tx_now(tx));
}

static enum tsm_err act_on(struct tx *tx, const char *action, const struct bulk *b)
{
    enum campaign_state next;
    TRY(campaign_hand(action, b->state, &next));
    if (next != CAMPAIGN_RUNNING)
        return bulk_set_state(tx, b, next, "the provider said so");
    if (b->rules.deadline && tx_now(tx) >= b->rules.deadline)
        return FAIL(WRONG_STATE, "the campaign's time is over: make another one");
    return resume(tx, b);
}

static enum tsm_err lay_hand(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct bulk b;
    char detail[96];
    enum tsm_err e;
    TRY(bulk_load(tx, l->party, l->id, &b));
    e = act_on(tx, l->action, &b);
    bulk_drop(&b);
    TRY(e);
    snprintf(detail, sizeof detail, "{\"campaign\":\"%lld\",\"action\":\"%s\"}", (long long)l->id, l->action);
    TRY(audit_add(tx, &(struct audit_leaf){l->party, BYTES_NONE, "campaign.hand", detail}));
    tx_note(tx);
    return show(tx, l->party, l->id, &l->answer);
}

enum tsm_err bulk_hand(void *app, struct http_request *q, struct http_reply *reply)
{
    struct looking l = {.sp = app};
    enum tsm_err e;
    TRY(begin(&l, q, true));
    if (http_path_param(q, "action", l.action, sizeof l.action) != TSM_OK)
        return FAIL(NOT_FOUND, "a campaign is paused, resumed or stopped");
    e = store_write(l.sp->c.store, lay_hand, &l);
    if (e != TSM_OK)
        json_decref(l.answer); /* made, and not committed */
    TRY(e);
    return http_reply_json(reply, 200, l.answer);
}
