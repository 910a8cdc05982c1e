/* SPDX-License-Identifier: Apache-2.0 */
/* What KIc and KID mean on the card's side: which algorithm, and the redundancy check or cryptographic
 * checksum it gives. Pure (stations 7 and 10, the card's half). [TS 102 225 5.1.2, 5.1.3] */
#ifndef LAB_UICC_PACKET_INTEGRITY_H
#define LAB_UICC_PACKET_INTEGRITY_H

#include "common/crypto/cipher.h"

/* Low nibbles of KIc, and of KID when it names a checksum. */
enum ota_algorithm {
    OTA_IMPLICIT = 0x0,
    OTA_DES_CBC = 0x1,
    OTA_AES = 0x2,
    OTA_3DES_2KEY = 0x5,
    OTA_3DES_3KEY = 0x9,
    OTA_DES_ECB = 0xD
};

/* SPI1 b2b1 (and SPI2 b4b3): what protects the integrity. */
enum ota_integrity { INTEGRITY_NONE = 0, INTEGRITY_RC = 1, INTEGRITY_CC = 2, INTEGRITY_DS = 3 };

enum { MAX_CHECK = 16, CC_LEN = 8, CC_SHORT_LEN = 4 };

/* True when a key of this type and length may serve the algorithm that `indicator` (KIc or KID) names. */
bool ota_key_fits(const struct sym_key *key, uint8_t indicator);

/* Length of the redundancy check that KID names (2 or 4); 0 when it names none. */
size_t ota_rc_len(uint8_t kid);

/* CRC-16 of X.25 and CRC-32 of IEEE 802.3. */
uint16_t ota_crc16(const uint8_t *in, size_t n);
uint32_t ota_crc32(const uint8_t *in, size_t n);

/* Checksum over `in`, first `check_len` octets of it: 3DES-CBC-MAC with zero padding, or AES-CMAC. False when
 * the key cannot. */
bool ota_cc(const struct sym_key *kid, const uint8_t *in, size_t n, uint8_t *check, size_t check_len);

/* Ciphers in place with a zero chaining value; `n` must be a multiple of the block. */
bool ota_cipher(const struct sym_key *kic, uint8_t indicator, bool encrypt, uint8_t *data, size_t n);

#endif
