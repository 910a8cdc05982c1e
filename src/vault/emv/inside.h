/* SPDX-License-Identifier: Apache-2.0 */
/* What a personalisation asks of the keys of offline authentication, PINs and transport. Edge. Inside vault/
 * only. */
#ifndef TSM_VAULT_EMV_INSIDE_H
#define TSM_VAULT_EMV_INSIDE_H

#include "emv/perso/profile.h"
#include "emv/script/script.h"
#include "vault/emv/emv.h"
#include "vault/operation/perso.h"

/* The callbacks of struct emv_keys (emv/perso/profile.h); `party` is a struct vault_party. */
enum tsm_err ssad_for(void *party, const struct profile_oda *oda, struct bytes data, struct writer *w);
enum tsm_err icc_for(void *party, const struct icc_order *order, struct icc_pair *out);
enum tsm_err pin_for(void *party, const char *zone, const struct card_record *card, uint8_t block[PIN_BLOCK]);
enum tsm_err cvc3_iv_for(void *party, const uint8_t udk[EMV_KEY_LEN], struct bytes track,
                         uint8_t iv[CVC3_IV]);
enum tsm_err prepared_for(void *party, const char *transport, struct bytes cipher, struct writer *w);

/* operation/perso.c: those callbacks together; the usage of each role's key (KEY_REFUSED); a grouping into
 * its place, under the DEK where it is `encrypted`. */
struct emv_keys perso_keys(struct vault_party *p);
enum tsm_err roles_check(struct vault_party *p, const struct profile_keys *k);
enum tsm_err grouping_out(const struct cipher_key *dek, struct cps_dgi *dgi, struct writer *buffer);

/* record.c: the card record of an order in clear, whole or field by field from its envelopes. */
enum tsm_err record_open(struct vault_party *p, struct bytes sealed, struct writer *json);

/* kept.c: the pair out of its blob (nothing where there is none), and a new one into it. */
enum tsm_err kept_open(struct vault_party *p, const struct kept_key *kept, struct icc_pair *out);
enum tsm_err kept_seal(struct vault_party *p, const struct icc_pair *pair, struct kept_key *kept);

/* derive.c: an operation that a script names. Errors of the keys; the result is a secret or not as it says.
 */
enum tsm_err derive_for(void *party, const struct script_derivation *d, struct emv_card_id card,
                        struct bytes with, struct bytes over, struct writer *w);

/* A fresh RSA pair of a card. CRYPTO_FAILED. */
enum tsm_err icc_pair_make(size_t octets, struct icc_pair *out);

#endif
