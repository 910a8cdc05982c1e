/* SPDX-License-Identifier: Apache-2.0 */
/* Applications and domains on the laboratory's card: installing, making selectable, privileges, moving,
 * deleting (GPCS 2.3.1 6.6, 9.3.6, 9.4, 9.5, 11.2, 11.5). */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void an_application_is_loaded_installed_selected_and_deleted(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(secure(d, "80F21002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "4F05" APP_PACKAGE "9F700101"));
    assert_non_null(strstr(d->data, "8406" APP_MODULE));
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_string_equal(d->data, "00");
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_string_equal(d->data, "");
    assert_int_equal(plain(d, "80CA9F3600"), 0x6D00);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x9000);
    assert_string_equal(d->data, "00");
    assert_int_equal(select_aid(d, APP), 0x6A82);
    desk_free(d);
}

static void an_application_becomes_selectable_in_a_second_step(void **state)
{
    struct install selectable = {"", "", APP, "00", ""};
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install_app(d, 0x04, "C900"), 0x9000);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "9F700103"));
    assert_int_equal(select_aid(d, APP), 0x6A82);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(install(d, 0x08, &selectable), 0x9000);
    assert_int_equal(install(d, 0x08, &selectable), 0x6985);
    assert_int_equal(select_aid(d, APP), 0x9000);
    desk_free(d);
}

static void install_wants_exactly_its_fields(void **state)
{
#define UP_TO_PARAMETERS "05" APP_PACKAGE "06" APP_MODULE "07" APP "0100"
    static const struct {
        const char *body;
        uint16_t sw;
    } rows[] = {
        {UP_TO_PARAMETERS "02C900", 0x6A80},     /* five fields */
        {UP_TO_PARAMETERS "02C9000000", 0x6A80}, /* seven */
        {UP_TO_PARAMETERS "02C9000101", 0x6985}, /* a token where none is due */
        {UP_TO_PARAMETERS "8102C90000", 0x6A80}, /* a length not in its shortest form */
        {UP_TO_PARAMETERS "03C90000", 0x6A80},   /* parameters are no TLV */
    };
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(secure(d, "80E60C00%02zX%s00", strlen(rows[i].body) / 2, rows[i].body), rows[i].sw);
    assert_int_equal(install_app(d, 0x0C, ""), 0x6A80);
    assert_int_equal(install_app(d, 0x0C, "EF00"), 0x6A80);
    assert_int_equal(install_app(d, 0x0C, "C9"), 0x6A80);
    assert_int_equal(install_app(d, 0x0E, "C900"), 0x6A86);
    assert_int_equal(secure(d, "80E60C0100"), 0x6A86);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    desk_free(d);
}

static void names_in_install_must_exist_and_be_free(void **state)
{
    struct install unknown_file = {"F0999999AA", APP_MODULE, APP, "00", "C900"};
    struct install unknown_module = {APP_PACKAGE, "F0999999AA", APP, "00", "C900"};
    struct install taken = {APP_PACKAGE, APP_MODULE, APP_PACKAGE, "00", "C900"};
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install(d, 0x0C, &unknown_file), 0x6A88);
    assert_int_equal(install(d, 0x0C, &unknown_module), 0x6A88);
    assert_int_equal(install(d, 0x0C, &taken), 0x6985);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x6985);
    assert_int_equal(begin_load(d, "", ""), 0x6985);
    assert_int_equal(begin_load(d, "F0999999AA", ""), 0x6985);
    desk_free(d);
}

static void privileges_are_checked(void **state)
{
    static const struct {
        const char *module, *privileges;
        uint16_t sw;
    } rows[] = {
        {SD_MODULE, "80", 0x9000},      {SD_MODULE, "808000", 0x9000}, {SD_MODULE, "80C000", 0x9000},
        {SD_MODULE, "00", 0x6A80},      {SD_MODULE, "C0", 0x9000},     {SD_MODULE, "A0", 0x9000},
        {SD_MODULE, "8080", 0x6A80},    {SD_MODULE, "", 0x6A80},       {SD_MODULE, "800100", 0x6A80},
        {APP_MODULE, "000000", 0x9000}, {APP_MODULE, "80", 0x6A80},    {APP_MODULE, "04", 0x9000},
        {APP_MODULE, "10", 0x6A80},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool domain = strcmp(rows[i].module, SD_MODULE) == 0;
        struct install f = {domain ? SD_PACKAGE : APP_PACKAGE, rows[i].module, APP, rows[i].privileges,
                            "C900"};
        struct desk *d = opened(NULL);

        load_file(d, "");
        if (install(d, 0x0C, &f) != rows[i].sw)
            fail_msg("row %zu", i);
        desk_free(d);
    }
}

static void card_reset_goes_with_selectability_and_moves_the_implicit_selection(void **state)
{
    struct install f = {APP_PACKAGE, APP_MODULE, APP, "04", "C900"};
    struct install second = {APP_PACKAGE, APP_MODULE, "F0415050010102", "04", "C900"};
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install(d, 0x04, &f), 0x6A80);
    assert_int_equal(install(d, 0x0C, &f), 0x9000);
    assert_int_equal(install(d, 0x0C, &second), 0x6985);
    card_reset(d->card);
    assert_int_equal(plain(d, "80CA006600"), 0x6D00);
    assert_int_equal(plain(d, "00A4040000"), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x9000);
    card_reset(d->card);
    assert_int_equal(plain(d, "80CA006600"), 0x9000);
    desk_free(d);
}

static void a_domain_without_authorized_management_changes_no_content(void **state)
{
    struct install f = {APP_PACKAGE, APP_MODULE, APP, "00", "C900"};
    struct desk *d = opened(NULL);

    (void)state;
    personalised_domain(d, DOMAIN);
    load_file(d, DOMAIN);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(install(d, 0x0C, &f), 0x6985);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x6985);
    assert_int_equal(secure(d, "80F22002024F0000"), 0x9000);
    assert_null(strstr(d->data, SD_PACKAGE));
    desk_free(d);
}

static void domain_parameters_are_checked(void **state)
{
    static const char *const refused[] = {
        "810103", "81020340", "81020171", "81", "8203000000", "8200", "840100", "86020102", "990100",
    };
    struct desk *d = opened(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (create_domain(d, DOMAIN, refused[i]) != 0x6A80)
            fail_msg("C9 %s", refused[i]);
    assert_int_equal(create_domain(d, DOMAIN, "8102803081020370700101"), 0x9000);
    desk_free(d);
}

static void deleting_needs_the_related_flag_and_an_unused_object(void **state)
{
    struct desk *d = opened(NULL);
    struct desk other;

    (void)state;
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(secure(d, "80E40000074F05" APP_PACKAGE "00"), 0x6985);
    assert_int_equal(secure(d, "80E400000A4F08" ISD "00"), 0x6985);
    assert_int_equal(secure(d, "80E40000094F07" SD_PACKAGE "00"), 0x6985);
    assert_int_equal(secure(d, "80E40000074F05F0999999AA00"), 0x6A88);
    assert_int_equal(secure(d, "80E400000C4F07" APP "9E010100"), 0x6985);
    assert_int_equal(secure(d, "80E400000B4F07" APP "500000"), 0x6A80);
    assert_int_equal(secure(d, "80E4000000"), 0x6A80);
    assert_int_equal(plain(d, "0070000001"), 0x9000);
    other = *d;
    other.channel = 1;
    assert_int_equal(plain(d, "01A4040007" APP "00"), 0x9000);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x6985);
    assert_int_equal(plain(&other, "00708001"), 0x9000);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x6A88);
    desk_free(d);
}

static void registry_update_changes_privileges_and_owner_together_or_not_at_all(void **state)
{
    struct install both = {DOMAIN, "", APP, "008000", "EF03CF0140"};
    struct install bad_owner = {"F0999999AA", "", APP, "000000", ""};
    struct install restricted = {"", "", APP, "", "EF03D90101"}; /* where Table 11-52 has it */
    struct desk *d = opened(NULL);

    (void)state;
    personalised_domain(d, DOMAIN);
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(install(d, 0x40, &restricted), 0x6A80);
    assert_int_equal(install(d, 0x40, &both), 0x9000);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x9000);
    assert_string_equal(d->data, "E3254F07" APP "9F700107C503008000CF0140C405" APP_PACKAGE "CC07" DOMAIN);
    assert_int_equal(install(d, 0x40, &bad_owner), 0x6A88);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x9000);
    assert_non_null(strstr(d->data, "C503008000"));
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_application_is_loaded_installed_selected_and_deleted),
        cmocka_unit_test(an_application_becomes_selectable_in_a_second_step),
        cmocka_unit_test(install_wants_exactly_its_fields),
        cmocka_unit_test(names_in_install_must_exist_and_be_free),
        cmocka_unit_test(privileges_are_checked),
        cmocka_unit_test(card_reset_goes_with_selectability_and_moves_the_implicit_selection),
        cmocka_unit_test(a_domain_without_authorized_management_changes_no_content),
        cmocka_unit_test(domain_parameters_are_checked),
        cmocka_unit_test(deleting_needs_the_related_flag_and_an_unused_object),
        cmocka_unit_test(registry_update_changes_privileges_and_owner_together_or_not_at_all),
    };

    return cmocka_run_group_tests_name("lab card: installing", tests, NULL, NULL);
}
