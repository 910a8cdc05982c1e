/* SPDX-License-Identifier: Apache-2.0 */
/* A load file is replaced by its next version and the application on the card keeps its counter (GPCS
 * Amendment H). */
#include "demo.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UDK     "154F349D8585CB7F6B0798E9839B10C1"
#define GPO     "80A8000002830000"
#define STATUS  "80EA080000"
#define RESUME  "80EA020000"
#define RECOVER "80EA030000"
#define ABORT   "80EA040000"
#define START   "80EA01000BA1094F07" DEMO_PACKAGE "00"
/* Session information: a state, and the load file. */
#define SESSION(state) "000EA10C9001" state "4F07" DEMO_PACKAGE

/* Version 1.1 of the demonstration load file as far as a card looks: package, version, one applet. */
#define NEXT(module) "C423010011DECAFFED010204010107" DEMO_PACKAGE "03000C0108" module "0010"

static const struct demo_card customer = {{UDK, UDK, UDK}, "500744454D4F504159", "1800", "06011203A0B800"};

/* A customer's card that has been used `uses` times; a session is open. */
static struct desk *used_card(int uses)
{
    struct desk *d = opened(NULL);

    demo_load(d);
    assert_int_equal(demo_install(d, DEMO_PAYMENT, PAY_AID), 0x9000);
    assert_int_equal(demo_personalise(d, PAY_AID, &customer), 0x9000);
    for (int i = 0; i < uses; i++) {
        assert_int_equal(select_aid(d, PAY_AID), 0x9000);
        assert_int_equal(plain(d, GPO), 0x9000);
    }
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    return d;
}

static void load_next(struct desk *d, const char *file)
{
    struct install load = {DEMO_PACKAGE, "", "", "", ""};

    assert_int_equal(install(d, 0x02, &load), 0x9000);
    assert_int_equal(secure(d, "80E88000%02zX%s00", strlen(file) / 2, file), 0x9000);
}

static void the_counter_survives_a_new_version(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = used_card(5);
    assert_int_equal(secure(d, START), 0x9000);
    assert_string_equal(d->data, SESSION("02"));
    load_next(d, NEXT(DEMO_PAYMENT));
    assert_int_equal(secure(d, STATUS), 0x9000);
    assert_string_equal(d->data, SESSION("03"));
    assert_int_equal(secure(d, RESUME), 0x9000);
    assert_string_equal(d->data, SESSION("01"));
    assert_int_equal(secure(d, "80F22002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "4F07" DEMO_PACKAGE));
    assert_int_equal(secure(d, "80F22002074F005C034FCEC4"
                               "00"),
                     0x9000);
    assert_non_null(strstr(d->data, "CE020101"));
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x9000);
    assert_int_equal(plain(d, "80CA9F3600"), 0x9000);
    assert_string_equal(d->data, "9F36020006");
    desk_free(d);
}

static void meanwhile_the_application_cannot_be_reached(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = used_card(1);
    assert_int_equal(secure(d, START), 0x9000);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x6A88);
    assert_int_equal(secure(d, START), 0x6A88); /* the old version is gone already */
    assert_int_equal(secure(d, RESUME), 0x6985);
    assert_int_equal(select_aid(d, PAY_AID), 0x6A82);
    desk_free(d);
}

static void a_version_without_the_module_is_thrown_away(void **state)
{
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = used_card(2);
    assert_int_equal(secure(d, START), 0x9000);
    load_next(d, NEXT("F04F54534D000109"));
    assert_int_equal(secure(d, RESUME), 0x9000);
    assert_string_equal(d->data, SESSION("04"));
    assert_int_equal(secure(d, RESUME), 0x6985);
    assert_int_equal(secure(d, RECOVER), 0x9000);
    assert_string_equal(d->data, SESSION("02"));
    load_next(d, NEXT(DEMO_PAYMENT));
    assert_int_equal(secure(d, RESUME), 0x9000);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x9000);
    assert_int_equal(plain(d, "80CA9F3600"), 0x9000);
    assert_string_equal(d->data, "9F36020003");
    desk_free(d);
}

static void an_aborted_upgrade_gives_up_the_data(void **state)
{
    struct desk *d;
    unsigned long before;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = opened(NULL);
    before = memory_now(d);
    desk_free(d);
    d = used_card(1);
    assert_int_equal(secure(d, START), 0x9000);
    assert_int_equal(secure(d, ABORT), 0x9000);
    assert_string_equal(d->data, "0005A103900100");
    assert_int_equal(memory_now(d), before);
    assert_int_equal(secure(d, ABORT), 0x6985);
    assert_int_equal(select_aid(d, PAY_AID), 0x6A82);
    desk_free(d);
}

static void an_upgrade_in_the_middle_outlives_a_rest(void **state)
{
    static uint8_t frozen[CARD_MAX_FROZEN];
    struct card_config cfg = {0};
    struct desk *d;
    size_t n;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = used_card(7);
    assert_int_equal(secure(d, START), 0x9000);
    n = card_freeze(d->card, &cfg, frozen, sizeof frozen);
    card_free(d->card);
    d->card = card_thaw(&cfg, frozen, n);
    assert_non_null(d->card);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    load_next(d, NEXT(DEMO_PAYMENT));
    assert_int_equal(secure(d, RESUME), 0x9000);
    n = card_freeze(d->card, &cfg, frozen, sizeof frozen);
    card_free(d->card);
    d->card = card_thaw(&cfg, frozen, n);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x9000);
    assert_int_equal(plain(d, "80CA9F3600"), 0x9000);
    assert_string_equal(d->data, "9F36020008");
    desk_free(d);
}

static void an_unknown_load_file_or_a_foreign_domain_gets_nothing(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, STATUS), 0x9000);
    assert_string_equal(d->data, "0005A103900100");
    assert_int_equal(secure(d, START), 0x6A88);
    assert_int_equal(secure(d, "80EA01000BA1094F07" SD_PACKAGE "00"), 0x6985);
    assert_int_equal(secure(d, "80EA0100024F0000"), 0x6A80);
    assert_int_equal(secure(d, "80EA050000"), 0x6A86);
    personalised_domain(d, DOMAIN);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    assert_int_equal(secure(d, START), 0x6985);
    assert_int_equal(plain(d, STATUS), 0x6982);
    desk_free(d);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_survives_a_new_version),
        cmocka_unit_test(meanwhile_the_application_cannot_be_reached),
        cmocka_unit_test(a_version_without_the_module_is_thrown_away),
        cmocka_unit_test(an_aborted_upgrade_gives_up_the_data),
        cmocka_unit_test(an_upgrade_in_the_middle_outlives_a_rest),
        cmocka_unit_test(an_unknown_load_file_or_a_foreign_domain_gets_nothing),
    };

    demo_cap_path = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests_name("lab card: load file upgrade", tests, NULL, NULL);
}
