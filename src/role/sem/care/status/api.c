/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that lock, unlock, terminate and repair: judged and, where it must be so at once, carried out
 * at the server in the commit that accepts them. Stations 1 and 2. Role. [capabilities S10, S11] */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/care/api.h"
#include "role/sem/care/audit/audit.h"
#include "role/sem/care/status/block.h"
#include "role/sem/care/act/post.h"

static enum tsm_err read_block(struct tx *tx, struct act_post *p, struct block *b, uint8_t aid[16])
{
    size_t n = 0;
    *b = (struct block){.el = &p->el,
                        .reason = p->posted.reason[0] ? p->posted.reason : "no reason was given"};
    if (p->posted.aid[0]) {
        if (hex_read(p->posted.aid, aid, 16, &n) != TSM_OK)
            return FAIL_FIELD(BAD_FORM, "aid", "the AID is no hexadecimal text");
        b->aid = BYTES_OF(aid, n);
    }
    TRY(block_find(tx, b));
    if (b->domain)
        json_object_set_new(p->ask, "domain", json_true());
    return TSM_OK;
}

static enum tsm_err accept_lock(struct tx *tx, struct act_post *p)
{
    struct block b;
    uint8_t aid[16];
    if (!p->posted.reason[0])
        return FAIL_FIELD(MISSING_FIELD, "reason", "who is shut out is told the reason");
    TRY(read_block(tx, p, &b, aid));
    return block_set(p->sem, tx, &b, SE_LOCKED);
}

enum tsm_err care_post_lock(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_LOCK, .accept = accept_lock};
    return care_post(&p, q, reply);
}

static enum tsm_err accept_unlock(struct tx *tx, struct act_post *p)
{
    struct block b;
    uint8_t aid[16];
    return read_block(tx, p, &b, aid);
}

enum tsm_err care_post_unlock(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_UNLOCK, .accept = accept_unlock};
    return care_post(&p, q, reply);
}

/* Says again which element or object it is: what is terminated never comes back. */
static enum tsm_err check_confirmation(const struct act_post *p)
{
    const char *name = p->posted.aid[0] ? p->posted.aid : p->el.iccid[0] ? p->el.iccid : p->el.seid;
    if (!p->posted.confirm[0])
        return FAIL_FIELD(MISSING_FIELD, "confirm",
                          "termination is for ever: confirm it by the AID, ICCID or identifier of what is "
                          "terminated");
    return strcmp(p->posted.confirm, name)
               ? FAIL_FIELD(BAD_VALUE, "confirm", "the confirmation names something else")
               : TSM_OK;
}

static enum tsm_err accept_terminate(struct tx *tx, struct act_post *p)
{
    struct block b;
    uint8_t aid[16];
    if (!p->posted.reason[0])
        return FAIL_FIELD(MISSING_FIELD, "reason", "who is shut out is told the reason");
    TRY(check_confirmation(p));
    TRY(read_block(tx, p, &b, aid));
    return block_set(p->sem, tx, &b, SE_TERMINATED);
}

enum tsm_err care_post_terminate(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_TERMINATE, .accept = accept_terminate};
    return care_post(&p, q, reply);
}

/* One choice: the drift by its number in the audit, and one of the repairs that were offered for it. */
static enum tsm_err take_choice(const json_t *found, const json_t *choice, json_t *repairs)
{
    const json_t *number = json_object_get(choice, "drift");
    json_t *item = json_is_integer(number) ? json_array_get(found, (size_t)json_integer_value(number)) : NULL;
    enum drift_repair repair;
    struct drift d;
    if (!item || json_integer_value(number) < 0)
        return FAIL_FIELD(NOT_FOUND, "drift", "the audit has no drift of this number");
    TRY(repair_read(json_member(choice, "repair"), &repair));
    TRY(drift_read(item, &d));
    if (!(drift_repairs(d.what) & repair))
        return FAIL_FIELD(BAD_VALUE, "repair", "%s is not repaired by %s", drift_word(d.what),
                          repair_word(repair));
    item = json_deep_copy(item);
    NEED(item != NULL, NO_MEMORY);
    json_object_del(item, "repairs");
    json_object_set_new(item, "repair", json_string(repair_word(repair)));
    json_array_append_new(repairs, item);
    return TSM_OK;
}

static enum tsm_err audit_result(struct tx *tx, const struct act_post *p, json_t **out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ACT_BY_ID, p->about, p->ref.owner);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && (db_int(&r, 0) != p->el.id || db_int(&r, 1) != ACT_AUDIT)))
        return FAIL(NOT_FOUND, "this secure element has no such audit");
    TRY(e);
    if (db_int(&r, 3) != ACT_DONE)
        return FAIL(WRONG_STATE, "the audit is not done");
    return json_read(bytes_of_text(db_text(&r, 10)), out);
}

static enum tsm_err accept_repair(struct tx *tx, struct act_post *p)
{
    json_t *result, *choice, *repairs = json_array();
    size_t i;
    enum tsm_err e = audit_result(tx, p, &result);
    if (e == TSM_OK) {
        if (!json_array_size(p->posted.repairs) || json_array_size(p->posted.repairs) > DRIFT_MAX)
            e = FAIL_FIELD(BAD_VALUE, "repairs", "repairs is a list of 1 to %d choices", DRIFT_MAX);
        json_array_foreach(p->posted.repairs, i, choice) if (e == TSM_OK) e =
            take_choice(json_object_get(result, "drift"), choice, repairs);
        json_decref(result);
    }
    if (e != TSM_OK) {
        json_decref(repairs);
        return e;
    }
    json_object_set_new(p->ask, "repairs", repairs);
    json_object_set_new(p->ask, "audit", json_sprintf("%lld", (long long)p->about));
    return TSM_OK;
}

enum tsm_err care_post_repair(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_REPAIR, .accept = accept_repair};
    TRY(care_id_param(q, &p.about));
    return care_post(&p, q, reply);
}
