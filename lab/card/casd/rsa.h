/* SPDX-License-Identifier: Apache-2.0 */
/* RSA encryption as the Controlling Authority's domain needs it; pure but for random numbers; GPCS 2.3.1 B.3.
 */
#ifndef LAB_CARD_CASD_RSA_H
#define LAB_CARD_CASD_RSA_H

#include "common/crypto/asym.h"

struct rsa_pair; /* a private key of libcrypto */

#define RSA_BITS       2048
#define RSA_MAX_SECRET 190 /* what OAEP with SHA-256 takes under 2048 bits */

/* NULL when libcrypto fails. */
struct rsa_pair *rsa_generate(void);
void rsa_free(struct rsa_pair *pair);
bool rsa_public(const struct rsa_pair *pair, struct asym_key *to);
/* Scheme 1 (PKCS #1 v1.5) up to 1024 bits, scheme 2 (OAEP, SHA-256) above. Returns the length, 0 on failure.
 */
size_t rsa_encrypt(const struct asym_key *to, const uint8_t *in, size_t n, uint8_t out[ASYM_MAX_VALUE]);
size_t rsa_decrypt(const struct rsa_pair *pair, const uint8_t *in, size_t n, uint8_t out[ASYM_MAX_VALUE]);

#endif
