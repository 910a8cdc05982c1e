/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The step that changes the rules of an element's access rule master, for every plan that has it: an
 * application gets its rules with its installation and loses them with its removal. Station 5. Pure.
 * [GPD_SPE_013 1.1 clause 5.1] The master tells its rules to no security domain, so a lost answer is settled
 * by doing all again: a rule that is stored twice is one rule, and a deletion is preceded by the storing of
 * what it deletes, so that it always finds it.
 */
#ifndef TSM_ORDER_CARE_RULES_STEP_H
#define TSM_ORDER_CARE_RULES_STEP_H

#include "order/plan_script.h"

enum { SW_RULE_EXISTS = 0x6381 }; /* the rule took the place of another for the same reference */

enum tsm_err rules_build(const struct plan_facts *f, int arg, struct script *out);
enum tsm_err rules_probe(const struct plan_facts *f, int arg, struct script *out);
enum verdict rules_judge(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
bool rules_none(const struct plan_facts *f, int arg);

#define RULES_STEP(n, t)                                                                                \
    {                                                                                                   \
        .name = n, .text = t, .domain = IN_ISSUER, .build = rules_build, .changes_card = true,          \
        .probe = rules_probe, .judge = rules_judge, .also_fine = SW_RULE_EXISTS, .needless = rules_none \
    }

#endif
