/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A personalisation script as a plan: a step for each of its steps, then what follows the personalisation of
 * every application. What a step sends is made in the vault and handed in with the facts. Station 5. Pure.
 * [docs/personalisation.md; GPCS 11.11; EMV CPS 1.1 4.3.5]
 */
#ifndef TSM_ORDER_PLAYED_PLAYED_H
#define TSM_ORDER_PLAYED_PLAYED_H

#include "emv/script/play.h"
#include "order/plan.h"

enum { PLAYED_STEPS_MAX = SCRIPT_STEPS_MAX + 2 * PLAN_APPLICATIONS_MAX };

struct played_facts {
    const struct perso_script *script;
    const struct script_output *made; /* of the step `made_of`, borrowed; NULL: not made yet */
    size_t made_of;
    void *self;
    bool (*due)(void *self, size_t step); /* what the step's condition says now */
};

/* The plan lies in `out` and is borrowed from it. */
struct played_plan {
    struct plan plan;
    struct plan_step step[PLAYED_STEPS_MAX];
};
void played_plan_make(const struct perso_script *script, struct played_plan *out);
/* The script's step behind a step of such a plan; false for one that comes from elsewhere. */
bool played_step_of(const struct plan_step *step, size_t *number);
/* Plain commands in front of the script's own in that step. */
size_t played_prologue(const struct script_step *s);

#endif
