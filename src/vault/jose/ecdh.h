/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement with the other side's public key: curve check, ephemeral pair, Concat KDF. Stations 1, 5, 6.
 * Edge. Inside vault/jose only. [RFC 7518 4.6, SP 800-56A 5.8.1] */
#ifndef TSM_VAULT_JOSE_ECDH_H
#define TSM_VAULT_JOSE_ECDH_H

#include "base/crypto.h"
#include "vault/jose/jwk.h"

/* BAD_VALUE unless 04 | x | y is a point of P-256 (cofactor 1, so the equation is all there is to check). */
enum tsm_err p256_check(const uint8_t point[P256_POINT]);
/* A fresh pair that is used once: its public point and the x coordinate shared with `peer`. BAD_VALUE for a
 * bad peer, NO_MEMORY. */
enum tsm_err p256_ephemeral(const uint8_t peer[P256_POINT], uint8_t point[P256_POINT], struct secret *z);

/* What the derived key is bound to. `alg` is the content encryption's name in direct agreement; apu and apv
 * may be empty. key_len at most SHA256_LEN. */
struct concat_info {
    const char *alg;
    struct bytes apu, apv;
    size_t key_len;
};
enum tsm_err concat_kdf(struct crypto *c, const struct secret *z, const struct concat_info *info,
                        struct secret *key);

#endif
