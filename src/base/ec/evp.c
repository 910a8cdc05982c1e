/* SPDX-License-Identifier: Apache-2.0 */
/* Elliptic curves over OpenSSL EVP: points, ECDSA verification, agreement with a key in memory. Stations 5, 7
 * and 10. Pure. [TR-03111 4.2.1.2, 4.3.1] */
#include "base/ec/ec.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

/* Hash and library's name by curve [GPCS Table B-3]. */
static const struct {
    const char *group, *hash;
} suites[EC_CURVES] = {
    [EC_P256] = {"P-256", "SHA256"},
    [EC_P384] = {"P-384", "SHA384"},
    [EC_BRAINPOOL_P256] = {"brainpoolP256r1", "SHA256"},
    [EC_BRAINPOOL_P384] = {"brainpoolP384r1", "SHA384"},
    [EC_BRAINPOOL_P512] = {"brainpoolP512r1", "SHA512"},
};

static OSSL_PARAM group_param(enum ec_curve curve)
{
    return OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                            (char *)(uintptr_t)suites[curve].group, 0);
}

static EVP_PKEY *key_of(OSSL_PARAM *params, int selection)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &key, selection, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* The library's decoder refuses what is not on the curve; the form 04 excludes the point at infinity, and all
 * these curves have the cofactor 1. */
static enum tsm_err public_key(struct ec_public k, EVP_PKEY **out)
{
    size_t side = ec_side(k.curve);
    OSSL_PARAM params[3];
    NEED(side != 0, UNSUPPORTED);
    NEED(k.point.len == 2 * side + 1, BAD_LENGTH);
    NEED(k.point.at[0] == 0x04, BAD_VALUE);
    params[0] = group_param(k.curve);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)k.point.at,
                                                  k.point.len);
    params[2] = OSSL_PARAM_construct_end();
    *out = key_of(params, EVP_PKEY_PUBLIC_KEY);
    return *out ? TSM_OK : FAIL(BAD_VALUE, "x and y are no point of %s", suites[k.curve].group);
}

enum tsm_err ec_public_check(struct ec_public key)
{
    EVP_PKEY *k;
    TRY(public_key(key, &k));
    EVP_PKEY_free(k);
    return TSM_OK;
}

static enum tsm_err verify(EVP_PKEY *key, const char *hash, const struct bytes *parts, size_t n,
                           struct bytes der)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool fed = ctx && EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL, key, NULL) == 1;
    int right = 0;
    for (size_t i = 0; fed && i < n; i++)
        fed = parts[i].len == 0 || EVP_DigestVerifyUpdate(ctx, parts[i].at, parts[i].len) == 1;
    if (fed)
        right = EVP_DigestVerifyFinal(ctx, der.at, der.len);
    EVP_MD_CTX_free(ctx);
    NEED(fed, CRYPTO_FAILED);
    return right == 1 ? TSM_OK : FAIL(MAC_WRONG, "the signature is not that key's over these octets");
}

enum tsm_err ec_verify(struct ec_public key, const struct bytes *parts, size_t n, struct bytes rs)
{
    uint8_t der[EC_DER_MAX];
    struct writer w = WRITER(der);
    EVP_PKEY *k;
    enum tsm_err e;
    NEED(rs.len == 2 * ec_side(key.curve), BAD_LENGTH);
    TRY(ec_signature_der(rs, &w));
    TRY(public_key(key, &k));
    e = verify(k, suites[key.curve].hash, parts, n, written(&w));
    EVP_PKEY_free(k);
    return e;
}

/* The library wants d in the machine's own octet order. */
static EVP_PKEY *private_key(const struct ec_private *k)
{
    SECRET d = {.len = k->value.len};
    OSSL_PARAM params[3];
    for (size_t i = 0; i < d.len; i++)
        d.at[i] = k->value.at[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? d.len - 1 - i : i];
    params[0] = group_param(k->curve);
    params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, d.at, d.len);
    params[2] = OSSL_PARAM_construct_end();
    return key_of(params, EVP_PKEY_KEYPAIR);
}

static enum tsm_err shared_x(EVP_PKEY *own, EVP_PKEY *peer, struct secret *x)
{
    EVP_PKEY_CTX *ctx = own ? EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL) : NULL;
    size_t n = SECRET_MAX;
    bool done = ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                EVP_PKEY_derive(ctx, x->at, &n) == 1;
    EVP_PKEY_CTX_free(ctx);
    NEED(done, CRYPTO_FAILED);
    x->len = n;
    return TSM_OK;
}

static enum tsm_err memory_agree(const struct ec_private *k, struct bytes peer, struct secret *x)
{
    EVP_PKEY *own, *theirs;
    enum tsm_err e;
    TRY(public_key((struct ec_public){k->curve, peer}, &theirs));
    own = private_key(k);
    e = shared_x(own, theirs, x);
    EVP_PKEY_free(own); /* the library clears its d */
    EVP_PKEY_free(theirs);
    return e;
}

static const struct ec_ops memory_ops = {.agree = memory_agree};

enum tsm_err ec_private_of(enum ec_curve curve, struct bytes d, struct ec_private *out)
{
    EC_PRIVATE k = {.ops = &memory_ops, .curve = curve};
    NEED(ec_side(curve) != 0, UNSUPPORTED);
    NEED(d.len == ec_side(curve), BAD_LENGTH);
    TRY(secret_set(&k.value, d));
    *out = k;
    return TSM_OK;
}
