/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing a party's vault, making its first keys, its masters, and the small uses of named keys.
 * Edge. [DESIGN 5] */
#include "vault/party.h"

#include <openssl/rand.h>
#include <stdio.h>

#include "vault/memory.h"
#include "vault/token/selftest/selftest.h"

void vault_close(struct vault_party *p)
{
    if (!p)
        return;
    token_close(p->token);
    pthread_mutex_destroy(&p->loading);
    locked_free(p, sizeof *p);
}

enum tsm_err vault_open(const struct vault_settings *s, struct secret *pin, struct vault_party **out)
{
    struct token_where where;
    struct vault_party *p = NULL;
    SECRET mine = *pin;
    enum tsm_err e;
    secret_wipe(pin);
    TRY(token_where_read(s->uri, &where));
    TRY(locked_new(sizeof *p, (void **)&p));
    p->laboratory = s->laboratory;
    pthread_mutex_init(&p->loading, NULL);
    e = token_open(&where, &mine, &p->token);
    if (e == TSM_OK)
        e = data_keys_load(p);
    if (e != TSM_OK) {
        vault_close(p);
        return e;
    }
    *out = p;
    return TSM_OK;
}

static enum tsm_err make_if_missing(struct token *t, const char *name, enum token_kind kind, size_t len)
{
    bool there;
    TRY(token_has(t, name, &there));
    return there ? TSM_OK : token_generate(t, name, kind, len);
}

static enum tsm_err prepare(struct token *t)
{
    enum tsm_err e;
    TRY(make_if_missing(t, VAULT_KEK, TOKEN_KEK, DATA_KEY_LEN));
    TRY(make_if_missing(t, VAULT_KEY_INTAKE, TOKEN_EC_AGREE, 0));
    TRY(make_if_missing(t, VAULT_KEY_HANDOVER, TOKEN_EC_AGREE, 0));
    TRY(make_if_missing(t, VAULT_KEY_IMPORT, TOKEN_EC_AGREE, 0));
    TRY(make_if_missing(t, VAULT_KEY_DUPLICATE, TOKEN_HMAC, SHA256_LEN));
    TRY(make_if_missing(t, VAULT_KEY_SIGNING, TOKEN_EC_SIGN, 0));
    e = data_key_make(t, 1);
    return e == TSM_UNIQUE ? TSM_OK : e;
}

enum tsm_err vault_prepare(const struct vault_settings *s, struct secret *pin)
{
    struct token_where where;
    struct token *t;
    SECRET mine = *pin;
    enum tsm_err e;
    secret_wipe(pin);
    TRY(token_where_read(s->uri, &where));
    TRY(token_open(&where, &mine, &t));
    e = prepare(t);
    token_close(t);
    return e;
}

enum tsm_err vault_rotate(struct vault_party *p, uint8_t *version)
{
    unsigned next = atomic_load(&p->newest) + 1;
    enum tsm_err e;
    if (next > DATA_KEYS_MAX)
        return FAIL(KEY_REFUSED, "all %d data key versions are used", DATA_KEYS_MAX);
    e = data_key_make(p->token, (uint8_t)next);
    if (e != TSM_OK && e != TSM_UNIQUE)
        return e;
    TRY(data_key_load(p, (uint8_t)next));
    if (e == TSM_UNIQUE)
        return FAIL(CONFLICT, "data key version %u was made by another process", next);
    *version = (uint8_t)next;
    return TSM_OK;
}

enum tsm_err vault_selftest(struct vault_party *p, json_t **out)
{
    return token_selftest(p->token, out);
}

enum tsm_err vault_random(uint8_t *out, size_t len)
{
    NEED(len <= INT32_MAX && RAND_bytes(out, (int)len) == 1, CRYPTO_FAILED);
    return TSM_OK;
}

enum tsm_err vault_has_key(struct vault_party *p, const char *name, bool *out)
{
    return token_has(p->token, name, out);
}

enum tsm_err vault_hmac(struct vault_party *p, const char *key, struct bytes data, uint8_t mac[SHA256_LEN])
{
    return token_hmac(p->token, key, data, mac);
}

enum tsm_err vault_sign(struct vault_party *p, const char *key, const uint8_t digest[SHA256_LEN],
                        uint8_t signature[EC_SIGNATURE_LEN])
{
    return token_sign(p->token, key, digest, signature);
}
