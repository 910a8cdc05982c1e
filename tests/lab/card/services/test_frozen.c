/* SPDX-License-Identifier: Apache-2.0 */
/* A card that was put into a drawer and taken out again is the same card: registry, keys, counters,
 * applications. */
#include "demo.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UDK "154F349D8585CB7F6B0798E9839B10C1"
#define GPO "80A8000002830000"

static const struct demo_card customer = {{UDK, UDK, UDK}, "500744454D4F504159", "1800", "06011203A0B800"};
static uint8_t frozen[CARD_MAX_FROZEN];

/* Puts the desk's card away and takes it out again; returns how many bytes it was. */
static size_t through_the_drawer(struct desk *d, const struct card_config *cfg)
{
    size_t n = card_freeze(d->card, cfg, frozen, sizeof frozen);

    assert_true(n > 0);
    card_free(d->card);
    d->card = card_thaw(cfg, frozen, n);
    assert_non_null(d->card);
    d->level = 0;
    return n;
}

static void a_card_that_nobody_spoke_to_needs_a_few_bytes(void **state)
{
    struct card_config cfg = {0};
    struct desk *d = desk_new(NULL);

    (void)state;
    assert_true(through_the_drawer(d, &cfg) < 32);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    desk_free(d);
}

static void domains_keys_and_files_are_there_again(void **state)
{
    struct card_config cfg = {0};
    struct desk *d = opened(NULL);
    unsigned long memory;
    char before[3][DESK_HEX];
    static const char *const lists[] = {"80F24002024F0000", "80F22002024F0000", "80CA00E000"};

    (void)state;
    personalised_domain(d, DOMAIN);
    load_file(d, DOMAIN);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    memory = memory_now(d);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(secure(d, "%s", lists[i]), 0x9000);
        strcpy(before[i], d->data);
    }
    assert_true(through_the_drawer(d, &cfg) < 1000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(secure(d, "%s", lists[i]), 0x9000);
        assert_string_equal(d->data, before[i]);
    }
    assert_int_equal(memory_now(d), memory);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    desk_free(d);
}

static void an_application_goes_on_with_its_data(void **state)
{
    struct card_config cfg = {0};
    struct desk *d;

    (void)state;
    if (demo_cap_path == NULL)
        skip();
    d = opened(NULL);
    demo_load(d);
    assert_int_equal(demo_install(d, DEMO_PAYMENT, PAY_AID), 0x9000);
    assert_int_equal(demo_personalise(d, PAY_AID, &customer), 0x9000);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(select_aid(d, PAY_AID), 0x9000);
        assert_int_equal(plain(d, GPO), 0x9000);
    }
    through_the_drawer(d, &cfg);
    assert_int_equal(select_aid(d, PAY_AID), 0x9000);
    assert_int_equal(plain(d, GPO), 0x9000);
    assert_int_equal(plain(d, "80CA9F3600"), 0x9000);
    assert_string_equal(d->data, "9F36020004");
    assert_int_equal(plain(d, "00B2010C00"), 0x9000);
    desk_free(d);
}

static void certificates_of_scp11_are_there_again(void **state)
{
    struct card_config cfg = {.scp = "scp11"};
    struct desk *d = desk_new(&cfg);
    char before[DESK_HEX];

    (void)state;
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(plain(d, "80CABF2106A60483021303"
                              "00"),
                     0x9000);
    strcpy(before, d->data);
    through_the_drawer(d, &cfg);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(plain(d, "80CABF2106A60483021303"
                              "00"),
                     0x9000);
    assert_string_equal(d->data, before);
    desk_free(d);
}

static void a_conversation_keeps_a_card_from_rest(void **state)
{
    struct desk *d = desk_new(NULL);

    (void)state;
    assert_true(card_is_quiet(d->card));
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_false(card_is_quiet(d->card));
    card_reset(d->card);
    assert_true(card_is_quiet(d->card));
    desk_free(d);
}

static void a_frozen_card_that_was_cut_is_refused(void **state)
{
    struct card_config cfg = {0};
    struct desk *d = opened(NULL);
    size_t n;

    (void)state;
    personalised_domain(d, DOMAIN);
    n = card_freeze(d->card, &cfg, frozen, sizeof frozen);
    for (size_t i = 0; i < n; i++)
        assert_null(card_thaw(&cfg, frozen, i));
    assert_int_equal(card_freeze(d->card, &cfg, frozen, n - 1), 0);
    desk_free(d);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_that_nobody_spoke_to_needs_a_few_bytes),
        cmocka_unit_test(domains_keys_and_files_are_there_again),
        cmocka_unit_test(an_application_goes_on_with_its_data),
        cmocka_unit_test(certificates_of_scp11_are_there_again),
        cmocka_unit_test(a_conversation_keeps_a_card_from_rest),
        cmocka_unit_test(a_frozen_card_that_was_cut_is_refused),
    };

    demo_cap_path = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests_name("lab card: at rest", tests, NULL, NULL);
}
