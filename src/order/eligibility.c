/* SPDX-License-Identifier: Apache-2.0 */
/* Eligibility: each rule on its own line, all reasons reported. Station 4. Pure. [TR-03165 3.3.1] */
#include "order/eligibility.h"

static const char *const texts[REASON_COUNT] = {
#define X(name, text) text,
    ELIGIBILITY_REASONS(X)
#undef X
};

const char *eligibility_reason_text(enum eligibility_reason reason)
{
    return texts[reason];
}

void eligibility_judge(const struct eligibility_facts *f, struct eligibility *out)
{
    const bool against[REASON_COUNT] = {
        [REASON_SE_LOCKED] = f->state == SE_LOCKED,
        [REASON_SE_TERMINATED] = f->state == SE_TERMINATED,
        [REASON_NOT_CERTIFIED] = f->certified && !f->profile->certificate[0],
        [REASON_NOT_ENOUGH_SPACE] = f->needed > f->profile->memory - f->booked,
        [REASON_NO_DOMAINS] = f->profile->ssd_module_len == 0,
    };
    out->n = 0;
    for (int i = 0; i < REASON_COUNT; i++)
        if (against[i])
            out->reason[out->n++] = (enum eligibility_reason)i;
}
