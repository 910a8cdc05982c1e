/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a provider's sealed card record to the data groupings of its card: opened, judged, derived and
 * encrypted inside the vault, so that neither card keys nor what a profile calls encrypted is ever seen
 * outside. Stations 5 and 7. Edge. [EMV CPS 1.1 3.2; DESIGN 5]
 */
#ifndef TSM_VAULT_OPERATION_PERSO_H
#define TSM_VAULT_OPERATION_PERSO_H

#include "emv/perso/profile.h"
#include "vault/operation/operation.h"

/* A card record as it came in an order: to VAULT_KEY_INTAKE, whole or field by field (vault_record_check). */
struct card_order {
    struct bytes jwe;
    const char *yymm;    /* today, against the month of expiry */
    struct bytes within; /* what else a duplicate must share: product and secure element */
};
/* What may be known of it. */
struct card_facts {
    char masked[PAN_DIGITS_MAX + 1];
    char card_ref[CARD_REF_MAX + 1];
    uint8_t duplicate[SHA256_LEN]; /* HMAC of the card number and `within` under VAULT_KEY_DUPLICATE */
};
/* Whether an order's card data have the form of one: compact JWE, or an object whose members that must not be
 * seen are (pan, cardholder, pin_block, groupings; each for itself). Nothing is opened. BAD_FORM with the
 * field named. */
enum tsm_err vault_record_check(struct bytes sealed);
/* Opens and judges the record. Errors of jose/jwe.h and emv/perso/intake.h, the field named; EXPIRED. */
enum tsm_err vault_card_judge(struct vault_party *p, const struct card_order *o, struct card_facts *out);

/* A card's own RSA pair with its certificate, made once for an order and sealed for it, so that groupings
 * that are made again are the same. The caller keeps the blob until the order ends; `fresh` when it was made
 * now. */
enum { KEPT_KEY_MAX = 1792 };
struct kept_key {
    uint64_t order; /* AAD of the blob */
    bool fresh;
    size_t len; /* 0: there is none yet */
    uint8_t blob[KEPT_KEY_MAX];
};

/* One run of a profile for one card under one channel or KIK. `jwe` may be empty for a run without card data.
 */
struct perso_order {
    const struct emv_profile *profile;
    enum emv_target target;
    struct bytes jwe;
    struct dek_place dek;
    struct kept_key *kept; /* NULL: a pair is made anew each time */
};
/*
 * The groupings, the encrypted ones as ciphertext under the DEK (80 00.. first where they are no whole
 * blocks). Values are borrowed from `buffer`. NO_ROOM, and the errors of emv_personalise; the buffer is as it
 * was then.
 */
enum tsm_err vault_personalise(struct vault_party *p, const struct perso_order *o, struct writer *buffer,
                               struct emv_perso *out);

#endif
