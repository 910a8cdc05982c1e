/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The crypto seam over OpenSSL EVP: algorithms fetched once per process, contexts kept per thread and
 * re-initialised per message, which is what makes a short CMAC cost half a microsecond. Stations 7 and 10.
 * Pure but for its contexts.
 */
#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

enum { AES_128, AES_192, AES_256, TDES_2, TDES_3, KINDS };
enum { MODE_CBC, MODE_ECB, MODE_GCM, MODES };

static struct {
    pthread_once_t once;
    EVP_CIPHER *cipher[MODES][KINDS];
    EVP_MAC *cmac;
    EVP_MD *sha1, *sha256;
} suite = {.once = PTHREAD_ONCE_INIT};

static const char *const cipher_names[MODES][KINDS] = {
    [MODE_CBC] = {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-EDE-CBC", "DES-EDE3-CBC"},
    [MODE_ECB] = {"AES-128-ECB", "AES-192-ECB", "AES-256-ECB", "DES-EDE-ECB", "DES-EDE3-ECB"},
    [MODE_GCM] = {"AES-128-GCM", "AES-192-GCM", "AES-256-GCM", NULL, NULL},
};

struct crypto {
    EVP_CIPHER_CTX *cipher[MODES][KINDS][2]; /* made at first use, one per direction */
    EVP_MAC_CTX *cmac[3];
    EVP_MD_CTX *md;
    bool keyed[MODES][KINDS][2], cmac_keyed[3], md_used; /* since the last crypto_forget */
    /* Whose schedule a context has: one data key opens blob after blob, a session key protects command after
     * command. */
    struct secret held[MODES][KINDS][2], cmac_held[3];
};

static void suite_fetch(void)
{
    for (int m = 0; m < MODES; m++)
        for (int k = 0; k < KINDS; k++)
            if (cipher_names[m][k])
                suite.cipher[m][k] = EVP_CIPHER_fetch(NULL, cipher_names[m][k], NULL);
    suite.cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    suite.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    suite.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

enum tsm_err crypto_new(struct crypto **out)
{
    static const char *const names[3] = {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC"};
    struct crypto *c;
    pthread_once(&suite.once, suite_fetch);
    NEED(suite.cmac && suite.sha1 && suite.sha256, CRYPTO_FAILED);
    c = calloc(1, sizeof *c);
    NEED(c != NULL, NO_MEMORY);
    c->md = EVP_MD_CTX_new();
    for (int i = 0; i < 3; i++) {
        OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)(uintptr_t)names[i], 0),
            OSSL_PARAM_construct_end()};
        c->cmac[i] = EVP_MAC_CTX_new(suite.cmac);
        if (!c->md || !c->cmac[i] || !EVP_MAC_CTX_set_params(c->cmac[i], params)) {
            crypto_free(c);
            return FAIL(NO_MEMORY, "no memory for CMAC with %s and digests", names[i]);
        }
    }
    *out = c;
    return TSM_OK;
}

void crypto_free(struct crypto *c)
{
    if (!c)
        return;
    for (int m = 0; m < MODES; m++)
        for (int k = 0; k < KINDS; k++)
            for (int d = 0; d < 2; d++)
                EVP_CIPHER_CTX_free(c->cipher[m][k][d]);
    for (int i = 0; i < 3; i++)
        EVP_MAC_CTX_free(c->cmac[i]);
    EVP_MD_CTX_free(c->md);
    free(c);
}

static void forget_cipher(struct crypto *c, int mode, int kind, int dir)
{
    static const uint8_t zero[32];
    if (c->keyed[mode][kind][dir])
        EVP_CipherInit_ex2(c->cipher[mode][kind][dir], NULL, zero, zero, dir, NULL);
    c->keyed[mode][kind][dir] = false;
}

void crypto_forget(struct crypto *c)
{
    static const uint8_t zero[32];
    for (int m = 0; m < MODES; m++)
        for (int k = 0; k < KINDS; k++)
            for (int d = 0; d < 2; d++)
                forget_cipher(c, m, k, d);
    for (int i = 0; i < 3; i++)
        if (c->cmac_keyed[i])
            EVP_MAC_init(c->cmac[i], zero, (size_t)(16 + 8 * i), NULL);
    if (c->md_used)
        EVP_DigestInit_ex2(c->md, suite.sha256, NULL);
    explicit_bzero(c->cmac_keyed, sizeof c->cmac_keyed);
    explicit_bzero(c->held, sizeof c->held);
    explicit_bzero(c->cmac_held, sizeof c->cmac_held);
    c->md_used = false;
}

static int kind_of(const struct cipher_key *k)
{
    if (k->alg == CIPHER_AES)
        return k->value.len == 16 ? AES_128 : k->value.len == 24 ? AES_192 : AES_256;
    return k->value.len == 16 ? TDES_2 : TDES_3;
}

static EVP_CIPHER_CTX *context(struct crypto *c, int mode, int kind, enum cipher_dir dir)
{
    EVP_CIPHER_CTX **at = &c->cipher[mode][kind][dir];
    if (!*at && suite.cipher[mode][kind]) {
        *at = EVP_CIPHER_CTX_new();
        if (*at && !EVP_CipherInit_ex2(*at, suite.cipher[mode][kind], NULL, NULL, (int)dir, NULL)) {
            EVP_CIPHER_CTX_free(*at);
            *at = NULL;
        }
        if (*at)
            EVP_CIPHER_CTX_set_padding(*at, 0); /* stays through every later init */
    }
    c->keyed[mode][kind][dir] = *at != NULL;
    return *at;
}

/* What an init is given: the key, or NULL where the context has its schedule. Until schedule_kept it counts
 * as having none, so that a failed init is not trusted. */
static const uint8_t *schedule_wanted(struct secret *held, const struct secret *key)
{
    bool same = bytes_equal_secret(secret_bytes(held), secret_bytes(key));
    held->len = 0;
    return same ? NULL : key->at;
}

static void schedule_kept(struct secret *held, const struct secret *key)
{
    memcpy(held->at, key->at, key->len);
    held->len = key->len;
}

/* Keys the context, or leaves the key that it has. `iv` as EVP takes it. */
static enum tsm_err cipher_start(const struct cipher_key *k, int mode, enum cipher_dir dir, const uint8_t *iv,
                                 EVP_CIPHER_CTX **out)
{
    struct crypto *c = k->owner;
    int kind = kind_of(k);
    EVP_CIPHER_CTX *ctx = context(c, mode, kind, dir);
    struct secret *held = &c->held[mode][kind][dir];
    const uint8_t *key = schedule_wanted(held, &k->value);
    NEED(suite.cipher[mode][kind] != NULL, CRYPTO_FAILED);
    NEED(ctx != NULL, NO_MEMORY);
    if (key || iv) /* ECB with its key in place has no state to reset */
        NEED(EVP_CipherInit_ex2(ctx, NULL, key, iv, (int)dir, NULL) == 1, CRYPTO_FAILED);
    schedule_kept(held, &k->value);
    *out = ctx;
    return TSM_OK;
}

static enum tsm_err evp_blocks(const struct cipher_key *k, int mode, enum cipher_dir dir, const uint8_t *iv,
                               struct bytes in, uint8_t *out)
{
    EVP_CIPHER_CTX *ctx;
    int n = 0;
    NEED(in.len <= 1 << 20, CRYPTO_FAILED);
    TRY(cipher_start(k, mode, dir, iv, &ctx));
    NEED(EVP_CipherUpdate(ctx, out, &n, in.at, (int)in.len) == 1 && (size_t)n == in.len, CRYPTO_FAILED);
    return TSM_OK;
}

static enum tsm_err evp_cbc(const struct cipher_key *k, enum cipher_dir dir, const uint8_t *iv,
                            struct bytes in, uint8_t *out)
{
    return evp_blocks(k, MODE_CBC, dir, iv, in, out);
}

static enum tsm_err evp_ecb(const struct cipher_key *k, enum cipher_dir dir, struct bytes in, uint8_t *out)
{
    return evp_blocks(k, MODE_ECB, dir, NULL, in, out);
}

static enum tsm_err evp_cmac(const struct cipher_key *k, const struct bytes *parts, size_t n,
                             uint8_t mac[CMAC_LEN])
{
    struct crypto *c = k->owner;
    int kind = kind_of(k);
    EVP_MAC_CTX *ctx = c->cmac[kind];
    struct secret *held = &c->cmac_held[kind];
    const uint8_t *key = schedule_wanted(held, &k->value);
    size_t len = 0;
    c->cmac_keyed[kind] = true;
    NEED(EVP_MAC_init(ctx, key, key ? k->value.len : 0, NULL) == 1, CRYPTO_FAILED);
    schedule_kept(held, &k->value);
    for (size_t i = 0; i < n; i++)
        NEED(parts[i].len == 0 || EVP_MAC_update(ctx, parts[i].at, parts[i].len) == 1, CRYPTO_FAILED);
    NEED(EVP_MAC_final(ctx, mac, &len, CMAC_LEN) == 1 && len == CMAC_LEN, CRYPTO_FAILED);
    return TSM_OK;
}

static enum tsm_err evp_derived(const struct cipher_key *k, enum cipher_alg alg, struct bytes value,
                                struct cipher_key *out)
{
    return crypto_key(k->owner, alg, value, out);
}

static const struct cipher_ops evp_ops = {
    .cbc = evp_cbc, .ecb = evp_ecb, .cmac = evp_cmac, .derived = evp_derived};

enum tsm_err crypto_key(struct crypto *c, enum cipher_alg alg, struct bytes value, struct cipher_key *out)
{
    size_t n = value.len;
    if (!(alg == CIPHER_AES ? n == 16 || n == 24 || n == 32 : n == 8 || n == 16 || n == 24))
        return FAIL(BAD_LENGTH, "%s key has %s octets, not %zu",
                    alg == CIPHER_AES ? "an AES" : "a triple DES",
                    alg == CIPHER_AES ? "16, 24 or 32" : "8, 16 or 24", n);
    out->ops = &evp_ops;
    out->owner = c;
    out->handle = 0;
    out->alg = alg;
    memcpy(out->value.at, value.at, n);
    out->value.len = n;
    if (n == 8) { /* single DES is two-key TDES with equal halves */
        memcpy(out->value.at + 8, value.at, 8);
        out->value.len = 16;
    }
    return TSM_OK;
}

static enum tsm_err digest(struct crypto *c, const EVP_MD *md, const struct bytes *parts, size_t n,
                           uint8_t *out)
{
    unsigned len = 0;
    c->md_used = true;
    NEED(EVP_DigestInit_ex2(c->md, md, NULL) == 1, NO_MEMORY);
    for (size_t i = 0; i < n; i++)
        NEED(EVP_DigestUpdate(c->md, parts[i].at, parts[i].len) == 1, CRYPTO_FAILED);
    NEED(EVP_DigestFinal_ex(c->md, out, &len) == 1, CRYPTO_FAILED);
    return TSM_OK;
}

enum tsm_err crypto_sha256(struct crypto *c, const struct bytes *parts, size_t n, uint8_t out[SHA256_LEN])
{
    return digest(c, suite.sha256, parts, n, out);
}

enum tsm_err crypto_sha1(struct crypto *c, const struct bytes *parts, size_t n, uint8_t out[SHA1_LEN])
{
    return digest(c, suite.sha1, parts, n, out);
}

static enum tsm_err gcm_start(const struct cipher_key *k, struct gcm g, enum cipher_dir dir,
                              EVP_CIPHER_CTX **out)
{
    EVP_CIPHER_CTX *ctx;
    int n = 0;
    NEED(k->alg == CIPHER_AES && g.nonce.len == GCM_NONCE, CRYPTO_FAILED);
    TRY(cipher_start(k, MODE_GCM, dir, g.nonce.at, &ctx));
    NEED(g.aad.len == 0 || EVP_CipherUpdate(ctx, NULL, &n, g.aad.at, (int)g.aad.len) == 1, CRYPTO_FAILED);
    *out = ctx;
    return TSM_OK;
}

enum tsm_err crypto_gcm_seal(const struct cipher_key *k, struct gcm g, struct bytes in, uint8_t *out,
                             uint8_t tag[GCM_TAG])
{
    EVP_CIPHER_CTX *ctx;
    int n = 0;
    TRY(gcm_start(k, g, ENCRYPT, &ctx));
    NEED(in.len == 0 || EVP_EncryptUpdate(ctx, out, &n, in.at, (int)in.len) == 1, CRYPTO_FAILED);
    NEED(EVP_EncryptFinal_ex(ctx, out + n, &n) == 1, CRYPTO_FAILED);
    NEED(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) == 1, CRYPTO_FAILED);
    return TSM_OK;
}

enum tsm_err crypto_gcm_open(const struct cipher_key *k, struct gcm g, struct bytes in,
                             const uint8_t tag[GCM_TAG], uint8_t *out)
{
    EVP_CIPHER_CTX *ctx;
    int n = 0;
    uint8_t want[GCM_TAG];
    memcpy(want, tag, GCM_TAG);
    TRY(gcm_start(k, g, DECRYPT, &ctx));
    NEED(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, want) == 1, CRYPTO_FAILED);
    NEED(in.len == 0 || EVP_DecryptUpdate(ctx, out, &n, in.at, (int)in.len) == 1, CRYPTO_FAILED);
    if (EVP_DecryptFinal_ex(ctx, out + n, &n) != 1) {
        explicit_bzero(out, in.len);
        return FAIL(MAC_WRONG, "the sealed message was changed or belongs to another key");
    }
    return TSM_OK;
}
