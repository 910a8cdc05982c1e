/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of an issued application (TR-03165: ExchangeServiceData) as orders: accepted, the card data judged
 * against the instance, the application asked, the script made in the vault and carried, its effect read
 * back. Stations 2 to 12. Role.
 */
#ifndef TSM_ROLE_SP_ISSUER_ISSUER_H
#define TSM_ROLE_SP_ISSUER_ISSUER_H

#include "order/issuer/plan_issuer.h"
#include "role/sp/process.h"

enum { EXCHANGE_TEXT_MAX = 4096 }; /* characters of the member "exchange" of an order */

/* Judges what is ordered, before it is stored: exchange needs a change and card data, nothing else has one.
 * Errors of changes_read; MISSING_FIELD, BAD_VALUE. Texts may be "". */
enum tsm_err issuer_wish_judge(enum operation op, const char *exchange, const char *data);
/* {"kind", "result"?} beside the order's other members; nothing where the order has none. */
enum tsm_err issuer_show(struct tx *tx, int64_t order, json_t *o);

/* Station 4: the element is reached; the card data are those of the instance, and the scheme can do it. */
enum tsm_err read_issuer_reach(struct turn *t, const json_t *reply);
/* The same for card data that came later: a token's. TSM_OK also where the order fails. */
enum tsm_err issuer_judge(struct turn *t, struct bytes data);
/* Stations 5 to 11. */
static inline bool is_issuer(const struct plan *plan)
{
    return plan == &plan_issuer_ask || plan == &plan_issuer_script;
}
enum tsm_err issuer_facts(struct turn *t);
enum tsm_err issuer_make(struct turn *t);
void issuer_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer);
/* Says in a failed order what the application refused, and how far it came. */
void issuer_failed(struct turn *t);
/* Station 12: what the card showed, and that the card data are gone. */
enum tsm_err keep_issuer_result(struct turn *t, struct tx *tx, const json_t *reply);

#endif
