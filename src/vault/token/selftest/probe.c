/* SPDX-License-Identifier: Apache-2.0 */
/* Trials of symmetric mechanisms against published answers. Edge. [FIPS 197 C.1, RFC 4493, SP 800-38A F.2, SP
 * 800-38D test case 2 of the GCM proposal, RFC 3394 4.1, SP 800-67 B.1, RFC 4231 4.7] */
#include "vault/token/selftest/probe.h"

#include <string.h>

/* FIPS 197 C.1 and SP 800-38A: key, block, answer. */
static const uint8_t key_count[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t fips_plain[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                       0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
static const uint8_t fips_cipher[16] = {0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30,
                                        0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5, 0x5A};
static const uint8_t nist_key[16] = {0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6,
                                     0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C};
static const uint8_t nist_plain[16] = {0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96,
                                       0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17, 0x2A};
static const uint8_t cbc_cipher[16] = {0x76, 0x49, 0xAB, 0xAC, 0x81, 0x19, 0xB2, 0x46,
                                       0xCE, 0xE9, 0x8E, 0x9B, 0x12, 0xE9, 0x19, 0x7D};
static const uint8_t cmac_answer[16] = {0x07, 0x0A, 0x16, 0xB4, 0x6B, 0x4D, 0x41, 0x44,
                                        0xF7, 0x9B, 0xDD, 0x9D, 0xD0, 0x4A, 0x28, 0x7C};
static const uint8_t gcm_answer[32] = {0x03, 0x88, 0xDA, 0xCE, 0x60, 0xB6, 0xA3, 0x92, 0xF3, 0x28, 0xC2,
                                       0xB9, 0x71, 0xB2, 0xFE, 0x78, 0xAB, 0x6E, 0x47, 0xD4, 0x2C, 0xEC,
                                       0x13, 0xBD, 0xF5, 0x3A, 0x67, 0xB2, 0x12, 0x57, 0xBD, 0xDF};
static const uint8_t wrap_answer[24] = {0x1F, 0xA6, 0x8B, 0x0A, 0x81, 0x12, 0xB4, 0x47,
                                        0xAE, 0xF3, 0x4B, 0xD8, 0xFB, 0x5A, 0x7B, 0x82,
                                        0x9D, 0x3E, 0x86, 0x23, 0x71, 0xD2, 0xCF, 0xE5};
/* Three-key TDES of SP 800-67 B.1, first block "The qufc". */
static const uint8_t tdes_key[24] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x23, 0x45, 0x67, 0x89,
                                     0xAB, 0xCD, 0xEF, 0x01, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23};
static const uint8_t tdes_plain[8] = {0x54, 0x68, 0x65, 0x20, 0x71, 0x75, 0x66, 0x63};
static const uint8_t tdes_cipher[8] = {0xA8, 0x26, 0xFD, 0x8C, 0xE5, 0x3B, 0x85, 0x5F};
/* Single DES with the key 0123456789ABCDEF and the block 4E6F772069732074, the example of FIPS 81 B. */
static const uint8_t des_plain[8] = {0x4E, 0x6F, 0x77, 0x20, 0x69, 0x73, 0x20, 0x74};
static const uint8_t des_cipher[8] = {0x3F, 0xA4, 0x0E, 0x8A, 0x98, 0x4D, 0x48, 0x15};
static const uint8_t hmac_answer[32] = {0x60, 0xE4, 0x31, 0x59, 0x1E, 0xE0, 0xB6, 0x7F, 0x0D, 0x8A, 0x26,
                                        0xAA, 0xCB, 0xF5, 0xB7, 0x7F, 0x8E, 0x0B, 0xC6, 0x21, 0x37, 0x28,
                                        0xC5, 0x14, 0x05, 0x46, 0x04, 0x0F, 0x0E, 0xE3, 0x7F, 0x54};

CK_RV probe_make(const struct lease *l, const struct probe_key *k, CK_OBJECT_HANDLE *out)
{
    static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE t[] = {
        {CKA_CLASS, (void *)(uintptr_t) & class, sizeof class},
        {CKA_KEY_TYPE, (void *)(uintptr_t)&k->type, sizeof k->type},
        {CKA_TOKEN, (void *)(uintptr_t)&no, sizeof no},
        {CKA_SENSITIVE, (void *)(uintptr_t)(k->closed ? &yes : &no), sizeof yes},
        {CKA_EXTRACTABLE, (void *)(uintptr_t)(k->closed ? &no : &yes), sizeof yes},
        {CKA_ENCRYPT, (void *)(uintptr_t)&yes, sizeof yes},
        {CKA_DECRYPT, (void *)(uintptr_t)&yes, sizeof yes},
        {CKA_SIGN, (void *)(uintptr_t)&yes, sizeof yes},
        {CKA_WRAP, (void *)(uintptr_t)&yes, sizeof yes},
        {CKA_VALUE, ck_bytes(k->value), k->value.len},
        {CKA_ALLOWED_MECHANISMS, (void *)(uintptr_t)&k->only, sizeof k->only},
    };
    CK_ULONG n = sizeof t / sizeof t[0] - (k->only ? 0 : 1);
    return l->f->C_CreateObject(l->session, t, n, out);
}

/* A key, what to do with it, and what must come out. */
struct trial {
    struct probe_key key;
    CK_MECHANISM how;
    struct bytes in, due;
};

static void judge(struct probe *p, const uint8_t *got, CK_ULONG len, struct bytes due)
{
    p->verdict = bytes_equal(BYTES_OF(got, len), due) ? PROBE_RIGHT : PROBE_WRONG_ANSWER;
}

static CK_RV try_encrypt(struct probe *p, struct trial t)
{
    const struct lease *l = p->l;
    uint8_t out[64];
    CK_ULONG n = sizeof out;
    CK_OBJECT_HANDLE key;
    CK_RV rv = probe_make(l, &t.key, &key);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_EncryptInit(l->session, &t.how, key);
    if (rv == CKR_OK)
        rv = l->f->C_Encrypt(l->session, ck_bytes(t.in), t.in.len, out, &n);
    l->f->C_DestroyObject(l->session, key);
    if (rv == CKR_OK)
        judge(p, out, n, t.due);
    return rv;
}

static CK_RV try_sign(struct probe *p, struct trial t)
{
    const struct lease *l = p->l;
    uint8_t out[64];
    CK_ULONG n = sizeof out;
    CK_OBJECT_HANDLE key;
    CK_RV rv = probe_make(l, &t.key, &key);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_SignInit(l->session, &t.how, key);
    if (rv == CKR_OK)
        rv = l->f->C_Sign(l->session, ck_bytes(t.in), t.in.len, out, &n);
    l->f->C_DestroyObject(l->session, key);
    if (rv == CKR_OK)
        judge(p, out, n, t.due);
    return rv;
}

CK_RV probe_aes_ecb(struct probe *p)
{
    return try_encrypt(p, (struct trial){{CKK_AES, BYTES(key_count), 0, false},
                                         {CKM_AES_ECB, NULL, 0},
                                         BYTES(fips_plain),
                                         BYTES(fips_cipher)});
}

CK_RV probe_aes_cbc(struct probe *p)
{
    return try_encrypt(p, (struct trial){{CKK_AES, BYTES(nist_key), 0, false},
                                         {CKM_AES_CBC, (void *)(uintptr_t)key_count, sizeof key_count},
                                         BYTES(nist_plain),
                                         BYTES(cbc_cipher)});
}

CK_RV probe_aes_cmac(struct probe *p)
{
    return try_sign(p, (struct trial){{CKK_AES, BYTES(nist_key), 0, false},
                                      {CKM_AES_CMAC, NULL, 0},
                                      BYTES(nist_plain),
                                      BYTES(cmac_answer)});
}

CK_RV probe_aes_gcm(struct probe *p)
{
    static const uint8_t zero[16];
    enum { TAG_BITS = 8 * GCM_TAG, IV_BITS = 8 * GCM_NONCE };
    CK_GCM_PARAMS g = {
        .pIv = (CK_BYTE *)(uintptr_t)zero, .ulIvLen = GCM_NONCE, .ulIvBits = IV_BITS, .ulTagBits = TAG_BITS};
    return try_encrypt(p, (struct trial){{CKK_AES, BYTES(zero), 0, false},
                                         {CKM_AES_GCM, &g, sizeof g},
                                         BYTES(zero),
                                         BYTES(gcm_answer)});
}

CK_RV probe_tdes_ecb(struct probe *p)
{
    return try_encrypt(p, (struct trial){{CKK_DES3, BYTES(tdes_key), 0, false},
                                         {CKM_DES3_ECB, NULL, 0},
                                         BYTES(tdes_plain),
                                         BYTES(tdes_cipher)});
}

CK_RV probe_tdes_cbc(struct probe *p)
{
    static const uint8_t iv[8];
    return try_encrypt(p, (struct trial){{CKK_DES3, BYTES(tdes_key), 0, false},
                                         {CKM_DES3_CBC, (void *)(uintptr_t)iv, sizeof iv},
                                         BYTES(tdes_plain),
                                         BYTES(tdes_cipher)});
}

/* CBC-MAC of one block: the left half of its encryption. */
CK_RV probe_tdes_mac(struct probe *p)
{
    return try_sign(p, (struct trial){{CKK_DES3, BYTES(tdes_key), 0, false},
                                      {CKM_DES3_MAC, NULL, 0},
                                      BYTES(tdes_plain),
                                      BYTES_OF(tdes_cipher, sizeof tdes_cipher / 2)});
}

CK_RV probe_des_ecb(struct probe *p)
{
    return try_encrypt(p, (struct trial){{CKK_DES, BYTES_OF(tdes_key, 8), 0, false},
                                         {CKM_DES_ECB, NULL, 0},
                                         BYTES(des_plain),
                                         BYTES(des_cipher)});
}

/* Test case 6: tokens want HMAC keys at least as long as the digest. */
CK_RV probe_hmac(struct probe *p)
{
    uint8_t key[131];
    memset(key, 0xAA, sizeof key);
    return try_sign(p, (struct trial){{CKK_GENERIC_SECRET, BYTES(key), 0, false},
                                      {CKM_SHA256_HMAC, NULL, 0},
                                      bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"),
                                      BYTES(hmac_answer)});
}

CK_RV probe_random(struct probe *p)
{
    uint8_t a[16], b[16];
    CK_RV rv = p->l->f->C_GenerateRandom(p->l->session, a, sizeof a);
    if (rv == CKR_OK)
        rv = p->l->f->C_GenerateRandom(p->l->session, b, sizeof b);
    if (rv == CKR_OK)
        p->verdict = memcmp(a, b, sizeof a) ? PROBE_RIGHT : PROBE_WRONG_ANSWER;
    return rv;
}

CK_RV probe_aes_wrap(struct probe *p)
{
    const struct lease *l = p->l;
    CK_MECHANISM how = {CKM_AES_KEY_WRAP, NULL, 0};
    CK_OBJECT_HANDLE kek = 0, key = 0;
    uint8_t out[64];
    CK_ULONG n = sizeof out;
    CK_RV rv = probe_make(l, &(struct probe_key){CKK_AES, BYTES(key_count), 0, false}, &kek);
    if (rv == CKR_OK)
        rv = probe_make(l, &(struct probe_key){CKK_AES, BYTES(fips_plain), 0, false}, &key);
    if (rv == CKR_OK)
        rv = l->f->C_WrapKey(l->session, &how, kek, key, out, &n);
    l->f->C_DestroyObject(l->session, key);
    l->f->C_DestroyObject(l->session, kek);
    if (rv == CKR_OK)
        judge(p, out, n, BYTES(wrap_answer));
    return rv;
}
