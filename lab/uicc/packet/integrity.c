/* SPDX-License-Identifier: Apache-2.0 */
/* What KIc and KID mean on the card's side: which algorithm, and the redundancy check or cryptographic
 * checksum it gives. Pure (stations 7 and 10, the card's half). [TS 102 225 5.1.2, 5.1.3] */
#include "uicc/packet/integrity.h"

#include <stdlib.h>
#include <string.h>

enum { NIBBLE = 0x0F, CRC16_POLY = 0x8408, RC16 = 0x1, RC32 = 0x5 };
#define CRC32_POLY 0xEDB88320U

bool ota_key_fits(const struct sym_key *key, uint8_t indicator)
{
    bool aes = key->type == KEY_TYPE_AES;
    switch ((enum ota_algorithm)(indicator & NIBBLE)) {
    case OTA_IMPLICIT:
        return sym_block(key) > 0;
    case OTA_AES:
        return aes && sym_block(key) > 0;
    case OTA_DES_CBC:
    case OTA_DES_ECB:
        return !aes && key->len == 8;
    case OTA_3DES_2KEY:
        return !aes && key->len == 16;
    case OTA_3DES_3KEY:
        return !aes && key->len == 24;
    default:
        return false;
    }
}

size_t ota_rc_len(uint8_t kid)
{
    return (kid & NIBBLE) == RC16 ? 2 : (kid & NIBBLE) == RC32 ? 4 : 0;
}

uint16_t ota_crc16(const uint8_t *in, size_t n)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < n; i++) {
        crc ^= in[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ CRC16_POLY : crc >> 1;
    }
    return (uint16_t)(crc ^ 0xFFFF);
}

uint32_t ota_crc32(const uint8_t *in, size_t n)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < n; i++) {
        crc ^= in[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ CRC32_POLY : crc >> 1;
    }
    return ~crc;
}

/* CBC-MAC with full (triple) DES on every block; zeros fill the last one and are not sent. */
static bool des_cbc_mac(const struct sym_key *key, const uint8_t *in, size_t n, uint8_t mac[DES_BLOCK])
{
    size_t padded = (n + DES_BLOCK - 1) / DES_BLOCK * DES_BLOCK;
    uint8_t *work = calloc(1, padded + DES_BLOCK);
    if (!work)
        return false;
    memcpy(work, in, n);
    bool ok = padded > 0 && sym_cbc_encrypt(key, NULL, work, padded, work);
    if (ok)
        memcpy(mac, work + padded - DES_BLOCK, DES_BLOCK);
    lab_wipe(work, padded);
    free(work);
    return ok;
}

bool ota_cc(const struct sym_key *kid, const uint8_t *in, size_t n, uint8_t *check, size_t check_len)
{
    uint8_t mac[MAX_CHECK];
    bool aes = kid->type == KEY_TYPE_AES;
    if (check_len > (aes ? AES_BLOCK : DES_BLOCK))
        return false;
    if (!(aes ? aes_cmac(kid, in, n, mac) : des_cbc_mac(kid, in, n, mac)))
        return false;
    memcpy(check, mac, check_len);
    lab_wipe(mac, sizeof mac);
    return true;
}

bool ota_cipher(const struct sym_key *kic, uint8_t indicator, bool encrypt, uint8_t *data, size_t n)
{
    if ((indicator & NIBBLE) == OTA_DES_ECB)
        return encrypt ? sym_ecb_encrypt(kic, data, n, data) : sym_ecb_decrypt(kic, data, n, data);
    return encrypt ? sym_cbc_encrypt(kic, NULL, data, n, data) : sym_cbc_decrypt(kic, NULL, data, n, data);
}
