/* SPDX-License-Identifier: Apache-2.0 */
/* Which key set opens a domain now. Station 5. Role. */
#include "role/sem/keys.h"

enum tsm_err keys_now(struct tx *tx, const struct element *el, int64_t domain, struct held_keys *out)
{
    struct held_keys k = {.id = 0};
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_KEYSET_LIVE, domain, el->owner, el->profile.protocol);
    if (e == TSM_NOT_FOUND)
        return FAIL(KEY_MISSING, "the inventory has no %s key set of this secure element that is in use",
                    domain == el->id ? "issuer" : "domain");
    TRY(e);
    k.id = db_int(&r, 0);
    k.kvn = (uint8_t)db_int(&r, 1);
    TRY(bytes_keep(db_blob(&r, 2), k.blob, sizeof k.blob, &k.len));
    k.state = db_int(&r, 3);
    *out = k;
    return TSM_OK;
}
