/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's side of delegated and authorized management: tokens asked of the owner, the plan carried out
 * in its own domain, receipts sent back. Stations 5, 6 and 7. Role. [GPCS 9.1.3, C.4, C.5; capabilities S5,
 * S6] */
#ifndef TSM_ROLE_SP_MODES_MANAGED_H
#define TSM_ROLE_SP_MODES_MANAGED_H

#include "role/sp/process.h"

/* Bits of struct step.modes. */
enum {
    IN_SIMPLE = 1 << MODE_SIMPLE,
    IN_DELEGATED = 1 << MODE_DELEGATED,
    IN_AUTHORIZED = 1 << MODE_AUTHORIZED
};

/* Mode, DAP and way of hand-over as the flavor says; of a domain that is there, as its row does. */
enum tsm_err managed_flavor(struct turn *t);
/* Load file, DAP block and tokens in the facts of a talk that manages content. */
enum tsm_err managed_facts(struct turn *t);
static inline bool is_managed(const struct plan *plan)
{
    return plan == &plan_load_delegated || plan == &plan_remove_delegated || plan == &plan_load_authorized ||
           plan == &plan_remove_authorized;
}
/* The answers that may be receipts, kept with the order's progress. */
void managed_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer);
/* The DAP block for the flavor's load file, made once an order; *hex NULL where the domain verifies none. */
enum tsm_err managed_dap(struct turn *t, const char **hex);

enum tsm_err ask_tokens(struct turn *t, json_t **question);
enum tsm_err read_tokens(struct turn *t, const json_t *reply);
enum tsm_err ask_receipts(struct turn *t, json_t **question);
enum tsm_err keep_receipts(struct turn *t, struct tx *tx, const json_t *reply);
/* What the card answered before the talk failed, and that it refused a token, is told to the owner; the order
 * says whose key it is. */
enum tsm_err managed_failed(struct turn *t, struct tx *tx);

/* Steps that have nothing to do. */
bool has_no_content(const struct turn *t);   /* the domain never became the provider's own */
bool no_own_directory(const struct turn *t); /* no payment system environment of its own */
bool shares_no_directory(const struct turn *t);
bool leaves_no_directory(const struct turn *t);
bool has_nothing_to_delete(const struct turn *t); /* each deletion was needless, or there is no content */
/* The environment that the owner keeps for all. */
enum tsm_err ask_listing(struct turn *t, json_t **question);
enum tsm_err ask_leaving(struct turn *t, json_t **question);

#endif
