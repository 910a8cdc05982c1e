/* SPDX-License-Identifier: Apache-2.0 */
/* The Local Agent between a scripted Remote Agent and a scripted element: what it says and does when all goes
 * well, and its command line. Clauses: GP SERAM 2.0.0 Overview, HTTP REST Binding "HTTP Polling". */
#include "handset/handset.h"
#include "handset/https.h"
#include "handset/seram.h"

#include "agent_case.h"
#include "quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void a_session_runs_from_handshake_to_stop(void **state)
{
    static const struct peer_answer script[] = {
        HANDSHAKE_OK, ORDER(START), ORDER(APDUS("\"00A4040000\",\"80CA006600\"") "," APDUS("\"80ca9f7f00\"")),
        ORDER(STOP)};
    (void)state;
    assert_int_equal(RUN(named, script, three_ok), AGENT_STOPPED);
    assert_string_equal(
        server.requests[0],
        "POST /handshake?sessionId=s-1 {\"secureElements\":[{\"seType\":\"eSE\",\"seId\":\"A1B2\"}],"
        "\"supportedTransportProtocols\":[\"HTTPS\"],\"supportedDataFormats\":[\"application/json\"],"
        "\"supportedVersions\":[\"2.0.0\"]}");
    assert_string_equal(server.requests[1], POST_REPORT STATUS("POLLING", "0") "}}");
    assert_string_equal(server.requests[2], POST_REPORT STATUS("PROCESSED", "0") "}}");
    assert_string_equal(
        server.requests[3],
        POST_REPORT STATUS("PROCESSED",
                           "2") "},\"ramResponses\":["
                                "{\"ramResponseType\":\"seRamResponse\",\"listOfRAPDU\":[\"9000\",\"6A82\"]},"
                                "{\"ramResponseType\":\"seRamResponse\",\"listOfRAPDU\":[\"01029000\"]}]}");
    assert_int_equal(server.count, 4);
    assert_int_equal(server.connections, 1);
    assert_string_equal(element.commands[2], "80CA9F7F00");
    assert_int_equal(element.connections, 1);
    assert_int_equal(element.power_offs, 1);
}

static void the_command_names_of_the_examples_are_taken_too(void **state)
{
    static const struct peer_answer script[] = {
        HANDSHAKE_OK, ORDER("{\"ramCommandType\":\"startCommand\"}," APDUS(
                          "\"00A4040000\"") ",{\"ramCommandType\":\"stopCommand\"}")};
    (void)state;
    assert_int_equal(RUN(named, script, three_ok), AGENT_STOPPED);
    assert_int_equal(server.count, 2);
    assert_int_equal(element.count, 1);
}

static void void_orders_are_answered_by_polling(void **state)
{
    static const struct peer_answer script[] = {
        HANDSHAKE_OK, {200, "{\"delay\":0}"}, ORDER(START), ORDER(STOP)};
    (void)state;
    assert_int_equal(RUN(named, script, three_ok), AGENT_STOPPED);
    assert_string_equal(server.requests[2], POST_REPORT STATUS("POLLING", "0") "}}");
    assert_int_equal(element.connections, 0);
}

static void the_delay_runs_between_answer_and_next_request(void **state)
{
    static const struct peer_answer script[] = {HANDSHAKE_OK, {200, "{\"delay\":80}"}, ORDER(START "," STOP)};
    (void)state;
    assert_int_equal(RUN(named, script, three_ok), AGENT_STOPPED);
    assert_true(server.times[2] - server.times[1] >= 79);
}

static void without_a_delay_the_pause_is_one_second(void **state)
{
    static const char *const orders[] = {"{}", "{\"delay\":0}", "{\"delay\":300000}"};
    static const unsigned delays[] = {1000, 0, 300000};
    struct seram_order order;
    const char *why;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(seram_read_order(orders[i], strlen(orders[i]), &order, &why));
        assert_int_equal(order.delay_ms, delays[i]);
        json_decref(order.root);
    }
}

static void orders_against_the_schema_are_not_read(void **state)
{
    static const char *const bad[] = {"{\"delay\":-1}",
                                      "{\"delay\":300001}",
                                      "{\"delay\":\"1\"}",
                                      "{\"delay\":0.5}",
                                      "{\"delay\":1,\"delay\":1}",
                                      "[]",
                                      "",
                                      "{\"ramCommands\":[]}",
                                      "{\"ramCommands\":[{}]}",
                                      "{\"ramCommands\":{}}",
                                      "{\"ramCommands\":[{\"ramCommandType\":\"seRamCommand\"}]}",
                                      "{\"chosenSecureElement\":{\"seType\":\"eSE\"}}"};
    struct seram_order order;
    const char *why;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(seram_read_order(bad[i], strlen(bad[i]), &order, &why));
        assert_non_null(why);
    }
}

static void the_identity_is_read_from_the_element(void **state)
{
    static const char *const ese[] = {"9000", "9F7F02CAFE9000"};
    static const char *const whole[] = {
        "9000",
        "9F7F2A00112233445566778899AABBCCDDEEFF0102030405060708090A0B0C0D0E0F101112131415161718191A9000"};
    static const char *const uicc[] = {"9000", "6A88", "5A0A981032547698103254769000"};
    static const char *const mute[] = {"9000", "6A88", "6A88"};
    static const struct peer_answer script[] = {HANDSHAKE_OK, ORDER(START "," STOP)};
    const struct agent_options unnamed = {0};
    (void)state;
    assert_int_equal(RUN(unnamed, script, ese), AGENT_STOPPED);
    assert_non_null(strstr(server.requests[0], "\"seId\":\"CAFE\""));
    assert_int_equal(RUN(unnamed, script, whole), AGENT_STOPPED);
    assert_non_null(strstr(server.requests[0], "\"seId\":\"001122330102CCDDEEFF\""));
    assert_int_equal(RUN(unnamed, script, uicc), AGENT_STOPPED);
    assert_non_null(strstr(server.requests[0], "\"seId\":\"98103254769810325476\""));
    assert_int_equal(RUN(unnamed, script, mute), AGENT_NO_ELEMENT);
    assert_int_equal(server.count, 0);
}

static void plain_http_is_for_loopback_alone(void **state)
{
    (void)state;
    assert_true(https_url_allowed("https://tsm.example/gp/seram"));
    assert_true(https_url_allowed("http://127.0.0.1:8080/x"));
    assert_true(https_url_allowed("http://localhost/x"));
    assert_true(https_url_allowed("http://[::1]:1/x"));
    assert_false(https_url_allowed("http://tsm.example/x"));
    assert_false(https_url_allowed("http://127.example/x"));
    assert_false(https_url_allowed("http://localhost.example/x"));
    assert_false(https_url_allowed("ftp://127.0.0.1/x"));
    assert_false(https_url_allowed("nonsense"));
}

#define HANDSET(...) quietly(handset_main, (char *[]){"handset", __VA_ARGS__, NULL}, NULL, 0)

static void a_wrong_command_line_is_refused(void **state)
{
    (void)state;
    assert_int_equal(HANDSET("--help"), 0);
    assert_int_equal(HANDSET("-h"), 0);
    assert_int_equal(HANDSET("--seram", "https://a/", "--session", "1"), 2);
    assert_int_equal(HANDSET("--seram", "http://a/", "--session", "1", "--se", "h:1"), 2);
    assert_int_equal(HANDSET("--seram", "https://a/", "--session", "1&x=2", "--se", "h:1"), 2);
    assert_int_equal(HANDSET("--seram", "https://a/", "--session", "1", "--se", "h:1", "--se-type", "sim"),
                     2);
    assert_int_equal(HANDSET("--seram", "https://a/", "--session", "1", "--se", "h:1", "--drop-after", "x"),
                     2);
    assert_int_equal(HANDSET("--seram", "https://a/", "--session", "1", "--se", "h:1", "--drop-after", "1",
                             "--kill-after", "1"),
                     2);
    assert_int_equal(HANDSET("--seram", "https://a/", "--session", "1", "--se", "127.0.0.1:1"),
                     AGENT_NO_ELEMENT);
}

static void notifications_are_told_to_the_device_application(void **state)
{
    static const struct peer_answer script[] = {
        HANDSHAKE_OK,
        ORDER(START ",{\"ramCommandType\":\"notificationCommand\",\"deviceAppNotification\":\"50 %\"}"),
        ORDER(STOP)};
    (void)state;
    http_peer_start(&server, script, 3, NULL);
    assert_int_equal(
        HANDSET("--seram", server.url, "--session", "s-1", "--se", "127.0.0.1:1", "--se-id", "A1", "-v"), 0);
    http_peer_stop(&server);
    assert_string_equal(server.requests[2], POST_REPORT STATUS("PROCESSED", "0") "}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_runs_from_handshake_to_stop),
        cmocka_unit_test(the_command_names_of_the_examples_are_taken_too),
        cmocka_unit_test(void_orders_are_answered_by_polling),
        cmocka_unit_test(the_delay_runs_between_answer_and_next_request),
        cmocka_unit_test(without_a_delay_the_pause_is_one_second),
        cmocka_unit_test(orders_against_the_schema_are_not_read),
        cmocka_unit_test(the_identity_is_read_from_the_element),
        cmocka_unit_test(plain_http_is_for_loopback_alone),
        cmocka_unit_test(a_wrong_command_line_is_refused),
        cmocka_unit_test(notifications_are_told_to_the_device_application),
    };
    return cmocka_run_group_tests_name("lab handset", tests, NULL, NULL);
}
