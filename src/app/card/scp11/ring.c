/* SPDX-License-Identifier: Apache-2.0 */
/* The agreement with keys in memory or in the vault. Stations 7 and 10. App. [AmdF 3.1, 7.6] */
#include "app/card/scp11/scp11.h"

enum tsm_err ring_start(struct scp11_run *r, struct writer *authenticate)
{
    enum ec_curve curve = r->domain.key.curve ? r->domain.key.curve : r->oce.there ? r->oce.curve : EC_P256;
    struct scp11_start start = {.terms = &r->terms, .curve = curve};
    r->sealed = WRITER(r->sealed_room);
    if (r->c->ring.vault)
        return vault_start_scp11(r->c->ring.vault, &start, authenticate, &r->sealed);
    TRY(ephemeral_make(curve, &r->ephemeral));
    return scp11_authenticate_write(&r->terms, BYTES_OF(r->ephemeral.point, r->ephemeral.point_len),
                                    authenticate);
}

static enum tsm_err finish_in_memory(struct scp11_run *r, struct bytes answer, const struct card_keyset *dek)
{
    struct card_channel *ch = &r->c->channel;
    struct scp11_opening o = {.terms = &r->terms,
                              .ephemeral = &r->ephemeral.key,
                              .ephemeral_point = BYTES_OF(r->ephemeral.point, r->ephemeral.point_len),
                              .oce = r->oce.there ? &r->oce.key : NULL,
                              .sd = r->domain.key};
    TRY(scp11_open(r->c->ring.crypto, &o, answer, &ch->state, &ch->session));
    return dek->there ? keyset_cipher(&dek->clear, KEY_DEK, r->c->ring.crypto, &ch->session.dek) : TSM_OK;
}

static enum tsm_err finish_in_vault(struct scp11_run *r, struct bytes answer, const struct card_keyset *dek)
{
    struct card_channel *ch = &r->c->channel;
    struct writer session = WRITER(ch->sealed_room);
    struct scp11_finish f = {.terms = &r->terms,
                             .ephemeral = {.blob = written(&r->sealed)},
                             .oce = r->oce.name,
                             .sd = r->domain.key,
                             .answer = answer,
                             .dek = dek->there ? dek->sealed.sealed : (struct sealed_keyset){0}};
    TRY(vault_open_scp11(r->c->ring.vault, &f, &ch->state, &session));
    ch->sealed = (struct sealed_keyset){.blob = written(&session)};
    return TSM_OK;
}

/* The static Key-DEK alone counts of a set that --dek or --keyset names [AmdF 5.2]. */
static enum tsm_err find_dek(struct scp11_run *r, struct card_keyset *out)
{
    struct key_source s = r->c->args->key;
    struct keyset_wish wish = {.protocol = SCP03, .kvn = r->terms.kvn};
    enum tsm_err e;
    if (!key_source_given(&s))
        return TSM_OK;
    for (size_t n = 0; s.given[CARD_KEYS - 1] && n + 1 < CARD_KEYS; n++) {
        s.part[n] = s.part[CARD_KEYS - 1];
        s.given[n] = true;
    }
    e = keyring_find(&r->c->ring, &s, &wish, out);
    explicit_bzero(&s, sizeof s);
    return e;
}

enum tsm_err ring_finish(struct scp11_run *r, struct bytes answer)
{
    struct card_keyset dek = {.there = false};
    enum tsm_err e = find_dek(r, &dek);
    if (e == TSM_OK)
        e = r->c->ring.vault ? finish_in_vault(r, answer, &dek) : finish_in_memory(r, answer, &dek);
    r->c->channel.dek_unknown = r->key_dek && !dek.there;
    r->c->keys.form = (struct keyset_form){SCP11, r->terms.kvn, CIPHER_AES, r->terms.key_len};
    card_keyset_wipe(&dek);
    return e;
}
