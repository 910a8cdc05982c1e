/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server seen from a raw socket: bodies, keep-alive, pipelining, continue. Station 1. [RFC 9112 6,
 * 9] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "handlers.h"
#include "rig.h"

static struct gate gate = GATE_CLOSED;
static const struct http_routes routes = {handler_table, &gate};
static struct rig rig;

#define HOST  "Host: x\r\n"
#define CLOSE "Connection: close\r\n"

static int start(void **state)
{
    (void)state;
    rig = rig_start(&routes, NULL, (struct http_limits){.workers = 4});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rig_stop(&rig);
    return 0;
}

static void ask_for(const char *request, int status, const char *body)
{
    char *reply = rig_ask(&rig, request);
    assert_int_equal(rig_status(reply), status);
    if (body && !strstr(rig_body(reply), body))
        fail_msg("no %s in: %s", body, reply);
    free(reply);
}

static void head_has_the_length_and_no_body(void **state)
{
    char length[16], *reply = rig_ask(&rig, "HEAD /orders/1 HTTP/1.1\r\n" HOST CLOSE "\r\n");
    (void)state;
    assert_int_equal(rig_status(reply), 200);
    assert_true(rig_field(reply, "Content-Length", length, sizeof length));
    assert_int_equal(atoi(length), (int)strlen("{\"id\":\"1\",\"state\":\"\",\"limit\":20}"));
    assert_string_equal(rig_body(reply), "");
    free(reply);
}

static void an_empty_reply_is_204_without_length(void **state)
{
    char length[16], *reply = rig_ask(&rig, "DELETE /orders/1 HTTP/1.1\r\n" HOST CLOSE "\r\n");
    (void)state;
    assert_int_equal(rig_status(reply), 204);
    assert_false(rig_field(reply, "Content-Length", length, sizeof length));
    free(reply);
}

static void a_body_of_given_length_is_echoed(void **state)
{
    (void)state;
    ask_for("POST /echo HTTP/1.1\r\n" HOST CLOSE "Content-Length: 5\r\n\r\nhello", 200, "hello");
}

static void a_chunked_body_is_joined(void **state)
{
    (void)state;
    ask_for("POST /echo HTTP/1.1\r\n" HOST CLOSE
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n",
            200, "hello world");
}

static void a_chunked_body_may_come_octet_by_octet(void **state)
{
    static const char text[] = "POST /echo HTTP/1.1\r\n" HOST CLOSE
                               "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    int fd = rig_connect(&rig);
    char *reply, one[2] = "";
    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        one[0] = text[i];
        rig_say(fd, one);
    }
    reply = rig_hear_all(fd);
    assert_string_equal(rig_body(reply), "hello world");
    free(reply);
    close(fd);
}

static void a_malformed_chunk_is_refused(void **state)
{
    (void)state;
    ask_for("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400,
            "hexadecimal");
}

static void an_announced_body_above_the_limit_is_413_before_it_is_sent(void **state)
{
    (void)state;
    ask_for("POST /small HTTP/1.1\r\n" HOST "Content-Length: 17\r\n\r\n", 413, "at most 16 octets");
    ask_for("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n", 413, "1048576");
}

static void a_chunked_body_above_the_limit_is_413(void **state)
{
    (void)state;
    ask_for("POST /small HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n11\r\n", 413, NULL);
}

static void the_body_of_the_limit_is_taken(void **state)
{
    (void)state;
    ask_for("POST /small HTTP/1.1\r\n" HOST CLOSE "Content-Length: 16\r\n\r\n0123456789abcdef", 200,
            "0123456789abcdef");
}

static void a_refused_body_that_was_sent_does_not_eat_the_reply(void **state)
{
    static char request[300000] = "POST /small HTTP/1.1\r\n" HOST "Content-Length: 299000\r\n\r\n";
    size_t head = strlen(request);
    (void)state;
    memset(request + head, 'a', sizeof request - 1 - head);
    ask_for(request, 413, NULL);
    request[head] = 0;
}

static void continue_is_said_before_the_body(void **state)
{
    int fd = rig_connect(&rig);
    char *reply;
    (void)state;
    rig_say(fd, "POST /echo HTTP/1.1\r\n" HOST CLOSE "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    reply = rig_hear_reply(fd);
    assert_int_equal(rig_status(reply), 100);
    free(reply);
    rig_say(fd, "hello");
    reply = rig_hear_all(fd);
    assert_int_equal(rig_status(reply), 200);
    assert_string_equal(rig_body(reply), "hello");
    free(reply);
    close(fd);
}

static void continue_is_not_said_to_a_body_that_will_be_refused(void **state)
{
    (void)state;
    ask_for("POST /small HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 17\r\n\r\n", 413, NULL);
}

static void a_connection_serves_many_requests(void **state)
{
    int fd = rig_connect(&rig);
    (void)state;
    for (int i = 0; i < 50; i++) {
        char *reply;
        rig_say(fd, i % 2 ? "GET /nothing HTTP/1.1\r\n" HOST "\r\n"
                          : "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi");
        reply = rig_hear_reply(fd);
        assert_int_equal(rig_status(reply), i % 2 ? 404 : 200);
        free(reply);
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
                "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
                "POST /echo HTTP/1.1\r\n" HOST CLOSE "Content-Length: 5\r\n\r\nthree");
    for (int i = 0; i < 3; i++) {
        static const char *const bodies[] = {"one", "two", "three"};
        char *reply = rig_hear_reply(fd);
        assert_string_equal(rig_body(reply), bodies[i]);
        free(reply);
    }
    assert_true(rig_is_closed(fd));
    close(fd);
}

static void http_1_0_closes_unless_asked_to_stay(void **state)
{
    char connection[32], *reply = rig_ask(&rig, "GET /orders/1 HTTP/1.0\r\n\r\n");
    int fd = rig_connect(&rig);
    (void)state;
    assert_int_equal(rig_status(reply), 200);
    free(reply);
    rig_say(fd, "GET /orders/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    reply = rig_hear_reply(fd);
    assert_true(rig_field(reply, "Connection", connection, sizeof connection));
    assert_string_equal(connection, "keep-alive");
    free(reply);
    close(fd);
}

static void a_refusal_by_the_strict_reader_closes_the_connection(void **state)
{
    struct http_counts before, after;
    (void)state;
    http_server_counts(rig.server, &before);
    ask_for("GET / HTTP/1.1\r\n" HOST HOST "\r\nGET /who HTTP/1.1\r\n" HOST "\r\n", 400, "occurs twice");
    ask_for("GET / HTTP/2.0\r\n" HOST "\r\n", 505, NULL);
    http_server_counts(rig.server, &after);
    assert_int_equal(after.refused - before.refused, 2);
    assert_int_equal(after.by_class[4] - before.by_class[4], 1);
    assert_int_equal(after.by_class[5] - before.by_class[5], 1);
}

static void an_absolute_target_is_served_as_its_path(void **state)
{
    (void)state;
    ask_for("GET http://elsewhere:80/orders/7?state=OPEN HTTP/1.1\r\n" HOST CLOSE "\r\n", 200,
            "{\"id\":\"7\",\"state\":\"OPEN\"");
}

static void options_of_the_whole_server_are_its_methods(void **state)
{
    char allow[64], length[16], *reply = rig_ask(&rig, "OPTIONS * HTTP/1.1\r\n" HOST CLOSE "\r\n");
    (void)state;
    assert_int_equal(rig_status(reply), 200);
    assert_true(rig_field(reply, "Allow", allow, sizeof allow));
    assert_string_equal(allow, "POST, GET, HEAD, DELETE, OPTIONS");
    assert_true(rig_field(reply, "Content-Length", length, sizeof length));
    assert_string_equal(length, "0");
    free(reply);
    ask_for("OPTIONS /echo HTTP/1.1\r\n" HOST CLOSE "\r\n", 405, "this address takes POST");
}

static void refusals_have_the_shape_of_their_interface(void **state)
{
    (void)state;
    ask_for("POST /plain/small HTTP/1.1\r\n" HOST CLOSE "Content-Length: 17\r\n\r\n", 413,
            "413: this address");
    ask_for("POST /plain/small HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n11\r\n", 413,
            "413: the body");
    ask_for("GET /plain/failing HTTP/1.1\r\n" HOST CLOSE "\r\n", 400, "400: the ICCID");
    ask_for("GET /plain/none HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, "404: there is no such address");
    ask_for("GET /plain/failing HTTP/1.1\r\n" HOST HOST "\r\n", 400,
            "400 unread: the Host field occurs twice");
    ask_for("GET http://x/plain/failing HTTP/3.0\r\n" HOST "\r\n", 505, "505 unread: only HTTP/1.1");
    ask_for("GET /plain HTTP/3.0\r\n" HOST "\r\n", 505, "\"status\":505");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_has_the_length_and_no_body),
        cmocka_unit_test(an_empty_reply_is_204_without_length),
        cmocka_unit_test(a_body_of_given_length_is_echoed),
        cmocka_unit_test(a_chunked_body_is_joined),
        cmocka_unit_test(a_chunked_body_may_come_octet_by_octet),
        cmocka_unit_test(a_malformed_chunk_is_refused),
        cmocka_unit_test(an_announced_body_above_the_limit_is_413_before_it_is_sent),
        cmocka_unit_test(a_chunked_body_above_the_limit_is_413),
        cmocka_unit_test(the_body_of_the_limit_is_taken),
        cmocka_unit_test(a_refused_body_that_was_sent_does_not_eat_the_reply),
        cmocka_unit_test(continue_is_said_before_the_body),
        cmocka_unit_test(continue_is_not_said_to_a_body_that_will_be_refused),
        cmocka_unit_test(a_connection_serves_many_requests),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(http_1_0_closes_unless_asked_to_stay),
        cmocka_unit_test(a_refusal_by_the_strict_reader_closes_the_connection),
        cmocka_unit_test(an_absolute_target_is_served_as_its_path),
        cmocka_unit_test(options_of_the_whole_server_are_its_methods),
        cmocka_unit_test(refusals_have_the_shape_of_their_interface),
    };
    return cmocka_run_group_tests_name("http framing", tests, start, stop);
}
