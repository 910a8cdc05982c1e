/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the registry follow what an audit found. Station 11. Role. [capability S10] */
#include "role/sem/care/audit/registry.h"

#include <string.h>

#include "base/hex.h"
#include "role/sem/work.h"

enum { NO_TAR = 0, NO_PROTOCOL = 0, SEEN_ON_CARD = 1 };

static struct bytes aid_of(const struct drift *d)
{
    return BYTES_OF(d->aid, d->aid_len);
}

/* The row of a domain by its AID: el->id for the issuer's, and for one that is not known. */
static enum tsm_err domain_of(struct tx *tx, const struct element *el, struct bytes aid, int64_t *domain,
                              int64_t *holder)
{
    ROWS r = {0};
    enum tsm_err e = aid.len ? db_first(tx, &r, SQL_DOMAIN_BY_AID, el->id, el->owner, aid) : TSM_NOT_FOUND;
    *domain = e == TSM_OK ? db_int(&r, 0) : el->id;
    *holder = e == TSM_OK ? db_int(&r, 2) : el->owner;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err add_object(struct tx *tx, const struct element *el, const struct drift *d, bool file)
{
    int64_t domain, holder;
    TRY(domain_of(tx, el, BYTES_OF(d->domain, d->domain_len), &domain, &holder));
    return file ? db_exec(tx, SQL_EXECUTABLE_ADD, store_id(tx_store(tx)), el->id, domain, aid_of(d),
                          BYTES_NONE, (int64_t)SEEN_ON_CARD)
                : db_exec(tx, SQL_APPLICATION_ADD, store_id(tx_store(tx)), el->id, domain, (int64_t)0,
                          aid_of(d), (int64_t)APPLICATION_INSTALLED);
}

static enum tsm_err is_file(struct tx *tx, const struct element *el, struct bytes aid, bool *yes)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_EXECUTABLE_BY_AID, el->id, aid);
    *yes = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err take_over(struct tx *tx, const struct element *el, const struct drift *d)
{
    bool file = d->what == DRIFT_FILE_UNKNOWN;
    switch (d->what) {
    case DRIFT_DOMAIN_UNKNOWN: /* the maker's or the owner's: no provider's */
        return db_exec(tx, SQL_DOMAIN_ADD, store_id(tx_store(tx)), el->owner, el->id, aid_of(d), el->id,
                       (int64_t)NO_TAR, el->owner, (int64_t)MODE_SIMPLE, (int64_t)DOMAIN_HANDED_OVER);
    case DRIFT_KEYS_UNKNOWN: /* that it is there is known now; nobody here has the keys */
        return db_exec(tx, SQL_KEYSET_PUT, el->id, el->owner, (int64_t)NO_PROTOCOL, (int64_t)d->kvn,
                       store_id(tx_store(tx)), (int64_t)KEYSET_RETIRED, BYTES_NONE);
    case DRIFT_FILE_REPLACED: /* what its octets are, nobody here knows */
        return db_exec(tx, SQL_EXECUTABLE_SET_HASH, el->id, aid_of(d), BYTES_NONE);
    case DRIFT_APPLICATION_ELSEWHERE:
        TRY(is_file(tx, el, aid_of(d), &file));
        TRY(registry_forget(tx, el, file ? EXPECT_FILE : EXPECT_APPLICATION, aid_of(d)));
        return add_object(tx, el, d, file);
    default:
        return add_object(tx, el, d, file);
    }
}

enum tsm_err registry_forget(struct tx *tx, const struct element *el, enum expected_kind kind,
                             struct bytes aid)
{
    struct domain d = {.aid_len = 0};
    enum tsm_err e;
    if (kind != EXPECT_DOMAIN)
        return db_exec(tx, kind == EXPECT_FILE ? SQL_EXECUTABLE_DELETE : SQL_APPLICATION_DELETE, el->id, aid);
    TRY(bytes_keep(aid, d.aid, sizeof d.aid, &d.aid_len));
    e = domain_known(tx, el, &d);
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    return domain_forget(tx, el, &d);
}

static enum expected_kind kind_of(enum drift_what what)
{
    return what == DRIFT_DOMAIN_MISSING || what == DRIFT_DOMAIN_UNKNOWN ? EXPECT_DOMAIN
           : what == DRIFT_FILE_MISSING || what == DRIFT_FILE_UNKNOWN || what == DRIFT_FILE_REPLACED
               ? EXPECT_FILE
               : EXPECT_APPLICATION;
}

/* Whose service stops working; the owner itself for what no provider holds. */
static enum tsm_err holder_of(struct tx *tx, const struct element *el, const struct drift *d, int64_t *holder)
{
    int64_t domain = el->id;
    if (kind_of(d->what) == EXPECT_DOMAIN)
        return domain_of(tx, el, aid_of(d), &domain, holder);
    *holder = el->owner;
    {
        ROWS r = {0};
        enum tsm_err e =
            db_first(tx, &r, kind_of(d->what) == EXPECT_FILE ? SQL_EXECUTABLE_BY_AID : SQL_APPLICATION_BY_AID,
                     el->id, aid_of(d));
        if (e != TSM_OK)
            return e == TSM_NOT_FOUND ? TSM_OK : e;
        domain = db_int(&r, 1);
    }
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_DOMAIN_HOLDER, domain);
    *holder = e == TSM_OK ? db_int(&r, 0) : el->owner;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err tell_provider(struct tx *tx, const struct act *a, const struct element *el,
                                  const struct drift *d, int64_t holder)
{
    char aid[33];
    return care_tell(tx, holder, BYTES(a->trace),
                     json_pack("{ss so ss ss ss}", "event", "reinstall", "se", care_se_json(el), "what",
                               drift_word(d->what), "aid", hex_text(aid_of(d), aid), "next_action",
                               "terminate the service on this secure element and deploy it again"));
}

enum tsm_err registry_mend(struct tx *tx, const struct act *a, const struct element *el,
                           const struct drift *d, enum drift_repair repair)
{
    int64_t holder = 0;
    switch (repair) {
    case REPAIR_REGISTER:
        TRY(take_over(tx, el, d));
        break;
    case REPAIR_REINSTALL:
        TRY(holder_of(tx, el, d, &holder));
        TRY(d->what == DRIFT_FILE_REPLACED ? take_over(tx, el, d)
                                           : registry_forget(tx, el, kind_of(d->what), aid_of(d)));
        TRY(tell_provider(tx, a, el, d, holder));
        break;
    case REPAIR_MARK_LOST:
    case REPAIR_DELETE:
        TRY(registry_forget(tx, el, kind_of(d->what), aid_of(d)));
        break;
    default:
        break;
    }
    return care_leaf(tx, a, "care.repaired");
}
