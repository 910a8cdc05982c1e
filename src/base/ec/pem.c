/* SPDX-License-Identifier: Apache-2.0 */
/* PEM blocks and EC keys through the library's decoder. Stations 5 and 7. Pure. [RFC 7468, RFC 5958, SEC 1]
 */
#include "base/ec/pem.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_LEN = 96, GROUP_MAX = 64, DECODE_SLACK = 64 };

/* Where the text begins that is looked for; len of `in` when it is not there. */
static size_t find(struct bytes in, const char *what)
{
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= in.len; i++)
        if (memcmp(&in.at[i], what, n) == 0)
            return i;
    return in.len;
}

static enum tsm_err skip(struct bytes *text, size_t n)
{
    return bytes_part(*text, n, text->len - n, text);
}

static enum tsm_err decode(struct bytes base64, struct writer *der)
{
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    int n = 0, last = 0;
    bool done;
    NEED(ctx != NULL, NO_MEMORY);
    if (der->cap - der->len < base64.len / 4 * 3 + DECODE_SLACK) {
        EVP_ENCODE_CTX_free(ctx);
        return FAIL(TOO_LONG, "a block of %zu characters is no key or certificate", base64.len);
    }
    EVP_DecodeInit(ctx);
    done = EVP_DecodeUpdate(ctx, &der->at[der->len], &n, base64.at, (int)base64.len) >= 0 &&
           EVP_DecodeFinal(ctx, &der->at[der->len + (size_t)n], &last) == 1;
    EVP_ENCODE_CTX_free(ctx);
    NEED(done && n > 0, BAD_FORM);
    der->len += (size_t)n + (size_t)last;
    return TSM_OK;
}

enum tsm_err pem_next(struct bytes *text, const char *label, struct writer *der)
{
    char begin[LINE_MAX_LEN], end[LINE_MAX_LEN];
    struct bytes at = *text, inside;
    size_t from;
    snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
    snprintf(end, sizeof end, "-----END %s-----", label);
    from = find(at, begin);
    if (from == at.len)
        return FAIL(NOT_FOUND, "there is no further block %s", label);
    TRY(skip(&at, from + strlen(begin)));
    from = find(at, end);
    if (from == at.len)
        return FAIL(BAD_FORM, "the block %s has no end", label);
    TRY(bytes_part(at, 0, from, &inside));
    TRY(decode(inside, der));
    TRY(skip(&at, from + strlen(end)));
    *text = at;
    return TSM_OK;
}

static enum tsm_err curve_of(const EVP_PKEY *key, enum ec_curve *out)
{
    static const struct {
        const char *group;
        enum ec_curve curve;
    } groups[] = {{"prime256v1", EC_P256},
                  {"P-256", EC_P256},
                  {"secp384r1", EC_P384},
                  {"P-384", EC_P384},
                  {"brainpoolP256r1", EC_BRAINPOOL_P256},
                  {"brainpoolP384r1", EC_BRAINPOOL_P384},
                  {"brainpoolP512r1", EC_BRAINPOOL_P512}};
    char name[GROUP_MAX];
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, NULL) != 1)
        return FAIL(KEY_REFUSED, "this is no key on an elliptic curve");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (strcmp(groups[i].group, name) == 0) {
            *out = groups[i].curve;
            return TSM_OK;
        }
    return FAIL(UNSUPPORTED, "the curve %.40s is not spoken here", name);
}

static enum tsm_err point_of(const EVP_PKEY *key, enum ec_curve curve, struct writer *point)
{
    uint8_t room[EC_SPOT_MAX];
    size_t n = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, room, sizeof room, &n) != 1 ||
        n != 1 + 2 * ec_side(curve))
        return FAIL(KEY_REFUSED, "the key tells no point in the form 04 | x | y");
    return write_span(point, BYTES_OF(room, n));
}

/* d, padded to the curve's length; the library gives numbers in the machine's own order. */
static enum tsm_err private_of(const EVP_PKEY *key, enum ec_curve curve, struct ec_private *out)
{
    SECRET native = {.len = ec_side(curve)};
    SECRET d = {.len = ec_side(curve)};
    OSSL_PARAM ask[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native.at, native.len),
                        OSSL_PARAM_construct_end()};
    if (EVP_PKEY_get_params(key, ask) != 1 || !OSSL_PARAM_modified(ask))
        return FAIL(KEY_REFUSED, "the private half is not in this key");
    for (size_t i = 0; i < d.len; i++)
        d.at[i] = native.at[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? d.len - 1 - i : i];
    return ec_private_of(curve, secret_bytes(&d), out);
}

static enum tsm_err read_key(struct bytes text, EVP_PKEY **out)
{
    const unsigned char *at = text.at;
    size_t left = text.len;
    OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(out, NULL, NULL, NULL, 0, NULL, NULL);
    int done = ctx && text.len ? OSSL_DECODER_from_data(ctx, &at, &left) : 0;
    OSSL_DECODER_CTX_free(ctx);
    return done == 1 && *out ? TSM_OK : FAIL(BAD_FORM, "this is no key in PEM or DER, or it is encrypted");
}

enum tsm_err ec_private_read(struct bytes text, struct ec_private *out, struct writer *point)
{
    struct writer at = *point;
    EC_PRIVATE k = {0};
    EVP_PKEY *key = NULL;
    enum ec_curve curve = 0;
    enum tsm_err e = read_key(text, &key);
    if (e == TSM_OK)
        e = curve_of(key, &curve);
    if (e == TSM_OK)
        e = private_of(key, curve, &k);
    if (e == TSM_OK)
        e = point_of(key, curve, &at);
    EVP_PKEY_free(key);
    TRY(e);
    *out = k;
    *point = at;
    return TSM_OK;
}

enum tsm_err ec_public_read(struct bytes text, enum ec_curve *curve, struct writer *point)
{
    EVP_PKEY *key = NULL;
    enum ec_curve found = 0;
    enum tsm_err e = read_key(text, &key);
    if (e == TSM_OK)
        e = curve_of(key, &found);
    if (e == TSM_OK)
        e = point_of(key, found, point);
    EVP_PKEY_free(key);
    TRY(e);
    *curve = found;
    return TSM_OK;
}
