/* SPDX-License-Identifier: Apache-2.0 */
/* Command and response APDUs, status words, GET RESPONSE and the second try with another Le. Unit test of
 * gp/apdu. */
#include <string.h>

#include "gp/apdu/transport.h"
#include "rig.h"

enum { ROOM = 1024 };

/* The four cases of ISO 7816-4 5.1, short. */
static const struct {
    const char *hex, *data;
    int le;
} forms[] = {
    {"80F28002", "", APDU_LE_NONE},
    {"80CA006600", "", 0},
    {"80CA006610", "", 16},
    {"80E28000 02 A0A1", "A0A1", APDU_LE_NONE},
    {"80F28002 02 4F00 00", "4F00", 0},
    {"80F28002 02 4F00 7F", "4F00", 127},
};

static void each_case_of_a_short_command_is_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct apdu a;
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_ok(apdu_read(HEX(forms[i].hex), &a));
        assert_hex(a.data, forms[i].data);
        assert_int_equal(a.le, forms[i].le);
        assert_ok(apdu_write(&a, &w));
        assert_hex(written(&w), forms[i].hex);
    }
}

static void data_above_255_octets_makes_an_extended_command(void **state)
{
    uint8_t data[300] = {0xAB}, out[ROOM];
    struct writer w = WRITER(out);
    struct apdu a = {.cla = 0x80, .ins = 0xE2, .data = BYTES(data), .le = 0}, back;
    (void)state;
    assert_ok(apdu_write(&a, &w));
    assert_int_equal(w.len, 4 + 3 + 300 + 2);
    assert_hex(BYTES_OF(out, 8), "80E20000 00012CAB");
    assert_ok(apdu_read(written(&w), &back));
    assert_true(bytes_equal(back.data, a.data));
    assert_int_equal(back.le, APDU_LE_MAX);
}

static void an_le_above_256_makes_an_extended_command(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    struct apdu a = {.cla = 0x80, .ins = 0xCA, .p1 = 0xBF, .p2 = 0x21, .le = 1000}, back;
    (void)state;
    assert_ok(apdu_write(&a, &w));
    assert_hex(written(&w), "80CABF21 0003E8");
    assert_ok(apdu_read(written(&w), &back));
    assert_int_equal(back.le, 1000);
    assert_ok(apdu_read(HEX("80CABF21 000000"), &back));
    assert_int_equal(back.le, APDU_LE_MAX);
}

static void le_256_is_the_octet_00(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(apdu_write(&(struct apdu){.cla = 0x00, .ins = 0xA4, .p1 = 4, .le = 256}, &w));
    assert_hex(written(&w), "00A4040000");
}

static void a_command_whose_lengths_disagree_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "80",
        "80F280",
        "80F28002 03 4F00",       /* Lc beyond the end */
        "80F28002 02 4F00 00 00", /* one octet after Le */
        "80F28002 00 00",         /* an extended length that is cut */
        "80F28002 00 0000 00",    /* extended Lc 0 with data */
        "80F28002 00 0003 A0A1",  /* extended Lc beyond the end */
        "80F28002 00 0001 A0 00", /* extended Le of one octet */
        "80F28002 00 0001 A0 000000",
    };
    struct apdu a;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (apdu_read(HEX(wrong[i]), &a) == TSM_OK)
            fail_msg("%s was taken", wrong[i]);
}

static void an_le_that_no_form_can_carry_is_refused(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(apdu_write(&(struct apdu){.le = APDU_LE_MAX + 1}, &w), TSM_BAD_VALUE);
    assert_err(apdu_write(&(struct apdu){.le = -2}, &w), TSM_BAD_VALUE);
    assert_int_equal(w.len, 0);
}

static void a_command_without_room_leaves_the_writer_as_it_was(void **state)
{
    uint8_t out[6];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(apdu_write(&(struct apdu){.data = HEX("4F00"), .le = 0}, &w), TSM_NO_ROOM);
    assert_int_equal(w.len, 0);
}

static void an_answer_is_data_and_status(void **state)
{
    struct rapdu a;
    (void)state;
    assert_ok(rapdu_read(HEX("9000"), &a));
    assert_int_equal(a.data.len, 0);
    assert_ok(rapdu_read(HEX("0102 6310"), &a));
    assert_hex(a.data, "0102");
    assert_int_equal(a.sw, 0x6310);
    assert_err(rapdu_read(HEX("90"), &a), TSM_SHORT_INPUT);
    assert_err(rapdu_read(BYTES_NONE, &a), TSM_SHORT_INPUT);
}

static void only_9000_and_warnings_are_success(void **state)
{
    (void)state;
    for (unsigned sw = 0; sw <= 0xFFFF; sw++) {
        bool want = sw == 0x9000 || (sw >= 0x6200 && sw <= 0x63FF);
        assert_int_equal(sw_is_success((uint16_t)sw), want);
        assert_true(sw_text((uint16_t)sw)[0] != 0);
    }
    assert_string_equal(sw_text(0x6A88), "referenced data not found");
    assert_string_equal(sw_text(0x63C2),
                        "a verification failed; the last digit counts the tries that are left");
    assert_string_equal(sw_text(0x63D0), "warning");
    assert_string_equal(sw_text(0x1234), "unknown status");
}

/* Feeds answers one after the other; gives what is to be sent in between and the joined answer. */
struct talk {
    struct transport t;
    struct writer joined;
    uint8_t room[ROOM];
};

static void begin(struct talk *k, const char *command, struct octets *hold)
{
    *hold = octets_of(command);
    k->joined = (struct writer){k->room, 0, sizeof k->room};
    transport_begin(&k->t, octets_bytes(hold), &k->joined);
}

static void answer(struct talk *k, const char *rapdu, const char *next)
{
    struct bytes send;
    assert_ok(transport_step(&k->t, HEX(rapdu), &send));
    assert_hex(send, next);
}

static void a_plain_answer_ends_the_exchange(void **state)
{
    struct talk k;
    struct octets command;
    (void)state;
    begin(&k, "84CA006608A0C6A4A74166F7CE00", &command);
    answer(&k, "66006E00 9000", "");
    assert_hex(written(&k.joined), "66006E009000");
}

static void the_parts_of_61xx_are_joined(void **state)
{
    struct talk k;
    struct octets command;
    (void)state;
    begin(&k, "84F240020A4F00E91443F6DCE6B8ED00", &command);
    answer(&k, "E301 6110", "00C0000010");
    answer(&k, "E302 6104", "00C0000004");
    answer(&k, "E303 6310", "");
    assert_hex(written(&k.joined), "E301E302E3036310");
}

static void the_class_of_get_response_keeps_the_logical_channel(void **state)
{
    struct talk k;
    struct octets command;
    (void)state;
    begin(&k, "85CA006600", &command);
    answer(&k, "6105", "01C0000005");
    begin(&k, "E2CA006600", &command); /* channel 6, secure messaging */
    answer(&k, "6105", "42C0000005");
}

static void after_6Cxx_the_same_octets_go_again_with_another_le(void **state)
{
    struct talk k;
    struct octets command;
    (void)state;
    begin(&k, "84CA006608A0C6A4A74166F7CE00", &command);
    answer(&k, "6C2A", "84CA006608A0C6A4A74166F7CE2A");
    answer(&k, "01 9000", "");
    assert_hex(written(&k.joined), "019000");
    begin(&k, "84F2800208E91443F6DCE6B8ED", &command); /* without Le: one is added */
    answer(&k, "6C10", "84F2800208E91443F6DCE6B8ED10");
}

static void a_second_6Cxx_is_the_answer(void **state)
{
    struct talk k;
    struct octets command;
    (void)state;
    begin(&k, "80CA006600", &command);
    answer(&k, "6C2A", "80CA00662A");
    answer(&k, "6C2A", "");
    assert_hex(written(&k.joined), "6C2A");
}

static void a_6Cxx_to_get_response_corrects_get_response(void **state)
{
    struct talk k;
    struct octets command;
    (void)state;
    begin(&k, "80CA006600", &command);
    answer(&k, "6120", "00C0000020");
    answer(&k, "6C10", "00C0000010");
    answer(&k, "A5 9000", "");
    assert_hex(written(&k.joined), "A59000");
}

static void a_card_that_never_ends_is_given_up(void **state)
{
    struct talk k;
    struct octets command;
    struct bytes send;
    (void)state;
    begin(&k, "80CA006600", &command);
    for (int i = 0; i < TRANSPORT_ROUNDS_MAX; i++)
        answer(&k, "6101", "00C0000001");
    assert_err(transport_step(&k.t, HEX("6101"), &send), TSM_TOO_LONG);
}

static void an_answer_longer_than_the_room_is_refused(void **state)
{
    struct talk k;
    struct octets command;
    struct bytes send;
    (void)state;
    begin(&k, "80CA006600", &command);
    k.joined.cap = 3;
    answer(&k, "0102 6102", "00C0000002");
    assert_err(transport_step(&k.t, HEX("0304 9000"), &send), TSM_NO_ROOM);
    assert_hex(written(&k.joined), "0102");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_of_a_short_command_is_read_and_written),
        cmocka_unit_test(data_above_255_octets_makes_an_extended_command),
        cmocka_unit_test(an_le_above_256_makes_an_extended_command),
        cmocka_unit_test(le_256_is_the_octet_00),
        cmocka_unit_test(a_command_whose_lengths_disagree_is_refused),
        cmocka_unit_test(an_le_that_no_form_can_carry_is_refused),
        cmocka_unit_test(a_command_without_room_leaves_the_writer_as_it_was),
        cmocka_unit_test(an_answer_is_data_and_status),
        cmocka_unit_test(only_9000_and_warnings_are_success),
        cmocka_unit_test(a_plain_answer_ends_the_exchange),
        cmocka_unit_test(the_parts_of_61xx_are_joined),
        cmocka_unit_test(the_class_of_get_response_keeps_the_logical_channel),
        cmocka_unit_test(after_6Cxx_the_same_octets_go_again_with_another_le),
        cmocka_unit_test(a_second_6Cxx_is_the_answer),
        cmocka_unit_test(a_6Cxx_to_get_response_corrects_get_response),
        cmocka_unit_test(a_card_that_never_ends_is_given_up),
        cmocka_unit_test(an_answer_longer_than_the_room_is_refused),
    };
    return cmocka_run_group_tests_name("gp/apdu", tests, NULL, NULL);
}
