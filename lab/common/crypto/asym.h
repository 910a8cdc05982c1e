/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures with RSA and elliptic curves as GlobalPlatform codes keys and signatures; pure apart from the
 * random numbers of ECDSA; GPCS 2.3.1 B.3, B.4, Tables 11-16, B-2, B-3. */
#ifndef LAB_COMMON_CRYPTO_ASYM_H
#define LAB_COMMON_CRYPTO_ASYM_H

#include "common/bytes.h"

/* Key component types, Table 11-16. */
#define KEY_TYPE_RSA_EXPONENT  0xA0
#define KEY_TYPE_RSA_PUBLIC    0xA1 /* the modulus stands for the key */
#define KEY_TYPE_ECC_PUBLIC    0xB0
#define KEY_TYPE_ECC_PRIVATE   0xB1
#define KEY_TYPE_ECC_REFERENCE 0xF0

#define ASYM_MAX_VALUE     384 /* an RSA modulus of 3072 bits */
#define ASYM_MAX_EXPONENT  4
#define ASYM_MAX_SIGNATURE ASYM_MAX_VALUE
#define ASYM_RSA_SCHEME_1  128 /* bytes: RSASSA-PKCS1-v1_5 with SHA-1; longer ones RSASSA-PSS with SHA-256 */
#define ASYM_CURVES        9

struct asym_key {
    uint8_t type;  /* KEY_TYPE_RSA_PUBLIC, _ECC_PUBLIC, _ECC_PRIVATE; 0 = no key */
    uint8_t curve; /* key parameter reference, Table B-2 */
    uint8_t exponent_len;
    uint8_t exponent[ASYM_MAX_EXPONENT];
    uint16_t len;
    uint8_t value[ASYM_MAX_VALUE]; /* modulus; 04 X Y; the private scalar at the curve's length */
};

/* Bytes of a coordinate of the curve with this reference, 0 when there is no such curve. */
size_t asym_coordinate(uint8_t curve);
/* True when the key has the length its type asks for and is a key that exists: a point on its curve. */
bool asym_valid(const struct asym_key *k);
/* Bytes of the hash in the key's signature scheme: 20, 32, 48 or 64. */
size_t asym_hash_len(const struct asym_key *k);
/* ECDSA signatures are r and s at the length of the order, one behind the other (B.4.3). */
bool asym_verify(const struct asym_key *k, const uint8_t *msg, size_t n, const uint8_t *signature,
                 size_t signature_len);
/* With an ECC private key; returns the length, 0 on failure. */
size_t asym_sign(const struct asym_key *k, const uint8_t *msg, size_t n,
                 uint8_t signature[ASYM_MAX_SIGNATURE]);

#endif
