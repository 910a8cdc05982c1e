/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and cryptograms of the issuer: ICC master key options A and B, common session key, MAC algorithm 3,
 * ARPC methods 1 and 2, with two-key TDES. Pure. [EMV 4.3 Book 2 8 and Annex A1, ISO/IEC 9797-1] */
#include "bank/cryptogram/issuer.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

enum { TDES3 = 24, MAX_DIGITS = BANK_MAX_PAN + 3, Y_DIGITS = 16, MAX_PSN = 2, CSK_BYTE = 2 };

enum { CSK_LEFT = 0xF0, CSK_RIGHT = 0x0F, PAD = 0x80 };

/* One block under K1 K2 K3. Single DES is the case of three equal keys: libcrypto's plain DES would need the
 * legacy provider. */
static bool tdes(const uint8_t key[TDES3], const uint8_t in[BANK_BLOCK], uint8_t out[BANK_BLOCK])
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0;
    bool done = c && EVP_EncryptInit_ex2(c, EVP_des_ede3_ecb(), key, NULL, NULL) == 1 &&
                EVP_CIPHER_CTX_set_padding(c, 0) == 1 && EVP_EncryptUpdate(c, out, &n, in, BANK_BLOCK) == 1;
    EVP_CIPHER_CTX_free(c);
    return done && n == BANK_BLOCK;
}

static bool tdes2(const uint8_t key[BANK_KEY], const uint8_t in[BANK_BLOCK], uint8_t out[BANK_BLOCK])
{
    uint8_t three[TDES3];
    memcpy(three, key, BANK_KEY);
    memcpy(three + BANK_KEY, key, BANK_BLOCK);
    bool done = tdes(three, in, out);
    explicit_bzero(three, sizeof three);
    return done;
}

static void set_odd_parity(uint8_t key[BANK_KEY])
{
    for (size_t i = 0; i < BANK_KEY; i++)
        if (__builtin_parity(key[i]) == 0)
            key[i] ^= 1;
}

/* Both halves of a derived key are TDES blocks under the same parent. */
static bool derive(const uint8_t parent[BANK_KEY], const uint8_t left[BANK_BLOCK],
                   const uint8_t right[BANK_BLOCK], uint8_t out[BANK_KEY])
{
    uint8_t key[BANK_KEY];
    bool done = tdes2(parent, left, key) && tdes2(parent, right, key + BANK_BLOCK);
    if (done) {
        set_odd_parity(key);
        memcpy(out, key, sizeof key);
    }
    explicit_bzero(key, sizeof key);
    return done;
}

static void to_bcd(const char *digits, uint8_t *out)
{
    for (size_t i = 0; digits[i] && digits[i + 1]; i += 2)
        out[i / 2] = (uint8_t)((digits[i] - '0') << 4 | (digits[i + 1] - '0'));
}

/* The rightmost 16 digits of PAN || PSN, zeros on the left. */
static void diversify_a(const char *digits, uint8_t y[BANK_BLOCK])
{
    char sixteen[Y_DIGITS + 1];
    size_t n = strlen(digits);
    if (n >= Y_DIGITS)
        memcpy(sixteen, digits + n - Y_DIGITS, sizeof sixteen);
    else
        snprintf(sixteen, sizeof sixteen, "%0*d%s", (int)(Y_DIGITS - n), 0, digits);
    to_bcd(sixteen, y);
}

/* SHA-1 over PAN || PSN as BCD, a zero before an odd count; the first 16 decimal digits of the hash, or,
 * where there are fewer, then its letters as a..f -> 0..5. */
static void diversify_b(const char *digits, uint8_t y[BANK_BLOCK])
{
    uint8_t bcd[(MAX_DIGITS + 1) / 2], hash[SHA_DIGEST_LENGTH];
    char even[MAX_DIGITS + 2], sixteen[Y_DIGITS + 1] = "";
    size_t n = (size_t)snprintf(even, sizeof even, "%s%s", strlen(digits) % 2 ? "0" : "", digits), found = 0;
    to_bcd(even, bcd);
    SHA1(bcd, n / 2, hash);
    for (int letters = 0; letters <= 1; letters++)
        for (size_t i = 0; i < 2 * sizeof hash && found < Y_DIGITS; i++) {
            unsigned nibble = i % 2 ? hash[i / 2] & 0x0F : hash[i / 2] >> 4;
            if ((nibble > 9) == letters)
                sixteen[found++] = (char)('0' + (letters ? nibble - 10 : nibble));
        }
    to_bcd(sixteen, y);
    explicit_bzero(bcd, sizeof bcd);
    explicit_bzero(even, sizeof even);
}

static bool all_digits(const char *text, size_t min, size_t max)
{
    size_t n = strlen(text);
    return n >= min && n <= max && strspn(text, "0123456789") == n;
}

bool bank_icc_key(enum bank_option o, const uint8_t imk[BANK_KEY], const char *pan, const char *psn,
                  uint8_t out[BANK_KEY])
{
    char digits[MAX_DIGITS];
    uint8_t y[BANK_BLOCK], inverted[BANK_BLOCK];
    if (!all_digits(pan, 1, BANK_MAX_PAN) || !(psn[0] == '\0' || all_digits(psn, MAX_PSN, MAX_PSN)))
        return false;
    snprintf(digits, sizeof digits, "%s%s", pan, psn[0] ? psn : "00");
    if (o == BANK_OPTION_A || strlen(pan) <= BANK_OPTION_A_DIGITS)
        diversify_a(digits, y);
    else
        diversify_b(digits, y);
    for (size_t i = 0; i < sizeof y; i++)
        inverted[i] = (uint8_t)~y[i];
    explicit_bzero(digits, sizeof digits);
    return derive(imk, y, inverted, out);
}

bool bank_session_key(const uint8_t mk[BANK_KEY], const uint8_t r[BANK_BLOCK], uint8_t out[BANK_KEY])
{
    uint8_t left[BANK_BLOCK], right[BANK_BLOCK];
    memcpy(left, r, sizeof left);
    memcpy(right, r, sizeof right);
    left[CSK_BYTE] = CSK_LEFT;
    right[CSK_BYTE] = CSK_RIGHT;
    return derive(mk, left, right, out);
}

static size_t pad(uint8_t *padded, size_t len, enum bank_padding p)
{
    if (p == BANK_PADDING_2)
        padded[len++] = PAD;
    while (len == 0 || len % BANK_BLOCK != 0)
        padded[len++] = 0x00;
    return len;
}

/* CBC with single DES under the left key; the last block goes through the right key as well, which makes it a
 * two-key TDES encryption. */
bool bank_mac3(const uint8_t key[BANK_KEY], const uint8_t *data, size_t len, enum bank_padding p,
               uint8_t out[BANK_BLOCK])
{
    uint8_t padded[BANK_MAX_MAC_DATA + BANK_BLOCK], single[TDES3], chain[BANK_BLOCK] = {0};
    if (len > BANK_MAX_MAC_DATA)
        return false;
    if (len > 0)
        memcpy(padded, data, len);
    size_t size = pad(padded, len, p);
    for (size_t i = 0; i < sizeof single; i++)
        single[i] = key[i % BANK_BLOCK];
    bool done = true;
    for (size_t at = 0; done && at < size; at += BANK_BLOCK) {
        for (size_t i = 0; i < BANK_BLOCK; i++)
            chain[i] ^= padded[at + i];
        done = at + BANK_BLOCK < size ? tdes(single, chain, chain) : tdes2(key, chain, chain);
    }
    if (done)
        memcpy(out, chain, BANK_BLOCK);
    explicit_bzero(single, sizeof single);
    explicit_bzero(padded, sizeof padded);
    return done;
}

bool bank_arpc1(const uint8_t key[BANK_KEY], const uint8_t arqc[BANK_BLOCK], const uint8_t arc[BANK_ARC],
                uint8_t out[BANK_BLOCK])
{
    uint8_t x[BANK_BLOCK];
    memcpy(x, arqc, sizeof x);
    x[0] ^= arc[0];
    x[1] ^= arc[1];
    return tdes2(key, x, out);
}

bool bank_arpc2(const uint8_t key[BANK_KEY], const uint8_t arqc[BANK_BLOCK], const uint8_t *csu_and_data,
                size_t len, uint8_t out[BANK_ARPC2])
{
    uint8_t all[BANK_BLOCK + BANK_CSU + BANK_MAX_PROPRIETARY], mac[BANK_BLOCK];
    if (len < BANK_CSU || len > BANK_CSU + BANK_MAX_PROPRIETARY)
        return false;
    memcpy(all, arqc, BANK_BLOCK);
    memcpy(all + BANK_BLOCK, csu_and_data, len);
    if (!bank_mac3(key, all, BANK_BLOCK + len, BANK_PADDING_2, mac))
        return false;
    memcpy(out, mac, BANK_ARPC2);
    return true;
}
