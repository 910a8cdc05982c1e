/* SPDX-License-Identifier: Apache-2.0 */
/* JWE and JWK: the published example, the way there and back, and what is refused. Unit test of vault/jose.
 * [RFC 7516, RFC 7518 Appendix C, RFC 7638] */
#include "vault/jose/jwe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "rig.h"
#include "vault/jose/ecdh.h"
#include "vault/party.h"

/* RFC 7518 Appendix C: Alice's ephemeral key, Bob's key. */
#define ALICE_X "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"
#define ALICE_Y "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"
#define BOB_X   "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"
#define BOB_Y   "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"
#define BOB_D   "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"

static void append_text(struct writer *w, const char *b64)
{
    uint8_t part[EC_COORDINATE];
    size_t len = 0;
    assert_ok(b64url_read(bytes_of_text(b64), part, sizeof part, &len));
    assert_ok(write_span(w, BYTES_OF(part, len)));
}

static json_t *jwk_of(const char *x, const char *y)
{
    json_t *jwk = json_pack("{s:s,s:s,s:s,s:s}", "kty", "EC", "crv", "P-256", "x", x, "y", y);
    assert_non_null(jwk);
    return jwk;
}

static void the_example_of_rfc_7518_appendix_c_is_derived_in_the_token(void **state)
{
    struct token *t = rig_token("bob");
    struct concat_info info = {"A128GCM", bytes_of_text("Alice"), bytes_of_text("Bob"), 16};
    uint8_t pair[3 * EC_COORDINATE], point[EC_POINT_LEN];
    struct writer w = WRITER(pair);
    struct secret z, key;
    json_t *alice = jwk_of(ALICE_X, ALICE_Y);
    struct crypto *c;
    char text[32];
    (void)state;
    append_text(&w, BOB_D);
    append_text(&w, BOB_X);
    append_text(&w, BOB_Y);
    assert_ok(token_import(t, "bob", TOKEN_EC_AGREE, written(&w)));
    assert_ok(jwk_read(alice, point));
    assert_ok(token_ecdh(t, "bob", point, &z));
    assert_hex(secret_bytes(&z), "9E56D91D817135D372834283BF84269CFB316EA3DA806A48F6DAA7798CFE90C4");
    assert_ok(crypto_new(&c));
    assert_ok(concat_kdf(c, &z, &info, &key));
    b64url_text(secret_bytes(&key), text);
    assert_string_equal(text, "VqqN6vgjbSBcIijNcacQGg");
    crypto_free(c);
    json_decref(alice);
    token_close(t);
}

/* The members in the order of their names, without spaces [RFC 7638 3]. */
static void a_thumbprint_is_that_of_the_canonical_jwk(void **state)
{
    json_t *bob = jwk_of(BOB_X, BOB_Y);
    uint8_t point[P256_POINT], digest[SHA256_LEN];
    char text[JWK_THUMBPRINT_TEXT], due[JWK_THUMBPRINT_TEXT];
    struct bytes canonical =
        bytes_of_text("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" BOB_X "\",\"y\":\"" BOB_Y "\"}");
    struct crypto *c;
    (void)state;
    assert_ok(jwk_read(bob, point));
    assert_ok(jwk_thumbprint(point, text));
    assert_ok(crypto_new(&c));
    assert_ok(crypto_sha256(c, &canonical, 1, digest));
    b64url_text(BYTES(digest), due);
    assert_string_equal(text, due);
    crypto_free(c);
    json_decref(bob);
}

static void points_off_the_curve_and_private_keys_are_refused(void **state)
{
    json_t *bad = jwk_of(BOB_X, ALICE_Y), *own = jwk_of(BOB_X, BOB_Y), *zero, *curve = jwk_of(BOB_X, BOB_Y);
    uint8_t point[P256_POINT];
    (void)state;
    assert_err(jwk_read(bad, point), TSM_BAD_VALUE);
    json_object_set_new(own, "d", json_string(BOB_D));
    assert_err(jwk_read(own, point), TSM_BAD_VALUE);
    zero =
        jwk_of("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_err(jwk_read(zero, point), TSM_BAD_VALUE);
    json_object_set_new(curve, "crv", json_string("P-384"));
    assert_err(jwk_read(curve, point), TSM_BAD_VALUE);
    json_decref(bad);
    json_decref(own);
    json_decref(zero);
    json_decref(curve);
}

static json_t *intake_jwk(struct vault_party *p)
{
    json_t *jwk = NULL;
    assert_ok(vault_public_jwk(p, VAULT_KEY_INTAKE, &jwk));
    return jwk;
}

/* A fresh JWE of `text` to the party's intake key. */
static struct bytes sealed_text(struct vault_party *p, const char *text)
{
    static uint8_t box[JWE_MAX];
    struct writer w = WRITER(box);
    json_t *jwk = intake_jwk(p);
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text(text), NULL}, &w));
    json_decref(jwk);
    return written(&w);
}

static void public_keys_tell_their_use(void **state)
{
    struct vault_party *p = rig_party("bank");
    json_t *jwk = intake_jwk(p), *sig = NULL;
    (void)state;
    assert_string_equal(json_string_value(json_object_get(jwk, "use")), "enc");
    assert_string_equal(json_string_value(json_object_get(jwk, "alg")), "ECDH-ES");
    assert_int_equal(json_string_length(json_object_get(jwk, "kid")), 43);
    assert_null(json_object_get(jwk, "d"));
    assert_ok(vault_public_jwk(p, VAULT_KEY_SIGNING, &sig));
    assert_string_equal(json_string_value(json_object_get(sig, "alg")), "ES256");
    assert_err(vault_public_jwk(p, "nobody", &sig), TSM_KEY_MISSING);
    json_decref(jwk);
    json_decref(sig);
}

static void card_data_come_back_from_a_jwe(void **state)
{
    struct vault_party *p = rig_party("bank");
    const char *card = "{\"pan\":\"5413330089010434\",\"expiry\":\"3012\"}";
    uint8_t plain[256];
    struct writer w = WRITER(plain);
    struct bytes jwe = sealed_text(p, card);
    (void)state;
    assert_ok(vault_jwe_check(jwe));
    assert_ok(vault_jwe_open(p, VAULT_KEY_INTAKE, jwe, &w));
    assert_true(bytes_equal(written(&w), bytes_of_text(card)));
    w = WRITER(plain);
    w.cap = strlen(card) - 1;
    assert_err(vault_jwe_open(p, VAULT_KEY_INTAKE, jwe, &w), TSM_NO_ROOM);
    assert_int_equal(w.len, 0);
}

static void a_jwe_to_another_key_or_party_is_refused(void **state)
{
    struct vault_party *bank = rig_party("bank"), *other = rig_party("operator");
    uint8_t plain[256], box[1024];
    struct writer w = WRITER(plain), jwe = WRITER(box);
    json_t *jwk = intake_jwk(bank);
    (void)state;
    assert_err(vault_jwe_open(bank, VAULT_KEY_HANDOVER, sealed_text(bank, "x"), &w), TSM_KEY_REFUSED);
    json_object_del(jwk, "kid"); /* then nothing but the tag tells */
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text("x"), NULL}, &jwe));
    assert_err(vault_jwe_open(bank, VAULT_KEY_HANDOVER, written(&jwe), &w), TSM_MAC_WRONG);
    assert_err(vault_jwe_open(other, VAULT_KEY_INTAKE, written(&jwe), &w), TSM_MAC_WRONG);
    assert_ok(vault_jwe_open(bank, VAULT_KEY_INTAKE, written(&jwe), &w));
    json_decref(jwk);
}

static void every_changed_character_and_every_prefix_is_refused(void **state)
{
    struct vault_party *p = rig_party("bank");
    static uint8_t jwe[1024];
    uint8_t plain[64];
    struct bytes good = sealed_text(p, "secret");
    size_t n = good.len;
    (void)state;
    memcpy(jwe, good.at, n);
    for (size_t i = 0; i < n; i++) {
        struct writer w = WRITER(plain);
        uint8_t was = jwe[i];
        jwe[i] = was == 'A' ? 'B' : 'A';
        assert_true(vault_jwe_open(p, VAULT_KEY_INTAKE, BYTES_OF(jwe, n), &w) != TSM_OK);
        assert_int_equal(w.len, 0);
        jwe[i] = was;
    }
    for (size_t i = 0; i < n; i++) {
        struct writer w = WRITER(plain);
        assert_true(vault_jwe_open(p, VAULT_KEY_INTAKE, BYTES_OF(jwe, i), &w) != TSM_OK);
    }
}

/* A JWE text whose header is the given JSON, the rest harmless. */
static struct bytes with_header(const char *json)
{
    static char text[2048];
    char header[1600];
    b64url_text(bytes_of_text(json), header);
    snprintf(text, sizeof text, "%s..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", header);
    return bytes_of_text(text);
}

#define EPK "\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" BOB_X "\",\"y\":\"" BOB_Y "\"}"

static void headers_that_ask_for_something_else_are_refused(void **state)
{
    static const char *const bad[] = {"{\"alg\":\"ECDH-ES+A128KW\",\"enc\":\"A256GCM\"," EPK "}",
                                      "{\"alg\":\"dir\",\"enc\":\"A256GCM\"," EPK "}",
                                      "{\"alg\":\"none\",\"enc\":\"A256GCM\"," EPK "}",
                                      "{\"alg\":\"ECDH-ES\",\"enc\":\"A128CBC-HS256\"," EPK "}",
                                      "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"," EPK "}",
                                      "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"crit\":[\"x\"]," EPK "}",
                                      "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\"}",
                                      "{\"alg\":\"ECDH-ES\",\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\"," EPK "}",
                                      "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"apu\":5," EPK "}",
                                      "[]",
                                      "no json"};
    (void)state;
    assert_ok(
        vault_jwe_check(with_header("{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\",\"typ\":\"JWE\"," EPK "}")));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(vault_jwe_check(with_header(bad[i])) != TSM_OK);
    assert_err(vault_jwe_check(bytes_of_text("a.b.c")), TSM_BAD_FORM);
    assert_err(vault_jwe_check(bytes_of_text("a.b.c.d.e.f")), TSM_BAD_FORM);
    assert_err(vault_jwe_check(BYTES_NONE), TSM_BAD_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_rfc_7518_appendix_c_is_derived_in_the_token),
        cmocka_unit_test(a_thumbprint_is_that_of_the_canonical_jwk),
        cmocka_unit_test(points_off_the_curve_and_private_keys_are_refused),
        cmocka_unit_test(public_keys_tell_their_use),
        cmocka_unit_test(card_data_come_back_from_a_jwe),
        cmocka_unit_test(a_jwe_to_another_key_or_party_is_refused),
        cmocka_unit_test(every_changed_character_and_every_prefix_is_refused),
        cmocka_unit_test(headers_that_ask_for_something_else_are_refused),
    };
    return cmocka_run_group_tests_name("jose", tests, rig_setup, rig_teardown);
}
