/* SPDX-License-Identifier: Apache-2.0 */
/* The SIM as a handset sees it: recorded sessions of a software SIM replayed against ours, and its quirks and
 * faults. [TS 31.111 7.1.1; TS 102 225 5; vectors recorded with onomondo-uicc] */
#include "uicc/sim/ota.h"
#include "uicc/sim/sim.h"
#include "uicc/sim/toolkit.h"

#include "support/fake_card.h"
#include "support/vectors.h"
#include "support/wrap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

struct bench {
    struct card_config config;
    struct uicc_quirks quirks;
    struct card *card;
    struct sim *sim;
    struct wrap wrap;
    struct octets answer; /* of the last ENVELOPE, without status word */
    uint16_t sw;
};

static const uint8_t kic_key[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                    0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
static const uint8_t kid_key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                                    0x01, 0x23, 0x45, 0x67, 0x01, 0x23, 0x45, 0x67};

static void start(struct bench *b, const char *quirks, const char *faults)
{
    sim_free(b->sim);
    card_free(b->card);
    b->quirks = (struct uicc_quirks){0};
    assert_true(uicc_quirks_parse(quirks, &b->quirks));
    assert_true(uicc_faults_parse(faults, &b->quirks));
    b->card = card_new(&b->config);
    b->sim = sim_new(b->card, &b->quirks);
    b->wrap.counter = 0;
}

static int set_up(void **state)
{
    static struct bench b;
    b = (struct bench){
        .config = {.kic_len = 16, .kid_len = 16, .scp80_kvn = 3, .seid = {0x98, 0x94}, .seid_len = 10}};
    memcpy(b.config.kic, kic_key, 16);
    memcpy(b.config.kid, kid_key, 16);
    b.wrap = (struct wrap){
        .spi1 = 0x16, .spi2 = 0x19, .kic = 0x32, .kid = 0x32, .tar = {0xB0, 0x00, 0x11}, .cc_len = 8};
    b.wrap.keys.kic = (struct sym_key){.type = KEY_TYPE_AES, .len = 16};
    b.wrap.keys.kid = (struct sym_key){.type = KEY_TYPE_AES, .len = 16};
    memcpy(b.wrap.keys.kic.value, kic_key, 16);
    memcpy(b.wrap.keys.kid.value, kid_key, 16);
    start(&b, "", "");
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    sim_free(b->sim);
    card_free(b->card);
    return 0;
}

/* ENVELOPE with a DELIVER from 12345678; false when the card lost power. */
static bool envelope(struct bench *b, const uint8_t *user_data, size_t n)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t tpdu[SMS_MAX_TPDU], apdu[TOOLKIT_MAX_ENVELOPE];
    struct sms_tpdu t = {
        .header = true, .from_or_to = {0x81, "12345678"}, .protocol_id = 0x7F, .data_coding = 0xF6};
    t.user_data = user_data;
    t.user_data_len = n;
    size_t len = sms_write_deliver(&t, tpdu);
    len = sim_transmit(b->sim, apdu, toolkit_write_download(tpdu, len, "12345678", apdu), rapdu);
    if (len < 2)
        return false;
    b->sw = (uint16_t)lab_number(rapdu + len - 2, 2);
    b->answer.len = len - 2;
    memcpy(b->answer.at, rapdu, len - 2);
    return true;
}

/* A wrapped script in one message with the next counter. */
static bool command(struct bench *b, const char *script)
{
    struct octets in = octets_from_hex(script);
    uint8_t user_data[512] = {0x02, 0x70, 0x00};
    b->wrap.counter++;
    return envelope(b, user_data, 3 + wrap_command(&b->wrap, in.at, in.len, user_data + 3));
}

static void expect_status(struct bench *b, enum por_status status)
{
    struct opened r;
    assert_true(unwrap_response(&b->wrap, b->answer.at, b->answer.len, &r));
    assert_int_equal(r.status, status);
    assert_memory_equal(r.tar, b->wrap.tar, 3);
}

/* FETCH by the length in 91xx; the SUBMIT's user data into `out`. Then TERMINAL RESPONSE. */
static void fetch(struct bench *b, struct octets *whole, struct octets *user_data)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t apdu[TOOLKIT_MAX_ENVELOPE], type, details[3];
    const uint8_t fetch_apdu[] = {0x80, 0x12, 0, 0, (uint8_t)b->sw};
    struct sms_tpdu submit;
    assert_int_equal(b->sw >> 8, 0x91);
    size_t n = sim_transmit(b->sim, fetch_apdu, 5, rapdu);
    assert_int_equal(n, (b->sw & 0xFF) + 2);
    assert_true(toolkit_read_command(rapdu, n - 2, &type, details, &submit));
    assert_int_equal(type, TOOLKIT_SEND_SHORT_MESSAGE);
    assert_string_equal(submit.from_or_to.digits, "12345678");
    whole->len = n - 2;
    memcpy(whole->at, rapdu, n - 2);
    user_data->len = submit.user_data_len;
    memcpy(user_data->at, submit.user_data, submit.user_data_len);
    n = sim_transmit(b->sim, apdu, toolkit_write_response(details, TOOLKIT_RESULT_OK, apdu), rapdu);
    b->sw = (uint16_t)lab_number(rapdu + n - 2, 2);
}

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
        assert_true(envelope(b, in.at, in.len));
        if (strtoul(json_string_value(json_array_get(sws, i)), NULL, 16) != b->sw && b->sw != 0x6F00)
            fail_msg("%s: segment %zu answered %04X", text_of(v, "name"), i, b->sw);
    }
    if (b->answer.len != por.len || memcmp(b->answer.at, por.at, por.len) != 0)
        fail_msg("%s: another proof of receipt", text_of(v, "name"));
    json_array_foreach(commands, i, p)
    {
        struct octets expected = octets_from_hex(json_string_value(p));
        fetch(b, &whole, &user_data);
        assert_int_equal(whole.len, expected.len);
        assert_memory_equal(whole.at, expected.at, expected.len);
    }
}

static void the_recorded_software_sim_session_is_repeated_octet_for_octet(void **state)
{
    struct bench *b = *state;
    json_t *all = vectors_or_skip(), *v;
    size_t i;
    start(b, "silent,cpi-first,pad-80,counter-jump", "");
    json_array_foreach(json_object_get(json_object_get(all, "software_sim_session"), "vectors"), i, v)
        replay(b, v);
    assert_int_equal(i, 20);
    json_decref(all);
}

/* ---- the talkative card ---- */

static void failed_checks_are_answered_by_their_status(void **state)
{
    struct bench *b = *state;
    assert_true(command(b, "00a40804022fe200b000000a"));
    expect_status(b, POR_OK);
    b->wrap.counter = 0;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_COUNTER_LOW);
    b->wrap.tar[2] = 0x99;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_TAR_UNKNOWN);
    b->wrap.tar[2] = 0x11;
    b->wrap.keys.kid.value[0] ^= 1;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_CC_FAILED);
    b->wrap.keys.kid.value[0] ^= 1;
    b->wrap.spi1 = 0x12;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_LEVEL_TOO_LOW);
    b->wrap.spi1 = 0x1E;
    b->wrap.counter = 10;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_COUNTER_HIGH);
    b->wrap.kic = b->wrap.kid = 0x22;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_SECURITY_ERROR);
    b->wrap.kid = 0x32;
    b->wrap.kic = 0x35; /* the card's key is AES */
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_CIPHERING_ERROR);
    assert_int_equal(fake_card_executed(b->card), 2);
    assert_int_equal(fake_card_counter(b->card), 1); /* nothing that failed has moved it */
}

static void the_highest_counter_blocks_the_key_set(void **state)
{
    struct bench *b = *state;
    b->wrap.counter = SCP80_COUNTER_MAX - 1;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_OK);
    b->wrap.counter = 5;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_COUNTER_BLOCKED);
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
        assert_true(command(b, "00a40804022fe2"));
        expect_status(b, POR_OK);
    }
    b->wrap.spi2 = 0x18; /* none */
    assert_true(command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    b->wrap.spi2 = 0x1A; /* on error */
    assert_true(command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    assert_int_equal(b->sw, 0x9000);
    b->wrap.counter = 0;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_COUNTER_LOW);
    assert_int_equal(fake_card_executed(b->card), 6);
}

static void a_proof_of_receipt_by_submit_is_announced_in_the_report(void **state)
{
    struct bench *b = *state;
    struct octets whole;
    b->wrap.spi2 = 0x39;
    assert_true(command(b, "00a40804022fe200b000000a"));
    expect_status(b, POR_BY_SUBMIT);
    fetch(b, &whole, &b->answer);
    expect_status(b, POR_OK);
    assert_int_equal(b->sw, 0x9000);
}

static void a_long_answer_comes_in_concatenated_submits(void **state)
{
    struct bench *b = *state;
    struct octets whole, first, second;
    assert_true(command(b, "80ca00ff00"));
    expect_status(b, POR_BY_SUBMIT);
    fetch(b, &whole, &first);
    fetch(b, &whole, &second);
    assert_int_equal(b->sw, 0x9000);
    assert_memory_equal(first.at, "\x07\x00\x03\x01\x02\x01\x71\x00", 8);
    assert_memory_equal(second.at, "\x05\x00\x03\x01\x02\x02", 6);
    memcpy(b->answer.at, "\x02\x71\x00", 3);
    memcpy(b->answer.at + 3, first.at + 8, first.len - 8);
    memcpy(b->answer.at + first.len - 5, second.at + 6, second.len - 6);
    b->answer.len = first.len - 5 + second.len - 6;
    expect_status(b, POR_OK);
}

static void an_envelope_during_a_proactive_session_finds_the_toolkit_busy(void **state)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    struct bench *b = *state;
    b->wrap.spi2 = 0x39;
    assert_true(command(b, "00a40804022fe2"));
    const uint8_t fetch_apdu[] = {0x80, 0x12, 0, 0, (uint8_t)b->sw};
    sim_transmit(b->sim, fetch_apdu, 5, rapdu);
    assert_true(command(b, "00a40804022fe2"));
    assert_int_equal(b->sw, 0x9300);
    assert_int_equal(fake_card_executed(b->card), 1);
}

/* ---- quirks and faults ---- */

static void quirks_change_checksum_padding_and_bearer(void **state)
{
    struct bench *b = *state;
    struct opened r;
    start(b, "cmac4", "");
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_CC_FAILED);
    b->wrap.cc_len = 4;
    assert_true(command(b, "00a40804022fe2"));
    assert_true(unwrap_response(&b->wrap, b->answer.at, b->answer.len, &r));
    assert_int_equal(r.check_len, 4);
    b->wrap.cc_len = 8;
    start(b, "max-segments-1", "");
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_OK);
    start(b, "por-submit,cpi-any,no-such-card-quirk", "");
    assert_string_equal(b->quirks.card_quirks, "no-such-card-quirk");
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_BY_SUBMIT);
}

static void faults_lose_repeat_and_interrupt(void **state)
{
    struct bench *b = *state;
    start(b, "", "drop-por-2,busy-1,tear-3");
    assert_true(command(b, "00a40804022fe2"));
    assert_int_equal(b->sw, 0x9300);
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_OK);
    assert_true(command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    assert_false(command(b, "00a40804022fe2")); /* executed, then torn */
    assert_int_equal(fake_card_executed(b->card), 3);
    sim_reset(b->sim);
    b->wrap.counter--;
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_COUNTER_LOW); /* what a sender sees that repeats after a lost answer */
    assert_int_equal(fake_card_executed(b->card), 3);
    start(b, "", "drop-por-1,heal-por-2");
    assert_true(command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_OK);
    start(b, "", "dup-por");
    assert_true(command(b, "00a40804022fe2"));
    expect_status(b, POR_OK);
    struct octets whole;
    fetch(b, &whole, &b->answer);
    expect_status(b, POR_OK);
}

static void lists_of_quirks_and_faults_are_checked(void **state)
{
    struct uicc_quirks q = {0};
    char long_name[QUIRK_MAX_LIST + 1];
    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_true(uicc_quirks_parse("silent,talkative", &q));
    assert_false(q.silent);
    assert_true(uicc_quirks_parse("max-segments-2", &q));
    assert_int_equal(q.max_segments, 2);
    assert_false(uicc_quirks_parse("max-segments-", &q));
    assert_false(uicc_faults_parse("busy-", &q));
    assert_false(uicc_faults_parse("busy-0", &q));
    assert_false(uicc_faults_parse("tear-x", &q));
    assert_false(uicc_quirks_parse(long_name, &q));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_recorded_software_sim_session_is_repeated_octet_for_octet, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(failed_checks_are_answered_by_their_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_highest_counter_blocks_the_key_set, set_up, tear_down),
        cmocka_unit_test(counter_modes_follow_spi1),
        cmocka_unit_test(the_minimum_security_level_is_a_floor_for_each_part_of_spi1),
        cmocka_unit_test_setup_teardown(spi2_decides_whether_and_how_a_proof_of_receipt_comes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_proof_of_receipt_by_submit_is_announced_in_the_report, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_long_answer_comes_in_concatenated_submits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_envelope_during_a_proactive_session_finds_the_toolkit_busy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(quirks_change_checksum_padding_and_bearer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults_lose_repeat_and_interrupt, set_up, tear_down),
        cmocka_unit_test(lists_of_quirks_and_faults_are_checked),
    };
    return cmocka_run_group_tests_name("lab/ota/sim", tests, NULL, NULL);
}
