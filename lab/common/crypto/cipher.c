/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's own cryptography on libcrypto's AES, DES and hash primitives: modes and MACs are built
 * here, so that a mistake of the server is not shared; pure apart from lab_random; GPCS 2.3.1 appendix B, Amd
 * D 4.1. */
#include "common/crypto/cipher.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define TRIPLE_DES_KEY 24

size_t sym_block(const struct sym_key *k)
{
    if (k->type == KEY_TYPE_AES)
        return k->len == 16 || k->len == 24 || k->len == 32 ? AES_BLOCK : 0;
    if (k->type == KEY_TYPE_DES || k->type == KEY_TYPE_DES_CBC)
        return k->len == 8 || k->len == 16 || k->len == 24 ? DES_BLOCK : 0;
    return 0;
}

static const EVP_CIPHER *ecb_cipher(const struct sym_key *k)
{
    if (k->type != KEY_TYPE_AES)
        return EVP_des_ede3_ecb();
    return k->len == 16 ? EVP_aes_128_ecb() : k->len == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
}

/* A DES key of any length becomes K1 K2 K3: single DES is K K K, two keys are K1 K2 K1. */
static void key_schedule_bytes(const struct sym_key *k, uint8_t to[SYM_MAX_KEY])
{
    memcpy(to, k->value, k->len);
    if (k->type == KEY_TYPE_AES)
        return;
    for (size_t i = k->len; i < TRIPLE_DES_KEY; i++)
        to[i] = to[i - k->len];
}

static bool ecb(const struct sym_key *k, const uint8_t *in, size_t n, uint8_t *out, int encrypt)
{
    size_t block = sym_block(k);
    uint8_t key[SYM_MAX_KEY];
    EVP_CIPHER_CTX *ctx;
    int done = 0;
    bool ok;

    if (block == 0 || n % block != 0 || n > INT_MAX)
        return false;
    ctx = EVP_CIPHER_CTX_new();
    if (ctx == NULL)
        return false;
    key_schedule_bytes(k, key);
    ok = EVP_CipherInit_ex(ctx, ecb_cipher(k), NULL, key, NULL, encrypt) == 1 &&
         EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 && EVP_CipherUpdate(ctx, out, &done, in, (int)n) == 1 &&
         (size_t)done == n;
    EVP_CIPHER_CTX_free(ctx);
    lab_wipe(key, sizeof key);
    return ok;
}

bool sym_ecb_encrypt(const struct sym_key *k, const uint8_t *in, size_t n, uint8_t *out)
{
    return ecb(k, in, n, out, 1);
}

bool sym_ecb_decrypt(const struct sym_key *k, const uint8_t *in, size_t n, uint8_t *out)
{
    return ecb(k, in, n, out, 0);
}

bool sym_cbc_encrypt(const struct sym_key *k, const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out)
{
    size_t block = sym_block(k);
    uint8_t chain[SYM_MAX_BLOCK] = {0};

    if (block == 0 || n % block != 0)
        return false;
    if (iv != NULL)
        memcpy(chain, iv, block);
    for (size_t at = 0; at < n; at += block) {
        for (size_t i = 0; i < block; i++)
            chain[i] ^= in[at + i];
        if (!ecb(k, chain, block, chain, 1))
            return false;
        memcpy(out + at, chain, block);
    }
    return true;
}

bool sym_cbc_decrypt(const struct sym_key *k, const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out)
{
    size_t block = sym_block(k);
    uint8_t chain[SYM_MAX_BLOCK] = {0};
    uint8_t next[SYM_MAX_BLOCK];
    uint8_t plain[SYM_MAX_BLOCK];
    bool ok = block != 0 && n % block == 0;

    if (ok && iv != NULL)
        memcpy(chain, iv, block);
    for (size_t at = 0; ok && at < n; at += block) {
        memcpy(next, in + at, block);
        ok = ecb(k, next, block, plain, 0);
        for (size_t i = 0; ok && i < block; i++)
            out[at + i] = plain[i] ^ chain[i];
        memcpy(chain, next, block);
    }
    lab_wipe(plain, sizeof plain);
    return ok;
}

bool sym_kcv(const struct sym_key *k, uint8_t kcv[SYM_KCV_LEN])
{
    size_t n = sym_block(k);
    uint8_t block[SYM_MAX_BLOCK];

    memset(block, k->type == KEY_TYPE_AES ? 0x01 : 0x00, sizeof block);
    if (n == 0 || !ecb(k, block, n, block, 1))
        return false;
    memcpy(kcv, block, SYM_KCV_LEN);
    return true;
}

/* One step of SP 800-38B 6.1: shift left by one bit, fold the carry back with Rb = 87. */
static void cmac_double(uint8_t block[AES_BLOCK])
{
    uint8_t carry = block[0] & 0x80;

    for (size_t i = 0; i + 1 < AES_BLOCK; i++)
        block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    block[AES_BLOCK - 1] = (uint8_t)(block[AES_BLOCK - 1] << 1);
    if (carry)
        block[AES_BLOCK - 1] ^= 0x87;
}

bool aes_cmac(const struct sym_key *k, const uint8_t *msg, size_t n, uint8_t mac[AES_BLOCK])
{
    uint8_t subkey[AES_BLOCK] = {0};
    uint8_t state[AES_BLOCK] = {0};
    size_t whole = n == 0 ? 0 : (n - 1) / AES_BLOCK;
    size_t rest = n - whole * AES_BLOCK;

    if (k->type != KEY_TYPE_AES || !ecb(k, subkey, AES_BLOCK, subkey, 1))
        return false;
    cmac_double(subkey);
    if (rest != AES_BLOCK)
        cmac_double(subkey);
    for (size_t b = 0; b < whole; b++) {
        for (size_t i = 0; i < AES_BLOCK; i++)
            state[i] ^= msg[b * AES_BLOCK + i];
        if (!ecb(k, state, AES_BLOCK, state, 1))
            return false;
    }
    for (size_t i = 0; i < rest; i++)
        state[i] ^= msg[whole * AES_BLOCK + i];
    if (rest != AES_BLOCK)
        state[rest] ^= 0x80;
    for (size_t i = 0; i < AES_BLOCK; i++)
        state[i] ^= subkey[i];
    lab_wipe(subkey, sizeof subkey);
    return ecb(k, state, AES_BLOCK, mac, 1);
}

/* CBC-MAC over msg padded with 80 00..; every block but the last under `inner`, the last under `final`. */
static bool des_mac(const struct sym_key keys[2], const uint8_t *icv, const uint8_t *msg, size_t n,
                    uint8_t *mac)
{
    uint8_t state[DES_BLOCK] = {0};
    size_t blocks = n / DES_BLOCK + 1;

    if (icv != NULL)
        memcpy(state, icv, DES_BLOCK);
    for (size_t b = 0; b < blocks; b++) {
        for (size_t i = 0; i < DES_BLOCK; i++) {
            size_t at = b * DES_BLOCK + i;

            state[i] ^= at < n ? msg[at] : at == n ? 0x80 : 0x00;
        }
        if (!ecb(&keys[b + 1 == blocks], state, DES_BLOCK, state, 1))
            return false;
    }
    memcpy(mac, state, DES_BLOCK);
    return true;
}

bool des_mac_full(const struct sym_key *k, const uint8_t *icv, const uint8_t *msg, size_t n, uint8_t *mac)
{
    struct sym_key keys[2] = {*k, *k};
    bool ok = sym_block(k) == DES_BLOCK && des_mac(keys, icv, msg, n, mac);

    lab_wipe(keys, sizeof keys);
    return ok;
}

bool des_mac_retail(const struct sym_key *k, const uint8_t *icv, const uint8_t *msg, size_t n, uint8_t *mac)
{
    struct sym_key keys[2] = {*k, *k};
    bool ok = sym_block(k) == DES_BLOCK && k->len == 16;

    keys[0].len = DES_BLOCK;
    ok = ok && des_mac(keys, icv, msg, n, mac);
    lab_wipe(keys, sizeof keys);
    return ok;
}

bool des_mac_retail_blocks(const struct sym_key *k, const uint8_t *msg, size_t n, uint8_t *mac)
{
    struct sym_key left = *k;
    uint8_t state[DES_BLOCK] = {0};
    bool ok = sym_block(k) == DES_BLOCK && k->len == 16 && n > 0 && n % DES_BLOCK == 0;

    left.len = DES_BLOCK;
    for (size_t b = 0; ok && b < n / DES_BLOCK; b++) {
        for (size_t i = 0; i < DES_BLOCK; i++)
            state[i] ^= msg[b * DES_BLOCK + i];
        ok = ecb(b + 1 == n / DES_BLOCK ? k : &left, state, DES_BLOCK, state, 1);
    }
    lab_wipe(&left, sizeof left);
    if (ok)
        memcpy(mac, state, DES_BLOCK);
    return ok;
}

bool lab_digest(size_t size, const uint8_t *msg, size_t n, uint8_t *hash)
{
    const EVP_MD *md = size == 20   ? EVP_sha1()
                       : size == 32 ? EVP_sha256()
                       : size == 48 ? EVP_sha384()
                       : size == 64 ? EVP_sha512()
                                    : NULL;

    return md != NULL && EVP_Digest(msg, n, hash, NULL, md, NULL) == 1;
}

bool lab_random(uint8_t *to, size_t n)
{
    return n <= INT_MAX && RAND_bytes(to, (int)n) == 1;
}
