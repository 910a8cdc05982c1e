/* SPDX-License-Identifier: Apache-2.0 */
/* Masters in the token and what is derived from them. Unit test of vault/keys/master.c and vault/keys/emv.c.
 */
#include "vault/keys/emv.h"
#include "vault/keys/master.h"

#include <stdio.h>
#include <string.h>

#include "rig.h"

enum { ID = 4711 };

/* GlobalPlatformPro's published diversification of 40..4F over 00..09. */
static void card_keys_are_derived_in_the_token(void **state)
{
    static const struct {
        const char *master;
        enum gp_kdf kdf;
        struct keyset_form form;
        const char *enc;
    } rows[] = {{"div-tdes", GP_KDF_EMV, {PROTOCOL_SCP02, 1, CIPHER_TDES, 16}, "C33013"},
                {"div-aes", GP_KDF_KDF3, {PROTOCOL_SCP03, 1, CIPHER_AES, 16}, "E79C05"}};
    struct vault_party *p = rig_party("operator");
    struct bytes master = HEX("404142434445464748494A4B4C4D4E4F");
    (void)state;
    assert_ok(vault_import_master(p, "div-tdes", MASTER_TDES, master));
    assert_ok(vault_import_master(p, "div-aes", MASTER_AES, master));
    for (size_t i = 0; i < 2; i++) {
        struct keyset_derivation d = {{rows[i].master, rows[i].master, rows[i].master},
                                      rows[i].kdf,
                                      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                      rows[i].form};
        uint8_t box[SEALED_KEYSET_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN];
        struct writer w = WRITER(box);
        assert_ok(vault_derived_keyset(p, &d, (struct keyset_target){ID, &w, kcvs}));
        assert_hex(BYTES(kcvs[KEY_ENC]), rows[i].enc);
        d.kdf = GP_KDF_NONE;
        assert_err(vault_derived_keyset(p, &d, (struct keyset_target){ID, &w, kcvs}), TSM_KEY_REFUSED);
        d.master[1] = "nobody";
        d.kdf = rows[i].kdf;
        assert_err(vault_derived_keyset(p, &d, (struct keyset_target){ID, &w, kcvs}), TSM_KEY_MISSING);
    }
}

static enum tsm_err take_in(struct vault_party *p, const char *master, uint8_t kvn)
{
    struct keyset_derivation d = {{master, master, master},
                                  GP_KDF_KDF3,
                                  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                  {PROTOCOL_SCP03, kvn, CIPHER_AES, 16}};
    uint8_t box[SEALED_KEYSET_MAX];
    struct writer w = WRITER(box);
    return vault_import_derived(p, &d, (struct keyset_target){ID, &w, NULL});
}

/* A laboratory's master is in the token: production derives nothing from it. */
static void an_inventory_takes_no_known_keys_from_masters(void **state)
{
    struct vault_party *lab = rig_party("operator"), *production = NULL;
    struct vault_settings s = {rig_uri("operator"), false};
    struct secret pin = secret_of(RIG_PIN);
    (void)state;
    assert_ok(vault_import_master(lab, "take-known", MASTER_AES, HEX("404142434445464748494A4B4C4D4E4F")));
    assert_ok(vault_generate_master(lab, "take-own", MASTER_AES, 16));
    assert_ok(take_in(lab, "take-known", 0xFF));
    assert_ok(vault_open(&s, &pin, &production));
    assert_ok(take_in(production, "take-own", 0x30));
    assert_err(take_in(production, "take-own", 0xFF), TSM_KEY_REFUSED);
    assert_non_null(strstr(err_cause(), "KVN-FF"));
    assert_err(take_in(production, "take-known", 0x30), TSM_KEY_REFUSED);
    assert_non_null(strstr(err_cause(), "KEY-DERIVED"));
    assert_err(take_in(production, "take-none", 0x30), TSM_KEY_MISSING);
    vault_close(production);
}

static void every_published_diversification_comes_out(void **state)
{
    struct vectors v = vectors_open("vectors-gp.json");
    struct vault_party *p = rig_party("operator");
    static const char *const kinds[] = {"key_diversification_3des", "key_diversification_kdf3"};
    static const char *const kcv_names[] = {"expected.kcv_3des", "expected.kcv_aes"};
    unsigned n = 0;
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        size_t at = 0;
        for (json_t *row; (row = vectors_next(&v, "vectors", kinds[k], &at)) != NULL;) {
            struct keyset_derivation d = {
                .form = {k ? PROTOCOL_SCP03 : PROTOCOL_SCP02, 1, k ? CIPHER_AES : CIPHER_TDES, 0}};
            struct octets master = vector_octets(row, "inputs.master"),
                          kdd = vector_octets(row, "inputs.kdd");
            long long index = vector_number(row, "inputs.key_index");
            uint8_t box[SEALED_KEYSET_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN];
            struct writer w = WRITER(box);
            char name[TOKEN_NAME_MAX];
            snprintf(name, sizeof name, "vector-%u", n++);
            if (gp_kdf_of_name(vector_text(row, "inputs.method"), &d.kdf) != TSM_OK ||
                !vector_has(row, kcv_names[k]))
                continue;
            assert_ok(vault_import_master(p, name, k ? MASTER_AES : MASTER_TDES, octets_bytes(&master)));
            for (int i = 0; i < KEYSET_KEYS; i++)
                d.master[i] = name;
            memcpy(d.kdd, kdd.at, sizeof d.kdd);
            d.form.key_len = (uint8_t)master.len;
            assert_ok(vault_derived_keyset(p, &d, (struct keyset_target){ID, &w, kcvs}));
            assert_hex(BYTES_OF(kcvs[index - 1], GP_KCV_LEN), vector_text(row, kcv_names[k]));
        }
    }
    assert_true(n >= 14);
    vectors_close(&v);
}

static void masters_are_made_in_the_token_and_show_their_check_value(void **state)
{
    struct vault_party *p = rig_party("operator");
    uint8_t a[GP_KCV_LEN], b[GP_KCV_LEN];
    (void)state;
    assert_ok(vault_generate_master(p, "made-aes", MASTER_AES, 32));
    assert_ok(vault_generate_master(p, "made-tdes", MASTER_TDES, 16));
    assert_ok(vault_generate_master(p, "made-cvk", MASTER_CVK, CVK_LEN));
    assert_ok(vault_generate_master(p, "made-agree", MASTER_EC_AGREE, 0));
    assert_ok(vault_master_kcv(p, "made-aes", MASTER_AES, a));
    assert_ok(vault_master_kcv(p, "made-tdes", MASTER_TDES, b));
    assert_memory_not_equal(a, b, sizeof a);
    assert_err(vault_generate_master(p, "made-aes", MASTER_AES, 32), TSM_UNIQUE);
    assert_err(vault_master_kcv(p, "made-agree", MASTER_EC_AGREE, a), TSM_KEY_REFUSED);
    assert_err(vault_master_kcv(p, "nobody", MASTER_AES, a), TSM_KEY_MISSING);
    assert_ok(vault_import_master(p, "known", MASTER_AES, HEX("404142434445464748494A4B4C4D4E4F")));
    assert_ok(vault_master_kcv(p, "known", MASTER_AES, a));
    assert_hex(BYTES(a), "504A77");
}

/* 40..4F in three components; its check value is 504A77. */
static void a_master_is_combined_from_its_custodians_components(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct secret part[3] = {0};
    struct key_components c = {part, 3, {0x50, 0x4A, 0x77}};
    uint8_t kcv[GP_KCV_LEN];
    (void)state;
    assert_ok(secret_set(&part[0], HEX("11111111111111111111111111111111")));
    assert_ok(secret_set(&part[1], HEX("A0A1A2A3A4A5A6A7A8A9AAABACADAEAF")));
    assert_ok(secret_set(&part[2], HEX("F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1")));
    assert_ok(vault_combine_master(p, "combined", MASTER_AES, &c));
    assert_ok(vault_master_kcv(p, "combined", MASTER_AES, kcv));
    assert_hex(BYTES(kcv), "504A77");
    c.kcv[0] ^= 1;
    assert_err(vault_combine_master(p, "combined-2", MASTER_AES, &c), TSM_KCV_WRONG);
    c.n = 1;
    assert_err(vault_combine_master(p, "combined-2", MASTER_AES, &c), TSM_BAD_VALUE);
    c.n = 3;
    part[2] = part[0];
    assert_err(vault_combine_master(p, "combined-2", MASTER_AES, &c), TSM_BAD_VALUE);
    memset(part[2].at, 0, sizeof part[2].at);
    assert_err(vault_combine_master(p, "combined-2", MASTER_AES, &c), TSM_BAD_VALUE);
}

static void a_wrapped_master_comes_in_under_its_transport_key(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct octets box = octets_of("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"); /* RFC 3394 4.1 */
    uint8_t kcv[GP_KCV_LEN];
    (void)state;
    assert_ok(vault_import_master(p, "zmk", MASTER_TRANSPORT, HEX("000102030405060708090A0B0C0D0E0F")));
    assert_ok(
        vault_unwrap_master(p, "from-zmk", MASTER_AES, (struct wrapped_master){"zmk", octets_bytes(&box)}));
    assert_ok(vault_master_kcv(p, "from-zmk", MASTER_AES, kcv));
    assert_err(vault_unwrap_master(p, "x", MASTER_CVK, (struct wrapped_master){"zmk", octets_bytes(&box)}),
               TSM_KEY_REFUSED);
}

/* Published values (pyemv); the last forces the letters of the hash [EMV Book 2 A1.4.2]. */
static void icc_master_keys_are_derived_in_the_token(void **state)
{
    static const struct {
        const char *imk;
        enum emv_option option;
        const char *pan, *psn, *mk;
    } rows[] = {{"imk-1", EMV_OPTION_A, "9901234567890123", "45", "F84315C7B95BD3B0C74694922C3808B0"},
                {"imk-1", EMV_OPTION_A, "1234567890123456", "00", "154F349D8585CB7F6B0798E9839B10C1"},
                {"imk-1", EMV_OPTION_A, "1234567890123456", NULL, "154F349D8585CB7F6B0798E9839B10C1"},
                {"imk-1", EMV_OPTION_B, "1234567890123456", "00", "154F349D8585CB7F6B0798E9839B10C1"},
                {"imk-2", EMV_OPTION_A, "1234567890123456", "00", "19296D4CD626859E8AADDF0B2AAB8FEA"}};
    struct vault_party *p = rig_party("bank");
    struct secret udk;
    (void)state;
    assert_ok(vault_import_master(p, "imk-1", MASTER_TDES, HEX("0123456789ABCDEFFEDCBA9876543210")));
    assert_ok(vault_import_master(p, "imk-2", MASTER_TDES, HEX("89ABCDEF0123456776543210FEDCBA98")));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_ok(vault_emv_udk(p, rows[i].imk, rows[i].option,
                                (struct emv_card_id){rows[i].pan, rows[i].psn}, &udk));
        assert_hex(secret_bytes(&udk), rows[i].mk);
    }
    assert_err(vault_emv_udk(p, "imk-1", EMV_OPTION_A, (struct emv_card_id){"12345678x", "00"}, &udk),
               TSM_BAD_FORM);
    assert_err(vault_emv_udk(p, "imk-1", EMV_OPTION_A, (struct emv_card_id){"1234567890123456", "123"}, &udk),
               TSM_BAD_FORM);
    assert_err(vault_emv_udk(p, "nobody", EMV_OPTION_A, (struct emv_card_id){"1234567890123456", "00"}, &udk),
               TSM_KEY_MISSING);
}

static void every_published_icc_master_key_comes_out(void **state)
{
    struct vectors v = vectors_open("vectors-payments.json");
    struct vault_party *p = rig_party("bank");
    unsigned n = 0;
    size_t at = 0;
    (void)state;
    for (json_t *row; (row = vectors_next(&v, "vectors", "icc_master_key", &at)) != NULL; n++) {
        struct octets imk = vector_octets(row, "inputs.imk");
        const char *option = vector_text(row, "inputs.option");
        char name[TOKEN_NAME_MAX];
        struct secret udk;
        if (strlen(option) != 1) /* a variant that only one program knows */
            continue;
        snprintf(name, sizeof name, "icc-%u", n);
        assert_ok(vault_import_master(p, name, MASTER_TDES, octets_bytes(&imk)));
        assert_ok(vault_emv_udk(
            p, name, option[0] == 'A' ? EMV_OPTION_A : EMV_OPTION_B,
            (struct emv_card_id){vector_text(row, "inputs.pan"), vector_text(row, "inputs.psn")}, &udk));
        assert_hex(secret_bytes(&udk), vector_text(row, "expected.icc_mk"));
    }
    assert_true(n > 0);
    vectors_close(&v);
}

/* From the CVV table of a published bank card standard. */
static void card_verification_values_are_computed_in_the_token(void **state)
{
    static const struct {
        const char *pan, *date, *code, *cvv;
    } rows[] = {{"4123456789012", "8701", "101", "370"},
                {"4999988887777", "9105", "111", "649"},
                {"4666655554444", "9206", "120", "821"}};
    struct vault_party *p = rig_party("bank");
    char digits[CVV_ROOM], icvv[CVV_ROOM];
    (void)state;
    assert_ok(vault_import_master(p, "cvk", MASTER_CVK, HEX("0123456789ABCDEFFEDCBA9876543210")));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_ok(
            vault_emv_cvv(p, "cvk", (struct cvv_input){rows[i].pan, rows[i].date, rows[i].code}, digits));
        assert_string_equal(digits, rows[i].cvv);
    }
    assert_ok(vault_emv_cvv(p, "cvk", (struct cvv_input){"4123456789012", "8701", "999"}, digits));
    assert_ok(vault_emv_icvv(p, "cvk", "4123456789012", "8701", icvv));
    assert_string_equal(digits, icvv);
    assert_err(vault_emv_icvv(p, "cvk", "4123456789012", "870", icvv), TSM_BAD_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(card_keys_are_derived_in_the_token),
        cmocka_unit_test(an_inventory_takes_no_known_keys_from_masters),
        cmocka_unit_test(every_published_diversification_comes_out),
        cmocka_unit_test(masters_are_made_in_the_token_and_show_their_check_value),
        cmocka_unit_test(a_master_is_combined_from_its_custodians_components),
        cmocka_unit_test(a_wrapped_master_comes_in_under_its_transport_key),
        cmocka_unit_test(icc_master_keys_are_derived_in_the_token),
        cmocka_unit_test(every_published_icc_master_key_comes_out),
        cmocka_unit_test(card_verification_values_are_computed_in_the_token),
    };
    return cmocka_run_group_tests_name("masters", tests, rig_setup, rig_teardown);
}
