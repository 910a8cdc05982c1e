/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare limit of our cryptography: EVP contexts made once and re-initialised for each message, nothing
 * else. No codec, no key objects, no wiping. Bench only; includes nothing of src/.
 */
#ifndef TSM_BENCH_BARE_CRYPTO_H
#define TSM_BENCH_BARE_CRYPTO_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BARE_KEY = 16, BARE_DATA_KEY = 32, BARE_NONCE = 12, BARE_TAG = 16 };

/* The layout of a sealed key set: version(1) nonce(12) cipher text(4 + 3 keys) tag(16). */
enum { BARE_PLAIN = 4 + 3 * BARE_KEY, BARE_BLOB = 1 + BARE_NONCE + BARE_PLAIN + BARE_TAG };

struct bare_crypto {
    EVP_CIPHER_CTX *open, *encrypt, *decrypt, *block;
    EVP_MAC_CTX *mac, *rmac;
};
/* False when the library lacks something. */
bool bare_crypto_init(struct bare_crypto *c, const uint8_t data_key[BARE_DATA_KEY]);
void bare_crypto_end(struct bare_crypto *c);

/* Opens a blob under the data key of bare_crypto_init; `aad` is the id of the key set, big-endian. */
bool bare_open(struct bare_crypto *c, const uint8_t aad[8], const uint8_t blob[BARE_BLOB],
               uint8_t plain[BARE_PLAIN]);
/* One message of whole blocks under a key of its own and a zero IV. */
bool bare_cbc(EVP_CIPHER_CTX *ctx, const uint8_t key[BARE_KEY], uint8_t *at, size_t len);
/* Goes on with the key that the context has, from another IV. */
bool bare_cbc_again(EVP_CIPHER_CTX *ctx, const uint8_t iv[16], uint8_t *at, size_t len);

struct bare_part {
    const uint8_t *at;
    size_t len;
};
/* key NULL: the one before. */
bool bare_cmac(EVP_MAC_CTX *mac, const uint8_t *key, const struct bare_part *parts, size_t n,
               uint8_t out[16]);

/* Seconds of a clock that only goes forward. */
double bare_now(void);

#endif
