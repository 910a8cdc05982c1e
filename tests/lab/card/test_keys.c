/* SPDX-License-Identifier: Apache-2.0 */
/* PUT KEY and DELETE [key] on the laboratory's card: both layouts, version ranges, atomicity, what may not go
 * (GPCS 2.3.1 7.5, 11.2.2.3.2, 11.8, B.6). */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OLD_KEY "404142434445464748494A4B4C4D4E4F"
#define KEY_256 "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F"
#define KEY_192 "505152535455565758595A5B5C5D5E5F6061626364656667"

static void the_first_key_set_replaces_the_initial_keys(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E012C00401FF8810C00402FF8810C00403FF8810");
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    /* scll-rust scp03_kat.rs put_key_payload_under_dek: check value of this key */
    assert_string_equal(d->data, "30C1CCDAC1CCDAC1CCDA");
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E012C00401308810C00402308810C00403308810");
    assert_int_equal(plain(d, "8050000008000102030405060700"), 0x9000);
    assert_int_equal(plain(d, "8050FF0008000102030405060700"), 0x6A88);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    desk_free(d);
}

/* Recorded by GlobalPlatformPro (layout 11-70) and gpshell3 (11-71) with the PeculiarVentures mock card. */
static void published_put_key_bodies_are_taken(void **state)
{
#define BLOCK_70 "881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
#define BLOCK_71 "8810FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80D800814631" BLOCK_70 BLOCK_70 BLOCK_70 "00"), 0x9000);
    assert_string_equal(d->data, "31C1CCDAC1CCDAC1CCDA");
    assert_int_equal(secure(d, "80D800814332" BLOCK_71 BLOCK_71 BLOCK_71 "00"), 0x9000);
    assert_string_equal(d->data, "32C1CCDAC1CCDAC1CCDA");
    desk_free(d);
}

static void every_aes_size_can_be_put(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x30, KEY_192, true), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x31, KEY_256, true), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x32, KEY_256, false), 0x9000);
    use_key(d, KEY_TYPE_AES, KEY_192);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    use_key(d, KEY_TYPE_AES, KEY_256);
    assert_int_equal(open_session(d, 0x32, 0x33), 0x9000);
    desk_free(d);
}

static void des_keys_are_put_under_the_session_key_of_scp02(void **state)
{
    struct card_config cfg = {.scp = "scp02-i55"};
    struct desk *d = opened(&cfg);
    char block[160];

    (void)state;
    key_block(d, KEY_TYPE_DES, NEW_KEY, false, block);
    assert_int_equal(put_three(d, 0, 0x20, block), 0x9000);
    use_key(d, KEY_TYPE_DES, NEW_KEY);
    assert_int_equal(open_session(d, 0x20, 0x03), 0x9000);
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E012C00401208010C00402208010C00403208010");
    desk_free(d);
}

static void a_wrong_check_value_changes_nothing(void **state)
{
    struct desk *d = opened(NULL);
    char good[160], bad[160];

    (void)state;
    key_block(d, KEY_TYPE_AES, NEW_KEY, true, good);
    strcpy(bad, good);
    bad[strlen(bad) - 1] = bad[strlen(bad) - 1] == '0' ? '1' : '0';
    assert_int_equal(secure(d, "80D80081%02zX30%s%s%s00", 1 + 3 * strlen(good) / 2, good, good, bad), 0x6982);
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E012C00401FF8810C00402FF8810C00403FF8810");
    assert_int_equal(open_session(d, 0, 0x03), 0x9000);
    desk_free(d);
}

static void malformed_key_fields_are_refused(void **state)
{
    struct desk *d = opened(NULL);
    char b[160];

    (void)state;
    key_block(d, KEY_TYPE_AES, NEW_KEY, true, b);
    assert_int_equal(secure(d, "80D80081%02zX30%s%s%s0000", 2 + 3 * strlen(b) / 2, b, b, b), 0x6A80);
    assert_int_equal(secure(d, "80D80001%02zX30%s%s00", 1 + 2 * strlen(b) / 2, b, b), 0x6A80);
    assert_int_equal(secure(d, "80D800811330881110FAC3AF9FB177982EABA2E63D9EF0398600"), 0x6A80);
    assert_int_equal(secure(d, "80D800811730881111FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA00"), 0x6A80);
    assert_int_equal(secure(d, "80D800811730891110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA00"), 0x6A80);
    assert_int_equal(secure(d, "80D800811700881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA00"), 0x6A80);
    assert_int_equal(secure(d, "80D800811780881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA00"), 0x6A80);
    assert_int_equal(secure(d, "80D80081013000"), 0x6700);
    desk_free(d);
}

static void version_ranges_hold_the_keys_of_their_protocol(void **state)
{
    struct card_config scp02 = {.scp = "scp02-i15"};
    struct desk *d = opened(NULL);
    char block[160];

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x20, NEW_KEY, true), 0x6A80);
    assert_int_equal(put_aes(d, 0, 0x2F, NEW_KEY, true), 0x6A80);
    /* Token or DAP keys leave the initial keys alone: nobody could authenticate with them. */
    assert_int_equal(put_aes(d, 0, 0x73, NEW_KEY, true), 0x9000);
    assert_int_equal(open_session(d, 0xFF, 0x03), 0x9000);
    assert_int_equal(plain(d, "8050730008000102030405060700"), 0x6A88);
    desk_free(d);
    d = opened(&scp02);
    key_block(d, KEY_TYPE_DES, NEW_KEY, false, block);
    assert_int_equal(put_three(d, 0, 0x30, block), 0x6A80);
    assert_int_equal(put_three(d, 0, 0x20, block), 0x9000);
    desk_free(d);
}

static void a_domain_with_scp80_keeps_01_to_0f_for_it(void **state)
{
    struct card_config cfg = {.kic_len = 16, .kid_len = 16};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x02, NEW_KEY, true), 0x9000);
    assert_int_equal(plain(d, "8050020008000102030405060700"), 0x6A88);
    assert_int_equal(open_session(d, 0, 0x03), 0x9000);
    desk_free(d);
}

static void replacing_keeps_type_and_size_and_may_renumber(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x6A80);
    assert_int_equal(put_aes(d, 0x33, 0x33, NEW_KEY, true), 0x6A88);
    assert_int_equal(put_aes(d, 0x30, 0x30, KEY_256, true), 0x6A80);
    assert_int_equal(put_aes(d, 0x30, 0x30, OLD_KEY, true), 0x9000);
    assert_int_equal(put_aes(d, 0x30, 0x31, OLD_KEY, true), 0x9000);
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E012C00401318810C00402318810C00403318810");
    assert_int_equal(open_session(d, 0x31, 0x03), 0x9000);
    desk_free(d);
}

static void a_new_set_starts_its_counter_at_zero_and_its_failures_too(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    assert_int_equal(secure(d, "80CA00C100"), 0x9000);
    assert_string_equal(d->data, "C103000000");
    desk_free(d);
}

static void keys_are_deleted_but_never_the_last_set_nor_the_one_in_use(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x31, NEW_KEY, true), 0x9000);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x31, 0x33), 0x9000);
    assert_int_equal(secure(d, "80E4000003D2013200"), 0x6A88);
    assert_int_equal(secure(d, "80E4000003D0010100"), 0x6A80);
    assert_int_equal(secure(d, "80E4000003D2013100"), 0x6985);
    assert_int_equal(secure(d, "80E4000006D00103D2013000"), 0x9000);
    assert_int_equal(secure(d, "80E4000003D2013000"), 0x9000);
    assert_string_equal(d->data, "00");
    assert_int_equal(secure(d, "80E4000003D2013000"), 0x6A88);
    assert_int_equal(secure(d, "80E4000003D2013100"), 0x6985);
    desk_free(d);
}

static void a_card_can_know_only_the_layout_without_inner_length(void **state)
{
    struct card_config cfg = {.quirk = "put-key-1171"};
    struct desk *d = opened(&cfg);

    (void)state;
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x6A80);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, false), 0x9000);
    desk_free(d);
}

static void a_card_can_lose_its_power_after_put_key(void **state)
{
    struct card_config cfg = {.fault = "crash-put-key"};
    struct desk *d = opened(&cfg);
    char block[160], command[600];

    (void)state;
    key_block(d, KEY_TYPE_AES, NEW_KEY, true, block);
    snprintf(command, sizeof command, "80D80081%02zX30%s%s%s00", 1 + 3 * strlen(block) / 2, block, block,
             block);
    wrap(d, "%s", command);
    assert_int_equal(plain(d, "%s", d->wrapped), 0);
    assert_true(card_is_dead(d->card));
    assert_int_equal(plain(d, "80CA006600"), 0);
    card_reset(d->card);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_key_set_replaces_the_initial_keys),
        cmocka_unit_test(published_put_key_bodies_are_taken),
        cmocka_unit_test(every_aes_size_can_be_put),
        cmocka_unit_test(des_keys_are_put_under_the_session_key_of_scp02),
        cmocka_unit_test(a_wrong_check_value_changes_nothing),
        cmocka_unit_test(malformed_key_fields_are_refused),
        cmocka_unit_test(version_ranges_hold_the_keys_of_their_protocol),
        cmocka_unit_test(a_domain_with_scp80_keeps_01_to_0f_for_it),
        cmocka_unit_test(replacing_keeps_type_and_size_and_may_renumber),
        cmocka_unit_test(a_new_set_starts_its_counter_at_zero_and_its_failures_too),
        cmocka_unit_test(keys_are_deleted_but_never_the_last_set_nor_the_one_in_use),
        cmocka_unit_test(a_card_can_know_only_the_layout_without_inner_length),
        cmocka_unit_test(a_card_can_lose_its_power_after_put_key),
    };

    return cmocka_run_group_tests_name("lab card: PUT KEY", tests, NULL, NULL);
}
