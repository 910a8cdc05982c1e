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

/* A card record as it came in an order: compact JWE to VAULT_KEY_INTAKE. */
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
/* Opens and judges the record. Errors of jose/jwe.h and emv/perso/intake.h, the field named; EXPIRED. */
enum tsm_err vault_card_judge(struct vault_party *p, const struct card_order *o, struct card_facts *out);

/* One run of a profile for one card under one channel or KIK. `jwe` may be empty for a run without card data.
 */
struct perso_order {
    const struct emv_profile *profile;
    enum emv_target target;
    struct bytes jwe;
    struct dek_place dek;
};
/*
 * The groupings, the encrypted ones as ciphertext under the DEK (80 00.. first where they are no whole
 * blocks). Values are borrowed from `buffer`. NO_ROOM, and the errors of emv_personalise; the buffer is as it
 * was then.
 */
enum tsm_err vault_personalise(struct vault_party *p, const struct perso_order *o, struct writer *buffer,
                               struct emv_perso *out);

#endif
