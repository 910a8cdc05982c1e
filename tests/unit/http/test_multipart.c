/* SPDX-License-Identifier: Apache-2.0 */
/* Forms with files: parts, names, delimiters; what is no form is refused. Station 1. [RFC 7578, RFC 2046 5.1]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/message/multipart.h"

#define TYPE "multipart/form-data; boundary=xyz"
#define NAME "Content-Disposition: form-data; name=\"n\"\r\n\r\n"

/* Two parts, as RFC 7578 4.2 writes them. */
static const char two[] = "--xyz\r\n"
                          "Content-Disposition: form-data; name=\"field1\"\r\n\r\n"
                          "Joe Blow\r\n"
                          "--xyz\r\n"
                          "content-disposition: Form-Data; name=\"pics\"; filename=\"file1.txt\"\r\n"
                          "Content-Type: text/plain\r\n\r\n"
                          "octets --xyz\r\n--xy\r\nof it\r\n"
                          "--xyz--\r\nand an epilogue";

static enum tsm_err first(const char *type, const char *body, struct multipart_part *p)
{
    struct multipart m;
    enum tsm_err e = multipart_begin(type, bytes_of_text(body), &m);
    return e == TSM_OK ? multipart_next(&m, p) : e;
}

static void parts_come_one_after_the_other(void **state)
{
    struct multipart m;
    struct multipart_part p;
    (void)state;
    assert_int_equal(multipart_begin(TYPE, bytes_of_text(two), &m), TSM_OK);
    assert_int_equal(multipart_next(&m, &p), TSM_OK);
    assert_string_equal(p.name, "field1");
    assert_false(p.has_filename);
    assert_true(bytes_equal(p.body, bytes_of_text("Joe Blow")));
    assert_int_equal(multipart_next(&m, &p), TSM_OK);
    assert_string_equal(p.name, "pics");
    assert_true(p.has_filename);
    assert_string_equal(p.filename, "file1.txt");
    assert_true(bytes_equal(p.type, bytes_of_text("text/plain")));
    assert_true(bytes_equal(p.body, bytes_of_text("octets --xyz\r\n--xy\r\nof it")));
    assert_int_equal(multipart_next(&m, &p), TSM_NOT_FOUND);
    assert_int_equal(multipart_next(&m, &p), TSM_NOT_FOUND);
}

static void every_part_is_whole_or_refused(void **state)
{
    const char *end = strstr(two, "--\r\nand");
    (void)state;
    for (size_t n = 0; n < (size_t)(end - two) + 1; n++) {
        struct multipart m;
        struct multipart_part p;
        enum tsm_err e = multipart_begin(TYPE, BYTES_OF((const uint8_t *)two, n), &m);
        while (e == TSM_OK)
            e = multipart_next(&m, &p);
        assert_int_not_equal(e, TSM_NOT_FOUND);
    }
}

static void a_failed_step_leaves_the_reader_where_it_was(void **state)
{
    struct multipart m, before;
    struct multipart_part p;
    (void)state;
    assert_int_equal(multipart_begin(TYPE, bytes_of_text("--xyz\r\n" NAME "x"), &m), TSM_OK);
    before = m;
    assert_int_equal(multipart_next(&m, &p), TSM_SHORT_INPUT);
    assert_memory_equal(&m, &before, sizeof m);
}

static void the_boundary_is_found_in_any_dress(void **state)
{
    static const char *const types[] = {
        "multipart/form-data; boundary=\"xyz\"", "Multipart/Form-Data;charset=utf-8 ; Boundary=xyz",
        "multipart/form-data; a=\"b;boundary=no\"; boundary=xyz", "multipart/form-data;boundary=\"x\\yz\""};
    struct multipart_part p;
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_int_equal(first(types[i], two, &p), TSM_OK);
    assert_int_equal(
        first("multipart/form-data; boundary=-=_P/1:2", "---=_P/1:2\r\n" NAME "x\r\n---=_P/1:2--", &p),
        TSM_OK); /* of bchars that are no token, unquoted */
    assert_int_equal(first(TYPE, "a preamble\r\n--xyz \t\r\n" NAME "x\r\n--xyz--", &p), TSM_OK);
    assert_int_equal(first(TYPE, "--xyz\r\n" NAME "\r\n--xyz--", &p), TSM_OK);
    assert_int_equal(p.body.len, 0);
}

/* TR-03165 4.1.6.5.2 writes a comma between name and file name. */
static void a_comma_parts_name_and_file_name_too(void **state)
{
    struct multipart_part p;
    (void)state;
    assert_int_equal(
        first(TYPE,
              "--xyz\r\nContent-Disposition: form-data; name=\"elfFile\", filename=\"a,b;c.cap\"\r\n\r\n"
              "x\r\n--xyz--",
              &p),
        TSM_OK);
    assert_string_equal(p.name, "elfFile");
    assert_string_equal(p.filename, "a,b;c.cap");
}

static void what_is_no_form_is_refused(void **state)
{
    static const struct {
        const char *type, *body;
        enum tsm_err e;
    } bad[] = {
        {"application/json", two, TSM_WRONG_TYPE},
        {"", two, TSM_WRONG_TYPE},
        {"multipart/mixed; boundary=xyz", two, TSM_WRONG_TYPE},
        {"multipart/form-data", two, TSM_MISSING_FIELD},
        {"multipart/form-data; boundary=\"\"", two, TSM_MISSING_FIELD},
        {"multipart/form-data; boundary=a b", two, TSM_MISSING_FIELD},
        {"multipart/form-data; boundary=xyz, multipart/form-data; boundary=xyz", two, TSM_MISSING_FIELD},
        {TYPE, "", TSM_BAD_FORM},
        {TYPE, "--xy", TSM_BAD_FORM},
        {TYPE, "--xyzw\r\n" NAME "\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\n\r\nx\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\nContent-Disposition: form-data; name=\"a\x01\"\r\n\r\nx\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\nContent-Disposition: form-data; name=\"a\"b\"\r\n\r\nx\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\nno field\r\n\r\nx\r\n--xyz--", TSM_BAD_FORM},
        {TYPE, "--xyz\r\n" NAME "x\r\n--xyz=", TSM_SHORT_INPUT},
    };
    struct multipart_part p;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(first(bad[i].type, bad[i].body, &p), bad[i].e);
    assert_int_equal(first(TYPE,
                           "--xyz\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: "
                           "form-data; name=b\r\n\r\nx\r\n--xyz--",
                           &p),
                     TSM_DUPLICATE_TAG);
}

static void fields_and_names_have_their_limits(void **state)
{
    char body[MULTIPART_HEAD_MAX + 200] = "--xyz\r\nContent-Disposition: form-data; name=\"";
    struct multipart_part p;
    (void)state;
    memset(body + strlen(body), 'n', MULTIPART_NAME_MAX);
    strcat(body, "\"\r\n\r\nx\r\n--xyz--");
    assert_int_equal(first(TYPE, body, &p), TSM_OK);
    assert_int_equal(strlen(p.name), MULTIPART_NAME_MAX);
    strcpy(strstr(body, "\"\r\n"), "n\"\r\n\r\nx\r\n--xyz--");
    assert_int_equal(first(TYPE, body, &p), TSM_TOO_LONG);
    strcpy(body, "--xyz\r\nX: ");
    memset(body + strlen(body), 'x', MULTIPART_HEAD_MAX);
    strcat(body, "\r\n" NAME "x\r\n--xyz--");
    assert_int_equal(first(TYPE, body, &p), TSM_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_one_after_the_other),
        cmocka_unit_test(every_part_is_whole_or_refused),
        cmocka_unit_test(a_failed_step_leaves_the_reader_where_it_was),
        cmocka_unit_test(the_boundary_is_found_in_any_dress),
        cmocka_unit_test(a_comma_parts_name_and_file_name_too),
        cmocka_unit_test(what_is_no_form_is_refused),
        cmocka_unit_test(fields_and_names_have_their_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
