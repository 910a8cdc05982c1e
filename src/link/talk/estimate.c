/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan will cost on the air, before anything is sent. Station 4. Edge. [DESIGN 6, load over SMS] */
#include "link/talk/inside.h"
#include "ota/packet/packet.h"

/* The fewest short messages that carry a script of this length; as many as the profile allows where none
 * does. */
static size_t segments_of(const struct se_profile *p, size_t len)
{
    size_t n = 1;
    while (n < (size_t)p->segments && scp80_data_max(n, (enum concat_order)p->concat, (uint8_t)p->spi1,
                                                     (uint8_t)p->kic_alg, (uint8_t)p->cc_len) < len)
        n++;
    return n;
}

enum tsm_err talk_estimate(struct talk *t, struct talk_estimate *out)
{
    struct talk_state state, *kept = t->state;
    struct talk_estimate sum = {0};
    enum tsm_err e = TSM_OK;
    talk_begin(&state);
    state.channel_state = CHANNEL_OPEN; /* so that the script is built */
    t->state = &state;
    for (; talk_pass_needless(t), state.step < t->plan->n && e == TSM_OK; state.step++) {
        SCENE *s = NULL;
        e = scene_make(t, &s);
        for (size_t i = 0; e == TSM_OK && i < s->script.n;) {
            size_t len = 0, n = talk_by_packets(t) ? packet_commands(t, s, i, &len) : s->script.n - i;
            if (n == 0)
                e = FAIL(NEEDS_BETTER_LINK, "%s: a command does not fit into %lld segments", s->step->name,
                         (long long)t->facts->profile->segments);
            i += n;
            sum.exchanges++;
            sum.bytes += len;
            sum.messages += talk_by_packets(t) ? segments_of(t->facts->profile, len) : 0;
        }
    }
    t->state = kept;
    TRY(e);
    *out = sum;
    return TSM_OK;
}
