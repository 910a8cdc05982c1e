/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's own cryptography on libcrypto's AES, DES and hash primitives: modes and MACs are built
 * here, so that a mistake of the server is not shared; pure apart from lab_random; GPCS 2.3.1 appendix B, Amd
 * D 4.1. */
#ifndef LAB_COMMON_CRYPTO_CIPHER_H
#define LAB_COMMON_CRYPTO_CIPHER_H

#include "common/bytes.h"

/* GlobalPlatform key types (GPCS Table 11-16); 82 is the older spelling of a DES key in CBC mode. */
#define KEY_TYPE_DES     0x80
#define KEY_TYPE_DES_CBC 0x82
#define KEY_TYPE_AES     0x88

#define SYM_MAX_KEY   32
#define SYM_MAX_BLOCK 16
#define SYM_KCV_LEN   3
#define DES_BLOCK     8
#define AES_BLOCK     16
#define DIGEST_MAX    64

struct sym_key {
    uint8_t type; /* KEY_TYPE_*; 0 = no key */
    uint8_t len;  /* AES 16, 24, 32; DES 8, 16, 24 */
    uint8_t value[SYM_MAX_KEY];
};

/* 16 for AES, 8 for DES, 0 for a type or length that does not exist. */
size_t sym_block(const struct sym_key *k);

/* n must be a multiple of the block, in == out is allowed; a NULL iv is all zero. False on any refusal. */
bool sym_cbc_encrypt(const struct sym_key *k, const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out);
bool sym_cbc_decrypt(const struct sym_key *k, const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out);
bool sym_ecb_encrypt(const struct sym_key *k, const uint8_t *in, size_t n, uint8_t *out);
bool sym_ecb_decrypt(const struct sym_key *k, const uint8_t *in, size_t n, uint8_t *out);

/* Key check value, GPCS B.6: DES over 00.., AES over 01... */
bool sym_kcv(const struct sym_key *k, uint8_t kcv[SYM_KCV_LEN]);

/* NIST SP 800-38B, 16 bytes. */
bool aes_cmac(const struct sym_key *k, const uint8_t *msg, size_t n, uint8_t mac[AES_BLOCK]);
/* GPCS B.1.2.1: triple DES over every block, padding 80 00... */
bool des_mac_full(const struct sym_key *k, const uint8_t *icv, const uint8_t *msg, size_t n, uint8_t *mac);
/* GPCS B.1.2.2 = ISO 9797-1 algorithm 3: single DES, triple DES on the last block, padding 80 00... */
bool des_mac_retail(const struct sym_key *k, const uint8_t *icv, const uint8_t *msg, size_t n, uint8_t *mac);
/* The same over whole blocks, without padding. */
bool des_mac_retail_blocks(const struct sym_key *k, const uint8_t *msg, size_t n, uint8_t *mac);

/* The SHA whose output has `size` bytes: 20, 32, 48 or 64; false for others. */
bool lab_digest(size_t size, const uint8_t *msg, size_t n, uint8_t *hash);
bool lab_random(uint8_t *to, size_t n);

#endif
