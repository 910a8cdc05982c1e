/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a key of the token may be used for, where a key block said so: kept sealed beside the key and asked
 * before each use. Stations 1 and 5. Edge. Only vault/ includes this. [ANSI X9.143 5.2]
 */
#ifndef TSM_VAULT_BLOCK_POLICY_H
#define TSM_VAULT_BLOCK_POLICY_H

#include "base/secret.h"
#include "emv/keyblock/rules.h"
#include "vault/vault.h"

#define USAGE_ANY_IMK "E?"

/* The record of one key. The value is there only when the key may leave again. */
struct policy_record {
    struct keyblock_policy policy;
    char key_version[3];
    struct secret value;
};
static inline void policy_record_wipe(struct policy_record *r)
{
    explicit_bzero(r, sizeof *r);
}
#define POLICY_RECORD __attribute__((cleanup(policy_record_wipe))) struct policy_record

/* Keeps the record of the key `name`. UNIQUE when there is one; BAD_VALUE as vault_named_id. */
enum tsm_err policy_keep(struct vault_party *p, const char *name, const struct policy_record *r);
/* KEY_MISSING when the key came without a block; MAC_WRONG for a record that was changed. */
enum tsm_err policy_read(struct vault_party *p, const char *name, struct policy_record *out);
enum tsm_err policy_drop(struct vault_party *p, const char *name);

/*
 * TSM_OK when the key came without a block, so that only its kind binds it, or its block allows the usage in
 * one of `modes`; KEY_REFUSED else. Answers are remembered per party. `usage` USAGE_ANY_IMK is any issuer
 * master.
 */
enum tsm_err policy_need(struct vault_party *p, const char *name, const char *usage, const char *modes);
/* The same where the kind says too little: a key that came without a block is refused. */
enum tsm_err policy_need_bound(struct vault_party *p, const char *name, const char *usage, const char *modes);

#endif
