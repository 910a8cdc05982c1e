/* SPDX-License-Identifier: Apache-2.0 */
/* The table of key kinds and the attribute templates made from it. Edge. [PKCS#11 v2.40 4.6 to 4.9] */
#include "vault/token/kinds.h"

#include <string.h>

const CK_BYTE ec_p256[10] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
const CK_BYTE ec_p384[7] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};
/* 65537: every card takes it, and the token needs to be told. */
static const CK_BYTE rsa_exponent[3] = {0x01, 0x00, 0x01};

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

const struct kind_row token_kinds[TOKEN_KINDS] = {
    [TOKEN_KEK] = {CKO_SECRET_KEY, USE_CIPHER, {32}, {CKM_AES_GCM}, 1},
    [TOKEN_AES_MASTER] =
        {CKO_SECRET_KEY, USE_CIPHER | USE_SIGN, {16, 24, 32}, {CKM_AES_CMAC, CKM_AES_ECB, CKM_AES_CBC}, 3},
    [TOKEN_TDES_MASTER] = {CKO_SECRET_KEY, USE_CIPHER, {16, 24}, {CKM_DES3_ECB, CKM_DES3_CBC}, 2},
    [TOKEN_TRANSPORT] = {CKO_SECRET_KEY, USE_UNWRAP, {16, 24, 32}, {CKM_AES_KEY_WRAP}, 1},
    [TOKEN_HMAC] = {CKO_SECRET_KEY, USE_SIGN, {32}, {CKM_SHA256_HMAC}, 1},
    [TOKEN_EC_SIGN] = {CKO_PRIVATE_KEY, USE_SIGN, {0}, {CKM_ECDSA}, 1},
    [TOKEN_EC_AGREE] = {CKO_PRIVATE_KEY, USE_DERIVE, {0}, {CKM_ECDH1_DERIVE}, 1},
    [TOKEN_EC_SIGN_384] = {CKO_PRIVATE_KEY, USE_SIGN, {0}, {CKM_ECDSA}, 1},
    [TOKEN_RSA_SIGN] = {CKO_PRIVATE_KEY, USE_SIGN, {128, 256, 384}, {CKM_RSA_PKCS, CKM_RSA_PKCS_PSS}, 2},
    [TOKEN_RSA_CARD] = {CKO_PRIVATE_KEY, USE_SIGN, {128, 144, 176, 192, 248}, {CKM_RSA_X_509}, 1},
    [TOKEN_AES_SIGN] = {CKO_SECRET_KEY, USE_SIGN, {16, 24, 32}, {CKM_AES_CMAC}, 1},
};

CK_KEY_TYPE kind_type(enum token_kind kind, size_t len)
{
    switch (kind) {
    case TOKEN_TDES_MASTER:
        return len == 16 ? CKK_DES2 : CKK_DES3;
    case TOKEN_HMAC:
        return CKK_GENERIC_SECRET;
    case TOKEN_EC_SIGN:
    case TOKEN_EC_AGREE:
    case TOKEN_EC_SIGN_384:
        return CKK_EC;
    case TOKEN_RSA_SIGN:
    case TOKEN_RSA_CARD:
        return CKK_RSA;
    default:
        return CKK_AES;
    }
}

CK_MECHANISM_TYPE kind_generator(enum token_kind kind, size_t len)
{
    switch (kind_type(kind, len)) {
    case CKK_DES2:
        return CKM_DES2_KEY_GEN;
    case CKK_DES3:
        return CKM_DES3_KEY_GEN;
    case CKK_GENERIC_SECRET:
        return CKM_GENERIC_SECRET_KEY_GEN;
    case CKK_EC:
        return CKM_EC_KEY_PAIR_GEN;
    case CKK_RSA:
        return CKM_RSA_PKCS_KEY_PAIR_GEN;
    default:
        return CKM_AES_KEY_GEN;
    }
}

enum tsm_err kind_length(enum token_kind kind, size_t len)
{
    const struct kind_row *row = &token_kinds[kind];
    if (row->class == CKO_PRIVATE_KEY && row->lengths[0] == 0)
        return len == 0 ? TSM_OK : FAIL(BAD_LENGTH, "an EC pair has no length to choose");
    for (size_t i = 0; i < KIND_LENGTHS_MAX; i++)
        if (len && row->lengths[i] == len)
            return TSM_OK;
    return FAIL(BAD_LENGTH, "a key of %zu bytes does not fit its kind", len);
}

void template_add(struct template *t, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
    t->at[t->n++] = (CK_ATTRIBUTE){type, (void *)(uintptr_t)value, len};
}

static void add_yes_if(struct template *t, CK_ATTRIBUTE_TYPE type, unsigned fact)
{
    if (fact)
        template_add(t, type, &yes, sizeof yes);
}

/* Tokens say yes where nothing is said: a secret key that is not to encipher is told so. */
static void add_cipher_use(struct template *t, unsigned may)
{
    template_add(t, CKA_ENCRYPT, may ? &yes : &no, sizeof yes);
    template_add(t, CKA_DECRYPT, may ? &yes : &no, sizeof yes);
}

void template_key(struct template *t, enum token_kind kind, const char *name, size_t len)
{
    const struct kind_row *row = &token_kinds[kind];
    t->n = 0;
    t->class = row->class;
    t->type = kind_type(kind, len);
    t->len = len;
    template_add(t, CKA_CLASS, &t->class, sizeof t->class);
    template_add(t, CKA_KEY_TYPE, &t->type, sizeof t->type);
    template_add(t, CKA_LABEL, name, strlen(name));
    template_add(t, CKA_TOKEN, &yes, sizeof yes);
    template_add(t, CKA_PRIVATE, &yes, sizeof yes);
    template_add(t, CKA_SENSITIVE, &yes, sizeof yes);
    template_add(t, CKA_EXTRACTABLE, &no, sizeof no);
    if (row->class == CKO_SECRET_KEY)
        add_cipher_use(t, row->uses & USE_CIPHER);
    add_yes_if(t, CKA_SIGN, row->uses & USE_SIGN);
    add_yes_if(t, CKA_DERIVE, row->uses & USE_DERIVE);
    add_yes_if(t, CKA_UNWRAP, row->uses & USE_UNWRAP);
    template_add(t, CKA_ALLOWED_MECHANISMS, row->mechanisms, row->mechanisms_n * sizeof row->mechanisms[0]);
}

static void add_parameters(struct template *t, enum token_kind kind)
{
    if (t->type == CKK_RSA) {
        template_add(t, CKA_MODULUS_BITS, &t->bits, sizeof t->bits);
        template_add(t, CKA_PUBLIC_EXPONENT, rsa_exponent, sizeof rsa_exponent);
    } else if (kind == TOKEN_EC_SIGN_384) {
        template_add(t, CKA_EC_PARAMS, ec_p384, sizeof ec_p384);
    } else {
        template_add(t, CKA_EC_PARAMS, ec_p256, sizeof ec_p256);
    }
}

void template_public(struct template *t, enum token_kind kind, const char *name, size_t len)
{
    enum { BITS = 8 };
    t->n = 0;
    t->class = CKO_PUBLIC_KEY;
    t->type = kind_type(kind, len);
    t->bits = BITS * len;
    template_add(t, CKA_CLASS, &t->class, sizeof t->class);
    template_add(t, CKA_KEY_TYPE, &t->type, sizeof t->type);
    template_add(t, CKA_LABEL, name, strlen(name));
    template_add(t, CKA_TOKEN, &yes, sizeof yes);
    template_add(t, CKA_PRIVATE, &no, sizeof no);
    add_parameters(t, kind);
    add_yes_if(t, CKA_VERIFY, token_kinds[kind].uses & USE_SIGN);
}
