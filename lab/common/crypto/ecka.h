/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement on elliptic curves and X9.63 key derivation; the curve arithmetic is libcrypto's, the schemes
 * are built here; pure but for generation, which takes random numbers; GPCS 2.3.1 B.4.4, B.4.5, BSI TR-03111
 * 4.3. */
#ifndef LAB_COMMON_CRYPTO_ECKA_H
#define LAB_COMMON_CRYPTO_ECKA_H

#include "common/crypto/asym.h"

#define ECC_P256          0x00 /* key parameter reference, Table B-2 */
#define ECKA_MAX_SECRET   66
#define ECKA_MAX_POINT    (1 + 2 * ECKA_MAX_SECRET)
#define X963_MAX_INPUT    512
#define ECKA_UNCOMPRESSED 0x04

/* The key parameter reference of a curve by libcrypto's name or by the contents of its DER object identifier;
 * false when there is none. */
bool ecka_curve_by_name(const char *name, uint8_t *curve);
bool ecka_curve_by_oid(const uint8_t *oid, size_t n, uint8_t *curve);
/* The contents of the curve's object identifier; returns their length, 0 when there is no room. */
size_t ecka_curve_oid(uint8_t curve, uint8_t *oid, size_t cap);

/* A public key in uncompressed form; false when it is not a point of the curve. */
bool ecka_point(uint8_t curve, const uint8_t *point, size_t n, struct asym_key *to);
/* The public half of a private key; false when the scalar is not in 1 .. order-1. */
bool ecka_public_of(const struct asym_key *own, struct asym_key *to);
/* A random private key. */
bool ecka_generate(uint8_t curve, struct asym_key *to);
/* A private key that everybody who knows the label can compute: for test authorities and for groups of cards.
 */
bool ecka_from_label(uint8_t curve, const char *label, struct asym_key *to);
/* The x coordinate of the private scalar times the peer's point, at the length of a coordinate. */
bool ecka_agree(const struct asym_key *own, const struct asym_key *peer, uint8_t shared[ECKA_MAX_SECRET]);

struct x963 {
    const uint8_t *secret, *info;
    size_t secret_len, info_len;
};
/* With SHA-256 whatever the curve (Amd F 3.1.2). */
bool x963_derive(const struct x963 *from, uint8_t *to, size_t len);

#endif
