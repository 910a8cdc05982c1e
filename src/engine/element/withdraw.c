/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges that have not left are taken back, and their askers told. Station 8. Edge. */
#include "engine/element/withdraw.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/json.h"
#include "engine/element/exchange.h"

const char *withdraw_key(struct bytes trace, char out[WITHDRAW_KEY_MAX])
{
    out[0] = 'w';
    hex_text(trace, out + 1);
    return out;
}

enum tsm_err is_withdrawn(struct tx *tx, int64_t call, struct bytes trace, bool *yes)
{
    char key[WITHDRAW_KEY_MAX];
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTNER_WITHDRAWN, call, withdraw_key(trace, key));
    *yes = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

void withdrawn_failure(struct failure *out)
{
    failure_set(out, OWNER_SP, "order again when it is wanted after all",
                "it was withdrawn before anything left for the secure element");
}

/* An exchange that may be taken back: it says something, is not the middle of something, and nobody else's.
 */
struct unsent {
    int64_t id, call;
};

/* A trace is no secret: who knows another's takes nothing back with it. */
static enum tsm_err is_asked_for(struct tx *tx, int64_t call, int64_t peer, bool *yes)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTNER_ASKED_FOR, call, peer);
    *yes = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err find_unsent(struct tx *tx, const struct partner_call *call, int64_t se,
                                struct unsent *out)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_EXCHANGE_NOT_LEFT, se, call->trace);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        struct exchange ex;
        json_t *document;
        bool free;
        TRY(exchange_read(db_blob(&r, 1), &ex, &document));
        *out = (struct unsent){db_int(&r, 0), ex.call};
        free = json_array_size(ex.payload) > 0 && !ex.firm;
        json_decref(document);
        if (free)
            TRY(is_asked_for(tx, out->call, call->peer, &free));
        if (free)
            return TSM_OK;
    }
    return e;
}

static enum tsm_err take_back(struct partners *p, struct tx *tx, int64_t se, const struct unsent *u)
{
    struct failure f;
    TRY(db_exec_one(tx, SQL_EXCHANGE_WITHDRAWN, u->id, (int64_t)JOB_FAILED));
    withdrawn_failure(&f);
    TRY(partner_refuse(p, tx, u->call, &f));
    return job_promote(tx, se);
}

static enum tsm_err element_asked(struct tx *tx, const struct partner_call *call, struct element *el)
{
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &o));
    e = element_of_json(tx, call->party, json_object_get(o, "se"), el);
    json_decref(o);
    return e;
}

/* Works that have not begun hear of it in their next turn, by the stored call. */
static enum tsm_err accept_withdraw(void *self, struct tx *tx, const struct partner_call *call)
{
    struct element el;
    struct unsent u = {0};
    enum tsm_err e;
    TRY(element_asked(tx, call, &el));
    e = find_unsent(tx, call, el.id, &u);
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    if (e == TSM_OK)
        TRY(take_back(self, tx, el.id, &u));
    return partner_reply(self, tx, call->id, e == TSM_OK ? "{\"withdrawn\":true}" : "{\"withdrawn\":false}");
}

enum tsm_err withdraw_answer_partners(struct partners *p)
{
    return partners_add(p, &(struct partner_row){VERB_WITHDRAW, accept_withdraw, p});
}
