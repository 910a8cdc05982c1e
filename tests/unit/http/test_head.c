/* SPDX-License-Identifier: Apache-2.0 */
/* The refusal table of request heads, row by row, and what is taken. Station 1. [RFC 9112 2-6, RFC 9110 5-7]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/message/head.h"

struct row {
    const char *name, *text;
    enum http_verdict verdict;
};

#define START "POST /a HTTP/1.1\r\n"
#define HOST  "Host: x\r\n"
#define END   "\r\n"

static const struct row rows[] = {
    {"a plain GET is taken", "GET / HTTP/1.1\r\n" HOST END, HTTP_READY},
    {"a GET of HTTP/1.0 without Host is taken", "GET / HTTP/1.0\r\n" END, HTTP_READY},
    {"a chunked POST is taken", START HOST "Transfer-Encoding: chunked\r\n" END, HTTP_READY},
    {"the coding is compared without case", START HOST "transfer-encoding: CHUNKED\r\n" END, HTTP_READY},
    {"an empty field value is taken", START HOST "X-Empty:\r\n" END, HTTP_READY},
    {"white space around a value is taken", START HOST "X-A: \t b c \t\r\n" END, HTTP_READY},
    {"a host with port is taken", START "Host: [::1]:8443\r\n" END, HTTP_READY},
    {"an extension method is a token like any other", "X-THING / HTTP/1.1\r\n" HOST END, HTTP_READY},
    {"Expect 100-continue is taken", START HOST "Expect: 100-continue\r\n" END, HTTP_READY},
    {"other octets above 7F are opaque in a value", START HOST "X-A: \xC3\xA9\r\n" END, HTTP_READY},

    {"Content-Length beside Transfer-Encoding is refused",
     START HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" END, HTTP_LENGTH_AND_CODING},
    {"Transfer-Encoding before Content-Length is refused",
     START HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" END, HTTP_LENGTH_AND_CODING},
    {"two different Content-Length are refused", START HOST "Content-Length: 3\r\nContent-Length: 4\r\n" END,
     HTTP_TWO_LENGTHS},
    {"two equal Content-Length are refused", START HOST "Content-Length: 3\r\nContent-Length: 3\r\n" END,
     HTTP_TWO_LENGTHS},
    {"a list of Content-Length is refused", START HOST "Content-Length: 3, 3\r\n" END, HTTP_BAD_LENGTH},
    {"a signed Content-Length is refused", START HOST "Content-Length: +2\r\n" END, HTTP_BAD_LENGTH},
    {"a negative Content-Length is refused", START HOST "Content-Length: -1\r\n" END, HTTP_BAD_LENGTH},
    {"a hexadecimal Content-Length is refused", START HOST "Content-Length: 0x10\r\n" END, HTTP_BAD_LENGTH},
    {"a Content-Length with a space inside is refused", START HOST "Content-Length: 1 0\r\n" END,
     HTTP_BAD_LENGTH},
    {"an empty Content-Length is refused", START HOST "Content-Length: \r\n" END, HTTP_BAD_LENGTH},
    {"a Content-Length of 16 digits is refused", START HOST "Content-Length: 1234567890123456\r\n" END,
     HTTP_BAD_LENGTH},
    {"an unknown transfer coding is refused", START HOST "Transfer-Encoding: xchunked\r\n" END,
     HTTP_UNKNOWN_CODING},
    {"a list of transfer codings is refused", START HOST "Transfer-Encoding: gzip, chunked\r\n" END,
     HTTP_UNKNOWN_CODING},
    {"identity as transfer coding is refused", START HOST "Transfer-Encoding: identity\r\n" END,
     HTTP_UNKNOWN_CODING},
    {"chunked with a vertical tab before it is refused", START HOST "Transfer-Encoding: \vchunked\r\n" END,
     HTTP_BAD_OCTET},
    {"two Transfer-Encoding lines are refused",
     START HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END, HTTP_TWO_CODINGS},
    {"a transfer coding with HTTP/1.0 is refused", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" END,
     HTTP_CODING_IN_1_0},
    {"a missing Host is refused", START END, HTTP_NO_HOST},
    {"two Host lines are refused", START HOST HOST END, HTTP_TWO_HOSTS},
    {"an empty Host is refused", START "Host:\r\n" END, HTTP_BAD_HOST},
    {"a Host with a path is refused", START "Host: x/y\r\n" END, HTTP_BAD_HOST},
    {"a Host with a user is refused", START "Host: a@b\r\n" END, HTTP_BAD_HOST},
    {"a list of hosts is refused", START "Host: a, b\r\n" END, HTTP_BAD_HOST},
    {"a bare LF after the request line is refused", "GET / HTTP/1.1\nHost: x\r\n" END, HTTP_BARE_LF},
    {"a bare LF after a field is refused", START "Host: x\n" END, HTTP_BARE_LF},
    {"a bare LF as the empty line is refused", START HOST "\n", HTTP_BARE_LF},
    {"a bare CR in a value is refused", START "Host: x\ry\r\n" END, HTTP_BARE_CR},
    {"CR CR LF is refused", START "Host: x\r\r\n" END, HTTP_BARE_CR},
    {"a folded line is refused", START HOST "X-A: b\r\n c\r\n" END, HTTP_FOLDED_LINE},
    {"a line folded with a tab is refused", START HOST "X-A: b\r\n\tc\r\n" END, HTTP_FOLDED_LINE},
    {"white space before the first field is refused", START " Host: x\r\n" END, HTTP_FOLDED_LINE},
    {"a space before the colon is refused", START HOST "Content-Length : 3\r\n" END, HTTP_BAD_FIELD_NAME},
    {"a tab before the colon is refused", START HOST "Content-Length\t: 3\r\n" END, HTTP_BAD_FIELD_NAME},
    {"a space inside a field name is refused", START HOST "Content Length: 3\r\n" END, HTTP_BAD_FIELD_NAME},
    {"a field without name is refused", START HOST ": 3\r\n" END, HTTP_BAD_FIELD_NAME},
    {"a line without colon is refused", START HOST "Content-Length\r\n" END, HTTP_BAD_FIELD_NAME},
    {"a field name above 7F is refused", START HOST "X-\xE9: 3\r\n" END, HTTP_BAD_FIELD_NAME},
    {"an escape character is refused", START HOST "X-A: \x1B[2J\r\n" END, HTTP_BAD_OCTET},
    {"DEL is refused", START HOST "X-A: \x7F\r\n" END, HTTP_BAD_OCTET},
    {"HTTP/0.9 is refused", "GET / HTTP/0.9\r\n" HOST END, HTTP_BAD_VERSION},
    {"HTTP/1.2 is refused", "GET / HTTP/1.2\r\n" HOST END, HTTP_BAD_VERSION},
    {"HTTP/2.0 is refused", "PRI * HTTP/2.0\r\n" END, HTTP_BAD_TARGET},
    {"HTTP/2.0 with a path is refused", "GET / HTTP/2.0\r\n" HOST END, HTTP_BAD_VERSION},
    {"HTTP/1.10 is refused", "GET / HTTP/1.10\r\n" HOST END, HTTP_BAD_VERSION},
    {"a version in lower case is refused", "GET / http/1.1\r\n" HOST END, HTTP_BAD_VERSION},
    {"a space after the version is refused", "GET / HTTP/1.1 \r\n" HOST END, HTTP_BAD_VERSION},
    {"a request line without version is refused", "GET /\r\n" HOST END, HTTP_BAD_REQUEST_LINE},
    {"two spaces in the request line are refused", "GET  / HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"a tab in the request line is refused", "GET\t/ HTTP/1.1\r\n" HOST END, HTTP_BAD_REQUEST_LINE},
    {"an empty line before the request is refused", "\r\nGET / HTTP/1.1\r\n" HOST END, HTTP_BAD_REQUEST_LINE},
    {"a method with a bad character is refused", "GE(T / HTTP/1.1\r\n" HOST END, HTTP_BAD_METHOD},
    {"a method of 17 characters is refused", "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n" HOST END, HTTP_BAD_METHOD},
    {"an empty method is refused", " / HTTP/1.1\r\n" HOST END, HTTP_BAD_METHOD},
    {"an absolute target is taken", "GET http://x/a?b HTTP/1.1\r\n" HOST END, HTTP_READY},
    {"its host has no word about Host", "GET http://x/ HTTP/1.1\r\n" END, HTTP_NO_HOST},
    {"an absolute target of another scheme is refused", "GET ftp://x/ HTTP/1.1\r\n" HOST END,
     HTTP_BAD_TARGET},
    {"an absolute target with a user is refused", "GET http://u@x/ HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"an absolute target without host is refused", "GET http:///a HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"a scheme alone is refused", "GET https:// HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"the target of CONNECT is refused", "CONNECT x:443 HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"OPTIONS takes the asterisk", "OPTIONS * HTTP/1.1\r\n" HOST END, HTTP_READY},
    {"GET takes no asterisk", "GET * HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"more than an asterisk is refused", "OPTIONS ** HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"a fragment is refused", "GET /#x HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"a half escape is refused", "GET /%4 HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"an escape without digits is refused", "GET /%zz HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"a raw octet above 7F in the target is refused", "GET /\xE9 HTTP/1.1\r\n" HOST END, HTTP_BAD_TARGET},
    {"an unknown expectation is refused", START HOST "Expect: coffee\r\n" END, HTTP_UNKNOWN_EXPECTATION},
};

static enum http_verdict read_text(const char *text, size_t len, struct http_head *h)
{
    size_t scanned = 0;
    return http_head_read(BYTES_OF((const uint8_t *)text, len), &scanned, h);
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct http_head h;
    size_t len = strlen(row->text), scanned = 0;
    enum http_verdict v = HTTP_MORE;
    assert_int_equal(read_text(row->text, len, &h), row->verdict);
    for (size_t n = 0; n <= len && v == HTTP_MORE; n++)
        v = http_head_read(BYTES_OF((const uint8_t *)row->text, n), &scanned, &h);
    assert_int_equal(v, row->verdict);
    if (http_refused(row->verdict)) {
        assert_true(http_refusal_status(row->verdict) >= 400);
        assert_true(strlen(http_refusal_text(row->verdict)) > 10);
    }
}

static void nul_is_refused_anywhere(void **state)
{
    static const char text[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    struct http_head h;
    (void)state;
    for (size_t i = 0; i < sizeof text - 2; i++) {
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        copy[i] = 0;
        assert_true(http_refused(read_text(copy, sizeof text - 1, &h)));
    }
}

static void every_prefix_asks_for_more(void **state)
{
    static const char text[] = "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    struct http_head h;
    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++)
        assert_int_equal(read_text(text, n, &h), HTTP_MORE);
    assert_int_equal(read_text(text, sizeof text - 1, &h), HTTP_READY);
}

static void body_octets_are_not_read(void **state)
{
    static const char text[] = "POST /a?b=c?d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    struct http_head h;
    (void)state;
    assert_int_equal(read_text(text, sizeof text - 1, &h), HTTP_READY);
    assert_int_equal(h.size, sizeof text - 1 - 5);
    assert_int_equal(h.content_length, 5);
    assert_true(bytes_equal(h.method, bytes_of_text("POST")));
    assert_true(bytes_equal(h.path, bytes_of_text("/a")));
    assert_true(bytes_equal(h.query, bytes_of_text("b=c?d")));
    assert_int_equal(h.n_fields, 2);
    assert_true(bytes_equal(h.fields[0].value, bytes_of_text("x")));
}

static void the_path_of_a_refused_head_is_told(void **state)
{
    static const struct {
        const char *text, *path;
    } cases[] = {
        {"GET /a/b?c HTTP/9.9\r\n", "/a/b"},
        {"GET http://x/a?c HTTP/9.9\r\n", "/a"},
        {"GET /a#b HTTP/1.1", "/a#b"},
        {"GET /a/b", "/a/b"},
        {"GET", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(bytes_equal(http_path_told(bytes_of_text(cases[i].text)), bytes_of_text(cases[i].path)));
}

static void keep_alive_follows_version_and_connection(void **state)
{
    static const struct {
        const char *text;
        bool keep;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive, Close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    struct http_head h;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(cases[i].text, strlen(cases[i].text), &h), HTTP_READY);
        assert_int_equal(h.keep_alive, cases[i].keep);
    }
}

static void a_head_may_have_8192_octets_and_no_more(void **state)
{
    char text[HTTP_HEAD_MAX + 2];
    static const char start[] = "GET / HTTP/1.1\r\nHost: x\r\nX-A: ";
    struct http_head h;
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        size_t len = HTTP_HEAD_MAX + extra;
        memset(text, 'a', sizeof text);
        memcpy(text, start, sizeof start - 1);
        memcpy(text + len - 4, "\r\n\r\n", 4);
        assert_int_equal(read_text(text, len, &h), extra ? HTTP_HEAD_TOO_LONG : HTTP_READY);
    }
}

static void a_head_may_have_64_lines_and_no_more(void **state)
{
    struct http_head h;
    (void)state;
    for (int lines = HTTP_LINES_MAX; lines <= HTTP_LINES_MAX + 1; lines++) {
        char text[2048] = "GET / HTTP/1.1\r\nHost: x\r\n";
        for (int i = 1; i < lines; i++)
            strcat(text, "X-A: b\r\n");
        strcat(text, "\r\n");
        assert_int_equal(read_text(text, strlen(text), &h),
                         lines > HTTP_LINES_MAX ? HTTP_TOO_MANY_LINES : HTTP_READY);
    }
}

static void a_target_may_have_4096_octets_and_no_more(void **state)
{
    struct http_head h;
    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        char text[HTTP_TARGET_MAX + 64];
        int n = snprintf(text, sizeof text, "GET /%0*d HTTP/1.1\r\nHost: x\r\n\r\n",
                         HTTP_TARGET_MAX - 1 + extra, 0);
        assert_int_equal(read_text(text, (size_t)n, &h), extra ? HTTP_TARGET_TOO_LONG : HTTP_READY);
    }
}

enum { ROWS = sizeof rows / sizeof *rows };

int main(void)
{
    struct CMUnitTest tests[ROWS + 8] = {
        [ROWS] = cmocka_unit_test(nul_is_refused_anywhere),
        cmocka_unit_test(every_prefix_asks_for_more),
        cmocka_unit_test(body_octets_are_not_read),
        cmocka_unit_test(the_path_of_a_refused_head_is_told),
        cmocka_unit_test(keep_alive_follows_version_and_connection),
        cmocka_unit_test(a_head_may_have_8192_octets_and_no_more),
        cmocka_unit_test(a_head_may_have_64_lines_and_no_more),
        cmocka_unit_test(a_target_may_have_4096_octets_and_no_more),
    };
    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest){
            .name = rows[i].name, .test_func = check_row, .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("request heads", tests, NULL, NULL);
}
