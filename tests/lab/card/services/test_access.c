/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules in the ARA-M: stored and deleted through its security domain, read whole, in parts and one by
 * one (GP Secure Element Access Control v1.1). */
#include "demo.h"
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARAM   "A00000015141434C00"
#define HASH_1 "1111111111111111111111111111111111111111"
#define HASH_2 "2222222222222222222222222222222222222222"
#define APPLET "A00000000101"
/* REF-DO and REF-AR-DO for one applet and one certificate. */
#define REF(hash)        "E11E4F06" APPLET "C114" hash
#define RULE(hash, apdu) "E225" REF(hash) "E303D001" apdu
#define STORE(rule)      "F027" rule

static struct desk *with_aram(void)
{
    struct card_config cfg = {.with = "ara-m"};

    return opened(&cfg);
}

/* One command to the ARA-M through the issuer's domain. */
static uint16_t command(struct desk *d, const char *object)
{
    assert_int_equal(target(d, ARAM), 0x9000);
    return secure(d, "80E29000%02zX%s", strlen(object) / 2, object);
}

static void begin_again(struct desk *d)
{
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
}

static void a_rule_is_stored_and_read_back(void **state)
{
    struct desk *d = with_aram();

    (void)state;
    assert_int_equal(command(d, STORE(RULE(HASH_1, "01"))), 0x9000);
    assert_int_equal(command(d, STORE(RULE(HASH_2, "00"))), 0x9000);
    assert_int_equal(select_aid(d, ARAM), 0x9000);
    assert_int_equal(plain(d, "80CAFF4000"), 0x9000);
    assert_string_equal(d->data, "FF404E" RULE(HASH_1, "01") RULE(HASH_2, "00"));
    assert_int_equal(plain(d, "80CAFF5020" REF(HASH_2) "00"), 0x9000);
    assert_string_equal(d->data, "FF5005E303D00100");
    assert_int_equal(plain(d, "80CAFF5020E11E4F06A00000000102C114" HASH_2 "00"), 0x6A88);
    desk_free(d);
}

static void a_second_rule_for_the_same_reference_replaces_the_first(void **state)
{
    struct desk *d = with_aram();

    (void)state;
    assert_int_equal(command(d, STORE(RULE(HASH_1, "01"))), 0x9000);
    assert_int_equal(command(d, STORE(RULE(HASH_1, "00"))), 0x6381);
    assert_int_equal(select_aid(d, ARAM), 0x9000);
    assert_int_equal(plain(d, "80CAFF4000"), 0x9000);
    assert_string_equal(d->data, "FF4027" RULE(HASH_1, "00"));
    desk_free(d);
}

static void every_change_gives_another_refresh_tag(void **state)
{
    struct desk *d = with_aram();
    static const char *const changes[] = {STORE(RULE(HASH_1, "01")), "F200", "F100"};
    char before[DESK_HEX];

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(select_aid(d, ARAM), 0x9000);
        assert_int_equal(plain(d, "80CADF2000"), 0x9000);
        assert_int_equal(strlen(d->data), 22);
        strcpy(before, d->data);
        begin_again(d);
        assert_int_equal(command(d, changes[i]), 0x9000);
        assert_int_equal(select_aid(d, ARAM), 0x9000);
        assert_int_equal(plain(d, "80CADF2000"), 0x9000);
        assert_string_not_equal(d->data, before);
        begin_again(d);
    }
    desk_free(d);
}

static void rules_are_deleted_by_rule_reference_applet_or_all(void **state)
{
    static const char *const deletions[] = {"F127" RULE(HASH_1, "01"), "F120" REF(HASH_1),
                                            ("F1084F06" APPLET), "F100"};
    static const char *const left[] = {"FF4027" RULE(HASH_2, "00"), "FF4027" RULE(HASH_2, "00"), "FF4000",
                                       "FF4000"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct desk *d = with_aram();

        assert_int_equal(command(d, STORE(RULE(HASH_1, "01"))), 0x9000);
        assert_int_equal(command(d, STORE(RULE(HASH_2, "00"))), 0x9000);
        assert_int_equal(command(d, deletions[i]), 0x9000);
        assert_int_equal(select_aid(d, ARAM), 0x9000);
        assert_int_equal(plain(d, "80CAFF4000"), 0x9000);
        assert_string_equal(d->data, left[i]);
        begin_again(d);
        assert_int_equal(command(d, "F127" RULE(HASH_1, "01")), 0x6A88);
        desk_free(d);
    }
}

static void many_rules_are_read_in_parts(void **state)
{
    struct desk *d = with_aram();
    char rule[256], all[DESK_HEX] = "";

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(rule, sizeof rule, "F027E225E11E4F06A000000001%02XC114" HASH_1 "E303D00101", i);
        assert_int_equal(command(d, rule), 0x9000);
    }
    assert_int_equal(select_aid(d, ARAM), 0x9000);
    assert_int_equal(plain(d, "80CAFF4000"), 0x9000);
    assert_int_equal(strlen(d->data), 2 * 255);
    assert_int_equal(memcmp(d->data, "FF4082030C", 10), 0);
    strcat(all, d->data);
    while (strlen(all) < 2 * (5 + 0x30C)) {
        assert_int_equal(plain(d, "80CAFF6000"), 0x9000);
        strcat(all, d->data);
    }
    assert_int_equal(strlen(all), 2 * (5 + 0x30C));
    assert_int_equal(plain(d, "80CAFF6000"), 0x6985);
    desk_free(d);
}

static void malformed_rules_and_strangers_are_refused(void **state)
{
    static const char *const wrong[] = {
        "F003E22500",                                         /* cut */
        "F027E225E11E4F06" APPLET "C114" HASH_1 "E303D00102", /* neither never nor always */
        "F025E223E11C4F04A0000000C114" HASH_1 "E303D00101",   /* an AID of four bytes */
        ("F026E224E11D4F06" APPLET
         "C11311111111111111111111111111111111111111E303D00101"), /* a hash of 19 bytes */
        "F01DE21BE1194F01A0C114" HASH_1,                          /* no access rule */
    };
    struct desk *d = with_aram();

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(command(d, wrong[i]), 0x6A80);
    assert_int_equal(command(d, "F400"), 0x6981);
    assert_int_equal(select_aid(d, ARAM), 0x9000);
    assert_int_equal(plain(d, "80CAFF4000"), 0x9000);
    assert_string_equal(d->data, "FF4000");
    assert_int_equal(plain(d, "80E2900029" STORE(RULE(HASH_1, "01"))), 0x6982);
    desk_free(d);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_stored_and_read_back),
        cmocka_unit_test(a_second_rule_for_the_same_reference_replaces_the_first),
        cmocka_unit_test(every_change_gives_another_refresh_tag),
        cmocka_unit_test(rules_are_deleted_by_rule_reference_applet_or_all),
        cmocka_unit_test(many_rules_are_read_in_parts),
        cmocka_unit_test(malformed_rules_and_strangers_are_refused),
    };

    (void)argc;
    (void)argv;
    return cmocka_run_group_tests_name("lab card: access rules", tests, NULL, NULL);
}
