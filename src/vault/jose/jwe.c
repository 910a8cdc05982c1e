/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWE with ECDH-ES and A256GCM, sealed and opened, both halves in wire order. Stations 1, 5, 6. Edge.
 * [RFC 7516 3.1, RFC 7518 4.6 and 5.3] */
#include "vault/jose/jwe.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "vault/jose/ecdh.h"
#include "vault/party.h"

static const char enc_name[] = "A256GCM";
enum { CONTENT_KEY = 32, KID_MAX = 128 };

/* BASE64URL(header) . . BASE64URL(nonce) . BASE64URL(cipher text) . BASE64URL(tag), all borrowed. */
struct jwe_parts {
    struct bytes header, key, nonce, cipher, tag;
};

/* The header's facts that matter. */
struct jwe_header {
    uint8_t epk[P256_POINT];
    uint8_t apu[JWE_PARTY_INFO_MAX], apv[JWE_PARTY_INFO_MAX];
    size_t apu_len, apv_len;
    char kid[KID_MAX + 1]; /* empty when there is none */
};

static enum tsm_err take_part(struct reader *r, bool last, struct bytes *out)
{
    uint8_t dot;
    size_t n = 0;
    while (n < r->left.len && r->left.at[n] != '.')
        n++;
    if (last != (n == r->left.len))
        return FAIL(BAD_FORM, "a compact JWE has five parts");
    TRY(read_span(r, n, out));
    return last ? TSM_OK : read_u8(r, &dot);
}

static enum tsm_err split(struct bytes jwe, struct jwe_parts *out)
{
    struct reader r = READER(jwe);
    NEED(jwe.len <= JWE_MAX, TOO_LONG);
    TRY(take_part(&r, false, &out->header));
    TRY(take_part(&r, false, &out->key));
    TRY(take_part(&r, false, &out->nonce));
    TRY(take_part(&r, false, &out->cipher));
    TRY(take_part(&r, true, &out->tag));
    if (out->key.len)
        return FAIL(BAD_FORM, "direct key agreement has no encrypted key");
    return TSM_OK;
}

static enum tsm_err read_info(const json_t *h, const char *name, uint8_t *out, size_t *len)
{
    const json_t *v = json_object_get(h, name);
    *len = 0;
    if (!v)
        return TSM_OK;
    NEED(json_is_string(v), BAD_VALUE);
    return b64url_read(BYTES_OF((const uint8_t *)json_string_value(v), json_string_length(v)), out,
                       JWE_PARTY_INFO_MAX, len);
}

static bool says(const json_t *h, const char *name, const char *wanted)
{
    const char *v = json_string_value(json_object_get(h, name));
    return v && !strcmp(v, wanted);
}

static enum tsm_err fill_header(const json_t *h, struct jwe_header *out)
{
    const json_t *kid = json_object_get(h, "kid");
    if (!says(h, "alg", "ECDH-ES"))
        return FAIL_FIELD(BAD_VALUE, "alg", "alg must be ECDH-ES");
    if (!says(h, "enc", enc_name))
        return FAIL_FIELD(BAD_VALUE, "enc", "enc must be %s", enc_name);
    if (json_object_get(h, "crit") || json_object_get(h, "zip"))
        return FAIL(BAD_VALUE, "crit and zip are not taken");
    NEED(!kid || (json_is_string(kid) && json_string_length(kid) <= KID_MAX), BAD_VALUE);
    snprintf(out->kid, sizeof out->kid, "%s", kid ? json_string_value(kid) : "");
    TRY(read_info(h, "apu", out->apu, &out->apu_len));
    TRY(read_info(h, "apv", out->apv, &out->apv_len));
    return jwk_read(json_object_get(h, "epk"), out->epk);
}

static enum tsm_err read_header(struct bytes text, struct jwe_header *out)
{
    uint8_t json[JWE_HEADER_MAX];
    size_t len = 0;
    json_t *h;
    enum tsm_err e;
    TRY(b64url_read(text, json, sizeof json, &len));
    TRY(json_read(BYTES_OF(json, len), &h));
    e = fill_header(h, out);
    json_decref(h);
    return e;
}

static enum tsm_err read_exact(struct bytes text, uint8_t *out, size_t want)
{
    size_t len = 0;
    TRY(b64url_read(text, out, want, &len));
    NEED(len == want, BAD_LENGTH);
    return TSM_OK;
}

/* What nobody decodes before it is opened, too [RFC 7515 2, RFC 7516 7.1]. */
static bool is_compact(struct bytes jwe)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    for (size_t i = 0; i < jwe.len; i++)
        if (!memchr(alphabet, jwe.at[i], sizeof alphabet - 1))
            return false;
    return true;
}

enum tsm_err vault_jwe_check(struct bytes jwe)
{
    uint8_t nonce[GCM_NONCE], tag[GCM_TAG];
    struct jwe_parts parts;
    struct jwe_header h;
    NEED(is_compact(jwe), BAD_FORM);
    TRY(split(jwe, &parts));
    TRY(read_exact(parts.nonce, nonce, sizeof nonce));
    TRY(read_exact(parts.tag, tag, sizeof tag));
    return read_header(parts.header, &h);
}

static enum tsm_err content_key(struct worker *w, const struct secret *z, const struct jwe_header *h)
{
    struct concat_info info = {enc_name, BYTES_OF(h->apu, h->apu_len), BYTES_OF(h->apv, h->apv_len),
                               CONTENT_KEY};
    SECRET key = {0};
    TRY(concat_kdf(w->crypto, z, &info, &key));
    return crypto_key(w->crypto, CIPHER_AES, secret_bytes(&key), &w->key);
}

static enum tsm_err kid_fits(struct vault_party *p, const char *key, const struct jwe_header *h)
{
    uint8_t point[P256_POINT];
    char kid[JWK_THUMBPRINT_TEXT];
    if (!h->kid[0])
        return TSM_OK;
    TRY(token_public(p->token, key, point));
    TRY(jwk_thumbprint(point, kid));
    return strcmp(kid, h->kid) == 0
               ? TSM_OK
               : FAIL_FIELD(KEY_REFUSED, "kid", "the JWE is for another key than %s", key);
}

static enum tsm_err open_content(const struct cipher_key *k, const struct jwe_parts *parts,
                                 struct writer *plain)
{
    uint8_t nonce[GCM_NONCE], tag[GCM_TAG], *body;
    struct writer w = *plain;
    size_t len = parts->cipher.len / 4 * 3 + (parts->cipher.len % 4 * 3) / 4;
    TRY(read_exact(parts->nonce, nonce, sizeof nonce));
    TRY(read_exact(parts->tag, tag, sizeof tag));
    TRY(write_slot(&w, len, &body));
    TRY(read_exact(parts->cipher, body, len));
    TRY(crypto_gcm_open(k, (struct gcm){BYTES(nonce), parts->header}, BYTES_OF(body, len), tag, body));
    *plain = w;
    return TSM_OK;
}

enum tsm_err vault_jwe_open(struct vault_party *p, const char *key, struct bytes jwe, struct writer *plain)
{
    struct jwe_parts parts;
    struct jwe_header h;
    SECRET z = {0};
    WORKER(w);
    TRY(split(jwe, &parts));
    TRY(read_header(parts.header, &h));
    TRY(kid_fits(p, key, &h));
    TRY(token_ecdh(p->token, key, h.epk, &z));
    TRY(content_key(w, &z, &h));
    return open_content(&w->key, &parts, plain);
}

static enum tsm_err write_b64(struct writer *w, struct bytes b)
{
    size_t n = (4 * b.len + 2) / 3;
    struct writer at = *w;
    uint8_t *slot;
    TRY(write_slot(&at, n + 1, &slot)); /* b64url_text ends its text with a 0 */
    b64url_text(b, (char *)slot);
    w->len += n;
    return TSM_OK;
}

static enum tsm_err header_text(const json_t *recipient, const uint8_t epk[P256_POINT], const char *cty,
                                char **out)
{
    const json_t *kid = json_object_get(recipient, "kid");
    json_t *jwk, *h;
    TRY(jwk_write(epk, &jwk));
    h = json_pack("{s:s, s:s, s:o}", "alg", "ECDH-ES", "enc", enc_name, "epk", jwk);
    NEED(h != NULL, NO_MEMORY);
    if (json_is_string(kid))
        json_object_set_new(h, "kid", json_string(json_string_value(kid)));
    if (cty)
        json_object_set_new(h, "cty", json_string(cty));
    *out = json_text(h);
    json_decref(h);
    NEED(*out != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err seal_content(const struct cipher_key *k, struct bytes plain, struct bytes header,
                                 struct writer *w)
{
    uint8_t nonce[GCM_NONCE], tag[GCM_TAG], cipher[JWE_PLAIN_MAX];
    NEED(plain.len <= JWE_PLAIN_MAX, TOO_LONG);
    TRY(vault_random(nonce, sizeof nonce));
    TRY(crypto_gcm_seal(k, (struct gcm){BYTES(nonce), header}, plain, cipher, tag));
    TRY(write_span(w, bytes_of_text("..")));
    TRY(write_b64(w, BYTES(nonce)));
    TRY(write_u8(w, '.'));
    TRY(write_b64(w, BYTES_OF(cipher, plain.len)));
    TRY(write_u8(w, '.'));
    return write_b64(w, BYTES(tag));
}

enum tsm_err vault_jwe_seal(const json_t *recipient, struct jwe_content content, struct writer *jwe)
{
    struct writer at = *jwe;
    struct jwe_header h = {0};
    uint8_t peer[P256_POINT];
    char *header;
    enum tsm_err e;
    SECRET z = {0};
    WORKER(w);
    TRY(jwk_read(recipient, peer));
    TRY(p256_ephemeral(peer, h.epk, &z));
    TRY(content_key(w, &z, &h));
    TRY(header_text(recipient, h.epk, content.cty, &header));
    e = write_b64(&at, bytes_of_text(header));
    free(header);
    TRY(e);
    TRY(seal_content(&w->key, content.plain, written_since(&at, jwe->len), &at));
    *jwe = at;
    return TSM_OK;
}
