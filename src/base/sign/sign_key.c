/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the EVP implementation made from text or from their numbers. Stations 5 and 10. Pure. [RFC 5208,
 * RFC 5280, RFC 8017 A.1, SEC 1] */
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/sign/sign_evp.h"

enum { NUMBER_MAX = SIGN_RSA_BITS_MAX / 8, PARAMS_MAX = 4, POINT_UNCOMPRESSED = 0x04 };

/* Whether the key has its secret number: asked for by name, and wiped at once. */
static bool has_private(const EVP_PKEY *pkey, enum sign_type type)
{
    uint8_t secret[NUMBER_MAX];
    OSSL_PARAM ask[] = {
        OSSL_PARAM_construct_BN(type == SIGN_RSA ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY, secret,
                                sizeof secret),
        OSSL_PARAM_construct_end()};
    bool there = EVP_PKEY_get_params(pkey, ask) == 1 && OSSL_PARAM_modified(ask);
    explicit_bzero(secret, sizeof secret);
    return there;
}

/* RSA of any length between the limits; curves of the three lengths that the plain signature is known for. */
static bool length_fits(enum sign_type type, size_t bits, size_t rsa_min)
{
    if (type == SIGN_RSA)
        return bits >= rsa_min && bits <= SIGN_RSA_BITS_MAX;
    return bits == SIGN_EC_BITS_MIN || bits == SIGN_EC_BITS_MIDDLE || bits == SIGN_EC_BITS_MAX;
}

/* Type and length judged; the key is taken over, also when it is refused. */
static enum tsm_err take(EVP_PKEY *pkey, size_t rsa_min, struct sign_key *out)
{
    struct sign_key k = {.ops = &sign_evp_ops, .owner = pkey};
    bool rsa = EVP_PKEY_is_a(pkey, "RSA"), known = rsa || EVP_PKEY_is_a(pkey, "EC");
    k.type = rsa ? SIGN_RSA : SIGN_EC;
    k.bits = (size_t)EVP_PKEY_get_bits(pkey);
    if (!known || !length_fits(k.type, k.bits, rsa_min)) {
        EVP_PKEY_free(pkey);
        return FAIL(KEY_REFUSED, "a key of %zu bits is not RSA of %zu to %d bits, nor EC of %d, %d or %d",
                    k.bits, rsa_min, SIGN_RSA_BITS_MAX, SIGN_EC_BITS_MIN, SIGN_EC_BITS_MIDDLE,
                    SIGN_EC_BITS_MAX);
    }
    k.private_half = has_private(pkey, k.type);
    *out = k;
    return TSM_OK;
}

enum tsm_err sign_key_read(struct bytes text, struct sign_key *out)
{
    EVP_PKEY *pkey = NULL;
    const unsigned char *at = text.at;
    size_t left = text.len;
    OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&pkey, NULL, NULL, NULL, 0, NULL, NULL);
    int done = ctx && text.len ? OSSL_DECODER_from_data(ctx, &at, &left) : 0;
    OSSL_DECODER_CTX_free(ctx);
    if (done != 1 || !pkey) {
        EVP_PKEY_free(pkey);
        return FAIL(BAD_FORM, "this is no RSA or EC key in PEM or DER, or it is encrypted");
    }
    return take(pkey, SIGN_RSA_BITS_MIN, out);
}

/* A number as the library takes it: in the machine's own order of octets. */
static enum tsm_err add_number(OSSL_PARAM *param, const char *name, struct bytes number, uint8_t *room)
{
    NEED(number.len > 0 && number.len <= NUMBER_MAX, BAD_LENGTH);
    for (size_t i = 0; i < number.len; i++)
        room[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? number.len - 1 - i : i] = number.at[i];
    *param = OSSL_PARAM_construct_BN(name, room, number.len);
    return TSM_OK;
}

static enum tsm_err from_params(const char *type, OSSL_PARAM *params, bool whole, size_t rsa_min,
                                struct sign_key *out)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    bool made = ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
                EVP_PKEY_fromdata(ctx, &pkey, whole ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (!made) {
        EVP_PKEY_free(pkey);
        return FAIL(BAD_VALUE, "these numbers make no %s key", type);
    }
    return take(pkey, rsa_min, out);
}

static enum tsm_err rsa_of(const struct rsa_numbers *numbers, size_t rsa_min, struct sign_key *out)
{
    uint8_t n[NUMBER_MAX], e[NUMBER_MAX], d[NUMBER_MAX];
    OSSL_PARAM params[PARAMS_MAX];
    enum tsm_err err;
    size_t at = 2;
    TRY(add_number(&params[0], OSSL_PKEY_PARAM_RSA_N, numbers->n, n));
    TRY(add_number(&params[1], OSSL_PKEY_PARAM_RSA_E, numbers->e, e));
    if (numbers->d.len)
        TRY(add_number(&params[at++], OSSL_PKEY_PARAM_RSA_D, numbers->d, d));
    params[at] = OSSL_PARAM_construct_end();
    err = from_params("RSA", params, numbers->d.len > 0, rsa_min, out);
    explicit_bzero(d, sizeof d);
    return err;
}

enum tsm_err sign_key_rsa(const struct rsa_numbers *numbers, struct sign_key *out)
{
    return rsa_of(numbers, SIGN_RSA_BITS_MIN, out);
}

enum tsm_err sign_key_card(const struct rsa_numbers *numbers, struct sign_key *out)
{
    return rsa_of(numbers, SIGN_RSA_BITS_CARD_MIN, out);
}

enum tsm_err sign_key_ec(struct bytes point, struct bytes d, struct sign_key *out)
{
    static const struct {
        size_t point;
        const char *group;
    } curves[] = {{65, "P-256"}, {97, "P-384"}};
    uint8_t secret[NUMBER_MAX];
    OSSL_PARAM params[PARAMS_MAX];
    enum tsm_err err;
    size_t at = 2, c = 0;
    while (c < sizeof curves / sizeof curves[0] && curves[c].point != point.len)
        c++;
    NEED(c < sizeof curves / sizeof curves[0] && point.at[0] == POINT_UNCOMPRESSED, BAD_LENGTH);
    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curves[c].group, 0);
    params[1] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point.at, point.len);
    if (d.len)
        TRY(add_number(&params[at++], OSSL_PKEY_PARAM_PRIV_KEY, d, secret));
    params[at] = OSSL_PARAM_construct_end();
    err = from_params("EC", params, d.len > 0, SIGN_RSA_BITS_MIN, out);
    explicit_bzero(secret, sizeof secret);
    return err;
}
