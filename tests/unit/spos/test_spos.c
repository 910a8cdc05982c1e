/* SPDX-License-Identifier: Apache-2.0 */
/* Process results: the delays, what answers mean, the JSON, addresses and certificates. Station 12. [BSI
 * TR-03165 4.3] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "role/sp/spos/delay.h"
#include "role/sp/spos/result.h"
#include "role/sp/spos/target.h"

/* A P-256 certificate, made for this test: CN=spos.example, valid until 2120. */
static const char certificate[] = "-----BEGIN CERTIFICATE-----\n"
                                  "MIIBhTCCASugAwIBAgIUZZD/NLdq49f1q5APcs1N6954CiAwCgYIKoZIzj0EAwIw\n"
                                  "FzEVMBMGA1UEAwwMc3Bvcy5leGFtcGxlMCAXDTI2MTEyMjA5MTEwOVoYDzIxMTkx\n"
                                  "MjI1MDkxMTA5WjAXMRUwEwYDVQQDDAxzcG9zLmV4YW1wbGUwWTATBgcqhkjOPQIB\n"
                                  "BggqhkjOPQMBBwNCAAQ6Aw8FlON2eFCTT9msiQFX1BPvH9GnDpNa9DCZYBMxMzxG\n"
                                  "L16bubvwn1E0TLAGgDzSNF9+SyJXN892jw6/9Avwo1MwUTAdBgNVHQ4EFgQU/L1x\n"
                                  "mnA563G9h5xSLJME1Do4oUwwHwYDVR0jBBgwFoAU/L1xmnA563G9h5xSLJME1Do4\n"
                                  "oUwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAnBUvRCAzxZSD\n"
                                  "p0+mFER3OluysBr8Qoj1XKLDNNBkRWkCIGB6btyZnZ4AjZ3ZRuIn1MADkqzLZSms\n"
                                  "TGpNiyIyIx3l\n"
                                  "-----END CERTIFICATE-----\n";

static void delays_grow_to_two_minutes_and_no_further(void **state)
{
    static const int64_t wanted[] = {1, 2, 5, 10, 20, 30, 60, 120, 120, 120};
    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_int_equal(spos_delay((int64_t)i + 1, 0, 0), SECONDS(wanted[i]));
    assert_int_equal(spos_delay(0, 0, 0), SECONDS(1));
    assert_int_equal(spos_delay(INT64_MAX, 0, 0), SECONDS(SPOS_DELAY_MAX_S));
}

/* Ten minutes without a receiver: how often it is tried, and how long after its return it hears. */
static void an_outage_of_ten_minutes_costs_eleven_tries_and_ends_within_two_minutes(void **state)
{
    time_us at = 0;
    int64_t tries = 1;
    (void)state;
    while (at < SECONDS(600))
        at += spos_delay(tries++, 0, 0);
    assert_int_equal(tries - 1, 11);
    assert_true(at - SECONDS(600) <= SECONDS(SPOS_DELAY_MAX_S));
}

static void a_setting_shortens_and_the_receiver_lengthens_a_delay(void **state)
{
    (void)state;
    assert_int_equal(spos_delay(9, 3, 0), SECONDS(3));
    assert_int_equal(spos_delay(1, 3, 0), SECONDS(1));
    assert_int_equal(spos_delay(1, 3, 7), SECONDS(7));
    assert_int_equal(spos_delay(1, 0, 86400), SECONDS(SPOS_DELAY_MAX_S));
}

static void only_answers_about_the_body_hold_one_result_alone(void **state)
{
    (void)state;
    for (int status = 200; status < 300; status++)
        assert_int_equal(spos_answer_of(status), SPOS_TAKEN);
    for (int status = 300; status < 600; status++) {
        bool body = status == 400 || status == 409 || status == 413 || status == 415 || status == 422;
        assert_int_equal(spos_answer_of(status), body ? SPOS_REFUSES : SPOS_AWAY);
    }
    assert_int_equal(spos_answer_of(0), SPOS_AWAY);
}

static struct process_result result_of(enum operation operation, unsigned commands)
{
    return (struct process_result){.process = "11111111-2222-4333-8444-555555555555",
                                   .message = "Internal error: none",
                                   .start = 1793000000123456,
                                   .end = 1793000001999999,
                                   .service = "s",
                                   .version = "1.2.3",
                                   .instance = "i",
                                   .operation = operation,
                                   .commands = commands,
                                   .start_state = INSTANCE_NOT_DEPLOYED,
                                   .end_state = INSTANCE_REMOVED};
}

static void assert_operations(enum operation operation, unsigned commands, const char *wanted)
{
    struct process_result r = result_of(operation, commands);
    json_t *o = process_result_json(&r);
    char *text = json_dumps(json_object_get(o, "requestedOperations"), JSON_COMPACT);
    assert_string_equal(text, wanted);
    free(text);
    json_decref(o);
}

static void operations_have_the_numbers_of_the_guideline(void **state)
{
    (void)state;
    assert_operations(OP_DEPLOY, COMMAND_INSTALL | COMMAND_PERSONALISE | COMMAND_ACTIVATE, "[10,11,12]");
    assert_operations(OP_DEPLOY, COMMAND_INSTALL, "[10]");
    assert_operations(OP_DEPLOY, COMMAND_PERSONALISE | COMMAND_ACTIVATE, "[11,12]");
    assert_operations(OP_DEPLOY, COMMANDS_ALL, "[10,11,12]");
    assert_operations(OP_DEPLOY, COMMANDS_ALL | COMMAND_PERSONALISE_LAST, "[10,12,11]");
    assert_operations(OP_UPDATE, COMMANDS_ALL | COMMAND_SUSPENDED | COMMAND_PERSONALISE_LAST, "[20,22,21]");
    assert_operations(OP_DEPLOY, COMMAND_FINALISE, "[]");
    assert_operations(OP_UPDATE, COMMAND_INSTALL | COMMAND_PERSONALISE | COMMAND_ACTIVATE, "[20,21,22]");
    assert_operations(OP_UPDATE, COMMAND_ACTIVATE, "[22]");
    assert_operations(OP_SUSPEND, 7, "[30]");
    assert_operations(OP_RESUME, 7, "[31]");
    assert_operations(OP_TERMINATE, 7, "[40]");
    assert_true(process_result_is_told(OP_TERMINATE));
    assert_false(process_result_is_told(OP_EXCHANGE));
}

static void a_result_has_exactly_the_attributes(void **state)
{
    struct process_result r = result_of(OP_TERMINATE, 0);
    json_t *o = process_result_json(&r);
    char *text = json_text(o);
    (void)state;
    assert_string_equal(
        text, "{\"processId\":\"11111111-2222-4333-8444-555555555555\",\"executionStatus\":0,"
              "\"executionMessage\":\"\",\"startDate\":\"2026-10-26T07:33:20.123Z\","
              "\"endDate\":\"2026-10-26T07:33:21.999Z\",\"serviceId\":\"s\",\"versionTag\":\"1.2.3\","
              "\"serviceInstanceId\":\"i\",\"requestedOperations\":[40],\"serviceStartState\":1,"
              "\"serviceEndState\":1}");
    free(text);
    json_decref(o);
    r.status = 2;
    o = process_result_json(&r);
    assert_string_equal(json_member(o, "executionMessage"), "Internal error: none");
    json_decref(o);
}

static void an_address_is_https_and_gets_the_method(void **state)
{
    static const char *const bad[] = {"",
                                      "http://bank.example/spos",
                                      "https://",
                                      "https:///",
                                      "/bank/spos",
                                      "https://bank.example/?a=b",
                                      "https://bank.example/#x"};
    char url[SPOS_URL_MAX], longest[SPOS_URL_MAX + 10];
    (void)state;
    assert_int_equal(spos_url("https://bank.example/spos", url), TSM_OK);
    assert_string_equal(url, "https://bank.example/spos/process-results");
    assert_int_equal(spos_url("HTTPS://bank.example//", url), TSM_OK);
    assert_string_equal(url, "HTTPS://bank.example/process-results");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(spos_url(bad[i], url), TSM_BAD_VALUE);
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    memcpy(longest, "https://", 8);
    assert_int_equal(spos_url(longest, url), TSM_TOO_LONG);
}

static void a_certificate_is_read_from_pem_and_der_and_from_nothing_else(void **state)
{
    static char pem[SPOS_PEM_MAX], again[SPOS_PEM_MAX];
    static uint8_t spoilt[sizeof certificate];
    (void)state;
    assert_int_equal(spos_pem(bytes_of_text(certificate), pem), TSM_OK);
    assert_string_equal(pem, certificate);
    assert_int_equal(spos_pem(bytes_of_text(pem), again), TSM_OK);
    for (size_t n = 0; n < strlen(certificate) - 2; n++)
        assert_int_equal(spos_pem(BYTES_OF((const uint8_t *)certificate, n), pem), TSM_BAD_FORM);
    memcpy(spoilt, certificate, sizeof spoilt);
    spoilt[200] = '*';
    assert_int_equal(spos_pem(BYTES(spoilt), pem), TSM_BAD_FORM);
    assert_int_equal(spos_pem(BYTES_OF(spoilt, SPOS_PEM_MAX + 1), pem), TSM_BAD_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_grow_to_two_minutes_and_no_further),
        cmocka_unit_test(an_outage_of_ten_minutes_costs_eleven_tries_and_ends_within_two_minutes),
        cmocka_unit_test(a_setting_shortens_and_the_receiver_lengthens_a_delay),
        cmocka_unit_test(only_answers_about_the_body_hold_one_result_alone),
        cmocka_unit_test(operations_have_the_numbers_of_the_guideline),
        cmocka_unit_test(a_result_has_exactly_the_attributes),
        cmocka_unit_test(an_address_is_https_and_gets_the_method),
        cmocka_unit_test(a_certificate_is_read_from_pem_and_der_and_from_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
