/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a token can really do: every mechanism that the vault or a ceremony may ask for is tried with a
 * throw-away key and a known answer, and the policies are tried to be broken. Mechanism lists are not
 * believed. Edge.
 */
#ifndef TSM_VAULT_TOKEN_SELFTEST_SELFTEST_H
#define TSM_VAULT_TOKEN_SELFTEST_SELFTEST_H

#include <jansson.h>

#include "vault/token/token.h"

/*
 * {"module","label","manufacturer","model","ready":bool,"rows":[{"name","use","needed":bool,"result"}]};
 * result is "works", "not supported by token", "wrong answer", or "failed: ...". `ready` is true when all
 * needed rows work: then the vault can run on this token; what is missing beside that is not replaced by
 * anything silently. Owned by the caller (json_decref). TOKEN_FAILED when the token is not there, NO_MEMORY.
 */
enum tsm_err token_selftest(struct token *t, json_t **out);

#endif
