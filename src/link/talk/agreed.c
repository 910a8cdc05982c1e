/* SPDX-License-Identifier: Apache-2.0 */
/* The way into a channel of SCP11a: the domain shows its certificate, we show ours, both agree on keys that
 * whoever carries the commands cannot know. Stations 5, 7 and 10. Edge (vault). [Amendment
 * F 1.4 4.2, 7.2, 7.5, 7.6] */
#include "gp/command/select.h"
#include "gp/scp11/pso.h"
#include "gp/scp11/store.h"
#include "link/talk/inside.h"
#include "vault/operation/channel/scp11.h"

enum { PSO_ROOM = 300, KEY_LEN = 16, SESSION_ID = 8 };

static const struct talk_agreed *agreed_of(const struct talk *t)
{
    return t->key[talk_step(t)->domain].agreed;
}

static struct scp11_terms terms_of(const struct talk_agreed *a)
{
    return (struct scp11_terms){.variant = SCP11A,
                                .kvn = a->kvn,
                                .usage = SCP11_C_MAC_C_ENC_R_MAC_R_ENC,
                                .key_len = KEY_LEN,
                                .mac_len = S8_LEN};
}

/* Ephemeral key and session are sealed under a number of this opening. */
static uint64_t number_of(const struct talk_state *st)
{
    struct reader r = READER(BYTES(st->host));
    uint64_t n = 0;
    return read_u64(&r, &n) == TSM_OK ? n : 0;
}

struct sealed_keyset agreed_keys(const struct talk *t)
{
    return (struct sealed_keyset){number_of(t->state), BYTES_OF(t->state->agreed, t->state->agreed_len)};
}

enum tsm_err agreed_open_next(struct talk *t, json_t *payload)
{
    const struct talk_agreed *a = agreed_of(t);
    struct talk_state *st = t->state;
    struct scp11_key_ref key = {.kid = SCP11_KID_A, .kvn = a->kvn};
    uint8_t room[64];
    struct writer select = WRITER(room), get;
    st->host_len = SESSION_ID;
    st->agreed_len = 0;
    TRY(vault_random(st->host, st->host_len));
    TRY(select_write(t->facts->domain_aid, &select));
    TRY(payload_add(payload, written(&select)));
    get = WRITER(room);
    TRY(scp11_get_certificates_write(&key, &get));
    TRY(payload_add(payload, written(&get)));
    st->channel_state = CHANNEL_OPENING;
    st->channel_domain = (uint8_t)talk_step(t)->domain;
    return TSM_OK;
}

static enum tsm_err answer_of(struct talk *t, const json_t *answers, size_t i, struct replies *out,
                              struct rapdu *answer)
{
    static const struct plan_step strict = {.name = "SCP11"};
    struct bytes raw;
    TRY(answer_get(answers, i, &out->store, &raw));
    TRY(rapdu_read(raw, answer));
    outcome_of_sw(&strict, answer->sw, "a command of the key agreement", &t->failure);
    return TSM_OK;
}

/* The card's certificate, verified up to the authority that the caller trusts. */
enum tsm_err agreed_open_read(struct talk *t, const json_t *answers, struct replies *out)
{
    const struct talk_agreed *a = agreed_of(t);
    struct talk_state *st = t->state;
    struct gp_certificate leaf;
    struct rapdu select, store;
    struct bytes chain;
    size_t n;
    enum tsm_err e;
    if (json_array_size(answers) < 2) {
        out->fewer = true;
        return TSM_OK;
    }
    TRY(answer_of(t, answers, 0, out, &select));
    if (t->failure.reason[0])
        return TSM_OK;
    TRY(answer_of(t, answers, 1, out, &store));
    if (t->failure.reason[0])
        return TSM_OK;
    TRY(scp11_certificates_read(store.data, &chain));
    e = certificate_chain_verify(chain, &a->trust, &leaf);
    if (e == TSM_MAC_WRONG)
        return FAIL(KEY_REFUSED, "the domain's certificate does not come from the authority that is trusted");
    TRY(e);
    TRY(bytes_keep(leaf.key.point, st->point, sizeof st->point, &n));
    NEED(n == sizeof st->point, UNSUPPORTED);
    st->channel_state = CHANNEL_ANSWERED;
    out->again = true; /* the way is known; no command of the step was sent yet */
    return TSM_OK;
}

static enum tsm_err show_certificates(const struct talk_agreed *a, json_t *payload)
{
    struct pso_chain chain = {.certificates = a->certificates,
                              .ca_kvn = a->kvn,
                              .ca_kid = SCP11_KID_CA_KLOC,
                              .style = PSO_CHAIN_P1};
    struct pso_plan plan;
    TRY(pso_plan_make(&chain, &plan));
    for (size_t i = 0; i < plan.commands; i++) {
        uint8_t room[PSO_ROOM];
        struct writer w = WRITER(room);
        TRY(pso_plan_command(&plan, i, &w));
        TRY(payload_add(payload, written(&w)));
    }
    return TSM_OK;
}

enum tsm_err agreed_authenticate_next(struct talk *t, json_t *payload)
{
    const struct talk_agreed *a = agreed_of(t);
    struct talk_state *st = t->state;
    struct scp11_terms terms = terms_of(a);
    uint8_t room[PSO_ROOM];
    struct writer command = WRITER(room), sealed = WRITER(st->agreed);
    TRY(show_certificates(a, payload));
    TRY(vault_start_scp11(t->vault, &(struct scp11_start){&terms, EC_P256, number_of(st)}, &command,
                          &sealed));
    st->agreed_len = (uint16_t)sealed.len;
    st->sent = 0;
    return payload_add(payload, written(&command));
}

/* The last answer proves the card; the sealed session takes the place of the ephemeral key. */
enum tsm_err agreed_authenticate_read(struct talk *t, const json_t *answers, struct replies *out)
{
    const struct talk_agreed *a = agreed_of(t);
    struct talk_state *st = t->state;
    struct scp11_terms terms = terms_of(a);
    uint8_t session[TALK_AGREED_MAX];
    struct writer w = WRITER(session);
    struct rapdu answer = {.sw = 0};
    struct scp11_finish f = {.terms = &terms,
                             .ephemeral = agreed_keys(t),
                             .oce = a->oce,
                             .sd = {EC_P256, BYTES(st->point)},
                             .id = number_of(st)};
    size_t n = json_array_size(answers), len;
    for (size_t i = 0; i < n; i++) {
        TRY(answer_of(t, answers, i, out, &answer));
        if (t->failure.reason[0])
            return TSM_OK;
    }
    if (n == 0 || answer.data.len == 0) {
        out->fewer = true;
        return TSM_OK;
    }
    f.answer = answer.data;
    TRY(vault_open_scp11(t->vault, &f, &st->channel, &w));
    TRY(bytes_keep(written(&w), st->agreed, sizeof st->agreed, &len));
    st->agreed_len = (uint16_t)len;
    st->channel_state = CHANNEL_OPEN;
    out->again = true;
    return TSM_OK;
}
