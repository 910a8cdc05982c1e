/* SPDX-License-Identifier: Apache-2.0 */
/* Entities as rows, their links and pairs. Stations 2 and 3. Role. [TR-03165 4.1.4] */
#include "role/sp/sptsm/keep/row.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "vault/vault.h"

enum { ITEMS_STEP = 16 };

void json_drop(json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

enum tsm_err row_uid(char out[UID_ROOM])
{
    uint8_t random[16];
    TRY(vault_random(random, sizeof random));
    uuid_text(random, out);
    return TSM_OK;
}

/* Ids are stored in lower case; a client may write them as it likes [RFC 9562 4]. */
static const char *lower(const char *uid, char out[TR_TEXT_MAX + 1])
{
    size_t n = strnlen(uid, TR_TEXT_MAX);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)tolower((unsigned char)uid[i]);
    out[n] = 0;
    return out;
}

static enum tsm_err read_body(const struct rows *r, int column, json_t **body)
{
    return body ? json_read(bytes_of_text(db_text(r, column)), body) : TSM_OK;
}

static enum tsm_err find_tagged(struct tx *tx, const struct tr_wanted *w, struct tr_row *out, json_t **body)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TR_TAGGED, w->party, w->parent, w->name));
    *out = (struct tr_row){.id = db_int(&r, 0),
                           .party = w->party,
                           .parent = w->parent,
                           .kind = TR_VERSION,
                           .published = db_int(&r, 1)};
    snprintf(out->uid, sizeof out->uid, "%s", db_text(&r, 3));
    return read_body(&r, 2, body);
}

enum tsm_err row_find(struct tx *tx, const struct tr_wanted *w, struct tr_row *out, json_t **body)
{
    char uid[TR_TEXT_MAX + 1];
    int64_t party = w->kind == TR_PROFILE ? 0 : w->party;
    ROWS r = {0};
    if (w->kind == TR_VERSION)
        return find_tagged(tx, w, out, body);
    if (strlen(w->name) != UUID_TEXT_LEN)
        return TSM_NOT_FOUND;
    TRY(db_first(tx, &r, SQL_TR_FIND, lower(w->name, uid), party, (int64_t)w->kind, w->parent));
    *out = (struct tr_row){.id = db_int(&r, 0),
                           .party = party,
                           .parent = w->parent,
                           .kind = w->kind,
                           .published = db_int(&r, 1)};
    snprintf(out->uid, sizeof out->uid, "%.*s", UUID_TEXT_LEN, uid);
    return read_body(&r, 2, body);
}

enum tsm_err row_load(struct tx *tx, int64_t id, struct tr_row *out, json_t **body)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TR_BY_ID, id));
    *out = (struct tr_row){.id = id,
                           .published = db_int(&r, 1),
                           .party = db_int(&r, 3),
                           .kind = (enum tr_kind)db_int(&r, 4),
                           .parent = db_int(&r, 5)};
    snprintf(out->uid, sizeof out->uid, "%s", db_text(&r, 0));
    return read_body(&r, 2, body);
}

enum tsm_err row_add(struct tx *tx, const struct tr_row *row, const json_t *body)
{
    char *text = json_text(body);
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_TR_ADD, row->id, row->party, (int64_t)row->kind, row->parent, row->uid,
                row->kind == TR_VERSION ? json_member(body, "tag") : "", (int64_t)row->published, text);
    free(text);
    return e;
}

enum tsm_err row_set(struct tx *tx, int64_t id, const json_t *body)
{
    char *text = json_text(body);
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    e = db_exec_one(tx, SQL_TR_SET_BODY, id, text);
    free(text);
    return e;
}

/* --- references --- */

struct referring {
    struct tx *tx;
    const struct tr_row *row;
    struct refusal *refusal;
};

/* Flavors of a version are those of its service: another's is as good as none. */
static enum tsm_err id_of(const struct referring *f, enum tr_kind kind, const char *uid, int64_t *id)
{
    char text[TR_TEXT_MAX + 1];
    ROWS r = {0};
    enum tsm_err e = db_first(f->tx, &r, SQL_TR_ID_OF, lower(uid, text), (int64_t)kind, f->row->party);
    if (e == TSM_OK && kind == TR_FLAVOR && db_int(&r, 1) != f->row->parent)
        e = TSM_NOT_FOUND;
    if (e == TSM_NOT_FOUND)
        return refuse(f->refusal, TR_NOT_EXISTING, tr_entity(kind)->name, uid, NULL);
    TRY(e);
    *id = db_int(&r, 0);
    return TSM_OK;
}

static enum tsm_err add_link(void *self, enum tr_kind kind, const char *uid)
{
    struct referring *f = self;
    int64_t id;
    TRY(id_of(f, kind, uid, &id));
    return db_exec(f->tx, SQL_TR_LINK_ADD, f->row->id, id);
}

static enum tsm_err add_deployments(struct referring *f, const json_t *body)
{
    const char *flavor;
    json_t *profiles;
    const json_t *profile;
    int64_t one, two;
    size_t i;
    json_object_foreach(json_object_get(body, "allowedDeployments"), flavor, profiles)
    {
        TRY(id_of(f, TR_FLAVOR, flavor, &one));
        json_array_foreach(profiles, i, profile)
        {
            TRY(id_of(f, TR_PROFILE, json_string_value(profile), &two));
            TRY(db_exec(f->tx, SQL_TR_PAIR_ADD, f->row->id, one, two));
        }
    }
    return TSM_OK;
}

static enum tsm_err add_instantiations(struct referring *f, const json_t *body)
{
    const json_t *item;
    int64_t one, two;
    size_t i;
    json_array_foreach(json_object_get(body, "applicationInstantiationConfigs"), i, item)
    {
        TRY(id_of(f, TR_EM, json_member(item, "executableModuleId"), &one));
        TRY(id_of(f, TR_CONFIG, json_member(item, "applicationConfigId"), &two));
        TRY(db_exec(f->tx, SQL_TR_PAIR_ADD, f->row->id, one, two));
    }
    return TSM_OK;
}

enum tsm_err row_refer(struct tx *tx, const struct tr_row *row, const json_t *body, struct refusal *refusal)
{
    struct referring f = {tx, row, refusal};
    TRY(db_exec(tx, SQL_TR_LINKS_DELETE, row->id));
    TRY(judge_references(row->kind, body, add_link, &f));
    if (row->kind != TR_VERSION && row->kind != TR_FLAVOR)
        return TSM_OK;
    TRY(db_exec(tx, SQL_TR_PAIRS_DELETE, row->id));
    return row->kind == TR_VERSION ? add_deployments(&f, body) : add_instantiations(&f, body);
}

enum tsm_err row_delete(struct tx *tx, int64_t id)
{
    TRY(db_exec(tx, SQL_TR_LINKS_DELETE, id));
    TRY(db_exec(tx, SQL_TR_PAIRS_DELETE, id));
    TRY(db_exec(tx, SQL_TR_FILE_DELETE, id));
    return db_exec_one(tx, SQL_TR_DELETE, id);
}

/* --- several --- */

static enum tsm_err take_item(struct tr_items *items, const struct rows *r)
{
    struct tr_item *item;
    if (items->n % ITEMS_STEP == 0) {
        struct tr_item *more = realloc(items->at, (items->n + ITEMS_STEP) * sizeof *more);
        NEED(more != NULL, NO_MEMORY);
        items->at = more;
    }
    item = &items->at[items->n];
    item->id = db_int(r, 0);
    snprintf(item->uid, sizeof item->uid, "%s", db_text(r, 1));
    TRY(json_read(bytes_of_text(db_text(r, 2)), &item->body));
    items->n++;
    return TSM_OK;
}

static enum tsm_err take_all(struct rows *r, enum tsm_err e, struct tr_items *out)
{
    while (e == TSM_OK && (e = db_next(r)) == TSM_OK)
        TRY(take_item(out, r));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err items_of_one(struct tx *tx, enum sql_id statement, int64_t a, struct tr_items *out)
{
    ROWS r = {0};
    return take_all(&r, db_query(tx, &r, statement, a), out);
}

enum tsm_err items_of_two(struct tx *tx, enum sql_id statement, int64_t a, int64_t b, struct tr_items *out)
{
    ROWS r = {0};
    return take_all(&r, db_query(tx, &r, statement, a, b), out);
}

void items_drop(struct tr_items *items)
{
    for (size_t i = 0; i < items->n; i++)
        json_decref(items->at[i].body);
    free(items->at);
    *items = (struct tr_items){NULL, 0};
}
