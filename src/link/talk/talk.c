/* SPDX-License-Identifier: Apache-2.0 */
/* The next commands of a talk: which step is in hand, and whether it is done or asked for. What the answers
 * mean stands in verdict.c. Stations 5 and 7. Edge. */
#include "base/json.h"
#include "link/talk/inside.h"
#include "ota/packet/packet.h"

void talk_begin(struct talk_state *state)
{
    *state = (struct talk_state){.version = TALK_STATE_VERSION};
}

void talk_ask_first(struct talk_state *state)
{
    state->ask_first = 1;
    state->phase = TALK_PROBING;
}

/* Compact: five octets of command header, and GET RESPONSE behind the command. Expanded: AA and 22 with their
 * lengths, then the header. A channel adds MAC and padding. */
size_t talk_data_max(const struct se_profile *p)
{
    enum { COMPACT_OVERHEAD = 5 + 5, EXPANDED_OVERHEAD = 12, CHANNEL_OVERHEAD = 24 };
    size_t max, command_max = (size_t)p->command_max;
    if (p->protocol != 0x80)
        return (command_max < APDU_SHORT_DATA_MAX ? command_max : APDU_SHORT_DATA_MAX) - CHANNEL_OVERHEAD;
    max = scp80_data_max((size_t)p->segments, (enum concat_order)p->concat, (uint8_t)p->spi1,
                         (uint8_t)p->kic_alg, (uint8_t)p->cc_len);
    max -= p->format == FORMAT_COMPACT ? COMPACT_OVERHEAD : EXPANDED_OVERHEAD;
    return max < command_max ? max : command_max;
}

void talk_end(struct talk *t)
{
    json_decref(t->apdus);
    t->apdus = NULL;
}

const struct plan_step *talk_step(const struct talk *t)
{
    return &t->plan->steps[t->state->step];
}

/* Asking first is no attempt: redo counts what was sent. */
void talk_step_begin(struct talk *t)
{
    struct talk_state *st = t->state;
    const struct plan_step *step = st->step < t->plan->n ? talk_step(t) : NULL;
    bool asks = step && step->changes_card && (st->ask_first || step->ask_first);
    st->phase = asks ? TALK_PROBING : TALK_COMMANDS;
    st->position = st->sent = 0;
    st->redo = st->assumed = st->control = st->shut = 0;
}

void talk_pass_needless(struct talk *t)
{
    while (t->state->step < t->plan->n && talk_step(t)->needless &&
           talk_step(t)->needless(t->facts, talk_step(t)->arg)) {
        t->state->step++;
        talk_step_begin(t);
    }
}

enum tsm_err talk_next(struct talk *t, struct tx *tx, json_t **payload)
{
    SCENE *s = NULL;
    json_t *list;
    enum tsm_err e;
    talk_pass_needless(t);
    NEED(t->state->step < t->plan->n, WRONG_STATE);
    if (t->state->channel_state != CHANNEL_NONE && t->state->channel_domain != talk_step(t)->domain)
        t->state->channel_state = CHANNEL_NONE; /* another domain: another channel */
    if (t->state->channel_state == CHANNEL_OPENING)
        t->state->channel_state = CHANNEL_NONE;
    TRY(scene_make(t, &s));
    list = json_array();
    NEED(list != NULL, NO_MEMORY);
    e = talk_by_packets(t) ? packet_next(t, tx, s, list) : session_next(t, s, list);
    if (e != TSM_OK) {
        json_decref(list);
        return e;
    }
    t->changing = talk_step(t)->changes_card && t->state->phase == TALK_COMMANDS &&
                  (talk_by_packets(t) || channel_now(t));
    t->state->changed_before = t->state->changed;
    if (t->changing)
        t->state->changed = 1;
    t->state->asked++;
    *payload = list;
    return TSM_OK;
}
