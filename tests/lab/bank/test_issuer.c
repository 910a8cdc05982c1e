/* SPDX-License-Identifier: Apache-2.0 */
/* The bank as issuer: key derivations, cryptograms and the verdict on a CVN 18 transaction, against published
 * values (transcribed here with their source) and the vector file. */
#include "bank/cryptogram/issuer.h"
#include "bank/cryptogram/verify.h"

#include "handset/hex.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void hex_is(const uint8_t *got, size_t len, const char *expected)
{
    char text[ROW_MAX];
    hs_hex_write(got, len, text);
    assert_string_equal(text, expected);
}

static enum bank_option option_of(const char *text)
{
    return strcmp(text, "A") == 0 ? BANK_OPTION_A : BANK_OPTION_B;
}

static void check_icc_key(const json_t *in, const json_t *expected, const char *name)
{
    uint8_t imk[BANK_KEY], mk[BANK_KEY];
    (void)name;
    assert_int_equal(row_hex(in, "imk", imk, sizeof imk), BANK_KEY);
    assert_true(
        bank_icc_key(option_of(row_text(in, "option")), imk, row_text(in, "pan"), row_text(in, "psn"), mk));
    hex_is(mk, sizeof mk, row_text(expected, "icc_mk"));
}

static void icc_master_keys_of_the_vector_file_are_derived(void **state)
{
    (void)state;
    assert_true(rows_each("icc_master_key", check_icc_key) > 0);
}

static void check_session_key(const json_t *in, const json_t *expected, const char *name)
{
    uint8_t mk[BANK_KEY], r[BANK_BLOCK], sk[BANK_KEY];
    (void)name;
    if (strcmp(row_text(in, "method"), "EMV CSK") != 0)
        return;
    row_hex(in, "icc_mk", mk, sizeof mk);
    assert_int_equal(row_hex(in, "r", r, sizeof r), BANK_BLOCK);
    assert_true(bank_session_key(mk, r, sk));
    hex_is(sk, sizeof sk, row_text(expected, "sk"));
}

static void common_session_keys_of_the_vector_file_are_derived(void **state)
{
    (void)state;
    assert_true(rows_each("session_key", check_session_key) > 0);
}

static size_t data_of(const json_t *in, uint8_t *out)
{
    size_t i, len = 0;
    const json_t *field;
    if (json_object_get(in, "data"))
        return row_hex(in, "data", out, ROW_MAX);
    json_array_foreach(json_object_get(in, "fields"), i, field)
    {
        ssize_t n = hs_hex_read(json_string_value(json_array_get(field, 1)), out + len, ROW_MAX - len);
        assert_true(n >= 0);
        len += (size_t)n;
    }
    return len;
}

static void check_mac(const json_t *in, const char *key_name, const char *expected)
{
    uint8_t key[BANK_KEY], data[ROW_MAX], mac[BANK_BLOCK];
    int padding = (int)json_integer_value(json_object_get(in, "padding_method"));
    if (padding != BANK_PADDING_1 && padding != BANK_PADDING_2)
        return;
    row_hex(in, key_name, key, sizeof key);
    size_t len = data_of(in, data);
    assert_true(bank_mac3(key, data, len, padding == 1 ? BANK_PADDING_1 : BANK_PADDING_2, mac));
    hex_is(mac, strlen(expected) / 2, expected);
}

static void check_ac(const json_t *in, const json_t *expected, const char *name)
{
    (void)name;
    check_mac(in, "sk", row_text(expected, "ac"));
}

static void check_mac_alg3(const json_t *in, const json_t *expected, const char *name)
{
    (void)name;
    check_mac(in, "key", row_text(expected, "mac"));
}

static void application_cryptograms_of_the_vector_file_are_computed(void **state)
{
    (void)state;
    assert_true(rows_each("application_cryptogram", check_ac) > 0);
}

static void macs_of_the_vector_file_are_computed(void **state)
{
    (void)state;
    assert_true(rows_each("mac_alg3", check_mac_alg3) > 0);
}

static void check_arpc(const json_t *in, const json_t *expected, const char *name)
{
    uint8_t key[BANK_KEY], arqc[BANK_BLOCK], arc[BANK_ARC], tail[BANK_CSU + BANK_MAX_PROPRIETARY],
        out[BANK_BLOCK];
    (void)name;
    row_hex(in, "arqc", arqc, sizeof arqc);
    if (json_integer_value(json_object_get(in, "method")) == 1) {
        row_hex(in, "key", key, sizeof key);
        row_hex(in, "arc", arc, sizeof arc);
        assert_true(bank_arpc1(key, arqc, arc, out));
        hex_is(out, BANK_BLOCK, row_text(expected, "arpc"));
        return;
    }
    row_hex(in, "sk", key, sizeof key);
    size_t len = row_hex(in, "csu", tail, BANK_CSU);
    len += row_hex(in, "proprietary_auth_data", tail + len, BANK_MAX_PROPRIETARY);
    assert_true(bank_arpc2(key, arqc, tail, len, out));
    hex_is(out, BANK_ARPC2, row_text(expected, "arpc"));
}

static void arpcs_of_the_vector_file_are_computed(void **state)
{
    (void)state;
    assert_true(rows_each("arpc", check_arpc) > 0);
}

/* Transaction and keys of the CVN 18 test of pyemv (tests/test_ac_hsm.py, Visa CVN 18). */
static json_t *cvn18_transaction(void)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "5A", "1234567890123456",
                     "5F34", "00", "9F02", "000000004000", "9F03", "000000000000", "9F1A", "0124", "95",
                     "8000048000", "5F2A", "0124", "9A", "191105", "9C", "01", "9F37", "52BF4585", "82",
                     "1800", "9F36", "001C", "9F10", "06011203A0B800", "9F26", "7A788EA6B8A3E733");
}

static void judge(json_t *transaction, struct bank_verdict *v)
{
    uint8_t imk[BANK_KEY];
    assert_int_equal(hs_hex_read("0123456789ABCDEFFEDCBA9876543210", imk, sizeof imk), BANK_KEY);
    bank_verify(imk, transaction, v);
    json_decref(transaction);
}

static void the_published_cvn_18_transaction_is_right(void **state)
{
    struct bank_verdict v;
    (void)state;
    judge(cvn18_transaction(), &v);
    assert_true(v.right);
    assert_null(v.why);
    assert_int_equal(v.atc, 0x1C);
    assert_int_equal(v.dki, 1);
    assert_int_equal(v.option, BANK_OPTION_A);
}

static void every_changed_value_makes_the_transaction_wrong(void **state)
{
    static const char *const tags[] = {"9F02", "9F03", "9F1A", "95",   "5F2A", "9A", "9C",
                                       "9F37", "82",   "9F36", "9F10", "9F26", "5A", "5F34"};
    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct bank_verdict v;
        char text[64];
        json_t *t = cvn18_transaction();
        snprintf(text, sizeof text, "%s", row_text(t, tags[i]));
        char *last = text + strlen(text) - 1;
        *last = *last == '1' ? '2' : '1';
        json_object_set_new(t, tags[i], json_string(text));
        judge(t, &v);
        assert_false(v.right);
        assert_string_equal(v.why, "the ARQC is wrong");
    }
}

static void a_transaction_without_a_needed_value_is_refused(void **state)
{
    static const char *const tags[] = {"9F02", "95", "9F37", "9F36", "9F10", "9F26", "5A"};
    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct bank_verdict v;
        json_t *t = cvn18_transaction();
        json_object_del(t, tags[i]);
        judge(t, &v);
        assert_false(v.right);
        assert_string_not_equal(v.why, "the ARQC is wrong");
    }
}

static void another_cryptogram_version_is_refused(void **state)
{
    struct bank_verdict v;
    json_t *t = cvn18_transaction();
    (void)state;
    json_object_set_new(t, "9F10", json_string("06010B03A0B800"));
    judge(t, &v);
    assert_false(v.right);
    assert_string_equal(v.why,
                        "the issuer application data (9F10) are missing, or of no scheme that is known here");
}

/* Option B, its hash and the ATC of the set that pyemv computes for an 18 digit number. */
static void a_long_card_number_takes_option_b(void **state)
{
    struct bank_verdict v;
    json_t *t = cvn18_transaction();
    (void)state;
    json_object_set_new(t, "5A", json_string("000000000000000005"));
    json_object_set_new(t, "5F34", json_string("23"));
    json_object_set_new(t, "9F26", json_string("8CAD6F2489C640B1"));
    judge(t, &v);
    assert_true(v.right);
    assert_int_equal(v.option, BANK_OPTION_B);
}

static void numbers_and_sequences_of_a_wrong_form_are_refused(void **state)
{
    uint8_t imk[BANK_KEY] = {1}, mk[BANK_KEY];
    (void)state;
    assert_false(bank_icc_key(BANK_OPTION_A, imk, "", "00", mk));
    assert_false(bank_icc_key(BANK_OPTION_A, imk, "12345678901234567890", "00", mk));
    assert_false(bank_icc_key(BANK_OPTION_A, imk, "12345678A", "00", mk));
    assert_false(bank_icc_key(BANK_OPTION_A, imk, "123456789", "1", mk));
    assert_false(bank_icc_key(BANK_OPTION_A, imk, "123456789", "0A", mk));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(icc_master_keys_of_the_vector_file_are_derived),
        cmocka_unit_test(common_session_keys_of_the_vector_file_are_derived),
        cmocka_unit_test(application_cryptograms_of_the_vector_file_are_computed),
        cmocka_unit_test(macs_of_the_vector_file_are_computed),
        cmocka_unit_test(arpcs_of_the_vector_file_are_computed),
        cmocka_unit_test(the_published_cvn_18_transaction_is_right),
        cmocka_unit_test(every_changed_value_makes_the_transaction_wrong),
        cmocka_unit_test(a_transaction_without_a_needed_value_is_refused),
        cmocka_unit_test(another_cryptogram_version_is_refused),
        cmocka_unit_test(a_long_card_number_takes_option_b),
        cmocka_unit_test(numbers_and_sequences_of_a_wrong_form_are_refused),
    };
    return cmocka_run_group_tests_name("lab bank issuer", tests, NULL, NULL);
}
