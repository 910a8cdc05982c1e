/* SPDX-License-Identifier: Apache-2.0 */
/* The signature seam over pairs in a token: digests signed by C_Sign, public halves read out. Stations 5 and
 * 6. Edge. [PKCS#11 v2.40 curr 2.1, 2.3; RFC 8017 9.2] */
#include "vault/token/kinds.h"

#include <string.h>

enum { BITS = 8, EXPONENT_MAX = 8, POINT_MAX = 2 + 1 + 2 * 48, INFO_MAX = 64 };

struct signing {
    CK_MECHANISM how;
    struct bytes in;
    uint8_t *out;
    CK_ULONG len;
};

static CK_RV run_sign(const struct lease *l, void *arg)
{
    struct signing *s = arg;
    CK_RV rv = l->f->C_SignInit(l->session, &s->how, l->key);
    return rv != CKR_OK ? rv : l->f->C_Sign(l->session, ck_bytes(s->in), s->in.len, s->out, &s->len);
}

/* DigestInfo of SHA-1: what PKCS#1 v1.5 pads; GPCS knows no other hash in this scheme. */
static enum tsm_err digest_info(struct bytes digest, struct writer *w)
{
    static const uint8_t sha1[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E,
                                   0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14};
    TRY(write_span(w, BYTES(sha1)));
    return write_span(w, digest);
}

static CK_RSA_PKCS_PSS_PARAMS pss_of(enum hash_alg hash)
{
    static const struct {
        CK_MECHANISM_TYPE hash;
        CK_RSA_PKCS_MGF_TYPE mgf;
    } rows[HASH_ALGS] = {
        [HASH_SHA1] = {CKM_SHA_1, CKG_MGF1_SHA1},
        [HASH_SHA256] = {CKM_SHA256, CKG_MGF1_SHA256},
        [HASH_SHA384] = {CKM_SHA384, CKG_MGF1_SHA384},
        [HASH_SHA512] = {CKM_SHA512, CKG_MGF1_SHA512},
    };
    return (CK_RSA_PKCS_PSS_PARAMS){rows[hash].hash, rows[hash].mgf, hash_len(hash)};
}

static enum tsm_err sign_in_token(const struct sign_key *k, struct sign_how how, struct bytes digest,
                                  struct writer *signature)
{
    CK_RSA_PKCS_PSS_PARAMS pss = pss_of(how.hash);
    struct signing s = {.how = {CKM_ECDSA, NULL, 0}, .in = digest, .len = sign_len(k)};
    uint8_t info[INFO_MAX];
    struct writer w = WRITER(info), at = *signature;
    if (how.padding == SIGN_RAW)
        s.how.mechanism = CKM_RSA_X_509;
    if (how.padding == SIGN_PSS)
        s.how = (CK_MECHANISM){CKM_RSA_PKCS_PSS, &pss, sizeof pss};
    if (how.padding == SIGN_PKCS1) {
        NEED(how.hash == HASH_SHA1, KEY_REFUSED);
        TRY(digest_info(digest, &w));
        s.how.mechanism = CKM_RSA_PKCS;
        s.in = written(&w);
    }
    TRY(write_slot(&at, s.len, &s.out));
    TRY(token_run(k->owner,
                  &(struct token_call){"signature in the token", run_sign, &s, (long)k->handle - 1}));
    NEED(s.len == sign_len(k), TOKEN_FAILED);
    *signature = at;
    return TSM_OK;
}

static const struct sign_ops token_sign_ops = {.sign = sign_in_token};

struct reading {
    CK_ATTRIBUTE_TYPE which;
    void *out;
    CK_ULONG len;
};

static CK_RV run_attribute(const struct lease *l, void *arg)
{
    struct reading *r = arg;
    CK_ATTRIBUTE value = {r->which, r->out, r->len};
    CK_RV rv = l->f->C_GetAttributeValue(l->session, l->key, &value, 1);
    r->len = value.ulValueLen;
    return rv;
}

/* Appends the attribute's value; `max` is the room for it. */
static enum tsm_err attribute(struct token *t, long key, CK_ATTRIBUTE_TYPE which, size_t max,
                              struct writer *w)
{
    struct reading r = {.which = which, .len = max};
    uint8_t *at;
    TRY(write_slot(&(struct writer){w->at, w->len, w->cap}, max, &at));
    r.out = at;
    TRY(token_run(t, &(struct token_call){"C_GetAttributeValue", run_attribute, &r, key}));
    NEED(r.len > 0 && r.len <= max, TOKEN_FAILED);
    return write_slot(w, r.len, &at);
}

static enum tsm_err read_rsa(struct token *t, long key, struct writer *room, struct token_public_numbers *out)
{
    size_t from = room->len;
    TRY(attribute(t, key, CKA_MODULUS, SIGNATURE_MAX, room));
    out->n = written_since(room, from);
    from = room->len;
    TRY(attribute(t, key, CKA_PUBLIC_EXPONENT, EXPONENT_MAX, room));
    out->e = written_since(room, from);
    return TSM_OK;
}

/* The point lies in an OCTET STRING [PKCS#11 v2.40 curr 2.3.3]. */
static enum tsm_err read_point(struct token *t, long key, struct writer *room,
                               struct token_public_numbers *out)
{
    size_t from = room->len;
    struct reader r;
    uint8_t tag;
    TRY(attribute(t, key, CKA_EC_POINT, POINT_MAX, room));
    r = READER(written_since(room, from));
    TRY(read_u8(&r, &tag));
    TRY(read_lv(&r, &out->point));
    NEED(tag == 0x04 && out->point.len % 2 == 1, TOKEN_FAILED);
    return read_end(&r);
}

enum tsm_err token_public_numbers(struct token *t, const char *name, struct writer *room,
                                  struct token_public_numbers *out)
{
    struct token_public_numbers n = {.type = SIGN_EC};
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    struct reading r = {CKA_KEY_TYPE, &type, sizeof type};
    long key;
    TRY(token_name(t, name, CKO_PUBLIC_KEY, &key));
    TRY(token_run(t, &(struct token_call){"CKA_KEY_TYPE", run_attribute, &r, key}));
    if (type == CKK_RSA)
        n.type = SIGN_RSA;
    TRY(type == CKK_RSA ? read_rsa(t, key, room, &n) : read_point(t, key, room, &n));
    *out = n;
    return TSM_OK;
}

enum tsm_err token_public_key(struct token *t, const char *name, struct sign_key *out)
{
    uint8_t room[TOKEN_PUBLIC_MAX];
    struct writer w = WRITER(room);
    struct token_public_numbers n;
    TRY(token_public_numbers(t, name, &w, &n));
    return n.type == SIGN_RSA ? sign_key_rsa(&(struct rsa_numbers){n.n, n.e, BYTES_NONE}, out)
                              : sign_key_ec(n.point, BYTES_NONE, out);
}

enum tsm_err token_sign_key(struct token *t, const char *name, struct sign_key *out)
{
    struct sign_key k = {.ops = &token_sign_ops, .owner = t, .private_half = true};
    uint8_t room[TOKEN_PUBLIC_MAX];
    struct writer w = WRITER(room);
    struct token_public_numbers n;
    bool agrees = false;
    long key;
    TRY(token_name(t, name, CKO_PRIVATE_KEY, &key));
    TRY(token_agrees(t, name, &agrees));
    if (agrees)
        return FAIL(KEY_REFUSED, "the key %s is for agreement, not for signatures", name);
    TRY(token_public_numbers(t, name, &w, &n));
    k.type = n.type;
    k.bits = n.type == SIGN_RSA ? BITS * n.n.len : BITS * (n.point.len / 2);
    k.handle = (unsigned long)key + 1; /* as token_cipher_key */
    *out = k;
    return TSM_OK;
}

enum tsm_err token_mac_key(struct token *t, const char *name, struct cipher_key *out)
{
    CK_BBOOL encrypts = CK_TRUE;
    struct reading r = {CKA_ENCRYPT, &encrypts, sizeof encrypts};
    CIPHER_KEY k = {0};
    TRY(token_cipher_key(t, name, CIPHER_AES, &k));
    TRY(token_run(t, &(struct token_call){"CKA_ENCRYPT", run_attribute, &r, (long)k.handle - 1}));
    if (encrypts == CK_TRUE)
        return FAIL(KEY_REFUSED, "the key %s is not for signatures alone", name);
    *out = k;
    return TSM_OK;
}
