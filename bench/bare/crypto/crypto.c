/* SPDX-License-Identifier: Apache-2.0 */
/* Kept EVP contexts, re-initialised for each message. Bench only; includes nothing of src/. [SP 800-38A/B/D]
 */
#include "bare/crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <string.h>
#include <time.h>

static EVP_CIPHER_CTX *cipher(const char *name, const uint8_t *key, int encrypt)
{
    EVP_CIPHER *c = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (c && ctx && EVP_CipherInit_ex2(ctx, c, key, NULL, encrypt, NULL) == 1)
        EVP_CIPHER_CTX_set_padding(ctx, 0);
    EVP_CIPHER_free(c);
    return ctx;
}

static EVP_MAC_CTX *cmac(void)
{
    static char name[] = "AES-128-CBC";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *m = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *ctx = m ? EVP_MAC_CTX_new(m) : NULL;
    EVP_MAC_free(m);
    if (ctx && EVP_MAC_CTX_set_params(ctx, params) != 1) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

bool bare_crypto_init(struct bare_crypto *c, const uint8_t data_key[BARE_DATA_KEY])
{
    *c = (struct bare_crypto){.open = cipher("AES-256-GCM", data_key, 0),
                              .encrypt = cipher("AES-128-CBC", NULL, 1),
                              .decrypt = cipher("AES-128-CBC", NULL, 0),
                              .block = cipher("AES-128-ECB", NULL, 1),
                              .mac = cmac(),
                              .rmac = cmac()};
    return c->open && c->encrypt && c->decrypt && c->block && c->mac && c->rmac;
}

void bare_crypto_end(struct bare_crypto *c)
{
    EVP_CIPHER_CTX_free(c->open);
    EVP_CIPHER_CTX_free(c->encrypt);
    EVP_CIPHER_CTX_free(c->decrypt);
    EVP_CIPHER_CTX_free(c->block);
    EVP_MAC_CTX_free(c->mac);
    EVP_MAC_CTX_free(c->rmac);
}

bool bare_open(struct bare_crypto *c, const uint8_t aad[8], const uint8_t blob[BARE_BLOB],
               uint8_t plain[BARE_PLAIN])
{
    const uint8_t *nonce = blob + 1, *body = nonce + BARE_NONCE;
    uint8_t tag[BARE_TAG];
    int n = 0;
    memcpy(tag, body + BARE_PLAIN, BARE_TAG);
    return EVP_DecryptInit_ex2(c->open, NULL, NULL, nonce, NULL) == 1 &&
           EVP_CIPHER_CTX_ctrl(c->open, EVP_CTRL_AEAD_SET_TAG, BARE_TAG, tag) == 1 &&
           EVP_DecryptUpdate(c->open, NULL, &n, aad, 8) == 1 &&
           EVP_DecryptUpdate(c->open, plain, &n, body, BARE_PLAIN) == 1 &&
           EVP_DecryptFinal_ex(c->open, plain + n, &n) == 1;
}

bool bare_cbc(EVP_CIPHER_CTX *ctx, const uint8_t key[BARE_KEY], uint8_t *at, size_t len)
{
    static const uint8_t zero[16];
    int n = 0;
    return EVP_CipherInit_ex2(ctx, NULL, key, zero, -1, NULL) == 1 &&
           EVP_CipherUpdate(ctx, at, &n, at, (int)len) == 1;
}

bool bare_cbc_again(EVP_CIPHER_CTX *ctx, const uint8_t iv[16], uint8_t *at, size_t len)
{
    int n = 0;
    return EVP_CipherInit_ex2(ctx, NULL, NULL, iv, -1, NULL) == 1 &&
           EVP_CipherUpdate(ctx, at, &n, at, (int)len) == 1;
}

bool bare_cmac(EVP_MAC_CTX *mac, const uint8_t *key, const struct bare_part *parts, size_t n, uint8_t out[16])
{
    size_t len = 0;
    if (EVP_MAC_init(mac, key, key ? BARE_KEY : 0, NULL) != 1)
        return false;
    for (size_t i = 0; i < n; i++)
        if (EVP_MAC_update(mac, parts[i].at, parts[i].len) != 1)
            return false;
    return EVP_MAC_final(mac, out, &len, 16) == 1;
}

double bare_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
