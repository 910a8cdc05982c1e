/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption and authentication key of a key block. Stations 1 and 5. Pure. [ANSI X9.143 6.3, 6.4; SP
 * 800-38B 6] */
#include "emv/keyblock/derive.h"

#include <string.h>

#include "emv/keyblock/header.h"

enum { DES_BLOCK = 8, AES_BLOCK = 16, VARIANT_ENC = 0x45, VARIANT_MAC = 0x4D, RB_64 = 0x1B, BITS = 8 };

/* Second and third octet of the KDF's input: what the key is for. */
enum purpose { FOR_CBC = 0x0000, FOR_MAC = 0x0001, FOR_CTR = 0x0002 };

static bool is_variant(char version)
{
    return version == 'A' || version == 'C';
}

/* x times 2 in GF(2^64). [SP 800-38B 6.1] */
static void double_block(uint8_t b[DES_BLOCK])
{
    uint8_t carry = b[0] & 0x80;
    for (size_t i = 0; i < DES_BLOCK; i++)
        b[i] = (uint8_t)(b[i] << 1 | (i + 1 < DES_BLOCK ? b[i + 1] >> 7 : 0));
    if (carry)
        b[DES_BLOCK - 1] ^= RB_64;
}

/* CMAC as a running state: a block is enciphered only when more follows it. */
struct tdes_cmac {
    const struct cipher_key *key;
    uint8_t x[DES_BLOCK], last[DES_BLOCK];
    size_t held;
};

static enum tsm_err cmac_step(struct tdes_cmac *m)
{
    for (size_t i = 0; i < DES_BLOCK; i++)
        m->x[i] ^= m->last[i];
    m->held = 0;
    return crypto_ecb(m->key, ENCRYPT, BYTES(m->x), m->x);
}

static enum tsm_err cmac_add(struct tdes_cmac *m, struct bytes part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (m->held == DES_BLOCK)
            TRY(cmac_step(m));
        m->last[m->held++] = part.at[i];
    }
    return TSM_OK;
}

static enum tsm_err cmac_end(struct tdes_cmac *m, uint8_t mac[DES_BLOCK])
{
    uint8_t k[DES_BLOCK] = {0};
    bool whole = m->held == DES_BLOCK;
    TRY(crypto_ecb(m->key, ENCRYPT, BYTES(k), k));
    double_block(k);
    if (!whole) {
        double_block(k);
        m->last[m->held] = 0x80;
        memset(&m->last[m->held + 1], 0, DES_BLOCK - m->held - 1);
    }
    for (size_t i = 0; i < DES_BLOCK; i++)
        m->last[i] ^= k[i];
    TRY(cmac_step(m));
    memcpy(mac, m->x, DES_BLOCK);
    return TSM_OK;
}

static enum tsm_err tdes_cmac(const struct cipher_key *k, const struct bytes *parts, size_t n,
                              uint8_t mac[DES_BLOCK])
{
    struct tdes_cmac m = {.key = k};
    for (size_t i = 0; i < n; i++)
        TRY(cmac_add(&m, parts[i]));
    return cmac_end(&m, mac);
}

/* CBC-MAC of the variant versions, left four octets; no padding: they authenticate whole blocks. */
static enum tsm_err variant_mac(const struct cipher_key *k, const struct bytes *parts, size_t n,
                                uint8_t mac[DES_BLOCK])
{
    struct tdes_cmac m = {.key = k};
    for (size_t i = 0; i < n; i++)
        TRY(cmac_add(&m, parts[i]));
    NEED(m.held == DES_BLOCK, BAD_LENGTH);
    TRY(cmac_step(&m));
    memcpy(mac, m.x, DES_BLOCK);
    return TSM_OK;
}

enum tsm_err keyblock_mac(char version, const struct cipher_key *kbak, const struct bytes *parts, size_t n,
                          uint8_t mac[KEYBLOCK_MAC_MAX])
{
    if (is_variant(version))
        return variant_mac(kbak, parts, n, mac);
    return version == 'B' ? tdes_cmac(kbak, parts, n, mac) : crypto_cmac(kbak, parts, n, mac);
}

/* Algorithm word of the KDF's input: TDES with two and three keys, AES in its three lengths. */
static uint16_t algorithm_word(const struct cipher_key *kbpk)
{
    enum { TDES_2, TDES_3, AES_128, AES_192, AES_256 };
    size_t len = kbpk->value.len;
    if (kbpk->alg == CIPHER_TDES)
        return len == 16 ? TDES_2 : TDES_3;
    return len == 16 ? AES_128 : len == 24 ? AES_192 : AES_256;
}

/* CMAC over counter, purpose, 00, algorithm, bits; as often as the key's length asks for. */
static enum tsm_err derive_one(const struct cipher_key *kbpk, enum purpose purpose, struct secret *out)
{
    SECRET made = {.len = 0};
    size_t step = cipher_block(kbpk), len = kbpk->value.len;
    struct writer to = {made.at, 0, sizeof made.at};
    for (unsigned counter = 1; to.len < len; counter++) {
        uint8_t input[8], mac[CMAC_LEN];
        struct writer w = WRITER(input);
        struct bytes in = BYTES(input);
        TRY(write_u8(&w, counter));
        TRY(write_u16(&w, purpose));
        TRY(write_u8(&w, 0));
        TRY(write_u16(&w, algorithm_word(kbpk)));
        TRY(write_u16(&w, (unsigned)(len * BITS)));
        TRY(kbpk->alg == CIPHER_TDES ? tdes_cmac(kbpk, &in, 1, mac) : crypto_cmac(kbpk, &in, 1, mac));
        TRY(write_span(&to, BYTES_OF(mac, step)));
        explicit_bzero(mac, sizeof mac);
    }
    made.len = len;
    *out = made;
    return TSM_OK;
}

static void variant_of(const struct cipher_key *kbpk, uint8_t variant, struct secret *out)
{
    *out = kbpk->value;
    for (size_t i = 0; i < out->len; i++)
        out->at[i] ^= variant;
}

static enum tsm_err check_kbpk(char version, const struct cipher_key *kbpk)
{
    enum cipher_alg alg = version == 'D' || version == 'E' ? CIPHER_AES : CIPHER_TDES;
    size_t len = kbpk->value.len;
    if (kbpk->alg != alg)
        return FAIL(KEY_REFUSED, "version %c is protected by a %s key", version,
                    alg == CIPHER_AES ? "AES" : "TDES");
    if (is_variant(version) && kbpk->handle != 0)
        return FAIL(KEY_REFUSED, "version %c needs the bytes of its protection key; a token keeps them",
                    version);
    if (len != 16 && len != 24 && !(alg == CIPHER_AES && len == 32) && !(is_variant(version) && len == 8))
        return FAIL(KEY_REFUSED, "a protection key of %zu octets does not fit version %c", len, version);
    return TSM_OK;
}

enum tsm_err keyblock_derive(char version, const struct cipher_key *kbpk, struct crypto *c,
                             struct keyblock_keys *out)
{
    SECRET enc = {.len = 0};
    SECRET mac = {.len = 0};
    NEED(keyblock_align(version) != 0, BAD_VALUE);
    TRY(check_kbpk(version, kbpk));
    if (is_variant(version)) {
        variant_of(kbpk, VARIANT_ENC, &enc);
        variant_of(kbpk, VARIANT_MAC, &mac);
    } else {
        TRY(derive_one(kbpk, version == 'E' ? FOR_CTR : FOR_CBC, &enc));
        TRY(derive_one(kbpk, FOR_MAC, &mac));
    }
    TRY(crypto_key(c, kbpk->alg, secret_bytes(&enc), &out->kbek));
    return crypto_key(c, kbpk->alg, secret_bytes(&mac), &out->kbak);
}
