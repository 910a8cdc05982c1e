/* SPDX-License-Identifier: Apache-2.0 */
/* Targets, form parameters, path patterns and the octets of a reply. Station 1. [RFC 3986, RFC 9112 4] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/reply.h"
#include "http/message/target.h"

static void escapes_are_decoded(void **state)
{
    char out[32];
    (void)state;
    assert_int_equal(http_decode(bytes_of_text("a%2Fb%c3%A9+c"), false, out, sizeof out), TSM_OK);
    assert_string_equal(out, "a/b\xC3\xA9+c");
    assert_int_equal(http_decode(bytes_of_text("a+b"), true, out, sizeof out), TSM_OK);
    assert_string_equal(out, "a b");
    assert_int_equal(http_decode(BYTES_NONE, true, out, sizeof out), TSM_OK);
    assert_string_equal(out, "");
}

static void bad_escapes_are_refused(void **state)
{
    static const char *const bad[] = {
        "%",   "%4", "a%",  "%zz",    "%4g",  "%00",      "a%0Ab",
        "%7f", "\t", "%ff", "%C0%AF", "a%C3", "%ED%A0%80"}; /* the last four are no UTF-8 */
    char out[32];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(http_decode(bytes_of_text(bad[i]), false, out, sizeof out), TSM_BAD_FORM);
}

static void a_decoded_text_never_leaves_its_array(void **state)
{
    char out[4];
    (void)state;
    assert_int_equal(http_decode(bytes_of_text("abc"), false, out, sizeof out), TSM_OK);
    assert_string_equal(out, "abc");
    assert_int_equal(http_decode(bytes_of_text("abcd"), false, out, sizeof out), TSM_TOO_LONG);
}

static void targets_have_three_forms(void **state)
{
    static const struct {
        const char *target, *path, *query; /* path NULL: refused */
    } cases[] = {
        {"/", "/", ""},
        {"/a/b?c=d?e", "/a/b", "c=d?e"},
        {"//a", "//a", ""},
        {"/a?", "/a", ""},
        {"http://x", "/", ""},
        {"HTTPS://x:8443/a?b", "/a", "b"},
        {"http://[::1]:80?b", "/", "b"},
        {"*", "*", ""},
        {"", NULL, NULL},
        {"a/b", NULL, NULL},
        {"x:443", NULL, NULL},
        {"http:/x", NULL, NULL},
        {"http://?a", NULL, NULL},
        {"http://a@x/", NULL, NULL},
        {"/a#b", NULL, NULL},
    };
    struct bytes path, query;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool taken = http_target_read(bytes_of_text(cases[i].target), &path, &query);
        assert_int_equal(taken, cases[i].path != NULL);
        if (!taken)
            continue;
        assert_true(bytes_equal(path, bytes_of_text(cases[i].path)));
        assert_true(bytes_equal(query, bytes_of_text(cases[i].query)));
    }
}

static void parameters_are_found_and_doubts_refused(void **state)
{
    struct bytes form = bytes_of_text("a=1&b=&c&%64=x%3Dy&e=1&e=1&f=1=2");
    char out[16];
    (void)state;
    assert_int_equal(http_form_param(form, "a", out, sizeof out), TSM_OK);
    assert_string_equal(out, "1");
    assert_int_equal(http_form_param(form, "b", out, sizeof out), TSM_OK);
    assert_string_equal(out, "");
    assert_int_equal(http_form_param(form, "c", out, sizeof out), TSM_OK);
    assert_string_equal(out, "");
    assert_int_equal(http_form_param(form, "d", out, sizeof out), TSM_OK);
    assert_string_equal(out, "x=y");
    assert_int_equal(http_form_param(form, "e", out, sizeof out), TSM_DUPLICATE_TAG);
    assert_string_equal(err_field(), "e");
    assert_int_equal(http_form_param(form, "f", out, sizeof out), TSM_OK);
    assert_string_equal(out, "1=2");
    assert_int_equal(http_form_param(form, "g", out, sizeof out), TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "g");
    assert_int_equal(http_form_param(BYTES_NONE, "a", out, sizeof out), TSM_MISSING_FIELD);
}

static const struct {
    const char *pattern, *path, *values; /* values of the names, joined by '|'; NULL when nothing matches */
} paths[] = {
    {"/", "/", ""},
    {"/a/b", "/a/b", ""},
    {"/a/b", "/a/b/", NULL},
    {"/a/b/", "/a/b", NULL},
    {"/a/b/", "/a/b/", ""},
    {"/a", "/A", NULL},
    {"/a", "/a//", NULL},
    {"/a/b", "/a//b", NULL},
    {"/a/{x}", "/a/1", "1|"},
    {"/a/{x}", "/a/", NULL},
    {"/a/{x}", "/a", NULL},
    {"/a/{x}", "/a/1/2", NULL},
    {"/a/{x}/b/{y}", "/a/1/b/2", "1|2|"},
    {"/a/{x}/b/{y}", "/a/1/c/2", NULL},
    {"/a/{x}", "/a/..", NULL},
    {"/a/{x}", "/a/%2e%2E", NULL},
    {"/a/{x}", "/a/.", NULL},
    {"/a/{x}", "/a/...", "...|"},
    {"/a/{x}", "/a/%2F", "%2F|"},
    {"/files/{path...}", "/files/a/b/c.js", "a/b/c.js|"},
    {"/files/{path...}", "/files/", NULL},
    {"/files/{path...}", "/files/a/../b", NULL},
    {"/files/{path...}", "/files/a/%2e./b", NULL},
    {"/{1}/{2}/{3}/{4}/{5}/{6}/{7}", "/1/2/3/4/5/6/7", NULL},
};

static void paths_match_their_patterns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_params p = {0};
        char values[64] = "";
        bool match = http_path_matches(bytes_of_text(paths[i].pattern), bytes_of_text(paths[i].path), &p);
        if (match != (paths[i].values != NULL))
            fail_msg("%s against %s", paths[i].path, paths[i].pattern);
        for (size_t k = 0; k < p.n; k++) {
            size_t n = strlen(values);
            snprintf(values + n, sizeof values - n, "%.*s|", (int)p.at[k].value.len,
                     (const char *)p.at[k].value.at);
        }
        if (match)
            assert_string_equal(values, paths[i].values);
    }
}

static struct bytes head_of(const struct http_reply *r, struct http_framing f, struct writer *w)
{
    f.date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert_int_equal(http_reply_head(r, &f, w), TSM_OK);
    assert_int_equal(write_u8(w, 0), TSM_OK);
    return written(w);
}

static void a_reply_head_is_written_octet_by_octet(void **state)
{
    struct http_reply r = {0};
    uint8_t room[512];
    struct writer w = WRITER(room);
    (void)state;
    assert_int_equal(http_reply_json(&r, 202, json_pack("{ss}", "order", "1")), TSM_OK);
    assert_int_equal(http_reply_header(&r, "Location", "/api/v1/orders/%d", 1), TSM_OK);
    head_of(&r, (struct http_framing){.close = true}, &w);
    assert_string_equal((char *)room, "HTTP/1.1 202 Accepted\r\n"
                                      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                      "Content-Type: application/json\r\n"
                                      "X-Content-Type-Options: nosniff\r\n"
                                      "Content-Length: 13\r\n"
                                      "Location: /api/v1/orders/1\r\n"
                                      "Cache-Control: no-store\r\n"
                                      "Connection: close\r\n\r\n");
    assert_string_equal(r.body, "{\"order\":\"1\"}");
    http_reply_drop(&r);
}

static void a_reply_may_say_how_long_it_is_stored(void **state)
{
    struct http_reply r = {.status = 200,
                           .type = "text/css",
                           .body = (char *)(uintptr_t) "x",
                           .size = 1,
                           .body_is_static = true};
    uint8_t room[512];
    struct writer w = WRITER(room);
    (void)state;
    assert_int_equal(http_reply_header(&r, "Cache-Control", "max-age=%d", 60), TSM_OK);
    head_of(&r, (struct http_framing){0}, &w);
    assert_null(strstr((char *)room, "no-store"));
    assert_non_null(strstr((char *)room, "Cache-Control: max-age=60\r\n"));
    http_reply_drop(&r);
}

static void a_header_is_never_split(void **state)
{
    struct http_reply r = {0};
    (void)state;
    assert_int_equal(http_reply_header(&r, "Location", "/a%s", "\r\nSet-Cookie: x"), TSM_BAD_VALUE);
    assert_int_equal(r.n_extra, 0);
    for (int i = 0; i < HTTP_EXTRA_MAX; i++)
        assert_int_equal(http_reply_header(&r, "X-A", "%d", i), TSM_OK);
    assert_int_equal(http_reply_header(&r, "X-A", "9"), TSM_NO_ROOM);
    http_reply_drop(&r);
}

static void a_head_that_does_not_fit_writes_nothing(void **state)
{
    struct http_reply r = {0};
    uint8_t room[256];
    struct http_framing f = {.date = "Sun, 06 Nov 1994 08:49:37 GMT"};
    size_t needed = 0;
    (void)state;
    for (size_t cap = 0; cap <= sizeof room && !needed; cap++) {
        struct writer w = {room, 0, cap};
        if (http_reply_head(&r, &f, &w) == TSM_OK)
            needed = w.len;
        else
            assert_int_equal(w.len, 0);
    }
    assert_true(needed > 0);
}

static void every_error_makes_a_problem_with_its_own_status(void **state)
{
    (void)state;
    for (int e = 1; e < TSM_ERROR_COUNT; e++) {
        struct http_reply r = {0};
        json_t *o;
        err_clear();
        http_reply_problem(&r, (enum tsm_err)e);
        assert_int_equal(r.status, err_http((enum tsm_err)e));
        assert_int_equal(json_read(bytes_of_text(r.body), &o), TSM_OK);
        assert_string_equal(json_string_value(json_object_get(o, "code")), err_name((enum tsm_err)e));
        assert_null(json_object_get(o, "field"));
        json_decref(o);
        http_reply_drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(bad_escapes_are_refused),
        cmocka_unit_test(a_decoded_text_never_leaves_its_array),
        cmocka_unit_test(targets_have_three_forms),
        cmocka_unit_test(parameters_are_found_and_doubts_refused),
        cmocka_unit_test(paths_match_their_patterns),
        cmocka_unit_test(a_reply_head_is_written_octet_by_octet),
        cmocka_unit_test(a_reply_may_say_how_long_it_is_stored),
        cmocka_unit_test(a_header_is_never_split),
        cmocka_unit_test(a_head_that_does_not_fit_writes_nothing),
        cmocka_unit_test(every_error_makes_a_problem_with_its_own_status),
    };
    return cmocka_run_group_tests_name("targets and replies", tests, NULL, NULL);
}
