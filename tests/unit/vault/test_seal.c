/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed blobs: whose they are, what they may be opened as, rotation, sizes. Unit test of vault/seal.c and
 * vault/datakey.c. */
#include "vault/party.h"

#include <string.h>

#include "rig.h"

enum { ID = 77 };
static const char *const keys_128[] = {"404142434445464748494A4B4C4D4E4F", "505152535455565758595A5B5C5D5E5F",
                                       "606162636465666768696A6B6C6D6E6F"};
static const struct keyset_form aes_128 = {PROTOCOL_SCP03, 0x30, CIPHER_AES, 16};

static void what_is_sealed_comes_back(void **state)
{
    static const size_t lengths[] = {0, 1, 15, 16, 17, 51, 1000, SEAL_PLAIN_MAX};
    static uint8_t plain[SEAL_PLAIN_MAX], box[SEAL_PLAIN_MAX + SEAL_OVERHEAD], back[SEAL_PLAIN_MAX];
    struct vault_party *p = rig_party("bank");
    (void)state;
    memset(plain, 0x5A, sizeof plain);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct writer blob = WRITER(box), out = WRITER(back);
        struct bytes in = BYTES_OF(plain, lengths[i]);
        assert_ok(vault_seal_data(p, ID, in, &blob));
        assert_int_equal(blob.len, lengths[i] + SEAL_OVERHEAD);
        assert_ok(vault_unseal_data(p, ID, written(&blob), &out));
        assert_true(bytes_equal(written(&out), in));
    }
}

static void every_flipped_bit_and_every_prefix_is_refused(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct sealed_keyset k = rig_keyset(p, ID, aes_128, keys_128);
    uint8_t box[SEALED_KEYSET_MAX + 1], back[KEYSET_PLAIN_MAX];
    (void)state;
    memcpy(box, k.blob.at, k.blob.len);
    for (size_t i = 0; i < 8 * k.blob.len; i++) {
        struct writer out = WRITER(back);
        enum tsm_err e;
        box[i / 8] ^= (uint8_t)(1u << i % 8);
        e = vault_unseal(p, ID, BYTES_OF(box, k.blob.len), &out);
        assert_true(i < 8 ? e == TSM_KEY_MISSING : e == TSM_MAC_WRONG);
        assert_int_equal(out.len, 0);
        box[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t n = 0; n <= k.blob.len + 1; n++) {
        struct writer out = WRITER(back);
        assert_int_equal(vault_unseal(p, ID, BYTES_OF(box, n), &out) == TSM_OK, n == k.blob.len);
    }
}

static void a_blob_belongs_to_its_id_its_party_and_its_purpose(void **state)
{
    struct vault_party *bank = rig_party("bank"), *other = rig_party("operator");
    struct sealed_keyset k = rig_keyset(bank, ID, aes_128, keys_128);
    uint8_t back[KEYSET_PLAIN_MAX];
    struct writer out = WRITER(back);
    (void)state;
    assert_err(vault_unseal(bank, ID + 1, k.blob, &out), TSM_MAC_WRONG);
    assert_err(vault_unseal(other, ID, k.blob, &out), TSM_MAC_WRONG);
    assert_err(vault_unseal_data(bank, ID, k.blob, &out), TSM_MAC_WRONG);
    assert_ok(vault_unseal(bank, ID, k.blob, &out));
}

static void three_aes_128_keys_need_81_bytes_in_the_database(void **state)
{
    struct sealed_keyset k = rig_keyset(rig_party("bank"), ID, aes_128, keys_128);
    (void)state;
    assert_int_equal(k.blob.len, 81);
}

static void the_same_keys_never_give_the_same_blob(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct sealed_keyset a = rig_keyset(p, ID, aes_128, keys_128), b = rig_keyset(p, ID, aes_128, keys_128);
    (void)state;
    assert_false(bytes_equal(a.blob, b.blob));
}

/* Another process of the same party, in effect. */
static struct vault_party *second_opening(const char *label)
{
    struct vault_settings s = {rig_uri(label), true};
    struct secret pin = secret_of(RIG_PIN);
    struct vault_party *p = NULL;
    assert_ok(vault_open(&s, &pin, &p));
    return p;
}

static void old_blobs_stay_readable_after_a_rotation(void **state)
{
    struct vault_party *p = rig_party("rotator"), *again = second_opening("rotator");
    struct sealed_keyset old = rig_keyset(p, ID, aes_128, keys_128), fresh;
    uint8_t box[SEALED_KEYSET_MAX], version = 0;
    struct writer blob = WRITER(box);
    struct keyset_facts facts;
    (void)state;
    assert_ok(vault_rotate(p, &version));
    assert_int_equal(version, 2);
    assert_int_equal(vault_blob_version(old.blob), 1);
    assert_ok(vault_reseal(p, old, &blob));
    fresh = (struct sealed_keyset){ID, written(&blob)};
    assert_int_equal(vault_blob_version(fresh.blob), 2);
    assert_ok(vault_keyset_facts(p, old, &facts));
    assert_ok(vault_keyset_facts(p, fresh, &facts));
    assert_ok(vault_keyset_facts(again, fresh, &facts)); /* learns version 2 from the token */
    vault_close(again);
    again = second_opening("rotator");
    assert_ok(vault_keyset_facts(again, fresh, &facts));
    vault_close(again);
}

static void two_rotations_at_once_make_one_version(void **state)
{
    struct vault_party *p = rig_party("twice"), *again = second_opening("twice");
    uint8_t version = 0;
    (void)state;
    assert_ok(vault_rotate(p, &version));
    assert_err(vault_rotate(again, &version), TSM_CONFLICT);
    assert_ok(vault_rotate(again, &version));
    assert_int_equal(version, 3);
    vault_close(again);
}

static void a_token_that_was_not_prepared_does_not_open(void **state)
{
    struct token *t = rig_token("blank");
    struct vault_settings s = {rig_uri("blank"), true};
    struct secret pin = secret_of(RIG_PIN);
    struct vault_party *none = NULL;
    (void)state;
    token_close(t);
    assert_err(vault_open(&s, &pin, &none), TSM_KEY_MISSING);
    assert_null(none);
}

static void preparing_twice_changes_nothing(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct vault_settings s = {rig_uri("bank"), true};
    struct secret pin = secret_of(RIG_PIN);
    struct sealed_keyset k = rig_keyset(p, ID, aes_128, keys_128);
    struct keyset_facts facts;
    (void)state;
    assert_ok(vault_prepare(&s, &pin));
    assert_ok(vault_keyset_facts(p, k, &facts));
}

static void named_keys_hash_and_sign(void **state)
{
    struct vault_party *bank = rig_party("bank"), *other = rig_party("operator");
    uint8_t a[SHA256_LEN], b[SHA256_LEN], signature[EC_SIGNATURE_LEN];
    struct bytes pan = bytes_of_text("5413330089010434|product|se");
    (void)state;
    assert_ok(vault_hmac(bank, VAULT_KEY_DUPLICATE, pan, a));
    assert_ok(vault_hmac(bank, VAULT_KEY_DUPLICATE, pan, b));
    assert_memory_equal(a, b, sizeof a);
    assert_ok(vault_hmac(other, VAULT_KEY_DUPLICATE, pan, b));
    assert_memory_not_equal(a, b, sizeof a);
    assert_ok(vault_sign(bank, VAULT_KEY_SIGNING, a, signature));
    assert_err(vault_sign(bank, "nobody", a, signature), TSM_KEY_MISSING);
    assert_err(vault_sign(bank, VAULT_KEY_INTAKE, a, signature), TSM_KEY_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_comes_back),
        cmocka_unit_test(every_flipped_bit_and_every_prefix_is_refused),
        cmocka_unit_test(a_blob_belongs_to_its_id_its_party_and_its_purpose),
        cmocka_unit_test(three_aes_128_keys_need_81_bytes_in_the_database),
        cmocka_unit_test(the_same_keys_never_give_the_same_blob),
        cmocka_unit_test(old_blobs_stay_readable_after_a_rotation),
        cmocka_unit_test(two_rotations_at_once_make_one_version),
        cmocka_unit_test(a_token_that_was_not_prepared_does_not_open),
        cmocka_unit_test(preparing_twice_changes_nothing),
        cmocka_unit_test(named_keys_hash_and_sign),
    };
    return cmocka_run_group_tests_name("seal", tests, rig_setup, rig_teardown);
}
