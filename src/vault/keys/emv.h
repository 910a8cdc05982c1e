/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card keys and card values of payment applications from issuer masters in the token. Station 5. Edge. The
 * masters never leave the token; for a whole personalisation, where card keys do not leave the vault either,
 * see vault/operation/perso.h. [EMV Book 2 A1.4, the CVV algorithm]
 */
#ifndef TSM_VAULT_KEYS_EMV_H
#define TSM_VAULT_KEYS_EMV_H

#include "emv/cardvalue.h"
#include "emv/derive.h"
#include "vault/vault.h"

/*
 * The ICC master key of a card from an issuer master (MASTER_TDES of 16), odd parity (emv/derive.h). BAD_FORM
 * for a PAN or sequence number that is none, KEY_REFUSED for a master of another kind, KEY_MISSING,
 * TOKEN_FAILED. A master that came in a key block must be of a usage E0 to E6 and allow derivation.
 */
enum tsm_err vault_emv_udk(struct vault_party *p, const char *master, enum emv_option option,
                           struct emv_card_id card, struct secret *out);

/* A card verification value under a MASTER_CVK (emv/cardvalue.h says what goes in). BAD_FORM, KEY_MISSING,
 * TOKEN_FAILED. */
enum tsm_err vault_emv_cvv(struct vault_party *p, const char *cvk, struct cvv_input in, char cvv[CVV_ROOM]);
/* The one of the chip's track 2 equivalent data: service code 999. */
enum tsm_err vault_emv_icvv(struct vault_party *p, const char *cvk, const char *pan, const char *expiry,
                            char cvv[CVV_ROOM]);

#endif
