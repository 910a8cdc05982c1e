/* SPDX-License-Identifier: Apache-2.0 */
/* What keys in a token do: seal, authenticate, sign, agree, random. Edge. [PKCS#11 v2.40 5.8 to 5.14] */
#include "vault/token/inside.h"

#include <string.h>

struct use {
    struct bytes in, iv, aad;
    uint8_t *out;
    CK_ULONG out_len; /* room before, length after */
    CK_MECHANISM_TYPE how;
};

static CK_RV run_random(const struct lease *l, void *arg)
{
    struct use *u = arg;
    return l->f->C_GenerateRandom(l->session, u->out, u->out_len);
}

enum tsm_err token_random(struct token *t, uint8_t *out, size_t len)
{
    struct use u = {.out = out, .out_len = len};
    return token_run(t, &(struct token_call){"C_GenerateRandom", run_random, &u, TOKEN_NO_KEY});
}

static CK_GCM_PARAMS gcm_params(const struct use *u)
{
    enum { BITS = 8 };
    return (CK_GCM_PARAMS){.pIv = ck_bytes(u->iv),
                           .ulIvLen = u->iv.len,
                           .ulIvBits = u->iv.len * BITS,
                           .pAAD = ck_bytes(u->aad),
                           .ulAADLen = u->aad.len,
                           .ulTagBits = GCM_TAG * BITS};
}

static CK_RV run_gcm_seal(const struct lease *l, void *arg)
{
    struct use *u = arg;
    CK_GCM_PARAMS p = gcm_params(u);
    CK_MECHANISM how = {CKM_AES_GCM, &p, sizeof p};
    CK_RV rv = l->f->C_EncryptInit(l->session, &how, l->key);
    return rv != CKR_OK ? rv : l->f->C_Encrypt(l->session, ck_bytes(u->in), u->in.len, u->out, &u->out_len);
}

static CK_RV run_gcm_open(const struct lease *l, void *arg)
{
    struct use *u = arg;
    CK_GCM_PARAMS p = gcm_params(u);
    CK_MECHANISM how = {CKM_AES_GCM, &p, sizeof p};
    CK_RV rv = l->f->C_DecryptInit(l->session, &how, l->key);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_Decrypt(l->session, ck_bytes(u->in), u->in.len, u->out, &u->out_len);
    /* SoftHSM reports a wrong tag as a general error. */
    return rv == CKR_GENERAL_ERROR ? CKR_ENCRYPTED_DATA_INVALID : rv;
}

enum tsm_err token_gcm_seal(struct token *t, struct token_gcm g, struct bytes in, struct writer *out)
{
    struct writer w = *out;
    struct use u = {.in = in, .iv = g.nonce, .aad = g.aad, .out_len = in.len + GCM_TAG};
    long key;
    NEED(g.nonce.len == GCM_NONCE && in.len <= SECRET_MAX, BAD_LENGTH);
    TRY(token_name(t, g.name, CKO_SECRET_KEY, &key));
    TRY(write_slot(&w, u.out_len, &u.out));
    TRY(token_run(t, &(struct token_call){"CKM_AES_GCM seal", run_gcm_seal, &u, key}));
    NEED(u.out_len == in.len + GCM_TAG, TOKEN_FAILED);
    *out = w;
    return TSM_OK;
}

enum tsm_err token_gcm_open(struct token *t, struct token_gcm g, struct bytes in, struct secret *out)
{
    SECRET plain = {0};
    struct use u = {.in = in, .iv = g.nonce, .aad = g.aad, .out = plain.at, .out_len = SECRET_MAX};
    long key;
    NEED(g.nonce.len == GCM_NONCE && in.len >= GCM_TAG && in.len <= SECRET_MAX, BAD_LENGTH);
    TRY(token_name(t, g.name, CKO_SECRET_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKM_AES_GCM open", run_gcm_open, &u, key}));
    NEED(u.out_len == in.len - GCM_TAG, TOKEN_FAILED);
    plain.len = u.out_len;
    *out = plain;
    return TSM_OK;
}

static CK_RV run_sign(const struct lease *l, void *arg)
{
    struct use *u = arg;
    CK_MECHANISM how = {u->how, NULL, 0};
    CK_RV rv = l->f->C_SignInit(l->session, &how, l->key);
    return rv != CKR_OK ? rv : l->f->C_Sign(l->session, ck_bytes(u->in), u->in.len, u->out, &u->out_len);
}

enum tsm_err token_hmac(struct token *t, const char *name, struct bytes data, uint8_t mac[SHA256_LEN])
{
    uint8_t m[SHA256_LEN];
    struct use u = {.in = data, .out = m, .out_len = sizeof m, .how = CKM_SHA256_HMAC};
    long key;
    TRY(token_name(t, name, CKO_SECRET_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKM_SHA256_HMAC", run_sign, &u, key}));
    NEED(u.out_len == sizeof m, TOKEN_FAILED);
    memcpy(mac, m, sizeof m);
    return TSM_OK;
}

enum tsm_err token_sign(struct token *t, const char *name, const uint8_t digest[SHA256_LEN],
                        uint8_t signature[EC_SIGNATURE_LEN])
{
    uint8_t s[EC_SIGNATURE_LEN];
    struct use u = {.in = {digest, SHA256_LEN}, .out = s, .out_len = sizeof s, .how = CKM_ECDSA};
    long key;
    TRY(token_name(t, name, CKO_PRIVATE_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKM_ECDSA", run_sign, &u, key}));
    NEED(u.out_len == sizeof s, TOKEN_FAILED);
    memcpy(signature, s, sizeof s);
    return TSM_OK;
}

/* Derives into a session object, reads its value, destroys it. */
static CK_RV run_ecdh(const struct lease *l, void *arg)
{
    static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    static const CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    static const CK_ULONG len = EC_COORDINATE;
    struct use *u = arg;
    CK_ECDH1_DERIVE_PARAMS p = {
        .kdf = CKD_NULL, .pPublicData = ck_bytes(u->in), .ulPublicDataLen = u->in.len};
    CK_MECHANISM how = {CKM_ECDH1_DERIVE, &p, sizeof p};
    CK_ATTRIBUTE want[] = {{CKA_CLASS, (void *)(uintptr_t) & class, sizeof class},
                           {CKA_KEY_TYPE, (void *)(uintptr_t)&type, sizeof type},
                           {CKA_VALUE_LEN, (void *)(uintptr_t)&len, sizeof len},
                           {CKA_TOKEN, (void *)(uintptr_t)&no, sizeof no},
                           {CKA_SENSITIVE, (void *)(uintptr_t)&no, sizeof no},
                           {CKA_EXTRACTABLE, (void *)(uintptr_t)&yes, sizeof yes}};
    CK_ATTRIBUTE value = {CKA_VALUE, u->out, u->out_len};
    CK_OBJECT_HANDLE z;
    CK_RV rv = l->f->C_DeriveKey(l->session, &how, l->key, want, sizeof want / sizeof want[0], &z);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_GetAttributeValue(l->session, z, &value, 1);
    l->f->C_DestroyObject(l->session, z);
    u->out_len = value.ulValueLen;
    return rv;
}

enum tsm_err token_ecdh(struct token *t, const char *name, const uint8_t peer[EC_POINT_LEN], struct secret *z)
{
    SECRET x = {0};
    struct use u = {.in = {peer, EC_POINT_LEN}, .out = x.at, .out_len = EC_COORDINATE};
    long key;
    TRY(token_name(t, name, CKO_PRIVATE_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKM_ECDH1_DERIVE", run_ecdh, &u, key}));
    NEED(u.out_len == EC_COORDINATE, TOKEN_FAILED);
    x.len = EC_COORDINATE;
    *z = x;
    return TSM_OK;
}

struct read_use {
    CK_ATTRIBUTE_TYPE which;
    void *out;
    CK_ULONG len;
};

static CK_RV run_read(const struct lease *l, void *arg)
{
    struct read_use *u = arg;
    CK_ATTRIBUTE value = {u->which, u->out, u->len};
    CK_RV rv = l->f->C_GetAttributeValue(l->session, l->key, &value, 1);
    u->len = value.ulValueLen;
    return rv;
}

enum tsm_err token_agrees(struct token *t, const char *name, bool *out)
{
    CK_BBOOL derives = CK_FALSE;
    struct read_use u = {CKA_DERIVE, &derives, sizeof derives};
    long key;
    TRY(token_name(t, name, CKO_PRIVATE_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKA_DERIVE", run_read, &u, key}));
    *out = derives == CK_TRUE;
    return TSM_OK;
}

enum tsm_err token_public(struct token *t, const char *name, uint8_t point[EC_POINT_LEN])
{
    enum { WRAPPED = 2 + EC_POINT_LEN }; /* an OCTET STRING around the point [PKCS#11 v2.40 curr 2.3.3] */
    uint8_t der[WRAPPED];
    struct read_use u = {CKA_EC_POINT, der, sizeof der};
    long key;
    TRY(token_name(t, name, CKO_PUBLIC_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKA_EC_POINT", run_read, &u, key}));
    NEED(u.len == WRAPPED && der[0] == 0x04 && der[1] == EC_POINT_LEN && der[2] == 0x04, TOKEN_FAILED);
    memcpy(point, &der[2], EC_POINT_LEN);
    return TSM_OK;
}
