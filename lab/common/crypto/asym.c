/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures with RSA and elliptic curves as GlobalPlatform codes keys and signatures; pure apart from the
 * random numbers of ECDSA; GPCS 2.3.1 B.3, B.4, Tables 11-16, B-2, B-3. */
#include "common/crypto/asym.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#define POINT_UNCOMPRESSED 0x04
#define RSA_MIN_LEN        128 /* Table C-1: 1024 bits and more */
#define MAX_DER_SIGNATURE  160

/* Table B-2, in the order of the references. */
static const struct {
    const char *name;
    size_t coordinate, hash;
} curves[ASYM_CURVES] = {
    {"P-256", 32, 32},           {"P-384", 48, 48},           {"P-521", 66, 64},
    {"brainpoolP256r1", 32, 32}, {"brainpoolP256t1", 32, 32}, {"brainpoolP384r1", 48, 48},
    {"brainpoolP384t1", 48, 48}, {"brainpoolP512r1", 64, 64}, {"brainpoolP512t1", 64, 64},
};

size_t asym_coordinate(uint8_t curve)
{
    return curve < ASYM_CURVES ? curves[curve].coordinate : 0;
}

size_t asym_hash_len(const struct asym_key *k)
{
    if (k->type == KEY_TYPE_RSA_PUBLIC)
        return k->len <= ASYM_RSA_SCHEME_1 ? 20 : 32;
    return k->curve < ASYM_CURVES ? curves[k->curve].hash : 0;
}

static const EVP_MD *digest_of(const struct asym_key *k)
{
    size_t n = asym_hash_len(k);

    return n == 20 ? EVP_sha1() : n == 32 ? EVP_sha256() : n == 48 ? EVP_sha384() : EVP_sha512();
}

static bool push_rsa(OSSL_PARAM_BLD *b, const struct asym_key *k, BIGNUM *numbers[2])
{
    numbers[0] = BN_bin2bn(k->value, k->len, NULL);
    numbers[1] = BN_bin2bn(k->exponent, k->exponent_len, NULL);
    return numbers[0] != NULL && numbers[1] != NULL &&
           OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, numbers[0]) == 1 &&
           OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, numbers[1]) == 1;
}

static bool push_ecc(OSSL_PARAM_BLD *b, const struct asym_key *k, BIGNUM *numbers[2])
{
    if (OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, curves[k->curve].name, 0) != 1)
        return false;
    if (k->type == KEY_TYPE_ECC_PUBLIC)
        return OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, k->value, k->len) == 1;
    numbers[0] = BN_secure_new();
    return numbers[0] != NULL && BN_bin2bn(k->value, k->len, numbers[0]) != NULL &&
           OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, numbers[0]) == 1;
}

/* NULL when libcrypto does not take the values for a key. */
static EVP_PKEY *import(const struct asym_key *k)
{
    bool rsa = k->type == KEY_TYPE_RSA_PUBLIC;
    int selection = k->type == KEY_TYPE_ECC_PRIVATE ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, rsa ? "RSA" : "EC", NULL);
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    BIGNUM *numbers[2] = {NULL, NULL};
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (ctx != NULL && b != NULL && (rsa ? push_rsa(b, k, numbers) : push_ecc(b, k, numbers)))
        params = OSSL_PARAM_BLD_to_param(b);
    if (params != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        EVP_PKEY_fromdata(ctx, &key, selection, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    BN_clear_free(numbers[0]);
    BN_free(numbers[1]);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* libcrypto takes any number for a private key; it must be in 1 .. order-1. */
static bool scalar_in_range(EVP_PKEY *key)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = ctx != NULL && EVP_PKEY_private_check(ctx) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool asym_valid(const struct asym_key *k)
{
    size_t coordinate = asym_coordinate(k->curve);
    EVP_PKEY *key;
    bool ok;

    if (k->type == KEY_TYPE_RSA_PUBLIC)
        return k->len >= RSA_MIN_LEN && k->exponent_len > 0 && (k->value[0] & 0x80) != 0 &&
               (k->value[k->len - 1] & 0x01) != 0 && (k->exponent[k->exponent_len - 1] & 0x01) != 0;
    if (coordinate == 0 || (k->type == KEY_TYPE_ECC_PUBLIC &&
                            (k->len != 1 + 2 * coordinate || k->value[0] != POINT_UNCOMPRESSED)))
        return false;
    if (k->type == KEY_TYPE_ECC_PRIVATE && k->len != coordinate)
        return false;
    key = import(k);
    ok = key != NULL && (k->type == KEY_TYPE_ECC_PUBLIC || scalar_in_range(key));
    EVP_PKEY_free(key);
    return ok;
}

/* r and s as libcrypto wants them; returns the length, 0 on failure. */
static size_t to_der(const uint8_t *plain, size_t coordinate, uint8_t der[MAX_DER_SIGNATURE])
{
    ECDSA_SIG *s = ECDSA_SIG_new();
    BIGNUM *r_value = BN_bin2bn(plain, (int)coordinate, NULL);
    BIGNUM *s_value = BN_bin2bn(plain + coordinate, (int)coordinate, NULL);
    int n = 0;

    if (s != NULL && r_value != NULL && s_value != NULL && ECDSA_SIG_set0(s, r_value, s_value) == 1) {
        r_value = s_value = NULL; /* the signature owns them now */
        n = i2d_ECDSA_SIG(s, NULL);
        n = n > 0 && n <= MAX_DER_SIGNATURE ? i2d_ECDSA_SIG(s, &der) : 0;
    }
    BN_free(r_value);
    BN_free(s_value);
    ECDSA_SIG_free(s);
    return n > 0 ? (size_t)n : 0;
}

static bool from_der(const uint8_t *der, size_t n, size_t coordinate, uint8_t *plain)
{
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)n);
    bool ok = s != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(s), plain, (int)coordinate) > 0 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(s), plain + coordinate, (int)coordinate) > 0;

    ECDSA_SIG_free(s);
    return ok;
}

/* B.3.2.1: SHA-256 in both places, a salt of the hash's length. */
static bool set_padding(EVP_PKEY_CTX *ctx, const struct asym_key *k)
{
    if (k->type != KEY_TYPE_RSA_PUBLIC)
        return true;
    if (k->len <= ASYM_RSA_SCHEME_1)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

bool asym_verify(const struct asym_key *k, const uint8_t *msg, size_t n, const uint8_t *signature,
                 size_t signature_len)
{
    size_t coordinate = k->type == KEY_TYPE_RSA_PUBLIC ? 0 : asym_coordinate(k->curve);
    EVP_PKEY *key = k->type == KEY_TYPE_ECC_PRIVATE ? NULL : import(k);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[MAX_DER_SIGNATURE];
    EVP_PKEY_CTX *how = NULL;
    bool ok = key != NULL && ctx != NULL && signature_len == (coordinate == 0 ? k->len : 2 * coordinate) &&
              EVP_DigestVerifyInit(ctx, &how, digest_of(k), NULL, key) == 1 && set_padding(how, k);

    if (ok && coordinate != 0) {
        signature_len = to_der(signature, coordinate, der);
        signature = der;
    }
    ok = ok && signature_len > 0 && EVP_DigestVerify(ctx, signature, signature_len, msg, n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

size_t asym_sign(const struct asym_key *k, const uint8_t *msg, size_t n,
                 uint8_t signature[ASYM_MAX_SIGNATURE])
{
    EVP_PKEY *key = k->type == KEY_TYPE_ECC_PRIVATE ? import(k) : NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[MAX_DER_SIGNATURE];
    size_t der_len = sizeof der;
    size_t coordinate = asym_coordinate(k->curve);
    bool ok = key != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, digest_of(k), NULL, key) == 1 &&
              EVP_DigestSign(ctx, der, &der_len, msg, n) == 1 &&
              from_der(der, der_len, coordinate, signature);

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? 2 * coordinate : 0;
}
