/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issuer scripts with keys by name: the card's keys are derived from the masters in the token and the card
 * data of the order, the PIN goes from its zone key into the card's block, and nothing but made commands
 * leaves. Station 7. Edge. [EMV Book 2 9, A1.3, A1.4; ISO 9564-1]
 */
#ifndef TSM_VAULT_OPERATION_ISSUER_H
#define TSM_VAULT_OPERATION_ISSUER_H

#include "emv/issuer/command.h"
#include "vault/operation/perso.h"

/* `profile` has scripts; `jwe`: the card record, with the new PIN's block where a command has one. */
struct script_order {
    const struct emv_profile *profile;
    struct bytes jwe;
    struct issuer_place place;
    const struct issuer_command *commands;
    size_t n;
};
/*
 * The made commands, borrowed from `w`; made[n]. MISSING_FIELD with the field pin_block where a command needs
 * a PIN and the record has none, KEY_MISSING for a master that the profile does not name, KEY_REFUSED for one
 * whose key block says another usage, errors of vault_card_judge for the record; the writer is as it was
 * then.
 */
enum tsm_err vault_issuer_script(struct vault_party *p, const struct script_order *o, struct writer *w,
                                 struct bytes *made);

#endif
