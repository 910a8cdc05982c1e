/* SPDX-License-Identifier: Apache-2.0 */
/* From data groupings to the blocks of STORE DATA. Stations 5 and 8. Pure. [EMV CPS 1.1 4.3.5, GPCS 11.11] */
#include "emv/perso/cps.h"

static uint8_t p1_of(bool encrypted, struct cps_style style)
{
    return (uint8_t)((encrypted ? CPS_P1_ENCRYPTED : 0) | (style.dgi_format ? CPS_P1_DGI_FORMAT : 0));
}

/* Cuts one stretch of groupings, all encrypted or all clear, into commands. */
static enum tsm_err cut(struct bytes stretch, uint8_t p1, size_t block_max, struct cps_plan *plan)
{
    struct reader r = READER(stretch);
    while (r.left.len) {
        struct cps_command *c = &plan->at[plan->count];
        NEED(plan->count < CPS_COMMANDS_MAX, TOO_LONG);
        TRY(read_span(&r, r.left.len < block_max ? r.left.len : block_max, &c->data));
        c->p1 = p1;
        c->p2 = (uint8_t)plan->count++;
    }
    return TSM_OK;
}

/* Whether grouping `next` may stand in one stretch with those that fill `used` octets so far. */
static bool shares(const struct cps_dgi *now, const struct cps_dgi *next, size_t used, struct cps_style style)
{
    return style.join && now->encrypted == next->encrypted &&
           used + cps_dgi_len(next->value.len) <= style.block_max;
}

enum tsm_err cps_plan_make(const struct cps_dgi *dgis, size_t n, struct cps_style style,
                           struct writer *buffer, struct cps_plan *out)
{
    struct writer at = *buffer;
    struct cps_plan plan = {.count = 0};
    NEED(n > 0 && style.block_max >= 1 && style.block_max <= CPS_BLOCK_MAX, BAD_VALUE);
    for (size_t i = 0; i < n;) {
        size_t from = at.len, first = i;
        do
            TRY(cps_dgi_write(&at, dgis[i].id, dgis[i].value));
        while (++i < n && shares(&dgis[first], &dgis[i], at.len - from, style));
        TRY(cut(written_since(&at, from), p1_of(dgis[first].encrypted, style), style.block_max, &plan));
    }
    plan.at[plan.count - 1].p1 |= CPS_P1_LAST;
    *buffer = at;
    *out = plan;
    return TSM_OK;
}
