/* SPDX-License-Identifier: Apache-2.0 */
/* New keys and sensitive data under the DEK of the current key set, packed without the caller seeing a key.
 * Stations 5 and 7. Edge. [GPCS 11.8.2.3, 11.11.4; AmdD 6.2.8; TS 102 226 8.2.1.5] */
#include "gp/keys/wrapkey.h"
#include "vault/operation/inside.h"

enum tsm_err use_dek(struct vault_party *p, struct worker *w, struct dek_place place,
                     const struct cipher_key **dek)
{
    if (place.channel) {
        TRY(use_channel(p, w, place.keys, place.channel));
        *dek = &w->session.dek;
        return TSM_OK;
    }
    TRY(use_keyset(p, w, place.keys, PROTOCOL_SCP80));
    *dek = &w->statics.dek;
    return TSM_OK;
}

/* Pads in the output and encrypts there; wiped when it fails. */
static enum tsm_err encrypt_padded(const struct cipher_key *dek, struct bytes plain, struct writer *out)
{
    size_t from = out->len;
    struct bytes block;
    TRY(write_span(out, plain));
    TRY(pad_80(out, from, cipher_block(dek)));
    block = written_since(out, from);
    if (dek->alg == CIPHER_AES)
        return crypto_cbc(dek, ENCRYPT, NULL, block, (uint8_t *)(uintptr_t)block.at);
    return crypto_ecb(dek, ENCRYPT, block, (uint8_t *)(uintptr_t)block.at);
}

enum tsm_err encrypt_data(const struct cipher_key *dek, struct dek_data data, struct writer *out)
{
    size_t from = out->len;
    enum tsm_err e;
    if (!data.pad) {
        NEED(data.plain.len % cipher_block(dek) == 0, BAD_LENGTH);
        return gp_wrap_key(dek, data.plain, out);
    }
    e = encrypt_padded(dek, data.plain, out);
    if (e != TSM_OK)
        write_forget(out, from);
    return e;
}

enum tsm_err vault_dek_encrypt(struct vault_party *p, struct dek_place dek, struct dek_data data,
                               struct writer *out)
{
    const struct cipher_key *key;
    WORKER(w);
    TRY(use_dek(p, w, dek, &key));
    return encrypt_data(key, data, out);
}

enum tsm_err vault_put_key_body(struct vault_party *p, const struct new_keys *k, struct writer *body,
                                struct writer *answer)
{
    const struct cipher_key *dek;
    struct gp_new_keys fields = {
        .layout = k->layout, .kcv_rule = k->kcv_rule, .count = k->count ? k->count : KEYSET_KEYS};
    NEED(fields.count <= KEYSET_KEYS, BAD_VALUE);
    WORKER(w);
    TRY(use_dek(p, w, k->dek, &dek));
    TRY(keyset_unseal(p, k->fresh, 0, &w->fresh));
    fields.kvn = w->fresh.kvn;
    fields.alg = (enum cipher_alg)w->fresh.alg;
    for (int i = 0; i < KEYSET_KEYS; i++)
        fields.value[i] = secret_bytes(&w->fresh.key[i]);
    return putkey_write(&fields, dek, body, answer);
}

enum tsm_err vault_store_keys_body(struct vault_party *p, const struct new_keys *k,
                                   const struct store_form *form, struct writer *body)
{
    const struct cipher_key *dek;
    struct store_keys keys = {.dialect = form->dialect,
                              .access = form->access,
                              .purpose = form->purpose,
                              .kcv_rule = k->kcv_rule,
                              .count = KEYSET_KEYS};
    WORKER(w);
    TRY(use_dek(p, w, k->dek, &dek));
    TRY(keyset_unseal(p, k->fresh, 0, &w->fresh));
    keys.kvn = w->fresh.kvn;
    keys.alg = (enum cipher_alg)w->fresh.alg;
    keys.key_len = w->fresh.key_len;
    for (int i = 0; i < KEYSET_KEYS; i++)
        keys.key[i] = (struct store_key){.kid = (uint8_t)(GP_KEY_ENC + i),
                                         .usage = form->usage[i],
                                         .value = secret_bytes(&w->fresh.key[i])};
    return storekeys_write(&keys, dek, body);
}
