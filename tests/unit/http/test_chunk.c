/* SPDX-License-Identifier: Apache-2.0 */
/* Chunked bodies: what is taken, what is refused, and that the cut of the octets does not matter. Station 1.
 * [RFC 9112 7.1] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/message/chunk.h"

struct row {
    const char *name, *text;
    enum http_verdict verdict;
    const char *body;
};

enum { MAX = 32 };

static const struct row rows[] = {
    {"an empty body is taken", "0\r\n\r\n", HTTP_READY, ""},
    {"two chunks are joined", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", HTTP_READY, "hello world"},
    {"digits may be of either case", "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n", HTTP_READY,
     "01234567890123456789a"},
    {"leading zeros are taken", "00000002\r\nhi\r\n000\r\n\r\n", HTTP_READY, "hi"},
    {"an extension is read over", "2;name=value\r\nhi\r\n0;last\r\n\r\n", HTTP_READY, "hi"},
    {"a trailer is read over", "2\r\nhi\r\n0\r\nX-Sum: 12\r\nX-B:\r\n\r\n", HTTP_READY, "hi"},
    {"a body of exactly the limit is taken", "20\r\n0123456789abcdef0123456789abcdef\r\n0\r\n\r\n",
     HTTP_READY, "0123456789abcdef0123456789abcdef"},
    {"a body that ends early asks for more", "5\r\nhel", HTTP_MORE, "hel"},

    {"an empty size is refused", "\r\nhello", HTTP_BAD_CHUNK_SIZE, ""},
    {"a size with prefix is refused", "0x5\r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a signed size is refused", "+5\r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a negative size is refused", "-5\r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a space before the size is refused", " 5\r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a space after the size is refused", "5 \r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a letter beyond F is refused", "g\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a size of nine digits is refused", "000000005\r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a bare LF after the size is refused", "5\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_SIZE, ""},
    {"a bare CR after the size is refused", "5\rhello", HTTP_BAD_CHUNK_SIZE, ""},
    {"a bare LF in an extension is refused", "5;a\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_EXTENSION, ""},
    {"data longer than announced are refused", "2\r\nhello\r\n0\r\n\r\n", HTTP_BAD_CHUNK_END, "he"},
    {"data followed by a bare LF are refused", "5\r\nhello\n0\r\n\r\n", HTTP_BAD_CHUNK_END, "hello"},
    {"one octet above the limit is refused before its data", "21\r\n", HTTP_BODY_TOO_LONG, ""},
    {"the limit holds for the sum", "1f\r\n0123456789abcdef0123456789abcde\r\n2\r\n", HTTP_BODY_TOO_LONG,
     "0123456789abcdef0123456789abcde"},
    {"the greatest size is no way around the limit", "FFFFFFFF\r\n", HTTP_BODY_TOO_LONG, ""},
    {"a trailer without colon is refused", "0\r\nX-Sum\r\n\r\n", HTTP_BAD_TRAILER, ""},
    {"a trailer with a space before the colon is refused", "0\r\nX-Sum : 1\r\n\r\n", HTTP_BAD_TRAILER, ""},
    {"a folded trailer is refused", "0\r\nX: 1\r\n 2\r\n\r\n", HTTP_BAD_TRAILER, ""},
    {"a trailer that ends in a bare LF is refused", "0\r\nX: 1\n\r\n", HTTP_BAD_TRAILER, ""},
};

/* Feeds the octets in pieces of `step` and collects the data. */
static enum http_verdict feed(struct bytes text, size_t step, struct writer *body, size_t *used)
{
    struct http_chunks c = {0};
    enum http_verdict v = HTTP_MORE;
    *used = 0;
    while (*used < text.len && v == HTTP_MORE) {
        struct reader r;
        struct bytes data;
        size_t n = text.len - *used < step ? text.len - *used : step;
        assert_int_equal(bytes_part(text, *used, n, &r.left), TSM_OK);
        while ((v = http_chunks_read(&c, MAX, &r, &data)) == HTTP_DATA)
            assert_int_equal(write_span(body, data), TSM_OK);
        *used += n - r.left.len;
    }
    return v;
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct bytes text = bytes_of_text(row->text);
    for (size_t step = 1; step <= text.len; step++) {
        uint8_t room[MAX];
        struct writer body = WRITER(room);
        size_t used;
        assert_int_equal(feed(text, step, &body, &used), row->verdict);
        assert_true(bytes_equal(written(&body), bytes_of_text(row->body)));
    }
}

static void what_follows_the_body_is_left_alone(void **state)
{
    static const char text[] = "2\r\nhi\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
    struct http_chunks c = {0};
    struct reader r = READER(bytes_of_text(text));
    struct bytes data;
    enum http_verdict v;
    (void)state;
    while ((v = http_chunks_read(&c, MAX, &r, &data)) == HTTP_DATA)
        ;
    assert_int_equal(v, HTTP_READY);
    assert_true(bytes_equal(r.left, bytes_of_text("GET / HTTP/1.1\r\n")));
}

static void extensions_and_trailers_are_bounded(void **state)
{
    static const char ends[] = "1;\0000\r\n";
    char text[2 * HTTP_TRAILER_MAX];
    uint8_t room[MAX];
    size_t used;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct writer body = WRITER(room);
        memset(text, 'a', sizeof text);
        memcpy(text, i ? ends + 3 : ends, i ? 3 : 2);
        assert_int_equal(feed(BYTES_OF((uint8_t *)text, sizeof text), 100, &body, &used),
                         i ? HTTP_BAD_TRAILER : HTTP_BAD_CHUNK_EXTENSION);
    }
}

enum { ROWS = sizeof rows / sizeof *rows };

int main(void)
{
    struct CMUnitTest tests[ROWS + 2] = {
        [ROWS] = cmocka_unit_test(what_follows_the_body_is_left_alone),
        cmocka_unit_test(extensions_and_trailers_are_bounded),
    };
    for (size_t i = 0; i < ROWS; i++)
        tests[i] = (struct CMUnitTest){
            .name = rows[i].name, .test_func = check_row, .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("chunked bodies", tests, NULL, NULL);
}
