/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature seam: what the pure codecs may ask of an RSA or EC key without knowing where it lives; and
 * the hashes beside SHA-1 and SHA-256 of base/crypto.h. Stations 5 and 10. Pure. EC keys for agreement and
 * certificates are in base/ec/ec.h. Two implementations: EVP
 * over a key in memory (sign_evp.c), PKCS#11 over a token (vault/). [PKCS#1 v2.2, FIPS 180-4, FIPS 186-4]
 */
#ifndef TSM_BASE_SIGN_SIGN_H
#define TSM_BASE_SIGN_SIGN_H

#include "base/crypto.h"

enum hash_alg { HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512, HASH_ALGS };
enum { HASH_LEN_MAX = 64 };
/* Octets of a digest. */
size_t hash_len(enum hash_alg alg);
/* The digest of the parts in order, hash_len(alg) octets. CRYPTO_FAILED. */
enum tsm_err hash_parts(enum hash_alg alg, const struct bytes *parts, size_t n, uint8_t out[HASH_LEN_MAX]);

/* SHA-256 of octets in one piece. NO_MEMORY; then there is no digest, and none must be looked for or stored.
 */
enum tsm_err sha256_of(struct bytes octets, uint8_t digest[SHA256_LEN]);

enum sign_type { SIGN_RSA = 1, SIGN_EC = 2 };
enum {
    SIGN_RSA_BITS_MIN = 1024,     /* shorter keys are refused: GPCS table C-1 knows none */
    SIGN_RSA_BITS_CARD_MIN = 512, /* of payment cards: EMV Book 2 D1.2 knows no lower limit of use */
    SIGN_RSA_BITS_MAX = 4096,
    SIGN_EC_BITS_MIN = 256,
    SIGN_EC_BITS_MIDDLE = 384,
    SIGN_EC_BITS_MAX = 512, /* as base/ec/ec.h: P-521 is left out */
    SIGNATURE_MAX = SIGN_RSA_BITS_MAX / 8,
};

/* How a digest becomes a signature. PSS: MGF1 with the same hash, salt as long as the digest, trailer BC.
 * ECDSA: r | s, each as long as the order [TR-03111 plain format]. RAW: RSA over a block as long as the
 * modulus that the caller has formed whole, as payment cards' certificates are [EMV Book 2 annex A2.1]; the
 * hash says nothing then. */
enum sign_padding { SIGN_PKCS1, SIGN_PSS, SIGN_ECDSA, SIGN_RAW };
struct sign_how {
    enum sign_padding padding;
    enum hash_alg hash;
};

struct sign_key;
struct sign_ops {
    enum tsm_err (*sign)(const struct sign_key *k, struct sign_how how, struct bytes digest,
                         struct writer *signature);
    /* NULL: this key only signs. */
    enum tsm_err (*verify)(const struct sign_key *k, struct sign_how how, struct bytes digest,
                           struct bytes signature);
    /* The block that a RAW signature was made of; NULL: this key only signs. */
    enum tsm_err (*recover)(const struct sign_key *k, struct bytes signature, struct writer *block);
    void (*free)(struct sign_key *k); /* NULL: nothing is owned */
};

/* One half or both halves of a pair. With EVP `owner` is the key itself, with a token the token, and `handle`
 * names the key in it. */
struct sign_key {
    const struct sign_ops *ops;
    void *owner;
    unsigned long handle;
    enum sign_type type;
    size_t bits; /* of the modulus, or of the curve's order */
    bool private_half;
};
/* Gives back what the key owns; harmless for one that is all zero. */
void sign_key_free(struct sign_key *k);
#define SIGN_KEY __attribute__((cleanup(sign_key_free))) struct sign_key

/* Octets of a signature. */
size_t sign_len(const struct sign_key *k);
/* Appends the signature. KEY_REFUSED without a private half or when the padding is for another type of key,
 * BAD_LENGTH when the digest is none of `how.hash`, CRYPTO_FAILED or TOKEN_FAILED. */
enum tsm_err sign_digest(const struct sign_key *k, struct sign_how how, struct bytes digest,
                         struct writer *signature);
/* MAC_WRONG when the signature does not belong to digest and key, also when its length is wrong. */
enum tsm_err sign_check(const struct sign_key *k, struct sign_how how, struct bytes digest,
                        struct bytes signature);

/* Appends the block of a RAW signature. KEY_REFUSED for another type of key, BAD_LENGTH for a signature that
 * is not as long as the modulus, MAC_WRONG for a number above it. */
enum tsm_err sign_recover(const struct sign_key *k, struct bytes signature, struct writer *block);

/* A key from PEM or DER text (PKCS#8, PKCS#1, SEC 1, SubjectPublicKeyInfo), not encrypted. BAD_FORM when it
 * is none, KEY_REFUSED for another type or a length outside the limits above. Owned: sign_key_free. */
enum tsm_err sign_key_read(struct bytes text, struct sign_key *out);
/* The public numbers of such a key, borrowed from `room` (SIGN_PUBLIC_MAX): a point 04 | x | y, or n and e.
 */
enum { SIGN_PUBLIC_MAX = SIGNATURE_MAX + 16 };
struct sign_public {
    enum sign_type type;
    struct bytes point, n, e;
};
enum tsm_err sign_key_public(const struct sign_key *k, struct writer *room, struct sign_public *out);
/* A key from its numbers, big-endian; `d` empty for a public one. */
struct rsa_numbers {
    struct bytes n, e, d;
};
enum tsm_err sign_key_rsa(const struct rsa_numbers *numbers, struct sign_key *out);
/* The same for a payment card's key, which may be as short as SIGN_RSA_BITS_CARD_MIN. */
enum tsm_err sign_key_card(const struct rsa_numbers *numbers, struct sign_key *out);
/* The curve, P-256 or P-384, follows from the length of the uncompressed point 04 | x | y. */
enum tsm_err sign_key_ec(struct bytes point, struct bytes d, struct sign_key *out);

#endif
