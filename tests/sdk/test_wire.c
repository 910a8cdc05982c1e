/* SPDX-License-Identifier: Apache-2.0 */
/* The pure half of the library: names and messages, argument checks, answers with every truncation, SERAM
 * messages. [TR-03165 4.2, GP SERAM 2.0.0] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "wire/answer.h"
#include "wire/check.h"
#include "wire/names.h"
#include "wire/seram.h"

#define ID "910bbd5a-1749-4737-b855-a520f1bc9da4"

/* ---- names, messages, arguments ---- */

static void names_are_the_guidelines(void **state)
{
    (void)state;
    assert_string_equal(tsm_api_error_name(20), "DEVICE_INTEGRITY_CHECK_FAILED");
    assert_string_equal(tsm_api_error_name(77), "UNSPECIFIED");
    assert_string_equal(tsm_api_state_name(14), "ACTIVATED");
    assert_string_equal(tsm_api_state_name(13), "UNKNOWN");
    assert_string_equal(tsm_api_operation_name(23), "SERVICE_UPDATE_FINALIZE");
    struct tsm_api_status s = status_of(TSM_API_SC_INACCESSIBLE, "access to %s failed", "SC");
    assert_string_equal(s.execution_message, "SC inaccessible: access to SC failed");
}

static void a_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    char text[TSM_API_MAX_LOG_TEXT + 40] = "x";
    struct tsm_api_status s = {0};
    for (size_t i = 1; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 3);
    status_keep(&s, text);
    size_t n = strlen(s.execution_message);
    assert_in_range(n, TSM_API_MAX_LOG_TEXT - 2, TSM_API_MAX_LOG_TEXT);
    assert_int_equal((unsigned char)s.execution_message[n - 1], 0xA9);
}

static void only_the_guidelines_patterns_are_taken(void **state)
{
    static const char *const good[] = {"1.3.0", "1.3.x", "1.x.x", "x.x.x", "X.x.X", "10.20.X"};
    static const char *const bad[] = {"x.1.x", "x.x.1", "1.x.1", "1.x",   "1",       "x",      "",
                                      "1.2.",  ".1.2",  "1..2",  "a.b.c", "1.2.3.4", "1.2.xx", "1 .2.3"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(check_pattern(good[i], "version", "R").execution_status, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(check_pattern(bad[i], "version", "R").execution_status, TSM_API_INVALID_ARGUMENT);
    assert_int_equal(check_pattern(NULL, "version", "R").execution_status, TSM_API_INVALID_ARGUMENT);
}

/* ---- answers ---- */

static const char created[] =
    "{\"serviceInstance\":{\"id\":\"" ID
    "\",\"state\":1,\"technicalInformation\":{\"spParameters\":{\"a\":\"b\"},"
    "\"serviceId\":null},\"lastOperation\":0,\"reader\":\"eSE1\",\"later\":[1]},\"executionStatus\":0,"
    "\"executionMessage\":null}";

static void an_instance_is_read(void **state)
{
    struct tsm_api_create_result r;
    (void)state;
    assert_int_equal(answer_create(bytes_of_text(created), &r), TSM_OK);
    assert_true(r.created);
    assert_string_equal(r.service_instance.id, ID);
    assert_string_equal(r.service_instance.technical_information.service_id, "");
    assert_string_equal(r.service_instance.technical_information.sp_parameters.at[0].value, "b");
    assert_string_equal(r.service_instance.running_process, "");
    assert_string_equal(r.execution_message, "");
    tsm_api_create_result_clear(&r);
}

static void every_truncation_is_refused(void **state)
{
    struct tsm_api_create_result r;
    (void)state;
    for (size_t n = 0; n < sizeof created - 1; n++)
        assert_int_not_equal(answer_create(BYTES_OF((const uint8_t *)created, n), &r), TSM_OK);
}

static void wrong_types_are_refused_with_the_member_named(void **state)
{
    static const char *const bad[][2] = {
        {"{\"executionStatus\":\"0\"}", "executionStatus"},
        {"{\"executionStatus\":-1}", "executionStatus"},
        {"{\"executionStatus\":0,\"executionMessage\":5}", "executionMessage"},
        {"{\"executionStatus\":0}", "serviceInstance"},
        {"{\"executionStatus\":0,\"serviceInstance\":{\"state\":1}}", "id"},
        {"{\"executionStatus\":0,\"serviceInstance\":{\"id\":\"i\",\"state\":1,\"technicalInformation\":{"
         "\"spParameters\":{\"a\":1}}}}",
         "spParameters"},
        {"{}", "executionStatus"},
    };
    struct tsm_api_create_result r;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_not_equal(answer_create(bytes_of_text(bad[i][0]), &r), TSM_OK);
        assert_string_equal(err_field(), bad[i][1]);
    }
    assert_int_not_equal(answer_create(bytes_of_text("[]"), &r), TSM_OK);
}

static void an_exchange_goes_to_https_alone(void **state)
{
    static const char form[] =
        "{\"seen\":7,\"state\":\"running\",\"operation\":10,\"progress\":40,\"exchange\":{"
        "\"url\":\"%s\",\"session\":\"%s\",\"reader\":\"eSE1\"}}";
    struct answer_progress p;
    struct tsm_api_process_result r;
    struct tsm_api_memory *m = memory_new();
    char text[512];
    (void)state;
    snprintf(text, sizeof text, form, "https://h:1/gp/seram", ID);
    assert_int_equal(answer_progress(bytes_of_text(text), m, &p, &r), TSM_OK);
    assert_true(p.has_exchange && p.seen == 7 && p.state == PROCESS_RUNNING);
    snprintf(text, sizeof text, form, "http://h:1/gp/seram", ID);
    assert_int_equal(answer_progress(bytes_of_text(text), m, &p, &r), TSM_BAD_VALUE);
    snprintf(text, sizeof text, form, "https://h:1/gp/seram", "a&b=c");
    assert_int_equal(answer_progress(bytes_of_text(text), m, &p, &r), TSM_BAD_VALUE);
    memory_free(m);
}

static void a_result_without_its_object_is_none(void **state)
{
    struct answer_progress p;
    struct tsm_api_process_result r;
    struct tsm_api_memory *m = memory_new();
    (void)state;
    assert_int_equal(answer_progress(bytes_of_text("{\"seen\":1,\"state\":\"done\"}"), m, &p, &r),
                     TSM_BAD_FORM);
    assert_int_equal(answer_progress(bytes_of_text("{\"seen\":1,\"state\":\"over\"}"), m, &p, &r),
                     TSM_BAD_VALUE);
    memory_free(m);
}

static void an_order_is_read_or_refused_whole(void **state)
{
    static const char good[] = "{\"delay\":0,\"ramCommands\":[{\"ramCommandType\":\"ramStartCommand\"},"
                               "{\"ramCommandType\":\"seRamCommand\",\"listOfCAPDU\":[\"00A40400\"]}]}";
    static const char *const bad[] = {
        "{\"delay\":-1}",
        "{\"delay\":300001}",
        "{\"ramCommands\":[]}",
        "{\"ramCommands\":[{}]}",
        "[]",
        "{\"chosenSecureElement\":{}}",
        "{\"ramCommands\":[{\"ramCommandType\":\"seRamCommand\"}]}",
        "{\"ramCommands\":[{\"ramCommandType\":\"seRamCommand\",\"listOfCAPDU\":[1]}]}"};
    struct seram_order o;
    (void)state;
    assert_int_equal(seram_order_read(bytes_of_text(good), &o), TSM_OK);
    assert_int_equal(json_array_size(o.commands), 2);
    json_decref(o.document);
    for (size_t n = 0; n < sizeof good - 1; n++)
        assert_int_not_equal(seram_order_read(BYTES_OF((const uint8_t *)good, n), &o), TSM_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_not_equal(seram_order_read(bytes_of_text(bad[i]), &o), TSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_guidelines),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(only_the_guidelines_patterns_are_taken),
        cmocka_unit_test(an_instance_is_read),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(wrong_types_are_refused_with_the_member_named),
        cmocka_unit_test(an_exchange_goes_to_https_alone),
        cmocka_unit_test(a_result_without_its_object_is_none),
        cmocka_unit_test(an_order_is_read_or_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
