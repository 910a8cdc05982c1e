/* SPDX-License-Identifier: Apache-2.0 */
/* A private SoftHSM for one test executable: its own token folder under TMPDIR, removed at the end. Test
 * code. */
#ifndef TSM_TESTS_UNIT_VAULT_RIG_H
#define TSM_TESTS_UNIT_VAULT_RIG_H

#include "../vectors.h"
#include "vault/keys/handover.h"
#include "vault/token/token.h"
#include "vault/vault.h"

/* Group set-up and tear-down. Without the SoftHSM module every test skips by rig_need. */
int rig_setup(void **state);
int rig_teardown(void **state);
/* Skips the running test when there is no SoftHSM here. */
void rig_need(void);
/* The folder that SoftHSM keeps its tokens in. */
const char *rig_tokens(void);

/* The same text as a PIN or other secret. */
struct secret secret_of(const char *text);
/* "pkcs11:token=LABEL" in a static buffer. */
const char *rig_uri(const char *label);

#define RIG_SO_PIN "so-pin-0815"
#define RIG_PIN    "user-pin-4711"

/* A new token that is prepared and open as a laboratory party; made once a label and kept open until the
 * tear-down. */
struct vault_party *rig_party(const char *label);
/* A token of this label without keys, opened; the caller closes it. */
struct token *rig_token(const char *label);

/* A key set of three keys given in hex, sealed by the party under `id`. The blob lives until the next 64
 * calls. */
struct sealed_keyset rig_keyset(struct vault_party *p, uint64_t id, struct keyset_form form,
                                const char *const keys[KEYSET_KEYS]);

#endif
