/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key sets that come and go: made here, derived from masters, taken in from import files, handed from party
 * to party. Stations 5, 6. Edge. Keys are never seen by the caller; the check values are.
 */
#ifndef TSM_VAULT_HANDOVER_H
#define TSM_VAULT_HANDOVER_H

#include <jansson.h>

#include "vault/keys/keyset.h"
#include "vault/vault.h"

/* What a key set shall be. */
struct keyset_form {
    uint8_t protocol; /* PROTOCOL_* */
    uint8_t kvn;
    enum cipher_alg alg;
    uint8_t key_len;
};

/* Where a new key set goes: the id is its AAD, the blob is appended; kcvs may be NULL. */
struct keyset_target {
    uint64_t id;
    struct writer *blob;
    uint8_t (*kcvs)[GP_KCV_LEN]; /* KEYSET_KEYS rows */
};

/* Random keys (TDES: odd parity). BAD_VALUE, BAD_LENGTH for a form that is none. */
enum tsm_err vault_generate_keyset(struct vault_party *p, const struct keyset_form *form,
                                   struct keyset_target to);

/* What may be known of a sealed key set. Errors as vault_unseal_data. */
struct keyset_facts {
    struct keyset_form form;
    uint8_t kcvs[KEYSET_KEYS][GP_KCV_LEN];
};
enum tsm_err vault_keyset_facts(struct vault_party *p, struct sealed_keyset keys, struct keyset_facts *out);

/* Hand-over: the key set as a JWE (cty VAULT_KEYSET_CTY) for the owner of a public JWK, and the way back with
 * the pair `key` (VAULT_KEY_HANDOVER). Errors as jose/jwe.h; BAD_FORM when the JWE holds no key set;
 * KEY_REFUSED as vault_import_row. */
#define VAULT_KEYSET_CTY "opentsm-keyset"
enum { HANDOVER_JWE_MAX = 1024 };
enum tsm_err vault_export_keyset_jwe(struct vault_party *p, struct sealed_keyset keys,
                                     const json_t *recipient, struct writer *jwe);
enum tsm_err vault_import_keyset_jwe(struct vault_party *p, const char *key, struct bytes jwe,
                                     struct keyset_target to);

/*
 * Import files. The file key (32 bytes) comes once as a JWE to VAULT_KEY_IMPORT and is kept sealed under
 * `id`. Each row's keys are nonce(12) | cipher text of three keys in a row | tag(16), AES-256-GCM under the
 * file key, with the row's identity as AAD so that rows cannot be exchanged. MAC_WRONG for a row that was
 * changed.
 */
enum { FILE_KEY_LEN = 32 };
enum tsm_err vault_import_key_file(struct vault_party *p, struct bytes jwe, uint64_t id, struct writer *blob);
struct import_row {
    struct keyset_form form;
    struct bytes keys; /* sealed under the file key; or three keys in clear for vault_import_clear */
    struct bytes aad;
    struct bytes kdd; /* the card's diversification data, 10 octets, or empty: see known.h */
};
/* In production KEY_REFUSED for keys that everybody knows and for key version FF (known.h). */
enum tsm_err vault_import_row(struct vault_party *p, struct sealed_keyset file_key,
                              const struct import_row *row, struct keyset_target to);
/* Clear keys: KEY_REFUSED unless the party's settings say laboratory. */
enum tsm_err vault_import_clear(struct vault_party *p, const struct import_row *row, struct keyset_target to);

#endif
