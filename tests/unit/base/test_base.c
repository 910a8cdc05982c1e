/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary: cursors, texts, time, JSON tables, errors. Pure. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv/csv.h"
#include "base/hex.h"
#include "base/json.h"

static const uint8_t six[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06};

static void numbers_are_read_in_network_order(void **state)
{
    struct reader r = READER(BYTES(six));
    uint16_t a;
    uint32_t b;
    uint8_t c;
    (void)state;
    assert_int_equal(read_u16(&r, &a), TSM_OK);
    assert_int_equal(read_u24(&r, &b), TSM_OK);
    assert_int_equal(read_u8(&r, &c), TSM_OK);
    assert_int_equal(a, 0x0102);
    assert_int_equal(b, 0x030405);
    assert_int_equal(c, 0x06);
    assert_int_equal(read_end(&r), TSM_OK);
}

static void a_failed_read_leaves_the_reader_as_it_was(void **state)
{
    struct reader r = READER(BYTES_OF(six, 3));
    uint32_t v = 77;
    (void)state;
    assert_int_equal(read_u32(&r, &v), TSM_SHORT_INPUT);
    assert_int_equal(v, 77);
    assert_int_equal(r.left.len, 3);
    assert_int_equal(read_end(&r), TSM_TRAILING_BYTES);
}

static void a_length_value_field_must_fit_whole(void **state)
{
    static const uint8_t lv[] = {3, 1, 2};
    struct reader r = READER(BYTES(lv));
    struct bytes b;
    (void)state;
    assert_int_equal(read_lv(&r, &b), TSM_SHORT_INPUT);
    assert_int_equal(r.left.len, 3);
}

static void a_full_writer_refuses_and_stays(void **state)
{
    uint8_t room[4];
    struct writer w = WRITER(room);
    (void)state;
    assert_int_equal(write_u24(&w, 0x010203), TSM_OK);
    assert_int_equal(write_u16(&w, 1), TSM_NO_ROOM);
    assert_int_equal(write_lv(&w, BYTES(six)), TSM_NO_ROOM);
    assert_int_equal(w.len, 3);
}

static void what_is_written_is_read_again(void **state)
{
    uint8_t room[64];
    struct writer w = WRITER(room);
    uint64_t v40, v64;
    (void)state;
    write_u40(&w, 0xFFFFFFFFFEULL);
    write_u64(&w, 0x8000000000000001ULL);
    struct reader r = READER(written(&w));
    assert_int_equal(read_u40(&r, &v40), TSM_OK);
    assert_int_equal(read_u64(&r, &v64), TSM_OK);
    assert_true(v40 == 0xFFFFFFFFFEULL && v64 == 0x8000000000000001ULL);
}

static void a_part_beyond_the_span_is_refused(void **state)
{
    struct bytes b;
    (void)state;
    assert_int_equal(bytes_part(BYTES(six), 4, 2, &b), TSM_OK);
    assert_int_equal(b.at[0], 5);
    assert_int_equal(bytes_part(BYTES(six), 4, 3, &b), TSM_SHORT_INPUT);
    assert_int_equal(bytes_part(BYTES(six), SIZE_MAX, 2, &b), TSM_SHORT_INPUT);
}

static void hex_refuses_odd_lengths_and_other_letters(void **state)
{
    uint8_t out[4];
    size_t n;
    char text[9];
    (void)state;
    assert_int_equal(hex_read("00ffA5", out, sizeof out, &n), TSM_OK);
    assert_string_equal(hex_text(BYTES_OF(out, n), text), "00FFA5");
    assert_int_equal(hex_read("00f", out, sizeof out, &n), TSM_BAD_FORM);
    assert_string_equal(err_cause(), "3 hexadecimal digits are no whole octets");
    assert_int_equal(hex_read("0g", out, sizeof out, &n), TSM_BAD_FORM);
    assert_string_equal(err_cause(),
                        "character 2 is no hexadecimal digit"); /* which, not what: it may be a key */
    assert_int_equal(hex_read("0011223344", out, sizeof out, &n), TSM_TOO_LONG);
}

/* RFC 4648 clause 10, without the padding that base64url in JOSE leaves out. */
static void base64url_matches_the_published_examples(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[16];
        uint8_t back[8];
        size_t n;
        b64url_text(bytes_of_text(rows[i][0]), text);
        assert_string_equal(text, rows[i][1]);
        assert_int_equal(b64url_read(bytes_of_text(text), back, sizeof back, &n), TSM_OK);
        assert_true(bytes_equal(BYTES_OF(back, n), bytes_of_text(rows[i][0])));
    }
}

static void base64url_refuses_bits_that_no_encoder_sets(void **state)
{
    uint8_t out[8];
    size_t n;
    (void)state;
    assert_int_equal(b64url_read(bytes_of_text("Zh"), out, sizeof out, &n), TSM_BAD_FORM);
    assert_int_equal(b64url_read(bytes_of_text("Z"), out, sizeof out, &n), TSM_BAD_FORM);
    assert_int_equal(b64url_read(bytes_of_text("Zg=="), out, sizeof out, &n), TSM_BAD_FORM);
    assert_int_equal(b64url_read(bytes_of_text("Z+8v"), out, sizeof out, &n), TSM_BAD_FORM);
}

static void a_uuid_says_that_it_is_random(void **state)
{
    static const uint8_t ones[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                     0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    char text[37];
    (void)state;
    assert_string_equal(uuid_text(ones, text), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

/* The fields of a line, each in brackets; "!" where one cannot be read. */
static const char *fields(const char *line)
{
    static char out[128];
    struct csv_line l = CSV_LINE(bytes_of_text(line), csv_separator(bytes_of_text(line)));
    char field[8];
    size_t n = 0;
    for (;;) {
        enum tsm_err e = csv_field(&l, field, sizeof field);
        if (e == TSM_NOT_FOUND)
            return out;
        n += (size_t)snprintf(out + n, sizeof out - n, e == TSM_OK ? "[%s]" : "!", field);
        if (e != TSM_OK)
            return out;
    }
}

static void csv_lines_fall_into_fields(void **state)
{
    (void)state;
    assert_string_equal(fields(""), "[]");
    assert_string_equal(fields("a,b,"), "[a][b][]");
    assert_string_equal(fields("a;b c; d "), "[a][b c][d]");
    assert_string_equal(fields("a\t\tb"), "[a][][b]");
    assert_string_equal(fields("\"a,b\",\"\"\"\", \"c\" ,\"\""), "[a,b][\"][c][]");
    assert_string_equal(fields("1234567,a"), "[1234567][a]");
    assert_string_equal(fields("12345678,a"), "!");
    assert_string_equal(fields("a,\"b"), "[a]!");
    assert_string_equal(fields("a,b\"c\""), "[a]!");
    assert_string_equal(fields("\"a\"b,c"), "!");
    assert_string_equal(fields("a\x01,b"), "!");
    assert_int_equal(csv_without_mark(bytes_of_text("\xEF\xBB\xBF"
                                                    "a"))
                         .len,
                     1);
    assert_int_equal(csv_without_mark(bytes_of_text("\xEF\xBB")).len, 2);
}

static void luhn_knows_test_card_numbers(void **state)
{
    (void)state;
    assert_true(luhn_right("5413330089010434"));
    assert_true(luhn_right("4111111111111111"));
    assert_false(luhn_right("5413330089010435"));
    assert_false(luhn_right(""));
}

static void digits_become_swapped_semi_octets(void **state)
{
    uint8_t out[4];
    struct writer w = WRITER(out);
    static const uint8_t want[] = {0x94, 0x71, 0xF2};
    (void)state;
    assert_int_equal(bcd_swapped_write(&w, "49172"), TSM_OK);
    assert_true(bytes_equal(written(&w), BYTES(want)));
    assert_int_equal(bcd_swapped_write(&w, "4x"), TSM_BAD_FORM);
}

static void time_is_printed_as_rfc_3339(void **state)
{
    char text[TIME_TEXT];
    (void)state;
    assert_string_equal(time_text(0, text), "1970-01-01T00:00:00.000000Z");
    assert_string_equal(time_text(SECONDS(951827696) + 4, text), "2000-02-29T12:34:56.000004Z");
    assert_string_equal(time_text(SECONDS(4102444799), text), "2099-12-31T23:59:59.000000Z");
}

static void a_virtual_clock_stands_until_it_is_moved(void **state)
{
    struct clock c = clock_virtual(SECONDS(5));
    (void)state;
    assert_true(clock_now(&c) == SECONDS(5));
    c.virtual_now += SECONDS(60);
    assert_true(clock_now(&c) == SECONDS(65));
}

struct thing {
    char name[9];
    int64_t size;
    int colour;
    bool ready;
};
static const char *const colours[] = {"red", "green", NULL};
static const struct json_row thing_rows[] = {
    {"name", JSON_TEXT, offsetof(struct thing, name), 1, 8, JSON_NEEDED, NULL},
    {"size", JSON_INT, offsetof(struct thing, size), 0, 100, JSON_OPTIONAL, NULL},
    {"colour", JSON_ENUM, offsetof(struct thing, colour), 0, 0, JSON_OPTIONAL, colours},
    {"ready", JSON_BOOL, offsetof(struct thing, ready), 0, 0, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err fill(const char *text, struct thing *t)
{
    json_t *o;
    enum tsm_err e = json_read(bytes_of_text(text), &o);
    if (e != TSM_OK)
        return e;
    e = json_fill(o, thing_rows, t);
    json_decref(o);
    return e;
}

static void json_members_are_read_by_table(void **state)
{
    struct thing t = {0};
    (void)state;
    assert_int_equal(fill("{\"name\":\"disc\",\"size\":7,\"colour\":\"green\",\"ready\":true}", &t), TSM_OK);
    assert_string_equal(t.name, "disc");
    assert_true(t.size == 7 && t.colour == 1 && t.ready);
}

static void json_failures_name_the_member(void **state)
{
    static const struct {
        const char *text, *field;
        enum tsm_err e;
    } rows[] = {
        {"{}", "name", TSM_MISSING_FIELD},
        {"{\"name\":\"\"}", "name", TSM_BAD_LENGTH},
        {"{\"name\":\"123456789\"}", "name", TSM_BAD_LENGTH},
        {"{\"name\":1}", "name", TSM_BAD_VALUE},
        {"{\"name\":\"a\",\"size\":101}", "size", TSM_BAD_VALUE},
        {"{\"name\":\"a\",\"size\":1.5}", "size", TSM_BAD_VALUE},
        {"{\"name\":\"a\",\"colour\":\"blue\"}", "colour", TSM_BAD_VALUE},
        {"{\"name\":\"a\",\"ready\":\"yes\"}", "ready", TSM_BAD_VALUE},
        {"{\"name\":\"a\",\"extra\":0}", "extra", TSM_UNKNOWN_FIELD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct thing t = {0};
        assert_int_equal(fill(rows[i].text, &t), rows[i].e);
        assert_string_equal(err_field(), rows[i].field);
        if (!strcmp(rows[i].field, "colour"))
            assert_string_equal(err_cause(), "colour is none of: red, green");
    }
}

static void json_documents_are_strict(void **state)
{
    json_t *o;
    char deep[200] = "";
    (void)state;
    assert_int_equal(json_read(bytes_of_text("{\"a\":1,\"a\":2}"), &o), TSM_BAD_FORM);
    assert_int_equal(json_read(bytes_of_text("{} x"), &o), TSM_BAD_FORM);
    assert_int_equal(json_read(bytes_of_text("{\"a\":"), &o), TSM_BAD_FORM);
    assert_int_equal(json_read(bytes_of_text(""), &o), TSM_BAD_FORM);
    memset(deep, '[', JSON_DEPTH_MAX + 1);
    memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_int_equal(json_read(bytes_of_text(deep), &o), TSM_BAD_FORM);
}

static void every_error_has_a_text_and_a_status(void **state)
{
    (void)state;
    for (int e = 0; e < TSM_ERROR_COUNT; e++) {
        assert_true(strlen(err_text((enum tsm_err)e)) > 1);
        assert_in_range(err_http((enum tsm_err)e), 200, 599);
    }
    assert_string_equal(err_name(TSM_MAC_WRONG), "MAC_WRONG");
}

static void a_cause_is_said_once_and_forgotten(void **state)
{
    (void)state;
    assert_int_equal(FAIL(BAD_VALUE, "SCP i=%02x", 0x70), TSM_BAD_VALUE);
    assert_string_equal(err_cause(), "SCP i=70");
    err_clear();
    assert_string_equal(err_cause(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_in_network_order),
        cmocka_unit_test(a_failed_read_leaves_the_reader_as_it_was),
        cmocka_unit_test(a_length_value_field_must_fit_whole),
        cmocka_unit_test(a_full_writer_refuses_and_stays),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_part_beyond_the_span_is_refused),
        cmocka_unit_test(hex_refuses_odd_lengths_and_other_letters),
        cmocka_unit_test(base64url_matches_the_published_examples),
        cmocka_unit_test(base64url_refuses_bits_that_no_encoder_sets),
        cmocka_unit_test(a_uuid_says_that_it_is_random),
        cmocka_unit_test(csv_lines_fall_into_fields),
        cmocka_unit_test(luhn_knows_test_card_numbers),
        cmocka_unit_test(digits_become_swapped_semi_octets),
        cmocka_unit_test(time_is_printed_as_rfc_3339),
        cmocka_unit_test(a_virtual_clock_stands_until_it_is_moved),
        cmocka_unit_test(json_members_are_read_by_table),
        cmocka_unit_test(json_failures_name_the_member),
        cmocka_unit_test(json_documents_are_strict),
        cmocka_unit_test(every_error_has_a_text_and_a_status),
        cmocka_unit_test(a_cause_is_said_once_and_forgotten),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
