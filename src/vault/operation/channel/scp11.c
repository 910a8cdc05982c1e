/* SPDX-License-Identifier: Apache-2.0 */
/* Secure channels SCP11 with keys in the token and sealed ones. Stations 5, 7 and 10. Edge. [AmdF 4.1] */
#include "vault/operation/channel/scp11.h"

#include "vault/operation/inside.h"

enum { SEALED_EPHEMERAL = 0xE1, SEALED_SESSION = SCP11, KEYS = 4 };

enum tsm_err vault_make_oce(struct vault_party *p, const char *name)
{
    return token_generate(p->token, name, TOKEN_EC_AGREE, 0);
}

enum tsm_err vault_oce_public(struct vault_party *p, const char *name, uint8_t point[VAULT_OCE_POINT])
{
    return token_public(p->token, name, point);
}

/* Seals what was written to the bench's scratch, and wipes that. */
static enum tsm_err seal_scratch(struct vault_party *p, struct worker *w, size_t len, uint64_t id,
                                 struct writer *blob)
{
    enum tsm_err e = vault_seal(p, id, BYTES_OF(w->plain, len), blob);
    explicit_bzero(w->plain, sizeof w->plain);
    return e;
}

/* Unseals to the scratch; KEY_REFUSED when it is another kind of blob. */
static enum tsm_err unseal_scratch(struct vault_party *p, struct worker *w, struct sealed_keyset from,
                                   uint8_t kind, struct reader *out)
{
    struct writer plain = WRITER(w->plain);
    uint8_t is;
    TRY(vault_unseal(p, from.id, from.blob, &plain));
    *out = (struct reader){written(&plain)};
    TRY(read_u8(out, &is));
    NEED(is == kind, KEY_REFUSED);
    return TSM_OK;
}

/* The kind, the curve, d, the point. */
enum tsm_err seal_ephemeral(struct vault_party *p, struct worker *w, uint64_t id, struct writer *blob)
{
    const struct ephemeral *k = &w->ephemeral;
    struct writer plain = WRITER(w->plain);
    TRY(write_u8(&plain, SEALED_EPHEMERAL));
    TRY(write_u8(&plain, (unsigned)k->curve));
    TRY(write_span(&plain, secret_bytes(&k->d)));
    TRY(write_span(&plain, BYTES_OF(k->point, k->point_len)));
    return seal_scratch(p, w, plain.len, id, blob);
}

enum tsm_err vault_start_scp11(struct vault_party *p, const struct scp11_start *s,
                               struct writer *authenticate, struct writer *ephemeral)
{
    struct writer command = *authenticate;
    WORKER(w);
    TRY(scp11_check(s->terms));
    TRY(ephemeral_make(s->curve, &w->ephemeral));
    TRY(scp11_authenticate_write(s->terms, BYTES_OF(w->ephemeral.point, w->ephemeral.point_len), &command));
    TRY(seal_ephemeral(p, w, s->id, ephemeral));
    *authenticate = command;
    return TSM_OK;
}

enum tsm_err use_ephemeral(struct vault_party *p, struct worker *w, struct sealed_keyset from)
{
    struct ephemeral *k = &w->ephemeral;
    struct reader r;
    uint8_t curve;
    TRY(unseal_scratch(p, w, from, SEALED_EPHEMERAL, &r));
    TRY(read_u8(&r, &curve));
    k->curve = (enum ec_curve)curve;
    NEED(ec_side(k->curve) != 0, UNSUPPORTED);
    k->d.len = ec_side(k->curve);
    TRY(read_copy(&r, k->d.len, k->d.at));
    k->point_len = 1 + 2 * k->d.len;
    TRY(read_copy(&r, k->point_len, k->point));
    TRY(read_end(&r));
    explicit_bzero(w->plain, sizeof w->plain);
    return ec_private_of(k->curve, secret_bytes(&k->d), &k->key);
}

/* The token's pairs for agreement are on P-256 (token/kinds.c), and ec_agree has looked at the peer. */
static enum tsm_err token_agree(const struct ec_private *k, struct bytes peer, struct secret *x)
{
    NEED(peer.len == EC_POINT_LEN, BAD_LENGTH);
    return token_ecdh(k->owner, k->name, peer.at, x);
}

static const struct ec_ops token_ops = {.agree = token_agree};

static enum tsm_err write_session(const struct session_keys *s, struct writer *w)
{
    const struct cipher_key *const keys[KEYS] = {&s->enc, &s->mac, &s->rmac, &s->dek};
    TRY(write_u8(w, SEALED_SESSION));
    TRY(write_u8(w, (unsigned)s->enc.value.len));
    for (int i = 0; i < KEYS; i++)
        TRY(write_span(w, secret_bytes(&keys[i]->value)));
    return TSM_OK;
}

enum tsm_err use_session(struct vault_party *p, struct worker *w, struct sealed_keyset from)
{
    struct cipher_key *const keys[KEYS] = {&w->session.enc, &w->session.mac, &w->session.rmac,
                                           &w->session.dek};
    struct reader r;
    struct bytes value;
    uint8_t len;
    TRY(unseal_scratch(p, w, from, SEALED_SESSION, &r));
    TRY(read_u8(&r, &len));
    for (int i = 0; i < KEYS; i++) {
        TRY(read_span(&r, len, &value));
        TRY(crypto_key(w->crypto, CIPHER_AES, value, keys[i]));
    }
    TRY(read_end(&r));
    explicit_bzero(w->plain, sizeof w->plain);
    return TSM_OK;
}

/* The domain's own DEK in place of the session's [AmdF 5.2]. */
static enum tsm_err use_static_dek(struct vault_party *p, struct worker *w, struct sealed_keyset dek,
                                   size_t key_len)
{
    if (dek.blob.len == 0)
        return TSM_OK;
    TRY(keyset_unseal(p, dek, 0, &w->keys));
    NEED(w->keys.alg == CIPHER_AES && w->keys.key_len == key_len, KEY_REFUSED);
    return keyset_cipher(&w->keys, KEY_DEK, w->crypto, &w->session.dek);
}

enum tsm_err vault_open_scp11(struct vault_party *p, const struct scp11_finish *f, struct channel *out,
                              struct writer *session)
{
    const struct ec_private oce = {.ops = &token_ops, .curve = EC_P256, .owner = p->token, .name = f->oce};
    struct scp11_opening o = {.terms = f->terms, .oce = f->oce ? &oce : NULL, .sd = f->sd};
    struct channel ch;
    struct writer plain;
    WORKER(w);
    TRY(use_ephemeral(p, w, f->ephemeral));
    o.ephemeral = &w->ephemeral.key;
    o.ephemeral_point = BYTES_OF(w->ephemeral.point, w->ephemeral.point_len);
    if (f->answer.len)
        TRY(scp11_open(w->crypto, &o, f->answer, &ch, &w->session));
    else
        TRY(scp11_prepare(w->crypto, &o, &ch, &w->session));
    TRY(use_static_dek(p, w, f->dek, f->terms->key_len));
    plain = WRITER(w->plain);
    TRY(write_session(&w->session, &plain));
    TRY(seal_scratch(p, w, plain.len, f->id, session));
    *out = ch;
    return TSM_OK;
}
