/* SPDX-License-Identifier: Apache-2.0 */
/* The demo scheme's applications on the laboratory's card: binding by hash, personalisation, cryptograms, the
 * terminal's commands (EMV Book 3 6.5, EMV CPS 1.1, cryptogram version 18). */
#include "demo.h"
#include "vectors.h"

#include "card/applet/payment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* knovichikhin/pyemv tests/test_cvn_hsm.py test_visa_cvn18: ICC master keys, transaction data, cryptogram. */
#define UDK_1 "154F349D8585CB7F6B0798E9839B10C1"
#define UDK_2 "94F867167C64EF3EEAB0CB627A7A3480"
#define UDK_3 "19296D4CD626859E8AADDF0B2AAB8FEA"
#define CDOL       \
    "000000004000" \
    "000000000000" \
    "0124"         \
    "8000048000"   \
    "0124"         \
    "191105"       \
    "01"           \
    "52BF4585"
#define IAD  "06011203A0B800"
#define ARQC "7A788EA6B8A3E733"
#define ATC  0x1C

#define FCI       "500744454D4F504159"
#define GENERATE  "80AE80001D" CDOL "00"
#define GPO       "80A8000002830000"
#define DIRECTORY "BF0C1A61184F0A" PAY_AID "500444454D4F8701019F2A00"

static const struct demo_card pyemv = {{UDK_1, UDK_2, UDK_3}, FCI, "1800", IAD};

/* The card with the demonstration load file; a session is open. */
static struct desk *with_demo(const char *module, const char *aid)
{
    struct desk *d = desk_new(NULL);

    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    demo_load(d);
    assert_int_equal(demo_install(d, module, aid), 0x9000);
    return d;
}

static void at_terminal(struct desk *d)
{
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x9000);
}

static void a_personalised_card_makes_the_published_cryptogram(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(demo_personalise(d, PAY_AID, &pyemv), 0x9000);
    for (int i = 1; i < ATC; i++)
        at_terminal(d);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_string_equal(d->data, "6F17840A" PAY_AID "A509" FCI);
    assert_int_equal(plain(d, GPO), 0x9000);
    assert_string_equal(d->data, "770A82021800940408010100");
    assert_int_equal(plain(d, "00B2010C00"), 0x9000);
    assert_non_null(strstr(d->data, "8C15" CDOL1));
    assert_int_equal(plain(d, GENERATE), 0x9000);
    assert_string_equal(d->data, "771E9F2701809F3602001C9F2608" ARQC "9F1007" IAD);
    assert_int_equal(plain(d, "80CA9F3600"), 0x9000);
    assert_string_equal(d->data, "9F3602001C");
    assert_int_equal(plain(d, "80CA9F1700"), 0x9000);
    assert_string_equal(d->data, "9F170103");
    desk_free(d);
}

static void keys_may_also_travel_under_the_session_key_of_scp02(void **state)
{
    struct card_config cfg = {.scp = "scp02-i55"};
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = desk_new(&cfg);
    assert_int_equal(open_session(d, 0, 0x03), 0x9000);
    demo_load(d);
    assert_int_equal(demo_install(d, DEMO_PAYMENT, PAY_AID), 0x9000);
    assert_int_equal(demo_personalise(d, PAY_AID, &pyemv), 0x9000);
    assert_int_equal(secure(d, "80F240020C4F0A" PAY_AID "00"), 0x9000);
    assert_non_null(strstr(d->data, "9F70010F"));
    for (int i = 1; i <= ATC; i++)
        at_terminal(d);
    assert_int_equal(plain(d, GENERATE), 0x9000);
    assert_non_null(strstr(d->data, "9F2608" ARQC));
    desk_free(d);
}

static void check_cvn18(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs"), *expected = json_object_get(vector, "expected");
    struct pay_data data = {.udk[UDK_AC] = key_of(expected, "icc_mk_ac", KEY_TYPE_DES)};
    uint8_t cdol[64], iad[32] = {0}, ac[8], wanted[8], atc[2] = {0};
    size_t index, n = 0, len = 0;
    json_t *field;

    json_array_foreach(json_object_get(in, "ac_fields"), index, field)
    {
        const char *tag = json_string_value(json_array_get(field, 0));
        const char *value = json_string_value(json_array_get(field, 1));

        if (strcmp(tag, "82") == 0)
            assert_true(lab_hex_read(value, data.aip, 2, &len));
        else if (strcmp(tag, "9F36") == 0)
            assert_true(lab_hex_read(value, atc, 2, &len));
        else if (strcmp(tag, "9F10") == 0)
            assert_true(lab_hex_read(value, iad, sizeof iad, &data.iad_len));
        else if (lab_hex_read(value, cdol + n, sizeof cdol - n, &len))
            n += len;
    }
    if (n != PAY_CDOL_LEN || payment_scheme(iad, data.iad_len) == NULL)
        return;
    assert_true(payment_cryptogram(&data, cdol, (uint16_t)lab_number(atc, 2), iad, ac));
    assert_int_equal(bytes_of(expected, "arqc", wanted, sizeof wanted), 8);
    assert_memory_equal(ac, wanted, 8);
}

static void published_cryptograms_of_version_18_are_met(void **state)
{
    json_t *file = vectors_load("vectors-payments.json");

    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "cvn_profile", check_cvn18) > 0);
    json_decref(file);
}

static void without_personalisation_only_selection_works(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_string_equal(d->data, "6F0E840A" PAY_AID "A500");
    assert_int_equal(plain(d, GPO), 0x6985);
    assert_int_equal(plain(d, "00B2010C00"), 0x6985);
    assert_int_equal(plain(d, GENERATE), 0x6985);
    assert_int_equal(plain(d, "80CA9F3600"), 0x6985);
    assert_int_equal(plain(d, "80E2800000"), 0x6D00);
    desk_free(d);
}

static void the_terminals_commands_are_checked(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(demo_personalise(d, PAY_AID, &pyemv), 0x9000);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GENERATE), 0x6985);
    assert_int_equal(plain(d, "80A80000038301FF00"), 0x6A80);
    assert_int_equal(plain(d, "80A8000000"), 0x6A80);
    assert_int_equal(plain(d, "00A8000002830000"), 0x6E00);
    assert_int_equal(plain(d, GPO), 0x9000);
    assert_int_equal(plain(d, "00B2020C00"), 0x6A83);
    assert_int_equal(plain(d, "00B2010800"), 0x6A86);
    assert_int_equal(plain(d, "80AE80001C0000000040000000000000000124800004800001241911050152BF4500"),
                     0x6700);
    assert_int_equal(plain(d, "80AEC0001D" CDOL "00"), 0x6A86);
    assert_int_equal(plain(d, "80AE00001D" CDOL "00"), 0x9000);
    assert_non_null(strstr(d->data, "9F270100"));
    assert_non_null(strstr(d->data, "9F10070601120380B800"));
    assert_int_equal(plain(d, GENERATE), 0x6985);
    assert_int_equal(plain(d, "80CA9F1300"), 0x6A88);
    desk_free(d);
}

static void the_pdol_is_answered_with_its_length(void **state)
{
    struct demo_card card = pyemv;
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    card.fci = FCI "9F38069F66049F0206";
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(demo_personalise(d, PAY_AID, &card), 0x9000);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x6A80);
    assert_int_equal(plain(d, "80A800000C830A0000000000000000000000"), 0x9000);
    desk_free(d);
}

static void a_run_that_misses_something_leaves_the_application_as_it_was(void **state)
{
    struct install target = {"", "", PAY_AID, "", ""};
    struct demo_card wrong_version = pyemv;
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(install(d, 0x20, &target), 0x9000);
    assert_int_equal(demo_store(d, 0x80, 0, dgi("9102", FCI)), 0x6985);
    assert_int_equal(demo_store(d, 0x00, 0, dgi("7777", "00")), 0x6A88);
    assert_int_equal(demo_store(d, 0x00, 0, dgi("0101", "71020000")), 0x6A80);
    assert_int_equal(demo_store(d, 0x00, 0, "9102"), 0x6A80);
    assert_int_equal(demo_store(d, 0x80, 0, "9102095007"), 0x6A80);
    assert_int_equal(demo_store(d, 0x00, 0, dgi("8000", UDK_1 UDK_2 UDK_3)), 0x6A80);
    assert_int_equal(demo_store(d, 0x00, 1, dgi("9102", FCI)), 0x6A86);
    wrong_version.iad = "06010B03A0B800";
    assert_int_equal(demo_personalise(d, PAY_AID, &wrong_version), 0x6A80);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x6985);
    desk_free(d);
}

static void a_wrong_check_value_of_the_keys_is_refused(void **state)
{
    struct install target = {"", "", PAY_AID, "", ""};
    struct desk *d;
    char cipher[256];

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(install(d, 0x20, &target), 0x9000);
    assert_int_equal(demo_store(d, 0x00, 0, dgi("9000", "010203040506070809")), 0x9000);
    under_dek(d, UDK_1 UDK_2 UDK_3, cipher);
    assert_int_equal(demo_store(d, 0x60, 1, dgi("8000", cipher)), 0x6982);
    assert_int_equal(demo_personalise(d, PAY_AID, &pyemv), 0x9000);
    desk_free(d);
}

static void a_group_may_span_commands_in_one_kind_of_encryption(void **state)
{
    struct install target = {"", "", PAY_AID, "", ""};
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(install(d, 0x20, &target), 0x9000);
    assert_int_equal(demo_store(d, 0x00, 0, "9102095007"), 0x9000);
    assert_int_equal(demo_store(d, 0x00, 1, "44454D4F5041599010"), 0x6A80); /* a head must not be cut */
    assert_int_equal(demo_store(d, 0x00, 0, "9102095007"), 0x9000);
    assert_int_equal(demo_store(d, 0x60, 1, "44454D4F504159"), 0x6A80);
    desk_free(d);
}

static void deleting_and_locking_take_the_card_from_the_terminal(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PAYMENT, PAY_AID);
    assert_int_equal(demo_personalise(d, PAY_AID, &pyemv), 0x9000);
    assert_int_equal(secure(d, "80F040800A" PAY_AID), 0x9000);
    assert_int_equal(select_aid(d, PAY_AID), 0x6A82);
    assert_int_equal(secure(d, "80F040000A" PAY_AID), 0x9000);
    at_terminal(d);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80E400000C4F0A" PAY_AID "00"), 0x9000);
    assert_int_equal(select_aid(d, PAY_AID), 0x6A82);
    desk_free(d);
}

static void the_directory_is_empty_then_personalised_then_replaced(void **state)
{
    struct install target = {"", "", PPSE_AID, "", ""};
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = with_demo(DEMO_PPSE, PPSE_AID);
    assert_int_equal(select_aid(d, PPSE_AID), 0x9000);
    assert_string_equal(d->data, "6F15840E" PPSE_AID "A503BF0C00");
    assert_int_equal(plain(d, GPO), 0x6D00);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(open_session(d, 0, 0x33), 0x9000);
        assert_int_equal(install(d, 0x20, &target), 0x9000);
        assert_int_equal(demo_store(d, 0x80, 0, dgi("9102", round == 0 ? DIRECTORY : "A503BF0C00")), 0x9000);
        assert_int_equal(select_aid(d, PPSE_AID), 0x9000);
        assert_string_equal(d->data, round == 0 ? "6F2F840E" PPSE_AID "A51D" DIRECTORY
                                                : "6F15840E" PPSE_AID "A503BF0C00");
        assert_int_equal(select_aid(d, ISD), 0x9000);
    }
    desk_free(d);
}

static void a_load_file_with_another_hash_gets_no_behaviour(void **state)
{
    struct install load = {DEMO_PACKAGE, "", "", "", ""};
    struct desk *d = desk_new(NULL);

    (void)state;
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(install(d, 0x02, &load), 0x9000);
    assert_int_equal(
        secure(d, "80E8800025C423010011DECAFFED010204000107" DEMO_PACKAGE "03000C0108" DEMO_PAYMENT "001000"),
        0x9000);
    assert_int_equal(demo_install(d, DEMO_PAYMENT, PAY_AID), 0x9000);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_string_equal(d->data, "");
    assert_int_equal(plain(d, GPO), 0x6D00);
    desk_free(d);
}

static void a_load_file_with_its_descriptor_behaves_alike(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = desk_new(NULL);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    demo_load_described(d);
    assert_int_equal(demo_install(d, DEMO_PPSE, PPSE_AID), 0x9000);
    assert_int_equal(select_aid(d, PPSE_AID), 0x9000);
    assert_string_equal(d->data, "6F15840E" PPSE_AID "A503BF0C00");
    desk_free(d);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_personalised_card_makes_the_published_cryptogram),
        cmocka_unit_test(keys_may_also_travel_under_the_session_key_of_scp02),
        cmocka_unit_test(published_cryptograms_of_version_18_are_met),
        cmocka_unit_test(without_personalisation_only_selection_works),
        cmocka_unit_test(the_terminals_commands_are_checked),
        cmocka_unit_test(the_pdol_is_answered_with_its_length),
        cmocka_unit_test(a_run_that_misses_something_leaves_the_application_as_it_was),
        cmocka_unit_test(a_wrong_check_value_of_the_keys_is_refused),
        cmocka_unit_test(a_group_may_span_commands_in_one_kind_of_encryption),
        cmocka_unit_test(deleting_and_locking_take_the_card_from_the_terminal),
        cmocka_unit_test(the_directory_is_empty_then_personalised_then_replaced),
        cmocka_unit_test(a_load_file_with_another_hash_gets_no_behaviour),
        cmocka_unit_test(a_load_file_with_its_descriptor_behaves_alike),
    };

    demo_cap_path = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests_name("lab card: demo scheme", tests, NULL, NULL);
}
