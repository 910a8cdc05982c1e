/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a turn whose order was cancelled. Stations 11 and 12. Role. */
#include "role/sp/orders/given_up.h"

static const struct step *step_of(const struct turn *t)
{
    return &t->process->steps[t->job->step];
}

bool turn_is_given_up(const struct turn *t)
{
    return t->order.given_up && !t->done && !t->failed && !(step_of(t)->plan && t->event == TALK_LISTEN);
}

void turn_give_up(struct turn *t)
{
    bool withdrawn = t->order.given_up && t->failed && !t->changed;
    if (!withdrawn && !turn_is_given_up(t))
        return;
    failure_set(&t->failure, t->order.given_up == GIVEN_UP_BY_PROVIDER ? OWNER_SP : OWNER_DEVICE,
                "order again, or terminate what is there", "manually cancelled");
    t->failed = true;
}

enum tsm_err turn_hear_given_up(struct turn *t, struct tx *tx)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_ORDER_GIVEN_UP, t->order.id));
    t->order.given_up = db_int(&r, 0);
    turn_give_up(t);
    return TSM_OK;
}
