/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer means for the order: go on, ask the card, or fail with an owner, a reason and what to do
 * next. Station 11. Pure. */
#ifndef TSM_ORDER_OUTCOME_H
#define TSM_ORDER_OUTCOME_H

#include <jansson.h>

#include "order/partner.h"
#include "order/plan.h"

/* As JSON a character of a text may take six (\u0001), beside the names of the members. */
enum { FAILURE_TEXT_MAX = 240, FAILURE_JSON_MAX = 2 * 6 * FAILURE_TEXT_MAX + 64 };

/* Why an order fails, machine-readable. Texts hold no secret; they are UTF-8. */
struct failure {
    enum fault_owner owner;
    char reason[FAILURE_TEXT_MAX], next_action[FAILURE_TEXT_MAX];
};
void failure_set(struct failure *f, enum fault_owner owner, const char *next_action, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* From an error of this process while it worked for the card. */
void failure_of_error(struct failure *f, enum tsm_err e, const char *cause);
/* Of work that no provider ordered: what a provider would mend is the owner's to mend. */
void failure_of_own_work(struct failure *f);
json_t *failure_json(const struct failure *f); /* {owner, reason, next_action}; owned by the caller */
char *failure_text(const struct failure *f);   /* the same as text, free(); NULL when memory is exhausted */
void failure_read(struct failure *f, const json_t *o);

/* One command's status word inside a step: success, a warning 62xx, more data, or the step's also_fine goes
 * on. 63xx is a refusal here (6300: the host was not authenticated), but for 6310. */
enum outcome { OUTCOME_GO_ON, OUTCOME_FAIL };
enum outcome outcome_of_sw(const struct plan_step *step, uint16_t sw, const char *command, struct failure *f);
/* A proof of receipt: status 00 goes on; 08 and 0B announce another; the others per TS 102 225 table 5 and
 * what operators learned. */
enum por_meaning { POR_GO_ON, POR_WAIT, POR_FAIL };
enum por_meaning outcome_of_por(uint8_t status, bool secured, uint64_t counter, struct failure *f);

#endif
