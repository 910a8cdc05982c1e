/* SPDX-License-Identifier: Apache-2.0 */
/* The registry as rows of one element: domains, applications, load files, key versions, space that is sold.
 * Station 11. Role. [capability S10] */
#include <string.h>

#include "gp/cap/cap.h"
#include "order/manage/keys.h"
#include "role/sem/care/audit/audit.h"

struct domain_row {
    int64_t id;
    uint8_t aid[16];
    size_t aid_len;
};
struct domain_rows {
    struct domain_row at[DRIFT_EXPECTED_MAX];
    size_t n;
};

static struct expected *next(struct expected_rows *rows, struct drift_expected *out)
{
    return out->n < DRIFT_EXPECTED_MAX ? &rows->object[out->n++] : NULL;
}

static enum tsm_err no_room(void)
{
    return FAIL(TOO_LONG, "the registry has more than %d objects on this secure element", DRIFT_EXPECTED_MAX);
}

static enum tsm_err load_domains(struct tx *tx, const struct element *el, struct expected_rows *rows,
                                 struct drift_expected *out, struct domain_rows *domains)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_DOMAINS_OF_SE, el->id, el->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        struct expected *x = next(rows, out);
        struct domain_row *d = &domains->at[domains->n++];
        if (!x)
            return no_room();
        *x =
            (struct expected){.kind = EXPECT_DOMAIN,
                              .certain = db_int(&r, 4) == DOMAIN_HANDED_OVER || db_int(&r, 4) == DOMAIN_KEYED,
                              .free_below = db_int(&r, 3) == MODE_AUTHORIZED};
        TRY(bytes_keep(db_blob(&r, 1), x->aid, sizeof x->aid, &x->aid_len));
        d->id = db_int(&r, 0);
        TRY(bytes_keep(db_blob(&r, 1), d->aid, sizeof d->aid, &d->aid_len));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err set_place(struct expected *x, int64_t domain, const struct domain_rows *domains)
{
    for (size_t i = 0; i < domains->n; i++)
        if (domains->at[i].id == domain)
            return bytes_keep(BYTES_OF(domains->at[i].aid, domains->at[i].aid_len), x->domain,
                              sizeof x->domain, &x->domain_len);
    return TSM_OK; /* the issuer's */
}

static enum tsm_err load_objects(struct tx *tx, int64_t se, enum expected_kind kind,
                                 struct expected_rows *rows, struct drift_expected *out,
                                 const struct domain_rows *domains)
{
    ROWS r = {0};
    enum tsm_err e =
        db_query(tx, &r, kind == EXPECT_FILE ? SQL_EXECUTABLES_OF_SE : SQL_APPLICATIONS_OF_SE, se);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        struct expected *x = next(rows, out);
        if (!x)
            return no_room();
        *x = (struct expected){.kind = kind, .certain = db_int(&r, 2) > 0};
        TRY(bytes_keep(db_blob(&r, 0), x->aid, sizeof x->aid, &x->aid_len));
        TRY(set_place(x, db_int(&r, 1), domains));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static void set_version(struct drift_expected *out, struct expected_rows *rows, struct bytes aid,
                        const struct cap_package *package)
{
    for (size_t i = 0; i < out->n; i++) {
        struct expected *x = &rows->object[i];
        if (x->kind != EXPECT_FILE || !bytes_equal(BYTES_OF(x->aid, x->aid_len), aid))
            continue;
        x->version[0] = package->major;
        x->version[1] = package->minor;
        x->versioned = true;
    }
}

/* A card tells no hash of a load file, but its version: that of the octets that were admitted. */
static enum tsm_err load_versions(struct tx *tx, const struct element *el, struct expected_rows *rows,
                                  struct drift_expected *out)
{
    ROWS r = {0};
    struct cap cap;
    enum tsm_err e = db_query(tx, &r, SQL_EXECUTABLE_CONTENTS, el->id, el->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        if (cap_read_joined(db_blob(&r, 1), &cap) == TSM_OK)
            set_version(out, rows, db_blob(&r, 0), &cap.package);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A locked domain takes all below it along. */
static void mark_below(struct drift_expected *out, struct expected_rows *rows, const struct expected *domain)
{
    for (size_t i = 0; i < out->n; i++) {
        struct expected *x = &rows->object[i];
        if (x->kind == EXPECT_APPLICATION &&
            bytes_equal(BYTES_OF(x->domain, x->domain_len), BYTES_OF(domain->aid, domain->aid_len)))
            x->blocked = true;
    }
}

static enum tsm_err load_blocks(struct tx *tx, int64_t se, struct expected_rows *rows,
                                struct drift_expected *out)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_BLOCK_LIST, se);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        for (size_t i = 0; i < out->n; i++) {
            struct expected *x = &rows->object[i];
            if (x->kind == EXPECT_FILE || !bytes_equal(BYTES_OF(x->aid, x->aid_len), db_blob(&r, 0)))
                continue;
            x->blocked = true;
            if (x->kind == EXPECT_DOMAIN)
                mark_below(out, rows, x);
        }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A live set must be there; one that is planned, retired or unknown may be. */
static enum tsm_err load_keys(struct tx *tx, const struct element *el, struct drift_expected *out)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_CARE_KEYSETS, el->id, el->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        bool live = db_int(&r, 2) == KEYSET_LIVE;
        size_t *n = live ? &out->kvns : &out->optional_kvns;
        if (*n < DRIFT_KEYS_MAX)
            (live ? out->kvn : out->optional_kvn)[(*n)++] = (uint8_t)db_int(&r, 1);
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Token and receipt keys of a card that is prepared for delegated management. */
static enum tsm_err load_delegation_keys(struct tx *tx, const struct element *el, struct drift_expected *out)
{
    static const uint8_t versions[] = {KVN_TOKEN, KVN_RECEIPT};
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_DELEGATION_GET, el->id);
    for (size_t i = 0; e == TSM_OK && i < sizeof versions; i++) {
        bool live = db_int(&r, 4) != 0;
        size_t *n = live ? &out->kvns : &out->optional_kvns;
        if (*n < DRIFT_KEYS_MAX)
            (live ? out->kvn : out->optional_kvn)[(*n)++] = versions[i];
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err expected_load(struct tx *tx, const struct element *el, struct expected_rows *rows,
                           struct drift_expected *out)
{
    struct domain_rows domains = {.n = 0};
    *out = (struct drift_expected){.profile = &el->profile, .object = rows->object, .se_state = el->state};
    TRY(load_domains(tx, el, rows, out, &domains));
    TRY(load_objects(tx, el->id, EXPECT_APPLICATION, rows, out, &domains));
    TRY(load_objects(tx, el->id, EXPECT_FILE, rows, out, &domains));
    TRY(load_versions(tx, el, rows, out));
    TRY(load_blocks(tx, el->id, rows, out));
    TRY(load_keys(tx, el, out));
    TRY(load_delegation_keys(tx, el, out));
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_BOOKING_OPEN, el->id, tx_now(tx)));
    out->sold = db_int(&r, 0);
    return TSM_OK;
}
