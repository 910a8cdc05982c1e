/* SPDX-License-Identifier: Apache-2.0 */
/* A script in SCP80 packets: one counter a packet, the proof of receipt opened. Stations 7, 8, 10. Edge.
 * [TS 102 225] */
#include "link/talk/inside.h"
#include "ota/packet/spi.h"
#include "ota/remote/remote.h"
#include "vault/operation/operation.h"

enum { PACKET_MAX = 1024 };

static const struct talk_key *key_of(const struct talk *t, const struct scene *s)
{
    return &t->key[s->step->domain];
}

static struct scp80_command command_of(const struct talk *t, const struct scene *s, uint64_t counter,
                                       struct bytes data)
{
    const struct se_profile *p = t->facts->profile;
    uint8_t kvn = (uint8_t)(key_of(t, s)->kvn << 4);
    uint32_t tar = s->step->domain == IN_ISSUER ? 0 : t->facts->tar;
    return (struct scp80_command){.spi = {(uint8_t)p->spi1, (uint8_t)p->spi2},
                                  .kic = (uint8_t)(kvn | p->kic_alg),
                                  .kid = (uint8_t)(kvn | p->kid_alg),
                                  .tar = {(uint8_t)(tar >> 16), (uint8_t)(tar >> 8), (uint8_t)tar},
                                  .counter = counter,
                                  .cc_len = (uint8_t)p->cc_len,
                                  .data = data};
}

static enum tsm_err take_counter(struct tx *tx, struct talk_state *st, int64_t keyset, uint64_t *counter)
{
    if (st->jump)
        TRY(db_exec(tx, SQL_COUNTER_JUMP, keyset, (int64_t)TALK_COUNTER_JUMP));
    st->jump = 0;
    TRY(db_exec(tx, SQL_COUNTER_TAKE, keyset));
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_COUNTER_TAKEN, keyset));
    *counter = (uint64_t)db_int(&r, 0);
    if (*counter >= SCP80_COUNTER_ALARM)
        return FAIL(COUNTER_DEAD, "the counter of key set %lld passed its alarm mark", (long long)keyset);
    return TSM_OK;
}

enum tsm_err packet_next(struct talk *t, struct tx *tx, const struct scene *s, json_t *payload)
{
    struct talk_state *st = t->state;
    uint8_t data[PACKET_MAX], packet[PACKET_MAX];
    struct writer d = WRITER(data), w = WRITER(packet);
    struct bytes room[PACKET_COMMANDS_MAX];
    size_t len, n = packet_commands(t, s, st->position, &len);
    struct remote_script script = packet_script(t, s, st->position, n, room);
    struct scp80_job job = {.keys = key_of(t, s)->sealed};
    if (n == 0)
        return FAIL(NEEDS_BETTER_LINK, "%s: one command is longer than %lld short messages carry",
                    s->step->name, (long long)t->facts->profile->segments);
    NEED(key_of(t, s)->kvn != 0, KEY_MISSING);
    TRY(remote_write(&script, &d));
    TRY(take_counter(tx, st, key_of(t, s)->id, &st->counter));
    job.command = command_of(t, s, st->counter, written(&d));
    TRY(vault_wrap_scp80(t->vault, &job, 1, &w));
    TRY(job.err);
    st->sent = (uint16_t)n;
    return payload_add(payload, job.packet);
}

/* "Counter low": the card has this counter behind it. Either our first copy was executed and its proof was
 * lost, or the card has seen more than we know (a restored database). In the middle of a step the former is
 * assumed, and its end asks the card. Else the outcome is unknown, and the next packet jumps ahead. */
static void counter_low(struct talk *t, const struct scene *s, struct replies *out)
{
    struct talk_state *st = t->state;
    t->failure.reason[0] = 0;
    out->assumed =
        st->phase == TALK_COMMANDS && s->step->changes_card && (size_t)st->position + st->sent < s->script.n;
    if (out->assumed)
        return;
    st->jump = 1;
    out->fewer = true;
}

/* Anybody can send a short message that looks like a proof. */
static bool is_no_proof(enum tsm_err e)
{
    return e == TSM_MAC_WRONG || e == TSM_BAD_VALUE || e == TSM_BAD_LENGTH || e == TSM_SHORT_INPUT ||
           e == TSM_TRAILING_BYTES;
}

/* A late proof of an older packet, or a success without the checksum that was asked for: refusals may come
 * bare, since a card that cannot read the packet cannot protect its answer. */
static bool is_strange(const struct scp80_command *sent, const struct scp80_response *r)
{
    unsigned asked = (sent->spi[1] & SPI2_POR_INTEGRITY) >> SPI2_POR_INTEGRITY_SHIFT;
    return r->secured ? r->counter != sent->counter : asked == INTEGRITY_CC && r->status == POR_OK;
}

/* What a card says to a packet under keys that it does not have. Anybody can say it in its place. */
static bool no_such_keys(uint8_t status)
{
    return status == POR_CHECKSUM_FAILED || status == POR_CIPHERING_ERROR || status == POR_SECURITY_ERROR;
}

/* Opens the proof; *ours false: the real one may still come. */
static enum tsm_err open_proof(struct talk *t, const struct scene *s, struct por_job *job,
                               struct writer *store, bool *ours)
{
    struct scp80_command sent = command_of(t, s, t->state->counter, BYTES_NONE);
    job->keys = key_of(t, s)->sealed;
    job->terms =
        (struct por_terms){.spi2 = sent.spi[1], .kic = sent.kic, .kid = sent.kid, .cc_len = sent.cc_len};
    TRY(vault_unwrap_por(t->vault, job, 1, store));
    if (job->err != TSM_OK && !is_no_proof(job->err))
        return job->err;
    *ours = job->err == TSM_OK && !is_strange(&sent, &job->response);
    return TSM_OK;
}

enum tsm_err packet_read(struct talk *t, const struct scene *s, const json_t *answers, struct replies *out)
{
    struct por_job job = {.err = TSM_OK};
    bool ours;
    TRY(answer_get(answers, 0, &out->store, &job.body));
    TRY(open_proof(t, s, &job, &out->store, &ours));
    if (!ours) {
        out->listen = true;
        return TSM_OK;
    }
    switch (outcome_of_por(job.response.status, job.response.secured, t->state->counter, &t->failure)) {
    case POR_WAIT:
        out->listen = true;
        return TSM_OK;
    case POR_FAIL:
        t->denied = no_such_keys(job.response.status);
        if (job.response.status == POR_COUNTER_LOW)
            counter_low(t, s, out);
        return TSM_OK;
    case POR_GO_ON:
        break;
    }
    TRY(packet_answers(t, s, job.response.data, out));
    out->fewer = out->n < t->state->sent;
    return TSM_OK;
}
