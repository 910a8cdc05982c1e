/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compact JWE with direct key agreement, ECDH-ES and A256GCM: card data and keys on their way between
 * parties. The private key stays in the token. Stations 1, 5, 6. Edge. [RFC 7516 3.1, RFC 7518 4.6 and 5.3]
 */
#ifndef TSM_VAULT_JOSE_JWE_H
#define TSM_VAULT_JOSE_JWE_H

#include <jansson.h>

#include "vault/vault.h"

enum { JWE_MAX = 16384, JWE_PLAIN_MAX = 8192, JWE_HEADER_MAX = 1024, JWE_PARTY_INFO_MAX = 128 };

/*
 * Opens `jwe` with the pair `key` and appends the plain text. The form is strict: five parts, no encrypted
 * key, alg ECDH-ES, enc A256GCM, an epk on the curve, no crit and no zip; other header members are ignored
 * [RFC 7516 4]. BAD_FORM, BAD_VALUE, TOO_LONG for what is none; KEY_REFUSED when its kid names another key;
 * MAC_WRONG when it was changed or is meant for another key; NO_ROOM; KEY_MISSING, TOKEN_FAILED. Nothing is
 * appended then.
 */
enum tsm_err vault_jwe_open(struct vault_party *p, const char *key, struct bytes jwe, struct writer *plain);

/* The form of the above without opening it, for whoever stores it: header read, lengths right. Same errors.
 */
enum tsm_err vault_jwe_check(struct bytes jwe);

/* Appends the compact JWE (ASCII, no final 0, but the writer needs room for one) of `plain` for the owner of
 * `recipient`, a public P-256 JWK; `cty` may be NULL. The JWK's kid goes into the header when it has one.
 * BAD_VALUE for a bad JWK, TOO_LONG, NO_ROOM. */
struct jwe_content {
    struct bytes plain;
    const char *cty;
};
enum tsm_err vault_jwe_seal(const json_t *recipient, struct jwe_content content, struct writer *jwe);

#endif
