/* SPDX-License-Identifier: Apache-2.0 */
/* P-256 public keys as JSON Web Keys. Stations 1 and 6. Edge (allocates JSON). [RFC 7517, RFC 7518 6.2, RFC
 * 7638] */
#ifndef TSM_VAULT_JOSE_JWK_H
#define TSM_VAULT_JOSE_JWK_H

#include <jansson.h>

#include "base/crypto.h"
#include "vault/vault.h"

enum { P256_POINT = 65, P256_COORDINATE = 32, JWK_THUMBPRINT_TEXT = 44 };

/* 04 | x | y of a JWK {"kty":"EC","crv":"P-256","x","y",...}; members that say nothing about the point are
 * ignored. BAD_VALUE when it is of another kind, holds a private key ("d"), or the point does not lie on the
 * curve. */
enum tsm_err jwk_read(const json_t *jwk, uint8_t point[P256_POINT]);
/* {"kty","crv","x","y"}; owned by the caller. NO_MEMORY. */
enum tsm_err jwk_write(const uint8_t point[P256_POINT], json_t **out);
/* The RFC 7638 thumbprint as base64url text with its final 0. */
enum tsm_err jwk_thumbprint(const uint8_t point[P256_POINT], char text[JWK_THUMBPRINT_TEXT]);

/*
 * The public half of a named pair, with "kid" (thumbprint), "use" and "alg": enc and ECDH-ES for the keys
 * that others encrypt to, sig and ES256 for VAULT_KEY_SIGNING and other signing keys. Owned by the caller
 * (json_decref). KEY_MISSING, TOKEN_FAILED.
 */
enum tsm_err vault_public_jwk(struct vault_party *p, const char *key, json_t **out);

#endif
