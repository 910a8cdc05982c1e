/* SPDX-License-Identifier: Apache-2.0 */
/* What providers post: campaigns (role/sp/bulk/wish.h) and verifications (role/sp/verify/setting.h); every
 * document that is cut short is refused. Unit test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "role/sp/bulk/wish.h"
#include "role/sp/verify/setting.h"

static const char full[] = "{\"operation\":\"update\",\"service\":\"s\",\"version\":\"2.0.0\",\"select\":{"
                           "\"version\":\"1.0.0\",\"state\":"
                           "\"OPERATIONAL\",\"profile\":\"lab-uicc\"},\"rate_per_s\":20,\"window\":{\"from\":"
                           "\"01:00\",\"to\":\"05:30\","
                           "\"zone\":\"+02:00\"},\"canary\":{\"count\":7,\"then\":\"wait\"},\"stop_at_"
                           "failure_percent\":2,\"judged_from\":50,"
                           "\"deadline_s\":90,\"order_deadline_s\":60}";
static const char hook[] =
    "{\"kind\":\"hook\",\"url\":\"https://bank.example/known\",\"expires_s\":60,\"step_up\":"
    "{\"digits\":6,\"tries\":2}}";

static enum tsm_err wish_of(const char *text, struct bulk_wish *w)
{
    return bulk_wish_read(bytes_of_text(text), w);
}

static void a_campaign_is_read_with_all_its_rules(void **state)
{
    struct bulk_wish w;
    (void)state;
    assert_int_equal(wish_of(full, &w), TSM_OK);
    assert_int_equal(w.operation, OP_UPDATE);
    assert_string_equal(w.version, "2.0.0");
    assert_string_equal(w.from_version, "1.0.0");
    assert_string_equal(w.profile, "lab-uicc");
    assert_int_equal(w.states[0], INSTANCE_OPERATIONAL);
    assert_int_equal(w.states[1], INSTANCE_OPERATIONAL);
    assert_int_equal(w.rules.per_minute, 20 * 60);
    assert_int_equal(w.rules.window_from, 23 * 3600); /* of the day before, in UTC */
    assert_int_equal(w.rules.window_to, 3 * 3600 + 1800);
    assert_int_equal(w.zone_s, 7200);
    assert_int_equal(w.rules.canary, 7);
    assert_true(w.rules.canary_holds);
    assert_int_equal(w.rules.stop_percent, 2);
    assert_int_equal(w.rules.judged_from, 50);
    assert_int_equal(w.deadline_s, 90);
    assert_int_equal(w.validity_s, 60);
    bulk_wish_drop(&w);
}

static void what_is_not_said_has_its_usual_value(void **state)
{
    struct bulk_wish w;
    (void)state;
    assert_int_equal(wish_of("{\"operation\":\"resume\",\"service\":\"s\"}", &w), TSM_OK);
    assert_int_equal(w.states[0], INSTANCE_SUSPENDED);
    assert_int_equal(w.rules.per_minute, 0);
    assert_int_equal(w.rules.at_once, BULK_AT_ONCE);
    assert_int_equal(w.rules.stop_percent, BULK_STOP_PERCENT);
    assert_int_equal(w.rules.window_from, w.rules.window_to);
    bulk_wish_drop(&w);
    assert_int_equal(wish_of("{\"operation\":\"terminate\",\"service\":\"s\"}", &w), TSM_OK);
    assert_int_equal(w.states[0], 0); /* whatever state they are in */
    bulk_wish_drop(&w);
}

static void a_list_stands_alone_and_holds_ids_only(void **state)
{
    static const char *const wrong[] = {
        "{}", "[]", "[1]", "[\"\"]", "[\"12345678901234567890\"]", "[\"1a\"]", "[\"1\",null]"};
    struct bulk_wish w;
    char text[160];
    (void)state;
    assert_int_equal(wish_of("{\"operation\":\"suspend\",\"service\":\"s\",\"select\":{\"instances\":[\"1\","
                             "\"9223372036854775807\"]}}",
                             &w),
                     TSM_OK);
    assert_int_equal(json_array_size(w.instances), 2);
    bulk_wish_drop(&w);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(text, sizeof text,
                 "{\"operation\":\"suspend\",\"service\":\"s\",\"select\":{\"instances\":%s}}", wrong[i]);
        assert_int_not_equal(wish_of(text, &w), TSM_OK);
        assert_string_equal(err_field(), "instances");
        bulk_wish_drop(&w);
    }
}

static void clocks_and_zones_are_strict(void **state)
{
    static const char *const clocks[] = {"24:00", "12:60", "1:000", "12-00", "ab:cd", "", "12:0", "12:000"};
    static const char *const zones[] = {"+14:01", "01:00", "+1:00",         "",
                                        "+01:0",  "utc",   "Europe/Berlin", "+01:00 "};
    int64_t s;
    (void)state;
    assert_int_equal(bulk_clock_read("from", "23:59", &s), TSM_OK);
    assert_int_equal(s, DAY_S - 60);
    assert_int_equal(bulk_zone_read("-03:30", &s), TSM_OK);
    assert_int_equal(s, -12600);
    assert_int_equal(bulk_zone_read("Z", &s), TSM_OK);
    assert_int_equal(s, 0);
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++)
        assert_int_equal(bulk_clock_read("from", clocks[i], &s), TSM_BAD_FORM);
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        assert_int_equal(bulk_zone_read(zones[i], &s), TSM_BAD_FORM);
}

static void a_setting_comes_back_as_it_was_read(void **state)
{
    struct verify_setting s, again;
    json_t *o;
    char *text;
    (void)state;
    assert_int_equal(verify_setting_read(bytes_of_text(hook), &s), TSM_OK);
    o = verify_setting_json(&s);
    text = json_text(o);
    assert_int_equal(verify_setting_read(bytes_of_text(text), &again), TSM_OK);
    assert_memory_equal(&s, &again, sizeof s);
    assert_int_equal(s.digits, 6);
    assert_int_equal(s.tries, 2);
    free(text);
    json_decref(o);
}

static void documents_that_are_cut_short_are_refused(void **state)
{
    struct verify_setting s;
    struct bulk_wish w;
    (void)state;
    for (size_t n = 0; n < sizeof full - 1; n++) {
        assert_int_not_equal(bulk_wish_read(BYTES_OF((const uint8_t *)full, n), &w), TSM_OK);
        bulk_wish_drop(&w);
    }
    for (size_t n = 0; n < sizeof hook - 1; n++)
        assert_int_not_equal(verify_setting_read(BYTES_OF((const uint8_t *)hook, n), &s), TSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_campaign_is_read_with_all_its_rules),
        cmocka_unit_test(what_is_not_said_has_its_usual_value),
        cmocka_unit_test(a_list_stands_alone_and_holds_ids_only),
        cmocka_unit_test(clocks_and_zones_are_strict),
        cmocka_unit_test(a_setting_comes_back_as_it_was_read),
        cmocka_unit_test(documents_that_are_cut_short_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
