/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data keys: 32 random bytes of the token, kept beside the kek and sealed under it, unsealed into locked
 * memory at start and turned into one sub-key per purpose. Edge. [SP 800-38D, SP 800-108 5.1 with CMAC]
 */
#include "vault/party.h"

#include <stdio.h>

enum { DATA_KEY_NAME_MAX = 16 };

static char *data_key_name(uint8_t version, char name[DATA_KEY_NAME_MAX])
{
    snprintf(name, DATA_KEY_NAME_MAX, "data-key-%u", version);
    return name;
}

/* nonce(12) | sealed key(32) | tag(16), the object's name as AAD. */
enum tsm_err data_key_make(struct token *t, uint8_t version)
{
    char name[DATA_KEY_NAME_MAX];
    uint8_t box[GCM_NONCE + DATA_KEY_LEN + GCM_TAG], *nonce;
    struct writer w = WRITER(box);
    SECRET key = {.len = DATA_KEY_LEN};
    TRY(write_slot(&w, GCM_NONCE, &nonce));
    TRY(token_random(t, nonce, GCM_NONCE));
    TRY(token_random(t, key.at, key.len));
    TRY(token_gcm_seal(
        t, (struct token_gcm){VAULT_KEK, {nonce, GCM_NONCE}, bytes_of_text(data_key_name(version, name))},
        secret_bytes(&key), &w));
    return token_data_put(t, name, written(&w));
}

/* K = CMAC(D, 1 | label | 00 | bits) | CMAC(D, 2 | label | 00 | bits), counter of one octet. */
static enum tsm_err sub_key(const struct cipher_key *d, const char *label, uint8_t out[DATA_KEY_LEN])
{
    static const uint8_t tail[] = {0x00, 0x01, 0x00}; /* separator, 256 bits */
    struct writer w = {out, 0, DATA_KEY_LEN};
    for (uint8_t i = 1; i <= DATA_KEY_LEN / CMAC_LEN; i++) {
        struct bytes parts[] = {{&i, 1}, bytes_of_text(label), BYTES(tail)};
        uint8_t *half;
        TRY(write_slot(&w, CMAC_LEN, &half));
        TRY(crypto_cmac(d, parts, 3, half));
    }
    return TSM_OK;
}

static enum tsm_err sub_keys(const struct secret *key, struct data_key *row)
{
    static const char *const labels[SEAL_PURPOSES] = {[SEAL_KEYSET] = "key sets",
                                                      [SEAL_DATA] = "personal data",
                                                      [SEAL_FILE_KEY] = "file keys",
                                                      [SEAL_POLICY] = "key policies"};
    struct worker *w;
    CIPHER_KEY d = {0};
    TRY(worker_get(&w));
    TRY(crypto_key(w->crypto, CIPHER_AES, secret_bytes(key), &d));
    for (int i = 0; i < SEAL_PURPOSES; i++)
        TRY(sub_key(&d, labels[i], row->sub[i]));
    crypto_forget(w->crypto);
    return TSM_OK;
}

static enum tsm_err read_data_key(struct token *t, uint8_t version, struct secret *key)
{
    char name[DATA_KEY_NAME_MAX];
    uint8_t box[TOKEN_DATA_MAX];
    struct writer w = WRITER(box);
    struct reader r;
    struct bytes nonce;
    TRY(token_data_get(t, data_key_name(version, name), &w));
    r = READER(written(&w));
    TRY(read_span(&r, GCM_NONCE, &nonce));
    TRY(token_gcm_open(t, (struct token_gcm){VAULT_KEK, nonce, bytes_of_text(name)}, r.left, key));
    NEED(key->len == DATA_KEY_LEN, BAD_LENGTH);
    return TSM_OK;
}

enum tsm_err data_key_load(struct vault_party *p, uint8_t version)
{
    struct data_key *row = &p->keys[version];
    SECRET key = {0};
    enum tsm_err e = TSM_OK;
    TRY(read_data_key(p->token, version, &key));
    pthread_mutex_lock(&p->loading);
    if (!atomic_load(&row->there))
        e = sub_keys(&key, row);
    if (e == TSM_OK) {
        atomic_store(&row->there, true);
        if (version > atomic_load(&p->newest))
            atomic_store(&p->newest, version);
    }
    pthread_mutex_unlock(&p->loading);
    return e;
}

enum tsm_err data_keys_load(struct vault_party *p)
{
    enum tsm_err e = TSM_OK;
    for (unsigned v = 1; v <= DATA_KEYS_MAX && e == TSM_OK; v++)
        e = data_key_load(p, (uint8_t)v);
    if (e != TSM_OK && (e != TSM_KEY_MISSING || atomic_load(&p->newest) == 0))
        return e;
    err_clear();
    return TSM_OK;
}
