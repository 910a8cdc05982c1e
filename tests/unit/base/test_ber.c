/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV objects: every form of tag and length, nesting, refusals. Unit test of base/ber. [ISO 7816-4 5.2.2]
 */
#include "base/ber.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint8_t room[70000];

/* source: knovichikhin/pyemv tests/test_tlv.py: objects that are read, with tag and first value byte */
static void published_objects_are_read(void **state)
{
    static const struct {
        const char *octets;
        size_t len;
        uint32_t tag;
        size_t value_len;
    } rows[] = {
        {"\x9C\x00", 2, 0x9C, 0},
        {"\x9C\x01\xFF", 3, 0x9C, 1},
        {"\x9C\x81\x01\xFF", 4, 0x9C, 1},
        {"\x9F\x02\x00", 3, 0x9F02, 0},
        {"\x9F\x02\x01\xFF", 4, 0x9F02, 1},
        {"\x9F\x82\x01\x01\xFF", 5, 0x9F8201, 1},
        {"\x9C\x82\x00\x01\xFF", 5, 0x9C, 1},
        {"\x9C\x83\x00\x00\x01\xFF", 6, 0x9C, 1},
        {"\x9C\x84\x00\x00\x00\x01\xFF", 7, 0x9C, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reader r = READER(BYTES_OF((const uint8_t *)rows[i].octets, rows[i].len));
        struct ber object;
        assert_int_equal(ber_read(&r, &object), TSM_OK);
        assert_int_equal(object.tag, rows[i].tag);
        assert_int_equal(object.value.len, rows[i].value_len);
        assert_int_equal(read_end(&r), TSM_OK);
        for (size_t n = 0; n < rows[i].len; n++) {
            r = READER(BYTES_OF((const uint8_t *)rows[i].octets, n));
            assert_int_equal(ber_read(&r, &object), TSM_SHORT_INPUT);
            assert_int_equal(r.left.len, n);
        }
    }
}

static void what_is_no_object_is_refused(void **state)
{
    static const struct {
        const char *octets;
        size_t len;
        enum tsm_err want;
    } rows[] = {
        {"\xAE\x80\x00\x00", 4, TSM_BAD_LENGTH}, /* indefinite */
        {"\x9C\x85\x00\x00\x00\x00\x01\xFF", 8, TSM_BAD_LENGTH},
        {"\x9F\x80\x80\x01\x00", 5, TSM_BAD_VALUE}, /* four octets of tag */
        {"\x9C\x84\xFF\xFF\xFF\xFF\x00", 7, TSM_SHORT_INPUT},
        {"\x9C\x02\xFF", 3, TSM_SHORT_INPUT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reader r = READER(BYTES_OF((const uint8_t *)rows[i].octets, rows[i].len));
        struct ber object;
        assert_int_equal(ber_read(&r, &object), rows[i].want);
    }
}

static void every_length_takes_its_shortest_form(void **state)
{
    static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
    static uint8_t value[65536];
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct writer w = WRITER(room), nested = WRITER(room);
        struct reader r;
        struct ber object;
        size_t mark;
        assert_int_equal(ber_write(&w, 0x9F70, BYTES_OF(value, lengths[i])), TSM_OK);
        assert_int_equal(w.len, ber_size(0x9F70, lengths[i]));
        r = READER(written(&w));
        assert_int_equal(ber_read(&r, &object), TSM_OK);
        assert_int_equal(object.value.len, lengths[i]);
        assert_int_equal(ber_open(&nested, 0x9F70, &mark), TSM_OK);
        assert_int_equal(write_span(&nested, BYTES_OF(value, lengths[i])), TSM_OK);
        assert_int_equal(ber_close(&nested, mark), TSM_OK);
        assert_int_equal(nested.len, w.len);
    }
}

static void templates_nest_and_are_searched(void **state)
{
    struct writer w = WRITER(room);
    struct bytes inside;
    size_t outer, inner;
    (void)state;
    assert_int_equal(ber_open(&w, 0x70, &outer), TSM_OK);
    assert_int_equal(ber_write(&w, 0x5A, bytes_of_text("abc")), TSM_OK);
    assert_int_equal(ber_open(&w, 0xBF0C, &inner), TSM_OK);
    assert_int_equal(ber_write(&w, 0x4F, bytes_of_text("de")), TSM_OK);
    assert_int_equal(ber_close(&w, inner), TSM_OK);
    assert_int_equal(ber_close(&w, outer), TSM_OK);
    assert_memory_equal(room,
                        "\x70\x0C\x5A\x03"
                        "abc\xBF\x0C\x04\x4F\x02"
                        "de",
                        w.len);
    assert_int_equal(ber_find(written(&w), 0x70, &inside), TSM_OK);
    assert_int_equal(ber_find(inside, 0xBF0C, &inside), TSM_OK);
    assert_int_equal(ber_find(inside, 0x4F, &inside), TSM_OK);
    assert_true(bytes_equal(inside, bytes_of_text("de")));
    assert_int_equal(ber_find(inside, 0x4E, &inside), TSM_SHORT_INPUT); /* "de" is no object */
    assert_int_equal(ber_find(BYTES_NONE, 0x4E, &inside), TSM_NOT_FOUND);
}

static void a_full_writer_stays_as_it_was(void **state)
{
    struct writer w = {room, 0, 6};
    size_t mark;
    (void)state;
    assert_int_equal(ber_write(&w, 0x9F70, bytes_of_text("abcd")), TSM_NO_ROOM);
    assert_int_equal(w.len, 0);
    assert_int_equal(ber_open(&w, 0x70, &mark), TSM_OK);
    assert_int_equal(write_span(&w, bytes_of_text("abcde")), TSM_OK);
    assert_int_equal(ber_close(&w, mark), TSM_NO_ROOM);
    assert_int_equal(ber_write_tag(&w, 0x1000000), TSM_BAD_VALUE);
    w = WRITER(room);
    assert_int_equal(ber_write_length(&w, BER_VALUE_MAX + 1), TSM_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_objects_are_read),
        cmocka_unit_test(what_is_no_object_is_refused),
        cmocka_unit_test(every_length_takes_its_shortest_form),
        cmocka_unit_test(templates_nest_and_are_searched),
        cmocka_unit_test(a_full_writer_stays_as_it_was),
    };
    return cmocka_run_group_tests_name("base/ber", tests, NULL, NULL);
}
