/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV cursor, writer and tables. Unit test of gp/tlv. */
#include <string.h>

#include "gp/tlv.h"
#include "rig.h"

enum { ROOM = 70000 };

static enum tsm_err read_one(struct bytes in)
{
    struct reader r = READER(in);
    struct tlv t;
    TRY(tlv_next(&r, &t));
    return read_end(&r);
}

static void tags_of_one_to_three_octets_are_read_and_written(void **state)
{
    static const struct {
        const char *hex;
        uint32_t tag;
    } rows[] = {{"4F01AA", 0x4F}, {"9F7001AA", 0x9F70}, {"DF810101AA", 0xDF8101}, {"C901AA", 0xC9}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reader r = {HEX(rows[i].hex)};
        struct tlv t;
        uint8_t out[16];
        struct writer w = WRITER(out);
        assert_ok(tlv_next(&r, &t));
        assert_int_equal(t.tag, rows[i].tag);
        assert_hex(t.value, "AA");
        assert_hex(t.whole, rows[i].hex);
        assert_ok(tlv_write_u8(&w, t.tag, 0xAA));
        assert_hex(written(&w), rows[i].hex);
    }
}

static void every_length_form_is_read_as_it_was_written(void **state)
{
    static uint8_t value[65535], out[ROOM];
    static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 65535}, coded[] = {1, 1, 1, 2, 2, 3, 3};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct writer w = WRITER(out);
        struct reader r;
        struct tlv t;
        assert_ok(tlv_write(&w, 0xC4, BYTES_OF(value, lengths[i])));
        assert_int_equal(w.len, 1 + coded[i] + lengths[i]);
        r = (struct reader){written(&w)};
        assert_ok(tlv_next(&r, &t));
        assert_int_equal(t.value.len, lengths[i]);
        assert_int_equal(r.left.len, 0);
    }
}

static void a_value_above_65535_octets_is_refused(void **state)
{
    static uint8_t value[65536], out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(tlv_write(&w, 0xC4, BYTES(value)), TSM_TOO_LONG);
    assert_int_equal(w.len, 0);
}

static void forms_that_the_standard_does_not_use_are_refused(void **state)
{
    (void)state;
    assert_err(read_one(HEX("30800000")), TSM_BAD_VALUE);      /* indefinite length */
    assert_err(read_one(HEX("3083000001AA")), TSM_BAD_LENGTH); /* length of three octets */
    assert_err(read_one(HEX("7F81818101AA")), TSM_BAD_VALUE);  /* tag of four octets */
    assert_err(read_one(HEX("0000")), TSM_BAD_VALUE);          /* filler, no tag */
}

static void a_cut_object_is_refused_and_the_reader_stays(void **state)
{
    struct reader r = {HEX("9F700201")};
    struct tlv t;
    (void)state;
    assert_err(tlv_next(&r, &t), TSM_SHORT_INPUT);
    assert_int_equal(r.left.len, 4);
    assert_refuses_prefixes_and_tail(read_one, "9F70820003010203");
}

static void an_object_is_found_among_its_siblings(void **state)
{
    struct bytes value;
    (void)state;
    assert_ok(tlv_find(HEX("4F02A0A1 9F700107 C50101"), 0x9F70, &value));
    assert_hex(value, "07");
    assert_err(tlv_find(HEX("4F02A0A1"), 0xC5, &value), TSM_NOT_FOUND);
    assert_err(tlv_find(HEX("4F02A0"), 0xC5, &value), TSM_SHORT_INPUT);
}

static void a_length_put_in_last_moves_the_content_up(void **state)
{
    static const size_t contents[] = {0, 127, 128, 255, 256, 1000};
    static uint8_t filler[1000], out[ROOM];
    (void)state;
    memset(filler, 0x5A, sizeof filler);
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        struct writer w = WRITER(out);
        struct bytes inner, deepest;
        size_t a, b;
        assert_ok(tlv_open(&w, 0xE2, &a));
        assert_ok(tlv_open(&w, 0xB6, &b));
        assert_ok(tlv_write(&w, 0x42, BYTES_OF(filler, contents[i])));
        assert_ok(tlv_close(&w, b));
        assert_ok(tlv_close(&w, a));
        assert_ok(read_one(written(&w)));
        assert_ok(tlv_find(written(&w), 0xE2, &inner));
        assert_ok(tlv_find(inner, 0xB6, &inner));
        assert_ok(tlv_find(inner, 0x42, &deepest));
        assert_true(bytes_equal(deepest, BYTES_OF(filler, contents[i])));
    }
}

/* One struct with every kind of row. */
struct all {
    struct bytes aid, many;
    uint32_t number, memory, inner;
    bool flag;
};
#define AT(member) offsetof(struct all, member)
static const struct tlv_field group[] = {{0x80, TLV_NUMBER, AT(inner), 1, 4, TLV_OPTIONAL, NULL}, {0}};
static const struct tlv_field table[] = {{0x4F, TLV_BYTES, AT(aid), 5, 16, TLV_NEEDED, NULL},
                                         {0x81, TLV_NUMBER, AT(number), 1, 2, TLV_OPTIONAL, NULL},
                                         {0xC7, TLV_MEMORY, AT(memory), 2, 4, TLV_OPTIONAL, NULL},
                                         {0x84, TLV_FLAG, AT(flag), 0, 0, TLV_OPTIONAL, NULL},
                                         {0xA5, TLV_GROUP, 0, 0, 0, TLV_OPTIONAL, group},
                                         {0xCF, TLV_MANY, AT(many), 1, 1, TLV_OPTIONAL, NULL},
                                         {0}};

static void a_table_reads_what_it_wrote(void **state)
{
    static const char coded[] = "4F05A000000001 81020100 C7027FFF 8400 A50380012A CF0181";
    struct all a = {.aid = HEX("A000000001"),
                    .many = HEX("81"),
                    .number = 256,
                    .memory = 32767,
                    .inner = 42,
                    .flag = true};
    struct all back = {0};
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(tlv_put(&w, table, &a));
    assert_hex(written(&w), coded);
    assert_ok(tlv_fill(HEX(coded), table, &back, TLV_REFUSE_UNKNOWN));
    assert_hex(back.aid, "A000000001");
    assert_int_equal(back.number, 256);
    assert_int_equal(back.memory, 32767);
    assert_int_equal(back.inner, 42);
    assert_true(back.flag);
}

static void a_memory_value_above_32767_takes_four_octets(void **state)
{
    struct all a = {.aid = HEX("A000000001"), .memory = 32768};
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(tlv_put(&w, table, &a));
    assert_hex(written(&w), "4F05A000000001 C70400008000");
}

static void empty_members_and_groups_are_left_out(void **state)
{
    struct all a = {.aid = HEX("A000000001")};
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(tlv_put(&w, table, &a));
    assert_hex(written(&w), "4F05A000000001");
}

static void what_a_table_does_not_allow_is_refused(void **state)
{
    struct all a = {0};
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(tlv_fill(HEX("81010A"), table, &a, TLV_SKIP_UNKNOWN), TSM_MISSING_FIELD);
    assert_err(tlv_fill(HEX("4F04A0000000"), table, &a, TLV_SKIP_UNKNOWN), TSM_BAD_LENGTH);
    assert_err(tlv_fill(HEX("4F05A000000001 4F05A000000001"), table, &a, TLV_SKIP_UNKNOWN),
               TSM_DUPLICATE_TAG);
    assert_err(tlv_fill(HEX("4F05A000000001 DE0101"), table, &a, TLV_REFUSE_UNKNOWN), TSM_UNKNOWN_FIELD);
    assert_err(tlv_put(&w, table, &(struct all){.aid = HEX("A0")}), TSM_BAD_LENGTH);
    assert_err(tlv_put(&w, table, &(struct all){.aid = HEX("A000000001"), .number = 65536}), TSM_BAD_LENGTH);
    assert_int_equal(w.len, 0);
}

static void unknown_objects_and_repetitions_of_many_are_passed_over(void **state)
{
    struct all a = {0};
    (void)state;
    assert_ok(tlv_fill(HEX("4F05A000000001 EA028000 CF0181 CF0182"), table, &a, TLV_SKIP_UNKNOWN));
    assert_hex(a.many, "81");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_of_one_to_three_octets_are_read_and_written),
        cmocka_unit_test(every_length_form_is_read_as_it_was_written),
        cmocka_unit_test(a_value_above_65535_octets_is_refused),
        cmocka_unit_test(forms_that_the_standard_does_not_use_are_refused),
        cmocka_unit_test(a_cut_object_is_refused_and_the_reader_stays),
        cmocka_unit_test(an_object_is_found_among_its_siblings),
        cmocka_unit_test(a_length_put_in_last_moves_the_content_up),
        cmocka_unit_test(a_table_reads_what_it_wrote),
        cmocka_unit_test(a_memory_value_above_32767_takes_four_octets),
        cmocka_unit_test(empty_members_and_groups_are_left_out),
        cmocka_unit_test(what_a_table_does_not_allow_is_refused),
        cmocka_unit_test(unknown_objects_and_repetitions_of_many_are_passed_over),
    };
    return cmocka_run_group_tests_name("gp/tlv", tests, NULL, NULL);
}
