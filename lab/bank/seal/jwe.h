/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWE to a provider's intake key: ECDH-ES on P-256 with A256GCM. [RFC 7516 7.1, RFC 7518 4.6 and 5.3]
 */
#ifndef LAB_BANK_SEAL_JWE_H
#define LAB_BANK_SEAL_JWE_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JWE_MAX_PLAIN = 4096, JWE_MAX_ALGORITHM = 32, JWE_MAX_PARTY = 64, JWE_SECRET = 32 };

/* Concat KDF with SHA-256 for up to 32 bytes of key [RFC 7518 4.6.2, NIST SP 800-56A 5.8.1]: one round over
 * 00000001 || Z || AlgorithmID || PartyUInfo || PartyVInfo || key length in bits. */
bool bank_concat_kdf(const uint8_t z[JWE_SECRET], const char *algorithm, const char *party_u,
                     const char *party_v, uint8_t *key, size_t key_len);

/* base64url without padding [RFC 7515 2]. encode writes a closing NUL into out (4 * len / 3 + 4 characters);
 * decode returns the bytes written, -1 on a foreign character, bits left over or a small out. */
void bank_base64url(const uint8_t *in, size_t len, char *out);
long bank_base64url_read(const char *text, uint8_t *out, size_t cap);

/* Encrypts to a public JWK of kty EC, crv P-256. A new string, or NULL with the reason in *why. */
char *bank_jwe_encrypt(const json_t *jwk, const char *plain, size_t len, const char **why);

/* A public JWK of kty EC, crv P-256, its point judged; NULL for anything else. */
EVP_PKEY *bank_public_key(const json_t *jwk);
/* ECDH: the agreed secret of our pair and their public key. */
bool bank_agree(EVP_PKEY *ours, EVP_PKEY *theirs, uint8_t z[JWE_SECRET]);
/* The way back with our own pair: the plain text, at most JWE_MAX_PLAIN octets, or -1 where it is none for us
 * or was changed. */
long bank_jwe_decrypt(EVP_PKEY *ours, const char *jwe, uint8_t *plain);
/* The public half of a pair as JWK; a new reference, NULL when libcrypto refuses. */
json_t *bank_jwk_of(EVP_PKEY *pair);

#endif
