/* SPDX-License-Identifier: Apache-2.0 */
/* The SIM as a handset sees it: recorded sessions of a software SIM replayed against ours, and what it
 * answers to each security level. [TS 31.111 7.1.1; TS 102 225 5; vectors recorded with onomondo-uicc] */
#include "support/bench.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

/* ---- the recorded software SIM ---- */

static void replay(struct bench *b, const json_t *v)
{
    const json_t *segments = json_object_get(v, "tp_ud_segments"),
                 *sws = json_object_get(v, "sw_per_envelope"), *p;
    const json_t *commands = json_object_get(v, "proactive_commands");
    struct octets por = octets_of(v, "por_in_envelope_response"), whole, user_data;
    size_t i;
    fake_card_key_type(b->card, (octets_of(v, "kic").at[0] & 0x0F) == OTA_AES ? KEY_TYPE_AES : KEY_TYPE_DES);
    for (i = 0; i < json_array_size(segments); i++) {
        struct octets in = octets_from_hex(json_string_value(json_array_get(segments, i)));
        assert_true(bench_envelope(b, in.at, in.len));
        if (strtoul(json_string_value(json_array_get(sws, i)), NULL, 16) != b->sw && b->sw != 0x6F00)
            fail_msg("%s: segment %zu answered %04X", text_of(v, "name"), i, b->sw);
    }
    if (b->answer.len != por.len || memcmp(b->answer.at, por.at, por.len) != 0)
        fail_msg("%s: another proof of receipt", text_of(v, "name"));
    json_array_foreach(commands, i, p)
    {
        struct octets expected = octets_from_hex(json_string_value(p));
        bench_fetch(b, &whole, &user_data);
        assert_int_equal(whole.len, expected.len);
        assert_memory_equal(whole.at, expected.at, expected.len);
    }
}

static void the_recorded_software_sim_session_is_repeated_octet_for_octet(void **state)
{
    struct bench *b = *state;
    json_t *all = vectors_or_skip(), *v;
    size_t i;
    bench_start(b, "silent,cpi-first,pad-80,counter-jump", "");
    json_array_foreach(json_object_get(json_object_get(all, "software_sim_session"), "vectors"), i, v)
        replay(b, v);
    assert_int_equal(i, 20);
    json_decref(all);
}

/* ---- the talkative card ---- */

static void failed_checks_are_answered_by_their_status(void **state)
{
    struct bench *b = *state;
    assert_true(bench_command(b, "00a40804022fe200b000000a"));
    bench_expect(b, POR_OK);
    b->wrap.counter = 0;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_COUNTER_LOW);
    b->wrap.tar[2] = 0x99;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_TAR_UNKNOWN);
    b->wrap.tar[2] = 0x11;
    b->wrap.keys.kid.value[0] ^= 1;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_CC_FAILED);
    b->wrap.keys.kid.value[0] ^= 1;
    b->wrap.spi1 = 0x12;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_LEVEL_TOO_LOW);
    b->wrap.spi1 = 0x1E;
    b->wrap.counter = 10;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_COUNTER_HIGH);
    b->wrap.kic = b->wrap.kid = 0x22;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_SECURITY_ERROR);
    b->wrap.kid = 0x32;
    b->wrap.kic = 0x35; /* the card's key is AES */
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_CIPHERING_ERROR);
    assert_int_equal(fake_card_executed(b->card), 2);
    assert_int_equal(fake_card_counter(b->card), 1); /* nothing that failed has moved it */
}

static void the_highest_counter_blocks_the_key_set(void **state)
{
    struct bench *b = *state;
    b->wrap.counter = SCP80_COUNTER_MAX - 1;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_OK);
    b->wrap.counter = 5;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_COUNTER_BLOCKED);
}

static void counter_modes_follow_spi1(void **state)
{
    uint64_t stored = 5;
    (void)state;
    assert_int_equal(ota_check_counter(0x06, 1, &stored, false), POR_OK);
    assert_int_equal(ota_check_counter(0x0E, 1, &stored, false), POR_OK);
    assert_int_equal(stored, 5);
    assert_int_equal(ota_check_counter(0x0E, 3, &stored, true), POR_OK);
    assert_int_equal(stored, 3);
    assert_int_equal(ota_check_counter(0x16, 3, &stored, false), POR_COUNTER_LOW);
    assert_int_equal(ota_check_counter(0x16, 9, &stored, false), POR_OK);
    assert_int_equal(ota_check_counter(0x1E, 11, &stored, false), POR_COUNTER_HIGH);
    assert_int_equal(ota_check_counter(0x1E, 10, &stored, false), POR_OK);
    assert_int_equal(ota_check_counter(0x1E, 10, &stored, false), POR_COUNTER_LOW);
    assert_int_equal(stored, 10);
    stored = SCP80_COUNTER_MAX;
    assert_int_equal(ota_check_counter(0x1E, SCP80_COUNTER_MAX, &stored, false), POR_COUNTER_BLOCKED);
}

static void the_minimum_security_level_is_a_floor_for_each_part_of_spi1(void **state)
{
    (void)state;
    assert_true(ota_level_reached(0x16, 0x06));
    assert_true(ota_level_reached(0x16, 0x16));
    assert_true(ota_level_reached(0x1E, 0x16));
    assert_false(ota_level_reached(0x0E, 0x16));
    assert_false(ota_level_reached(0x15, 0x16));
    assert_false(ota_level_reached(0x12, 0x16));
    assert_true(ota_level_reached(0x00, 0x00));
}

static void spi2_decides_whether_and_how_a_proof_of_receipt_comes(void **state)
{
    struct bench *b = *state;
    static const uint8_t forms[] = {0x01, 0x09, 0x19, 0x11};
    for (size_t i = 0; i < sizeof forms; i++) {
        b->wrap.spi2 = forms[i];
        assert_true(bench_command(b, "00a40804022fe2"));
        bench_expect(b, POR_OK);
    }
    b->wrap.spi2 = 0x18; /* none */
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    b->wrap.spi2 = 0x1A; /* on error */
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    assert_int_equal(b->sw, 0x9000);
    b->wrap.counter = 0;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_COUNTER_LOW);
    assert_int_equal(fake_card_executed(b->card), 6);
}

static void a_proof_of_receipt_by_submit_is_announced_in_the_report(void **state)
{
    struct bench *b = *state;
    struct octets whole;
    b->wrap.spi2 = 0x39;
    assert_true(bench_command(b, "00a40804022fe200b000000a"));
    bench_expect(b, POR_BY_SUBMIT);
    bench_fetch(b, &whole, &b->answer);
    bench_expect(b, POR_OK);
    assert_int_equal(b->sw, 0x9000);
}

static void a_long_answer_comes_in_concatenated_submits(void **state)
{
    struct bench *b = *state;
    struct octets whole, first, second;
    assert_true(bench_command(b, "80ca00ff00"));
    bench_expect(b, POR_BY_SUBMIT);
    bench_fetch(b, &whole, &first);
    bench_fetch(b, &whole, &second);
    assert_int_equal(b->sw, 0x9000);
    assert_memory_equal(first.at, "\x07\x00\x03\x01\x02\x01\x71\x00", 8);
    assert_memory_equal(second.at, "\x05\x00\x03\x01\x02\x02", 6);
    memcpy(b->answer.at, "\x02\x71\x00", 3);
    memcpy(b->answer.at + 3, first.at + 8, first.len - 8);
    memcpy(b->answer.at + first.len - 5, second.at + 6, second.len - 6);
    b->answer.len = first.len - 5 + second.len - 6;
    bench_expect(b, POR_OK);
}

static void an_envelope_during_a_proactive_session_finds_the_toolkit_busy(void **state)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    struct bench *b = *state;
    b->wrap.spi2 = 0x39;
    assert_true(bench_command(b, "00a40804022fe2"));
    const uint8_t fetch_apdu[] = {0x80, 0x12, 0, 0, (uint8_t)b->sw};
    sim_transmit(b->sim, fetch_apdu, 5, rapdu);
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_int_equal(b->sw, 0x9300);
    assert_int_equal(fake_card_executed(b->card), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_recorded_software_sim_session_is_repeated_octet_for_octet,
                                        bench_up, bench_down),
        cmocka_unit_test_setup_teardown(failed_checks_are_answered_by_their_status, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(the_highest_counter_blocks_the_key_set, bench_up, bench_down),
        cmocka_unit_test(counter_modes_follow_spi1),
        cmocka_unit_test(the_minimum_security_level_is_a_floor_for_each_part_of_spi1),
        cmocka_unit_test_setup_teardown(spi2_decides_whether_and_how_a_proof_of_receipt_comes, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(a_proof_of_receipt_by_submit_is_announced_in_the_report, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(a_long_answer_comes_in_concatenated_submits, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(an_envelope_during_a_proactive_session_finds_the_toolkit_busy,
                                        bench_up, bench_down),
    };
    return cmocka_run_group_tests_name("lab/ota/sim", tests, NULL, NULL);
}
