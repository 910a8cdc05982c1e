/* SPDX-License-Identifier: Apache-2.0 */
/* A card's own RSA pair in the form that cards keep. Station 5. Edge: the library's generator. [EMV Book 2
 * annex B2; EMV CPS 1.1 annex A: DGI 8201 to 8205] */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "vault/emv/inside.h"

enum { OCTET = 8 };
/* 65537: every card takes it. */
static const uint8_t exponent[ODA_EXPONENT_MAX] = {0x01, 0x00, 0x01};

static bool number(EVP_PKEY *pair, const char *name, uint8_t *out, size_t len)
{
    BIGNUM *n = NULL;
    bool done = EVP_PKEY_get_bn_param(pair, name, &n) == 1 && BN_bn2binpad(n, out, (int)len) == (int)len;
    BN_clear_free(n);
    return done;
}

static bool take(EVP_PKEY *pair, struct icc_pair *k)
{
    size_t half = k->octets / 2;
    return number(pair, OSSL_PKEY_PARAM_RSA_N, k->n, k->octets) &&
           number(pair, OSSL_PKEY_PARAM_RSA_FACTOR1, k->p, half) &&
           number(pair, OSSL_PKEY_PARAM_RSA_FACTOR2, k->q, half) &&
           number(pair, OSSL_PKEY_PARAM_RSA_EXPONENT1, k->dp, half) &&
           number(pair, OSSL_PKEY_PARAM_RSA_EXPONENT2, k->dq, half) &&
           number(pair, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, k->qinv, half);
}

enum tsm_err icc_pair_make(size_t octets, struct icc_pair *out)
{
    EVP_PKEY *pair = EVP_RSA_gen((unsigned)(octets * OCTET));
    bool done;
    memset(out, 0, sizeof *out);
    out->octets = octets;
    out->exponent_len = sizeof exponent;
    memcpy(out->exponent, exponent, sizeof exponent);
    done = pair && take(pair, out);
    EVP_PKEY_free(pair); /* the library clears its numbers */
    return done ? TSM_OK : FAIL(CRYPTO_FAILED, "no RSA pair of %zu octets could be made", octets);
}
