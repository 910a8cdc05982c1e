/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of keys that are begun, made or settled behind a crash. Stations 1 and 2. Role. [DESIGN 4] */
#include "role/sp/keys/making.h"

#include <stdio.h>

#include "base/hex.h"

static const char *kcv_text(const struct making *m, char out[2 * GP_KCV_LEN + 1])
{
    out[0] = 0;
    return m->facts.policy.usage[0] ? hex_text(BYTES(m->facts.kcv), out) : out;
}

/* What a row says of a key, as its audit leaf tells it. */
struct told {
    int64_t party;
    char name[KEY_NAME_MAX + 1], usage[3], kcv[2 * GP_KCV_LEN + 1];
    bool found, whole;
};

static enum tsm_err keep_made(struct tx *tx, const struct told *t)
{
    char detail[160];
    uint8_t trace[TRACE_LEN];
    TRY(db_exec_one(tx, SQL_KEY_NAME_MADE, t->party, t->name));
    TRY(vault_random(trace, sizeof trace));
    snprintf(detail, sizeof detail, "{\"key\":\"%s\",\"usage\":\"%s\",\"kcv\":\"%s\"}", t->name, t->usage,
             t->kcv);
    return audit_add(
        tx, &(struct audit_leaf){t->party, BYTES(trace), t->usage[0] ? "key.imported" : "key.made", detail});
}

static enum tsm_err read_begun(struct tx *tx, void *arg)
{
    struct told *t = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_KEY_NAME_BEGUN, t->party);
    t->found = e == TSM_OK;
    if (!t->found)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    snprintf(t->name, sizeof t->name, "%s", db_text(&r, 0));
    snprintf(t->usage, sizeof t->usage, "%s", db_text(&r, 1));
    snprintf(t->kcv, sizeof t->kcv, "%s", db_text(&r, 2));
    return TSM_OK;
}

static enum tsm_err settle_unit(struct tx *tx, void *arg)
{
    const struct told *t = arg;
    return t->whole ? keep_made(tx, t) : db_exec(tx, SQL_KEY_NAME_FREE, t->party, t->name);
}

/* One that is begun, while nobody makes any: its maker is gone. */
static enum tsm_err settle_one(const struct key_owner *o, bool *more)
{
    struct told t = {.party = o->party};
    TRY(store_read(o->sp->c.store, read_begun, &t));
    *more = t.found;
    if (!t.found)
        return TSM_OK;
    TRY(vault_settle_key(o->vault, t.name, &t.whole));
    return store_write(o->sp->c.store, settle_unit, &t);
}

bool key_enter(const struct key_owner *o, bool wait)
{
    bool more = true;
    if (wait)
        pthread_mutex_lock(&o->sp->keys);
    else if (pthread_mutex_trylock(&o->sp->keys) != 0)
        return false;
    while (more && settle_one(o, &more) == TSM_OK)
        ;
    err_clear(); /* a token that is away now is asked again with the next use */
    return true;
}

void key_leave(const struct key_owner *o)
{
    pthread_mutex_unlock(&o->sp->keys);
}

static enum tsm_err taken(const char *name)
{
    return FAIL_FIELD(UNIQUE, "name", "a key named %s is there already", name);
}

enum tsm_err key_free(const struct making *m)
{
    bool whole;
    TRY(vault_settle_key(m->owner->vault, m->name, &whole));
    return whole ? taken(m->name) : TSM_OK;
}

static enum tsm_err begin_unit(struct tx *tx, void *arg)
{
    const struct making *m = arg;
    const struct keyblock_policy *p = &m->facts.policy;
    const char algorithm[2] = {p->algorithm, 0}, mode[2] = {p->mode, 0}, leaves[2] = {p->exportability, 0};
    char kcv[2 * GP_KCV_LEN + 1];
    return db_exec(tx, SQL_KEY_NAME_BEGIN, m->owner->party, m->name, p->usage, algorithm, mode, leaves,
                   m->bits, kcv_text(m, kcv), tx_now(tx));
}

enum tsm_err key_begin(struct making *m)
{
    enum tsm_err e = store_write(m->owner->sp->c.store, begin_unit, m);
    m->begun = e == TSM_OK;
    return e == TSM_UNIQUE ? taken(m->name) : e;
}

static enum tsm_err made_unit(struct tx *tx, void *arg)
{
    return keep_made(tx, arg);
}

enum tsm_err key_made(struct making *m)
{
    struct told t = {.party = m->owner->party};
    snprintf(t.name, sizeof t.name, "%s", m->name);
    snprintf(t.usage, sizeof t.usage, "%s", m->facts.policy.usage);
    (void)kcv_text(m, t.kcv);
    return store_write(m->owner->sp->c.store, made_unit, &t);
}

enum tsm_err key_given_up(const struct making *m, enum tsm_err why)
{
    char cause[ERR_CAUSE_MAX], field[ERR_FIELD_MAX];
    bool more;
    if (!m->begun)
        return why;
    snprintf(cause, sizeof cause, "%s", err_cause());
    snprintf(field, sizeof field, "%s", err_field());
    if (settle_one(m->owner, &more) != TSM_OK) /* the next use does it */
        err_clear();
    return err_fail_field(why, field, "%s", cause);
}
