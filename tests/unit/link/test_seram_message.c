/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of GP SERAM 2.0.0 against the examples of its OpenAPI document (gpseram.yaml,
 * components/examples, transcribed), and what is refused. Stations 8 and 10.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/seram/seram_message.h"

static uint8_t room[4096];

static const char handshake_request[] =
    "{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"89001012012341234012345678901224\","
    " \"seExtraInfo\": \"SAM\"}],"
    " \"supportedTransportProtocols\": [\"HTTPS\"], \"supportedDataFormats\": [\"application/json\"],"
    " \"supportedVersion\": [\"2.0.0\"]}";
static const char handshake_response[] =
    "{\"chosenTransportProtocol\": \"HTTPS\", \"chosenDataFormat\": \"application/json\","
    " \"chosenVersion\": \"2.0.0\"}";
static const char polling[] =
    "{\"localAgentStatus\": {\"localAgentStatusEnum\": \"POLLING\", \"executedSeRamCommands\": 0}}";
static const char apdus_report[] =
    "{\"localAgentStatus\": {\"localAgentStatusEnum\": \"PROCESSED\", \"executedSeRamCommands\": 2},"
    " \"ramResponses\": [{\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [\"9000\", \"9000\"]},"
    " {\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [\"9000\"]}]}";

static enum tsm_err read_handshake(const char *json, struct seram_handshake *h)
{
    return seram_handshake_read(bytes_of_text(json), h);
}

static enum tsm_err read_report(const char *json, struct seram_report *r)
{
    return seram_report_read(bytes_of_text(json), WRITER(room), r);
}

static void the_handshake_of_the_standard_is_read(void **state)
{
    struct seram_handshake h;
    (void)state;
    assert_int_equal(read_handshake(handshake_request, &h), TSM_OK);
    assert_int_equal(h.n, 1);
    assert_int_equal(h.elements[0].type, SERAM_ESE);
    assert_string_equal(h.elements[0].id, "89001012012341234012345678901224");
    assert_string_equal(h.elements[0].extra, "SAM");
}

static void an_offer_that_is_left_out_means_ours(void **state)
{
    struct seram_handshake h;
    (void)state;
    assert_int_equal(read_handshake("{\"secureElements\": [{\"seType\": \"uicc\", \"seId\": \"1\"}]}", &h),
                     TSM_OK);
    assert_int_equal(h.elements[0].type, SERAM_UICC);
    assert_string_equal(h.elements[0].extra, "");
}

static void an_offer_without_ours_has_no_common_protocol(void **state)
{
    static const char *const offers[] = {
        "\"supportedVersions\": [\"1.0.0\", \"3.0.0\"]",
        "\"supportedVersion\": [\"1.0.0\"]",
        "\"supportedVersions\": []",
        "\"supportedTransportProtocols\": [\"MQTT\"]",
        "\"supportedDataFormats\": [\"application/cbor\"]",
    };
    struct seram_handshake h;
    (void)state;
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        char json[256];
        snprintf(json, sizeof json, "{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"1\"}], %s}",
                 offers[i]);
        assert_int_equal(read_handshake(json, &h), TSM_UNSUPPORTED);
    }
}

static void both_names_of_the_versions_are_taken(void **state)
{
    struct seram_handshake h;
    (void)state;
    assert_int_equal(read_handshake("{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"1\"}],"
                                    " \"supportedVersions\": [\"1.0.0\", \"2.0.0\"]}",
                                    &h),
                     TSM_OK);
}

static void a_bad_handshake_names_its_field(void **state)
{
    static const struct {
        const char *json, *field;
        enum tsm_err e;
    } bad[] = {
        {"{}", "secureElements", TSM_MISSING_FIELD},
        {"{\"secureElements\": []}", "secureElements", TSM_BAD_VALUE},
        {"{\"secureElements\": {}}", "secureElements", TSM_BAD_VALUE},
        {"{\"secureElements\": [{\"seType\": \"eSE\"}]}", "seId", TSM_MISSING_FIELD},
        {"{\"secureElements\": [{\"seId\": \"1\"}]}", "seType", TSM_MISSING_FIELD},
        {"{\"secureElements\": [{\"seType\": \"ESE\", \"seId\": \"1\"}]}", "seType", TSM_BAD_VALUE},
        {"{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": 1}]}", "seId", TSM_BAD_VALUE},
        {"{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"\"}]}", "seId", TSM_BAD_LENGTH},
        {"{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"1\"}], \"supportedVersions\": [2]}",
         "supportedVersions", TSM_BAD_VALUE},
        {"[]", "", TSM_BAD_FORM},
    };
    struct seram_handshake h;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_handshake(bad[i].json, &h), bad[i].e);
        assert_string_equal(err_field(), bad[i].field);
    }
}

static void more_elements_than_the_limit_are_refused(void **state)
{
    struct seram_handshake h = {.n = SERAM_ELEMENTS_MAX}, back;
    char *json;
    (void)state;
    for (size_t i = 0; i < h.n; i++)
        snprintf(h.elements[i].id, sizeof h.elements[i].id, "%zu", i);
    assert_int_equal(seram_handshake_write(&h, &json), TSM_OK);
    assert_int_equal(read_handshake(json, &back), TSM_OK);
    assert_int_equal(back.n, h.n);
    assert_string_equal(back.elements[15].id, "15");
    free(json);
    char many[2048] = "{\"secureElements\": [";
    for (int i = 0; i <= SERAM_ELEMENTS_MAX; i++)
        strcat(many,
               i ? ",{\"seType\": \"eSE\", \"seId\": \"1\"}" : "{\"seType\": \"eSE\", \"seId\": \"1\"}");
    strcat(many, "]}");
    assert_int_equal(read_handshake(many, &back), TSM_BAD_VALUE);
}

static void the_choice_of_the_standard_is_read_and_ours_too(void **state)
{
    char *json;
    (void)state;
    assert_int_equal(seram_choice_read(bytes_of_text(handshake_response)), TSM_OK);
    assert_int_equal(seram_choice_write(&json), TSM_OK);
    assert_int_equal(seram_choice_read(bytes_of_text(json)), TSM_OK);
    free(json);
    assert_int_equal(
        seram_choice_read(bytes_of_text("{\"chosenTransportProtocol\": \"HTTPS\", \"chosenDataFormat\":"
                                        " \"application/json\", \"chosenVersion\": \"2.1.0\"}")),
        TSM_UNSUPPORTED);
}

static void the_polling_report_of_the_standard_is_read(void **state)
{
    struct seram_report r;
    (void)state;
    assert_int_equal(read_report(polling, &r), TSM_OK);
    assert_int_equal(r.status, SERAM_POLLING);
    assert_true(r.has_executed);
    assert_int_equal(r.executed, 0);
    assert_int_equal(r.n_responses, 0);
}

static void the_apdu_report_of_the_standard_is_read(void **state)
{
    static const uint8_t ok[] = {0x90, 0x00};
    struct seram_report r;
    (void)state;
    assert_int_equal(read_report(apdus_report, &r), TSM_OK);
    assert_int_equal(r.status, SERAM_PROCESSED);
    assert_int_equal(r.executed, 2);
    assert_int_equal(r.n_responses, 2);
    assert_int_equal(r.responses[0].n, 2);
    assert_int_equal(r.responses[1].first, 2);
    assert_int_equal(r.responses[1].n, 1);
    assert_int_equal(r.answers.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(bytes_equal(r.answers.at[i], BYTES(ok)));
}

static void an_answer_may_be_empty_and_digits_of_either_case(void **state)
{
    static const uint8_t fci[] = {0x6F, 0xAB, 0x90, 0x00};
    struct seram_report r;
    (void)state;
    assert_int_equal(read_report("{\"localAgentStatus\": {\"localAgentStatusEnum\": \"UNAVAILABLE_SE\","
                                 " \"errorMsg\": \"reader gone\"}, \"ramResponses\": [{\"ramResponseType\":"
                                 " \"seRamResponse\", \"listOfRAPDU\": [\"6fAB9000\", \"\"]}]}",
                                 &r),
                     TSM_OK);
    assert_int_equal(r.status, SERAM_UNAVAILABLE_SE);
    assert_string_equal(r.error, "reader gone");
    assert_false(r.has_executed);
    assert_true(bytes_equal(r.answers.at[0], BYTES(fci)));
    assert_int_equal(r.answers.at[1].len, 0);
}

static void members_of_a_later_version_are_passed_over(void **state)
{
    struct seram_report r;
    (void)state;
    assert_int_equal(
        read_report("{\"later\": 1, \"localAgentStatus\": {\"localAgentStatusEnum\": \"POLLING\","
                    " \"battery\": 80}}",
                    &r),
        TSM_OK);
}

static void a_bad_report_names_its_field(void **state)
{
#define REPORT(rest) "{\"localAgentStatus\": {\"localAgentStatusEnum\": \"PROCESSED\"}, " rest "}"
    static const struct {
        const char *json, *field;
        enum tsm_err e;
    } bad[] = {
        {"{}", "localAgentStatus", TSM_MISSING_FIELD},
        {"{\"localAgentStatus\": \"POLLING\"}", "localAgentStatus", TSM_BAD_VALUE},
        {"{\"localAgentStatus\": {}}", "localAgentStatusEnum", TSM_MISSING_FIELD},
        {"{\"localAgentStatus\": {\"localAgentStatusEnum\": \"DONE\"}}", "localAgentStatusEnum",
         TSM_BAD_VALUE},
        {"{\"localAgentStatus\": {\"localAgentStatusEnum\": \"POLLING\", \"executedSeRamCommands\": -1}}",
         "executedSeRamCommands", TSM_BAD_VALUE},
        {"{\"localAgentStatus\": {\"localAgentStatusEnum\": \"POLLING\", \"executedSeRamCommands\": \"1\"}}",
         "executedSeRamCommands", TSM_BAD_VALUE},
        {REPORT("\"ramResponses\": {}"), "ramResponses", TSM_BAD_VALUE},
        {REPORT("\"ramResponses\": [{\"listOfRAPDU\": []}]"), "ramResponseType", TSM_MISSING_FIELD},
        {REPORT("\"ramResponses\": [{\"ramResponseType\": \"seRamResponse\"}]"), "listOfRAPDU",
         TSM_MISSING_FIELD},
        {REPORT("\"ramResponses\": [{\"ramResponseType\": \"other\", \"listOfRAPDU\": []}]"),
         "ramResponseType", TSM_BAD_VALUE},
        {REPORT("\"ramResponses\": [{\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [\"900\"]}]"),
         "listOfRAPDU", TSM_BAD_FORM},
        {REPORT("\"ramResponses\": [{\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [\"90 0\"]}]"),
         "listOfRAPDU", TSM_BAD_FORM},
        {REPORT("\"ramResponses\": [{\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [36864]}]"),
         "listOfRAPDU", TSM_BAD_VALUE},
        {REPORT("\"localAgentStatus\": {}"), "", TSM_BAD_FORM},
    };
    struct seram_report r;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_report(bad[i].json, &r), bad[i].e);
        assert_string_equal(err_field(), bad[i].field);
    }
}

static void every_prefix_of_a_report_and_an_appended_octet_are_refused(void **state)
{
    struct seram_report r;
    char longer[sizeof apdus_report + 1] = "";
    (void)state;
    for (size_t n = 0; n < sizeof apdus_report - 1; n++)
        assert_int_not_equal(seram_report_read(BYTES_OF((const uint8_t *)apdus_report, n), WRITER(room), &r),
                             TSM_OK);
    memcpy(longer, apdus_report, sizeof apdus_report);
    strcat(longer, "}");
    assert_int_not_equal(read_report(longer, &r), TSM_OK);
}

static void a_store_of_half_the_text_always_suffices_and_less_is_refused(void **state)
{
    struct seram_report r;
    uint8_t small[5];
    (void)state;
    assert_int_equal(seram_report_read(bytes_of_text(apdus_report), WRITER(small), &r), TSM_NO_ROOM);
    assert_int_equal(seram_report_read(bytes_of_text(apdus_report),
                                       (struct writer){room, 0, (sizeof apdus_report - 1) / 2}, &r),
                     TSM_OK);
}

static void a_report_written_is_the_report_read(void **state)
{
    struct seram_report r, back;
    uint8_t other[64];
    char *json;
    (void)state;
    assert_int_equal(read_report(apdus_report, &r), TSM_OK);
    strcpy(r.error, "quite \"fine\"");
    assert_int_equal(seram_report_write(&r, &json), TSM_OK);
    assert_int_equal(seram_report_read(bytes_of_text(json), WRITER(other), &back), TSM_OK);
    assert_string_equal(back.error, r.error);
    assert_int_equal(back.answers.n, 3);
    assert_int_equal(back.responses[1].n, 1);
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handshake_of_the_standard_is_read),
        cmocka_unit_test(an_offer_that_is_left_out_means_ours),
        cmocka_unit_test(an_offer_without_ours_has_no_common_protocol),
        cmocka_unit_test(both_names_of_the_versions_are_taken),
        cmocka_unit_test(a_bad_handshake_names_its_field),
        cmocka_unit_test(more_elements_than_the_limit_are_refused),
        cmocka_unit_test(the_choice_of_the_standard_is_read_and_ours_too),
        cmocka_unit_test(the_polling_report_of_the_standard_is_read),
        cmocka_unit_test(the_apdu_report_of_the_standard_is_read),
        cmocka_unit_test(an_answer_may_be_empty_and_digits_of_either_case),
        cmocka_unit_test(members_of_a_later_version_are_passed_over),
        cmocka_unit_test(a_bad_report_names_its_field),
        cmocka_unit_test(every_prefix_of_a_report_and_an_appended_octet_are_refused),
        cmocka_unit_test(a_store_of_half_the_text_always_suffices_and_less_is_refused),
        cmocka_unit_test(a_report_written_is_the_report_read),
    };
    return cmocka_run_group_tests_name("SERAM messages", tests, NULL, NULL);
}
