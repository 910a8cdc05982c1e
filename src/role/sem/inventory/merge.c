/* SPDX-License-Identifier: Apache-2.0 */
/* Two rows that turn out to be one element become one, with all names: the chip of an eUICC known by its EID
 * and by its CPLC, say. Only a row that nothing was done with is taken in. Station 1. Role. [capability S13]
 */
#include <stdio.h>
#include <string.h>

#include "role/sem/inventory/inventory.h"
#include "role/sem/inventory/row.h"

struct merge {
    struct sem *sem;
    struct element_ref ref;
    char with[IDENT_MAX + 1];
    json_t *answer; /* owned */
};

static const struct json_row rows[] = {
    {"with", JSON_TEXT, offsetof(struct merge, with), 4, IDENT_MAX, JSON_NEEDED, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err is_bare(struct tx *tx, int64_t se)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SE_HAS_CONTENT, se);
    if (e == TSM_OK)
        return FAIL(CONFLICT,
                    "something was done with the element that would be taken in: name it in the address, "
                    "and the other one in \"with\"");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Key sets move, too; two sets of one protocol and version cannot both be the element's. */
static enum tsm_err move_keys(struct tx *tx, const struct element *from, const struct element *to)
{
    enum tsm_err e = db_exec(tx, SQL_KEYSET_MOVE, from->id, to->id, to->owner);
    return e == TSM_UNIQUE ? FAIL(CONFLICT, "both have a key set of one protocol and version") : e;
}

static enum tsm_err merge(struct tx *tx, void *arg)
{
    struct merge *m = arg;
    struct element_ref other = {.owner = m->ref.owner};
    struct element el, gone;
    struct standing now, was;
    bool named = false;
    char detail[120];
    snprintf(other.text, sizeof other.text, "%s", m->with);
    TRY(element_ref_find(tx, &m->ref, &el));
    TRY(element_ref_find(tx, &other, &gone));
    if (el.id == gone.id)
        return FAIL(CONFLICT, "both names are one element's already");
    TRY(is_bare(tx, gone.id));
    TRY(standing_load(tx, el.id, &now));
    TRY(standing_load(tx, gone.id, &was));
    TRY(names_merge(&now.names, &was.names, &named));
    if (!now.msisdn[0])
        snprintf(now.msisdn, sizeof now.msisdn, "%s", was.msisdn);
    if (!now.imsi[0])
        snprintf(now.imsi, sizeof now.imsi, "%s", was.imsi);
    TRY(move_keys(tx, &gone, &el));
    TRY(db_exec_one(tx, SQL_SE_DELETE, gone.id));
    TRY(standing_store(tx, &now));
    snprintf(detail, sizeof detail, "{\"se\":\"%lld\",\"taken_in\":\"%lld\"}", (long long)el.id,
             (long long)gone.id);
    TRY(audit_add(tx, &(struct audit_leaf){m->ref.owner, BYTES_NONE, "element.merged", detail}));
    json_decref(m->answer);
    m->answer = standing_json(&now);
    return TSM_OK;
}

enum tsm_err sem_merge_elements(void *app, struct http_request *q, struct http_reply *reply)
{
    struct merge m = {.sem = app};
    json_t *body;
    enum tsm_err e;
    TRY(element_ref_read(m.sem, q, &m.ref));
    TRY(json_read(q->body, &body));
    e = json_fill(body, rows, &m);
    json_decref(body);
    TRY(e);
    e = store_write(m.sem->c.store, merge, &m);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, m.answer);
    json_decref(m.answer);
    return e;
}
