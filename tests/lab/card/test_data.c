/* SPDX-License-Identifier: Apache-2.0 */
/* What the laboratory's card tells of itself and how it takes commands: GET DATA, STORE DATA, class bytes,
 * lengths, quirks and faults (GPCS 2.3.1 7.4, 11.1.3 to 11.1.5, 11.3, 11.11). */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_card_identifies_itself(void **state)
{
    struct card_config cfg = {.seid = {0x47, 0x90, 0xD6, 0x00, 0x84, 0x48, 0x34, 0x29, 0x76, 0x20},
                              .seid_len = 10};
    struct desk *d = desk_new(&cfg);

    (void)state;
    assert_int_equal(plain(d, "80CA9F7F00"), 0x9000);
    /* fabricator and type, system, its dates, fabrication date, serial number, batch */
    assert_int_equal(strlen(d->data), 2 * 45);
    d->data[42] = '\0';
    assert_string_equal(d->data, "9F7F2A4790D6004F54101501001015342976208448");
    assert_int_equal(plain(d, "80CA00CF00"), 0x9000);
    assert_string_equal(d->data, "CF0A4790D600844834297620");
    assert_int_equal(plain(d, "80CA005A00"), 0x9000);
    assert_string_equal(d->data, "5A0A4790D600844834297620");
    assert_int_equal(plain(d, "00CA00CF00"), 0x9000);
    assert_string_equal(d->data, "4790D600844834297620");
    assert_int_equal(plain(d, "80CA006600"), 0x9000);
    assert_string_equal(
        d->data, "6631732F06072A864886FC6B01600C060A2A864886FC6B02020301630906072A864886FC6B03640B06092A"
                 "864886FC6B040370");
    desk_free(d);
}

static void data_objects_are_stored_and_generated_ones_are_not(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80E290000A42031122334503445566"), 0x9000);
    assert_int_equal(secure(d, "80CA004200"), 0x9000);
    assert_string_equal(d->data, "4203112233");
    assert_int_equal(secure(d, "80E288000A0070075F500461626364"), 0x9000);
    assert_int_equal(secure(d, "80CA5F5000"), 0x9000);
    assert_string_equal(d->data, "5F500461626364");
    assert_int_equal(secure(d, "80E2900005C103000000"), 0x6A80);
    assert_int_equal(secure(d, "80E2900004C2020000"), 0x6A80);
    /* What stands before a refused object is not kept either. */
    assert_int_equal(secure(d, "80E290000842021122C1020000"), 0x6A80);
    assert_int_equal(secure(d, "80CA004200"), 0x9000);
    assert_string_equal(d->data, "4203112233");
    assert_int_equal(secure(d, "80E2980003420101"), 0x6A86);
    assert_int_equal(secure(d, "80E2900103420101"), 0x6A86);
    /* Cut at a command border. */
    assert_int_equal(secure(d, "80E2100003450401"), 0x9000);
    assert_int_equal(secure(d, "80E2900103020304"), 0x9000);
    assert_int_equal(secure(d, "80CA004500"), 0x9000);
    assert_string_equal(d->data, "450401020304");
    /* The issuer's domain can be renamed. */
    assert_int_equal(secure(d, "80E290000A4F08A000000003000000"), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x6A82);
    assert_int_equal(select_aid(d, "A000000003"), 0x9000);
    desk_free(d);
}

/* Selected on another channel a domain begins anew with its blocks (11.11.2.2). */
static void a_run_of_blocks_ends_when_its_domain_is_selected_elsewhere(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(plain(d, "0070000001"), 0x9000);
    assert_int_equal(secure(d, "80E2100003450401"), 0x9000);
    assert_int_equal(plain(d, "01A4040008" ISD "00"), 0x9000);
    assert_int_equal(secure(d, "80E2900103020304"), 0x6A86);
    assert_int_equal(secure(d, "80E290000445021122"), 0x9000);
    desk_free(d);
}

static void the_list_of_applications_wants_its_tag_list(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(secure(d, "80CA2F0000"), 0x6A80);
    assert_int_equal(secure(d, "80CA2F00025C0000"), 0x9000);
    assert_string_equal(d->data, "610A4F08" ISD "61094F07" APP);
    desk_free(d);
}

static void a_long_answer_is_fetched_in_parts_unless_the_command_is_extended(void **state)
{
    struct desk *d = opened(NULL);
    char aid[33], first[600];

    (void)state;
    for (int i = 0; i < 14; i++) {
        snprintf(aid, sizeof aid, "F04F5453440000000000000000%06d", i);
        assert_int_equal(create_domain(d, aid, ""), 0x9000);
    }
    assert_int_equal(plain(d, "00A4040000"), 0x9000);
    assert_int_equal(plain(d, "80CA2F00025C0000"), 0x6100 | (12 + 14 * 20 - 256));
    assert_int_equal(strlen(d->data), 2 * 256);
    snprintf(first, sizeof first, "%s", d->data);
    assert_int_equal(plain(d, "00C0000024"), 0x9000);
    assert_int_equal(strlen(d->data), 2 * (12 + 14 * 20 - 256));
    assert_int_equal(plain(d, "00C0000000"), 0x6D00);
    assert_int_equal(plain(d, "80CA2F000000025C000000"), 0x9000);
    assert_int_equal(strlen(d->data), 2 * (12 + 14 * 20));
    assert_memory_equal(d->data, first, 2 * 256);
    desk_free(d);
}

static void class_bytes_of_other_worlds_are_refused(void **state)
{
    struct desk *d = desk_new(NULL);

    (void)state;
    assert_int_equal(plain(d, "FFCA006600"), 0x6E00);
    assert_int_equal(plain(d, "C0CA006600"), 0x6881);
    assert_int_equal(plain(d, "82CA006600"), 0x6881);
    assert_int_equal(plain(d, "90CA006600"), 0x6884);
    assert_int_equal(plain(d, "8CCA006600"), 0x6882);
    /* SELECT by name and MANAGE CHANNEL are OPEN's, which knows no secure messaging. */
    assert_int_equal(plain(d, "04A4040008" ISD "00"), 0x6882);
    assert_int_equal(plain(d, "0470000001"), 0x6882);
    assert_int_equal(plain(d, "A0CA006600"), 0x6E00);
    assert_int_equal(plain(d, "80FF000000"), 0x6D00);
    assert_int_equal(plain(d, "00F28002024F0000"), 0x6E00);
    assert_int_equal(plain(d, "80CA0066"), 0x9000);
    assert_int_equal(plain(d, "80CA0066000000"), 0x9000);
    assert_int_equal(plain(d, "80CA66"), 0x6700);
    assert_int_equal(plain(d, "80CA00660200"), 0x6700);
    desk_free(d);
}

static void a_small_buffer_is_announced_and_kept(void **state)
{
    struct card_config cfg = {.quirk = "small-buffer"};
    struct desk *d = desk_new(&cfg);
    char long_command[2 * 135 + 1];

    (void)state;
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_string_equal(d->data, "6F108408" ISD "A5049F650180");
    memset(long_command, '0', sizeof long_command - 1);
    long_command[2 * 134] = '\0';
    memcpy(long_command, "80E8000081", 10);
    assert_int_equal(plain(d, "%s", long_command), 0x6700);
    desk_free(d);
}

static void faults_strike_where_they_are_told_to(void **state)
{
    struct card_config cfg = {.fault = "silent-2,6F00-3"};
    struct desk *d = desk_new(&cfg);

    (void)state;
    assert_int_equal(plain(d, "80CA006600"), 0x9000);
    assert_int_equal(plain(d, "80CA006600"), 0);
    assert_int_equal(plain(d, "80CA006600"), 0x6F00);
    assert_int_equal(plain(d, "80CA006600"), 0x9000);
    desk_free(d);
    cfg.fault = "truncate";
    d = desk_new(&cfg);
    assert_int_equal(plain(d, "80CA00CF00"), 0x9000);
    assert_int_equal(strlen(d->data), 2 * 11);
    desk_free(d);
    cfg.fault = "no-such-fault";
    assert_null(card_new(&cfg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_identifies_itself),
        cmocka_unit_test(data_objects_are_stored_and_generated_ones_are_not),
        cmocka_unit_test(a_run_of_blocks_ends_when_its_domain_is_selected_elsewhere),
        cmocka_unit_test(the_list_of_applications_wants_its_tag_list),
        cmocka_unit_test(a_long_answer_is_fetched_in_parts_unless_the_command_is_extended),
        cmocka_unit_test(class_bytes_of_other_worlds_are_refused),
        cmocka_unit_test(a_small_buffer_is_announced_and_kept),
        cmocka_unit_test(faults_strike_where_they_are_told_to),
    };

    return cmocka_run_group_tests_name("lab card: data", tests, NULL, NULL);
}
