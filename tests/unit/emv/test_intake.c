/* SPDX-License-Identifier: Apache-2.0 */
/* Card records: what is taken, what is refused by which name, and that no card number is ever shown. Unit
 * test of emv/perso. [ISO 7812, ISO 7813] */
#include "emv/perso/intake.h"

#include <stdio.h>
#include <string.h>

#include "../vectors.h"

#define PAN "5413330089010434"

static const char good[] = "{\"pan\":\"" PAN "\",\"psn\":\"01\",\"expiry\":\"3012\",\"effective\":\"2611\","
                           "\"service_code\":\"201\",\"cardholder\":\"DEMO/CUSTOMER\",\"card_ref\":\"c-1\"}";

static void a_record_is_read(void **state)
{
    CARD_RECORD c;
    (void)state;
    assert_ok(card_record_read(bytes_of_text(good), &c));
    assert_string_equal(c.pan, PAN);
    assert_string_equal(c.psn, "01");
    assert_string_equal(c.expiry, "3012");
    assert_string_equal(c.effective, "2611");
    assert_string_equal(c.service_code, "201");
    assert_string_equal(c.cardholder, "DEMO/CUSTOMER");
    assert_string_equal(c.card_ref, "c-1");
}

static void sequence_number_and_reference_may_be_missing(void **state)
{
    CARD_RECORD c;
    (void)state;
    assert_ok(
        card_record_read(bytes_of_text("{\"pan\":\"" PAN "\",\"expiry\":\"3012\",\"effective\":\"2611\","
                                       "\"service_code\":\"201\",\"cardholder\":\"A/B\"}"),
                         &c));
    assert_string_equal(c.psn, "00");
    assert_string_equal(c.card_ref, "");
}

/* The good record with one member's value replaced; NULL leaves the member out. */
static enum tsm_err with(const char *member, const char *value)
{
    CARD_RECORD c = {.pan = ""};
    json_t *o = json_loads(good, 0, NULL);
    char *text;
    enum tsm_err e;
    if (value)
        json_object_set_new(o, member, json_string(value));
    else
        json_object_del(o, member);
    text = json_dumps(o, JSON_COMPACT);
    err_clear();
    e = card_record_read(bytes_of_text(text), &c);
    assert_string_equal(c.pan, e == TSM_OK ? json_string_value(json_object_get(o, "pan")) : "");
    free(text);
    json_decref(o);
    return e;
}

static void expect(const char *member, const char *value, enum tsm_err want)
{
    assert_err(with(member, value), want);
    if (want == TSM_OK)
        return;
    assert_string_equal(err_field(), member);
    assert_null(strstr(err_cause(), PAN));
    if (value && strlen(value) > 3)
        assert_null(strstr(err_cause(), value));
}

static void each_wrong_field_is_named(void **state)
{
    (void)state;
    expect("pan", "5413330089010435", TSM_BAD_VALUE); /* check digit */
    expect("pan", "54133300890105", TSM_BAD_VALUE);
    expect("pan", "41111111111", TSM_BAD_LENGTH);
    expect("pan", "41111111111111111111", TSM_BAD_LENGTH);
    expect("pan", "541333008901043A", TSM_BAD_FORM);
    expect("pan", NULL, TSM_MISSING_FIELD);
    expect("psn", "1", TSM_BAD_LENGTH);
    expect("psn", "A1", TSM_BAD_FORM);
    expect("expiry", "3013", TSM_BAD_VALUE);
    expect("expiry", "3000", TSM_BAD_VALUE);
    expect("expiry", "30-1", TSM_BAD_FORM);
    expect("expiry", "30125", TSM_BAD_LENGTH);
    expect("expiry", NULL, TSM_MISSING_FIELD);
    expect("effective", "2613", TSM_BAD_VALUE);
    expect("effective", "3101", TSM_BAD_VALUE); /* after expiry */
    expect("effective", NULL, TSM_MISSING_FIELD);
    expect("service_code", "20", TSM_BAD_LENGTH);
    expect("service_code", "2O1", TSM_BAD_FORM);
    expect("cardholder", "A", TSM_BAD_LENGTH);
    expect("cardholder", "ABCDEFGHIJKLMNOPQRSTUVWXYZ/", TSM_BAD_LENGTH);
    expect("cardholder", "lower/case", TSM_BAD_VALUE);
    expect("cardholder", "A^B", TSM_BAD_VALUE);
    expect("cardholder", NULL, TSM_MISSING_FIELD);
}

static void the_shortest_and_longest_card_numbers_are_taken(void **state)
{
    (void)state;
    expect("pan", "123456789015", TSM_OK);
    expect("pan", "1234567890123456785", TSM_OK);
}

static void a_misplaced_card_number_is_not_shown(void **state)
{
    CARD_RECORD c;
    (void)state;
    assert_err(card_record_read(bytes_of_text("{\"" PAN "\":\"pan\"}"), &c), TSM_UNKNOWN_FIELD);
    assert_null(strstr(err_cause(), PAN));
    assert_null(strstr(err_field(), PAN));
    assert_err(card_record_read(bytes_of_text("{\"pan\":" PAN "}x"), &c), TSM_BAD_FORM);
    assert_null(strstr(err_cause(), PAN));
    assert_err(card_record_read(bytes_of_text("{\"pan\":" PAN "}"), &c), TSM_BAD_VALUE);
    assert_null(strstr(err_cause(), PAN));
}

static void what_is_no_object_is_refused(void **state)
{
    static char big[CARD_RECORD_JSON_MAX + 2];
    CARD_RECORD c;
    (void)state;
    memset(big, ' ', sizeof big - 1);
    assert_err(card_record_read(bytes_of_text("[]"), &c), TSM_BAD_FORM);
    assert_err(card_record_read(bytes_of_text(""), &c), TSM_BAD_FORM);
    assert_err(card_record_read(bytes_of_text("{\"pan\":\"1\",\"pan\":\"1\"}"), &c), TSM_BAD_FORM);
    assert_err(card_record_read(bytes_of_text(big), &c), TSM_TOO_LONG);
    for (size_t n = 0; n < sizeof good - 1; n++)
        assert_int_not_equal(card_record_read(BYTES_OF((const uint8_t *)good, n), &c), TSM_OK);
}

static void an_expired_card_is_refused(void **state)
{
    CARD_RECORD c;
    (void)state;
    assert_ok(card_record_read(bytes_of_text(good), &c));
    assert_ok(card_record_current(&c, "3012"));
    assert_err(card_record_current(&c, "3101"), TSM_EXPIRED);
    assert_string_equal(err_field(), "expiry");
    assert_err(card_record_current(&c, "31"), TSM_BAD_FORM);
}

static void a_masked_number_shows_ten_digits_at_most(void **state)
{
    char out[PAN_DIGITS_MAX + 1];
    (void)state;
    assert_string_equal(pan_mask(PAN, out), "541333******0434");
    assert_string_equal(pan_mask("1234567890123456786", out), "123456*********6786");
    assert_string_equal(pan_mask("123456789015", out), "************");
    assert_string_equal(pan_mask("", out), "");
    assert_int_equal(strlen(pan_mask("123456789012345678901234567890", out)), PAN_DIGITS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read),
        cmocka_unit_test(sequence_number_and_reference_may_be_missing),
        cmocka_unit_test(each_wrong_field_is_named),
        cmocka_unit_test(the_shortest_and_longest_card_numbers_are_taken),
        cmocka_unit_test(a_misplaced_card_number_is_not_shown),
        cmocka_unit_test(what_is_no_object_is_refused),
        cmocka_unit_test(an_expired_card_is_refused),
        cmocka_unit_test(a_masked_number_shows_ten_digits_at_most),
    };
    return cmocka_run_group_tests_name("emv/intake", tests, NULL, NULL);
}
