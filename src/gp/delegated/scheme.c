/* SPDX-License-Identifier: Apache-2.0 */
/* Signature schemes by key. Stations 5, 6 and 10. Pure. [GPCS B.1 to B.4, Table C-1] */
#include "gp/delegated/scheme.h"

#include "gp/channel/retail.h"

enum { RSA_1_BITS = 1024, ECC_SHA384_BITS = 384, ECC_SHA512_BITS = 512, TWO_KEY = 2 * DES_BLOCK };

const char *gp_scheme_text(enum gp_scheme scheme)
{
    static const char *const texts[GP_SCHEMES] = {
        [GP_SCHEME_DES] = "DES MAC",
        [GP_SCHEME_AES] = "AES-CMAC",
        [GP_SCHEME_RSA_1] = "RSA PKCS#1 v1.5, SHA-1",
        [GP_SCHEME_RSA_2] = "RSA PSS, SHA-256",
        [GP_SCHEME_ECC] = "ECDSA",
    };
    return (unsigned)scheme < GP_SCHEMES ? texts[scheme] : "unknown scheme";
}

enum tsm_err gp_signer_secret(const struct cipher_key *key, struct gp_signer *out)
{
    if (key->alg == CIPHER_TDES && key->value.len != TWO_KEY)
        return FAIL(KEY_REFUSED, "the DES scheme takes a key of %d octets, not %zu", TWO_KEY, key->value.len);
    *out = (struct gp_signer){key->alg == CIPHER_AES ? GP_SCHEME_AES : GP_SCHEME_DES, key, NULL};
    return TSM_OK;
}

enum tsm_err gp_signer_pair(const struct sign_key *key, struct gp_signer *out)
{
    enum gp_scheme rsa = key->bits == RSA_1_BITS ? GP_SCHEME_RSA_1 : GP_SCHEME_RSA_2;
    NEED(key->ops != NULL, KEY_REFUSED);
    *out = (struct gp_signer){key->type == SIGN_EC ? GP_SCHEME_ECC : rsa, NULL, key};
    return TSM_OK;
}

size_t gp_signature_len(const struct gp_signer *s)
{
    if (s->pair)
        return sign_len(s->pair);
    return s->scheme == GP_SCHEME_AES ? CMAC_LEN : DES_BLOCK;
}

enum hash_alg gp_signature_hash(const struct gp_signer *s)
{
    if (s->scheme == GP_SCHEME_RSA_2)
        return HASH_SHA256;
    if (s->scheme != GP_SCHEME_ECC)
        return HASH_SHA1;
    return s->pair->bits >= ECC_SHA512_BITS   ? HASH_SHA512
           : s->pair->bits >= ECC_SHA384_BITS ? HASH_SHA384
                                              : HASH_SHA256;
}

static struct sign_how how_of(const struct gp_signer *s)
{
    enum sign_padding rsa = s->scheme == GP_SCHEME_RSA_1 ? SIGN_PKCS1 : SIGN_PSS;
    return (struct sign_how){s->scheme == GP_SCHEME_ECC ? SIGN_ECDSA : rsa, gp_signature_hash(s)};
}

static enum tsm_err retail_parts(const struct cipher_key *key, const struct bytes *parts, size_t n,
                                 uint8_t mac[DES_BLOCK])
{
    static const uint8_t zero[DES_BLOCK];
    RETAIL m;
    retail_begin(&m, zero);
    for (size_t i = 0; i < n; i++)
        TRY(retail_add(&m, key, parts[i]));
    return retail_end(&m, key, mac);
}

static enum tsm_err mac_parts(const struct gp_signer *s, const struct bytes *parts, size_t n,
                              uint8_t mac[CMAC_LEN])
{
    return s->scheme == GP_SCHEME_AES ? crypto_cmac(s->secret, parts, n, mac)
                                      : retail_parts(s->secret, parts, n, mac);
}

enum tsm_err gp_signature_write(const struct gp_signer *s, const struct bytes *parts, size_t n,
                                struct writer *signature)
{
    struct sign_how how = how_of(s);
    uint8_t digest[HASH_LEN_MAX];
    if (!s->pair) {
        TRY(mac_parts(s, parts, n, digest));
        return write_span(signature, BYTES_OF(digest, gp_signature_len(s)));
    }
    TRY(hash_parts(how.hash, parts, n, digest));
    return sign_digest(s->pair, how, BYTES_OF(digest, hash_len(how.hash)), signature);
}

enum tsm_err gp_signature_check(const struct gp_signer *s, const struct bytes *parts, size_t n,
                                struct bytes signature)
{
    struct sign_how how = how_of(s);
    uint8_t digest[HASH_LEN_MAX];
    if (!s->pair) {
        TRY(mac_parts(s, parts, n, digest));
        if (!bytes_equal_secret(BYTES_OF(digest, gp_signature_len(s)), signature))
            return FAIL(MAC_WRONG, "the %s does not belong to these data and this key",
                        gp_scheme_text(s->scheme));
        return TSM_OK;
    }
    TRY(hash_parts(how.hash, parts, n, digest));
    return sign_check(s->pair, how, BYTES_OF(digest, hash_len(how.hash)), signature);
}
