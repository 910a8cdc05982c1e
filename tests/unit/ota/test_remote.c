/* SPDX-License-Identifier: Apache-2.0 */
/* Remote command scripts and answers in both formats. Unit test of ota/remote. [TS 102 226 5.2] */
#include "ota/remote/remote.h"

#include <string.h>

#include "../vectors.h"

#define SCRIPT(form, list, n) ((struct remote_script){.format = (form), .commands = (list), .count = (n)})

static struct bytes write_script(struct remote_script s, uint8_t *buffer, size_t cap)
{
    struct writer w = {buffer, 0, cap};
    assert_ok(remote_write(&s, &w));
    assert_int_equal(remote_len(&s), w.len);
    return written(&w);
}

/* Source: osmocom/pysim 597f1e03 tests: SELECT and GET RESPONSE as one script */
static void compact_commands_stand_side_by_side(void **state)
{
    struct bytes commands[] = {HEX("A0A40000027F20"), HEX("A0C0000016")};
    uint8_t buffer[64];
    (void)state;
    assert_hex(write_script(SCRIPT(REMOTE_COMPACT, commands, 2), buffer, sizeof buffer),
               "A0A40000027F20A0C0000016");
}

static void compact_commands_have_p3_and_no_le_behind_data(void **state)
{
    struct bytes commands[] = {HEX("80CA0085"), HEX("80F28002024F0000"), HEX("00B2010400")};
    uint8_t buffer[64];
    (void)state;
    assert_hex(write_script(SCRIPT(REMOTE_COMPACT, commands, 3), buffer, sizeof buffer),
               "80CA008500 80F28002024F00 00B2010400");
}

/* Source: anttro/otaman docs (trace of a card of 2019) and opentelecoms gsm0348 */
static void expanded_scripts_are_written_in_both_forms(void **state)
{
    struct bytes get = HEX("80CA008500"), status = HEX("80F28002024F0000"), get_21 = HEX("80CAFF2100");
    uint8_t buffer[64];
    (void)state;
    assert_hex(write_script(SCRIPT(REMOTE_INDEFINITE, &get, 1), buffer, sizeof buffer),
               "AE80220580CA0085000000");
    assert_hex(write_script(SCRIPT(REMOTE_INDEFINITE, &status, 1), buffer, sizeof buffer),
               "AE80220880F28002024F00000000");
    assert_hex(write_script(SCRIPT(REMOTE_DEFINITE, &get_21, 1), buffer, sizeof buffer),
               "AA07220580CAFF2100");
}

static void long_commands_get_long_lengths(void **state)
{
    struct bytes command;
    struct remote_objects o;
    struct ber t;
    uint8_t apdu[245] = {0x80, 0xE8, 0x00, 0x00, 0xF0}, buffer[300];
    struct bytes script;
    (void)state;
    command = BYTES(apdu);
    script = write_script(SCRIPT(REMOTE_DEFINITE, &command, 1), buffer, sizeof buffer);
    assert_memory_equal(script.at, "\xAA\x81\xF8\x22\x81\xF5\x80\xE8", 8);
    assert_ok(remote_open_script(script, &o));
    assert_ok(remote_next(&o, &t));
    assert_int_equal(t.tag, REMOTE_C_APDU);
    assert_true(bytes_equal(t.value, command));
    assert_int_equal(remote_next(&o, &t), TSM_NOT_FOUND);
}

/* Source: anttro/otaman frontend/tests/ber.test.js for the objects 81, 82, 83 */
static void chaining_and_actions_stand_before_the_commands(void **state)
{
    struct bytes command = HEX("80CA008500");
    struct remote_script s = SCRIPT(REMOTE_DEFINITE, &command, 1);
    uint8_t buffer[64];
    (void)state;
    s.chaining = CHAIN_FIRST_KEEP;
    s.error_action = HEX("05");
    s.immediate_action = HEX("81030101048202818292023F00");
    assert_hex(write_script(s, buffer, sizeof buffer),
               "AA1C 830111 820105 810D81030101048202818292023F00 220580CA008500");
    s.error_action = s.immediate_action = BYTES_NONE;
    s.chaining = CHAIN_LAST;
    s.stop_silently = true;
    assert_hex(write_script(s, buffer, sizeof buffer), "AA0C 830103 8200 220580CA008500");
}

static void expect_refusal(struct remote_script s, enum tsm_err want)
{
    uint8_t buffer[600];
    struct writer w = WRITER(buffer);
    assert_err(remote_write(&s, &w), want);
    assert_int_equal(w.len, 0);
    assert_int_equal(remote_len(&s), 0);
}

static void what_is_no_script_is_refused(void **state)
{
    static struct bytes many[REMOTE_COMMANDS_MAX + 1];
    struct bytes ok = HEX("80CA008500"), small = HEX("80CA00"), long_data = HEX("80E200000500"),
                 extended = HEX("80E2000000000100"), two_le = HEX("80E20000010000FF");
    uint8_t buffer[8];
    struct remote_script s = SCRIPT(REMOTE_COMPACT, &ok, 1);
    struct writer w = WRITER(buffer);
    (void)state;
    expect_refusal(SCRIPT(REMOTE_COMPACT, &ok, 0), TSM_BAD_VALUE);
    expect_refusal(SCRIPT(REMOTE_DEFINITE, many, REMOTE_COMMANDS_MAX + 1), TSM_BAD_VALUE);
    expect_refusal(SCRIPT(REMOTE_COMPACT, &small, 1), TSM_SHORT_INPUT);
    expect_refusal(SCRIPT(REMOTE_DEFINITE, &long_data, 1), TSM_SHORT_INPUT);
    expect_refusal(SCRIPT(REMOTE_DEFINITE, &extended, 1), TSM_BAD_LENGTH);
    expect_refusal(SCRIPT(REMOTE_INDEFINITE, &two_le, 1), TSM_BAD_LENGTH);
    s.chaining = CHAIN_FIRST;
    expect_refusal(s, TSM_UNSUPPORTED);
    s = SCRIPT(REMOTE_DEFINITE, &ok, 1);
    assert_err(remote_write(&s, &w), TSM_NO_ROOM);
    assert_int_equal(w.len, 0);
}

/* Source: osmocom/pysim 597f1e03 tests: 016132 */
static void a_compact_answer_counts_and_keeps_the_last(void **state)
{
    struct remote_outcome o;
    (void)state;
    assert_ok(remote_outcome_read(HEX("016132"), REMOTE_COMPACT, &o));
    assert_int_equal(o.executed, 1);
    assert_int_equal(o.last.sw, 0x6132);
    assert_int_equal(o.last.data.len, 0);
    assert_ok(remote_outcome_read(HEX("02900000112233"), REMOTE_COMPACT, &o));
    assert_int_equal(o.executed, 2);
    assert_hex(o.last.data, "00112233");
    for (size_t n = 0; n < 3; n++)
        assert_err(remote_outcome_read(BYTES_OF((const uint8_t *)"\x01\x61\x32", n), REMOTE_COMPACT, &o),
                   TSM_SHORT_INPUT);
}

/* Source: opentelecoms gsm0348 05fc6a17 (AB) and anttro/otaman docs (AF, without a count) */
static void expanded_answers_are_read_in_both_forms(void **state)
{
    struct remote_outcome o;
    (void)state;
    assert_ok(remote_outcome_read(HEX("AB0780010123029000"), REMOTE_DEFINITE, &o));
    assert_int_equal(o.executed, 1);
    assert_int_equal(o.last.sw, 0x9000);
    assert_ok(remote_outcome_read(HEX("AF8023026A880000"), REMOTE_DEFINITE, &o));
    assert_int_equal(o.executed, 1);
    assert_int_equal(o.last.sw, 0x6A88);
    assert_ok(
        remote_outcome_read(HEX("AF80 800103 2304AABB9000 23029000 23026A82 0000"), REMOTE_INDEFINITE, &o));
    assert_int_equal(o.executed, 3);
    assert_int_equal(o.last.sw, 0x6A82);
}

static void every_answer_is_walked_in_order(void **state)
{
    struct remote_answers a;
    struct remote_answer one;
    struct octets o = octets_of("AB 81 8D 800102 23 8182");
    (void)state;
    for (size_t i = 0; i < 0x80; i++)
        o.at[o.len++] = (uint8_t)i;
    memcpy(o.at + o.len, "\x90\x00\x23\x02\x63\x10", 6);
    o.len += 6;
    o.at[2] = (uint8_t)(o.len - 3);
    assert_ok(remote_answers_open(octets_bytes(&o), REMOTE_INDEFINITE, &a));
    assert_ok(remote_answers_next(&a, &one));
    assert_int_equal(one.data.len, 0x80);
    assert_int_equal(one.sw, 0x9000);
    assert_ok(remote_answers_next(&a, &one));
    assert_int_equal(one.sw, 0x6310);
    assert_int_equal(remote_answers_next(&a, &one), TSM_NOT_FOUND);
    assert_int_equal(a.count, 2);
}

static void a_card_that_could_not_parse_says_so(void **state)
{
    struct remote_outcome o;
    struct remote_answers a;
    struct remote_answer one;
    (void)state;
    assert_ok(remote_outcome_read(HEX("AB06 800100 900102"), REMOTE_DEFINITE, &o));
    assert_int_equal(o.executed, 0);
    assert_int_equal(o.bad_format, BAD_FORMAT_LENGTH);
    assert_int_equal(o.last.sw, 0);
    assert_ok(remote_answers_open(HEX("AB0A 800101 23029000 830101"), REMOTE_DEFINITE, &a));
    assert_ok(remote_answers_next(&a, &one));
    assert_int_equal(remote_answers_next(&a, &one), TSM_NOT_FOUND);
    assert_hex(a.chaining, "01");
}

static void broken_answers_are_refused(void **state)
{
    struct remote_outcome o;
    (void)state;
    assert_err(remote_outcome_read(HEX("AF80"), REMOTE_INDEFINITE, &o), TSM_SHORT_INPUT);
    assert_err(remote_outcome_read(HEX("AF8000"), REMOTE_INDEFINITE, &o), TSM_SHORT_INPUT);
    assert_err(remote_outcome_read(HEX("AF8023029000"), REMOTE_INDEFINITE, &o), TSM_SHORT_INPUT);
    assert_err(remote_outcome_read(HEX("AF0423029000"), REMOTE_INDEFINITE, &o), TSM_BAD_LENGTH);
    assert_err(remote_outcome_read(HEX("AB8023029000"), REMOTE_DEFINITE, &o), TSM_BAD_LENGTH);
    assert_err(remote_outcome_read(HEX("AA0423029000"), REMOTE_DEFINITE, &o), TSM_BAD_VALUE);
    assert_err(remote_outcome_read(HEX("AB0323019000"), REMOTE_DEFINITE, &o), TSM_TRAILING_BYTES);
    assert_err(remote_outcome_read(HEX("AB03230190"), REMOTE_DEFINITE, &o), TSM_BAD_LENGTH);
    assert_err(remote_outcome_read(HEX("AB06800101800101"), REMOTE_DEFINITE, &o), TSM_DUPLICATE_TAG);
    assert_err(remote_outcome_read(HEX("AB03840101"), REMOTE_DEFINITE, &o), TSM_BAD_VALUE);
    assert_err(remote_outcome_read(HEX("AB028000"), REMOTE_DEFINITE, &o), TSM_BAD_LENGTH);
    assert_err(remote_outcome_read(BYTES_NONE, REMOTE_DEFINITE, &o), TSM_SHORT_INPUT);
}

static void no_prefix_and_no_appended_octet_is_an_expanded_answer(void **state)
{
    static const char *const answers[] = {"AB0780010123029000", "AF80800101230290000000"};
    struct remote_outcome o;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct octets a = octets_of(answers[i]);
        assert_ok(remote_outcome_read(octets_bytes(&a), REMOTE_DEFINITE, &o));
        for (size_t n = 0; n < a.len; n++)
            assert_int_not_equal(remote_outcome_read(BYTES_OF(a.at, n), REMOTE_DEFINITE, &o), TSM_OK);
        a.at[a.len++] = 0xFF;
        assert_int_not_equal(remote_outcome_read(octets_bytes(&a), REMOTE_DEFINITE, &o), TSM_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_commands_stand_side_by_side),
        cmocka_unit_test(compact_commands_have_p3_and_no_le_behind_data),
        cmocka_unit_test(expanded_scripts_are_written_in_both_forms),
        cmocka_unit_test(long_commands_get_long_lengths),
        cmocka_unit_test(chaining_and_actions_stand_before_the_commands),
        cmocka_unit_test(what_is_no_script_is_refused),
        cmocka_unit_test(a_compact_answer_counts_and_keeps_the_last),
        cmocka_unit_test(expanded_answers_are_read_in_both_forms),
        cmocka_unit_test(every_answer_is_walked_in_order),
        cmocka_unit_test(a_card_that_could_not_parse_says_so),
        cmocka_unit_test(broken_answers_are_refused),
        cmocka_unit_test(no_prefix_and_no_appended_octet_is_an_expanded_answer),
    };
    return cmocka_run_group_tests_name("ota/remote", tests, NULL, NULL);
}
