/* SPDX-License-Identifier: Apache-2.0 */
/* Secured packets and proofs of receipt for many cards in one call: each card's keys live for its own packet
 * only. Stations 7, 8, 10. Edge. [TS 102 225 5.1, 5.2] */
#include "vault/operation/inside.h"

static enum tsm_err packet_keys(struct vault_party *p, struct worker *w, struct sealed_keyset from,
                                struct scp80_keys *out)
{
    TRY(keyset_unseal(p, from, PROTOCOL_SCP80, &w->keys));
    TRY(keyset_cipher(&w->keys, KEY_ENC, w->crypto, &out->kic));
    return keyset_cipher(&w->keys, KEY_MAC, w->crypto, &out->kid);
}

static enum tsm_err wrap_one(struct vault_party *p, struct worker *w, struct scp80_job *job,
                             struct writer *out)
{
    size_t from = out->len;
    TRY(packet_keys(p, w, job->keys, &w->packet));
    TRY(scp80_wrap(&job->command, &w->packet, out));
    job->packet = written_since(out, from);
    return TSM_OK;
}

enum tsm_err vault_wrap_scp80(struct vault_party *p, struct scp80_job *jobs, size_t n, struct writer *out)
{
    WORKER(w);
    for (size_t i = 0; i < n; i++) {
        jobs[i].packet = BYTES_NONE;
        jobs[i].err = wrap_one(p, w, &jobs[i], out);
    }
    return TSM_OK;
}

static enum tsm_err open_one(struct vault_party *p, struct worker *w, struct por_job *job, struct writer *out)
{
    TRY(packet_keys(p, w, job->keys, &w->packet));
    return por_unwrap(job->body, job->terms, &w->packet, &job->response, out);
}

enum tsm_err vault_unwrap_por(struct vault_party *p, struct por_job *jobs, size_t n, struct writer *out)
{
    WORKER(w);
    for (size_t i = 0; i < n; i++)
        jobs[i].err = open_one(p, w, &jobs[i], out);
    return TSM_OK;
}
