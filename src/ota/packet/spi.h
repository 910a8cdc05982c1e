/* SPDX-License-Identifier: Apache-2.0 */
/* What the security parameters of a secured packet say: SPI, KIc, KID. Stations 5 and 8. Pure.
 * [TS 102 225 5.1.1 to 5.1.3] */
#ifndef TSM_OTA_PACKET_SPI_H
#define TSM_OTA_PACKET_SPI_H

#include "base/crypto.h"

/* First octet of SPI: what protects the command. [TS 102 225 5.1.1] */
enum {
    SPI1_INTEGRITY = 0x03, /* enum scp80_integrity */
    SPI1_CIPHER = 0x04,
    SPI1_COUNTER = 0x18, /* enum scp80_counter_mode, shifted by SPI1_COUNTER_SHIFT */
    SPI1_COUNTER_SHIFT = 3,
};

/* Second octet of SPI: whether, how protected and by which way the proof of receipt (PoR) comes. */
enum {
    SPI2_POR = 0x03, /* 0 none, 1 always, 2 on error only */
    SPI2_POR_INTEGRITY = 0x0C,
    SPI2_POR_INTEGRITY_SHIFT = 2,
    SPI2_POR_CIPHER = 0x10,
    SPI2_POR_SUBMIT = 0x20, /* by SMS-SUBMIT; else in the DELIVER-REPORT */
};

enum scp80_integrity { INTEGRITY_NONE, INTEGRITY_RC, INTEGRITY_CC, INTEGRITY_DS };

enum scp80_counter_mode { COUNTER_NONE, COUNTER_UNCHECKED, COUNTER_HIGHER, COUNTER_NEXT };

/* Low nibble of KIc, and of KID for a cryptographic checksum; the high nibble is the key set version. */
enum scp80_algorithm {
    ALG_IMPLICIT = 0x0,
    ALG_DES_CBC = 0x1,
    ALG_AES = 0x2,
    ALG_PROPRIETARY = 0x3,
    ALG_TDES_2KEY = 0x5,
    ALG_TDES_3KEY = 0x9,
    ALG_DES_ECB = 0xD,
};
enum { ALG_NIBBLE = 0xF };

/* Low nibble of KID for a redundancy check. */
enum scp80_crc { CRC_16 = 0x1, CRC_32 = 0x5 };

/* The algorithm that a KIc or KID names, or BAD_VALUE for a reserved coding, UNSUPPORTED for the proprietary
 * one. For KID a checksum by DES-ECB does not exist: the caller refuses it. */
enum tsm_err scp80_algorithm(uint8_t kic_or_kid, enum scp80_algorithm *out);
/* KEY_MISSING for an empty key, KEY_REFUSED when the key is not one for this algorithm (kind, and length
 * where the key's bytes are known). */
enum tsm_err scp80_key_fits(enum scp80_algorithm alg, const struct cipher_key *key);

/*
 * Why these parameters must not be used in production, as a sentence; NULL when there is nothing to say: no
 * checksum or only a redundancy check, single DES, ECB, AES without a replay counter.
 */
const char *scp80_weakness(uint8_t spi1, uint8_t kic, uint8_t kid);

#endif
