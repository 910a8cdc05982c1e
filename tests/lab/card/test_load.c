/* SPDX-License-Identifier: Apache-2.0 */
/* Load files on the laboratory's card: blocks, checks, hash, the domain they go to, the memory they take
 * (GPCS 2.3.1 9.3.5, 9.4.1, 9.7, 11.6). */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void load_blocks_may_cut_the_file_anywhere_but_not_change_order(void **state)
{
    static const char file[] = LOAD_FILE;
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    for (unsigned i = 0; 2 * i + 2 < sizeof file; i++)
        assert_int_equal(
            secure(d, "80E8%02X%02X01%.2s00", 2 * i + 3 == sizeof file ? 0x80U : 0U, i, file + 2 * i),
            0x9000);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_int_equal(secure(d, "80E8000001C400"), 0x9000);
    assert_int_equal(secure(d, "80E80002011F00"), 0x6A86);
    assert_int_equal(secure(d, "80E80001011F00"), 0x6985);
    desk_free(d);
}

static void a_partial_load_is_dropped_by_any_other_command(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80E88000" LOAD_LEN LOAD_FILE "00"), 0x6985);
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_int_equal(secure(d, "80E8000002C41F00"), 0x9000);
    assert_int_equal(secure(d, "80CA006600"), 0x9000);
    assert_int_equal(secure(d, "80E88001020100"), 0x6985 /* 6700 would mean the load goes on */);
    desk_free(d);
}

static void malformed_load_files_are_refused(void **state)
{
    static const struct {
        const char *file;
    } rows[] = {
        {"C41E" CAP},                 /* announced too short: data behind the end */
        {"C420" CAP},                 /* announced too long: ends early */
        {LOAD_FILE "00"},             /* a byte behind */
        {"C50101"},                   /* unknown tag */
        {"C481" CAP_LEN CAP},         /* length not in its shortest form */
        {"C412" CAP_HEADER "C40102"}, /* a second block */
        {"C41F02000FDECAFFED010204000105" APP_PACKAGE CAP_APPLET}, /* no header component */
        {"C41F01000FDECAFFED010204000105F041505002" CAP_APPLET},   /* another package */
        {"C41F01000FCAFEBABE010204000105" APP_PACKAGE CAP_APPLET}, /* no CAP file */
        {"C41F" CAP_HEADER "03000A0107" APP_MODULE "0010"},        /* applet AID runs over */
        {"E2034F0100" LOAD_FILE}, /* DAP block without a hash in the request */
    };
    struct desk *d = opened(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(begin_load(d, "", ""), 0x9000);
        if (secure(d, "80E88000%02zX%s00", strlen(rows[i].file) / 2, rows[i].file) != 0x6A80)
            fail_msg("row %zu", i);
    }
    assert_int_equal(secure(d, "80F22002074F05" APP_PACKAGE "00"), 0x6A88);
    desk_free(d);
}

/* A package of the name F04F545351 that imports APP_PACKAGE, in version 1.0, beside javacard.framework. */
#define USER_PACKAGE "F04F545351"
#define USER_HEADER  "01000FDECAFFED010204000105" USER_PACKAGE
#define USER_IMPORT  "04001302000105" APP_PACKAGE "030107A0000000620101"
#define USER_FILE    "C428" USER_HEADER USER_IMPORT

static uint16_t load_user(struct desk *d, const char *file)
{
    assert_int_equal(secure(d, "80E602000A05" USER_PACKAGE "0000000000"), 0x9000);
    return secure(d, "80E88000%02zX%s00", strlen(file) / 2, file);
}

static void what_is_imported_must_be_there_and_stays(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(load_user(d, USER_FILE), 0x6A88); /* before its library */
    assert_int_equal(load_user(d, "C428" USER_HEADER "04001302000109" APP_PACKAGE "030107A0000000620101"),
                     0x6A80); /* an AID that runs over its neighbour */
    load_file(d, "");
    assert_int_equal(load_user(d, USER_FILE), 0x9000);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x6985);
    assert_int_equal(secure(d, "80E40080074F05" USER_PACKAGE "00"), 0x9000);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    desk_free(d);
}

static void the_hash_of_the_load_request_must_match(void **state)
{
    static const size_t sizes[] = {20, 32, 48, 64};
    struct desk *d = opened(NULL);
    uint8_t cap[64], hash[64];
    char hex[129];
    size_t n;

    (void)state;
    assert_true(lab_hex_read(CAP, cap, sizeof cap, &n));
    for (size_t i = 0; i < 4; i++) {
        assert_true(lab_digest(sizes[i], cap, n, hash));
        lab_hex_write(hash, sizes[i], hex);
        assert_int_equal(begin_load(d, "", hex), 0x9000);
        assert_int_equal(secure(d, "80E88000" LOAD_LEN LOAD_FILE "00"), 0x9000);
        assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
        hex[0] = hex[0] == '0' ? '1' : '0';
        assert_int_equal(begin_load(d, "", hex), 0x9000);
        assert_int_equal(secure(d, "80E88000" LOAD_LEN LOAD_FILE "00"), 0x6A80);
    }
    assert_int_equal(begin_load(d, "", "0102"), 0x6A80);
    desk_free(d);
}

static void content_goes_only_into_personalised_domains(void **state)
{
    struct install move = {DOMAIN, "", APP, "", ""};
    struct install move_file = {DOMAIN, "", APP_PACKAGE, "", ""};
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(create_domain(d, "F04F5453440002", ""), 0x9000);
    assert_int_equal(begin_load(d, "F04F5453440002", ""), 0x6985);
    personalised_domain(d, DOMAIN);
    load_file(d, DOMAIN);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(install(d, 0x10, &move), 0x9000);
    assert_int_equal(install(d, 0x10, &move_file), 0x9000);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x9000);
    assert_non_null(strstr(d->data, "CC07" DOMAIN));
    assert_int_equal(secure(d, "80E40000094F07" DOMAIN "00"), 0x6985);
    desk_free(d);
}

static void a_policy_of_the_domain_can_refuse_content(void **state)
{
    struct install move = {DOMAIN, "", APP, "", ""};
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(create_domain(d, DOMAIN, "810203708201008400"), 0x9000);
    assert_int_equal(install(d, 0x10, &move), 0x6985);
    assert_int_equal(secure(d, "80E40000094F07" DOMAIN "00"), 0x9000);
    assert_int_equal(create_domain(d, DOMAIN, "810203708201208400"), 0x9000);
    assert_int_equal(install(d, 0x10, &move), 0x9000);
    desk_free(d);
}

static void memory_is_booked_and_given_back(void **state)
{
    struct desk *d = opened(NULL);
    unsigned long before = memory_now(d), loaded;

    (void)state;
    load_file(d, "");
    loaded = memory_now(d);
    assert_int_equal(before - loaded, 64 + 31);
    assert_int_equal(install_app(d, 0x0C, "C900EF04D8020400"), 0x9000);
    assert_int_equal(loaded - memory_now(d), 0x400);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    assert_int_equal(memory_now(d), before);
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_int_equal(secure(d, "80E8000002C41F00"), 0x9000);
    assert_int_equal(memory_now(d), before);
    desk_free(d);
}

static void a_full_card_says_so(void **state)
{
    struct card_config cfg = {.memory = 1100};
    struct install big = {APP_PACKAGE, "", "", "EF06C60400010000", NULL};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(install(d, 0x02, &big), 0x6A84);
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_int_equal(secure(d, "80E8000004C482FFFF00"), 0x6A84);
    assert_int_equal(create_domain(d, DOMAIN, ""), 0x6A84);
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900EF04C8020010"), 0x6A84);
    assert_int_equal(install_app(d, 0x0C, "C900EF04D8027000"), 0x6A84);
    assert_int_equal(install_app(d, 0x0C, "C900EF04D8029000"), 0x6A80);
    assert_int_equal(install_app(d, 0x0C, "C900EF04C8020100"), 0x9000);
    desk_free(d);
}

static void a_card_can_answer_without_confirmation(void **state)
{
    struct card_config cfg = {.quirk = "no-confirmation"};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_string_equal(d->data, "");
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_blocks_may_cut_the_file_anywhere_but_not_change_order),
        cmocka_unit_test(a_partial_load_is_dropped_by_any_other_command),
        cmocka_unit_test(malformed_load_files_are_refused),
        cmocka_unit_test(what_is_imported_must_be_there_and_stays),
        cmocka_unit_test(the_hash_of_the_load_request_must_match),
        cmocka_unit_test(content_goes_only_into_personalised_domains),
        cmocka_unit_test(a_policy_of_the_domain_can_refuse_content),
        cmocka_unit_test(memory_is_booked_and_given_back),
        cmocka_unit_test(a_full_card_says_so),
        cmocka_unit_test(a_card_can_answer_without_confirmation),
    };

    return cmocka_run_group_tests_name("lab card: loading", tests, NULL, NULL);
}
