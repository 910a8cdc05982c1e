/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks are rows; what waited for the closed element hears at once. Stations 2 and 9. Role. [capability S11]
 */
#include "role/sem/care/status/block.h"

#include <string.h>

enum {
    DROPPED_MAX = 64
}; /* exchanges that may wait for one element when it is closed; more see the block later */

static enum tsm_err find_row(struct tx *tx, enum sql_id statement, int64_t se, struct bytes aid,
                             int64_t *domain)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, statement, se, aid));
    *domain = db_int(&r, 1);
    return TSM_OK;
}

static enum tsm_err holder_of(struct tx *tx, int64_t domain, int64_t *holder)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_DOMAIN_HOLDER, domain);
    *holder = e == TSM_OK ? db_int(&r, 0) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err block_find(struct tx *tx, struct block *b)
{
    int64_t domain;
    enum tsm_err e;
    if (b->aid.len == 0)
        return TSM_OK;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_DOMAIN_BY_AID, b->el->id, b->el->owner, b->aid);
        b->domain = e == TSM_OK;
        b->holder = e == TSM_OK ? db_int(&r, 2) : 0;
    }
    if (e != TSM_NOT_FOUND)
        return e;
    e = find_row(tx, SQL_APPLICATION_BY_AID, b->el->id, b->aid, &domain);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "aid",
                          "the registry has no domain or application of this AID on the "
                          "secure element");
    TRY(e);
    return holder_of(tx, domain, &b->holder);
}

struct waiting {
    int64_t job, call, peer;
};

static enum tsm_err list_waiting(struct tx *tx, int64_t se, struct waiting *list, size_t *n)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_EXCHANGES_UNSENT, se);
    *n = 0;
    while (e == TSM_OK && *n < DROPPED_MAX && (e = db_next(&r)) == TSM_OK)
        list[(*n)++] = (struct waiting){db_int(&r, 0), db_int(&r, 1), db_int(&r, 2)};
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err drop_waiting(struct sem *sem, struct tx *tx, const struct block *b)
{
    struct waiting list[DROPPED_MAX];
    struct failure f;
    size_t n;
    failure_set(&f, OWNER_SEM, "ask the owner of the secure element to unlock it, then order again",
                "the owner has blocked this secure element: %s", b->reason);
    TRY(list_waiting(tx, b->el->id, list, &n));
    for (size_t i = 0; i < n; i++) {
        if (b->holder && list[i].peer != b->holder)
            continue;
        TRY(db_exec(tx, SQL_EXCHANGE_DROP, list[i].job, (int64_t)JOB_FAILED));
        TRY(partner_refuse(sem->c.partners, tx, list[i].call, &f));
    }
    return TSM_OK;
}

enum tsm_err waiting_lost(struct sem *sem, struct tx *tx, const struct element *el, const char *reason)
{
    struct waiting list[DROPPED_MAX];
    size_t n;
    TRY(list_waiting(tx, el->id, list, &n));
    for (size_t i = 0; i < n; i++) {
        if (list[i].peer != el->owner)
            continue;
        TRY(db_exec(tx, SQL_EXCHANGE_DROP, list[i].job, (int64_t)JOB_FAILED));
        TRY(partner_reply_json(sem->c.partners, tx, list[i].call, exchange_lost(reason)));
    }
    return TSM_OK;
}

enum tsm_err block_set(struct sem *sem, struct tx *tx, const struct block *b, enum se_state state)
{
    TRY(db_exec(tx, SQL_BLOCK_SET, b->el->id, b->aid, b->holder, tx_now(tx), b->reason));
    if (b->aid.len == 0) {
        TRY(db_exec_one(tx, SQL_SE_SET_STATE, b->el->id, (int64_t)state));
        TRY(db_exec(tx, SQL_SERAM_END_ALL, b->el->id));
    }
    tx_note(tx); /* a poll that is held sees that its session is over */
    return drop_waiting(sem, tx, b);
}

enum tsm_err block_found(struct tx *tx, const struct block *b, enum block_found found)
{
    return db_exec(tx, SQL_BLOCK_FOUND, b->el->id, b->aid, (int64_t)found);
}

enum tsm_err block_was_locked(struct tx *tx, const struct block *b, bool *yes)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_BLOCK_GET, b->el->id, b->aid);
    *yes = e == TSM_OK && db_int(&r, 0) == FOUND_LOCKED;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err block_end(struct tx *tx, const struct block *b)
{
    TRY(db_exec(tx, SQL_BLOCK_END, b->el->id, b->aid));
    return b->aid.len ? TSM_OK : db_exec_one(tx, SQL_SE_SET_STATE, b->el->id, (int64_t)SE_ACTIVE);
}
