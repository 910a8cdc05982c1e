/* SPDX-License-Identifier: Apache-2.0 */
/* How the bank reads a ProcessResult: each attribute by itself. [BSI TR-03165 4.3.3.1] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bank/spos/spos.h"

static const char right[] =
    "{\"processId\":\"d8643307-acda-40de-a792-ca0084eda5ec\",\"executionStatus\":0,\"executionMessage\":\"\","
    "\"startDate\":\"2026-11-22T09:20:39.409Z\",\"endDate\":\"2026-11-22T09:20:41.000Z\","
    "\"serviceId\":\"365d4866-808a-4230-88c8-3cc3d1b64382\",\"versionTag\":\"1.0.0\","
    "\"serviceInstanceId\":\"6787d90e-e0b2-44eb-a5ee-40d6b48e7535\",\"requestedOperations\":[10,11,12],"
    "\"serviceStartState\":1,\"serviceEndState\":21}";

static json_t *with(const char *name, const char *value)
{
    json_t *o = json_loads(right, 0, NULL);
    json_object_set_new(o, name, json_loads(value, JSON_DECODE_ANY, NULL));
    return o;
}

static void assert_judged(const char *name, const char *value, bool good)
{
    json_t *o = with(name, value);
    const char *wrong = spos_judge(o);
    if (good)
        assert_null(wrong);
    else
        assert_non_null(wrong);
    json_decref(o);
}

static void a_right_result_is_taken(void **state)
{
    (void)state;
    assert_judged("versionTag", "\"1.0.0\"", true);
    assert_judged("processId", "\"\"", true); /* the request failed before there was a process */
    assert_judged("requestedOperations", "[]", true);
    assert_judged("serviceStartState", "25", true);
}

static void each_wrong_attribute_is_seen(void **state)
{
    static const char *const wrong[][2] = {
        {"processId", "\"D8643307-acda-40de-a792-ca0084eda5ec\""},
        {"processId", "7"},
        {"executionStatus", "\"0\""},
        {"executionStatus", "21"},
        {"executionStatus", "2"}, /* without a message */
        {"executionMessage", "\"all is well\""},
        {"startDate", "\"2026-11-22T09:20:39Z\""},
        {"endDate", "\"2026-11-22T09:20:39.409+01:00\""},
        {"serviceId", "\"\""},
        {"versionTag", "null"},
        {"serviceInstanceId", "\"1\""},
        {"requestedOperations", "[13]"},
        {"requestedOperations", "10"},
        {"serviceStartState", "13"},
        {"serviceEndState", "\"21\""},
        {"more", "1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_judged(wrong[i][0], wrong[i][1], false);
}

static void each_missing_attribute_is_seen(void **state)
{
    json_t *whole = json_loads(right, 0, NULL);
    const char *name;
    json_t *value;
    (void)state;
    json_object_foreach(whole, name, value)
    {
        json_t *less = json_loads(right, 0, NULL);
        json_object_del(less, name);
        assert_non_null(spos_judge(less));
        json_decref(less);
    }
    json_decref(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_result_is_taken),
        cmocka_unit_test(each_wrong_attribute_is_seen),
        cmocka_unit_test(each_missing_attribute_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
