/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A personalisation script on its way in an order: each step made in the vault when its turn comes, what is
 * read from answers kept sealed with the order's progress, so that any node goes on after a crash. Stations
 * 5, 10 and 11. Role. [docs/personalisation.md; BSI TR-03165 4.2.3.11]
 */
#ifndef TSM_ROLE_SP_PREP_PLAYED_H
#define TSM_ROLE_SP_PREP_PLAYED_H

#include "role/sp/process.h"
#include "vault/emv/script.h"

/* Member of the order's progress. */
#define PLAYED_PROGRESS "script"

/* Where the flavor names a script, *plan becomes its plan; a profile leaves it. Errors of perso_script_read.
 */
enum tsm_err played_begin(struct turn *t, const struct plan **plan);
/* Whether a step of a plan belongs to the script. */
bool played_is(const struct turn *t, const struct plan_step *step);
/* What the step sends, into the facts; made once a turn. */
enum tsm_err played_make(struct turn *t, const struct plan_step *step, const struct channel *channel);
/* An answer: read and asserted; what is wrong is told by played_judge when the talk has read all. */
void played_heard(struct turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer);
void played_judge(struct turn *t);
/* In the commit: the card's new key and what tagged steps told. */
enum tsm_err played_keep(struct turn *t, struct tx *tx);
/* MISSING_FIELD where the chosen flavor personalises with card data, and the order brings none. */
enum tsm_err played_needs_no_card(struct turn *t);

/* personalizationData sealed with the trace of an order that is still to be accepted (order_wish.inputs); at
 * most INPUTS_MAX octets. BAD_VALUE for what is no object of texts or lists of texts. */
enum { INPUTS_MAX = SCRIPT_INPUTS_ROOM + SEAL_OVERHEAD };
enum tsm_err inputs_seal(struct sp *sp, int64_t party, const uint8_t trace[TRACE_LEN], const json_t *map,
                         struct writer *blob);
uint64_t inputs_id(const uint8_t trace[TRACE_LEN]);

#endif
