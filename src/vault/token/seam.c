/* SPDX-License-Identifier: Apache-2.0 */
/* The crypto seam over keys in a token: what the pure codecs ask of a cipher key, done by C_Encrypt and
 * C_Sign, so that masters derive without leaving. Stations 7 and 10. Edge. [PKCS#11 v2.40 5.8, 5.11] */
#include "vault/token/inside.h"

struct block_use {
    CK_MECHANISM_TYPE how;
    enum cipher_dir dir;
    const uint8_t *iv;
    size_t iv_len;
    struct bytes in;
    uint8_t *out;
    CK_ULONG out_len;
};

static CK_RV run_blocks(const struct lease *l, void *arg)
{
    struct block_use *u = arg;
    CK_MECHANISM how = {u->how, (void *)(uintptr_t)u->iv, u->iv_len};
    CK_RV rv;
    if (u->dir == ENCRYPT) {
        rv = l->f->C_EncryptInit(l->session, &how, l->key);
        return rv != CKR_OK ? rv
                            : l->f->C_Encrypt(l->session, ck_bytes(u->in), u->in.len, u->out, &u->out_len);
    }
    rv = l->f->C_DecryptInit(l->session, &how, l->key);
    return rv != CKR_OK ? rv : l->f->C_Decrypt(l->session, ck_bytes(u->in), u->in.len, u->out, &u->out_len);
}

static enum tsm_err blocks(const struct cipher_key *k, struct block_use *u)
{
    const char *what = k->alg == CIPHER_AES ? "AES in the token" : "3DES in the token";
    u->out_len = u->in.len;
    TRY(token_run(k->owner, &(struct token_call){what, run_blocks, u, (long)k->handle - 1}));
    NEED(u->out_len == u->in.len, TOKEN_FAILED);
    return TSM_OK;
}

static enum tsm_err token_cbc(const struct cipher_key *k, enum cipher_dir dir, const uint8_t *iv,
                              struct bytes in, uint8_t *out)
{
    struct block_use u = {.how = k->alg == CIPHER_AES ? CKM_AES_CBC : CKM_DES3_CBC,
                          .dir = dir,
                          .iv = iv,
                          .iv_len = cipher_block(k),
                          .in = in,
                          .out = out};
    return blocks(k, &u);
}

static enum tsm_err token_ecb(const struct cipher_key *k, enum cipher_dir dir, struct bytes in, uint8_t *out)
{
    struct block_use u = {
        .how = k->alg == CIPHER_AES ? CKM_AES_ECB : CKM_DES3_ECB, .dir = dir, .in = in, .out = out};
    return blocks(k, &u);
}

struct mac_use {
    const struct bytes *parts;
    size_t n;
    uint8_t *mac;
    CK_ULONG len;
};

static CK_RV run_cmac(const struct lease *l, void *arg)
{
    struct mac_use *u = arg;
    CK_MECHANISM how = {CKM_AES_CMAC, NULL, 0};
    CK_RV rv = l->f->C_SignInit(l->session, &how, l->key);
    for (size_t i = 0; i < u->n && rv == CKR_OK; i++)
        if (u->parts[i].len)
            rv = l->f->C_SignUpdate(l->session, ck_bytes(u->parts[i]), u->parts[i].len);
    return rv != CKR_OK ? rv : l->f->C_SignFinal(l->session, u->mac, &u->len);
}

static enum tsm_err token_cmac(const struct cipher_key *k, const struct bytes *parts, size_t n,
                               uint8_t mac[CMAC_LEN])
{
    struct mac_use u = {parts, n, mac, CMAC_LEN};
    TRY(token_run(k->owner, &(struct token_call){"CKM_AES_CMAC", run_cmac, &u, (long)k->handle - 1}));
    NEED(u.len == CMAC_LEN, TOKEN_FAILED);
    return TSM_OK;
}

static const struct cipher_ops token_ops = {.cbc = token_cbc, .ecb = token_ecb, .cmac = token_cmac};

static CK_RV run_length(const struct lease *l, void *arg)
{
    CK_ULONG *len = arg;
    CK_ATTRIBUTE value = {CKA_VALUE_LEN, len, sizeof *len};
    return l->f->C_GetAttributeValue(l->session, l->key, &value, 1);
}

static CK_RV run_type(const struct lease *l, void *arg)
{
    CK_KEY_TYPE *type = arg;
    CK_ATTRIBUTE value = {CKA_KEY_TYPE, type, sizeof *type};
    return l->f->C_GetAttributeValue(l->session, l->key, &value, 1);
}

/* DES keys have no CKA_VALUE_LEN: their type tells it. */
static enum tsm_err key_length(struct token *t, long key, CK_KEY_TYPE type, size_t *out)
{
    enum { TWO_KEY = 16, THREE_KEY = 24 };
    CK_ULONG len = type == CKK_DES2 ? TWO_KEY : THREE_KEY;
    if (type == CKK_AES)
        TRY(token_run(t, &(struct token_call){"CKA_VALUE_LEN", run_length, &len, key}));
    NEED(len <= SECRET_MAX, TOKEN_FAILED);
    *out = len;
    return TSM_OK;
}

enum tsm_err token_cipher_key(struct token *t, const char *name, enum cipher_alg alg, struct cipher_key *out)
{
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    struct cipher_key k = {.ops = &token_ops, .owner = t, .alg = alg};
    long key;
    TRY(token_name(t, name, CKO_SECRET_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKA_KEY_TYPE", run_type, &type, key}));
    if (alg == CIPHER_AES ? type != CKK_AES : type != CKK_DES2 && type != CKK_DES3)
        return FAIL(KEY_REFUSED, "the key %s is none of this algorithm", name);
    TRY(key_length(t, key, type, &k.value.len));
    k.handle = (unsigned long)key + 1; /* 0 says: a key in memory */
    *out = k;
    return TSM_OK;
}
