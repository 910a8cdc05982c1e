/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts of the laboratory's card: what they cover, their numbers, the misbehaviours a server must notice
 * (GPCS 2.3.1 9.1.3.6, 11.1.6, C.5). */
#include "office.h"

#include "common/crypto/asym.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN_KEY "606162636465666768696A6B6C6D6E6F"
/* Issuer number 42 and card image number 45 of a factory card. */
#define UNIQUE \
    "9999900F" \
    "4F54534D000100000001"
#define UNIQUE_LEN "0E"

static const char *const app_fields[] = {APP_PACKAGE, APP_MODULE, APP, "00", "C900"};

/* The answer in d->data is a confirmation with this number over these items, by the receipt office. */
static void check_receipt(const struct desk *d, const struct office *o, unsigned number, const char *items)
{
    char confirmation[100], covered[1000], signature[300], whole[1000];
    size_t n;

    snprintf(confirmation, sizeof confirmation, "02%04X" UNIQUE_LEN UNIQUE, number);
    snprintf(covered, sizeof covered, "%s%s", confirmation, items);
    office_sign(o, covered, signature);
    n = strlen(signature) / 2;
    snprintf(whole, sizeof whole, "%02zX%02zX%s%s", 1 + n + strlen(confirmation) / 2, n, signature,
             confirmation);
    assert_string_equal(d->data, whole);
}

static void every_delegated_command_answers_with_a_receipt(void **state)
{
    const char *move[] = {OTHER, "", APP, "", ""};
    const char *update[] = {"", "", APP, "008000", "EF03CF0140"};
    const char *move_by_update[] = {OTHER, "", APP_PACKAGE, "", ""};
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY), r = office_sym(KEY_TYPE_AES, RECEIPT_KEY);
    struct desk *d = delegated(&o, NULL);

    (void)state;
    enter(d, ISD);
    domain_with(d, OTHER, "808000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    check_receipt(d, &r, 0, "05" APP_PACKAGE "07" PROVIDER);
    assert_int_equal(install_token(d, &o, 0x0C, app_fields, 5), 0x9000);
    check_receipt(d, &r, 1, "05" APP_PACKAGE "07" APP);
    assert_int_equal(install_token(d, &o, 0x40, update, 5), 0x9000);
    check_receipt(d, &r, 2,
                  "00"
                  "07" APP "00"
                  "03008000"
                  "05EF03CF0140");
    assert_int_equal(install_token(d, &o, 0x40, move_by_update, 5), 0x6A88); /* only applications */
    assert_int_equal(install_token(d, &o, 0x10, move, 5), 0x9000);
    check_receipt(d, &r, 3, "07" PROVIDER "07" APP "07" OTHER);
    assert_int_equal(delete_token(d, &o, APP_PACKAGE, ""), 0x6985); /* its application belongs to OTHER */
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x6A88);
    enter(d, ISD);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x9000);
    assert_string_equal(d->data, "00");
    enter(d, PROVIDER);
    assert_int_equal(delete_token(d, &o, APP_PACKAGE, "930107"), 0x9000);
    assert_non_null(strstr(d->data, "020004" UNIQUE_LEN UNIQUE "0107"));
    desk_free(d);
}

static void a_move_by_registry_update_names_both_domains(void **state)
{
    const char *update[] = {OTHER, "", APP, "", ""};
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY), r = office_sym(KEY_TYPE_AES, RECEIPT_KEY);
    struct desk *d = delegated(&o, NULL);

    (void)state;
    enter(d, ISD);
    domain_with(d, OTHER, "808000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_int_equal(install_token(d, &o, 0x0C, app_fields, 5), 0x9000);
    assert_int_equal(install_token(d, &o, 0x40, update, 5), 0x9000);
    check_receipt(d, &r, 2,
                  "07" PROVIDER "07" APP "07" OTHER "00"
                  "00");
    desk_free(d);
}

static void the_counter_can_be_read_and_steps_once_a_receipt(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct card_config cfg = {.quirk = "receipts-from-1"};
    struct desk *d = delegated(&o, NULL);

    (void)state;
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_int_equal(install_token(d, &o, 0x0C, app_fields, 5), 0x9000);
    assert_int_equal(install_token(d, &o, 0x0C, app_fields, 5), 0x6985);
    enter(d, ISD);
    assert_int_equal(plain(d, "80CA00C200"), 0x6982);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80CA00C200"), 0x9000);
    assert_string_equal(d->data, "C2020002");
    desk_free(d);
    d = delegated(&o, &cfg);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_non_null(strstr(d->data, "020001" UNIQUE_LEN UNIQUE));
    desk_free(d);
}

static void a_triple_des_key_makes_receipts_of_eight_bytes(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY), r = office_sym(KEY_TYPE_DES, RECEIPT_KEY);
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_office_key(d, &o, 0x70), 0x9000);
    assert_int_equal(put_office_key(d, &r, 0x71), 0x9000);
    domain_with(d, PROVIDER, "A08000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    check_receipt(d, &r, 0, "05" APP_PACKAGE "07" PROVIDER);
    desk_free(d);
}

static void without_a_receipt_key_nothing_is_changed(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct card_config cfg = {.quirk = "no-receipts"};
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_office_key(d, &o, 0x70), 0x9000);
    domain_with(d, PROVIDER, "A08000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x6985);
    assert_int_equal(secure(d, "80F22002074F05" APP_PACKAGE "00"), 0x6A88);
    desk_free(d);
    d = opened(&cfg);
    assert_int_equal(put_office_key(d, &o, 0x70), 0x9000);
    domain_with(d, PROVIDER, "A08000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_string_equal(d->data, "00");
    desk_free(d);
}

static void an_elliptic_curve_key_makes_receipts_that_its_public_half_verifies(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct asym_key public = {.type = KEY_TYPE_ECC_PUBLIC, .len = 65};
    uint8_t receipt[256], covered[200];
    char cipher[200];
    struct desk *d = opened(NULL);
    size_t n, k;

    (void)state;
    /* the private key 1: its point is the generator of P-256 (FIPS 186-4 D.1.2.3) */
    assert_true(lab_hex_read("046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                             "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
                             public.value, sizeof public.value, &n));
    assert_int_equal(put_office_key(d, &o, 0x70), 0x9000);
    under_dek(d, "0000000000000000000000000000000000000000000000000000000000000001", cipher);
    assert_int_equal(secure(d,
                            "80D800012771B120%sF0010000"
                            "00",
                            cipher),
                     0x9000);
    domain_with(d, PROVIDER, "A08000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_true(lab_hex_read(d->data, receipt, sizeof receipt, &n));
    assert_int_equal(receipt[1], 64);
    assert_int_equal(receipt[0], n - 1);
    assert_true(
        lab_hex_read("020000" UNIQUE_LEN UNIQUE "05" APP_PACKAGE "07" PROVIDER, covered, sizeof covered, &k));
    assert_true(asym_verify(&public, covered, k, receipt + 2, 64));
    desk_free(d);
}

static void a_faulty_card_is_one_the_server_must_notice(void **state)
{
    static const struct {
        const char *fault, *has, *lacks;
    } rows[] = {
        {"receipt-missing", "00", UNIQUE},
        {"receipt-wrong", "020000" UNIQUE_LEN UNIQUE, "~"},
        {"receipt-other-card", "0200000E9999900F4F54534D000100000000", UNIQUE},
    };
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct card_config replay = {.fault = "receipt-replay"};
    struct desk *d;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct card_config cfg = {.fault = rows[i].fault};

        d = delegated(&o, &cfg);
        assert_int_equal(load_token(d, &o, ""), 0x9000);
        assert_non_null(strstr(d->data, rows[i].has));
        assert_null(strstr(d->data, rows[i].lacks));
        desk_free(d);
    }
    d = delegated(&o, &replay);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_int_equal(install_token(d, &o, 0x0C, app_fields, 5), 0x9000);
    assert_non_null(strstr(d->data, "020000" UNIQUE_LEN UNIQUE));
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_delegated_command_answers_with_a_receipt),
        cmocka_unit_test(a_move_by_registry_update_names_both_domains),
        cmocka_unit_test(the_counter_can_be_read_and_steps_once_a_receipt),
        cmocka_unit_test(a_triple_des_key_makes_receipts_of_eight_bytes),
        cmocka_unit_test(without_a_receipt_key_nothing_is_changed),
        cmocka_unit_test(an_elliptic_curve_key_makes_receipts_that_its_public_half_verifies),
        cmocka_unit_test(a_faulty_card_is_one_the_server_must_notice),
    };

    return cmocka_run_group_tests_name("lab card: receipts", tests, NULL, NULL);
}
