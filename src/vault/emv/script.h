/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A personalisation script played inside the vault: templates filled with card data and derived keys on
 * locked pages, what a script calls encrypted under the channel's data key before it leaves, answers judged.
 * Stations 5, 7 and 10. Edge. [docs/personalisation.md; EMV CPS 1.1 3.2]
 */
#ifndef TSM_VAULT_EMV_SCRIPT_H
#define TSM_VAULT_EMV_SCRIPT_H

#include "emv/script/play.h"
#include "vault/operation/perso.h"

enum { SCRIPT_SEALED_MAX = SCRIPT_PLAYED_MAX + SEAL_OVERHEAD, SCRIPT_INPUTS_ROOM = 4096 };

/* What one order plays with; all borrowed. */
struct script_order {
    const struct perso_script *script;
    uint64_t order;          /* AAD of what is sealed for it */
    uint64_t inputs_id;      /* AAD of its inputs, which were sealed before it had an id */
    struct bytes jwe;        /* its card record; empty: none */
    struct bytes inputs;     /* personalizationData as vault_script_inputs sealed them; empty: none */
    struct bytes parameters; /* spParameters as JSON; empty: none */
    struct bytes played;     /* what vault_script_take gave; empty at the beginning */
    struct dek_place dek;
    struct kept_key *kept; /* as in struct perso_order */
};

/* Whether a step is to be done. Errors of script_due. */
enum tsm_err vault_script_due(struct vault_party *p, const struct script_order *o, size_t step, bool *due);
/* What the step sends: encrypted groupings as ciphertext, spans borrowed from `buffer`. Errors of
 * script_write and of vault_personalise. */
enum tsm_err vault_script_write(struct vault_party *p, const struct script_order *o, size_t step,
                                struct writer *buffer, struct script_output *out);
/* An answer to it: the play as it is now, sealed for the order. Errors of script_take. */
enum tsm_err vault_script_take(struct vault_party *p, const struct script_order *o, size_t step,
                               struct script_answer a, struct writer *played);
/* personalizationData sealed; at most SCRIPT_INPUTS_ROOM octets (TOO_LONG). */
enum tsm_err vault_script_inputs(struct vault_party *p, uint64_t inputs_id, struct bytes json,
                                 struct writer *blob);

#endif
