/* SPDX-License-Identifier: Apache-2.0 */
/* The plain commands of the step in hand, and the hex strings that go out and come back. Station 5. Edge (the
 * vault prepares keys and groupings). */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "link/talk/inside.h"

void scene_drop(struct scene **s)
{
    if (*s) {
        explicit_bzero((*s)->script.store.at, (*s)->script.store.len);
        free((*s)->script.store.at);
        free(*s);
    }
    *s = NULL;
}

/* With a key set the channel is known once the card has answered, in SCP11 when it has agreed. */
const struct channel *channel_now(const struct talk *t)
{
    bool agreed = t->key[talk_step(t)->domain].agreed != NULL;
    return t->state->channel_state >= (agreed ? CHANNEL_OPEN : CHANNEL_ANSWERED) ? &t->state->channel : NULL;
}

struct sealed_keyset talk_keys(const struct talk *t, enum plan_domain domain)
{
    return t->key[domain].agreed ? agreed_keys(t) : t->key[domain].sealed;
}

enum tsm_err scene_make(struct talk *t, struct scene **out)
{
    struct scene *s = calloc(1, sizeof *s);
    const struct plan_step *step = talk_step(t);
    const struct channel *ch = channel_now(t);
    *out = s;
    NEED(s != NULL, NO_MEMORY);
    s->step = step;
    s->script.store = (struct writer){malloc(TALK_STORE), 0, TALK_STORE};
    NEED(s->script.store.at != NULL, NO_MEMORY);
    if (!talk_by_packets(t) && !ch)
        return TSM_OK; /* the channel comes first */
    if (t->state->phase == TALK_PROBING)
        return t->state->control ? control_build(t, &s->script)
                                 : step->probe(t->facts, step->arg, &s->script);
    if (t->prepare)
        TRY(t->prepare(t->self, step, ch, t->facts));
    return step->build(t->facts, step->arg, &s->script);
}

enum tsm_err talk_prepare(struct talk *t)
{
    const struct channel *ch = channel_now(t);
    if (!t->prepare || t->state->phase == TALK_PROBING || (!ch && !talk_by_packets(t)))
        return TSM_OK;
    return t->prepare(t->self, talk_step(t), ch, t->facts);
}

enum tsm_err payload_add(json_t *payload, struct bytes b)
{
    char *text = malloc(2 * b.len + 1);
    int failed = !text || json_array_append_new(payload, json_string(hex_text(b, text))) != 0;
    free(text);
    return failed ? FAIL(NO_MEMORY, "no memory for a payload") : TSM_OK;
}

enum tsm_err answer_get(const json_t *answers, size_t i, struct writer *store, struct bytes *out)
{
    const char *text = json_string_value(json_array_get(answers, i));
    uint8_t *slot;
    size_t n;
    NEED(text != NULL, MISSING_FIELD);
    TRY(write_slot(store, strlen(text) / 2, &slot));
    TRY(hex_read(text, slot, strlen(text) / 2, &n));
    *out = BYTES_OF(slot, n);
    return TSM_OK;
}
