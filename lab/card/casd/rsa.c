/* SPDX-License-Identifier: Apache-2.0 */
/* RSA encryption as the Controlling Authority's domain needs it; pure but for random numbers; GPCS 2.3.1 B.3.
 */
#include "card/casd/rsa.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

struct rsa_pair {
    EVP_PKEY *key;
};

struct rsa_pair *rsa_generate(void)
{
    struct rsa_pair *pair = calloc(1, sizeof *pair);

    if (pair != NULL)
        pair->key = EVP_RSA_gen(RSA_BITS);
    if (pair != NULL && pair->key != NULL)
        return pair;
    free(pair);
    return NULL;
}

void rsa_free(struct rsa_pair *pair)
{
    if (pair == NULL)
        return;
    EVP_PKEY_free(pair->key);
    free(pair);
}

bool rsa_public(const struct rsa_pair *pair, struct asym_key *to)
{
    BIGNUM *n = NULL, *e = NULL;
    bool ok;

    *to = (struct asym_key){.type = KEY_TYPE_RSA_PUBLIC};
    ok = EVP_PKEY_get_bn_param(pair->key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
         EVP_PKEY_get_bn_param(pair->key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
         BN_num_bytes(n) <= ASYM_MAX_VALUE && BN_num_bytes(e) <= ASYM_MAX_EXPONENT;
    if (ok) {
        to->len = (uint16_t)BN_bn2bin(n, to->value);
        to->exponent_len = (uint8_t)BN_bn2bin(e, to->exponent);
    }
    BN_free(n);
    BN_free(e);
    return ok;
}

static EVP_PKEY *import(const struct asym_key *k)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(k->value, k->len, NULL), *e = BN_bin2bn(k->exponent, k->exponent_len, NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (ctx != NULL && b != NULL && n != NULL && e != NULL &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        params = OSSL_PARAM_BLD_to_param(b);
    if (params != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    BN_free(n);
    BN_free(e);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static bool set_scheme(EVP_PKEY_CTX *ctx, size_t modulus)
{
    if (modulus <= ASYM_RSA_SCHEME_1)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

size_t rsa_encrypt(const struct asym_key *to, const uint8_t *in, size_t n, uint8_t out[ASYM_MAX_VALUE])
{
    EVP_PKEY *key = import(to);
    EVP_PKEY_CTX *ctx = key == NULL ? NULL : EVP_PKEY_CTX_new(key, NULL);
    size_t len = ASYM_MAX_VALUE;
    bool ok = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 && set_scheme(ctx, to->len) &&
              EVP_PKEY_encrypt(ctx, out, &len, in, n) == 1;

    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? len : 0;
}

size_t rsa_decrypt(const struct rsa_pair *pair, const uint8_t *in, size_t n, uint8_t out[ASYM_MAX_VALUE])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pair->key, NULL);
    size_t len = ASYM_MAX_VALUE;
    bool ok = ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 && set_scheme(ctx, RSA_BITS / 8) &&
              EVP_PKEY_decrypt(ctx, out, &len, in, n) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok ? len : 0;
}
