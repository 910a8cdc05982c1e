/* SPDX-License-Identifier: Apache-2.0 */
/* A domain's first keys agreed with the CASD of its card. Stations 5 and 7. Edge. [gp/casd/casd.h] */
#include "vault/operation/casd.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "vault/operation/inside.h"

enum { MODULUS_MIN = 256, MODULUS_MAX = 512, EXPONENT_MAX = 4 };

_Static_assert((int)CASD_KEYS == (int)KEYSET_KEYS, "the CASD gives the keys of a set");

enum tsm_err vault_start_casd(struct vault_party *p, const struct casd_start *s, struct writer *dgis,
                              struct writer *ephemeral)
{
    struct writer groupings = *dgis;
    struct casd_request r = {.terms = s->terms};
    WORKER(w);
    NEED(s->terms->scenario == CASD_PULL_AGREED, UNSUPPORTED);
    TRY(ephemeral_make(s->curve, &w->ephemeral));
    r.ephemeral = (struct ec_public){s->curve, BYTES_OF(w->ephemeral.point, w->ephemeral.point_len)};
    TRY(casd_request_write(&r, &groupings));
    TRY(seal_ephemeral(p, w, s->id, ephemeral));
    *dgis = groupings;
    return TSM_OK;
}

enum tsm_err vault_take_casd(struct vault_party *p, const struct casd_finish *f, struct keyset_target to)
{
    struct casd_agreement a = {.terms = f->terms, .peer = f->casd};
    const struct keyset_form form = {PROTOCOL_SCP03, f->terms->kvn, CIPHER_AES, f->terms->key_len};
    CASD_SET keys = {0};
    WORKER(w);
    TRY(use_ephemeral(p, w, f->ephemeral));
    a.own = &w->ephemeral.key;
    TRY(casd_derive(w->crypto, &a, f->answer, &keys));
    keyset_set_form(&w->fresh, &form);
    for (int i = 0; i < KEYSET_KEYS; i++)
        w->fresh.key[i] = keys.key[i];
    return keyset_give(p, w, to);
}

/* The library takes numbers in the machine's own order of octets. */
static void native_order(struct bytes number, uint8_t *out)
{
    for (size_t i = 0; i < number.len; i++)
        out[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? number.len - 1 - i : i] = number.at[i];
}

static EVP_PKEY *rsa_key(const struct gp_certificate *c)
{
    uint8_t n[MODULUS_MAX], e[EXPONENT_MAX];
    OSSL_PARAM params[3];
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    native_order(c->modulus, n);
    native_order(c->exponent, e);
    params[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, c->modulus.len);
    params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, c->exponent.len);
    params[2] = OSSL_PARAM_construct_end();
    if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static bool encrypt_oaep(EVP_PKEY *key, struct bytes plain, uint8_t *out, size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool done = ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
                EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
                EVP_PKEY_encrypt(ctx, out, len, plain.at, plain.len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return done;
}

/* The keys in a row from the bench's scratch, under the card's key. */
static enum tsm_err encrypt_keys(struct worker *w, const struct gp_certificate *c, uint8_t *out, size_t *len)
{
    struct writer plain = WRITER(w->plain);
    EVP_PKEY *key;
    bool done;
    for (int i = 0; i < KEYSET_KEYS; i++)
        TRY(write_span(&plain, secret_bytes(&w->fresh.key[i])));
    key = rsa_key(c);
    done = key && encrypt_oaep(key, written(&plain), out, len);
    EVP_PKEY_free(key);
    NEED(done, CRYPTO_FAILED);
    return TSM_OK;
}

enum tsm_err vault_push_casd(struct vault_party *p, const struct casd_push *push, struct writer *dgis)
{
    const struct gp_certificate *c = push->casd;
    struct casd_request r = {.terms = push->terms};
    uint8_t room[MODULUS_MAX];
    size_t len = sizeof room;
    WORKER(w);
    NEED(push->terms->scenario == CASD_PUSH, BAD_VALUE);
    NEED(c->uses & CERTIFICATE_DECIPHERS && c->modulus.len >= MODULUS_MIN && c->modulus.len <= MODULUS_MAX,
         KEY_REFUSED);
    NEED(c->exponent.len >= 1 && c->exponent.len <= EXPONENT_MAX, KEY_REFUSED);
    TRY(keyset_unseal(p, push->keys, 0, &w->fresh));
    NEED(w->fresh.alg == CIPHER_AES && w->fresh.kvn == push->terms->kvn &&
             w->fresh.key_len == push->terms->key_len,
         BAD_VALUE);
    TRY(encrypt_keys(w, c, room, &len));
    r.encrypted = BYTES_OF(room, len);
    return casd_request_write(&r, dgis);
}
