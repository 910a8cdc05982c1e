/* SPDX-License-Identifier: Apache-2.0 */
/* The bank's JWE: key derivation against RFC 7518 Appendix C, and what the intended receiver opens. */
#include "bank/seal/jwe.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* RFC 7518 Appendix C: Alice's ephemeral key and Bob's key. */
#define ALICE_X "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"
#define ALICE_Y "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"
#define BOB_X   "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"
#define BOB_Y   "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"
#define BOB_D   "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"
#define CARD    "{\"pan\":\"5413330089010434\",\"expiry\":\"3012\"}"

static EVP_PKEY *key_of(const char *x, const char *y, const char *d)
{
    uint8_t point[65] = {0x04}, secret[32];
    EVP_PKEY *key = NULL;
    assert_int_equal(bank_base64url_read(x, point + 1, 32), 32);
    assert_int_equal(bank_base64url_read(y, point + 33, 32), 32);
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    BIGNUM *n = NULL;
    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    if (d) {
        assert_int_equal(bank_base64url_read(d, secret, sizeof secret), 32);
        n = BN_bin2bn(secret, sizeof secret, NULL);
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, n);
    }
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    assert_int_equal(EVP_PKEY_fromdata_init(c), 1);
    assert_int_equal(EVP_PKEY_fromdata(c, &key, EVP_PKEY_KEYPAIR, params), 1);
    EVP_PKEY_CTX_free(c);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    BN_free(n);
    return key;
}

static void agree_as_bob(const char *x, const char *y, uint8_t z[32])
{
    size_t len = 32;
    EVP_PKEY *bob = key_of(BOB_X, BOB_Y, BOB_D), *peer = key_of(x, y, NULL);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, bob, NULL);
    assert_int_equal(EVP_PKEY_derive_init(c), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(c, peer), 1);
    assert_int_equal(EVP_PKEY_derive(c, z, &len), 1);
    EVP_PKEY_CTX_free(c);
    EVP_PKEY_free(bob);
    EVP_PKEY_free(peer);
}

static void the_key_of_rfc_7518_appendix_c_is_derived(void **state)
{
    uint8_t z[32], key[16];
    char text[32];
    (void)state;
    agree_as_bob(ALICE_X, ALICE_Y, z);
    assert_true(bank_concat_kdf(z, "A128GCM", "Alice", "Bob", key, sizeof key));
    bank_base64url(key, sizeof key, text);
    assert_string_equal(text, "VqqN6vgjbSBcIijNcacQGg");
}

/* RFC 4648 section 10, in the alphabet of section 5 without padding. */
static void base64url_is_that_of_rfc_4648(void **state)
{
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        char text[16];
        uint8_t back[16];
        bank_base64url((const uint8_t *)plain[i], strlen(plain[i]), text);
        assert_string_equal(text, coded[i]);
        assert_int_equal(bank_base64url_read(text, back, sizeof back), strlen(plain[i]));
        assert_memory_equal(back, plain[i], strlen(plain[i]));
    }
}

static void base64url_refuses_what_is_not_canonical(void **state)
{
    uint8_t out[4];
    (void)state;
    assert_int_equal(bank_base64url_read("Zg==", out, sizeof out), -1);
    assert_int_equal(bank_base64url_read("Zh", out, sizeof out), -1);
    assert_int_equal(bank_base64url_read("Z", out, sizeof out), -1);
    assert_int_equal(bank_base64url_read("+/8", out, sizeof out), -1);
    assert_int_equal(bank_base64url_read("AAAAAAAAAA", out, sizeof out), -1);
}

/* The receiver's half, written here from RFC 7516 5.2: parts, header, agreement, derivation, GCM. */
static size_t open_as_bob(char *jwe, char *plain, json_t **header)
{
    char *part[5];
    uint8_t text[1024], z[32], cek[32], iv[12], tag[16], cipher[1024];
    int n = 0, last = 0;
    for (size_t i = 0; i < 5; i++)
        part[i] = strsep(&jwe, ".");
    assert_non_null(part[4]);
    assert_null(jwe);
    assert_string_equal(part[1], "");
    long len = bank_base64url_read(part[0], text, sizeof text);
    *header = json_loadb((const char *)text, (size_t)len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *epk = json_object_get(*header, "epk");
    agree_as_bob(json_string_value(json_object_get(epk, "x")), json_string_value(json_object_get(epk, "y")),
                 z);
    assert_true(bank_concat_kdf(z, "A256GCM", "", "", cek, sizeof cek));
    assert_int_equal(bank_base64url_read(part[2], iv, sizeof iv), sizeof iv);
    assert_int_equal(bank_base64url_read(part[4], tag, sizeof tag), sizeof tag);
    long c_len = bank_base64url_read(part[3], cipher, sizeof cipher);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), cek, iv, NULL);
    EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)part[0], (int)strlen(part[0]));
    EVP_DecryptUpdate(c, (uint8_t *)plain, &n, cipher, (int)c_len);
    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag);
    assert_int_equal(EVP_DecryptFinal_ex(c, (uint8_t *)plain + n, &last), 1);
    EVP_CIPHER_CTX_free(c);
    return (size_t)(n + last);
}

static json_t *bobs_jwk(void)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "kty", "EC", "crv", "P-256", "x", BOB_X, "y", BOB_Y,
                     "kid", "intake-1", "use", "enc", "alg", "ECDH-ES");
}

static void the_intended_receiver_opens_the_card_data(void **state)
{
    char plain[1024];
    const char *why;
    json_t *jwk = bobs_jwk(), *header;
    (void)state;
    char *jwe = bank_jwe_encrypt(jwk, CARD, strlen(CARD), &why);
    assert_non_null(jwe);
    size_t len = open_as_bob(jwe, plain, &header);
    assert_int_equal(len, strlen(CARD));
    assert_memory_equal(plain, CARD, len);
    assert_string_equal(json_string_value(json_object_get(header, "alg")), "ECDH-ES");
    assert_string_equal(json_string_value(json_object_get(header, "enc")), "A256GCM");
    assert_string_equal(json_string_value(json_object_get(header, "kid")), "intake-1");
    json_decref(header);
    json_decref(jwk);
    free(jwe);
}

static void two_encryptions_of_one_card_differ(void **state)
{
    const char *why;
    json_t *jwk = bobs_jwk();
    char *a = bank_jwe_encrypt(jwk, CARD, strlen(CARD), &why),
         *b = bank_jwe_encrypt(jwk, CARD, strlen(CARD), &why);
    (void)state;
    assert_string_not_equal(a, b);
    free(a);
    free(b);
    json_decref(jwk);
}

static void refuse(const char *member, const char *value)
{
    const char *why = NULL;
    json_t *jwk = bobs_jwk();
    json_object_set_new(jwk, member, json_string(value));
    assert_null(bank_jwe_encrypt(jwk, CARD, strlen(CARD), &why));
    assert_non_null(why);
    json_decref(jwk);
}

static void keys_of_another_kind_or_off_the_curve_are_refused(void **state)
{
    (void)state;
    refuse("kty", "RSA");
    refuse("crv", "P-384");
    refuse("x", ALICE_X);
    refuse("y", "AA");
    refuse("x", "no base64!");
}

static void data_beyond_the_limit_is_refused(void **state)
{
    static const char big[JWE_MAX_PLAIN + 1];
    const char *why = NULL;
    json_t *jwk = bobs_jwk();
    (void)state;
    assert_null(bank_jwe_encrypt(jwk, big, sizeof big, &why));
    assert_non_null(why);
    char *jwe = bank_jwe_encrypt(jwk, big, sizeof big - 1, &why);
    assert_non_null(jwe);
    free(jwe);
    json_decref(jwk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_rfc_7518_appendix_c_is_derived),
        cmocka_unit_test(base64url_is_that_of_rfc_4648),
        cmocka_unit_test(base64url_refuses_what_is_not_canonical),
        cmocka_unit_test(the_intended_receiver_opens_the_card_data),
        cmocka_unit_test(two_encryptions_of_one_card_differ),
        cmocka_unit_test(keys_of_another_kind_or_off_the_curve_are_refused),
        cmocka_unit_test(data_beyond_the_limit_is_refused),
    };
    return cmocka_run_group_tests_name("lab bank jwe", tests, NULL, NULL);
}
