/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWE opened with a pair of our own, as a token service provider does. [RFC 7516 5.2, RFC 7518 4.6]
 */
#include "bank/seal/jwe.h"

#include <openssl/core_names.h>
#include <stdio.h>
#include <string.h>

enum {
    PARTS = 5,
    IV = 12,
    TAG = 16,
    CEK = 32,
    COORDINATE = 32,
    POINT = 1 + 2 * COORDINATE,
    BASE64_OF_32 = 44
};
enum { MAX_JWE = 2 * JWE_MAX_PLAIN, MAX_HEADER = 1024 };

struct parts {
    char copy[MAX_JWE];
    char *at[PARTS]; /* header, encrypted key, iv, ciphertext, tag */
};

static bool cut(const char *jwe, struct parts *p)
{
    size_t n = 0;
    if (strlen(jwe) >= sizeof p->copy)
        return false;
    snprintf(p->copy, sizeof p->copy, "%s", jwe);
    p->at[n++] = p->copy;
    for (char *c = p->copy; *c; c++)
        if (*c == '.') {
            *c = '\0';
            if (n == PARTS)
                return false;
            p->at[n++] = c + 1;
        }
    return n == PARTS && p->at[1][0] == '\0';
}

/* The key of the content: agreed with the sender's ephemeral key in the header. */
static bool content_key(EVP_PKEY *ours, const char *header, uint8_t cek[CEK])
{
    uint8_t text[MAX_HEADER], z[JWE_SECRET];
    long n = bank_base64url_read(header, text, sizeof text);
    json_t *h = n > 0 ? json_loadb((const char *)text, (size_t)n, 0, NULL) : NULL;
    EVP_PKEY *theirs = h ? bank_public_key(json_object_get(h, "epk")) : NULL;
    bool done = theirs && bank_agree(ours, theirs, z) && bank_concat_kdf(z, "A256GCM", "", "", cek, CEK);
    EVP_PKEY_free(theirs);
    json_decref(h);
    return done;
}

static bool open_content(const uint8_t cek[CEK], const struct parts *p, uint8_t *plain, long *len)
{
    uint8_t iv[IV], tag[TAG], cipher[JWE_MAX_PLAIN];
    int n = 0;
    long got = bank_base64url_read(p->at[3], cipher, sizeof cipher);
    char header[MAX_JWE];
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    snprintf(header, sizeof header, "%s", p->at[0]);
    bool done = c && got >= 0 && bank_base64url_read(p->at[2], iv, IV) == IV &&
                bank_base64url_read(p->at[4], tag, TAG) == TAG &&
                EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), cek, iv, NULL) == 1 &&
                EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)header, (int)strlen(header)) == 1 &&
                EVP_DecryptUpdate(c, plain, &n, cipher, (int)got) == 1 &&
                EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
                EVP_DecryptFinal_ex(c, plain + n, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    *len = got;
    return done;
}

long bank_jwe_decrypt(EVP_PKEY *ours, const char *jwe, uint8_t *plain)
{
    static struct parts p;
    uint8_t cek[CEK];
    long len = -1;
    bool done = cut(jwe, &p) && content_key(ours, p.at[0], cek) && open_content(cek, &p, plain, &len);
    explicit_bzero(cek, sizeof cek);
    return done ? len : -1;
}

json_t *bank_jwk_of(EVP_PKEY *pair)
{
    uint8_t point[POINT];
    size_t len = 0;
    char x[BASE64_OF_32], y[BASE64_OF_32];
    if (EVP_PKEY_get_octet_string_param(pair, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1 ||
        len != POINT)
        return NULL;
    bank_base64url(point + 1, COORDINATE, x);
    bank_base64url(point + 1 + COORDINATE, COORDINATE, y);
    return json_pack("{s:s,s:s,s:s,s:s}", "kty", "EC", "crv", "P-256", "x", x, "y", y);
}
