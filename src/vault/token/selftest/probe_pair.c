/* SPDX-License-Identifier: Apache-2.0 */
/* Trials of P-256 pairs and of the policies that keep keys inside: unreadable, unwrappable, bound to
 * mechanisms. Edge. [PKCS#11 v2.40 4.9, FIPS 186-4] */
#include "vault/token/selftest/probe.h"

#include <string.h>

#include "vault/token/kinds.h"

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static const uint8_t some_key[16] = {0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
                                     0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F};

struct pair {
    CK_OBJECT_HANDLE open, closed;
};

static CK_RV make_pair(const struct lease *l, CK_ATTRIBUTE_TYPE use, struct pair *out)
{
    CK_MECHANISM how = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE open[] = {{CKA_TOKEN, (void *)(uintptr_t)&no, sizeof no},
                           {CKA_EC_PARAMS, (void *)(uintptr_t)ec_p256, sizeof ec_p256},
                           {CKA_VERIFY, (void *)(uintptr_t)&yes, sizeof yes}};
    CK_ATTRIBUTE closed[] = {{CKA_TOKEN, (void *)(uintptr_t)&no, sizeof no},
                             {use, (void *)(uintptr_t)&yes, sizeof yes}};
    return l->f->C_GenerateKeyPair(l->session, &how, open, 3, closed, 2, &out->open, &out->closed);
}

static void drop_pair(const struct lease *l, struct pair p)
{
    l->f->C_DestroyObject(l->session, p.open);
    l->f->C_DestroyObject(l->session, p.closed);
}

CK_RV probe_ecdsa(struct probe *p)
{
    const struct lease *l = p->l;
    CK_MECHANISM how = {CKM_ECDSA, NULL, 0};
    uint8_t digest[SHA256_LEN] = {1}, signature[EC_SIGNATURE_LEN];
    CK_ULONG n = sizeof signature;
    struct pair pair;
    CK_RV rv = make_pair(l, CKA_SIGN, &pair);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_SignInit(l->session, &how, pair.closed);
    if (rv == CKR_OK)
        rv = l->f->C_Sign(l->session, digest, sizeof digest, signature, &n);
    if (rv == CKR_OK)
        rv = l->f->C_VerifyInit(l->session, &how, pair.open);
    if (rv == CKR_OK)
        p->verdict =
            l->f->C_Verify(l->session, digest, sizeof digest, signature, n) == CKR_OK && n == sizeof signature
                ? PROBE_RIGHT
                : PROBE_WRONG_ANSWER;
    drop_pair(l, pair);
    return rv;
}

/* The point of a pair, without the OCTET STRING around it. */
static CK_RV point_of(const struct lease *l, struct pair p, uint8_t der[2 + EC_POINT_LEN])
{
    CK_ATTRIBUTE point = {CKA_EC_POINT, der, 2 + EC_POINT_LEN};
    return l->f->C_GetAttributeValue(l->session, p.open, &point, 1);
}

static CK_RV agree(const struct lease *l, CK_OBJECT_HANDLE own, const uint8_t der[2 + EC_POINT_LEN],
                   uint8_t z[EC_COORDINATE])
{
    static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    static const CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    static const CK_ULONG len = EC_COORDINATE;
    CK_ECDH1_DERIVE_PARAMS params = {
        .kdf = CKD_NULL, .pPublicData = (CK_BYTE *)(uintptr_t)&der[2], .ulPublicDataLen = EC_POINT_LEN};
    CK_MECHANISM how = {CKM_ECDH1_DERIVE, &params, sizeof params};
    CK_ATTRIBUTE want[] = {{CKA_CLASS, (void *)(uintptr_t) & class, sizeof class},
                           {CKA_KEY_TYPE, (void *)(uintptr_t)&type, sizeof type},
                           {CKA_VALUE_LEN, (void *)(uintptr_t)&len, sizeof len},
                           {CKA_TOKEN, (void *)(uintptr_t)&no, sizeof no},
                           {CKA_SENSITIVE, (void *)(uintptr_t)&no, sizeof no},
                           {CKA_EXTRACTABLE, (void *)(uintptr_t)&yes, sizeof yes}};
    CK_ATTRIBUTE value = {CKA_VALUE, z, EC_COORDINATE};
    CK_OBJECT_HANDLE shared;
    CK_RV rv = l->f->C_DeriveKey(l->session, &how, own, want, sizeof want / sizeof want[0], &shared);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_GetAttributeValue(l->session, shared, &value, 1);
    l->f->C_DestroyObject(l->session, shared);
    return rv;
}

/* Two pairs must agree on one secret. */
CK_RV probe_ecdh(struct probe *p)
{
    const struct lease *l = p->l;
    uint8_t a_point[2 + EC_POINT_LEN], b_point[2 + EC_POINT_LEN], a_z[EC_COORDINATE] = {0},
                                                                  b_z[EC_COORDINATE] = {1};
    struct pair a, b = {0, 0};
    CK_RV rv = make_pair(l, CKA_DERIVE, &a);
    if (rv != CKR_OK)
        return rv;
    rv = make_pair(l, CKA_DERIVE, &b);
    if (rv == CKR_OK)
        rv = point_of(l, a, a_point);
    if (rv == CKR_OK)
        rv = point_of(l, b, b_point);
    if (rv == CKR_OK)
        rv = agree(l, a.closed, b_point, a_z);
    if (rv == CKR_OK)
        rv = agree(l, b.closed, a_point, b_z);
    if (rv == CKR_OK)
        p->verdict = memcmp(a_z, b_z, sizeof a_z) == 0 ? PROBE_RIGHT : PROBE_WRONG_ANSWER;
    drop_pair(l, a);
    drop_pair(l, b);
    return rv;
}

static CK_RV make_closed(const struct lease *l, CK_MECHANISM_TYPE only, CK_OBJECT_HANDLE *out)
{
    return probe_make(l, &(struct probe_key){CKK_AES, BYTES(some_key), only, true}, out);
}

/* A sensitive value must not be given out. */
CK_RV probe_sensitive(struct probe *p)
{
    uint8_t value[sizeof some_key];
    CK_ATTRIBUTE ask = {CKA_VALUE, value, sizeof value};
    CK_OBJECT_HANDLE key;
    CK_RV rv = make_closed(p->l, 0, &key);
    if (rv != CKR_OK)
        return rv;
    p->verdict = p->l->f->C_GetAttributeValue(p->l->session, key, &ask, 1) == CKR_OK ? PROBE_WRONG_ANSWER
                                                                                     : PROBE_RIGHT;
    p->l->f->C_DestroyObject(p->l->session, key);
    return CKR_OK;
}

/* A key that is not extractable must not be wrapped. */
CK_RV probe_unextractable(struct probe *p)
{
    const struct lease *l = p->l;
    CK_MECHANISM how = {CKM_AES_KEY_WRAP, NULL, 0};
    CK_OBJECT_HANDLE kek, key = 0;
    uint8_t out[64];
    CK_ULONG n = sizeof out;
    CK_RV rv = probe_make(l, &(struct probe_key){CKK_AES, BYTES(some_key), 0, false}, &kek);
    if (rv != CKR_OK)
        return rv;
    rv = make_closed(l, 0, &key);
    if (rv == CKR_OK)
        p->verdict =
            l->f->C_WrapKey(l->session, &how, kek, key, out, &n) == CKR_OK ? PROBE_WRONG_ANSWER : PROBE_RIGHT;
    l->f->C_DestroyObject(l->session, key);
    l->f->C_DestroyObject(l->session, kek);
    return rv;
}

/* A key bound to CMAC must not encrypt. */
CK_RV probe_allowed(struct probe *p)
{
    CK_MECHANISM other = {CKM_AES_ECB, NULL, 0};
    uint8_t out[sizeof some_key];
    CK_ULONG n = sizeof out;
    CK_OBJECT_HANDLE key;
    CK_RV rv = make_closed(p->l, CKM_AES_CMAC, &key);
    if (rv != CKR_OK)
        return rv;
    rv = p->l->f->C_EncryptInit(p->l->session, &other, key);
    if (rv == CKR_OK)
        p->l->f->C_Encrypt(p->l->session, ck_bytes(BYTES(some_key)), sizeof some_key, out, &n);
    p->verdict = rv == CKR_OK ? PROBE_WRONG_ANSWER : PROBE_RIGHT;
    p->l->f->C_DestroyObject(p->l->session, key);
    return CKR_OK;
}
