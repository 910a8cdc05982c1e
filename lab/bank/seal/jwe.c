/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWE to a provider's intake key: ECDH-ES on P-256 with A256GCM. [RFC 7516 7.1, RFC 7518 4.6 and 5.3]
 */
#include "bank/seal/jwe.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COORDINATE = 32, POINT = 1 + 2 * COORDINATE, CEK = 32, IV = 12, TAG = 16, MAX_HEADER = 768 };

enum { BASE64_OF_32 = 44, UNCOMPRESSED = 0x04 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void bank_base64url(const uint8_t *in, size_t len, char *out)
{
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        for (count += 8; count >= 6; count -= 6)
            *out++ = alphabet[bits >> (count - 6) & 0x3F];
    }
    if (count > 0)
        *out++ = alphabet[bits << (6 - count) & 0x3F];
    *out = '\0';
}

long bank_base64url_read(const char *text, uint8_t *out, size_t cap)
{
    unsigned bits = 0, count = 0;
    size_t len = 0;
    for (; *text; text++) {
        const char *digit = strchr(alphabet, *text);
        if (!digit)
            return -1;
        bits = bits << 6 | (unsigned)(digit - alphabet);
        count += 6;
        if (count >= 8) {
            if (len == cap)
                return -1;
            count -= 8;
            out[len++] = (uint8_t)(bits >> count);
        }
    }
    return count < 6 && (bits & ((1U << count) - 1)) == 0 ? (long)len : -1;
}

static void put_u32(uint8_t *out, size_t value)
{
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static size_t put_field(uint8_t *out, const char *text)
{
    size_t len = strlen(text);
    put_u32(out, len);
    memcpy(out + 4, text, len);
    return 4 + len;
}

bool bank_concat_kdf(const uint8_t z[JWE_SECRET], const char *algorithm, const char *party_u,
                     const char *party_v, uint8_t *key, size_t key_len)
{
    uint8_t in[4 + JWE_SECRET + 3 * 4 + JWE_MAX_ALGORITHM + 2 * JWE_MAX_PARTY + 4], hash[EVP_MAX_MD_SIZE];
    if (key_len > 32 || strlen(algorithm) > JWE_MAX_ALGORITHM || strlen(party_u) > JWE_MAX_PARTY ||
        strlen(party_v) > JWE_MAX_PARTY)
        return false;
    size_t n = 4;
    put_u32(in, 1);
    memcpy(in + n, z, JWE_SECRET);
    n += JWE_SECRET;
    n += put_field(in + n, algorithm);
    n += put_field(in + n, party_u);
    n += put_field(in + n, party_v);
    put_u32(in + n, key_len * 8);
    n += 4;
    bool done = EVP_Digest(in, n, hash, NULL, EVP_sha256(), NULL) == 1;
    if (done)
        memcpy(key, hash, key_len);
    explicit_bzero(in, sizeof in);
    explicit_bzero(hash, sizeof hash);
    return done;
}

static bool text_is(const json_t *jwk, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(jwk, name));
    return text && strcmp(text, value) == 0;
}

static bool read_coordinate(const json_t *jwk, const char *name, uint8_t out[COORDINATE])
{
    const char *text = json_string_value(json_object_get(jwk, name));
    return text && bank_base64url_read(text, out, COORDINATE) == COORDINATE;
}

/* The public point is checked to lie on the curve: an invalid one would leak the ephemeral key. */
EVP_PKEY *bank_public_key(const json_t *jwk)
{
    uint8_t point[POINT] = {UNCOMPRESSED};
    EVP_PKEY *key = NULL;
    if (!text_is(jwk, "kty", "EC") || !text_is(jwk, "crv", "P-256") ||
        !read_coordinate(jwk, "x", point + 1) || !read_coordinate(jwk, "y", point + 1 + COORDINATE))
        return NULL;
    char group[] = "prime256v1";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (!make || EVP_PKEY_fromdata_init(make) != 1 ||
        EVP_PKEY_fromdata(make, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(make);
    EVP_PKEY_CTX *check = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    if (key && (!check || EVP_PKEY_public_check(check) != 1)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(check);
    return key;
}

bool bank_agree(EVP_PKEY *ours, EVP_PKEY *theirs, uint8_t z[JWE_SECRET])
{
    size_t len = JWE_SECRET;
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
    bool done = c && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, theirs) == 1 &&
                EVP_PKEY_derive(c, z, &len) == 1 && len == JWE_SECRET;
    EVP_PKEY_CTX_free(c);
    return done;
}

/* The protected header in base64url: it is the additional data of the encryption as well. */
static char *protected_header(const json_t *jwk, EVP_PKEY *ephemeral)
{
    uint8_t point[POINT];
    size_t len = 0;
    char x[BASE64_OF_32], y[BASE64_OF_32];
    if (EVP_PKEY_get_octet_string_param(ephemeral, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1 ||
        len != POINT)
        return NULL;
    bank_base64url(point + 1, COORDINATE, x);
    bank_base64url(point + 1 + COORDINATE, COORDINATE, y);
    json_t *header =
        json_pack("{s:s,s:s,s:O*,s:{s:s,s:s,s:s,s:s}}", "alg", "ECDH-ES", "enc", "A256GCM", "kid",
                  json_object_get(jwk, "kid"), "epk", "kty", "EC", "crv", "P-256", "x", x, "y", y);
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    char *encoded = text && strlen(text) <= MAX_HEADER ? malloc(strlen(text) * 4 / 3 + 4) : NULL;
    if (encoded)
        bank_base64url((const uint8_t *)text, strlen(text), encoded);
    free(text);
    json_decref(header);
    return encoded;
}

struct sealed {
    uint8_t iv[IV], tag[TAG], cipher[JWE_MAX_PLAIN];
};

static bool seal(const uint8_t cek[CEK], const char *aad, const char *plain, size_t len, struct sealed *out)
{
    int n = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool done = c && RAND_bytes(out->iv, IV) == 1 &&
                EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), cek, out->iv, NULL) == 1 &&
                EVP_EncryptUpdate(c, NULL, &n, (const uint8_t *)aad, (int)strlen(aad)) == 1 &&
                EVP_EncryptUpdate(c, out->cipher, &n, (const uint8_t *)plain, (int)len) == 1 &&
                EVP_EncryptFinal_ex(c, out->cipher + n, &n) == 1 &&
                EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, out->tag) == 1;
    EVP_CIPHER_CTX_free(c);
    return done;
}

/* header..iv.ciphertext.tag: the encrypted key is empty with direct agreement. */
static char *compact(const char *header, const struct sealed *s, size_t len)
{
    char iv[BASE64_OF_32], tag[BASE64_OF_32], cipher[JWE_MAX_PLAIN * 4 / 3 + 4];
    char *out = NULL;
    bank_base64url(s->iv, IV, iv);
    bank_base64url(s->cipher, len, cipher);
    bank_base64url(s->tag, TAG, tag);
    return asprintf(&out, "%s..%s.%s.%s", header, iv, cipher, tag) > 0 ? out : NULL;
}

static char *encrypt_to(EVP_PKEY *theirs, const json_t *jwk, const char *plain, size_t len)
{
    uint8_t z[JWE_SECRET], cek[CEK];
    struct sealed s;
    EVP_PKEY *ephemeral = EVP_EC_gen("P-256");
    char *header = ephemeral ? protected_header(jwk, ephemeral) : NULL, *out = NULL;
    if (header && bank_agree(ephemeral, theirs, z) &&
        bank_concat_kdf(z, "A256GCM", "", "", cek, sizeof cek) && seal(cek, header, plain, len, &s))
        out = compact(header, &s, len);
    explicit_bzero(z, sizeof z);
    explicit_bzero(cek, sizeof cek);
    EVP_PKEY_free(ephemeral);
    free(header);
    return out;
}

char *bank_jwe_encrypt(const json_t *jwk, const char *plain, size_t len, const char **why)
{
    if (len > JWE_MAX_PLAIN) {
        *why = "the data is too long to encrypt";
        return NULL;
    }
    EVP_PKEY *theirs = bank_public_key(jwk);
    if (!theirs) {
        *why = "the key is no public JWK on P-256";
        return NULL;
    }
    char *out = encrypt_to(theirs, jwk, plain, len);
    *why = out ? NULL : "libcrypto refused";
    EVP_PKEY_free(theirs);
    return out;
}
