/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement with the other side's public key: curve check, ephemeral pair, Concat KDF. Stations 1, 5, 6.
 * Edge. [RFC 7518 4.6, SP 800-56A 5.8.1] */
#include "vault/jose/ecdh.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <pthread.h>
#include <string.h>

/* The decoder refuses what does not lie on the curve; the form 04 excludes the point at infinity. */
static EVP_PKEY *public_key(const uint8_t point[P256_POINT])
{
    char group[] = "P-256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, P256_POINT),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EC_GROUP *p256;

static void make_group(void)
{
    p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
}

/* The equation alone: making a key object of the point costs twenty times as much, and every order is
 * checked. */
enum tsm_err p256_check(const uint8_t point[P256_POINT])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    EC_POINT *q;
    bool on_curve, wrong;
    int reason;
    pthread_once(&once, make_group);
    q = p256 ? EC_POINT_new(p256) : NULL;
    NEED(q != NULL, NO_MEMORY);
    ERR_clear_error();
    on_curve = point[0] == 0x04 && EC_POINT_oct2point(p256, q, point, P256_POINT, NULL) == 1;
    /* The first one: what had no memory below is called a wrong point above. */
    reason = ERR_GET_REASON(ERR_peek_error());
    wrong = point[0] != 0x04 || reason == EC_R_INVALID_ENCODING || reason == EC_R_POINT_IS_NOT_ON_CURVE;
    ERR_clear_error();
    EC_POINT_free(q);
    if (on_curve)
        return TSM_OK;
    return wrong ? FAIL(BAD_VALUE, "x and y are no point of P-256")
                 : FAIL(NO_MEMORY, "no memory for a point of P-256"); /* it may be one */
}

static enum tsm_err shared_x(EVP_PKEY *own, EVP_PKEY *peer, struct secret *z)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    SECRET x = {0};
    size_t n = SECRET_MAX;
    bool done = ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                EVP_PKEY_derive(ctx, x.at, &n) == 1 && n == P256_COORDINATE;
    EVP_PKEY_CTX_free(ctx);
    NEED(done, NO_MEMORY); /* both points are known to be on the curve */
    x.len = n;
    *z = x;
    return TSM_OK;
}

enum tsm_err p256_ephemeral(const uint8_t peer[P256_POINT], uint8_t point[P256_POINT], struct secret *z)
{
    EVP_PKEY *theirs, *own;
    uint8_t p[P256_POINT];
    size_t n = 0;
    enum tsm_err e;
    TRY(p256_check(peer)); /* what fails from here on is not the peer's fault */
    theirs = public_key(peer);
    own = theirs ? EVP_EC_gen("P-256") : NULL;
    if (own && EVP_PKEY_get_octet_string_param(own, OSSL_PKEY_PARAM_PUB_KEY, p, sizeof p, &n) == 1 &&
        n == sizeof p)
        e = shared_x(own, theirs, z);
    else
        e = FAIL(NO_MEMORY, "no memory for an ephemeral key");
    EVP_PKEY_free(own);
    EVP_PKEY_free(theirs);
    TRY(e);
    memcpy(point, p, sizeof p);
    return TSM_OK;
}

enum tsm_err concat_kdf(struct crypto *c, const struct secret *z, const struct concat_info *info,
                        struct secret *key)
{
    enum { LENGTHS = 4 + 4 + 4 + 4 + 4, BITS = 8 };
    struct bytes alg = bytes_of_text(info->alg);
    uint8_t numbers[LENGTHS];
    struct writer w = WRITER(numbers);
    SECRET k = {.len = SHA256_LEN};
    NEED(info->key_len <= SHA256_LEN, BAD_LENGTH);
    TRY(write_u32(&w, 1)); /* one round is enough up to 256 bits */
    TRY(write_u32(&w, (uint32_t)alg.len));
    TRY(write_u32(&w, (uint32_t)info->apu.len));
    TRY(write_u32(&w, (uint32_t)info->apv.len));
    TRY(write_u32(&w, (uint32_t)(info->key_len * BITS)));
    {
        const struct bytes parts[] = {
            BYTES_OF(&numbers[0], 4), secret_bytes(z), BYTES_OF(&numbers[4], 4),  alg,
            BYTES_OF(&numbers[8], 4), info->apu,       BYTES_OF(&numbers[12], 4), info->apv,
            BYTES_OF(&numbers[16], 4)};
        TRY(crypto_sha256(c, parts, sizeof parts / sizeof parts[0], k.at));
    }
    k.len = info->key_len;
    *key = k;
    return TSM_OK;
}
