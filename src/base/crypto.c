/* SPDX-License-Identifier: Apache-2.0 */
/* What is built on the crypto seam alone: DES MACs, padding, parity. Stations 7 and 10. Pure. [ISO 9797-1,
 * GPCS B.1] */
#include "base/crypto.h"

static const uint8_t zero_iv[CIPHER_BLOCK_MAX];

enum tsm_err crypto_cbc(const struct cipher_key *k, enum cipher_dir dir, const uint8_t *iv, struct bytes in,
                        uint8_t *out)
{
    NEED(in.len % cipher_block(k) == 0, BAD_LENGTH);
    return in.len ? k->ops->cbc(k, dir, iv ? iv : zero_iv, in, out) : TSM_OK;
}

enum tsm_err crypto_ecb(const struct cipher_key *k, enum cipher_dir dir, struct bytes in, uint8_t *out)
{
    NEED(in.len % cipher_block(k) == 0, BAD_LENGTH);
    return in.len ? k->ops->ecb(k, dir, in, out) : TSM_OK;
}

enum tsm_err crypto_cmac(const struct cipher_key *k, const struct bytes *parts, size_t n,
                         uint8_t mac[CMAC_LEN])
{
    NEED(k->alg == CIPHER_AES, KEY_REFUSED);
    return k->ops->cmac(k, parts, n, mac);
}

enum tsm_err crypto_derived(const struct cipher_key *k, enum cipher_alg alg, struct bytes value,
                            struct cipher_key *out)
{
    NEED(k->ops && k->ops->derived, KEY_REFUSED);
    return k->ops->derived(k, alg, value, out);
}

/* One block of CBC: mac = E(mac xor block), the block zero padded. */
static enum tsm_err chain_block(const struct cipher_key *k, struct bytes in, uint8_t mac[8])
{
    uint8_t x[8];
    for (size_t i = 0; i < 8; i++)
        x[i] = (uint8_t)(mac[i] ^ (i < in.len ? in.at[i] : 0));
    return crypto_ecb(k, ENCRYPT, BYTES(x), mac);
}

enum tsm_err crypto_tdes_cbc_mac(const struct cipher_key *k, const uint8_t iv[8], struct bytes in,
                                 uint8_t mac[8])
{
    enum { CHUNK = 256 };
    uint8_t m[8], scratch[CHUNK];
    struct reader r = READER(in);
    memcpy(m, iv ? iv : zero_iv, 8);
    while (r.left.len >= 8) {
        struct bytes part;
        size_t n = r.left.len < CHUNK ? r.left.len & ~(size_t)7 : CHUNK;
        TRY(read_span(&r, n, &part));
        TRY(crypto_cbc(k, ENCRYPT, m, part, scratch));
        memcpy(m, scratch + n - 8, 8);
    }
    if (r.left.len || in.len == 0)
        TRY(chain_block(k, r.left, m));
    memcpy(mac, m, 8);
    return TSM_OK;
}

enum tsm_err crypto_retail_mac(const struct cipher_key *k, const uint8_t iv[8], struct bytes in,
                               uint8_t mac[8])
{
    CIPHER_KEY left = *k;
    CIPHER_KEY right = *k;
    uint8_t m[8];
    NEED(k->handle == 0, KEY_REFUSED); /* a key in a token cannot be cut in halves */
    NEED(k->alg == CIPHER_TDES && k->value.len == 16 && in.len && in.len % 8 == 0, BAD_LENGTH);
    memcpy(left.value.at + 8, k->value.at, 8);
    memcpy(right.value.at, k->value.at + 8, 8);
    TRY(crypto_tdes_cbc_mac(&left, iv, in, m));
    TRY(crypto_ecb(&right, DECRYPT, BYTES(m), m));
    TRY(crypto_ecb(&left, ENCRYPT, BYTES(m), m));
    memcpy(mac, m, 8);
    return TSM_OK;
}

enum tsm_err pad_80(struct writer *w, size_t from, size_t block)
{
    struct writer at = *w;
    TRY(write_u8(&at, 0x80));
    TRY(write_fill(&at, 0, (block - (at.len - from) % block) % block));
    *w = at;
    return TSM_OK;
}

enum tsm_err unpad_80(struct bytes padded, struct bytes *out)
{
    size_t n = padded.len;
    while (n && padded.at[n - 1] == 0)
        n--;
    NEED(n && padded.at[n - 1] == 0x80, BAD_VALUE);
    return bytes_part(padded, 0, n - 1, out);
}

void des_parity(uint8_t *key, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned ones = (unsigned)__builtin_popcount(key[i] & 0xFEu);
        key[i] = (uint8_t)((key[i] & 0xFE) | ((ones & 1) ^ 1));
    }
}
