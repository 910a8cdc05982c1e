/* SPDX-License-Identifier: Apache-2.0 */
/* What an open party is inside the vault: its token and the sub-keys of its data keys, in locked memory; and
 * sealing by purpose. Edge. Only vault/ includes this. */
#ifndef TSM_VAULT_PARTY_H
#define TSM_VAULT_PARTY_H

#include <pthread.h>
#include <stdatomic.h>

#include "emv/keyblock/rules.h"
#include "vault/keys/handover.h"
#include "vault/keys/master.h"
#include "vault/token/token.h"
#include "vault/vault.h"
#include "vault/worker.h"

/* A blob of one purpose is never opened as another: each has its own sub-key. */
enum seal_purpose { SEAL_KEYSET, SEAL_DATA, SEAL_FILE_KEY, SEAL_POLICY, SEAL_PURPOSES };
enum { DATA_KEY_LEN = 32, POLICIES_KNOWN_MAX = 64 };

struct data_key {
    atomic_bool there; /* written after the sub-keys */
    uint8_t sub[SEAL_PURPOSES][DATA_KEY_LEN];
};

/* What a key block said of a key, as far as it was asked for (vault/block/policy.h). */
struct known_policy {
    char name[TOKEN_NAME_MAX + 1];
    bool bound; /* false: it came without a block */
    struct keyblock_policy policy;
};

struct vault_party {
    struct token *token;
    bool laboratory;
    pthread_mutex_t loading; /* one thread at a time fills a row of keys or policies */
    size_t policies_n;
    struct known_policy policies[POLICIES_KNOWN_MAX];
    _Atomic unsigned newest;                 /* the version that seals */
    struct data_key keys[DATA_KEYS_MAX + 1]; /* by version, 0 unused */
};

/* A place for a blob: purpose and the id that its AAD carries. */
struct seal_place {
    enum seal_purpose purpose;
    uint64_t id;
};
enum tsm_err seal_put(struct vault_party *p, struct seal_place at, struct bytes plain, struct writer *blob);
/* Appends the plain bytes. Errors as vault_unseal_data. */
enum tsm_err seal_get(struct vault_party *p, struct seal_place at, struct bytes blob, struct writer *plain);

/* Key sets through the bench of this thread. */
enum tsm_err vault_seal(struct vault_party *p, uint64_t id, struct bytes plain, struct writer *blob);
enum tsm_err vault_unseal(struct vault_party *p, uint64_t id, struct bytes blob, struct writer *plain);
enum tsm_err keyset_seal(struct vault_party *p, uint64_t id, const struct keyset *k, struct writer *blob);
/* KEY_REFUSED when the set is none of `protocol` (0: any). */
enum tsm_err keyset_unseal(struct vault_party *p, struct sealed_keyset from, uint8_t protocol,
                           struct keyset *out);

/* handover.c: what every way to a new key set ends with: w->fresh checked, check values, sealed. */
void keyset_set_form(struct keyset *k, const struct keyset_form *f);
enum tsm_err keyset_give(struct vault_party *p, const struct worker *w, struct keyset_target to);

/* master.c: a clear value put into the token as a master, unless it is one that everybody knows and this is
 * production; a master as a cipher key; the name of a CVK's left half. */
enum tsm_err master_put(struct vault_party *p, const char *name, enum vault_master kind, struct bytes value);
enum tsm_err master_key(struct vault_party *p, const char *name, enum vault_master kind,
                        struct cipher_key *out);
enum tsm_err cvk_left_name(const char *name, char out[TOKEN_NAME_MAX + 1]);

/* datakey.c: data keys in the token, sealed under the kek. */
enum tsm_err data_keys_load(struct vault_party *p);
enum tsm_err data_key_make(struct token *t, uint8_t version);
enum tsm_err data_key_load(struct vault_party *p, uint8_t version);

#endif
