/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key sets that a person keeps by name in the token, for cards that no inventory knows: sealed like those of
 * the database, under the party's data key, and stored as small objects beside it. Station 5. Edge.
 */
#ifndef TSM_VAULT_NAMED_H
#define TSM_VAULT_NAMED_H

#include "vault/vault.h"

enum { NAMED_KEYSET_MAX = 48 }; /* characters of a name */

/* A sealed key set as it is handed round: the blob lies in `room`. */
struct named_keyset {
    struct sealed_keyset sealed;
    uint8_t room[SEALED_KEYSET_MAX];
};

/* The id that a name's blob is sealed under: callers that make a new set to keep use it as its id. BAD_VALUE
 * for a name that is empty, too long or has other characters than letters, digits, '.', '-' and '_'. */
enum tsm_err vault_named_id(const char *name, uint64_t *id);
/* Keeps a set that was sealed under vault_named_id. UNIQUE when the name is taken. */
enum tsm_err vault_keep_keyset(struct vault_party *p, const char *name, struct sealed_keyset keys);
/* KEY_MISSING when there is none of this name. */
enum tsm_err vault_named_keyset(struct vault_party *p, const char *name, struct named_keyset *out);
/* Drops the name and the keys with it; KEY_MISSING. */
enum tsm_err vault_forget_keyset(struct vault_party *p, const char *name);

#endif
