/* SPDX-License-Identifier: Apache-2.0 */
/* What the operations share: a sealed key set turned into the cipher keys of this thread's bench. Edge.
 * Inside vault/operation and vault/keys only. */
#ifndef TSM_VAULT_OPERATION_INSIDE_H
#define TSM_VAULT_OPERATION_INSIDE_H

#include "vault/operation/operation.h"
#include "vault/party.h"

/* w->keys and w->statics from the blob; KEY_REFUSED when it is none of `protocol`. */
enum tsm_err use_keyset(struct vault_party *p, struct worker *w, struct sealed_keyset keys, uint8_t protocol);
/* scp11.c: w->ephemeral as a sealed blob (SEALED_EPHEMERAL_MAX), and back with its key ready for use. */
enum tsm_err seal_ephemeral(struct vault_party *p, struct worker *w, uint64_t id, struct writer *blob);
enum tsm_err use_ephemeral(struct vault_party *p, struct worker *w, struct sealed_keyset from);
/* w->session from a sealed session of SCP11. */
enum tsm_err use_session(struct vault_party *p, struct worker *w, struct sealed_keyset from);
/* w->session, and w->keys and w->statics where it is made again from them and the state of the channel. */
enum tsm_err use_channel(struct vault_party *p, struct worker *w, struct sealed_keyset keys,
                         const struct channel *ch);
/* The key under which sensitive data go to the card; lives in w. */
enum tsm_err use_dek(struct vault_party *p, struct worker *w, struct dek_place place,
                     const struct cipher_key **dek);
/* Under a DEK in hand; the writer is as it was and holds no plain text when it fails. */
enum tsm_err encrypt_data(const struct cipher_key *dek, struct dek_data data, struct writer *out);

#endif
