/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that only look, answered by a role in this process: without rows and without a commit, since
 * nothing changes. Station 6. Edge. */
#include "engine/mail/mail.h"

enum tsm_err partners_add_look(struct partners *p, const struct partner_look *look)
{
    NEED(p->n_looks < PARTNER_ROWS_MAX, NO_ROOM);
    p->looks[p->n_looks++] = *look;
    return TSM_OK;
}

static enum tsm_err is_here(struct tx *tx, int64_t party, bool *here)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTY_URL, party));
    *here = !db_text(&r, 0)[0];
    return TSM_OK;
}

enum tsm_err partner_look(struct partners *p, struct tx *tx, const struct partner_call *call, json_t **reply)
{
    bool here;
    TRY(is_here(tx, call->party, &here));
    for (size_t i = 0; here && i < p->n_looks; i++)
        if (p->looks[i].verb == call->verb)
            return p->looks[i].look(p->looks[i].self, tx, call, reply);
    return FAIL(UNSUPPORTED, "%s must be asked by a message", partner_verb_word(call->verb));
}
