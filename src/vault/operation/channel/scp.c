/* SPDX-License-Identifier: Apache-2.0 */
/* Secure channels with sealed key sets: opened, scripts wrapped, answers opened; the session keys are made
 * again for each batch and wiped after it. Stations 7 and 10. Edge. [GPCS App. E, AmdD] */
#include "vault/operation/inside.h"

enum tsm_err use_keyset(struct vault_party *p, struct worker *w, struct sealed_keyset keys, uint8_t protocol)
{
    TRY(keyset_unseal(p, keys, protocol, &w->keys));
    TRY(keyset_cipher(&w->keys, KEY_ENC, w->crypto, &w->statics.enc));
    TRY(keyset_cipher(&w->keys, KEY_MAC, w->crypto, &w->statics.mac));
    return keyset_cipher(&w->keys, KEY_DEK, w->crypto, &w->statics.dek);
}

/* A challenge that the card drew at random cannot be checked and needs no check. */
static enum tsm_err check_challenge(const struct worker *w, const struct scp_opening *o)
{
    enum tsm_err e = o->aid.len ? channel_check_challenge(o->answer, &w->statics, o->aid) : TSM_OK;
    return e == TSM_UNSUPPORTED ? TSM_OK : e;
}

enum tsm_err vault_open_scp(struct vault_party *p, const struct scp_opening *o, struct channel *out,
                            struct writer *external_authenticate)
{
    struct channel ch;
    WORKER(w);
    TRY(use_keyset(p, w, o->keys, o->answer->protocol));
    TRY(channel_open(o->answer, o->host_challenge, &w->statics, o->level, &ch, &w->session));
    TRY(check_challenge(w, o));
    ch.quirks = o->quirks;
    TRY(channel_authenticate(&ch, &w->session, external_authenticate));
    *out = ch;
    return TSM_OK;
}

enum tsm_err use_channel(struct vault_party *p, struct worker *w, struct sealed_keyset keys,
                         const struct channel *ch)
{
    if (ch->protocol == SCP11)
        return use_session(p, w, keys); /* agreed once, cannot be made again */
    TRY(use_keyset(p, w, keys, ch->protocol));
    return channel_rederive(ch, &w->statics, &w->session);
}

static enum tsm_err wrap_all(const struct worker *w, struct channel *ch, const struct scp_commands *batch,
                             struct writer *out)
{
    for (size_t i = 0; i < batch->n; i++) {
        size_t from = out->len;
        TRY(channel_wrap(ch, &w->session, &batch->plain[i], out, &batch->expect[i]));
        batch->wrapped[i] = written_since(out, from);
    }
    return TSM_OK;
}

enum tsm_err vault_wrap_scp(struct vault_party *p, struct sealed_keyset keys, struct channel *ch,
                            const struct scp_commands *batch)
{
    struct channel moved = *ch;
    struct writer out = *batch->out;
    WORKER(w);
    TRY(use_channel(p, w, keys, ch));
    TRY(wrap_all(w, &moved, batch, &out));
    *ch = moved;
    *batch->out = out;
    return TSM_OK;
}

enum tsm_err vault_unwrap_scp(struct vault_party *p, struct sealed_keyset keys, struct channel *ch,
                              struct scp_answers *batch)
{
    WORKER(w);
    batch->done = 0;
    TRY(use_channel(p, w, keys, ch));
    for (size_t i = 0; i < batch->n; i++) {
        size_t from = batch->out->len;
        uint16_t sw;
        TRY(channel_unwrap(ch, &w->session, &batch->expect[i], batch->answer[i], batch->out, &sw));
        batch->opened[i] = (struct rapdu){written_since(batch->out, from), sw};
        batch->done = i + 1;
    }
    return TSM_OK;
}
