/* SPDX-License-Identifier: Apache-2.0 */
/* A key pair for one agreement, from the library's generator. Stations 5 and 7. Edge. [SP 800-56A 5.6.1.2] */
#include "vault/ephemeral.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

static bool take_pair(EVP_PKEY *pair, struct ephemeral *k)
{
    BIGNUM *d = NULL;
    int side = (int)ec_side(k->curve);
    bool done = EVP_PKEY_get_octet_string_param(pair, OSSL_PKEY_PARAM_PUB_KEY, k->point, sizeof k->point,
                                                &k->point_len) == 1 &&
                EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
                BN_bn2binpad(d, k->d.at, side) == side;
    BN_clear_free(d);
    k->d.len = ec_side(k->curve);
    return done && k->point_len == 1 + 2 * k->d.len;
}

enum tsm_err ephemeral_make(enum ec_curve curve, struct ephemeral *out)
{
    EVP_PKEY *pair;
    bool done;
    NEED(ec_side(curve) != 0, UNSUPPORTED);
    out->curve = curve;
    pair = EVP_EC_gen(ec_name(curve));
    done = pair && take_pair(pair, out);
    EVP_PKEY_free(pair);
    NEED(done, CRYPTO_FAILED);
    return ec_private_of(curve, secret_bytes(&out->d), &out->key);
}
