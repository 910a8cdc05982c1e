/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole operations with sealed key sets: channels opened, scripts wrapped, packets made, answers opened, new
 * keys packed for a card. The caller hands in blobs and plain structs and never sees a key, so that a key
 * daemon can stand behind these calls. Stations 5, 7, 8, 10. Edge. [GPCS 2.3.1 App. E, AmdD, TS 102 225]
 *
 * All: MAC_WRONG, BAD_LENGTH, KEY_MISSING for a blob that is not the party's, KEY_REFUSED for a key set of
 * another protocol, and the errors of the codec behind each. Everything borrowed stays the caller's.
 */
#ifndef TSM_VAULT_OPERATION_OPERATION_H
#define TSM_VAULT_OPERATION_OPERATION_H

#include "gp/channel/channel.h"
#include "gp/keys/putkey.h"
#include "gp/keys/storekeys.h"
#include "ota/packet/packet.h"
#include "vault/keys/keyset.h"
#include "vault/vault.h"

/* Opens a channel from the card's answer to INITIALIZE UPDATE (gp/channel/channel.h). */
struct scp_opening {
    struct sealed_keyset keys;
    const struct init_update *answer; /* of SCP02: set its i from the card profile */
    struct bytes host_challenge;
    uint8_t level, quirks;
    struct bytes
        aid; /* of the selected domain: a pseudo-random card challenge is checked; empty: it is not */
};
/* Appends EXTERNAL AUTHENTICATE; *out is the state to store, without secrets. CRYPTOGRAM_WRONG when the card
 * does not hold the key. */
enum tsm_err vault_open_scp(struct vault_party *p, const struct scp_opening *o, struct channel *out,
                            struct writer *external_authenticate);

/* A script for one channel. `wrapped` and `expect` have n places; the spans of `wrapped` are borrowed from
 * `out`. */
struct scp_commands {
    const struct apdu *plain;
    size_t n;
    struct writer *out;
    struct bytes *wrapped;
    struct channel_expect *expect;
};
/* All or nothing: on failure the channel and the writer are as they were. */
enum tsm_err vault_wrap_scp(struct vault_party *p, struct sealed_keyset keys, struct channel *ch,
                            const struct scp_commands *batch);

/* The answers to the first n commands of a script, in order. `opened` has n places, its data are borrowed
 * from `out`. */
struct scp_answers {
    const struct channel_expect *expect;
    const struct bytes *answer; /* data and status word, joined */
    size_t n;
    struct writer *out;
    struct rapdu *opened;
    size_t done; /* out: how many were opened, also when a later one failed; the channel has moved by these */
};
enum tsm_err vault_unwrap_scp(struct vault_party *p, struct sealed_keyset keys, struct channel *ch,
                              struct scp_answers *batch);

/* One secured packet of many, each with its own card. `packet` is borrowed from the writer. */
struct scp80_job {
    struct sealed_keyset keys;
    struct scp80_command command; /* the counter is reserved and committed by the caller */
    struct bytes packet;          /* out */
    enum tsm_err err;             /* out: of this card only; the others go on */
};
/* Fails as a whole only when this thread has no crypto. */
enum tsm_err vault_wrap_scp80(struct vault_party *p, struct scp80_job *jobs, size_t n, struct writer *out);

/* One proof of receipt of many. response.data is borrowed from the writer. */
struct por_job {
    struct sealed_keyset keys;
    struct por_terms terms;
    struct bytes body;
    struct scp80_response response; /* out */
    enum tsm_err err;               /* out */
};
enum tsm_err vault_unwrap_por(struct vault_party *p, struct por_job *jobs, size_t n, struct writer *out);

/* The key that encrypts sensitive data for a card: the DEK of an open channel (SCP03 static, SCP02 session),
 * or without a channel the KIK of an SCP80 key set. */
struct dek_place {
    struct sealed_keyset keys;
    const struct channel *channel; /* NULL: SCP80 */
};
/* AES-CBC with zero IV or TDES-ECB. `pad` adds 80 00.. to whole blocks first; without it BAD_LENGTH unless
 * the data are whole blocks. */
struct dek_data {
    struct bytes plain;
    bool pad;
};
enum tsm_err vault_dek_encrypt(struct vault_party *p, struct dek_place dek, struct dek_data data,
                               struct writer *out);

/* A new key set on its way into a card under the DEK of the current one. */
struct new_keys {
    struct dek_place dek;
    struct sealed_keyset fresh;
    enum gp_key_layout layout; /* PUT KEY only */
    size_t count;              /* PUT KEY only: the first keys of the set; 0: all */
    enum gp_kcv_rule kcv_rule;
};
/* The data field of PUT KEY; *answer is what the card must answer (putkey_check_answer). */
enum tsm_err vault_put_key_body(struct vault_party *p, const struct new_keys *k, struct writer *body,
                                struct writer *answer);
/* How the domain wants first keys by STORE DATA (gp/keys/storekeys.h); the identifiers are 1, 2, 3. */
struct store_form {
    enum storekeys_dialect dialect;
    uint8_t access;
    uint16_t purpose;
    uint16_t usage[KEYSET_KEYS];
};
/* The data field of STORE DATA: DGI 00B9 and three DGIs 8113. */
enum tsm_err vault_store_keys_body(struct vault_party *p, const struct new_keys *k,
                                   const struct store_form *form, struct writer *body);

#endif
