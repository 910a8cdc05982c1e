/* SPDX-License-Identifier: Apache-2.0 */
/* The public half of an EVP key as numbers. Stations 5 and 10. Pure. [RFC 8017 3.1, SEC 1 2.3.3] */
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/sign/sign_evp.h"

/* One number without leading zeros; the library gives it in the machine's own order of octets. */
static enum tsm_err number_of(const EVP_PKEY *key, const char *name, struct writer *room, struct bytes *out)
{
    uint8_t native[SIGN_RSA_BITS_MAX / 8] = {0};
    OSSL_PARAM ask[] = {OSSL_PARAM_construct_BN(name, native, sizeof native), OSSL_PARAM_construct_end()};
    size_t from = room->len, len = sizeof native;
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    NEED(EVP_PKEY_get_params(key, ask) == 1 && OSSL_PARAM_modified(ask), CRYPTO_FAILED);
    while (len > 1 && native[little ? len - 1 : sizeof native - len] == 0)
        len--;
    for (size_t i = 0; i < len; i++)
        TRY(write_u8(room, native[little ? len - 1 - i : sizeof native - len + i]));
    *out = written_since(room, from);
    return TSM_OK;
}

enum tsm_err sign_key_public(const struct sign_key *k, struct writer *room, struct sign_public *out)
{
    struct sign_public p = {.type = k->type};
    const EVP_PKEY *key = k->owner;
    NEED(k->ops == &sign_evp_ops, UNSUPPORTED);
    if (k->type == SIGN_RSA) {
        TRY(number_of(key, OSSL_PKEY_PARAM_RSA_N, room, &p.n));
        TRY(number_of(key, OSSL_PKEY_PARAM_RSA_E, room, &p.e));
    } else {
        uint8_t point[2 * (SIGN_EC_BITS_MAX / 8) + 1];
        size_t n = 0, from = room->len;
        NEED(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) == 1,
             CRYPTO_FAILED);
        TRY(write_span(room, BYTES_OF(point, n)));
        p.point = written_since(room, from);
    }
    *out = p;
    return TSM_OK;
}
