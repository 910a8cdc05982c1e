/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless registry: who takes part, who answers, in which order the payment directory shows them
 * (GPCS Amendment C, EMV Contactless Book B 3.3). */
#include "demo.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CRS                        "A00000015143525300"
#define RED                        "F04F54534D0001010001"
#define BLUE                       "F04F54534D0001010002"
#define ENTRY(aid, name, priority) "61144F0A" aid "5003" name "8701" priority
#define NAMED(aid, name)           "BF0C16" ENTRY(aid, name, "01")

/* INSTALL parameters of an application that takes part: C9, and EF { A1 { 87 financial, A6 directory entry }
 * }. */
#define PARAMETERS(aid, name) "C900EF20A11E870120A619" NAMED(aid, name)
#define RED_PARAMETERS        PARAMETERS(RED, "524544")
#define BLUE_PARAMETERS       PARAMETERS(BLUE, "424C55")

static void install_card(struct desk *d, const char *aid, const char *parameters)
{
    struct install f = {DEMO_PACKAGE, DEMO_PAYMENT, aid, "00", parameters};

    assert_int_equal(install(d, 0x0C, &f), 0x9000);
}

/* Two payment applications and the directory; the session is over. */
static struct desk *two_cards(void)
{
    struct card_config cfg = {.with = "crs"};
    struct desk *d = opened(&cfg);

    demo_load(d);
    install_card(d, RED, RED_PARAMETERS);
    install_card(d, BLUE, BLUE_PARAMETERS);
    assert_int_equal(demo_install(d, DEMO_PPSE, PPSE_AID), 0x9000);
    return d;
}

static uint16_t set_status(struct desk *d, const char *p1p2, const char *aid)
{
    assert_int_equal(select_aid(d, CRS), 0x9000);
    return plain(d, "80F0%s0C4F0A%s00", p1p2, aid);
}

/* The directory as a reader gets it. */
static const char *directory(struct desk *d)
{
    assert_int_equal(select_aid(d, PPSE_AID), 0x9000);
    return strstr(d->data, "BF0C");
}

static void two_cards_activated_are_shown_in_their_order(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = two_cards();
    assert_string_equal(directory(d), "BF0C00");
    assert_int_equal(set_status(d, "0101", RED), 0x9000);
    assert_int_equal(set_status(d, "0101", BLUE), 0x9000);
    assert_string_equal(directory(d), "BF0C2C" ENTRY(RED, "524544", "01") ENTRY(BLUE, "424C55", "02"));
    desk_free(d);
}

static void another_default_card_changes_the_order(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = two_cards();
    assert_int_equal(set_status(d, "0101", RED), 0x9000);
    assert_int_equal(set_status(d, "0101", BLUE), 0x9000);
    assert_int_equal(set_status(d, "0201", BLUE), 0x9000);
    assert_string_equal(directory(d), "BF0C2C" ENTRY(BLUE, "424C55", "01") ENTRY(RED, "524544", "02"));
    assert_int_equal(set_status(d, "0281", BLUE), 0x9000);
    assert_string_equal(directory(d), "BF0C2C" ENTRY(RED, "524544", "01") ENTRY(BLUE, "424C55", "02"));
    desk_free(d);
}

static void a_volatile_priority_ends_with_the_power(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = two_cards();
    assert_int_equal(set_status(d, "0101", RED), 0x9000);
    assert_int_equal(set_status(d, "0101", BLUE), 0x9000);
    assert_int_equal(set_status(d, "0202", BLUE), 0x9000);
    assert_non_null(strstr(directory(d), "BF0C2C" ENTRY(BLUE, "424C55", "01")));
    card_reset(d->card);
    assert_non_null(strstr(directory(d), "BF0C2C" ENTRY(RED, "524544", "01")));
    desk_free(d);
}

static void a_deactivated_or_locked_card_is_not_shown(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = two_cards();
    assert_int_equal(set_status(d, "0101", RED), 0x9000);
    assert_int_equal(set_status(d, "0101", BLUE), 0x9000);
    assert_int_equal(set_status(d, "0100", RED), 0x9000);
    assert_string_equal(directory(d), "BF0C16" ENTRY(BLUE, "424C55", "01"));
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F040870A" BLUE), 0x9000);
    assert_string_equal(directory(d), "BF0C00");
    assert_int_equal(set_status(d, "0100", BLUE), 0x9000);
    assert_int_equal(set_status(d, "0101", BLUE), 0x6320);
    assert_string_equal(d->data, "A10C4F0A" BLUE);
    desk_free(d);
}

static void the_registry_tells_state_family_and_counters(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = two_cards();
    assert_int_equal(set_status(d, "0101", RED), 0x9000);
    assert_int_equal(plain(d, "80F240000C4F0A" RED "00"), 0x9000);
    assert_non_null(strstr(d->data, "4F0A" RED "9F70020701"));
    assert_non_null(strstr(d->data, "870120"));
    assert_int_equal(plain(d, "80F24000114F0A" BLUE "5C034F9F7000"), 0x9000);
    assert_string_equal(d->data, "61114F0A" BLUE "9F70020700");
    assert_int_equal(plain(d, "80F2400102"
                              "4F0000"),
                     0x6985);
    assert_int_equal(plain(d, "80CA00A500"), 0x9000);
    assert_non_null(strstr(d->data, "9F08020100"));
    assert_int_equal(plain(d, "80F24000084F06A0000000031000"), 0x6A88);
    desk_free(d);
}

static void commands_that_say_nothing_known_are_refused(void **state)
{
    struct card_config cfg = {.with = "crs"};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(set_status(d, "0180", RED), 0x6A86);
    assert_int_equal(set_status(d, "0401", RED), 0x6A86);
    assert_int_equal(plain(d, "80F0010103AABBCC"), 0x6A80);
    assert_int_equal(plain(d, "80F0010100"), 0x6A80);
    assert_int_equal(set_status(d, "0101", RED), 0x6320);
    assert_int_equal(plain(d, "80E20000010000"), 0x6D00);
    desk_free(d);
}

static void without_a_registry_the_directory_is_as_it_was_given(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = opened(NULL);
    demo_load(d);
    assert_int_equal(demo_install(d, DEMO_PAYMENT, RED), 0x9000);
    assert_int_equal(demo_install(d, DEMO_PPSE, PPSE_AID), 0x9000);
    assert_string_equal(directory(d), "BF0C00");
    desk_free(d);
}

/* The card has room for one listing: the registry's takes the place of what was left of a domain's. */
static void a_listing_of_the_registry_ends_that_of_a_domain(void **state)
{
    struct card_config cfg = {.with = "crs"};
    struct desk *d = opened(&cfg);
    char aid[33];

    (void)state;
    for (int i = 0; i < 12; i++) {
        snprintf(aid, sizeof aid, "F04F5453440000000000000000%06d", i);
        assert_int_equal(create_domain(d, aid, ""), 0x9000);
    }
    assert_int_equal(plain(d, "0070000001"), 0x9000);
    assert_int_equal(plain(d, "01A4040009" CRS "00"), 0x9000);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x6310);
    assert_int_equal(plain(d, "81F24000024F0000"), 0x6A88);
    assert_int_equal(secure(d, "80F24003024F0000"), 0x6985);
    desk_free(d);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_cards_activated_are_shown_in_their_order),
        cmocka_unit_test(another_default_card_changes_the_order),
        cmocka_unit_test(a_volatile_priority_ends_with_the_power),
        cmocka_unit_test(a_deactivated_or_locked_card_is_not_shown),
        cmocka_unit_test(the_registry_tells_state_family_and_counters),
        cmocka_unit_test(commands_that_say_nothing_known_are_refused),
        cmocka_unit_test(without_a_registry_the_directory_is_as_it_was_given),
        cmocka_unit_test(a_listing_of_the_registry_ends_that_of_a_domain),
    };

    demo_cap_path = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests_name("lab card: contactless registry", tests, NULL, NULL);
}
