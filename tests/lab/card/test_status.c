/* SPDX-License-Identifier: Apache-2.0 */
/* GET STATUS of the laboratory's card: both forms, tag list, continuation, what a domain may see
 * (GPCS 2.3.1 9.6.5, 11.4). */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A personalised domain that has the application. */
static void domain_with_app(struct desk *d)
{
    personalised_domain(d, DOMAIN);
    load_file(d, DOMAIN);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
}

static void the_registry_is_listed_as_the_tables_say(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80F28002024F0000"), 0x9000);
    assert_string_equal(d->data, "E3134F08" ISD "9F700101C5039EFE80");
    assert_int_equal(secure(d, "80F2800200"), 0x9000);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x6A88);
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x9000);
    assert_string_equal(d->data, "E3234F07" APP "9F700107C503000000C405" APP_PACKAGE "CC08" ISD);
    assert_int_equal(secure(d, "80F24002084F005C044F9F70C500"), 0x9000);
    assert_string_equal(d->data, "E3124F07" APP "9F700107C503000000");
    assert_int_equal(secure(d, "80F24002044F005C0000"), 0x9000); /* a list that names nothing is none */
    assert_string_equal(d->data, "E3234F07" APP "9F700107C503000000C405" APP_PACKAGE "CC08" ISD);
    assert_int_equal(secure(d, "80F22002074F05F04150500100"), 0x9000);
    assert_string_equal(d->data, "E3154F05" APP_PACKAGE "9F700101CC08" ISD);
    assert_int_equal(secure(d, "80F21002094F005C054F84CE9F7000"), 0x9000);
    assert_non_null(strstr(d->data, "4F05" APP_PACKAGE "9F700101CE0201008406" APP_MODULE));
    desk_free(d);
}

static void the_old_form_lists_length_and_value(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(secure(d, "80F24000024F0000"), 0x9000);
    assert_string_equal(d->data, "07" APP "0700");
    assert_int_equal(secure(d, "80F22000024F0000"), 0x9000);
    assert_string_equal(d->data, "07" SD_PACKAGE "010005" APP_PACKAGE "0100");
    assert_int_equal(secure(d, "80F21000024F0000"), 0x9000);
    assert_string_equal(d->data, "07" SD_PACKAGE "01000108" SD_MODULE "05" APP_PACKAGE "01000106" APP_MODULE);
    desk_free(d);
}

static void an_old_card_knows_only_the_old_form(void **state)
{
    struct card_config cfg = {.quirk = "legacy-status"};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(secure(d, "80F28002024F0000"), 0x6A86);
    assert_int_equal(secure(d, "80F28000024F0000"), 0x9000);
    assert_string_equal(d->data, "08" ISD "019E");
    desk_free(d);
}

/* How many TLV entries stand in the answer; -1 when it does not end behind one. */
static int entries_tlv(const char *at)
{
    int n = 0;

    for (; *at != '\0'; n++) {
        char length[3] = {at[2], at[3], '\0'};
        size_t octets = 2 + strtoul(length, NULL, 16);

        if (memcmp(at, "E3", 2) != 0 || strlen(at) < 2 * octets)
            return -1;
        at += 2 * octets;
    }
    return n;
}

/* The same in the old form without modules: length, AID, state, privileges. */
static int entries_lv(const char *at)
{
    int n = 0;

    for (; *at != '\0'; n++) {
        char length[3] = {at[0], at[1], '\0'};
        size_t octets = 3 + strtoul(length, NULL, 16);

        if (strlen(at) < 2 * octets)
            return -1;
        at += 2 * octets;
    }
    return n;
}

enum { DOMAINS = 24 };

static struct desk *with_many_domains(const char *quirk)
{
    struct card_config cfg = {.quirk = quirk};
    struct desk *d = opened(&cfg);
    char aid[33];

    for (int i = 0; i < DOMAINS; i++) {
        snprintf(aid, sizeof aid, "F04F5453440000000000000000%06d", i);
        assert_int_equal(create_domain(d, aid, ""), 0x9000);
    }
    return d;
}

static const uint8_t levels[] = {0x01, 0x11, 0x33};

static void each_answer_of_a_long_list_ends_behind_an_entry(void **state)
{
    struct desk *d = with_many_domains(NULL);

    (void)state;
    for (unsigned form = 0; form <= 2; form += 2)
        for (size_t l = 0; l < sizeof levels; l++) {
            int seen = 0, parts = 0;
            uint16_t sw = 0x6310;

            assert_int_equal(open_session(d, 0, levels[l]), 0x9000);
            assert_int_equal(secure(d, "80F240%02X024F0000", 1 | form), 0x6985);
            for (; sw == 0x6310; parts++) {
                int n;

                sw = secure(d, "80F240%02X024F0000", (parts > 0) | form);
                n = form != 0 ? entries_tlv(d->data) : entries_lv(d->data);
                assert_true(n > 0);
                seen += n;
            }
            assert_int_equal(sw, 0x9000);
            assert_true(parts >= 2);
            assert_int_equal(seen, DOMAINS);
            assert_int_equal(secure(d, "80F240%02X024F0000", 1 | form), 0x6985);
        }
    desk_free(d);
}

static void an_element_may_cut_an_entry_in_the_middle(void **state)
{
    struct desk *d = with_many_domains("split-status");
    char all[8192] = "";
    uint16_t sw;

    (void)state;
    assert_int_equal(secure(d, "80F24002024F0000"), 0x6310);
    assert_int_equal(entries_tlv(d->data), -1);
    strcat(all, d->data);
    for (sw = 0x6310; sw == 0x6310; strcat(all, d->data))
        sw = secure(d, "80F24003024F0000");
    assert_int_equal(sw, 0x9000);
    assert_int_equal(entries_tlv(all), DOMAINS);
    desk_free(d);
}

static void an_element_may_refuse_a_listing_for_a_version_that_it_has_not(void **state)
{
    struct card_config cfg = {.quirk = "no-version"};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(secure(d, "80F22002084F005C044F9F70CE"), 0x6A88);
    assert_int_equal(secure(d, "80F22002024F0000"), 0x9000);
    assert_true(entries_tlv(d->data) > 0);
    desk_free(d);
}

static void the_continuation_dies_with_another_command(void **state)
{
    struct desk *d = with_many_domains(NULL);

    (void)state;
    assert_int_equal(secure(d, "80F24002024F0000"), 0x6310);
    assert_int_equal(secure(d, "80CA006600"), 0x9000);
    assert_int_equal(secure(d, "80F24003024F0000"), 0x6985);
    desk_free(d);
}

static void the_continuation_is_of_what_was_asked_for(void **state)
{
    struct desk *d = with_many_domains(NULL);

    (void)state;
    assert_int_equal(secure(d, "80F24002024F0000"), 0x6310);
    assert_int_equal(secure(d, "80F22003024F0000"), 0x6985);
    assert_int_equal(secure(d, "80F24001024F0000"), 0x6985);
    assert_int_equal(secure(d, "80F24003024F0000"), 0x6310);
    desk_free(d);
}

static void malformed_queries_are_refused(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80F2400200"), 0x6A80);
    assert_int_equal(secure(d, "80F24002035C014F00"), 0x6A80);
    assert_int_equal(secure(d, "80F24002014F00"), 0x6A80);
    assert_int_equal(secure(d, "80F2C002024F0000"), 0x6A86);
    assert_int_equal(secure(d, "80F28003024F0000"), 0x6A86);
    desk_free(d);
}

static void a_domain_sees_only_what_is_below_it(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    domain_with_app(d);
    assert_int_equal(create_domain(d, "F04F5453440002", ""), 0x9000);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F28002024F0000"), 0x6A86);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "4F07" APP));
    assert_non_null(strstr(d->data, "4F07" DOMAIN));
    assert_null(strstr(d->data, "F04F5453440002"));
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_registry_is_listed_as_the_tables_say),
        cmocka_unit_test(the_old_form_lists_length_and_value),
        cmocka_unit_test(an_old_card_knows_only_the_old_form),
        cmocka_unit_test(each_answer_of_a_long_list_ends_behind_an_entry),
        cmocka_unit_test(an_element_may_cut_an_entry_in_the_middle),
        cmocka_unit_test(an_element_may_refuse_a_listing_for_a_version_that_it_has_not),
        cmocka_unit_test(the_continuation_dies_with_another_command),
        cmocka_unit_test(the_continuation_is_of_what_was_asked_for),
        cmocka_unit_test(malformed_queries_are_refused),
        cmocka_unit_test(a_domain_sees_only_what_is_below_it),
    };

    return cmocka_run_group_tests_name("lab card: GET STATUS", tests, NULL, NULL);
}
