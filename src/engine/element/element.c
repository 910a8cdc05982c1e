/* SPDX-License-Identifier: Apache-2.0 */
/* Secure elements as rows with their profile. Station 4. Role. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "engine/element/element.h"
#include "order/card/iccid.h"

static const enum sql_id find_by[SE_KINDS] = {
    [SE_BY_ICCID] = SQL_SE_BY_ICCID, [SE_BY_SEID] = SQL_SE_BY_SEID, [SE_BY_MSISDN] = SQL_SE_BY_MSISDN,
    [SE_BY_EID] = SQL_SE_BY_EID,     [SE_BY_CPLC] = SQL_SE_BY_CPLC, [SE_BY_CIN] = SQL_SE_BY_CIN};

static enum tsm_err read_profile(const char *text, struct se_profile *out)
{
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(text), &o));
    e = profile_read(o, out);
    json_decref(o);
    return e;
}

static enum tsm_err read_row(const struct rows *r, int64_t owner, struct element *out)
{
    struct element el = {
        .owner = owner, .id = db_int(r, 0), .profile_id = db_int(r, 1), .state = db_int(r, 5)};
    snprintf(el.iccid, sizeof el.iccid, "%s", db_text(r, 2));
    snprintf(el.seid, sizeof el.seid, "%s", db_text(r, 3));
    snprintf(el.msisdn, sizeof el.msisdn, "%s", db_text(r, 4));
    TRY(read_profile(db_text(r, 6), &el.profile));
    *out = el;
    return TSM_OK;
}

static enum tsm_err find_as_written(struct tx *tx, int64_t owner, int64_t kind, const char *ref,
                                    struct element *out)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, find_by[kind], ref, owner));
    return read_row(&r, owner, out);
}

/* With its check digit or without. */
static enum tsm_err find_other_form(struct tx *tx, int64_t owner, const char *iccid, struct element *out)
{
    struct iccid_forms other = {.n = 0};
    enum tsm_err e = TSM_NOT_FOUND;
    if (text_is_digits(iccid, 1, ICCID_LONGEST))
        iccid_other_forms(iccid, &other);
    for (size_t i = 0; i < other.n && e == TSM_NOT_FOUND; i++)
        e = find_as_written(tx, owner, SE_BY_ICCID, other.text[i], out);
    return e;
}

enum tsm_err element_find(struct tx *tx, int64_t owner, int64_t kind, const char *ref, struct element *out)
{
    enum tsm_err e;
    NEED(kind >= 0 && kind < SE_KINDS, BAD_VALUE);
    e = find_as_written(tx, owner, kind, ref, out);
    if (e == TSM_NOT_FOUND && kind == SE_BY_ICCID)
        e = find_other_form(tx, owner, ref, out);
    return e == TSM_NOT_FOUND
               ? FAIL(NOT_FOUND, "no secure element of this owner has the %s %.40s", se_kind_words[kind], ref)
               : e;
}

enum tsm_err element_by_id(struct tx *tx, int64_t owner, int64_t id, struct element *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SE_BY_ID, id, owner);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no secure element of this owner has this id");
    TRY(e);
    return read_row(&r, owner, out);
}

enum tsm_err element_of_json(struct tx *tx, int64_t owner, const json_t *se, struct element *out)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)se));
    const char *ref = name ? json_string_value(json_object_get(se, name)) : NULL;
    NEED(ref != NULL, BAD_VALUE);
    for (int64_t kind = 0; kind < SE_KINDS; kind++)
        if (!strcmp(name, se_kind_words[kind]))
            return element_find(tx, owner, kind, ref, out);
    return FAIL_FIELD(BAD_VALUE, "se", "se names no identifier known here");
}
