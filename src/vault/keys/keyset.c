/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets and their short form under the seal, check values. Stations 5, 7, 10. [GPCS 7.5, B.6; AmdD 4.1.4]
 */
#include "vault/keys/keyset.h"

static bool length_fits(uint8_t alg, uint8_t len)
{
    return alg == CIPHER_AES ? len == 16 || len == 24 || len == 32 : len == 8 || len == 16 || len == 24;
}

enum tsm_err keyset_check(const struct keyset *k)
{
    NEED(k->alg == CIPHER_AES || k->alg == CIPHER_TDES, BAD_VALUE);
    switch (k->protocol) {
    case PROTOCOL_SCP02:
        NEED(k->alg == CIPHER_TDES && k->key_len == 16, BAD_VALUE);
        break;
    case PROTOCOL_SCP03:
        NEED(k->alg == CIPHER_AES, BAD_VALUE);
        break;
    case PROTOCOL_SCP80:
        break;
    default:
        return FAIL(BAD_VALUE, "%02X is no secure channel protocol with static keys", k->protocol);
    }
    return length_fits(k->alg, k->key_len) ? TSM_OK : FAIL(BAD_LENGTH, "no key has %u bytes", k->key_len);
}

enum tsm_err keyset_write(const struct keyset *k, struct writer *w)
{
    struct writer at = *w;
    TRY(keyset_check(k));
    TRY(write_u8(&at, k->protocol));
    TRY(write_u8(&at, k->kvn));
    TRY(write_u8(&at, k->alg));
    TRY(write_u8(&at, k->key_len));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        NEED(k->key[i].len == k->key_len, BAD_LENGTH);
        TRY(write_span(&at, secret_bytes(&k->key[i])));
    }
    *w = at;
    return TSM_OK;
}

enum tsm_err keyset_read(struct bytes plain, struct keyset *out)
{
    struct reader r = READER(plain);
    KEYSET k = {0};
    TRY(read_u8(&r, &k.protocol));
    TRY(read_u8(&r, &k.kvn));
    TRY(read_u8(&r, &k.alg));
    TRY(read_u8(&r, &k.key_len));
    TRY(keyset_check(&k));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        TRY(read_copy(&r, k.key_len, k.key[i].at));
        k.key[i].len = k.key_len;
    }
    TRY(read_end(&r));
    *out = k;
    return TSM_OK;
}

enum tsm_err keyset_cipher(const struct keyset *k, enum keyset_role role, struct crypto *c,
                           struct cipher_key *out)
{
    return crypto_key(c, (enum cipher_alg)k->alg, secret_bytes(&k->key[role]), out);
}

enum tsm_err keyset_kcvs(const struct keyset *k, struct crypto *c, uint8_t kcvs[KEYSET_KEYS][GP_KCV_LEN])
{
    uint8_t all[KEYSET_KEYS][GP_KCV_LEN];
    for (int i = 0; i < KEYSET_KEYS; i++) {
        CIPHER_KEY key = {0};
        TRY(keyset_cipher(k, (enum keyset_role)i, c, &key));
        TRY(gp_kcv(&key, GP_KCV_STANDARD, all[i]));
    }
    memcpy(kcvs, all, sizeof all);
    return TSM_OK;
}
