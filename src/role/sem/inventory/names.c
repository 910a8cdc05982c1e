/* SPDX-License-Identifier: Apache-2.0 */
/* The names of an element: whose they are, how those of one element come together, the number it answers
 * under. Station 1. Role. */
#include <stdio.h>
#include <string.h>

#include "order/card/iccid.h"
#include "role/sem/inventory/row.h"

static const struct {
    const char *word;
    size_t offset, cap;
    enum sql_id owner_by;
} kinds[] = {
    {"iccid", offsetof(struct se_names, iccid), ICCID_MAX + 1, SQL_SE_OWNER_BY_ICCID},
    {"seid", offsetof(struct se_names, seid), IDENT_MAX + 1, SQL_SE_OWNER_BY_SEID},
    {"eid", offsetof(struct se_names, eid), ICCID_MAX + 1, SQL_SE_OWNER_BY_EID},
    {"cplc", offsetof(struct se_names, cplc), IDENT_MAX + 1, SQL_SE_OWNER_BY_CPLC},
    {"cin", offsetof(struct se_names, cin), IDENT_MAX + 1, SQL_SE_OWNER_BY_CIN},
};
enum { NAME_KINDS = sizeof kinds / sizeof kinds[0], KIND_ICCID = 0 };

static const char *name_of(const struct se_names *n, size_t kind)
{
    return (const char *)n + kinds[kind].offset;
}

/* *se 0: nobody's element has it. */
static enum tsm_err find_as_written(struct tx *tx, int64_t owner, const char *name, size_t kind, int64_t *se)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, kinds[kind].owner_by, name);
    *se = 0;
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    if (db_int(&r, 1) != owner)
        return FAIL_FIELD(
            CONFLICT, kinds[kind].word,
            "the %s %.84s belongs to another owner's element: settle with the maker whose it is",
            kinds[kind].word, name);
    *se = db_int(&r, 0);
    return TSM_OK;
}

static enum tsm_err find_one(struct tx *tx, int64_t owner, const char *name, size_t kind, int64_t *se)
{
    struct iccid_forms other = {.n = 0};
    TRY(find_as_written(tx, owner, name, kind, se));
    if (kind == KIND_ICCID && !*se)
        iccid_other_forms(name, &other);
    for (size_t i = 0; i < other.n && !*se; i++)
        TRY(find_as_written(tx, owner, other.text[i], kind, se));
    return TSM_OK;
}

static bool is_same_name(size_t kind, const char *a, const char *b)
{
    return kind == KIND_ICCID ? iccid_same(a, b) : !strcmp(a, b);
}

enum tsm_err names_find(struct tx *tx, int64_t owner, const struct se_names *names, int64_t *se)
{
    int64_t found = 0;
    for (size_t k = 0; k < NAME_KINDS; k++) {
        int64_t this = 0;
        if (name_of(names, k)[0])
            TRY(find_one(tx, owner, name_of(names, k), k, &this));
        if (this && found && this != found)
            return FAIL_FIELD(CONFLICT, kinds[k].word,
                              "the names are of two elements of the inventory: merge them first");
        found = this ? this : found;
    }
    *se = found;
    return TSM_OK;
}

enum tsm_err names_merge(struct se_names *s, const struct se_names *more, bool *changed)
{
    struct se_names all = *s;
    bool new_one = false;
    for (size_t k = 0; k < NAME_KINDS; k++) {
        char *mine = (char *)&all + kinds[k].offset;
        const char *its = name_of(more, k);
        if (!its[0] || (mine[0] && is_same_name(k, mine, its)))
            continue;
        if (mine[0])
            return FAIL_FIELD(CONFLICT, kinds[k].word,
                              "the element has another %s: a new card is a renewal, not a change",
                              kinds[k].word);
        snprintf(mine, kinds[k].cap, "%s", its);
        new_one = true;
    }
    *s = all;
    *changed = *changed || new_one;
    return TSM_OK;
}

enum tsm_err imsi_is_free(struct tx *tx, int64_t owner, const char *imsi, int64_t se)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!imsi[0])
        return TSM_OK;
    e = db_first(tx, &r, SQL_SE_OTHER_WITH_IMSI, imsi, owner, se);
    if (e == TSM_OK)
        return FAIL_FIELD(CONFLICT, "imsi",
                          "another element of yours has this IMSI: change or renew that one first");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err msisdn_is_free(struct tx *tx, int64_t owner, const char *msisdn, int64_t se)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!msisdn[0])
        return TSM_OK;
    e = db_first(tx, &r, SQL_SE_OTHER_WITH_MSISDN, msisdn, owner, se);
    if (e == TSM_OK)
        return FAIL_FIELD(
            CONFLICT, "msisdn",
            "another element of yours answers under this number: change or renew that one first");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

const char *msisdn_masked(const char *msisdn, char out[MSISDN_MASKED])
{
    size_t n = strlen(msisdn);
    snprintf(out, MSISDN_MASKED, "%s%s", n ? "..." : "", n > 4 ? msisdn + n - 4 : msisdn);
    return out;
}
