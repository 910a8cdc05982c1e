/* SPDX-License-Identifier: Apache-2.0 */
/* The instances of a campaign: the next ones get their order in the commit that marks them, and the commit
 * that ends an order counts it. So none is lost and none has two. Stations 3 and 12. Role. [capability P8] */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "role/sp/orders/accept.h"
#include "role/sp/bulk/bulk.h"

/* What came of one target in this turn; busy: it has another order in work, and its turn comes again. */
enum given { GIVEN_ORDER, GIVEN_DONE, GIVEN_REFUSED, GIVEN_BUSY };

static bool is_part_of_name(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ':' || c == '-';
}

/* Reasons that differ only in times, numbers and identifiers are one: words that begin with a digit become
 * "..". */
static void generalise(const char *from, char *to, size_t cap)
{
    size_t n = 0;
    for (bool begins = true; *from && n + 3 < cap; begins = !is_part_of_name(from[-1])) {
        if (!begins || *from < '0' || *from > '9') {
            to[n++] = *from++;
            continue;
        }
        while (is_part_of_name(*from) || (*from == '.' && is_part_of_name(from[1])))
            from++;
        to[n++] = '.';
        to[n++] = '.';
    }
    to[n] = 0;
}

static enum tsm_err count_reason(struct tx *tx, int64_t bulk, const struct failure *f)
{
    char said[FAILURE_TEXT_MAX], reason[FAILURE_TEXT_MAX + 16];
    bool known;
    generalise(f->reason, said, sizeof said);
    snprintf(reason, sizeof reason, "%s: %s", fault_owner_word(f->owner), utf8_clean(said));
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_FAILURE_KNOWN, bulk, reason));
        known = db_int(&r, 1) > 0 || db_int(&r, 0) < BULK_REASONS_MAX;
    }
    return db_exec(tx, SQL_FAILURE_COUNT, bulk, known ? reason : "other reasons");
}

static enum tsm_err refuse(struct tx *tx, const struct bulk *b, int64_t instance, enum tsm_err e)
{
    struct failure f;
    char *text;
    failure_of_error(&f, e, err_cause());
    text = failure_text(&f);
    NEED(text != NULL, NO_MEMORY);
    e = db_exec(tx, SQL_TARGET_SET, b->id, instance, (int64_t)TARGET_FAILED, (int64_t)0, text);
    free(text);
    TRY(e);
    return count_reason(tx, b->id, &f);
}

static int64_t validity(const struct bulk *b, time_us now)
{
    int64_t own = b->validity_s ? b->validity_s : ORDER_DEADLINE_S,
            left = (b->rules.deadline - now) / SECONDS(1);
    return b->rules.deadline && left < own ? (left > 1 ? left : 1) : own;
}

static enum tsm_err give_one(struct tx *tx, const struct bulk *b, int64_t instance, enum given *out)
{
    struct order_wish wish = {.party = b->party,
                              .operation = (enum operation)b->operation,
                              .instance = instance,
                              .version = b->version,
                              .deadline_s = validity(b, tx_now(tx))};
    struct accepted accepted;
    enum tsm_err e;
    err_clear(); /* the cause is noted with the target: that of the one before is none */
    e = sp_accept_in(tx, &wish, &accepted);
    if (e != TSM_OK && err_may_retry(e))
        return e;
    *out = e == TSM_OK         ? GIVEN_ORDER
           : e == TSM_CONFLICT ? GIVEN_BUSY
           : e == TSM_NOT_ELIGIBLE && b->operation == OP_UPDATE /* it has this version */
               ? GIVEN_DONE
               : GIVEN_REFUSED;
    if (*out == GIVEN_BUSY)
        return TSM_OK;
    if (*out == GIVEN_REFUSED)
        return refuse(tx, b, instance, e);
    if (*out == GIVEN_DONE)
        return db_exec(tx, SQL_TARGET_SET, b->id, instance, (int64_t)TARGET_DONE, (int64_t)0, "");
    TRY(db_exec(tx, SQL_ORDER_SET_BULK, accepted.order.id, b->id));
    return db_exec(tx, SQL_TARGET_SET, b->id, instance, (int64_t)TARGET_RUNNING, accepted.order.id, "");
}

static enum tsm_err next_targets(struct tx *tx, const struct bulk *b, int64_t want,
                                 int64_t instance[CAMPAIGN_STEP_MAX], size_t *n)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_TARGET_NEXT, b->id, b->place, want);
    *n = 0;
    while (e == TSM_OK && *n < CAMPAIGN_STEP_MAX && (e = db_next(&r)) == TSM_OK)
        instance[(*n)++] = db_int(&r, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Behind the last one the busy ones come again: from the first. */
enum tsm_err bulk_give(struct tx *tx, const struct bulk *b, int64_t want, int64_t *given)
{
    int64_t instance[CAMPAIGN_STEP_MAX], counts[GIVEN_BUSY + 1] = {0};
    size_t n;
    TRY(next_targets(tx, b, want, instance, &n));
    for (size_t i = 0; i < n; i++) {
        enum given what = GIVEN_BUSY;
        TRY(give_one(tx, b, instance[i], &what));
        counts[what]++;
    }
    *given = (int64_t)n - counts[GIVEN_BUSY];
    TRY(db_exec(tx, SQL_BULK_STARTED, b->id, *given, counts[GIVEN_ORDER], counts[GIVEN_DONE],
                counts[GIVEN_REFUSED], n ? instance[n - 1] : 0, tx_now(tx)));
    if (n)
        tx_note(tx);
    return TSM_OK;
}

enum tsm_err bulk_order_ended(struct tx *tx, int64_t order, const char *failure)
{
    int64_t bulk, instance;
    bool well = !failure[0];
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_ORDER_BULK, order));
        bulk = db_int(&r, 0);
        instance = db_int(&r, 1);
    }
    if (!bulk)
        return TSM_OK;
    TRY(db_exec(tx, SQL_TARGET_ENDED, bulk, instance, order, (int64_t)(well ? TARGET_DONE : TARGET_FAILED),
                failure));
    TRY(db_exec(tx, SQL_BULK_ENDED, bulk, (int64_t)well, (int64_t)!well, tx_now(tx)));
    if (!well) {
        struct failure f = {.owner = OWNER_SP};
        json_t *o;
        TRY(json_read(bytes_of_text(failure), &o));
        failure_read(&f, o);
        json_decref(o);
        TRY(count_reason(tx, bulk, &f));
    }
    TRY(db_exec(tx, SQL_BULK_WAKE, bulk, tx_now(tx)));
    tx_note(tx);
    return TSM_OK;
}
