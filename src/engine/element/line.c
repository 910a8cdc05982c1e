/* SPDX-License-Identifier: Apache-2.0 */
/* The line before an element: who holds it, who is next. Stations 8 and 9. Edge. [DESIGN 4, rule 1] */
#include "engine/element/line.h"

#include <stdio.h>
#include <string.h>

enum { SWEEP_MAX = 64 }; /* elements in one sweep; the next turn does more */

/* Whose conversation is it, "" nobody's. */
static enum tsm_err holder_of(struct tx *tx, int64_t se, char holder[HOLDER_MAX + 1])
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_CONVERSATION_GET, se);
    bool live = e == TSM_OK && db_int(&r, 1) > tx_now(tx);
    snprintf(holder, HOLDER_MAX + 1, "%s", live ? db_text(&r, 0) : "");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Takes or renews the hold on an element, for one exchange and the time to think about its answer. */
static enum tsm_err take_hold(struct tx *tx, int64_t se, const char *holder, int64_t answer_s)
{
    return db_exec(tx, SQL_CONVERSATION_SET, se, holder,
                   tx_now(tx) + SECONDS(CONVERSATION_LEASE_S + answer_s));
}

enum tsm_err line_hold(struct tx *tx, int64_t se, const char *holder, int64_t answer_s, bool *held)
{
    char now[HOLDER_MAX + 1];
    TRY(holder_of(tx, se, now));
    *held = !now[0] || !strcmp(now, holder);
    return *held ? take_hold(tx, se, holder, answer_s) : TSM_OK;
}

struct line_start line_start(struct tx *tx, bool by_engine, int64_t answer_s)
{
    time_us now = tx_now(tx);
    return by_engine ? (struct line_start){JOB_READY, EXCHANGE_NEW, now}
                     : (struct line_start){JOB_SENT, EXCHANGE_UNDER_WAY, now + SECONDS(answer_s)};
}

/* A waiting exchange that may begin. */
struct next {
    int64_t id, kind;
    struct exchange ex;
    json_t *document; /* owned */
};

/* The first that waits and whose conversation it is, or the oldest where the element is free. */
static enum tsm_err next_waiting(struct tx *tx, int64_t se, struct next *out)
{
    char holder[HOLDER_MAX + 1];
    struct next n;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_EXCHANGE_WAITING, se);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        TRY(holder_of(tx, se, holder));
        TRY(exchange_read(db_blob(&r, 2), &n.ex, &n.document));
        if (!holder[0] || !strcmp(holder, n.ex.holder)) {
            n.id = db_int(&r, 0);
            n.kind = db_int(&r, 1);
            *out = n;
            return TSM_OK;
        }
        json_decref(n.document);
    }
    return e;
}

static enum tsm_err in_hand(struct tx *tx, int64_t se, bool *yes)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_JOB_SE_IN_HAND, se);
    *yes = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* It gets the hold with its turn, so that nobody comes in between the exchanges of a conversation. */
static enum tsm_err begin(struct tx *tx, int64_t se, const struct next *n)
{
    struct line_start s = line_start(tx, exchange_by_engine(n->kind, n->ex.payload), n->ex.answer_s);
    TRY(take_hold(tx, se, n->ex.holder, n->ex.answer_s));
    TRY(db_exec(tx, SQL_STRAY_DELETE, se)); /* it answers another's question */
    TRY(db_exec(tx, SQL_EXCHANGE_BEGIN, n->id, (int64_t)s.state, s.step, s.due,
                tx_now(tx) + SECONDS(n->ex.answer_s)));
    tx_note(tx);
    return TSM_OK;
}

enum tsm_err job_promote(struct tx *tx, int64_t se)
{
    struct next n;
    bool busy;
    enum tsm_err e = next_waiting(tx, se, &n);
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    e = in_hand(tx, se, &busy);
    if (e == TSM_OK && !busy)
        e = begin(tx, se, &n);
    json_decref(n.document);
    return e;
}

enum tsm_err line_end(struct tx *tx, int64_t se, const char *holder)
{
    TRY(db_exec(tx, SQL_CONVERSATION_END, se, holder));
    tx_note(tx); /* a poll that is held hears of the end at once */
    return job_promote(tx, se);
}

enum tsm_err exchange_sweep(struct tx *tx, bool *all)
{
    int64_t se[SWEEP_MAX];
    size_t n = 0;
    {
        ROWS r = {0};
        enum tsm_err e = db_query(tx, &r, SQL_EXCHANGE_FREE, tx_now(tx), (int64_t)SWEEP_MAX);
        while (e == TSM_OK && (e = db_next(&r)) == TSM_OK && n < SWEEP_MAX)
            se[n++] = db_int(&r, 0);
        if (e != TSM_NOT_FOUND && e != TSM_OK)
            return e;
    }
    for (size_t i = 0; i < n; i++)
        TRY(job_promote(tx, se[i]));
    *all = n < SWEEP_MAX;
    return TSM_OK;
}
