/* SPDX-License-Identifier: Apache-2.0 */
/* The card's signatures against published values: tokens, receipts, DAPs and load file hashes of the vector
 * file (GPCS 2.3.1 B.1 to B.4, C.2 to C.5). */
#include "vectors.h"

#include "card/delegated/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_DATA 4096

static json_t *vectors;

/* The public RSA key that a vector names. */
static struct asym_key rsa_key(const char *id)
{
    struct asym_key k = {.type = KEY_TYPE_RSA_PUBLIC};
    size_t index;
    json_t *v;

    json_array_foreach(json_object_get(vectors, "vectors"), index, v)
    {
        const json_t *values = json_object_get(v, "expected");

        if (strcmp(text_of(v, "id"), id) != 0)
            continue;
        k.len = (uint16_t)bytes_of(values, "n", k.value, sizeof k.value);
        k.exponent_len = (uint8_t)bytes_of(values, "e", k.exponent, sizeof k.exponent);
    }
    assert_true(asym_valid(&k));
    return k;
}

/* Right as published, wrong with any single bit of the signature or the first bit of the data turned over. */
static void check_signature(const struct signing_key *k, uint8_t *data, size_t n, uint8_t *signature,
                            size_t len)
{
    assert_true(signature_verify(k, data, n, signature, len));
    for (size_t i = 0; i < len; i++) {
        signature[i] ^= 0x01;
        assert_false(signature_verify(k, data, n, signature, len));
        signature[i] ^= 0x01;
    }
    assert_false(signature_verify(k, data, n, signature, len - 1));
    data[0] ^= 0x80;
    assert_false(signature_verify(k, data, n, signature, len));
}

static void check_token(const json_t *v)
{
    const json_t *in = json_object_get(v, "inputs");
    struct asym_key rsa = rsa_key(text_of(in, "key"));
    struct signing_key k = {.asym = &rsa};
    uint8_t data[MAX_DATA], token[ASYM_MAX_SIGNATURE];
    size_t n = bytes_of(in, "dtbs", data, sizeof data);
    size_t len = bytes_of(json_object_get(v, "expected"), "token", token, sizeof token);

    check_signature(&k, data, n, token, len);
}

static void check_receipt(const json_t *v)
{
    const json_t *in = json_object_get(v, "inputs");
    bool aes = strncmp(text_of(in, "alg"), "AES", 3) == 0;
    struct sym_key sym = key_of(in, "receipt_key", aes ? KEY_TYPE_AES : KEY_TYPE_DES);
    struct signing_key k = {.sym = &sym};
    uint8_t data[MAX_DATA], receipt[ASYM_MAX_SIGNATURE], own[ASYM_MAX_SIGNATURE];
    size_t n = bytes_of(in, "confirmation_data", data, sizeof data);
    size_t len = bytes_of(json_object_get(v, "expected"), "receipt", receipt, sizeof receipt);

    n += bytes_of(in, "context", data + n, sizeof data - n);
    assert_int_equal(signature_make(&k, data, n, own), len);
    assert_memory_equal(own, receipt, len);
    check_signature(&k, data, n, receipt, len);
}

static void check_dap(const json_t *v)
{
    const json_t *in = json_object_get(v, "inputs");
    bool aes = strncmp(text_of(in, "alg"), "AES", 3) == 0;
    struct sym_key sym = aes ? key_of(in, "key", KEY_TYPE_AES) : (struct sym_key){0};
    struct asym_key rsa = aes ? (struct asym_key){0} : rsa_key(text_of(in, "key"));
    struct signing_key k = {.sym = aes ? &sym : NULL, .asym = aes ? NULL : &rsa};
    uint8_t hash[MAX_DATA], dap[ASYM_MAX_SIGNATURE];
    size_t n = bytes_of(in, "lfdbh", hash, sizeof hash);
    size_t len = bytes_of(json_object_get(v, "expected"), "dap", dap, sizeof dap);

    check_signature(&k, hash, n, dap, len);
}

static void check_hash(const json_t *v)
{
    uint8_t data[MAX_DATA], hash[DIGEST_MAX], own[DIGEST_MAX];
    size_t n = bytes_of(json_object_get(v, "inputs"), "lfdb", data, sizeof data);

    assert_int_equal(bytes_of(json_object_get(v, "expected"), "sha256", hash, sizeof hash), 32);
    assert_true(lab_digest(32, data, n, own));
    assert_memory_equal(own, hash, 32);
    assert_int_equal(bytes_of(json_object_get(v, "expected"), "sha1", hash, sizeof hash), 20);
    assert_true(lab_digest(20, data, n, own));
    assert_memory_equal(own, hash, 20);
}

static void published(const char *kind, void (*check)(const json_t *v))
{
    if (vectors == NULL)
        skip();
    assert_true(each_of_kind(vectors, kind, check) > 0);
}

static void published_tokens_are_right_and_every_change_is_noticed(void **state)
{
    (void)state;
    published("dm_token", check_token);
}

static void published_receipts_are_made_byte_for_byte(void **state)
{
    (void)state;
    published("dm_receipt", check_receipt);
}

static void published_daps_are_right_and_every_change_is_noticed(void **state)
{
    (void)state;
    published("dap_signature", check_dap);
}

static void published_load_file_hashes_are_the_cards(void **state)
{
    (void)state;
    published("lfdb_hash", check_hash);
}

static void keys_that_do_not_exist_are_refused(void **state)
{
    struct asym_key point = {.type = KEY_TYPE_ECC_PUBLIC, .len = 65, .value = {0x04, 1}};
    struct asym_key curve = {.type = KEY_TYPE_ECC_PUBLIC, .curve = ASYM_CURVES, .len = 65, .value = {0x04}};
    struct asym_key even = {.type = KEY_TYPE_RSA_PUBLIC, .exponent_len = 1, .exponent = {3}, .len = 128};
    struct asym_key weak = {.type = KEY_TYPE_RSA_PUBLIC, .exponent_len = 1, .exponent = {3}, .len = 64};
    struct asym_key none = {.type = KEY_TYPE_RSA_PUBLIC, .len = 128};
    struct asym_key zero = {.type = KEY_TYPE_ECC_PRIVATE, .len = 32};

    (void)state;
    even.value[0] = weak.value[0] = none.value[0] = 0x80;
    weak.value[63] = none.value[127] = 0x01;
    assert_false(asym_valid(&point));
    assert_false(asym_valid(&curve));
    assert_false(asym_valid(&even));
    assert_false(asym_valid(&weak));
    assert_false(asym_valid(&none));
    assert_false(asym_valid(&zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_tokens_are_right_and_every_change_is_noticed),
        cmocka_unit_test(published_receipts_are_made_byte_for_byte),
        cmocka_unit_test(published_daps_are_right_and_every_change_is_noticed),
        cmocka_unit_test(published_load_file_hashes_are_the_cards),
        cmocka_unit_test(keys_that_do_not_exist_are_refused),
    };
    int failed;

    vectors = vectors_load("vectors-gp.json");
    failed = cmocka_run_group_tests_name("lab card: signatures", tests, NULL, NULL);
    json_decref(vectors);
    return failed;
}
