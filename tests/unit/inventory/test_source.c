/* SPDX-License-Identifier: Apache-2.0 */
/* Inventory files cut into objects: each form, its numbers, what is wrong with one and with all. Unit test of
 * role/sem/inventory/source.c and line.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "role/sem/inventory/line.h"
#include "role/sem/inventory/source.h"

/* How the objects of a text are numbered: "1 3 !4" for two objects and one that could not be read; "#" where
 * no more can be. */
static const char *shape(enum source_form form, const char *text)
{
    static char out[256];
    struct source s;
    size_t n = 0;
    source_open(&s, form, bytes_of_text(text));
    out[0] = 0;
    for (;;) {
        json_t *o;
        enum tsm_err e = source_next(&s, &o);
        if (e == TSM_NOT_FOUND)
            return out;
        json_decref(o);
        if (s.broken) {
            snprintf(out + n, sizeof out - n, "%s#", n ? " " : "");
            return out;
        }
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s%lld", n ? " " : "", e == TSM_OK ? "" : "!",
                              (long long)s.number);
    }
}

static void lines_are_counted_as_in_the_file(void **state)
{
    (void)state;
    assert_string_equal(shape(SOURCE_NDJSON, ""), "");
    assert_string_equal(shape(SOURCE_NDJSON, "{}\n{}\n"), "1 2");
    assert_string_equal(shape(SOURCE_NDJSON, "{}\r\n\n\n{}"), "1 4");
    assert_string_equal(shape(SOURCE_NDJSON, "{}\n{\n{}\n{}{}\n"), "1 !2 3 !4");
}

static void a_heading_is_a_line_too(void **state)
{
    (void)state;
    assert_string_equal(shape(SOURCE_CSV, "a,b\n1,2\n3,4\n"), "2 3");
    assert_string_equal(shape(SOURCE_CSV, "a,b\n1,2,3\n\"1,2\",2\n\"1\"\"\",2\n1\"\n1\n"), "!2 3 4 !5 6");
    assert_string_equal(shape(SOURCE_CSV, "a,b\n"), "");
    assert_string_equal(shape(SOURCE_CSV, "a,b\n1,2,\n1,2,,\n,,\n  \n1,2,3\n"), "2 3 !6");
    assert_string_equal(shape(SOURCE_CSV, "a,b\n\"1,2\n\"1\"2\n1\x01\n\xFF,1\n"), "!2 !3 !4 !5");
    assert_string_equal(shape(SOURCE_CSV, "a,b,A\n1,2,3\n"), "#");
    assert_string_equal(shape(SOURCE_CSV, "a-name-that-is-far-too-long-for-a-column\n1\n"), "#");
}

static void a_spreadsheets_mark_and_quotes_are_taken_off(void **state)
{
    struct source s;
    json_t *o;
    (void)state;
    source_open(&s, SOURCE_CSV,
                bytes_of_text("\xEF\xBB\xBF\"iccid\",\"kvn\",msisdn\r\n\"89\",\"1\",\"\"\r\n"));
    assert_int_equal(source_next(&s, &o), TSM_OK);
    assert_string_equal(json_string_value(json_object_get(o, "iccid")), "89");
    assert_int_equal(json_integer_value(json_object_get(o, "kvn")), 1);
    assert_int_equal(json_object_size(o), 2);
    json_decref(o);
}

static void a_column_that_no_line_has_is_told_at_the_heading(void **state)
{
    struct source s;
    json_t *o;
    (void)state;
    source_open(&s, SOURCE_CSV, bytes_of_text("iccid,puk\n8949000000000000017,12345678\n"));
    s.knows = import_line_knows;
    assert_int_equal(source_next(&s, &o), TSM_UNKNOWN_FIELD);
    assert_true(s.broken);
    assert_string_equal(err_field(), "puk");
}

static void one_row_of(const char *csv)
{
    struct source s;
    json_t *o;
    source_open(&s, SOURCE_CSV, bytes_of_text(csv));
    s.knows = import_line_knows;
    assert_int_equal(source_next(&s, &o), TSM_OK);
    assert_string_equal(json_string_value(json_object_get(o, "iccid")), "8949000000000000017");
    assert_int_equal(json_integer_value(json_object_get(o, "kvn")), 48);
    assert_int_equal(json_object_size(o), 3);
    json_decref(o);
}

static void spreadsheets_write_one_row_in_many_ways(void **state)
{
    (void)state;
    one_row_of("iccid,profile,kvn\n8949000000000000017,lab,48\n");
    one_row_of("ICCID;Profile;KVN\r\n8949000000000000017;lab;48;;\r\n");
    one_row_of("iccid\tprofile\tkvn\n\"8949000000000000017\"\tlab\t0x30");
    one_row_of(" iccid , profile , kvn \n 8949000000000000017 , lab , 0X30 \n");
    one_row_of("\xEF\xBB\xBF\"iccid\",\"profile\",\"kvn\"\n\"8949000000000000017\",\"l\"\"a,b\",48");
}

static void elements_of_a_list_are_read_one_by_one(void **state)
{
    (void)state;
    assert_string_equal(shape(SOURCE_LIST, "[]"), "");
    assert_string_equal(shape(SOURCE_LIST, " [ {\"a\": \"]},[\"} , {\"b\": [{}]} ] \n"), "1 2");
    assert_string_equal(shape(SOURCE_LIST, "[{\"a\": \"\\\"}\"}, {}]"), "1 2");
    assert_string_equal(shape(SOURCE_LIST, "[{}, {\"a\" 1}, {}]"), "1 !2 3");
    assert_string_equal(shape(SOURCE_LIST, "[{}, 7, {}]"), "1 !2 3"); /* no object, and no document here */
}

static void what_is_no_list_ends_the_reading(void **state)
{
    static const char *const none[] = {"", "{}", "7", "[", "[{}", "[{},", "[{} {}]", "[{}]]", "[{\"a\":\"]"};
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const char *got = shape(SOURCE_LIST, none[i]);
        assert_int_equal(got[strlen(got) - 1], '#');
    }
}

static enum tsm_err read_line(const char *text, struct import_line *l)
{
    json_t *o = json_loads(text, 0, NULL);
    enum tsm_err e = import_line_read(o, l);
    json_decref(o);
    return e;
}

static void an_element_may_come_without_keys(void **state)
{
    struct import_line l;
    (void)state;
    assert_int_equal(read_line("{\"seid\":\"4F50\"}", &l), TSM_OK);
    assert_false(line_has_keys(&l));
    assert_int_equal(l.around.subscription, -1);
    assert_string_equal(se_names_first(&l.names), "4F50");
    assert_int_equal(read_line("{\"seid\":\"4F50\",\"kcv\":\"000000\"}", &l), TSM_MISSING_FIELD);
    assert_int_equal(read_line("{\"seid\":\"4F50\",\"kvn\":1}", &l), TSM_MISSING_FIELD);
    assert_int_equal(read_line("{\"seid\":\"4F50\",\"protocol\":\"scp03\",\"kvn\":1}", &l),
                     TSM_MISSING_FIELD);
    assert_int_equal(read_line("{\"profile\":\"p\"}", &l), TSM_MISSING_FIELD);
    assert_int_equal(read_line("{\"iccid\":\"8949000000000000017\",\"device\":\"stolen\"}", &l), TSM_OK);
    assert_int_equal(l.around.device, DEVICE_STOLEN);
    assert_int_equal(read_line("{\"cplc\":\"00\"}", &l), TSM_BAD_LENGTH);
}

static void names_are_written_in_more_than_one_way(void **state)
{
    struct import_line l;
    (void)state;
    assert_int_equal(read_line("{\"iccid\":\"8949000000000000017F\",\"imsi\":\"262011234567890\"}", &l),
                     TSM_OK);
    assert_string_equal(l.names.iccid, "8949000000000000017");
    assert_string_equal(l.bound, "8949000000000000017F");
    assert_int_equal(read_line("{\"cin\":\"0a0b\",\"iin\":\"42000f\"}", &l), TSM_OK);
    assert_string_equal(l.names.cin, "42000F0A0B");
    assert_int_equal(read_line("{\"seid\":\"4f50\"}", &l), TSM_OK);
    assert_string_equal(l.names.seid, "4F50");
    assert_int_equal(read_line("{\"seid\":\"4F50\",\"iin\":\"42\"}", &l), TSM_MISSING_FIELD);
    assert_int_equal(read_line("{\"seid\":\"4F5\"}", &l), TSM_BAD_LENGTH);
    assert_int_equal(read_line("{\"seid\":\"4F5G\"}", &l), TSM_BAD_FORM);
    assert_int_equal(read_line("{\"seid\":\"4F50\",\"imsi\":\"26201A\"}", &l), TSM_BAD_FORM);
}

#define KEYS_OF(more) "{\"seid\":\"4F50\",\"profile\":\"p\",\"protocol\":\"scp03\",\"kvn\":48" more "}"
#define KDD           ",\"kdd\":\"00112233445566778899\""

static void keys_come_in_one_way_of_three(void **state)
{
    struct import_line l;
    struct line_keys k = {.sealed = false};
    (void)state;
    assert_int_equal(read_line(KEYS_OF(",\"master\":\"kmc\",\"kdf\":\"kdf3\"" KDD), &l), TSM_OK);
    assert_int_equal(import_line_keys(&l, &k), TSM_OK);
    assert_true(k.derived && k.row.form.alg == CIPHER_AES && k.row.form.key_len == 16);
    assert_string_equal(k.master[2], "kmc");
    assert_int_equal(read_line(KEYS_OF(",\"master\":\"a,b, c\",\"kdf\":\"visa2\"" KDD), &l), TSM_OK);
    assert_int_equal(import_line_keys(&l, &k), TSM_OK);
    assert_true(k.row.form.alg == CIPHER_TDES);
    assert_string_equal(k.master[2], "c");
    assert_int_equal(read_line(KEYS_OF(",\"master\":\"a,b\",\"kdf\":\"emv\"" KDD), &l), TSM_OK);
    assert_int_equal(import_line_keys(&l, &k), TSM_BAD_VALUE);
    assert_int_equal(read_line(KEYS_OF(",\"master\":\"kmc\",\"kdf\":\"kdf3\""), &l), TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "kdd");
    assert_int_equal(read_line(KEYS_OF(",\"master\":\"kmc\"" KDD), &l), TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "kdf");
    assert_int_equal(
        read_line(
            KEYS_OF(",\"master\":\"kmc\",\"kdf\":\"kdf3\",\"enc\":\"00112233445566778899AABBCCDDEEFF\"" KDD),
            &l),
        TSM_BAD_VALUE);
    assert_int_equal(read_line(KEYS_OF(",\"enc\":\"00112233445566778899AABBCCDDEEFF\""), &l),
                     TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "mac");
    assert_int_equal(read_line("{\"seid\":\"4F50\",\"kdf\":\"kdf3\"" KDD "}", &l), TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "master");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_counted_as_in_the_file),
        cmocka_unit_test(a_heading_is_a_line_too),
        cmocka_unit_test(a_spreadsheets_mark_and_quotes_are_taken_off),
        cmocka_unit_test(a_column_that_no_line_has_is_told_at_the_heading),
        cmocka_unit_test(spreadsheets_write_one_row_in_many_ways),
        cmocka_unit_test(elements_of_a_list_are_read_one_by_one),
        cmocka_unit_test(what_is_no_list_ends_the_reading),
        cmocka_unit_test(an_element_may_come_without_keys),
        cmocka_unit_test(names_are_written_in_more_than_one_way),
        cmocka_unit_test(keys_come_in_one_way_of_three),
    };
    return cmocka_run_group_tests_name("inventory source", tests, NULL, NULL);
}
