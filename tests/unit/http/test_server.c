/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server seen from a raw socket: routing, problems, tokens. Station 1. [RFC 9110, RFC
 * 9112, RFC 9457] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
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

static void a_handler_sees_path_and_query_decoded(void **state)
{
    (void)state;
    ask_for("GET /orders/a%20b?state=RUN%2BNING&limit=7 HTTP/1.1\r\n" HOST CLOSE "\r\n", 200,
            "{\"id\":\"a b\",\"state\":\"RUN+NING\",\"limit\":7}");
}

static void a_missing_number_takes_its_fallback(void **state)
{
    (void)state;
    ask_for("GET /orders/1 HTTP/1.1\r\n" HOST CLOSE "\r\n", 200, "\"limit\":20");
}

static void a_number_out_of_range_names_its_field(void **state)
{
    (void)state;
    ask_for("GET /orders/1?limit=101 HTTP/1.1\r\n" HOST CLOSE "\r\n", 400, "\"field\":\"limit\"");
}

static void a_parameter_given_twice_is_refused(void **state)
{
    (void)state;
    ask_for("GET /orders/1?limit=1&limit=2 HTTP/1.1\r\n" HOST CLOSE "\r\n", 400,
            "\"code\":\"DUPLICATE_TAG\"");
}

static void what_no_name_can_be_is_nothings_name(void **state)
{
    static const char *const names[] = {"a%00b", "%ff", "a%C3", "123456789012345678901234567890123"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char request[200];
        snprintf(request, sizeof request, "GET /orders/%s HTTP/1.1\r\n" HOST CLOSE "\r\n", names[i]);
        ask_for(request, 404, "\"code\":\"NOT_FOUND\"");
    }
}

static void a_number_that_is_too_long_is_a_bad_value(void **state)
{
    (void)state;
    ask_for("GET /orders/1?limit=100000000000000000000000000 HTTP/1.1\r\n" HOST CLOSE "\r\n", 400,
            "\"field\":\"limit\"");
}

static void nobody_climbs_by_two_dots(void **state)
{
    (void)state;
    ask_for("GET /orders/.. HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, NULL);
    ask_for("GET /orders/%2e%2E HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, NULL);
}

static void an_unknown_address_is_404(void **state)
{
    (void)state;
    ask_for("GET /nothing HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, "\"status\":404");
    ask_for("GET /orders/ HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, NULL);
    ask_for("GET /orders/1/2 HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, NULL);
    ask_for("GET /echo/ HTTP/1.1\r\n" HOST CLOSE "\r\n", 404, NULL);
}

static void a_wrong_method_is_405_and_allow_tells_the_right_ones(void **state)
{
    char allow[64], *reply = rig_ask(&rig, "PUT /orders/1 HTTP/1.1\r\n" HOST CLOSE "\r\n");
    (void)state;
    assert_int_equal(rig_status(reply), 405);
    assert_true(rig_field(reply, "Allow", allow, sizeof allow));
    assert_string_equal(allow, "GET, HEAD, DELETE");
    free(reply);
}

static void a_wrong_media_type_is_415(void **state)
{
    (void)state;
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
            415, "application/json");
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE "Content-Length: 2\r\n\r\n{}", 415, NULL);
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE "Content-Type: json\r\nContent-Length: 2\r\n\r\n{}", 400,
            NULL);
}

static void a_body_comes_without_content_coding(void **state)
{
    (void)state;
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            415, "Content-Encoding");
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE "Content-Type: application/json\r\nContent-Encoding: "
            "identity\r\nContent-Length: 9\r\n\r\n{\"a\": 1 }",
            200, "{\"a\":1}");
}

static void a_media_type_is_compared_without_case_and_parameters(void **state)
{
    (void)state;
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE
            "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 9\r\n\r\n{\"a\": 1 }",
            200, "{\"a\":1}");
}

static void an_error_is_a_problem_document(void **state)
{
    char type[64], *reply = rig_ask(&rig, "GET /failing HTTP/1.1\r\n" HOST CLOSE "\r\n");
    json_t *o;
    (void)state;
    assert_int_equal(rig_status(reply), 400);
    assert_true(rig_field(reply, "Content-Type", type, sizeof type));
    assert_string_equal(type, "application/problem+json");
    assert_int_equal(json_read(bytes_of_text(rig_body(reply)), &o), TSM_OK);
    assert_string_equal(json_string_value(json_object_get(o, "type")), "urn:opentsm:problem:BAD_VALUE");
    assert_string_equal(json_string_value(json_object_get(o, "title")), err_text(TSM_BAD_VALUE));
    assert_int_equal(json_integer_value(json_object_get(o, "status")), 400);
    assert_string_equal(json_string_value(json_object_get(o, "detail")),
                        "the ICCID ends in a wrong check digit");
    assert_string_equal(json_string_value(json_object_get(o, "code")), "BAD_VALUE");
    assert_string_equal(json_string_value(json_object_get(o, "field")), "se.iccid");
    assert_string_equal(json_string_value(json_object_get(o, "trace")), "00000000000000000000000000000007");
    json_decref(o);
    free(reply);
}

static void a_cause_that_is_no_utf8_still_makes_a_problem(void **state)
{
    (void)state;
    ask_for("POST /json HTTP/1.1\r\n" HOST CLOSE
            "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n\"\xFFx",
            400, "\"code\":\"BAD_FORM\"");
}

static void a_bearer_token_is_read(void **state)
{
    (void)state;
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: Bearer abc.DEF-1_2~3+/=\r\n\r\n", 200,
            "abc.DEF-1_2~3+/=");
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: bearer abc\r\n\r\n", 200, "abc");
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: Bearer   abc\r\n\r\n", 200, "abc");
}

static void a_token_that_is_missing_or_doubtful_is_401(void **state)
{
    char scheme[32], *reply = rig_ask(&rig, "GET /token HTTP/1.1\r\n" HOST CLOSE "\r\n");
    (void)state;
    assert_int_equal(rig_status(reply), 401);
    assert_true(rig_field(reply, "WWW-Authenticate", scheme, sizeof scheme));
    assert_string_equal(scheme, "Bearer");
    free(reply);
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: Bearer a b\r\n\r\n", 401, NULL);
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: Bearer \r\n\r\n", 401, NULL);
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: Basic YTpi\r\n\r\n", 401, NULL);
    ask_for("GET /token HTTP/1.1\r\n" HOST CLOSE "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
            401, NULL);
}

static void plain_http_is_refused_beyond_loopback(void **state)
{
    struct http_config config = {.address = "0.0.0.0", .routes = &routes, .n_routes = 1};
    struct http_server *s;
    (void)state;
    assert_int_equal(http_server_new(&config, &s), TSM_NOT_ALLOWED);
    config.address = "example.org";
    assert_int_equal(http_server_new(&config, &s), TSM_BAD_VALUE);
}

static void every_reply_has_a_date_and_is_not_stored(void **state)
{
    char value[64], *reply = rig_ask(&rig, "GET /orders/1 HTTP/1.1\r\n" HOST CLOSE "\r\n");
    (void)state;
    assert_true(rig_field(reply, "Date", value, sizeof value));
    assert_int_equal(strlen(value), strlen("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_true(rig_field(reply, "Cache-Control", value, sizeof value));
    assert_string_equal(value, "no-store");
    assert_true(rig_field(reply, "Location", value, sizeof value));
    assert_string_equal(value, "/orders/1");
    free(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handler_sees_path_and_query_decoded),
        cmocka_unit_test(a_missing_number_takes_its_fallback),
        cmocka_unit_test(a_number_out_of_range_names_its_field),
        cmocka_unit_test(a_parameter_given_twice_is_refused),
        cmocka_unit_test(what_no_name_can_be_is_nothings_name),
        cmocka_unit_test(a_number_that_is_too_long_is_a_bad_value),
        cmocka_unit_test(nobody_climbs_by_two_dots),
        cmocka_unit_test(an_unknown_address_is_404),
        cmocka_unit_test(a_wrong_method_is_405_and_allow_tells_the_right_ones),
        cmocka_unit_test(a_wrong_media_type_is_415),
        cmocka_unit_test(a_body_comes_without_content_coding),
        cmocka_unit_test(a_media_type_is_compared_without_case_and_parameters),
        cmocka_unit_test(an_error_is_a_problem_document),
        cmocka_unit_test(a_cause_that_is_no_utf8_still_makes_a_problem),
        cmocka_unit_test(a_bearer_token_is_read),
        cmocka_unit_test(a_token_that_is_missing_or_doubtful_is_401),
        cmocka_unit_test(plain_http_is_refused_beyond_loopback),
        cmocka_unit_test(every_reply_has_a_date_and_is_not_stored),
    };
    return cmocka_run_group_tests_name("http server", tests, start, stop);
}
