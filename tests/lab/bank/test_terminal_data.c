/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's readers: BER-TLV, data object lists, application file locators, and its checks on records.
 */
#include "terminal/checks.h"
#include "terminal/data/afl.h"
#include "terminal/data/dol.h"

#include "handset/hex.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct term_bytes bytes_of(const char *hex, uint8_t *buffer)
{
    ssize_t n = hs_hex_read(hex, buffer, ROW_MAX);
    assert_true(n >= 0);
    return (struct term_bytes){buffer, (size_t)n};
}

static void check_tlv_decode(const json_t *in, const json_t *expected, const char *name)
{
    uint8_t buffer[ROW_MAX];
    char tag[16], value[ROW_MAX];
    struct term_tlv object;
    struct term_bytes all = bytes_of(row_text(in, "tlv"), buffer);
    (void)name;
    assert_int_equal(term_tlv_next(&all, &object), TERM_GOT);
    snprintf(tag, sizeof tag, "%X", (unsigned)object.tag);
    assert_string_equal(tag, row_text(expected, "tag"));
    hs_hex_write(object.value, object.len, value);
    assert_string_equal(value, row_text(expected, "value"));
    assert_int_equal(term_tlv_next(&all, &object), TERM_END);
}

static void tlv_objects_of_the_vector_file_are_read(void **state)
{
    (void)state;
    assert_true(rows_each("tlv_decode", check_tlv_decode) > 0);
}

static void check_tlv_reject(const json_t *in, const json_t *expected, const char *name)
{
    uint8_t buffer[ROW_MAX];
    (void)expected;
    (void)name;
    assert_false(term_tlv_valid(bytes_of(row_text(in, "tlv"), buffer)));
}

static void malformed_tlv_of_the_vector_file_is_refused(void **state)
{
    (void)state;
    assert_true(rows_each("tlv_reject", check_tlv_reject) > 0);
}

/* EMV Book 3 Annex B: no indefinite length, tags of three bytes at most; own limits on lengths and depth. */
static void forms_that_emv_forbids_are_refused(void **state)
{
    static const char *const bad[] = {"9C80", "9F818182010F", "9C850000000001FF", "9C84FFFFFFFF00"};
    uint8_t buffer[ROW_MAX], nested[2 * (TERM_MAX_DEPTH + 2)];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(term_tlv_valid(bytes_of(bad[i], buffer)));
    for (size_t i = 0; i < sizeof nested; i += 2) {
        nested[i] = 0x70;
        nested[i + 1] = (uint8_t)(sizeof nested - i - 2);
    }
    assert_false(term_tlv_valid((struct term_bytes){nested, sizeof nested}));
    assert_true(term_tlv_valid((struct term_bytes){nested + 4, sizeof nested - 4}));
}

/* Answer to SELECT PPSE of emv-card-simulator (ProximityPaymentSystemEnvironmentTest.java). */
static void no_prefix_of_a_template_is_taken_for_the_whole(void **state)
{
    uint8_t buffer[ROW_MAX];
    struct term_bytes all =
        bytes_of("6F36840E325041592E5359532E4444463031A524BF0C21611F4F07AFFFFFFFFF1234500D565"
                 "3534120454C454354524F4E8701019F2A0103",
                 buffer);
    (void)state;
    assert_true(term_tlv_valid(all));
    for (size_t n = 1; n < all.len; n++) {
        uint8_t *cut = malloc(n); /* its own block, so that a read behind the end is seen */
        assert_non_null(cut);
        memcpy(cut, buffer, n);
        assert_false(term_tlv_valid((struct term_bytes){cut, n}));
        free(cut);
    }
}

static void fill_store(const json_t *data, struct term_store *s)
{
    const char *tag;
    json_t *value;
    *s = (struct term_store){0};
    json_object_foreach((json_t *)data, tag, value)
    {
        uint8_t buffer[ROW_MAX];
        struct term_bytes v = bytes_of(json_string_value(value), buffer);
        assert_true(term_set(s, (uint32_t)strtoul(tag, NULL, 16), v.at, v.len));
    }
}

static void check_dol_build(const json_t *in, const json_t *expected, const char *name)
{
    static struct term_store s;
    uint8_t buffer[ROW_MAX], out[ROW_MAX];
    char text[2 * ROW_MAX + 1];
    size_t len;
    (void)name;
    fill_store(json_object_get(in, "data"), &s);
    assert_true(term_dol_build(bytes_of(row_text(in, "dol"), buffer), &s, out, sizeof out, &len));
    hs_hex_write(out, len, text);
    assert_string_equal(text, row_text(expected, "data"));
}

static void data_for_the_lists_of_the_vector_file_is_built(void **state)
{
    (void)state;
    assert_true(rows_each("dol_build", check_dol_build) > 0);
}

static void check_dol_parse(const json_t *in, const json_t *expected, const char *name)
{
    uint8_t buffer[ROW_MAX];
    struct term_bytes dol = bytes_of(row_text(in, "dol"), buffer);
    const json_t *entries = json_object_get(expected, "entries");
    uint32_t tag;
    size_t len, n = 0;
    (void)name;
    while (term_dol_next(&dol, &tag, &len) == TERM_GOT) {
        const json_t *entry = json_array_get(entries, n++);
        assert_int_equal(tag, strtoul(json_string_value(json_array_get(entry, 0)), NULL, 16));
        assert_int_equal(len, json_integer_value(json_array_get(entry, 1)));
    }
    assert_int_equal(n, json_array_size(entries));
}

static void check_dol_reject(const json_t *in, const json_t *expected, const char *name)
{
    static struct term_store s;
    uint8_t buffer[ROW_MAX], out[ROW_MAX];
    size_t len;
    (void)expected;
    (void)name;
    assert_false(term_dol_build(bytes_of(row_text(in, "dol"), buffer), &s, out, sizeof out, &len));
}

static void the_list_of_the_vector_file_is_read(void **state)
{
    (void)state;
    assert_true(rows_each("dol_parse", check_dol_parse) > 0);
}

static void malformed_lists_of_the_vector_file_are_refused(void **state)
{
    (void)state;
    assert_true(rows_each("dol_reject", check_dol_reject) > 0);
}

static void a_list_asking_for_more_than_fits_is_refused(void **state)
{
    static struct term_store s;
    uint8_t buffer[ROW_MAX], out[TERM_MAX_DOL_DATA];
    size_t len;
    (void)state;
    assert_true(term_dol_build(bytes_of("9F37FC", buffer), &s, out, sizeof out, &len));
    assert_int_equal(len, TERM_MAX_DOL_DATA);
    assert_false(term_dol_build(bytes_of("9F37FC9C01", buffer), &s, out, sizeof out, &len));
    assert_false(term_dol_build(bytes_of("9F37FD", buffer), &s, out, sizeof out, &len));
}

static bool afl_is_good(const char *hex, struct term_afl_entry *entries, size_t *count)
{
    uint8_t buffer[ROW_MAX];
    struct term_bytes afl = bytes_of(hex, buffer);
    enum term_read r;
    *count = 0;
    while ((r = term_afl_next(&afl, &entries[*count])) == TERM_GOT)
        ++*count;
    return r == TERM_END;
}

static void check_afl(const json_t *in, const json_t *expected, const char *name)
{
    struct term_afl_entry entries[ROW_MAX / 4];
    const json_t *rows = json_object_get(expected, "entries");
    size_t count;
    bool good = afl_is_good(row_text(in, "afl"), entries, &count);
    (void)name;
    assert_int_equal(good, !json_is_true(json_object_get(expected, "reject")));
    for (size_t i = 0; good && i < count; i++) {
        const json_t *row = json_array_get(rows, i);
        assert_int_equal(entries[i].sfi, json_integer_value(json_object_get(row, "sfi")));
        assert_int_equal(entries[i].first, json_integer_value(json_object_get(row, "first")));
        assert_int_equal(entries[i].last, json_integer_value(json_object_get(row, "last")));
        assert_int_equal(entries[i].oda_records, json_integer_value(json_object_get(row, "oda_records")));
    }
    assert_int_equal(good ? count : 0, json_array_size(rows));
}

static void file_locators_of_the_vector_file_are_judged(void **state)
{
    (void)state;
    assert_true(rows_each("afl", check_afl) > 0);
}

/* EMV Book 3 10.2: low bits of the SFI byte, SFI 0 and 31, record 0, order, count, length. */
static void locators_that_break_a_rule_are_refused(void **state)
{
    static const char *const bad[] = {"09010100", "00010100", "F8010100", "08000100",
                                      "08020100", "08010102", "080101",   "0801010008"};
    struct term_afl_entry entries[4];
    size_t count;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(afl_is_good(bad[i], entries, &count));
    assert_true(afl_is_good("08010202F0FFFF01", entries, &count));
    assert_int_equal(count, 2);
}

static void the_check_digit_tells_right_numbers_from_wrong_ones(void **state)
{
    (void)state;
    assert_true(term_luhn("5413330089010434"));
    assert_true(term_luhn("5413330089020011"));
    assert_true(term_luhn("4761739001010119"));
    assert_false(term_luhn("5413330089010435"));
    assert_false(term_luhn("5413330089101434"));
    assert_false(term_luhn("00000000000"));
    assert_false(term_luhn("54133300890104A4"));
}

static void only_the_ends_of_a_card_number_are_shown(void **state)
{
    char shown[TERM_PAN_TEXT];
    (void)state;
    term_mask_pan("5413330089010434", shown);
    assert_string_equal(shown, "541333******0434");
    term_mask_pan("123456789012", shown);
    assert_string_equal(shown, "123456**9012");
}

struct record_case {
    const char *pan, *track2, *expiry, *today;
    bool good;
};

static const char *judge_record(const struct record_case *c, struct term_store *s)
{
    uint8_t buffer[ROW_MAX], today[TERM_DATE];
    *s = (struct term_store){0};
    struct term_bytes v = bytes_of(c->pan, buffer);
    term_set(s, 0x5A, v.at, v.len);
    v = bytes_of(c->expiry, buffer);
    term_set(s, 0x5F24, v.at, v.len);
    v = bytes_of(c->track2, buffer);
    if (v.len > 0)
        term_set(s, 0x57, v.at, v.len);
    hs_hex_read(c->today, today, sizeof today);
    return term_check_records(s, today);
}

static void records_are_judged_by_number_dates_and_track_2(void **state)
{
    static const struct record_case cases[] = {
        {"5413330089010434", "5413330089010434D301220100000000", "301231", "261122", true},
        {"5413330089010434", "", "301231", "261122", true},
        {"5413330089010434", "", "261122", "261122", true},
        {"5413330089010434", "", "261121", "261122", false},
        {"5413330089010434", "", "991231", "261122", false},
        {"5413330089010435", "", "301231", "261122", false},
        {"541333008901", "", "301231", "261122", false},
        {"54133300890A0434", "", "301231", "261122", false},
        {"5413330089010434", "", "3012", "261122", false},
        {"5413330089010434", "5413330089020011D301220100000000", "301231", "261122", false},
        {"5413330089010434", "5413330089010434D311220100000000", "301231", "261122", false},
        {"5413330089010434", "5413330089010434", "301231", "261122", false},
        {"5413330089010434", "5413330089010434D301", "301231", "261122", false},
    };
    static struct term_store s;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(judge_record(&cases[i], &s) == NULL, cases[i].good);
}

static void a_store_takes_each_object_once_and_no_more_than_it_holds(void **state)
{
    static struct term_store s;
    uint8_t big[TERM_MAX_VALUE + 1] = {0};
    (void)state;
    assert_true(term_add(&s, 0x5A, big, TERM_MAX_VALUE));
    assert_false(term_add(&s, 0x5A, big, 1));
    assert_false(term_add(&s, 0x57, big, sizeof big));
    for (uint32_t tag = 0x9F01; s.count < TERM_MAX_OBJECTS; tag++)
        assert_true(term_add(&s, tag, big, 1));
    assert_false(term_add(&s, 0x57, big, 1));
    assert_true(term_set(&s, 0x5A, big, 2));
    assert_int_equal(term_get(&s, 0x5A)->len, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tlv_objects_of_the_vector_file_are_read),
        cmocka_unit_test(malformed_tlv_of_the_vector_file_is_refused),
        cmocka_unit_test(forms_that_emv_forbids_are_refused),
        cmocka_unit_test(no_prefix_of_a_template_is_taken_for_the_whole),
        cmocka_unit_test(data_for_the_lists_of_the_vector_file_is_built),
        cmocka_unit_test(the_list_of_the_vector_file_is_read),
        cmocka_unit_test(malformed_lists_of_the_vector_file_are_refused),
        cmocka_unit_test(a_list_asking_for_more_than_fits_is_refused),
        cmocka_unit_test(file_locators_of_the_vector_file_are_judged),
        cmocka_unit_test(locators_that_break_a_rule_are_refused),
        cmocka_unit_test(the_check_digit_tells_right_numbers_from_wrong_ones),
        cmocka_unit_test(only_the_ends_of_a_card_number_are_shown),
        cmocka_unit_test(records_are_judged_by_number_dates_and_track_2),
        cmocka_unit_test(a_store_takes_each_object_once_and_no_more_than_it_holds),
    };
    return cmocka_run_group_tests_name("lab terminal data", tests, NULL, NULL);
}
