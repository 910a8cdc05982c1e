/* SPDX-License-Identifier: Apache-2.0 */
/* Usage rows of the owner's works. Station 12. Role. */
#include "role/sem/content/usage.h"

#include <stdio.h>

struct used {
    const char *what;
    int64_t units;
};

/* A new version that the owner put under a provider's applications of its own accord is nobody's bill. */
static bool is_own(const struct turn *t)
{
    return !t->call && t->verb == VERB_UPGRADE;
}

static enum tsm_err add(struct turn *t, struct tx *tx, const struct job *job, struct used u)
{
    char key[120];
    snprintf(key, sizeof key, "%s:%lld", u.what, (long long)job->id);
    return db_exec(tx, SQL_USAGE_FOR, store_id(tx_store(tx)), job->party, key, BYTES(job->trace), tx_now(tx),
                   u.what, u.units, is_own(t) ? t->el.owner : t->domain.holder);
}

enum tsm_err content_used(struct turn *t, struct tx *tx, const struct job *job, const json_t *reply)
{
    bool loads = t->verb == VERB_LOAD_AND_INSTALL || t->verb == VERB_UPGRADE;
    if (json_object_get(reply, "failure"))
        return TSM_OK;
    TRY(add(t, tx, job, (struct used){t->work->word, 1}));
    if (loads && !t->facts.package_there && t->facts.load_file.len)
        TRY(add(t, tx, job, (struct used){"loaded-octets", (int64_t)t->facts.load_file.len}));
    return TSM_OK;
}
