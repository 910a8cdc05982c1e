/* SPDX-License-Identifier: Apache-2.0 */
/* What the security parameters of a secured packet say, which keys fit them and which are too weak. Stations
 * 5 and 8. Pure. [TS 102 225 5.1.1 to 5.1.3] */
#include "ota/packet/spi.h"

enum { TDES_2KEY_BYTES = 16, TDES_3KEY_BYTES = 24, DES_KEY_BYTES = 8 };

enum tsm_err scp80_algorithm(uint8_t kic_or_kid, enum scp80_algorithm *out)
{
    uint8_t nibble = kic_or_kid & ALG_NIBBLE;
    switch (nibble) {
    case ALG_IMPLICIT:
    case ALG_DES_CBC:
    case ALG_AES:
    case ALG_TDES_2KEY:
    case ALG_TDES_3KEY:
    case ALG_DES_ECB:
        *out = (enum scp80_algorithm)nibble;
        return TSM_OK;
    default:
        if ((nibble & ALG_PROPRIETARY) == ALG_PROPRIETARY)
            return FAIL(UNSUPPORTED, "KIc or KID %02X names a proprietary algorithm", kic_or_kid);
        return FAIL(BAD_VALUE, "the algorithm coding of KIc or KID %02X is reserved", kic_or_kid);
    }
}

/* Single DES comes as a two-key triple DES key with equal halves (base/crypto.h). */
static bool is_single_des(const struct cipher_key *key)
{
    struct bytes left, right;
    return bytes_part(secret_bytes(&key->value), 0, DES_KEY_BYTES, &left) == TSM_OK &&
           bytes_part(secret_bytes(&key->value), DES_KEY_BYTES, DES_KEY_BYTES, &right) == TSM_OK &&
           bytes_equal_secret(left, right);
}

enum tsm_err scp80_key_fits(enum scp80_algorithm alg, const struct cipher_key *key)
{
    size_t len = key->value.len; /* 0 when a token holds the key: the token knows its length */
    NEED(key->ops != NULL, KEY_MISSING);
    switch (alg) {
    case ALG_IMPLICIT:
        return TSM_OK;
    case ALG_AES:
        NEED(key->alg == CIPHER_AES, KEY_REFUSED);
        return TSM_OK;
    case ALG_TDES_2KEY:
        NEED(key->alg == CIPHER_TDES && (len == 0 || len == TDES_2KEY_BYTES), KEY_REFUSED);
        return TSM_OK;
    case ALG_TDES_3KEY:
        NEED(key->alg == CIPHER_TDES && (len == 0 || len == TDES_3KEY_BYTES), KEY_REFUSED);
        return TSM_OK;
    case ALG_DES_CBC:
    case ALG_DES_ECB:
        NEED(key->alg == CIPHER_TDES && (len == 0 || is_single_des(key)), KEY_REFUSED);
        return TSM_OK;
    case ALG_PROPRIETARY:
        break;
    }
    return FAIL(UNSUPPORTED, "no key fits a proprietary algorithm");
}

static bool is_des(uint8_t nibble)
{
    return nibble == ALG_DES_CBC || nibble == ALG_DES_ECB;
}

const char *scp80_weakness(uint8_t spi1, uint8_t kic, uint8_t kid)
{
    bool aes = (kid & ALG_NIBBLE) == ALG_AES;
    if ((spi1 & SPI1_INTEGRITY) != INTEGRITY_CC)
        return "the command has no cryptographic checksum";
    if (is_des(kid & ALG_NIBBLE))
        return "the checksum is made with single DES";
    if ((spi1 & SPI1_CIPHER) && is_des(kic & ALG_NIBBLE))
        return "the command is ciphered with single DES";
    if ((spi1 & SPI1_CIPHER) && (kic & ALG_NIBBLE) == ALG_AES)
        aes = true;
    if (aes && (spi1 & SPI1_COUNTER) >> SPI1_COUNTER_SHIFT < COUNTER_HIGHER)
        return "AES asks for a counter that is checked";
    return NULL;
}
