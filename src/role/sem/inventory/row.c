/* SPDX-License-Identifier: Apache-2.0 */
/* A line against the inventory: everything is judged before anything is written. Station 1. Role.
 * [capability S1] */
#include "role/sem/inventory/row.h"

#include <stdio.h>
#include <string.h>

#define COPY_TEXT(to, from) snprintf(to, sizeof(to), "%s", from)

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

enum tsm_err standing_load(struct tx *tx, int64_t se, struct standing *out)
{
    ROWS r = {0};
    struct standing s = {.id = se};
    TRY(db_first(tx, &r, SQL_SE_WHOLE, se));
    COPY_TEXT(s.names.iccid, db_text(&r, 0));
    COPY_TEXT(s.names.seid, db_text(&r, 1));
    COPY_TEXT(s.names.eid, db_text(&r, 2));
    COPY_TEXT(s.names.cplc, db_text(&r, 3));
    COPY_TEXT(s.msisdn, db_text(&r, 4));
    s.profile = db_int(&r, 5);
    s.state = db_int(&r, 6);
    s.subscription = db_int(&r, 7);
    s.device = db_int(&r, 8);
    s.successor = db_int(&r, 9);
    COPY_TEXT(s.profile_name, db_text(&r, 10));
    COPY_TEXT(s.names.cin, db_text(&r, 11));
    COPY_TEXT(s.imsi, db_text(&r, 12));
    *out = s;
    return TSM_OK;
}

enum tsm_err standing_store(struct tx *tx, const struct standing *s)
{
    const struct se_names *n = &s->names;
    return db_exec_one(tx, SQL_SE_CHANGE, s->id, s->profile, or_null(n->iccid), or_null(n->seid),
                       or_null(n->eid), or_null(n->cplc), or_null(s->msisdn), s->subscription, s->device,
                       or_null(n->cin), or_null(s->imsi));
}

static enum tsm_err profile_of(struct tx *tx, struct importer *im, const char *name)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!strcmp(name, im->profile.name))
        return TSM_OK;
    e = db_first(tx, &r, SQL_PROFILE_FOR, name, im->owner);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "profile", "no profile of the catalogue has the name %.40s", name);
    TRY(e);
    im->profile.id = db_int(&r, 0);
    im->profile.retired = db_int(&r, 2) != 0;
    COPY_TEXT(im->profile.name, name);
    return TSM_OK;
}

static enum tsm_err not_retired(const struct importer *im)
{
    return im->profile.retired ? FAIL_FIELD(WRONG_STATE, "profile",
                                            "the profile %s is retired: choose another", im->profile.name)
                               : TSM_OK;
}

static enum tsm_err add_keys(struct tx *tx, const struct importer *im, int64_t se,
                             const struct ready_line *row)
{
    return db_exec(tx, SQL_KEYSET_IMPORT, se, im->owner, (int64_t)row->protocol, row->line.kvn, row->keyset,
                   (int64_t)KEYSET_LIVE, BYTES_OF(row->blob, row->blob_len),
                   BYTES_OF(row->kcvs[0], sizeof row->kcvs));
}

static enum tsm_err add_element(struct tx *tx, struct importer *im, const struct ready_line *row)
{
    const struct import_line *l = &row->line;
    int64_t se = store_id(tx_store(tx));
    TRY(profile_of(tx, im, l->profile[0] ? l->profile : PROFILE_UNIDENTIFIED));
    TRY(not_retired(im));
    TRY(msisdn_is_free(tx, im->owner, l->msisdn, 0));
    TRY(imsi_is_free(tx, im->owner, l->imsi, 0));
    TRY(db_exec(tx, SQL_SE_IMPORT, se, im->owner, im->profile.id, or_null(l->names.iccid),
                or_null(l->names.seid), or_null(l->names.eid), or_null(l->names.cplc), or_null(l->msisdn),
                (int64_t)SE_ACTIVE, (int64_t)(l->around.subscription > 0 ? l->around.subscription : 0),
                (int64_t)(l->around.device > 0 ? l->around.device : 0), or_null(l->names.cin),
                or_null(l->imsi)));
    return line_has_keys(l) ? add_keys(tx, im, se, row) : TSM_OK;
}

/* Are the keys of the line those that are stored? Sets of older inventories have no check values beside them:
 * the vault tells. */
static enum tsm_err judge_stored_keys(struct rows *r, const struct importer *im, const struct ready_line *row)
{
    struct bytes stored = db_blob(r, 3), now = BYTES_OF(row->kcvs[0], sizeof row->kcvs);
    struct keyset_facts f;
    if (stored.len == 0 && db_blob(r, 2).len == 0)
        return FAIL_FIELD(
            CONFLICT, "kvn",
            "key version %lld of this element was retired, and an import never brings keys back: "
            "rotate them",
            (long long)row->line.kvn);
    if (stored.len == 0) {
        TRY(vault_keyset_facts(im->vault, (struct sealed_keyset){(uint64_t)db_int(r, 0), db_blob(r, 2)}, &f));
        stored = BYTES_OF(f.kcvs[0], sizeof f.kcvs);
    }
    if (bytes_equal(stored, now))
        return TSM_OK;
    return FAIL_FIELD(CONFLICT, "kvn",
                      "the inventory has other keys of version %lld for this element, and an import never "
                      "replaces keys: rotate them",
                      (long long)row->line.kvn);
}

/* *lacks: the element has no set of this protocol and version yet. */
static enum tsm_err judge_keys(struct tx *tx, const struct importer *im, int64_t se,
                               const struct ready_line *row, bool *lacks)
{
    ROWS r = {0};
    enum tsm_err e;
    *lacks = false;
    if (!line_has_keys(&row->line))
        return TSM_OK;
    e = db_first(tx, &r, SQL_KEYSET_CHECKS, se, im->owner, (int64_t)row->protocol, row->line.kvn);
    *lacks = e == TSM_NOT_FOUND;
    return e == TSM_OK ? judge_stored_keys(&r, im, row) : *lacks ? TSM_OK : e;
}

/* A profile says how the element is spoken to: with domains on it, it stays. */
static enum tsm_err judge_profile(struct tx *tx, struct importer *im, const char *name, struct standing *s)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!name[0] || !strcmp(name, s->profile_name))
        return TSM_OK;
    TRY(profile_of(tx, im, name));
    TRY(not_retired(im));
    e = db_first(tx, &r, SQL_SE_HAS_DOMAIN, s->id);
    if (e == TSM_OK)
        return FAIL_FIELD(CONFLICT, "profile",
                          "providers' domains are on the element under profile %s: remove them first",
                          s->profile_name);
    s->profile = im->profile.id;
    COPY_TEXT(s->profile_name, im->profile.name);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err judge_change(struct tx *tx, struct importer *im, const struct import_line *l,
                                 struct standing *now, bool *named)
{
    if (now->state >= SE_TERMINATED)
        return FAIL(WRONG_STATE, "the element is %s: it takes no more changes", se_state_words[now->state]);
    TRY(names_merge(&now->names, &l->names, named));
    TRY(judge_profile(tx, im, l->profile, now));
    if (l->msisdn[0] && strcmp(l->msisdn, now->msisdn) != 0) {
        TRY(msisdn_is_free(tx, im->owner, l->msisdn, now->id));
        COPY_TEXT(now->msisdn, l->msisdn);
    }
    if (l->imsi[0] && strcmp(l->imsi, now->imsi) != 0) {
        TRY(imsi_is_free(tx, im->owner, l->imsi, now->id));
        COPY_TEXT(now->imsi, l->imsi);
    }
    if (l->around.subscription >= 0)
        now->subscription = l->around.subscription;
    if (l->around.device >= 0)
        now->device = l->around.device;
    return TSM_OK;
}

static bool standing_differs(const struct standing *a, const struct standing *b)
{
    return a->profile != b->profile || a->subscription != b->subscription || a->device != b->device ||
           strcmp(a->msisdn, b->msisdn) != 0 || strcmp(a->imsi, b->imsi) != 0;
}

/* No audit, no change: what it was and what it is. */
static enum tsm_err audit_change(struct tx *tx, int64_t owner, const struct standing *was,
                                 const struct standing *now)
{
    char detail[400], from[MSISDN_MASKED], to[MSISDN_MASKED], left[MSISDN_MASKED], came[MSISDN_MASKED];
    snprintf(
        detail, sizeof detail,
        "{\"se\":\"%lld\",\"profile\":[\"%s\",\"%s\"],\"msisdn\":[\"%s\",\"%s\"],\"imsi\":[\"%s\",\"%s\"],"
        "\"subscription\":[\"%s\",\"%s\"],\"device\":[\"%s\",\"%s\"]}",
        (long long)now->id, was->profile_name, now->profile_name, msisdn_masked(was->msisdn, from),
        msisdn_masked(now->msisdn, to), msisdn_masked(was->imsi, left), msisdn_masked(now->imsi, came),
        subscription_words[was->subscription], subscription_words[now->subscription],
        device_words[was->device], device_words[now->device]);
    return audit_add(tx, &(struct audit_leaf){owner, BYTES_NONE, "inventory.changed", detail});
}

static enum tsm_err change_element(struct tx *tx, struct importer *im, int64_t se,
                                   const struct ready_line *row, enum row_end *end)
{
    struct standing was, now;
    bool lacks, changed = false;
    TRY(standing_load(tx, se, &was));
    now = was;
    TRY(judge_change(tx, im, &row->line, &now, &changed));
    changed = changed || standing_differs(&was, &now);
    TRY(judge_keys(tx, im, se, row, &lacks));
    if (changed) {
        TRY(standing_store(tx, &now));
        TRY(audit_change(tx, im->owner, &was, &now));
    }
    if (lacks)
        TRY(add_keys(tx, im, se, row));
    *end = lacks ? ROW_ADDED : changed ? ROW_CHANGED : ROW_UNCHANGED;
    return TSM_OK;
}

enum tsm_err inventory_change(struct tx *tx, struct importer *im, int64_t se, const struct ready_line *row)
{
    enum row_end end;
    int64_t other;
    TRY(names_find(tx, im->owner, &row->line.names, &other));
    if (other && other != se)
        return FAIL(CONFLICT, "a name is another element's of the inventory: merge the two");
    return change_element(tx, im, se, row, &end);
}

enum tsm_err inventory_row(struct tx *tx, struct importer *im, const struct ready_line *row,
                           enum row_end *end)
{
    int64_t se;
    TRY(names_find(tx, im->owner, &row->line.names, &se));
    if (se)
        return change_element(tx, im, se, row, end);
    TRY(add_element(tx, im, row));
    *end = ROW_ADDED;
    return TSM_OK;
}
