/* SPDX-License-Identifier: Apache-2.0 */
/* The signature seam over OpenSSL EVP, for keys in memory: public halves and laboratory keys. Stations 5 and
 * 10. Pure but for the randomness that ECDSA and PSS take from the library. [PKCS#1 v2.2, FIPS 186-4] */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/ec/ec.h"
#include "base/sign/sign_evp.h"

static const char *const hash_names[HASH_ALGS] = {
    [HASH_SHA1] = "SHA1", [HASH_SHA256] = "SHA256", [HASH_SHA384] = "SHA384", [HASH_SHA512] = "SHA512"};

static enum tsm_err digest_parts(EVP_MD_CTX *ctx, const EVP_MD *md, const struct bytes *parts, size_t n,
                                 uint8_t out[HASH_LEN_MAX])
{
    NEED(ctx && md && EVP_DigestInit_ex2(ctx, md, NULL) == 1, NO_MEMORY);
    for (size_t i = 0; i < n; i++)
        NEED(parts[i].len == 0 || EVP_DigestUpdate(ctx, parts[i].at, parts[i].len) == 1, CRYPTO_FAILED);
    NEED(EVP_DigestFinal_ex(ctx, out, NULL) == 1, CRYPTO_FAILED);
    return TSM_OK;
}

enum tsm_err hash_parts(enum hash_alg alg, const struct bytes *parts, size_t n, uint8_t out[HASH_LEN_MAX])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_MD *md = EVP_MD_fetch(NULL, hash_names[alg], NULL);
    enum tsm_err e = digest_parts(ctx, md, parts, n, out);
    EVP_MD_free(md);
    EVP_MD_CTX_free(ctx);
    return e;
}

enum tsm_err sha256_of(struct bytes octets, uint8_t digest[SHA256_LEN])
{
    static const uint8_t nothing[1];
    if (!EVP_Digest(octets.len ? octets.at : nothing, octets.len, digest, NULL, EVP_sha256(), NULL))
        return FAIL(NO_MEMORY, "no memory for a digest"); /* nothing else can fail in it */
    return TSM_OK;
}

/* r | s has a fixed length for each length of curve; which curve of that length does not matter for it. */
static enum tsm_err plain_of_der(const struct sign_key *k, struct bytes der, struct writer *rs)
{
    return ec_signature_plain(k->bits <= 256   ? EC_P256
                              : k->bits <= 384 ? EC_P384
                                               : EC_BRAINPOOL_P512,
                              der, rs);
}

/* The context with everything but the direction set; the two inits differ only in name. */
static enum tsm_err set_how(EVP_PKEY_CTX *ctx, const EVP_MD *md, struct sign_how how)
{
    if (how.padding == SIGN_RAW)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 ? TSM_OK
                                                                      : FAIL(CRYPTO_FAILED, "raw RSA");
    NEED(md && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1, CRYPTO_FAILED);
    if (how.padding == SIGN_PKCS1)
        NEED(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1, CRYPTO_FAILED);
    if (how.padding == SIGN_PSS) {
        NEED(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1, CRYPTO_FAILED);
        NEED(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1, CRYPTO_FAILED);
    }
    return TSM_OK;
}

static enum tsm_err sign_with(EVP_PKEY_CTX *ctx, const EVP_MD *md, struct sign_how how, struct bytes digest,
                              struct writer *out)
{
    uint8_t *at;
    size_t len = out->cap - out->len;
    NEED(ctx && EVP_PKEY_sign_init(ctx) == 1, CRYPTO_FAILED);
    TRY(set_how(ctx, md, how));
    NEED(EVP_PKEY_sign(ctx, NULL, &len, digest.at, digest.len) == 1, CRYPTO_FAILED);
    NEED(len <= out->cap - out->len, NO_ROOM);
    TRY(write_slot(&(struct writer){out->at, out->len, out->cap}, len, &at));
    NEED(EVP_PKEY_sign(ctx, at, &len, digest.at, digest.len) == 1, CRYPTO_FAILED);
    return write_slot(out, len, &at); /* DER may be shorter than was foretold */
}

static enum tsm_err verify_with(EVP_PKEY_CTX *ctx, const EVP_MD *md, struct sign_how how, struct bytes digest,
                                struct bytes signature)
{
    NEED(ctx && EVP_PKEY_verify_init(ctx) == 1, CRYPTO_FAILED);
    TRY(set_how(ctx, md, how));
    if (EVP_PKEY_verify(ctx, signature.at, signature.len, digest.at, digest.len) != 1)
        return FAIL(MAC_WRONG, "the signature does not belong to these data and this key");
    return TSM_OK;
}

static enum tsm_err evp_sign(const struct sign_key *k, struct sign_how how, struct bytes digest,
                             struct writer *signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->owner, NULL);
    EVP_MD *md = EVP_MD_fetch(NULL, hash_names[how.hash], NULL);
    uint8_t der[EC_DER_MAX];
    struct writer w = WRITER(der);
    enum tsm_err e = sign_with(ctx, md, how, digest, k->type == SIGN_EC ? &w : signature);
    EVP_MD_free(md);
    EVP_PKEY_CTX_free(ctx);
    TRY(e);
    return k->type == SIGN_EC ? plain_of_der(k, written(&w), signature) : TSM_OK;
}

static enum tsm_err evp_verify(const struct sign_key *k, struct sign_how how, struct bytes digest,
                               struct bytes signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->owner, NULL);
    EVP_MD *md = EVP_MD_fetch(NULL, hash_names[how.hash], NULL);
    uint8_t der[EC_DER_MAX];
    struct writer w = WRITER(der);
    enum tsm_err e = k->type == SIGN_EC ? ec_signature_der(signature, &w) : TSM_OK;
    if (e == TSM_OK)
        e = verify_with(ctx, md, how, digest, k->type == SIGN_EC ? written(&w) : signature);
    EVP_MD_free(md);
    EVP_PKEY_CTX_free(ctx);
    return e;
}

static enum tsm_err recover_with(EVP_PKEY_CTX *ctx, struct bytes signature, struct writer *block)
{
    uint8_t *at;
    size_t len = signature.len;
    NEED(ctx && EVP_PKEY_verify_recover_init(ctx) == 1, CRYPTO_FAILED);
    NEED(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1, CRYPTO_FAILED);
    TRY(write_slot(block, len, &at));
    if (EVP_PKEY_verify_recover(ctx, at, &len, signature.at, signature.len) != 1 || len != signature.len)
        return FAIL(MAC_WRONG, "the number is no signature of this key");
    return TSM_OK;
}

static enum tsm_err evp_recover(const struct sign_key *k, struct bytes signature, struct writer *block)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->owner, NULL);
    enum tsm_err e = recover_with(ctx, signature, block);
    EVP_PKEY_CTX_free(ctx);
    return e;
}

static void evp_free(struct sign_key *k)
{
    EVP_PKEY_free(k->owner);
}

const struct sign_ops sign_evp_ops = {
    .sign = evp_sign, .verify = evp_verify, .recover = evp_recover, .free = evp_free};
