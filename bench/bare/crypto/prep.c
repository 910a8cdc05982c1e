/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives that one card's data ask for, on one thread with contexts kept. Bench only. */
#include "bare/crypto/prep.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_MAX = 2048,
    KEYS = 3,
    TDES_KEY = 24,
    BLOCKS = 16,
    GROUPING = 48,
    IV = 12,
    TAG = 16,
    CVV_STEPS = 2
};

struct bare_prep {
    EVP_PKEY *mine, *theirs;
    EVP_CIPHER_CTX *gcm, *tdes, *cbc;
    size_t len;
    unsigned char cipher[RECORD_MAX], clear[RECORD_MAX], tag[TAG];
};

static const unsigned char key[32] = {1,  2,  3,  4,  5, 6, 7, 8, 9, 10, 11, 12,
                                      13, 14, 15, 16, 1, 2, 3, 4, 5, 6,  7,  8};
static const unsigned char iv[16];

static bool agree(struct bare_prep *p, unsigned char out[32])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(p->mine, NULL);
    size_t n = 32;
    bool done = ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, p->theirs) == 1 &&
                EVP_PKEY_derive(ctx, out, &n) == 1;
    EVP_PKEY_CTX_free(ctx);
    return done;
}

static bool seal_record(struct bare_prep *p)
{
    int n;
    memset(p->clear, 'x', p->len);
    return EVP_EncryptInit_ex(p->gcm, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
           EVP_EncryptUpdate(p->gcm, p->cipher, &n, p->clear, (int)p->len) == 1 &&
           EVP_EncryptFinal_ex(p->gcm, p->cipher + n, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(p->gcm, EVP_CTRL_GCM_GET_TAG, TAG, p->tag) == 1;
}

struct bare_prep *bare_prep_new(size_t record)
{
    struct bare_prep *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->len = record < RECORD_MAX ? record : RECORD_MAX;
    p->mine = EVP_EC_gen("P-256");
    p->theirs = EVP_EC_gen("P-256");
    p->gcm = EVP_CIPHER_CTX_new();
    p->tdes = EVP_CIPHER_CTX_new();
    p->cbc = EVP_CIPHER_CTX_new();
    if (p->mine && p->theirs && p->gcm && p->tdes && p->cbc && seal_record(p))
        return p;
    bare_prep_end(p);
    return NULL;
}

void bare_prep_end(struct bare_prep *p)
{
    if (!p)
        return;
    EVP_PKEY_free(p->mine);
    EVP_PKEY_free(p->theirs);
    EVP_CIPHER_CTX_free(p->gcm);
    EVP_CIPHER_CTX_free(p->tdes);
    EVP_CIPHER_CTX_free(p->cbc);
    free(p);
}

static bool open_record(struct bare_prep *p)
{
    unsigned char z[32], wrap[32];
    unsigned len = sizeof wrap;
    int n;
    return agree(p, z) && EVP_Digest(z, sizeof z, wrap, &len, EVP_sha256(), NULL) == 1 &&
           EVP_DecryptInit_ex(p->gcm, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
           EVP_DecryptUpdate(p->gcm, p->clear, &n, p->cipher, (int)p->len) == 1 &&
           EVP_CIPHER_CTX_ctrl(p->gcm, EVP_CTRL_GCM_SET_TAG, TAG, p->tag) == 1 &&
           EVP_DecryptFinal_ex(p->gcm, p->clear + n, &n) == 1;
}

/* `times` encryptions of two blocks, each with a key schedule of its own, as card keys and their check
 * values. */
static bool blocks(struct bare_prep *p, int times)
{
    unsigned char out[BLOCKS + 8];
    int n;
    for (int i = 0; i < times; i++)
        if (EVP_EncryptInit_ex(p->tdes, EVP_des_ede3_ecb(), NULL, key, NULL) != 1 ||
            EVP_EncryptUpdate(p->tdes, out, &n, p->clear, BLOCKS) != 1)
            return false;
    return true;
}

bool bare_prep_one(struct bare_prep *p)
{
    unsigned char out[GROUPING + 16];
    int n;
    return open_record(p) && blocks(p, 2 * KEYS + CVV_STEPS) &&
           EVP_EncryptInit_ex(p->cbc, EVP_aes_128_cbc(), NULL, key, iv) == 1 &&
           EVP_EncryptUpdate(p->cbc, out, &n, p->clear, GROUPING) == 1;
}
