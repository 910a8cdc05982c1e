/* SPDX-License-Identifier: Apache-2.0 */
/* The phone's enforcer decides by access rules which application may speak to which applet; pure. [GP Secure
 * Element Access Control v1.1 3.2] */
#include "handset/local/rules.h"

#include "common/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ONE     "1111111111111111111111111111111111111111"
#define TWO     "2222222222222222222222222222222222222222"
#define APPLET  "A00000000101"
#define MINE    "E225E11E4F06" APPLET "C114" ONE "E303D00101"
#define OTHERS_ "E225E11E4F06" APPLET "C114" TWO "E303D00101"
#define ALL     "E211E10A4F06" APPLET "C100E303D00101"
#define NEVER   "E225E11E4F06" APPLET "C114" ONE "E303D00100"
#define ANY_ONE "E21FE1184F00C114" ONE "E303D00101"
#define ANY_TWO "E21FE1184F00C114" TWO "E303D00101"
#define ANY_ALL "E20BE1044F00C100E303D00101"
#define SOME    "E22CE11E4F06" APPLET "C114" ONE "E30AD00880CA0000FFFF0000"

static struct access decide(const char *rules, const char *applet)
{
    uint8_t bytes[512], aid[16];
    struct device_app app = {.hash_len = 20};
    struct tlv name = {.value = aid};
    size_t n;

    memset(app.hash, 0x11, app.hash_len);
    assert_true(lab_hex_read(rules, bytes, sizeof bytes, &n));
    assert_true(lab_hex_read(applet, aid, sizeof aid, &name.len));
    return rules_decide(bytes, n, &name, &app);
}

static void the_most_specific_rule_decides(void **state)
{
    static const struct {
        const char *rules;
        bool allowed;
    } rows[] = {
        {"", false},
        {MINE, true},
        {NEVER ANY_ALL, false},
        {OTHERS_, false},
        {OTHERS_ ALL, false}, /* given to others by name */
        {OTHERS_ MINE, true},
        {ALL, true},
        {ANY_ONE, true},
        {ANY_TWO, false},
        {ANY_TWO ANY_ALL, false},
        {ANY_ALL, true},
        {OTHERS_ ANY_ALL, false},
        {ANY_ALL NEVER, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (decide(rows[i].rules, APPLET).allowed != rows[i].allowed)
            fail_msg("row %zu", i);
}

static void a_rule_for_another_applet_says_nothing(void **state)
{
    (void)state;
    assert_false(decide(MINE, "A00000000102").allowed);
    assert_false(decide(MINE, "A0000000010101").allowed);
    assert_true(decide(MINE ANY_ALL, "A00000000102").allowed);
}

static void the_applet_selected_implicitly_has_a_rule_of_its_own(void **state)
{
    (void)state;
    assert_false(decide(ANY_ALL, "").allowed);
    assert_true(decide("E21FE118C000C114" ONE "E303D00101", "").allowed);
}

static void a_filter_lets_only_its_commands_pass(void **state)
{
    struct access a = decide(SOME, APPLET);

    (void)state;
    assert_true(a.allowed);
    assert_true(access_passes(&a, (const uint8_t *)"\x80\xCA\x9F\x7F\x00", 5));
    assert_false(access_passes(&a, (const uint8_t *)"\x80\xE2\x00\x00\x00", 5));
    assert_false(access_passes(&a, (const uint8_t *)"\x80\xCA", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_rule_decides),
        cmocka_unit_test(a_rule_for_another_applet_says_nothing),
        cmocka_unit_test(the_applet_selected_implicitly_has_a_rule_of_its_own),
        cmocka_unit_test(a_filter_lets_only_its_commands_pass),
    };

    return cmocka_run_group_tests_name("lab handset: access rules", tests, NULL, NULL);
}
