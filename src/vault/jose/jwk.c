/* SPDX-License-Identifier: Apache-2.0 */
/* P-256 public keys as JSON Web Keys, read with the curve equation checked, and their thumbprints. Stations 1
 * and 6. Edge. [RFC 7517, RFC 7518 6.2, RFC 7638] */
#include "vault/jose/jwk.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "vault/jose/ecdh.h"
#include "vault/party.h"

enum { COORDINATE_TEXT = 43 }; /* base64url of 32 bytes */

static enum tsm_err member_is(const json_t *jwk, const char *name, const char *wanted)
{
    const char *v = json_string_value(json_object_get(jwk, name));
    if (!v || strcmp(v, wanted) != 0)
        return FAIL_FIELD(BAD_VALUE, name, "the JWK's %s must be %s", name, wanted);
    return TSM_OK;
}

static enum tsm_err coordinate(const json_t *jwk, const char *name, uint8_t out[P256_COORDINATE])
{
    const json_t *v = json_object_get(jwk, name);
    size_t len = 0;
    if (!json_is_string(v) || json_string_length(v) != COORDINATE_TEXT)
        return FAIL_FIELD(BAD_VALUE, name, "the JWK's %s must be %d characters", name, COORDINATE_TEXT);
    return b64url_read(BYTES_OF((const uint8_t *)json_string_value(v), COORDINATE_TEXT), out, P256_COORDINATE,
                       &len);
}

enum tsm_err jwk_read(const json_t *jwk, uint8_t point[P256_POINT])
{
    uint8_t p[P256_POINT] = {0x04};
    TRY(member_is(jwk, "kty", "EC"));
    TRY(member_is(jwk, "crv", "P-256"));
    if (json_object_get(jwk, "d"))
        return FAIL_FIELD(BAD_VALUE, "d", "a private key is not to be sent to anybody");
    TRY(coordinate(jwk, "x", &p[1]));
    TRY(coordinate(jwk, "y", &p[1 + P256_COORDINATE]));
    TRY(p256_check(p));
    memcpy(point, p, sizeof p);
    return TSM_OK;
}

struct coordinates {
    char x[COORDINATE_TEXT + 1], y[COORDINATE_TEXT + 1];
};

static struct coordinates texts(const uint8_t point[P256_POINT])
{
    struct coordinates c;
    b64url_text(BYTES_OF(&point[1], P256_COORDINATE), c.x);
    b64url_text(BYTES_OF(&point[1 + P256_COORDINATE], P256_COORDINATE), c.y);
    return c;
}

enum tsm_err jwk_write(const uint8_t point[P256_POINT], json_t **out)
{
    struct coordinates c = texts(point);
    json_t *jwk =
        json_pack("{s:s, s:s, s:s, s:s}", "kty", "EC", "crv", "P-256", "x", (char *)c.x, "y", (char *)c.y);
    NEED(jwk != NULL, NO_MEMORY);
    *out = jwk;
    return TSM_OK;
}

enum tsm_err jwk_thumbprint(const uint8_t point[P256_POINT], char text[JWK_THUMBPRINT_TEXT])
{
    struct coordinates c = texts(point);
    char canonical[160];
    uint8_t digest[SHA256_LEN];
    struct bytes part;
    struct worker *w;
    snprintf(canonical, sizeof canonical, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", c.x,
             c.y);
    part = bytes_of_text(canonical);
    TRY(worker_get(&w));
    TRY(crypto_sha256(w->crypto, &part, 1, digest));
    b64url_text(BYTES(digest), text);
    return TSM_OK;
}

enum tsm_err vault_public_jwk(struct vault_party *p, const char *key, json_t **out)
{
    uint8_t point[P256_POINT];
    char kid[JWK_THUMBPRINT_TEXT];
    bool agrees;
    json_t *jwk;
    TRY(token_public(p->token, key, point));
    TRY(token_agrees(p->token, key, &agrees));
    TRY(jwk_thumbprint(point, kid));
    TRY(jwk_write(point, &jwk));
    if (json_object_set_new(jwk, "kid", json_string(kid)) ||
        json_object_set_new(jwk, "use", json_string(agrees ? "enc" : "sig")) ||
        json_object_set_new(jwk, "alg", json_string(agrees ? "ECDH-ES" : "ES256"))) {
        json_decref(jwk);
        return FAIL(NO_MEMORY, "no memory for a JWK");
    }
    *out = jwk;
    return TSM_OK;
}
