/* SPDX-License-Identifier: Apache-2.0 */
/* Whose delivery is next. Stations 6 and 12. Edge. */
#include "engine/turn/delivery.h"

static bool served_in_full(const struct receivers *r, int64_t to)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->to[i] == to;
    return n >= ENGINE_CARRIERS_EACH;
}

static enum tsm_err next_receiver(struct tx *tx, enum job_kind kind, int64_t *to, time_us *due)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_DELIVERY_NEXT, (int64_t)kind, *to));
    *to = db_int(&r, 0);
    *due = db_int(&r, 1);
    return TSM_OK;
}

/* The receivers one after the other: the index leads from each to the next, however many wait for one. */
static enum tsm_err look(struct tx *tx, struct receivers *r, enum job_kind kind, struct delivery_next *n)
{
    time_us due, oldest = 0;
    int64_t at = -1;
    enum tsm_err e;
    while ((e = next_receiver(tx, kind, &at, &due)) == TSM_OK) {
        if (served_in_full(r, at))
            continue;
        if (due > tx_now(tx)) {
            n->next_due = n->next_due && n->next_due < due ? n->next_due : due;
            continue;
        }
        n->more = n->to != 0;
        if (!n->to || due < oldest) {
            n->to = at;
            oldest = due;
        }
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err delivery_choose(struct tx *tx, struct receivers *r, enum job_kind kind,
                             struct delivery_next *out)
{
    struct delivery_next n = {0};
    enum tsm_err e = TSM_OK;
    pthread_mutex_lock(&r->lock);
    if (r->n < ENGINE_CARRIERS)
        e = look(tx, r, kind, &n);
    if (e == TSM_OK && n.to) {
        r->to[r->n++] = n.to;
        n.more = n.more || !served_in_full(r, n.to);
    }
    pthread_mutex_unlock(&r->lock);
    TRY(e);
    *out = n;
    return TSM_OK;
}

void delivery_over(struct receivers *r, int64_t to)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; to && i < r->n; i++)
        if (r->to[i] == to) {
            r->to[i] = r->to[--r->n];
            break;
        }
    pthread_mutex_unlock(&r->lock);
}
