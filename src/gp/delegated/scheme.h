/* SPDX-License-Identifier: Apache-2.0 */
/* The signature schemes of tokens, receipts and DAP blocks: which one a key asks for, made and checked.
 * Stations 5, 6 and 10. Pure. [GPCS B.1.2.2, B.2.2, B.3, B.4.3; Tables B-3, C-1] */
#ifndef TSM_GP_DELEGATED_SCHEME_H
#define TSM_GP_DELEGATED_SCHEME_H

#include "base/crypto.h"
#include "base/sign/sign.h"

enum gp_scheme {
    GP_SCHEME_DES,   /* single DES plus final triple DES MAC, padded 80 00..: 8 octets */
    GP_SCHEME_AES,   /* CMAC: 16 octets */
    GP_SCHEME_RSA_1, /* 1024 bits: RSASSA-PKCS1-v1_5 with SHA-1 */
    GP_SCHEME_RSA_2, /* more than 1024 bits: RSASSA-PSS with SHA-256 */
    GP_SCHEME_ECC,   /* ECDSA, plain r | s, hash by the length of the curve */
    GP_SCHEMES
};
const char *gp_scheme_text(enum gp_scheme scheme);

/* A key with its scheme; what it borrows stays the caller's. One of `secret` and `pair` is NULL. */
struct gp_signer {
    enum gp_scheme scheme;
    const struct cipher_key *secret;
    const struct sign_key *pair;
};
/* KEY_REFUSED for a key that table C-1 does not know: TDES of three keys. */
enum tsm_err gp_signer_secret(const struct cipher_key *key, struct gp_signer *out);
enum tsm_err gp_signer_pair(const struct sign_key *key, struct gp_signer *out);

/* Octets of a signature. */
size_t gp_signature_len(const struct gp_signer *s);
/* The hash inside the scheme; SHA-1 for the MACs, which have none: table C-3 then asks for nothing. */
enum hash_alg gp_signature_hash(const struct gp_signer *s);
/* Appends the signature over the parts in order. KEY_REFUSED for a public key, or for DES with a key in a
 * token, which cannot be cut in halves. */
enum tsm_err gp_signature_write(const struct gp_signer *s, const struct bytes *parts, size_t n,
                                struct writer *signature);
/* MAC_WRONG when the signature is none of these parts under this key. */
enum tsm_err gp_signature_check(const struct gp_signer *s, const struct bytes *parts, size_t n,
                                struct bytes signature);

#endif
