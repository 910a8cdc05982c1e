/* SPDX-License-Identifier: Apache-2.0 */
/* The Local Agent when something fails: channel, connection, session, order, trust. Clauses: GP SERAM 2.0.0
 * Overview "Local Agent Behaviour", HTTP REST Binding "Transmission Errors". */
#include "agent_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static void a_lost_channel_discards_what_remains(void **state)
{
    static const struct peer_answer script[] = {
        HANDSHAKE_OK,
        ORDER(START "," APDUS("\"00A4040000\"") "," APDUS("\"80CA006600\",\"80F2400000\"") "," APDUS(
            "\"80E60C0000\"")),
        ORDER(APDUS("\"00A4040000\"")), ORDER(STOP)};
    struct agent_options o = named;
    (void)state;
    o.kill_after = 2;
    assert_int_equal(RUN(o, script, three_ok), AGENT_STOPPED);
    assert_string_equal(
        server.requests[2],
        POST_REPORT STATUS(
            "UNAVAILABLE_SE",
            "1") ",\"errorMsg\":\"the channel to the secure element was lost\"},\"ramResponses\":["
                 "{\"ramResponseType\":\"seRamResponse\",\"listOfRAPDU\":[\"9000\"]},"
                 "{\"ramResponseType\":\"seRamResponse\",\"listOfRAPDU\":[\"6A82\"]}]}");
    assert_int_equal(element.connections, 2);
    assert_int_equal(element.count, 3);
}

static void a_kept_channel_goes_on_where_it_stopped(void **state)
{
    static const struct peer_answer script[] = {HANDSHAKE_OK,
                                                ORDER(START "," APDUS("\"00A4040000\",\"80CA006600\"")),
                                                ORDER(APDUS("\"80CA006600\"")), ORDER(STOP)};
    struct agent_options o = named;
    (void)state;
    o.kill_after = 1;
    o.keep_channel = true;
    assert_int_equal(RUN(o, script, three_ok), AGENT_STOPPED);
    assert_int_equal(element.connections, 1);
    assert_int_equal(element.power_offs, 0);
    assert_int_equal(element.count, 2);
}

static void an_element_that_goes_away_is_reported(void **state)
{
    static const char *const leaves[] = {"9000", NULL};
    static const struct peer_answer script[] = {
        HANDSHAKE_OK, ORDER(START "," APDUS("\"00A4040000\",\"80CA006600\"")), ORDER(STOP)};
    (void)state;
    assert_int_equal(RUN(named, script, leaves), AGENT_STOPPED);
    assert_non_null(strstr(server.requests[2], STATUS("UNAVAILABLE_SE", "0")));
    assert_non_null(strstr(server.requests[2], "\"listOfRAPDU\":[\"9000\"]"));
}

static void a_lost_answer_makes_the_same_report_come_again(void **state)
{
    static const struct peer_answer script[] = {HANDSHAKE_OK, ORDER(START "," APDUS("\"00A4040000\"")),
                                                ORDER(STOP), ORDER(STOP)};
    struct agent_options o = named;
    (void)state;
    o.drop_after = 1;
    o.retry_s = 5;
    assert_int_equal(RUN(o, script, three_ok), AGENT_STOPPED);
    assert_int_equal(server.count, 4);
    assert_int_equal(server.connections, 2);
    assert_string_equal(server.requests[2], server.requests[3]);
    assert_int_equal(element.count, 1);
}

static void a_closed_connection_and_a_server_error_are_retried(void **state)
{
    static const struct peer_answer script[] = {HANDSHAKE_OK, {0, NULL}, {503, "{}"}, ORDER(START "," STOP)};
    struct agent_options o = named;
    (void)state;
    o.retry_s = 5;
    assert_int_equal(RUN(o, script, three_ok), AGENT_STOPPED);
    assert_string_equal(server.requests[1], server.requests[2]);
    assert_string_equal(server.requests[1], server.requests[3]);
}

static void a_session_the_server_does_not_know_ends(void **state)
{
    static const struct peer_answer unknown[] = {{404, "{}"}}, refused[] = {{406, "{}"}};
    static const struct peer_answer later[] = {HANDSHAKE_OK, ORDER(START), {404, "{}"}};
    static const struct peer_answer other_version[] = {
        {200, "{\"chosenTransportProtocol\":\"HTTPS\",\"chosenVersion\":\"3.0.0\"}"}};
    (void)state;
    assert_int_equal(RUN(named, unknown, three_ok), AGENT_NO_SESSION);
    assert_int_equal(RUN(named, refused, three_ok), AGENT_NO_SESSION);
    assert_int_equal(RUN(named, later, three_ok), AGENT_NO_SESSION);
    assert_int_equal(RUN(named, other_version, three_ok), AGENT_NO_SESSION);
    assert_int_equal(server.count, 1);
}

static void apdus_before_start_or_for_another_element_are_not_executed(void **state)
{
    static const struct peer_answer early[] = {HANDSHAKE_OK, ORDER(APDUS("\"00A4040000\"")),
                                               ORDER(START "," STOP)};
    static const struct peer_answer other[] = {
        HANDSHAKE_OK,
        {200, "{\"delay\":0,\"chosenSecureElement\":{\"seType\":\"uicc\",\"seId\":\"FFFF\"},\"ramCommands\":"
              "[" START "," APDUS("\"00A4040000\"") "]}"},
        ORDER(STOP)};
    (void)state;
    assert_int_equal(RUN(named, early, three_ok), AGENT_STOPPED);
    assert_non_null(strstr(server.requests[2], STATUS("UNKNOWN_FAILURE", "0")));
    assert_int_equal(RUN(named, other, three_ok), AGENT_STOPPED);
    assert_non_null(strstr(server.requests[2], STATUS("UNAVAILABLE_SE", "0")));
    assert_int_equal(element.connections, 0);
}

static void bad_orders_are_reported_not_executed(void **state)
{
    static const struct peer_answer script[] = {HANDSHAKE_OK,
                                                ORDER(START),
                                                {200, "{\"delay\":0,\"ramCommands\":3}"},
                                                ORDER(APDUS("\"00A404000\"")),
                                                ORDER("{\"ramCommandType\":\"x\"}"),
                                                ORDER(STOP)};
    (void)state;
    assert_int_equal(RUN(named, script, three_ok), AGENT_STOPPED);
    for (size_t i = 3; i < 6; i++)
        assert_non_null(strstr(server.requests[i], STATUS("UNKNOWN_FAILURE", "0")));
    assert_int_equal(element.count, 0);
}

static void an_agent_without_commands_gives_up_in_time(void **state)
{
    static const struct peer_answer script[] = {
        HANDSHAKE_OK, {200, "{\"delay\":1010}"}, {200, "{\"delay\":0}"}};
    struct agent_options o = named;
    (void)state;
    o.max_poll_s = 1;
    assert_int_equal(RUN(o, script, three_ok), AGENT_IDLE);
}

static void only_the_named_authority_is_trusted(void **state)
{
    static const struct peer_answer script[] = {HANDSHAKE_OK, ORDER(START "," STOP)};
    char trusted[] = "/tmp/handset-ca-XXXXXX", stranger[] = "/tmp/handset-ca-XXXXXX";
    struct agent_options o = {.session = "s-1", .se_id = "A1", .se_type = "eSE", .element = "127.0.0.1:1"};
    (void)state;
    close(mkstemp(trusted));
    close(mkstemp(stranger));
    o.max_poll_s = AGENT_MAX_POLL_S;
    http_peer_start(&server, script, 2, stranger);
    http_peer_stop(&server);
    http_peer_start(&server, script, 2, trusted);
    o.url = server.url;
    o.ca_file = stranger;
    assert_int_equal(agent_run(&o), AGENT_SERVER_LOST);
    assert_int_equal(server.count, 0);
    o.ca_file = trusted;
    assert_int_equal(agent_run(&o), AGENT_STOPPED);
    http_peer_stop(&server);
    unlink(trusted);
    unlink(stranger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_channel_discards_what_remains),
        cmocka_unit_test(a_kept_channel_goes_on_where_it_stopped),
        cmocka_unit_test(an_element_that_goes_away_is_reported),
        cmocka_unit_test(a_lost_answer_makes_the_same_report_come_again),
        cmocka_unit_test(a_closed_connection_and_a_server_error_are_retried),
        cmocka_unit_test(a_session_the_server_does_not_know_ends),
        cmocka_unit_test(apdus_before_start_or_for_another_element_are_not_executed),
        cmocka_unit_test(bad_orders_are_reported_not_executed),
        cmocka_unit_test(an_agent_without_commands_gives_up_in_time),
        cmocka_unit_test(only_the_named_authority_is_trusted),
    };
    return cmocka_run_group_tests_name("lab handset faults", tests, NULL, NULL);
}
