/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of entities: create, modify, link, publish, delete, each with its audit leaf in one transaction.
 * Stations 2 and 3. Role. [TR-03165 4.1.6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/sptsm/call.h"
#include "role/sp/sptsm/keep/adopt.h"
#include "role/sp/sptsm/keep/adopt_service.h"
#include "role/sp/sptsm/release/release.h"
#include "role/sp/sptsm/keep/settle.h"
#include "role/sp/sptsm/model/rules.h"

static enum tsm_err leaf(struct tx *tx, const struct tr_call *c, const struct tr_row *row)
{
    char detail[200];
    snprintf(detail, sizeof detail, "{\"operation\":\"%s\",\"entity\":\"%s\",\"id\":\"%s\"}", c->op->id,
             tr_entity(row->kind)->name, row->uid);
    return audit_add(tx, &(struct audit_leaf){c->party, BYTES_NONE, "sptsm.changed", detail});
}

/* The rows of the main job that have the id of a new entity. */
static enum tsm_err add_own_row(struct tx *tx, const struct tr_row *row, const json_t *body)
{
    const char *tag = json_member(body, "tag");
    if (row->kind == TR_SERVICE)
        return db_exec(tx, SQL_SERVICE_ADD, row->id, row->party, json_member(body, "name"), "{}");
    if (row->kind != TR_VERSION)
        return TSM_OK;
    TRY(db_exec(tx, SQL_VERSION_ADD, row->id, row->party, row->parent, tag, (int64_t)1, "{}"));
    return db_exec(tx, SQL_TR_VERSION_RANK, row->id, rules_rank(tag));
}

enum tsm_err change_keep(struct tx *tx, struct tr_call *c, const struct tr_change *change)
{
    struct settling s = {change->row, change->body, &c->refusal};
    TRY(change->fresh ? row_add(tx, change->row, change->body) : row_set(tx, change->row->id, change->body));
    if (change->fresh)
        TRY(add_own_row(tx, change->row, change->body));
    TRY(row_refer(tx, change->row, change->body, &c->refusal));
    TRY(settle(tx, &s));
    TRY(leaf(tx, c, change->row));
    return call_answer(c, change->body);
}

/* 4.31.005 is a tag [4.1.6.2, the file's own example], and the same version as 4.31.5: which of two is the
 * newer must be clear [4.2.5.7]. */
static enum tsm_err check_tag(struct tx *tx, struct tr_call *c, const struct tr_row *row, const json_t *body)
{
    const char *tag = json_member(body, "tag");
    char once[TR_TEXT_MAX];
    ROWS r = {0};
    enum tsm_err e = row->kind == TR_VERSION
                         ? db_first(tx, &r, SQL_TR_VERSION_OF_RANK, row->parent, rules_rank(tag))
                         : TSM_NOT_FOUND;
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    snprintf(once, sizeof once, "a tag once in a Service, which has %s", db_text(&r, 0));
    return refuse(&c->refusal, TR_INVALID_FORMAT, tag, "tag", once);
}

static enum tsm_err create(struct tx *tx, struct tr_call *c)
{
    struct tr_row row = {.id = store_id(tx_store(tx)), .party = c->party, .kind = c->op->kind};
    char now[TR_TIME_TEXT], domain[DOMAIN_AID_TEXT];
    struct judging j = {.kind = c->op->kind,
                        .create = true,
                        .assigned = {[FROM_UID] = row.uid,
                                     [FROM_PROVIDER] = c->provider,
                                     [FROM_PARENT] = c->n ? call_row(c)->uid : NULL,
                                     [FROM_NOW] = adopt_time(tx_now(tx), now),
                                     [FROM_DOMAIN] = adopt_domain_aid(row.id, domain)},
                        .refusal = &c->refusal};
    JSON *body = NULL;
    row.parent = c->n ? call_row(c)->id : 0;
    TRY(row_uid(row.uid));
    TRY(judge_body(&j, c->given, NULL, &body));
    TRY(check_tag(tx, c, &row, body));
    return change_keep(tx, c, &(struct tr_change){&row, body, true});
}

enum tsm_err change_published_by(struct tx *tx, const struct tr_row *row, char uid[UID_ROOM])
{
    ROWS r = {0};
    enum tsm_err e = TSM_NOT_FOUND;
    uid[0] = 0;
    if (row->kind == TR_FLAVOR && row->published)
        snprintf(uid, UID_ROOM, "%s", row->uid);
    if (row->kind == TR_CONFIG || row->kind == TR_ELF)
        e = db_first(tx, &r, SQL_TR_PUBLISHED_USER, row->id);
    if (e == TSM_OK)
        snprintf(uid, UID_ROOM, "%s", db_text(&r, 0));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Flavors that a version gave up are no longer for its profiles. */
static enum tsm_err release_old(struct tx *tx, const struct tr_items *flavors)
{
    for (size_t i = 0; i < flavors->n; i++)
        TRY(release_update(tx, flavors->at[i].id));
    return TSM_OK;
}

static enum tsm_err modify(struct tx *tx, struct tr_call *c)
{
    const struct tr_row *row = call_row(c);
    struct judging j = {.kind = row->kind, .linking = c->op->act != ACT_MODIFY, .refusal = &c->refusal};
    char published[UID_ROOM];
    JSON *old = NULL, *given = NULL, *body = NULL;
    ITEMS before = {NULL, 0};
    struct tr_row same;
    TRY(row_load(tx, row->id, &same, &old));
    TRY(change_published_by(tx, row, published));
    j.published_by = published[0] ? published : NULL;
    if (c->op->act == ACT_MODIFY)
        given = json_incref(c->given);
    else
        TRY(link_given(c, old, &given));
    if (row->kind == TR_VERSION)
        TRY(items_of_two(tx, SQL_TR_TARGET_IDS, row->id, TR_FLAVOR, &before));
    TRY(judge_body(&j, given, old, &body));
    TRY(change_keep(tx, c, &(struct tr_change){row, body, false}));
    return release_old(tx, &before);
}

/* --- publish --- */

static enum tsm_err publish(struct tx *tx, struct tr_call *c)
{
    const struct tr_row *row = call_row(c);
    JSON *body = NULL;
    struct tr_row same;
    char *text;
    enum tsm_err e;
    TRY(row_load(tx, row->id, &same, &body));
    if (same.published)
        return call_answer(c, body);
    TRY(settle_flavor(tx, row->id, body, &c->refusal));
    json_object_set_new(body, "published", json_true());
    text = json_text(body);
    NEED(text != NULL, NO_MEMORY);
    e = db_exec_one(tx, SQL_TR_PUBLISH, row->id, text);
    free(text);
    TRY(e);
    TRY(release_make(tx, row, body));
    TRY(leaf(tx, c, row));
    return call_answer(c, body);
}

/* --- delete --- */

static enum tsm_err check_unused(struct tx *tx, struct tr_call *c, const struct tr_row *row)
{
    const char *name = tr_entity(row->kind)->name;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TR_USER, row->id);
    if (e == TSM_NOT_FOUND && row->kind == TR_ELF) {
        db_end(&r);
        e = db_first(tx, &r, SQL_TR_MODULE_USER, row->id);
    }
    if (e == TSM_OK)
        return refuse(&c->refusal, TR_REFERENCED, name, tr_entity((enum tr_kind)db_int(&r, 0))->name, NULL);
    if (e != TSM_NOT_FOUND)
        return e;
    if (row->kind != TR_SERVICE) /* the instances of a flavor become orphaned [3.2.3] */
        return TSM_OK;
    db_end(&r);
    e = db_first(tx, &r, SQL_TR_SERVICE_INSTANCE, row->id);
    if (e == TSM_OK)
        return refuse(&c->refusal, TR_REFERENCED, name, "ServiceInstance", NULL);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* What is on elements cannot be removed without the flavor's facts: they stay with the instances. */
static enum tsm_err delete_flavor(struct tx *tx, int64_t party, int64_t id)
{
    TRY(db_exec(tx, SQL_LIFE_FLAVOR_REMOVED, id));
    return db_exec(tx, SQL_LIFE_FLAVOR_UNUSED, id, party);
}

static enum tsm_err delete_own_row(struct tx *tx, int64_t party, enum tr_kind kind, int64_t id)
{
    static const enum sql_id statements[TR_KINDS] = {[TR_SERVICE] = SQL_TR_SERVICE_DELETE,
                                                     [TR_VERSION] = SQL_TR_VERSION_DELETE,
                                                     [TR_SCRIPT] = SQL_TR_SCRIPT_DELETE};
    if (kind == TR_FLAVOR)
        return delete_flavor(tx, party, id);
    return statements[kind] ? db_exec(tx, statements[kind], id) : TSM_OK;
}

/* Versions and flavors go with their service, modules with their load file. */
static enum tsm_err delete_children(struct tx *tx, int64_t party, int64_t parent)
{
    for (;;) {
        int64_t id;
        enum tr_kind kind;
        {
            ROWS r = {0};
            enum tsm_err e = db_first(tx, &r, SQL_TR_CHILDREN, parent);
            if (e == TSM_NOT_FOUND)
                return TSM_OK;
            TRY(e);
            id = db_int(&r, 0);
            kind = (enum tr_kind)db_int(&r, 1);
        }
        TRY(delete_own_row(tx, party, kind, id));
        TRY(row_delete(tx, id));
    }
}

static enum tsm_err delete_entity(struct tx *tx, struct tr_call *c)
{
    const struct tr_row *row = call_row(c);
    ITEMS flavors = {NULL, 0};
    TRY(check_unused(tx, c, row));
    if (row->kind == TR_VERSION)
        TRY(items_of_two(tx, SQL_TR_TARGET_IDS, row->id, TR_FLAVOR, &flavors));
    TRY(delete_children(tx, row->party, row->id));
    TRY(delete_own_row(tx, row->party, row->kind, row->id));
    TRY(row_delete(tx, row->id));
    TRY(release_old(tx, &flavors));
    return leaf(tx, c, row);
}

enum tsm_err write_change(struct tx *tx, struct tr_call *c)
{
    TRY(adopt_provider_uid(tx, c->party, c->provider));
    switch (c->op->act) {
    case ACT_CREATE:
        return create(tx, c);
    case ACT_DELETE:
        return delete_entity(tx, c);
    case ACT_PUBLISH:
        return publish(tx, c);
    case ACT_UPLOAD:
    case ACT_OVERWRITE:
        return upload_store(tx, c);
    default:
        return modify(tx, c);
    }
}
