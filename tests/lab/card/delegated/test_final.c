/* SPDX-License-Identifier: Apache-2.0 */
/* Final application, card lock and termination by others than the issuer's domain, the whole table of card
 * states (GPCS 2.3.1 5.1.2, 6.6.2, 9.6.2 to 9.6.4, 11.10). */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t states[] = {0x01, 0x07, 0x0F, 0x7F, 0xFF};
#define STATES (sizeof states / sizeof states[0])

/* A card in this state, the session open in the issuer's domain. */
static struct desk *card_in(uint8_t state)
{
    struct desk *d = opened(NULL);

    for (size_t i = 1; i < STATES && states[i] <= state && state != 0xFF; i++)
        assert_int_equal(secure(d, "80F080%02X00", states[i]), 0x9000);
    if (state == 0xFF)
        assert_int_equal(secure(d, "80F080FF00"), 0x9000);
    return d;
}

static void the_card_goes_only_the_ways_of_figure_5_1(void **state)
{
    static const struct {
        uint8_t from, to;
    } ways[] = {{0x01, 0x07}, {0x07, 0x0F}, {0x0F, 0x7F}, {0x7F, 0x0F},
                {0x01, 0xFF}, {0x07, 0xFF}, {0x0F, 0xFF}, {0x7F, 0xFF}};

    (void)state;
    for (size_t from = 0; from < STATES; from++) {
        for (size_t to = 0; to < STATES; to++) {
            struct desk *d = card_in(states[from]);
            bool way = false;

            for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
                way = way || (ways[i].from == states[from] && ways[i].to == states[to]);
            if (secure(d, "80F080%02X00", states[to]) != (way ? 0x9000 : 0x6985))
                fail_msg("from %02X to %02X", states[from], states[to]);
            desk_free(d);
        }
    }
}

static void another_domain_locks_and_ends_the_card_with_the_privilege(void **state)
{
    static const struct {
        const char *privileges;
        uint16_t lock, end;
    } rows[] = {
        {"808000", 0x6985, 0x6985},
        {"908000", 0x9000, 0x6985},
        {"888000", 0x6985, 0x9000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *d = card_in(0x0F);

        domain_with(d, PROVIDER, rows[i].privileges);
        enter(d, PROVIDER);
        assert_int_equal(secure(d, "80F0800700"), 0x6985);
        assert_int_equal(secure(d, "80F0807F00"), rows[i].lock);
        if (rows[i].lock == 0x9000)
            assert_int_equal(secure(d, "80F0800F00"), 0x9000);
        assert_int_equal(secure(d, "80F080FF00"), rows[i].end);
        desk_free(d);
    }
}

static void the_final_application_is_what_a_locked_card_still_has(void **state)
{
    struct install final = {SD_PACKAGE, SD_MODULE, OTHER, "908200", "C900"};
    struct install second = {SD_PACKAGE, SD_MODULE, PROVIDER, "808200", "C900"};
    struct desk *d = card_in(0x0F);

    (void)state;
    assert_int_equal(install(d, 0x0C, &final), 0x9000);
    assert_int_equal(install(d, 0x0C, &second), 0x6985);
    assert_int_equal(secure(d, "80F2800202"
                               "4F0000"),
                     0x9000);
    assert_null(strstr(d->data, "C5039EFE80"));
    assert_int_equal(secure(d, "80F0408007" OTHER), 0x6985); /* 9.6.2 */
    assert_int_equal(secure(d, "80F0807F00"), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x6A81);
    assert_int_equal(select_aid(d, OTHER), 0x6283);
    assert_int_equal(plain(d, "00A4040000"), 0x6283);
    card_reset(d->card);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F0800F00"), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    desk_free(d);
}

static void final_application_falls_back_to_the_issuer(void **state)
{
    struct install final = {APP_PACKAGE, APP_MODULE, APP, "000200", "C900"};
    struct install revoke = {"", "", APP, "000000", ""};
    struct install again = {"", "", APP, "000200", ""};
    struct desk *d = card_in(0x0F);

    (void)state;
    load_file(d, "");
    assert_int_equal(install(d, 0x0C, &final), 0x9000);
    assert_int_equal(install(d, 0x40, &revoke), 0x9000);
    assert_int_equal(install(d, 0x40, &again), 0x9000);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x9000);
    assert_int_equal(secure(d, "80F0807F00"), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x6283);
    desk_free(d);
}

static void a_locked_card_lets_nobody_manage_with_tokens_either(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, RECEIPT_KEY);
    struct desk *d = delegated(&o, NULL);
    struct desk issuer;

    (void)state;
    assert_int_equal(plain(d, "0070000001"), 0x9000);
    issuer = *d;
    issuer.channel = 1;
    assert_int_equal(plain(&issuer, "01A40400"
                                    "08" ISD "00"),
                     0x9000);
    use_key(&issuer, KEY_TYPE_AES, "404142434445464748494A4B4C4D4E4F");
    assert_int_equal(plain(&issuer, "81CA9F7F00"), 0x9000);
    enter(d, ISD);
    assert_int_equal(secure(d, "80F0800700"), 0x9000);
    assert_int_equal(secure(d, "80F0800F00"), 0x9000);
    assert_int_equal(secure(d, "80F0807F00"), 0x9000);
    assert_int_equal(select_aid(d, PROVIDER), 0x6A81);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_goes_only_the_ways_of_figure_5_1),
        cmocka_unit_test(another_domain_locks_and_ends_the_card_with_the_privilege),
        cmocka_unit_test(the_final_application_is_what_a_locked_card_still_has),
        cmocka_unit_test(final_application_falls_back_to_the_issuer),
        cmocka_unit_test(a_locked_card_lets_nobody_manage_with_tokens_either),
    };

    return cmocka_run_group_tests_name("lab card: final application", tests, NULL, NULL);
}
