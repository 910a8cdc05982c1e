/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets that come and go: made, imported, handed over, kept by name. Unit test of vault/keys/handover.c
 * and named.c. */
#include "vault/keys/handover.h"
#include "vault/keys/known.h"

#include <stdio.h>
#include <string.h>

#include "rig.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"
#include "vault/keys/named.h"
#include "vault/party.h"

enum { ID = 4711 };
static const char *const keys_128[] = {"404142434445464748494A4B4C4D4E4F", "404142434445464748494A4B4C4D4E4F",
                                       "0F0E0D0C0B0A09080706050403020100"};
static const struct keyset_form scp03_128 = {PROTOCOL_SCP03, 0x30, CIPHER_AES, 16};
static const struct keyset_form scp80_128 = {PROTOCOL_SCP80, 0x01, CIPHER_AES, 16};

static struct keyset_facts facts_of(struct vault_party *p, struct sealed_keyset k)
{
    struct keyset_facts f;
    assert_ok(vault_keyset_facts(p, k, &f));
    return f;
}

static void facts_tell_form_and_check_values_and_no_key(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct keyset_facts f = facts_of(p, rig_keyset(p, ID, scp03_128, keys_128));
    (void)state;
    assert_int_equal(f.form.protocol, PROTOCOL_SCP03);
    assert_int_equal(f.form.kvn, 0x30);
    assert_int_equal(f.form.key_len, 16);
    assert_hex(BYTES(f.kcvs[KEY_ENC]), "504A77"); /* GPCS key 40..4F: AES check value */
    assert_hex(BYTES(f.kcvs[KEY_DEK]), "C1CCDA");
}

static void generated_keys_differ_and_fit_their_form(void **state)
{
    static const struct keyset_form forms[] = {{PROTOCOL_SCP03, 1, CIPHER_AES, 16},
                                               {PROTOCOL_SCP03, 1, CIPHER_AES, 24},
                                               {PROTOCOL_SCP03, 1, CIPHER_AES, 32},
                                               {PROTOCOL_SCP02, 1, CIPHER_TDES, 16},
                                               {PROTOCOL_SCP80, 1, CIPHER_TDES, 24}};
    struct vault_party *p = rig_party("bank");
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        uint8_t box[SEALED_KEYSET_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN];
        struct writer w = WRITER(box);
        struct keyset_facts f;
        assert_ok(vault_generate_keyset(p, &forms[i], (struct keyset_target){ID, &w, kcvs}));
        f = facts_of(p, (struct sealed_keyset){ID, written(&w)});
        assert_memory_equal(f.kcvs, kcvs, sizeof kcvs);
        assert_memory_not_equal(kcvs[0], kcvs[1], GP_KCV_LEN);
    }
}

static void forms_that_no_standard_knows_are_refused(void **state)
{
    static const struct keyset_form bad[] = {{PROTOCOL_SCP03, 1, CIPHER_TDES, 16},
                                             {PROTOCOL_SCP02, 1, CIPHER_AES, 16},
                                             {PROTOCOL_SCP03, 1, CIPHER_AES, 15},
                                             {PROTOCOL_SCP80, 1, CIPHER_TDES, 32},
                                             {0x81, 1, CIPHER_AES, 16}};
    struct vault_party *p = rig_party("bank");
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t box[SEALED_KEYSET_MAX];
        struct writer w = WRITER(box);
        assert_true(vault_generate_keyset(p, &bad[i], (struct keyset_target){ID, &w, NULL}) != TSM_OK);
        assert_int_equal(w.len, 0);
    }
}

static void a_key_set_is_handed_from_party_to_party(void **state)
{
    struct vault_party *owner = rig_party("operator"), *bank = rig_party("bank");
    struct sealed_keyset theirs = rig_keyset(owner, ID, scp80_128, keys_128);
    uint8_t jwe_box[HANDOVER_JWE_MAX], box[SEALED_KEYSET_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN];
    struct writer jwe = WRITER(jwe_box), w = WRITER(box);
    struct keyset_facts before = facts_of(owner, theirs), after;
    json_t *jwk = NULL;
    (void)state;
    assert_ok(vault_public_jwk(bank, VAULT_KEY_HANDOVER, &jwk));
    assert_ok(vault_export_keyset_jwe(owner, theirs, jwk, &jwe));
    assert_ok(vault_import_keyset_jwe(bank, VAULT_KEY_HANDOVER, written(&jwe),
                                      (struct keyset_target){ID + 1, &w, kcvs}));
    after = facts_of(bank, (struct sealed_keyset){ID + 1, written(&w)});
    assert_memory_equal(after.kcvs, before.kcvs, sizeof after.kcvs);
    assert_int_equal(after.form.kvn, before.form.kvn);
    assert_int_equal(after.form.protocol, before.form.protocol);
    assert_err(vault_import_keyset_jwe(owner, VAULT_KEY_HANDOVER, written(&jwe),
                                       (struct keyset_target){ID, &w, kcvs}),
               TSM_KEY_REFUSED);
    json_decref(jwk);
}

static void a_jwe_that_holds_no_key_set_is_refused(void **state)
{
    struct vault_party *bank = rig_party("bank");
    uint8_t jwe_box[HANDOVER_JWE_MAX], box[SEALED_KEYSET_MAX];
    struct writer jwe = WRITER(jwe_box), w = WRITER(box);
    json_t *jwk = NULL;
    (void)state;
    assert_ok(vault_public_jwk(bank, VAULT_KEY_HANDOVER, &jwk));
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text("no keys"), NULL}, &jwe));
    assert_err(vault_import_keyset_jwe(bank, VAULT_KEY_HANDOVER, written(&jwe),
                                       (struct keyset_target){ID, &w, NULL}),
               TSM_BAD_FORM);
    json_decref(jwk);
}

/* A JWE of a file key to the party, and one row under that key. */
static struct sealed_keyset file_key(struct vault_party *p, struct bytes key)
{
    static uint8_t box[128];
    uint8_t jwe_box[HANDOVER_JWE_MAX];
    struct writer jwe = WRITER(jwe_box), w = WRITER(box);
    json_t *jwk = NULL;
    assert_ok(vault_public_jwk(p, VAULT_KEY_IMPORT, &jwk));
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){key, NULL}, &jwe));
    assert_ok(vault_import_key_file(p, written(&jwe), 9, &w));
    json_decref(jwk);
    return (struct sealed_keyset){9, written(&w)};
}

static struct bytes sealed_row(struct bytes key, struct bytes aad)
{
    static uint8_t box[GCM_NONCE + 48 + GCM_TAG];
    struct octets clear = octets_of("404142434445464748494A4B4C4D4E4F404142434445464748494A4B4C4D4E4F"
                                    "0F0E0D0C0B0A09080706050403020100");
    struct writer w = WRITER(box);
    uint8_t *nonce, *body, *tag;
    struct crypto *c;
    struct cipher_key k;
    assert_ok(crypto_new(&c));
    assert_ok(crypto_key(c, CIPHER_AES, key, &k));
    assert_ok(write_slot(&w, GCM_NONCE, &nonce));
    assert_ok(write_slot(&w, clear.len, &body));
    assert_ok(write_slot(&w, GCM_TAG, &tag));
    assert_ok(vault_random(nonce, GCM_NONCE));
    assert_ok(crypto_gcm_seal(&k, (struct gcm){{nonce, GCM_NONCE}, aad}, octets_bytes(&clear), body, tag));
    crypto_free(c);
    return written(&w);
}

static void rows_of_an_import_file_are_resealed(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct octets key = octets_of("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
    struct sealed_keyset fk = file_key(p, octets_bytes(&key));
    struct import_row row = {.form = scp03_128, .aad = bytes_of_text("8949000000000000001")};
    uint8_t box[SEALED_KEYSET_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN];
    struct writer w = WRITER(box);
    (void)state;
    row.keys = sealed_row(octets_bytes(&key), row.aad);
    assert_ok(vault_import_row(p, fk, &row, (struct keyset_target){ID, &w, kcvs}));
    assert_hex(BYTES(kcvs[KEY_ENC]), "504A77");
    row.aad = bytes_of_text("8949000000000000002"); /* the row of another card */
    assert_err(vault_import_row(p, fk, &row, (struct keyset_target){ID, &w, kcvs}), TSM_MAC_WRONG);
    fk.id++;
    assert_err(vault_import_row(p, fk, &row, (struct keyset_target){ID, &w, kcvs}), TSM_MAC_WRONG);
}

/* The keys of sealed_row are the ones that everybody knows. */
static void production_takes_no_key_that_everybody_knows(void **state)
{
    struct vault_party *production = NULL;
    struct vault_settings s = {rig_uri("operator"), false};
    struct secret pin = secret_of(RIG_PIN);
    struct octets key = octets_of("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
                  half = octets_of("A1A2A3A4A5A6A7A8A9AAABACADAEAFA0"),
                  rest = octets_of("E1E3E1E7E1E3E1EFE1E3E1E7E1E3E1EF"); /* their XOR is 404142..4F */
    struct import_row row = {.form = scp03_128, .aad = bytes_of_text("8949000000000000001")};
    struct secret parts[2] = {{.len = 0}};
    struct key_components c = {.part = parts, .n = 2, .kcv = {0x50, 0x4A, 0x77}};
    uint8_t box[SEALED_KEYSET_MAX];
    struct writer w = WRITER(box);
    struct sealed_keyset fk;
    (void)state;
    assert_ok(vault_open(&s, &pin, &production));
    fk = file_key(production, octets_bytes(&key));
    row.keys = sealed_row(octets_bytes(&key), row.aad);
    assert_err(vault_import_row(production, fk, &row, (struct keyset_target){ID, &w, NULL}), TSM_KEY_REFUSED);
    assert_non_null(strstr(err_cause(), RULE_KEY_KNOWN));
    assert_null(strstr(err_cause(), "404142434445"));
    row.form.kvn = KNOWN_KVN_INITIAL;
    assert_err(vault_import_row(production, fk, &row, (struct keyset_target){ID, &w, NULL}), TSM_KEY_REFUSED);
    assert_non_null(strstr(err_cause(), RULE_KVN_FF));
    assert_int_equal(w.len, 0);
    assert_ok(secret_set(&parts[0], octets_bytes(&half)));
    assert_ok(secret_set(&parts[1], octets_bytes(&rest)));
    assert_err(vault_combine_master(production, "known", MASTER_AES, &c), TSM_KEY_REFUSED);
    assert_ok(vault_combine_master(rig_party("bank"), "known", MASTER_AES, &c));
    vault_close(production);
}

static void clear_keys_need_a_laboratory(void **state)
{
    struct vault_party *lab = rig_party("bank"), *production = NULL;
    struct vault_settings s = {rig_uri("bank"), false};
    struct secret pin = secret_of(RIG_PIN);
    uint8_t box[SEALED_KEYSET_MAX];
    struct writer w = WRITER(box);
    struct octets keys = octets_of("404142434445464748494A4B4C4D4E4F404142434445464748494A4B4C4D4E4F"
                                   "0F0E0D0C0B0A09080706050403020100");
    struct import_row row = {.form = scp03_128, .keys = octets_bytes(&keys)};
    (void)state;
    assert_ok(vault_import_clear(lab, &row, (struct keyset_target){ID, &w, NULL}));
    assert_ok(vault_open(&s, &pin, &production));
    assert_err(vault_import_clear(production, &row, (struct keyset_target){ID, &w, NULL}), TSM_KEY_REFUSED);
    assert_err(vault_import_master(production, "m", MASTER_AES, HEX("00")), TSM_KEY_REFUSED);
    vault_close(production);
    row.keys.len--;
    assert_err(vault_import_clear(lab, &row, (struct keyset_target){ID, &w, NULL}), TSM_SHORT_INPUT);
}

static void a_set_is_kept_by_name_and_forgotten(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct named_keyset kept, *out = &kept;
    struct sealed_keyset set;
    uint64_t id, other;
    (void)state;
    assert_ok(vault_named_id("desk", &id));
    assert_ok(vault_named_id("desk2", &other));
    assert_true(id >> 63 && other >> 63 && id != other); /* never the id of a database row */
    set = rig_keyset(p, id, scp03_128, keys_128);
    assert_ok(vault_keep_keyset(p, "desk", set));
    assert_err(vault_keep_keyset(p, "desk", set), TSM_UNIQUE);
    assert_ok(vault_named_keyset(p, "desk", out));
    assert_hex(BYTES(facts_of(p, kept.sealed).kcvs[KEY_ENC]), "504A77");
    assert_ok(vault_forget_keyset(p, "desk"));
    assert_err(vault_named_keyset(p, "desk", out), TSM_KEY_MISSING);
    assert_err(vault_forget_keyset(p, "desk"), TSM_KEY_MISSING);
}

/* A blob is bound to its name: kept under another it would open nothing, so it is not kept at all. */
static void a_set_is_not_kept_under_the_name_of_another(void **state)
{
    struct vault_party *p = rig_party("bank");
    static const char *const wrong[] = {"", "a b", "a/b", "a,b",
                                        "a234567890123456789012345678901234567890123456789"};
    uint64_t id;
    (void)state;
    assert_ok(vault_named_id("one", &id));
    assert_err(vault_keep_keyset(p, "two", rig_keyset(p, id, scp03_128, keys_128)), TSM_BAD_VALUE);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_err(vault_named_id(wrong[i], &id), TSM_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_tell_form_and_check_values_and_no_key),
        cmocka_unit_test(generated_keys_differ_and_fit_their_form),
        cmocka_unit_test(forms_that_no_standard_knows_are_refused),
        cmocka_unit_test(a_key_set_is_handed_from_party_to_party),
        cmocka_unit_test(a_jwe_that_holds_no_key_set_is_refused),
        cmocka_unit_test(rows_of_an_import_file_are_resealed),
        cmocka_unit_test(production_takes_no_key_that_everybody_knows),
        cmocka_unit_test(clear_keys_need_a_laboratory),
        cmocka_unit_test(a_set_is_kept_by_name_and_forgotten),
        cmocka_unit_test(a_set_is_not_kept_under_the_name_of_another),
    };
    return cmocka_run_group_tests_name("keys", tests, rig_setup, rig_teardown);
}
