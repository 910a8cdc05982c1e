/* SPDX-License-Identifier: Apache-2.0 */
/* What a personalisation asks of the keys of offline authentication, PINs and transport. Edge. Inside vault/
 * only. */
#ifndef TSM_VAULT_EMV_INSIDE_H
#define TSM_VAULT_EMV_INSIDE_H

#include "emv/perso/profile.h"
#include "vault/emv/emv.h"

/* The callbacks of struct emv_keys (emv/perso/profile.h); `party` is a struct vault_party. */
enum tsm_err ssad_for(void *party, const struct profile_oda *oda, struct bytes data, struct writer *w);
enum tsm_err icc_for(void *party, const struct icc_order *order, struct icc_pair *out);
enum tsm_err pin_for(void *party, const char *zone, const struct card_record *card, uint8_t block[PIN_BLOCK]);
enum tsm_err cvc3_iv_for(void *party, const uint8_t udk[EMV_KEY_LEN], struct bytes track,
                         uint8_t iv[CVC3_IV]);
enum tsm_err prepared_for(void *party, const char *transport, struct bytes cipher, struct writer *w);

/* A fresh RSA pair of a card. CRYPTO_FAILED. */
enum tsm_err icc_pair_make(size_t octets, struct icc_pair *out);

#endif
