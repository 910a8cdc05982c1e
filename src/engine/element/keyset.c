/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets that are gone. Station 12. Edge. */
#include "engine/element/keyset.h"

enum tsm_err keyset_forget(struct tx *tx, const struct keyset_name *n)
{
    TRY(db_exec(tx, SQL_COUNTER_DELETE, n->domain, n->party, n->protocol, n->kvn));
    return db_exec(tx, SQL_KEYSET_DELETE, n->domain, n->party, n->protocol, n->kvn);
}

enum tsm_err keyset_forget_all(struct tx *tx, int64_t domain, int64_t party)
{
    TRY(db_exec(tx, SQL_COUNTER_DELETE_ALL, domain, party));
    return db_exec(tx, SQL_KEYSET_DELETE_ALL, domain, party);
}
