/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of key is for a token: type, generation, uses, and the only mechanisms it may be used with.
 * Edge. [PKCS#11 v2.40 4.6 to 4.9] */
#ifndef TSM_VAULT_TOKEN_KINDS_H
#define TSM_VAULT_TOKEN_KINDS_H

#include "vault/token/inside.h"

enum { KIND_MECHANISMS_MAX = 3, KIND_LENGTHS_MAX = 5 };

enum key_use {
    USE_CIPHER = 1, /* CKA_ENCRYPT and CKA_DECRYPT */
    USE_SIGN = 2,
    USE_DERIVE = 4,
    USE_UNWRAP = 8,
};

struct kind_row {
    CK_OBJECT_CLASS class;
    unsigned uses;
    size_t lengths[KIND_LENGTHS_MAX]; /* 0 ends; none for EC pairs; RSA: of the modulus */
    CK_MECHANISM_TYPE mechanisms[KIND_MECHANISMS_MAX];
    size_t mechanisms_n;
};
extern const struct kind_row token_kinds[TOKEN_KINDS];

/* Key type and generating mechanism; two-key and three-key TDES differ. */
CK_KEY_TYPE kind_type(enum token_kind kind, size_t len);
CK_MECHANISM_TYPE kind_generator(enum token_kind kind, size_t len);
/* BAD_LENGTH when the kind does not know this length. */
enum tsm_err kind_length(enum token_kind kind, size_t len);

/* An attribute template under construction; what it points to lives in the struct itself or with the caller.
 */
enum { TEMPLATE_MAX = 24 };
struct template
{
    CK_ATTRIBUTE at[TEMPLATE_MAX];
    CK_ULONG n;
    CK_OBJECT_CLASS class;
    CK_KEY_TYPE type;
    CK_ULONG len, bits;
};
void template_add(struct template *t, CK_ATTRIBUTE_TYPE type, const void *value, size_t len);
/* The attributes of a secret or private key of this kind: on the token, sensitive, never extractable, bound.
 */
void template_key(struct template *t, enum token_kind kind, const char *name, size_t len);
/* The attributes of the public half of a pair; `len` as in template_key. */
void template_public(struct template *t, enum token_kind kind, const char *name, size_t len);

/* namedCurve secp256r1 and secp384r1 [RFC 5480], the values of CKA_EC_PARAMS. */
extern const CK_BYTE ec_p256[10], ec_p384[7];

#endif
