/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens, receipts and DAP with keys by name: the owner's token and receipt keys, a provider's or authority's
 * DAP key. What they sign comes in whole, so that nothing is signed unseen. Stations 5, 6 and 10. Edge. [GPCS
 * C.2 to C.5] Pairs never leave the token. A symmetric key that a card must hold too comes from a sealed set,
 * as vault_put_key_body puts it into the card; the DES scheme works with such a set alone, since no token
 * computes a retail MAC.
 *
 * All: KEY_MISSING for an unknown name, KEY_REFUSED for a key of another use, TOKEN_FAILED (may be repeated),
 * and the errors of the codec behind each.
 */
#ifndef TSM_VAULT_OPERATION_DELEGATED_H
#define TSM_VAULT_OPERATION_DELEGATED_H

#include "gp/delegated/dap.h"
#include "gp/delegated/receipt.h"
#include "gp/delegated/token.h"
#include "vault/vault.h"

/* Names that an owner's and a provider's keys have unless told otherwise. */
#define VAULT_KEY_DM_TOKEN   "dm-token"   /* owner: signs tokens */
#define VAULT_KEY_DM_RECEIPT "dm-receipt" /* owner: symmetric key that its cards make receipts with */
#define VAULT_KEY_DAP        "dap"        /* provider or verification authority: signs load files */

enum vault_signing {
    SIGNING_AES_128,
    SIGNING_AES_256,
    SIGNING_RSA_1024,
    SIGNING_RSA_2048, /* receipts of it do not fit a confirmation; tokens need a chain of commands */
    SIGNING_P256,
    SIGNING_P384,
    SIGNINGS
};
/* Makes a key in the token. UNIQUE when the name is taken. */
enum tsm_err vault_make_signing(struct vault_party *p, const char *name, enum vault_signing kind);
/* The public half, to be put into a card or given to a partner; numbers are borrowed from `room` of
 * VAULT_PUBLIC_MAX octets. KEY_MISSING for a symmetric key: it has none. */
enum { VAULT_PUBLIC_MAX = SIGNATURE_MAX + 16 };
struct vault_public {
    enum sign_type type;
    struct bytes point, n, e;
};
enum tsm_err vault_signing_public(struct vault_party *p, const char *name, struct writer *room,
                                  struct vault_public *out);

/* The data field of PUT KEY that gives a card the public half, as key version `kvn`; longer than one command
 * for RSA of 2048 bits (gp/delegated/chain.h). KEY_MISSING for a symmetric key. */
enum tsm_err vault_signing_field(struct vault_party *p, const char *name, uint8_t kvn, struct writer *field);

/* Which key: by name in the token, or the first key (identifier 1) of a sealed set, AES or two-key TDES. */
struct signing_key {
    const char *name; /* NULL: set */
    const struct sealed_keyset *set;
};
static inline struct signing_key signing_named(const char *name)
{
    return (struct signing_key){name, NULL};
}
static inline struct signing_key signing_sealed(const struct sealed_keyset *set)
{
    return (struct signing_key){NULL, set};
}

/* gp_token_make and gp_token_check. What a command permits is the caller's to judge first. */
enum tsm_err vault_make_token(struct vault_party *p, struct signing_key key, struct bytes capdu,
                              struct writer *token);
enum tsm_err vault_check_token(struct vault_party *p, struct signing_key key, struct bytes capdu);

/* A receipt before its judge: the key, or where both of its members are NULL the card's public key as
 * sign_key_read takes it. */
struct receipt_case {
    struct signing_key key;
    struct bytes public_key;
    const struct receipt_terms *terms;
    const struct receipt_event *event;
    struct bytes answer;
};
enum tsm_err vault_judge_receipt(struct vault_party *p, const struct receipt_case *c,
                                 struct receipt_judgement *out);

/* dap_make and dap_check. */
enum tsm_err vault_make_dap(struct vault_party *p, struct signing_key key, struct bytes domain,
                            struct bytes hash, struct writer *block);
enum tsm_err vault_check_dap(struct vault_party *p, struct signing_key key, const struct dap *d,
                             struct bytes hash);

#endif
