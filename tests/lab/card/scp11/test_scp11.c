/* SPDX-License-Identifier: Apache-2.0 */
/* SCP11 on the laboratory's card from inside: sessions, what ends them, memory, trees of domains (Amd
 * F 1.4 4.6, 4.8, 7.5 to 7.8). */
#include "entity.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHILD "F04F545344000101"

static const struct wish plain_a = {.variant = 'a', .usage = 0x3C, .key_len = 16, .kvn = FACTORY_VERSION};

static void every_variant_level_and_key_size_opens_and_carries_commands(void **state)
{
    static const uint8_t usages[] = {0x34, 0x3C, 0x1C, 0x74}, sizes[] = {16, 24, 32};
    char level[16];
    struct entity e;
    struct desk *d;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11");
    for (char variant = 'a'; variant <= 'c'; variant++)
        for (size_t u = 0; u < (variant == 'c' ? 4 : 2); u++)
            for (size_t s = 0; s < 3; s++) {
                const struct wish w = {variant, usages[u], sizes[s], FACTORY_VERSION};

                assert_int_equal(select_aid(d, ISD), 0x9000);
                assert_int_equal(entity_session(d, &e, &w), 0x9000);
                assert_int_equal(secure(d, "80CA00D300"), 0x9000);
                snprintf(level, sizeof level, "D301%02X", (variant == 'b' ? 0U : 0x80U) | d->level);
                assert_string_equal(d->data, level);
                assert_int_equal(secure(d, "80F28002024F0000"), variant == 'b' ? 0x6982 : 0x9000);
            }
    desk_free(d);
    entity_close(&e);
}

static void scp03_stands_beside_it(void **state)
{
    struct entity e;
    struct desk *d;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E022C00401FF8810C00402FF8810C00403FF8810C0061003B040F000C0061103B120F000");
    desk_free(d);
    entity_close(&e);
}

static void a_session_is_ended_by_selection_reset_and_a_wrong_mac(void **state)
{
    struct entity e;
    struct desk *d;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    assert_int_equal(entity_session(d, &e, &plain_a), 0x9000);
    wrap(d, "80F28002024F0000");
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(plain(d, "%s", d->wrapped), 0x6982);
    assert_int_equal(entity_session(d, &e, &plain_a), 0x9000);
    wrap(d, "80F28002024F0000");
    card_reset(d->card);
    assert_int_equal(plain(d, "%s", d->wrapped), 0x6982);
    assert_int_equal(entity_session(d, &e, &plain_a), 0x9000);
    d->chain[0] ^= 1;
    assert_int_equal(secure(d, "80F28002024F0000"), 0x6982);
    assert_int_equal(plain(d, "80CA006600"), 0x6982);
    desk_free(d);
    entity_close(&e);
}

static void every_part_of_the_command_is_needed(void **state)
{
    struct asym_key ephemeral;
    uint8_t command[256];
    char hex[520];
    struct entity e;
    struct desk *d;
    size_t n;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    assert_true(ecka_generate(ECC_P256, &ephemeral));
    entity_command(&plain_a, &ephemeral, hex);
    assert_true(lab_hex_read(hex, command, sizeof command, &n));
    for (size_t lc = 1; lc < n - 6; lc++) {
        assert_int_equal(entity_show(d, &e, FACTORY_VERSION), 0x9000);
        lab_hex_write(command + 5, lc, hex);
        assert_int_equal(plain(d, "80820311%02zX%s00", lc, hex), 0x6A80);
    }
    lab_hex_write(command + 5, n - 6, hex);
    assert_int_equal(plain(d, "80820311%02zX%s0000", n - 5, hex), 0x6A80);
    assert_int_equal(plain(d, "84820311%02zX%s00", n - 6, hex), 0x6985);
    desk_free(d);
    entity_close(&e);
}

static void a_certificate_is_taken_whole_or_not_at_all(void **state)
{
    struct entity e;
    struct desk *d;
    size_t n;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    n = strlen(e.certificate) / 2;
    for (size_t cut = 1; cut < n; cut++) {
        assert_int_equal(plain(d, "802A8310%02zX%.*s00", cut, (int)(2 * cut), e.certificate), 0x9000);
        assert_int_equal(plain(d, "802A0310%02zX%s00", n - cut, e.certificate + 2 * cut), 0x9000);
        assert_int_equal(plain(d, "802A0310%02zX%.*s00", cut, (int)(2 * cut), e.certificate), 0x6A80);
    }
    /* Another command between the parts: what came before is forgotten. */
    assert_int_equal(plain(d, "802A831010%.32s00", e.certificate), 0x9000);
    assert_int_equal(plain(d, "80CA006600"), 0x9000);
    assert_int_equal(plain(d, "802A0310%02zX%s00", n - 16, e.certificate + 32), 0x6A80);
    /* More than the card takes. */
    for (int i = 0; i < 12; i++)
        assert_int_equal(plain(d, "802A8310FF%0510d00", 0), 0x9000);
    assert_int_equal(plain(d, "802A8310FF%0510d00", 0), 0x6A84);
    desk_free(d);
    entity_close(&e);
}

static void a_certificate_store_costs_memory_until_its_key_goes(void **state)
{
    struct asym_key own, point;
    char cipher[130], hex[2 * ECKA_MAX_POINT + 1];
    unsigned long before, after;
    struct entity e;
    struct desk *d;
    size_t n;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    n = strlen(e.certificate) / 2;
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    before = memory_now(d);
    assert_true(ecka_generate(ECC_P256, &own) && ecka_public_of(&own, &point));
    lab_hex_write(own.value, own.len, hex);
    under_dek(d, hex, cipher);
    assert_int_equal(secure(d,
                            "80D800112705B120%sF00100"
                            "0000",
                            cipher),
                     0x9000);
    after = memory_now(d);
    assert_true(after < before);
    assert_in_range(n, 128, 230);
    assert_int_equal(secure(d, "80E29000%02zXA60483021105BF2181%02zX%s", 10 + n, n, e.certificate), 0x9000);
    assert_int_equal(memory_now(d), after - n);
    assert_int_equal(secure(d, "80E4000003D2010500"), 0x9000);
    assert_int_equal(memory_now(d), before);
    desk_free(d);
    entity_close(&e);
}

static void domains_without_keys_use_those_of_the_nearest_ancestor(void **state)
{
    struct entity e;
    struct desk *d;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(create_domain(d, DOMAIN, "8103118902"), 0x9000);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    assert_int_equal(entity_session(d, &e, &plain_a), 0x9000);
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E000");
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    assert_int_equal(plain(d, "80CABF2106A604830211030000"), 0x6700);
    assert_int_equal(plain(d, "80CABF2106A6048302110300"), 0x6A88);
    desk_free(d);
    entity_close(&e);
}

static void options_of_a_new_domain_have_one_byte_or_two(void **state)
{
    struct entity e;
    struct desk *d;

    (void)state;
    entity_open(&e);
    d = entity_desk(&e, "scp11a");
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(create_domain(d, DOMAIN, "81021109"), 0x9000);
    assert_int_equal(create_domain(d, CHILD, "810211890281020370"), 0x6A80);
    assert_int_equal(create_domain(d, CHILD, "81021189"), 0x6A80);
    assert_int_equal(create_domain(d, CHILD, "81021100"), 0x6A80);
    assert_int_equal(create_domain(d, CHILD, "81051189020370"), 0x9000);
    assert_int_equal(select_aid(d, CHILD), 0x9000);
    assert_int_equal(plain(d, "80CA006600"), 0x9000);
    assert_non_null(strstr(d->data, "640C060A2A864886FC6B04118902640B06092A864886FC6B040370"));
    desk_free(d);
    entity_close(&e);
}

static void a_file_without_an_authority_makes_no_card(void **state)
{
    struct card_config cfg = {.scp = "scp11a", .oce_ca = "/dev/null"};

    (void)state;
    assert_null(card_new(&cfg));
    cfg = (struct card_config){.scp = "scp11d"};
    assert_null(card_new(&cfg));
    cfg = (struct card_config){.scp = "scp11a-s17"};
    assert_null(card_new(&cfg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_level_and_key_size_opens_and_carries_commands),
        cmocka_unit_test(scp03_stands_beside_it),
        cmocka_unit_test(a_session_is_ended_by_selection_reset_and_a_wrong_mac),
        cmocka_unit_test(every_part_of_the_command_is_needed),
        cmocka_unit_test(a_certificate_is_taken_whole_or_not_at_all),
        cmocka_unit_test(a_certificate_store_costs_memory_until_its_key_goes),
        cmocka_unit_test(domains_without_keys_use_those_of_the_nearest_ancestor),
        cmocka_unit_test(options_of_a_new_domain_have_one_byte_or_two),
        cmocka_unit_test(a_file_without_an_authority_makes_no_card),
    };

    return cmocka_run_group_tests_name("lab card: SCP11", tests, NULL, NULL);
}
