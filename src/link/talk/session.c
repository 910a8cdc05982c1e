/* SPDX-License-Identifier: Apache-2.0 */
/* A script in a secure channel: opened with SELECT and INITIALIZE UPDATE, wrapped in batches, answers checked
 * in order. Stations 7 and 10. Edge. [GPCS App. E, Amendment D] */
#include "base/hex.h"
#include "gp/apdu/ins.h"
#include "gp/command/install.h"
#include "gp/command/select.h"
#include "link/talk/inside.h"
#include "vault/operation/operation.h"

enum { HOST_CHALLENGE = 8, BATCH_STORE = 24 * 1024 };

static const struct talk_key *key_of(const struct talk *t, const struct scene *s)
{
    return &t->key[s->step->domain];
}

/* With whom a channel is opened. */
static struct bytes selected(const struct talk *t, enum plan_domain domain)
{
    const struct plan_application *first = &t->facts->applications[0];
    if (domain == IN_ISSUER)
        return BYTES_OF(t->facts->profile->isd_aid, t->facts->profile->isd_aid_len);
    return domain == IN_APPLICATION ? BYTES_OF(first->instance, first->instance_len) : t->facts->domain_aid;
}

static enum tsm_err open_next(struct talk *t, const struct scene *s, json_t *payload)
{
    struct talk_state *st = t->state;
    uint8_t room[64];
    struct writer select = WRITER(room), update;
    struct bytes aid = selected(t, s->step->domain);
    st->host_len = HOST_CHALLENGE;
    TRY(vault_random(st->host, st->host_len));
    TRY(select_write(aid, &select));
    TRY(payload_add(payload, written(&select)));
    update = WRITER(room);
    TRY(channel_start(key_of(t, s)->kvn, BYTES_OF(st->host, st->host_len), &update));
    TRY(payload_add(payload, written(&update)));
    st->channel_state = CHANNEL_OPENING;
    st->channel_domain = (uint8_t)s->step->domain;
    return TSM_OK;
}

/* The commands in flight, protected from the state before them: the same bytes whenever it is done. */
struct wrapping {
    struct apdu plain[TALK_PAYLOAD_MAX];
    struct bytes wrapped[TALK_PAYLOAD_MAX];
    struct channel_expect expect[TALK_PAYLOAD_MAX];
    bool chain; /* it is one command, in pieces */
    uint8_t store[BATCH_STORE];
};

static enum tsm_err wrap_batch(struct talk *t, const struct scene *s, struct channel *ch, struct wrapping *w,
                               size_t n)
{
    struct writer out = WRITER(w->store);
    struct scp_commands batch = {
        .plain = w->plain, .n = n, .out = &out, .wrapped = w->wrapped, .expect = w->expect};
    w->chain = n > 0 && chain_due(ch, s->script.command[t->state->position]);
    for (size_t i = 0; i < n; i++)
        TRY(apdu_read(s->script.command[t->state->position + i], &w->plain[i]));
    return vault_wrap_scp(t->vault, talk_keys(t, s->step->domain), ch, &batch);
}

/* An agent sends what stands behind a command that the card refused [GP SERAM overview, SE RAM command].
 * Behind INSTALL [for personalization] that would be STORE DATA in the domain of the channel itself. */
static bool turns_to_application(struct bytes command)
{
    return command.len > 2 && command.at[1] == INS_INSTALL && command.at[2] == INSTALL_FOR_PERSONALIZATION;
}

/* The commands of the script from `first` on that go together, `most` at the most. A chain goes alone. */
static size_t commands_together(const struct channel *ch, const struct script *script, size_t first,
                                size_t most)
{
    size_t n = 0;
    while (n < most && first + n < script->n) {
        struct bytes command = script->command[first + n];
        if (chain_due(ch, command))
            return n ? n : 1;
        n++;
        if (turns_to_application(command))
            break;
    }
    return n;
}

enum tsm_err session_next(struct talk *t, const struct scene *s, json_t *payload)
{
    struct talk_state *st = t->state;
    struct wrapping w;
    size_t n = (size_t)t->facts->profile->batch;
    NEED(key_of(t, s)->kvn != 0, KEY_MISSING);
    if (st->channel_state != CHANNEL_ANSWERED && st->channel_state != CHANNEL_OPEN)
        return key_of(t, s)->agreed ? agreed_open_next(t, payload) : open_next(t, s, payload);
    if (st->channel_state == CHANNEL_ANSWERED && key_of(t, s)->agreed)
        return agreed_authenticate_next(t, payload);
    if (st->channel_state == CHANNEL_ANSWERED)
        TRY(payload_add(payload, BYTES_OF(st->authenticate, st->authenticate_len)));
    n = commands_together(&st->channel, &s->script, st->position,
                          n < TALK_PAYLOAD_MAX ? n : TALK_PAYLOAD_MAX);
    if (st->channel.protocol == SCP02 && st->channel.level & LEVEL_R_MAC)
        n = 1; /* each R-MAC chains to the answer before [GPCS E.4.5] */
    st->before = st->channel;
    TRY(wrap_batch(t, s, &st->channel, &w, n));
    for (size_t i = 0; i < n; i++)
        TRY(w.chain ? chain_add(t, w.wrapped[i], payload) : payload_add(payload, w.wrapped[i]));
    st->sent = (uint16_t)n;
    return TSM_OK;
}

/* What a step calls fine is said inside its channel. On the way into it anybody may answer, and success alone
 * counts. */
static enum outcome on_the_way(const struct scene *s, uint16_t sw, const char *what, struct failure *f)
{
    const struct plan_step strict = {.name = s->step->name};
    return outcome_of_sw(&strict, sw, what, f);
}

static enum tsm_err open_read(struct talk *t, const struct scene *s, const json_t *answers,
                              struct replies *out)
{
    struct talk_state *st = t->state;
    struct bytes raw;
    struct rapdu select, update;
    struct init_update iu;
    struct writer w = WRITER(st->authenticate);
    struct scp_opening opening = {
        .keys = key_of(t, s)->sealed,
        .answer = &iu,
        .host_challenge = BYTES_OF(st->host, st->host_len),
        .level = (uint8_t)t->facts->profile->level,
        .quirks = t->facts->profile->counter_only_with_data ? CHANNEL_QUIRK_COUNTER_ONLY_WITH_DATA : 0};
    if (json_array_size(answers) < 2) {
        out->fewer = true;
        return TSM_OK;
    }
    TRY(answer_get(answers, 0, &out->store, &raw));
    TRY(rapdu_read(raw, &select));
    if (on_the_way(s, select.sw, "SELECT of the security domain", &t->failure) == OUTCOME_FAIL)
        return TSM_OK;
    TRY(answer_get(answers, 1, &out->store, &raw));
    TRY(rapdu_read(raw, &update));
    t->denied = update.sw == SW_NOT_FOUND;
    if (on_the_way(s, update.sw, "INITIALIZE UPDATE", &t->failure) == OUTCOME_FAIL)
        return TSM_OK;
    TRY(gp_init_update_read(update.data, &iu));
    if (iu.protocol == SCP02)
        iu.i = (uint8_t)t->facts->profile->scp_i;
    TRY(vault_open_scp(t->vault, &opening, &st->channel, &w));
    st->authenticate_len = (uint8_t)w.len;
    st->channel_state = CHANNEL_ANSWERED;
    out->again = true; /* the way is open; no command of the step was sent yet */
    return TSM_OK;
}

static enum tsm_err authenticate_read(struct talk *t, const struct scene *s, const json_t *answers,
                                      struct replies *out)
{
    struct bytes raw;
    struct rapdu a;
    if (json_array_size(answers) == 0) {
        out->fewer = true;
        return TSM_OK;
    }
    TRY(answer_get(answers, 0, &out->store, &raw));
    TRY(rapdu_read(raw, &a));
    out->fewer =
        a.sw == SW_CONDITIONS; /* no INITIALIZE UPDATE came before: the element was reset between the two */
    if (out->fewer || on_the_way(s, a.sw, "EXTERNAL AUTHENTICATE", &t->failure) == OUTCOME_FAIL)
        return TSM_OK;
    t->state->channel_state = CHANNEL_OPEN;
    return TSM_OK;
}

/* What came for the commands in flight, in order; *n of them. */
static enum tsm_err answers_get(struct talk *t, const struct wrapping *w, const struct chain_answers *in,
                                struct bytes *raw, size_t *n)
{
    size_t came = json_array_size(in->list) > in->first ? json_array_size(in->list) - in->first : 0;
    if (w->chain) {
        enum tsm_err e = chain_answer(t, w->wrapped[0], in, raw);
        *n = e == TSM_OK;
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    }
    *n = came < t->state->sent ? came : t->state->sent;
    for (size_t i = 0; i < *n; i++)
        TRY(answer_get(in->list, in->first + i, in->store, &raw[i]));
    return TSM_OK;
}

static enum tsm_err commands_read(struct talk *t, const struct scene *s, const json_t *answers, size_t first,
                                  struct replies *out)
{
    struct talk_state *st = t->state;
    size_t n;
    struct bytes raw[TALK_PAYLOAD_MAX];
    struct rapdu opened[TALK_PAYLOAD_MAX];
    struct channel again = st->before;
    struct wrapping w;
    struct scp_answers batch = {.expect = w.expect, .answer = raw, .out = &out->store, .opened = opened};
    TRY(wrap_batch(t, s, &again, &w, st->sent));
    TRY(answers_get(t, &w, &(struct chain_answers){answers, first, &out->store}, raw, &n));
    batch.n = n;
    TRY(vault_unwrap_scp(t->vault, talk_keys(t, s->step->domain), &st->channel, &batch));
    if (first == 0 && n && opened[0].sw == SW_SECURITY && !st->shut) {
        st->shut =
            1; /* the channel of the batch before is gone: reset, or another's application was selected; */
        n = 0; /* in a new channel the same answer is the card's word */
    }
    for (size_t i = 0; i < n; i++)
        out->answer[out->n++] = (struct step_answer){opened[i].data, opened[i].sw};
    out->fewer = n < st->sent;
    return TSM_OK;
}

enum tsm_err session_read(struct talk *t, const struct scene *s, const json_t *answers, struct replies *out)
{
    size_t first = 0;
    if (key_of(t, s)->agreed && t->state->channel_state == CHANNEL_OPENING)
        return agreed_open_read(t, answers, out);
    if (key_of(t, s)->agreed && t->state->channel_state == CHANNEL_ANSWERED)
        return agreed_authenticate_read(t, answers, out);
    if (t->state->channel_state == CHANNEL_OPENING)
        return open_read(t, s, answers, out);
    if (t->state->channel_state == CHANNEL_ANSWERED) {
        TRY(authenticate_read(t, s, answers, out));
        if (t->state->channel_state != CHANNEL_OPEN)
            return TSM_OK;
        first = 1;
    }
    return commands_read(t, s, answers, first, out);
}
