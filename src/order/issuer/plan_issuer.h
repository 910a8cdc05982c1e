/* SPDX-License-Identifier: Apache-2.0 */
/* The plans of a change after issuance: the application is asked where it stands, then the script goes, and
 * what it did is read back. Station 5. Pure. [EMV Book 3 10.10] */
#ifndef TSM_ORDER_ISSUER_PLAN_ISSUER_H
#define TSM_ORDER_ISSUER_PLAN_ISSUER_H

#include "order/issuer/carry.h"
#include "order/issuer/changes.h"
#include "order/plan_script.h"

/* What the plans need beside plan_facts; every span is borrowed. */
struct issuer_facts {
    const struct issuer_rules *rules;
    bool asks_balance;
    struct issuer_place place; /* what the application said; `commands` stays 0 */
    uint16_t counter;          /* script commands that it had taken before */
    uint16_t refused;          /* the status word by which it refused a command of this script; 0: none */
    size_t script_n, effects_n;
    struct bytes script[CHANGES_MAX]; /* made by the vault */
    const struct change_effect *effects;
};

/* What the answers to the first plan say. `balance` (CHANGE_BALANCE octets) is filled where it was asked for.
 * CARD_REFUSED when the application refused a command, NOT_FOUND for an object that is not in an answer. */
struct issuer_said {
    struct issuer_place place;
    uint16_t counter;
    uint8_t balance[CHANGE_BALANCE];
    size_t balance_len;
};
enum tsm_err issuer_answers_read(const struct issuer_facts *f, struct bytes answer, struct issuer_said *out);

extern const struct plan plan_issuer_ask, plan_issuer_script;

#endif
