/* SPDX-License-Identifier: Apache-2.0 */
/* One token: made, opened, used, refused, lost and found again. Unit test of vault/token on a private
 * SoftHSM. */
#include "vault/token/selftest/selftest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rig.h"

static const uint8_t block[16] = {1, 2, 3};

static void a_uri_names_token_and_module(void **state)
{
    struct token_where w;
    (void)state;
    assert_ok(token_where_read("pkcs11:token=acme%20bank?module-path=/opt/hsm/p11.so", &w));
    assert_string_equal(w.label, "acme bank");
    assert_string_equal(w.module, "/opt/hsm/p11.so");
    assert_ok(token_where_read("pkcs11:token=a", &w));
    assert_string_equal(w.module, TOKEN_MODULE_DEFAULT);
}

static void a_uri_with_a_pin_or_without_a_token_is_refused(void **state)
{
    struct token_where w;
    (void)state;
    assert_err(token_where_read("pkcs11:token=a?pin-value=1234", &w), TSM_BAD_VALUE);
    assert_err(token_where_read("pkcs11:", &w), TSM_BAD_FORM);
    assert_err(token_where_read("pkcs11:object=k", &w), TSM_BAD_FORM);
    assert_err(token_where_read("https://a", &w), TSM_BAD_FORM);
}

static void a_label_is_initialised_once(void **state)
{
    struct token *t = rig_token("once");
    struct token_where w;
    struct secret so = secret_of(RIG_SO_PIN), pin = secret_of(RIG_PIN);
    static const struct secret wiped;
    (void)state;
    assert_ok(token_where_read(rig_uri("once"), &w));
    assert_err(vault_init_token(&w, &so, &pin), TSM_CONFLICT);
    assert_memory_equal(&so, &wiped, sizeof wiped);
    assert_memory_equal(&pin, &wiped, sizeof wiped);
    token_close(t);
}

static void a_wrong_pin_is_refused_and_wiped(void **state)
{
    static const struct secret wiped;
    struct token *t = rig_token("pins"), *none = NULL;
    struct token_where w;
    struct secret wrong = secret_of("wrong-pin-wrong");
    (void)state;
    assert_ok(token_where_read(rig_uri("pins"), &w));
    token_close(t);
    assert_err(token_open(&w, &wrong, &none), TSM_KEY_REFUSED);
    assert_null(strstr(err_cause(), "wrong-pin"));
    assert_memory_equal(&wrong, &wiped, sizeof wiped);
    assert_null(none);
}

static void a_missing_token_or_module_may_be_tried_again(void **state)
{
    struct token *none = NULL;
    struct token_where w;
    struct secret pin = secret_of(RIG_PIN);
    (void)state;
    rig_need();
    assert_ok(token_where_read("pkcs11:token=nobody", &w));
    assert_err(token_open(&w, &pin, &none), TSM_TOKEN_FAILED);
    assert_true(err_may_retry(TSM_TOKEN_FAILED));
    pin = secret_of(RIG_PIN);
    assert_ok(token_where_read("pkcs11:token=nobody?module-path=/nonexistent/p11.so", &w));
    assert_err(token_open(&w, &pin, &none), TSM_TOKEN_FAILED);
}

static void every_kind_of_key_is_made_and_names_are_taken_once(void **state)
{
    static const struct {
        const char *name;
        enum token_kind kind;
        size_t len;
    } rows[] = {{"kek", TOKEN_KEK, 32},        {"a16", TOKEN_AES_MASTER, 16},  {"a24", TOKEN_AES_MASTER, 24},
                {"a32", TOKEN_AES_MASTER, 32}, {"d16", TOKEN_TDES_MASTER, 16}, {"d24", TOKEN_TDES_MASTER, 24},
                {"tr", TOKEN_TRANSPORT, 32},   {"mac", TOKEN_HMAC, 32},        {"sign", TOKEN_EC_SIGN, 0},
                {"agree", TOKEN_EC_AGREE, 0}};
    struct token *t = rig_token("kinds");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool there = false;
        assert_ok(token_generate(t, rows[i].name, rows[i].kind, rows[i].len));
        assert_ok(token_has(t, rows[i].name, &there));
        assert_true(there);
        assert_err(token_generate(t, rows[i].name, rows[i].kind, rows[i].len), TSM_UNIQUE);
        assert_err(token_generate(t, "odd", rows[i].kind, 17), TSM_BAD_LENGTH);
    }
    token_close(t);
}

static void a_destroyed_key_is_missing(void **state)
{
    struct token *t = rig_token("destroy");
    uint8_t mac[SHA256_LEN];
    bool there = true;
    (void)state;
    assert_ok(token_generate(t, "gone", TOKEN_HMAC, 32));
    assert_ok(token_hmac(t, "gone", BYTES(block), mac));
    assert_ok(token_destroy(t, "gone"));
    assert_ok(token_has(t, "gone", &there));
    assert_false(there);
    assert_err(token_hmac(t, "gone", BYTES(block), mac), TSM_KEY_MISSING);
    assert_err(token_destroy(t, "gone"), TSM_KEY_MISSING);
    assert_ok(token_generate(t, "gone", TOKEN_HMAC, 32));
    assert_ok(token_hmac(t, "gone", BYTES(block), mac));
    token_close(t);
}

static void a_key_does_only_what_its_kind_is_for(void **state)
{
    struct token *t = rig_token("policy");
    uint8_t out[64], point[EC_POINT_LEN];
    struct secret z;
    struct cipher_key k;
    (void)state;
    assert_ok(token_generate(t, "master", TOKEN_AES_MASTER, 16));
    assert_ok(token_generate(t, "kek", TOKEN_KEK, 32));
    assert_ok(token_generate(t, "sign", TOKEN_EC_SIGN, 0));
    assert_ok(token_generate(t, "agree", TOKEN_EC_AGREE, 0));
    assert_err(token_hmac(t, "master", BYTES(block), out), TSM_KEY_REFUSED);
    assert_err(token_sign(t, "agree", out, out), TSM_KEY_REFUSED);
    assert_ok(token_public(t, "agree", point));
    assert_err(token_ecdh(t, "sign", point, &z), TSM_KEY_REFUSED);
    assert_ok(token_cipher_key(t, "kek", CIPHER_AES, &k));
    assert_err(crypto_ecb(&k, ENCRYPT, BYTES(block), out), TSM_KEY_REFUSED);
    assert_err(token_cipher_key(t, "master", CIPHER_TDES, &k), TSM_KEY_REFUSED);
    assert_err(token_cipher_key(t, "nobody", CIPHER_AES, &k), TSM_KEY_MISSING);
    token_close(t);
}

/* RFC 4493 4, FIPS 197 C.1 and SP 800-38A F.2.1 through the seam. */
static void a_master_in_the_token_is_a_cipher_key(void **state)
{
    struct token *t = rig_token("seam");
    uint8_t out[16];
    struct bytes parts[3];
    struct cipher_key k;
    (void)state;
    assert_ok(token_import(t, "m", TOKEN_AES_MASTER, HEX("2B7E151628AED2A6ABF7158809CF4F3C")));
    assert_ok(token_cipher_key(t, "m", CIPHER_AES, &k));
    assert_int_equal(k.value.len, 16);
    parts[0] = HEX("6BC1BEE22E409F96E93D7E117393172A");
    parts[1] = BYTES_NONE;
    parts[2] = HEX("AE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411");
    assert_ok(crypto_cmac(&k, parts, 3, out));
    assert_hex(BYTES(out), "DFA66747DE9AE63030CA32611497C827");
    assert_ok(crypto_ecb(&k, ENCRYPT, parts[0], out));
    assert_hex(BYTES(out), "3AD77BB40D7A3660A89ECAF32466EF97");
    assert_ok(crypto_cbc(&k, DECRYPT, HEX("000102030405060708090A0B0C0D0E0F").at,
                         HEX("7649ABAC8119B246CEE98E9B12E9197D"), out));
    assert_hex(BYTES(out), "6BC1BEE22E409F96E93D7E117393172A");
    token_close(t);
}

/* RFC 3394 4.1: the wrapped key is put into the token without being opened here. */
static void a_wrapped_key_comes_in_unseen(void **state)
{
    struct token *t = rig_token("wrapped");
    uint8_t box[24];
    struct writer w = WRITER(box);
    struct cipher_key k;
    uint8_t out[16];
    (void)state;
    assert_ok(token_import(t, "zmk", TOKEN_TRANSPORT, HEX("000102030405060708090A0B0C0D0E0F")));
    assert_ok(write_span(&w, HEX("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")));
    assert_ok(token_import_wrapped(t, "m", TOKEN_AES_MASTER, (struct token_wrapped){"zmk", written(&w)}));
    assert_ok(token_cipher_key(t, "m", CIPHER_AES, &k)); /* the key is 00112233445566778899AABBCCDDEEFF */
    assert_ok(crypto_ecb(&k, ENCRYPT, HEX("00000000000000000000000000000000"), out));
    assert_hex(BYTES(out), "FDE4FBAE4A09E020EFF722969F83832B");
    box[7] ^= 1;
    assert_true(token_import_wrapped(t, "n", TOKEN_AES_MASTER, (struct token_wrapped){"zmk", written(&w)}) !=
                TSM_OK);
    assert_err(token_import_wrapped(t, "n", TOKEN_EC_SIGN, (struct token_wrapped){"zmk", written(&w)}),
               TSM_KEY_REFUSED);
    token_close(t);
}

static void the_kek_seals_and_opens_and_tells_changed_data(void **state)
{
    struct token *t = rig_token("gcm");
    uint8_t box[64];
    struct writer w = WRITER(box);
    struct secret plain;
    struct token_gcm g = {"kek", HEX("0102030405060708090A0B0C"), bytes_of_text("name")};
    (void)state;
    assert_ok(token_generate(t, "kek", TOKEN_KEK, 32));
    assert_ok(token_gcm_seal(t, g, BYTES(block), &w));
    assert_ok(token_gcm_open(t, g, written(&w), &plain));
    assert_memory_equal(plain.at, block, sizeof block);
    for (size_t i = 0; i < w.len; i++) {
        box[i] ^= 0x10;
        assert_err(token_gcm_open(t, g, written(&w), &plain), TSM_MAC_WRONG);
        box[i] ^= 0x10;
    }
    g.aad = bytes_of_text("other");
    assert_err(token_gcm_open(t, g, written(&w), &plain), TSM_MAC_WRONG);
    token_close(t);
}

static void a_token_that_goes_away_and_comes_back_is_used_again(void **state)
{
    struct token *t = rig_token("lost");
    char away[512];
    uint8_t mac[SHA256_LEN], again[SHA256_LEN];
    time_t give_up = time(NULL) + 20;
    enum tsm_err e;
    (void)state;
    assert_ok(token_generate(t, "k", TOKEN_HMAC, 32));
    assert_ok(token_hmac(t, "k", BYTES(block), mac));
    snprintf(away, sizeof away, "%s.away", rig_tokens());
    assert_int_equal(rename(rig_tokens(), away), 0);
    assert_err(token_hmac(t, "k", BYTES(block), again), TSM_TOKEN_FAILED);
    assert_err(token_hmac(t, "unknown", BYTES(block), again), TSM_TOKEN_FAILED);
    assert_err(token_generate(t, "new", TOKEN_HMAC, 32), TSM_TOKEN_FAILED);
    assert_int_equal(rename(away, rig_tokens()), 0);
    while ((e = token_hmac(t, "k", BYTES(block), again)) == TSM_TOKEN_FAILED && time(NULL) < give_up)
        ;
    assert_int_equal(e, TSM_OK);
    assert_memory_equal(mac, again, sizeof mac);
    token_close(t);
}

static const json_t *row_named(const json_t *rows, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)(uintptr_t)rows, i, row)
    {
        if (!strcmp(json_string_value(json_object_get(row, "name")), name))
            return row;
    }
    fail_msg("no row %s", name);
    return NULL;
}

static void the_self_test_says_what_the_token_can_and_what_it_cannot(void **state)
{
    static const struct {
        const char *name, *result;
    } due[] = {{"AES-GCM", "works"},
               {"3DES-ECB", "works"},
               {"AES key wrap (RFC 3394)", "works"},
               {"ECDH P-256", "works"},
               {"sensitive values stay unreadable", "works"},
               {"allowed mechanisms are enforced", "works"},
               {"3DES-MAC", "not supported by token"},
               {"DES-ECB", "not supported by token"}};
    struct token *t = rig_token("probe");
    json_t *report = NULL;
    (void)state;
    assert_ok(token_selftest(t, &report));
    assert_true(json_is_true(json_object_get(report, "ready")));
    assert_string_equal(json_string_value(json_object_get(report, "label")), "probe");
    for (size_t i = 0; i < sizeof due / sizeof due[0]; i++)
        assert_string_equal(json_string_value(json_object_get(
                                row_named(json_object_get(report, "rows"), due[i].name), "result")),
                            due[i].result);
    json_decref(report);
    token_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uri_names_token_and_module),
        cmocka_unit_test(a_uri_with_a_pin_or_without_a_token_is_refused),
        cmocka_unit_test(a_label_is_initialised_once),
        cmocka_unit_test(a_wrong_pin_is_refused_and_wiped),
        cmocka_unit_test(a_missing_token_or_module_may_be_tried_again),
        cmocka_unit_test(every_kind_of_key_is_made_and_names_are_taken_once),
        cmocka_unit_test(a_destroyed_key_is_missing),
        cmocka_unit_test(a_key_does_only_what_its_kind_is_for),
        cmocka_unit_test(a_master_in_the_token_is_a_cipher_key),
        cmocka_unit_test(a_wrapped_key_comes_in_unseen),
        cmocka_unit_test(the_kek_seals_and_opens_and_tells_changed_data),
        cmocka_unit_test(a_token_that_goes_away_and_comes_back_is_used_again),
        cmocka_unit_test(the_self_test_says_what_the_token_can_and_what_it_cannot),
    };
    return cmocka_run_group_tests_name("token", tests, rig_setup, rig_teardown);
}
