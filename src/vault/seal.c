/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing and unsealing under the data keys: key sets, personal data, file keys. Stations 3, 5, 7, 10. Edge.
 * [SP 800-38D] */
#include "vault/party.h"

/* A version that is not here may have been made by another process since. */
static enum tsm_err sub_key_of(struct vault_party *p, struct crypto *c, struct seal_place at,
                               unsigned version, struct cipher_key *out)
{
    NEED(version != 0 && version <= DATA_KEYS_MAX, KEY_MISSING);
    if (!atomic_load_explicit(&p->keys[version].there, memory_order_acquire))
        TRY(data_key_load(p, (uint8_t)version));
    return crypto_key(c, CIPHER_AES, BYTES(p->keys[version].sub[at.purpose]), out);
}

static enum tsm_err seal_with(struct crypto *c, struct vault_party *p, struct seal_place at,
                              struct bytes plain, struct writer *blob)
{
    uint8_t id[8], *nonce, *body, *tag;
    struct writer w = *blob, idw = WRITER(id);
    unsigned version = atomic_load(&p->newest);
    CIPHER_KEY key = {0};
    NEED(plain.len <= SEAL_PLAIN_MAX, TOO_LONG);
    TRY(sub_key_of(p, c, at, version, &key));
    TRY(write_u64(&idw, at.id));
    TRY(write_u8(&w, version));
    TRY(write_slot(&w, GCM_NONCE, &nonce));
    TRY(write_slot(&w, plain.len, &body));
    TRY(write_slot(&w, GCM_TAG, &tag));
    TRY(vault_random(nonce, GCM_NONCE));
    TRY(crypto_gcm_seal(&key, (struct gcm){{nonce, GCM_NONCE}, BYTES(id)}, plain, body, tag));
    *blob = w;
    return TSM_OK;
}

static enum tsm_err unseal_with(struct crypto *c, struct vault_party *p, struct seal_place at,
                                struct bytes blob, struct writer *plain)
{
    uint8_t id[8], version, *body;
    struct writer w = *plain, idw = WRITER(id);
    struct reader r = READER(blob);
    struct bytes nonce, cipher, tag;
    CIPHER_KEY key = {0};
    NEED(blob.len >= SEAL_OVERHEAD && blob.len <= SEAL_OVERHEAD + SEAL_PLAIN_MAX, BAD_LENGTH);
    TRY(write_u64(&idw, at.id));
    TRY(read_u8(&r, &version));
    TRY(read_span(&r, GCM_NONCE, &nonce));
    TRY(read_span(&r, r.left.len - GCM_TAG, &cipher));
    TRY(read_span(&r, GCM_TAG, &tag));
    TRY(sub_key_of(p, c, at, version, &key));
    TRY(write_slot(&w, cipher.len, &body));
    TRY(crypto_gcm_open(&key, (struct gcm){nonce, BYTES(id)}, cipher, tag.at, body));
    *plain = w;
    return TSM_OK;
}

enum tsm_err seal_put(struct vault_party *p, struct seal_place at, struct bytes plain, struct writer *blob)
{
    struct worker *w;
    TRY(worker_get(&w));
    return seal_with(w->crypto, p, at, plain, blob);
}

enum tsm_err seal_get(struct vault_party *p, struct seal_place at, struct bytes blob, struct writer *plain)
{
    struct worker *w;
    TRY(worker_get(&w));
    return unseal_with(w->crypto, p, at, blob, plain);
}

enum tsm_err vault_seal(struct vault_party *p, uint64_t id, struct bytes plain, struct writer *blob)
{
    return seal_put(p, (struct seal_place){SEAL_KEYSET, id}, plain, blob);
}

enum tsm_err vault_unseal(struct vault_party *p, uint64_t id, struct bytes blob, struct writer *plain)
{
    return seal_get(p, (struct seal_place){SEAL_KEYSET, id}, blob, plain);
}

enum tsm_err vault_seal_data(struct vault_party *p, uint64_t id, struct bytes plain, struct writer *blob)
{
    WORKER(w);
    return seal_with(w->crypto, p, (struct seal_place){SEAL_DATA, id}, plain, blob);
}

enum tsm_err vault_unseal_data(struct vault_party *p, uint64_t id, struct bytes blob, struct writer *plain)
{
    WORKER(w);
    return unseal_with(w->crypto, p, (struct seal_place){SEAL_DATA, id}, blob, plain);
}

uint8_t vault_blob_version(struct bytes blob)
{
    return blob.len ? blob.at[0] : 0;
}

enum tsm_err keyset_seal(struct vault_party *p, uint64_t id, const struct keyset *k, struct writer *blob)
{
    struct worker *w;
    struct writer plain;
    enum tsm_err e;
    TRY(worker_get(&w));
    plain = WRITER(w->plain);
    TRY(keyset_write(k, &plain));
    e = vault_seal(p, id, written(&plain), blob);
    explicit_bzero(w->plain, plain.len);
    return e;
}

enum tsm_err keyset_unseal(struct vault_party *p, struct sealed_keyset from, uint8_t protocol,
                           struct keyset *out)
{
    struct worker *w;
    struct writer plain;
    enum tsm_err e;
    TRY(worker_get(&w));
    plain = WRITER(w->plain);
    e = vault_unseal(p, from.id, from.blob, &plain);
    if (e == TSM_OK)
        e = keyset_read(written(&plain), out);
    explicit_bzero(w->plain, plain.len);
    TRY(e);
    if (protocol && out->protocol != protocol)
        return FAIL(KEY_REFUSED, "the key set is one of protocol %02X, not %02X", out->protocol, protocol);
    return TSM_OK;
}

enum tsm_err vault_reseal(struct vault_party *p, struct sealed_keyset old, struct writer *blob)
{
    WORKER(w);
    TRY(keyset_unseal(p, old, 0, &w->keys));
    return keyset_seal(p, old.id, &w->keys, blob);
}
