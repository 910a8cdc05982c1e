/* SPDX-License-Identifier: Apache-2.0 */
/* What is over and old, by kinds of rows. Station 12. Edge. */
#include "engine/retention/prune.h"

#include <stdio.h>

enum { SESSION_ID_MAX = 64, DAY_S = 86400 };

/* Rows to be removed; `text` names sessions, `trace` the timelines of orders. */
struct batch {
    const struct prune *p;
    enum prune_kind kind;
    size_t n;
    struct {
        int64_t id, party;
        uint8_t trace[TRACE_LEN];
        char text[SESSION_ID_MAX + 1];
    } row[RETENTION_BATCH];
};

static time_us days_ago(const struct prune *p, int64_t days)
{
    time_us past = SECONDS(days * DAY_S);
    return p->now > past ? p->now - past : 0;
}

/* Rows whose ids were made before. */
static int64_t made_before(const struct prune *p, int64_t days)
{
    return store_id_at(days_ago(p, days));
}

static enum tsm_err query_old(struct tx *tx, const struct batch *b, struct rows *r)
{
    const struct prune *p = b->p;
    const struct retention_days *d = &p->days;
    int64_t max = RETENTION_BATCH;
    switch (b->kind) {
    case PRUNE_JOBS:
        return db_query(tx, r, SQL_JOB_OLD, made_before(p, d->jobs), days_ago(p, d->jobs), max);
    case PRUNE_MESSAGES:
        return db_query(tx, r, SQL_PARTNER_OLD, made_before(p, d->messages),
                        made_before(p, d->messages + RETENTION_WAIT_MAX_D), max);
    case PRUNE_RESULTS: /* what online systems have taken; what waits is kept */
        return db_query(tx, r, SQL_SPOS_OLD, made_before(p, d->messages), days_ago(p, d->messages), max);
    case PRUNE_SESSIONS:
        return db_query(tx, r, SQL_SERAM_OLD, days_ago(p, d->sessions), max);
    case PRUNE_ORDERS:
        return db_query(tx, r, SQL_ORDER_OLD, made_before(p, d->orders), days_ago(p, d->orders),
                        (int64_t)RETENTION_ORDERS);
    case PRUNE_EVENTS: /* of what has no order here: no order that has one of this age can be left */
        return db_query(tx, r, SQL_EVENT_OLD, made_before(p, d->orders + RETENTION_WAIT_MAX_D), max);
    case PRUNE_TARGETS: /* of campaigns that are over: they go before their campaign */
        return db_query(tx, r, SQL_BULK_TARGET_OLD, made_before(p, d->orders), days_ago(p, d->orders), max);
    case PRUNE_CAMPAIGNS:
        return db_query(tx, r, SQL_BULK_OLD, made_before(p, d->orders), days_ago(p, d->orders), max);
    case PRUNE_KINDS:
        break;
    }
    return FAIL(BAD_VALUE, "there is no kind %d of rows that end", b->kind);
}

static enum tsm_err find(struct tx *tx, void *arg)
{
    struct batch *b = arg;
    ROWS r = {0};
    enum tsm_err e = query_old(tx, b, &r);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK && b->n < RETENTION_BATCH) {
        size_t i = b->n++, n;
        if (b->kind == PRUNE_SESSIONS) {
            snprintf(b->row[i].text, sizeof b->row[i].text, "%s", db_text(&r, 0));
            continue;
        }
        b->row[i].id = db_int(&r, 0);
        if (b->kind == PRUNE_TARGETS)
            b->row[i].party = db_int(&r, 1); /* the campaign that it belongs to */
        if (b->kind == PRUNE_ORDERS) {
            b->row[i].party = db_int(&r, 1);
            TRY(bytes_keep(db_blob(&r, 2), b->row[i].trace, TRACE_LEN, &n));
        }
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* An order goes with its timeline, and the audit says that it did. */
static enum tsm_err remove_order(struct tx *tx, const struct batch *b, size_t i)
{
    struct bytes trace = BYTES(b->row[i].trace);
    char detail[64];
    TRY(db_exec(tx, SQL_EVENT_DELETE_OF, b->row[i].party, trace));
    TRY(db_exec(tx, SQL_TSMAPI_PROCESS_GONE, b->row[i].id));
    TRY(db_exec(tx, SQL_SCRIPT_DELETE, b->row[i].id));
    TRY(db_exec(tx, SQL_ORDER_DELETE, b->row[i].id));
    snprintf(detail, sizeof detail, "{\"order\":\"%lld\"}", (long long)b->row[i].id);
    return audit_add(tx, &(struct audit_leaf){b->row[i].party, trace, "order.removed", detail});
}

static enum tsm_err remove_one(struct tx *tx, const struct batch *b, size_t i)
{
    static const enum sql_id by_id[PRUNE_KINDS] = {[PRUNE_JOBS] = SQL_JOB_DELETE,
                                                   [PRUNE_MESSAGES] = SQL_PARTNER_DELETE,
                                                   [PRUNE_RESULTS] = SQL_SPOS_DELETE,
                                                   [PRUNE_EVENTS] = SQL_EVENT_DELETE,
                                                   [PRUNE_CAMPAIGNS] = SQL_BULK_DELETE};
    if (b->kind == PRUNE_ORDERS)
        return remove_order(tx, b, i);
    if (b->kind == PRUNE_TARGETS)
        return db_exec(tx, SQL_BULK_TARGET_DELETE, b->row[i].party, b->row[i].id);
    if (b->kind == PRUNE_CAMPAIGNS)
        TRY(db_exec(tx, SQL_FAILURE_FORGET, b->row[i].id));
    if (b->kind == PRUNE_SESSIONS)
        return db_exec(tx, SQL_SERAM_DELETE, b->row[i].text, days_ago(b->p, b->p->days.sessions));
    return db_exec(tx, by_id[b->kind], b->row[i].id);
}

static enum tsm_err remove_all(struct tx *tx, void *arg)
{
    const struct batch *b = arg;
    for (size_t i = 0; i < b->n; i++)
        TRY(remove_one(tx, b, i));
    return TSM_OK;
}

enum tsm_err prune_batch(const struct prune *p, enum prune_kind kind, size_t *removed)
{
    struct batch b = {.p = p, .kind = kind};
    TRY(store_read(p->store, find, &b));
    if (b.n)
        TRY(store_write_behind(p->store, remove_all, &b));
    *removed = b.n;
    return TSM_OK;
}
