/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The crypto seam: what the pure codecs may ask of a key, without knowing where the key lives. Stations 7
 * and 10. Pure. Two implementations: EVP over a key in memory (crypto_evp.c), PKCS#11 over a token handle
 * (vault/). [SP 800-38A/B, ISO 9797-1]
 */
#ifndef TSM_BASE_CRYPTO_H
#define TSM_BASE_CRYPTO_H

#include "base/bytes.h"
#include "base/secret.h"

enum cipher_alg {
    CIPHER_AES = 1,
    CIPHER_TDES = 2
}; /* block 16 or 8; TDES with 16 (two-key) or 24 bytes, or 8 as K|K|K */
enum cipher_dir { DECRYPT = 0, ENCRYPT = 1 };
enum { CIPHER_BLOCK_MAX = 16, CMAC_LEN = 16 };

struct cipher_key;

/*
 * What a key can do. `in` is a whole number of blocks for cbc and ecb; `out` holds in.len and may be in.at
 * itself. cmac: AES-CMAC over the parts in order, 16 bytes. All return CRYPTO_FAILED or TOKEN_FAILED when the
 * library or token refuses.
 */
struct cipher_ops {
    enum tsm_err (*cbc)(const struct cipher_key *k, enum cipher_dir dir, const uint8_t *iv, struct bytes in,
                        uint8_t *out);
    enum tsm_err (*ecb)(const struct cipher_key *k, enum cipher_dir dir, struct bytes in, uint8_t *out);
    enum tsm_err (*cmac)(const struct cipher_key *k, const struct bytes *parts, size_t n,
                         uint8_t mac[CMAC_LEN]);
    /* A key from bytes that this one derived (a session key, a diversified key), kept where the
     * implementation keeps such keys. NULL: this key derives none. */
    enum tsm_err (*derived)(const struct cipher_key *k, enum cipher_alg alg, struct bytes value,
                            struct cipher_key *out);
};

/* An opaque key. With EVP `value` holds the bytes and `owner` the contexts; with a token `handle` names it
 * and `value` tells no more than the length. */
struct cipher_key {
    const struct cipher_ops *ops;
    void *owner;
    unsigned long handle;
    enum cipher_alg alg;
    struct secret value;
};

static inline void cipher_key_wipe(struct cipher_key *k)
{
    explicit_bzero(k, sizeof *k);
}
#define CIPHER_KEY __attribute__((cleanup(cipher_key_wipe))) struct cipher_key

static inline size_t cipher_block(const struct cipher_key *k)
{
    return k->alg == CIPHER_AES ? 16 : 8;
}

/* Thin names over the ops; iv NULL means zero bytes. */
enum tsm_err crypto_cbc(const struct cipher_key *k, enum cipher_dir dir, const uint8_t *iv, struct bytes in,
                        uint8_t *out);
enum tsm_err crypto_ecb(const struct cipher_key *k, enum cipher_dir dir, struct bytes in, uint8_t *out);
enum tsm_err crypto_cmac(const struct cipher_key *k, const struct bytes *parts, size_t n,
                         uint8_t mac[CMAC_LEN]);
/* A key of `alg` from bytes derived with `k`, used through the same implementation. KEY_REFUSED when `k`
 * cannot. */
enum tsm_err crypto_derived(const struct cipher_key *k, enum cipher_alg alg, struct bytes value,
                            struct cipher_key *out);
/* Full TDES CBC-MAC, zero padded to the block [TS 102 225 DES CC, SCP02 cryptograms]. */
enum tsm_err crypto_tdes_cbc_mac(const struct cipher_key *k, const uint8_t iv[8], struct bytes in,
                                 uint8_t mac[8]);
/* MAC algorithm 3 (retail MAC) of ISO 9797-1 over whole blocks; `k` is a two-key TDES key in memory. [SCP02
 * E.4.4, EMV] */
enum tsm_err crypto_retail_mac(const struct cipher_key *k, const uint8_t iv[8], struct bytes in,
                               uint8_t mac[8]);
/* 80 00.. to a whole block, always at least one byte. */
enum tsm_err pad_80(struct writer *w, size_t from, size_t block);
/* Position and length of the data before 80 00..; BAD_VALUE when no such padding. */
enum tsm_err unpad_80(struct bytes padded, struct bytes *out);
/* Odd parity on every byte of a DES key. */
void des_parity(uint8_t *key, size_t len);

/*
 * The EVP implementation. A `struct crypto` holds the contexts of one thread: made once, never shared between
 * threads. Algorithms are fetched once per process. crypto_key copies the value; the key is valid as long as
 * `c`.
 */
struct crypto;
enum tsm_err crypto_new(struct crypto **out); /* owned by the caller, crypto_free(NULL) is legal */
void crypto_free(struct crypto *c);
/* Puts zero keys into all contexts, so that no key schedule outlives the batch it was used for. */
void crypto_forget(struct crypto *c);
/* BAD_LENGTH unless 16/24/32 (AES) or 8/16/24 (TDES) bytes. */
enum tsm_err crypto_key(struct crypto *c, enum cipher_alg alg, struct bytes value, struct cipher_key *out);

enum { SHA1_LEN = 20, SHA256_LEN = 32 };
enum tsm_err crypto_sha256(struct crypto *c, const struct bytes *parts, size_t n, uint8_t digest[SHA256_LEN]);
enum tsm_err crypto_sha1(struct crypto *c, const struct bytes *parts, size_t n, uint8_t digest[SHA1_LEN]);

/* AES-GCM with a 12-byte nonce; `out` holds in.len, the tag 16 bytes. Opening a changed message is MAC_WRONG
 * and writes nothing. */
struct gcm {
    struct bytes nonce, aad;
};
enum { GCM_NONCE = 12, GCM_TAG = 16 };
enum tsm_err crypto_gcm_seal(const struct cipher_key *k, struct gcm g, struct bytes in, uint8_t *out,
                             uint8_t tag[GCM_TAG]);
enum tsm_err crypto_gcm_open(const struct cipher_key *k, struct gcm g, struct bytes in,
                             const uint8_t tag[GCM_TAG], uint8_t *out);

#endif
