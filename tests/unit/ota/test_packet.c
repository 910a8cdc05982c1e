/* SPDX-License-Identifier: Apache-2.0 */
/* Command packets: published values both ways, and that nothing broken, foreign or too weak passes. Unit test
 * of ota/packet. [TS 102 225 5.1] */
#include "ota/packet/packet.h"

#include <string.h>

#include "ota/packet/spi.h"
#include "../rows.h"
#include "ota_keys.h"
#include "packet_rows.h"

static const char kic128[] = "00112233445566778899AABBCCDDEEFF",
                  kid128[] = "0123456789ABCDEF0123456701234567";

static struct scp80_command command_of(const struct command_row *row, const struct octets *data)
{
    struct scp80_command c = {
        .kic = octets_of(row->kic).at[0],
        .kid = octets_of(row->kid).at[0],
        .counter = row->counter,
        .cc_len = row->cc_len,
        .data = octets_bytes(data),
    };
    memcpy(c.spi, octets_of(row->spi).at, sizeof c.spi);
    memcpy(c.tar, octets_of(row->tar).at, sizeof c.tar);
    return c;
}

static void row_wraps(void **state)
{
    const struct command_row *row = *state;
    struct scp80_keys keys = keys_of(row->kic_key, row->kic, row->kid_key, row->kid);
    struct octets data = octets_of(row->data);
    struct scp80_command c = command_of(row, &data);
    uint8_t buffer[512];
    struct writer w = WRITER(buffer);
    assert_ok(scp80_wrap(&c, &keys, &w));
    assert_hex(written(&w), row->packet);
    assert_int_equal(scp80_packet_len(&c, &keys), w.len);
}

static void row_opens(void **state)
{
    const struct command_row *row = *state;
    struct scp80_keys keys = keys_of(row->kic_key, row->kic, row->kid_key, row->kid);
    struct scp80_command c;
    uint8_t buffer[512];
    struct writer plain = WRITER(buffer);
    assert_ok(scp80_unwrap(HEX(row->packet), &keys, &c, &plain));
    assert_hex(BYTES(c.spi), row->spi);
    assert_hex(BYTES(c.tar), row->tar);
    assert_int_equal(c.counter, row->counter);
    assert_hex(c.data, row->data);
}

/* A command under AES-128 keys with every option of SPI1. */
static struct scp80_command sample(uint8_t spi1, struct bytes data)
{
    return (struct scp80_command){
        .spi = {spi1, 0x39}, .kic = 0x12, .kid = 0x12, .tar = {0xB0, 0, 0x11}, .counter = 7, .data = data};
}

static struct scp80_keys sample_keys(void)
{
    return keys_of(kic128, "12", kid128, "12");
}

static void every_length_comes_back(void **state)
{
    static const uint8_t spis[] = {0x00, 0x02, 0x04, 0x06, 0x16, 0x1E};
    struct scp80_keys keys = sample_keys();
    uint8_t text[70], packet[160], plain[160];
    (void)state;
    memset(text, 0xA5, sizeof text);
    for (size_t i = 0; i < sizeof spis; i++)
        for (size_t n = 0; n <= sizeof text; n++) {
            struct scp80_command c = sample(spis[i], BYTES_OF(text, n)), back;
            struct writer w = WRITER(packet), p = WRITER(plain);
            assert_ok(scp80_wrap(&c, &keys, &w));
            assert_ok(scp80_unwrap(written(&w), &keys, &back, &p));
            assert_true(bytes_equal(back.data, c.data));
            assert_int_equal(back.counter, c.counter);
        }
}

static void a_redundancy_check_of_either_kind_comes_back(void **state)
{
    static const uint8_t kids[] = {CRC_16, CRC_32};
    (void)state;
    for (size_t i = 0; i < sizeof kids; i++) {
        struct scp80_command c = sample(0x01, HEX("00A40004023F00")), back;
        uint8_t packet[64], plain[64];
        struct writer w = WRITER(packet), p = WRITER(plain);
        c.kid = kids[i];
        assert_ok(scp80_wrap(&c, NULL, &w));
        assert_ok(scp80_unwrap(written(&w), NULL, &back, &p));
        packet[w.len - 1] ^= 1;
        p = WRITER(plain);
        assert_err(scp80_unwrap(written(&w), NULL, &back, &p), TSM_MAC_WRONG);
    }
}

static void no_prefix_and_no_appended_octet_is_a_packet(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_command c = sample(0x16, HEX("00A40004023F00")), back;
    uint8_t packet[65], plain[65];
    struct writer w = {packet, 0, 64}, p;
    (void)state;
    assert_ok(scp80_wrap(&c, &keys, &w));
    for (size_t n = 0; n < w.len; n++) {
        p = WRITER(plain);
        assert_err(scp80_unwrap(BYTES_OF(packet, n), &keys, &back, &p), TSM_SHORT_INPUT);
        assert_int_equal(p.len, 0);
    }
    packet[w.len] = 0;
    p = WRITER(plain);
    assert_err(scp80_unwrap(BYTES_OF(packet, w.len + 1), &keys, &back, &p), TSM_TRAILING_BYTES);
}

static void no_flipped_bit_passes(void **state)
{
    static const uint8_t cc_lens[] = {8, 4};
    struct scp80_keys keys = sample_keys();
    (void)state;
    for (size_t i = 0; i < sizeof cc_lens; i++) {
        struct scp80_command c = sample(0x16, HEX("00A40004023F00")), back;
        uint8_t packet[64], plain[64];
        struct writer w = WRITER(packet);
        c.cc_len = cc_lens[i];
        assert_ok(scp80_wrap(&c, &keys, &w));
        for (size_t bit = 0; bit < 8 * w.len; bit++) {
            struct writer p = WRITER(plain);
            packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (scp80_unwrap(written(&w), &keys, &back, &p) == TSM_OK)
                fail_msg("bit %zu of octet %zu may be flipped", bit % 8, bit / 8);
            assert_int_equal(p.len, 0);
            packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static void expect_refusal(struct scp80_command c, const struct scp80_keys *keys, enum tsm_err want)
{
    uint8_t packet[64];
    struct writer w = WRITER(packet);
    assert_err(scp80_wrap(&c, keys, &w), want);
    assert_int_equal(w.len, 0);
    assert_int_equal(scp80_packet_len(&c, keys), 0);
}

static void wishes_that_no_card_knows_are_refused(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_command c;
    (void)state;
    expect_refusal(sample(0x03, BYTES_NONE), &keys, TSM_UNSUPPORTED); /* digital signature */
    c = sample(0x16, BYTES_NONE);
    c.kic = 0x13;
    expect_refusal(c, &keys, TSM_UNSUPPORTED); /* proprietary */
    c.kic = 0x16;
    expect_refusal(c, &keys, TSM_BAD_VALUE); /* reserved */
    c = sample(0x16, BYTES_NONE);
    c.kid = 0x1D;
    expect_refusal(c, &keys, TSM_BAD_VALUE); /* a checksum by ECB */
    c = sample(0x16, BYTES_NONE);
    c.counter = SCP80_COUNTER_MAX + 1;
    expect_refusal(c, &keys, TSM_BAD_VALUE);
    c = sample(0x16, BYTES_NONE);
    c.cc_len = 5;
    expect_refusal(c, &keys, TSM_BAD_LENGTH);
    c = sample(0x11, BYTES_NONE);
    expect_refusal(c, &keys, TSM_UNSUPPORTED); /* KID names no CRC */
}

static void a_key_must_fit_its_algorithm(void **state)
{
    struct scp80_keys none = {0}, aes = sample_keys(), des = keys_of(kic128, "15", kid128, "15");
    struct scp80_command c = sample(0x16, BYTES_NONE);
    (void)state;
    expect_refusal(c, NULL, TSM_KEY_MISSING);
    expect_refusal(c, &none, TSM_KEY_MISSING);
    expect_refusal(c, &des, TSM_KEY_REFUSED);
    c.kic = c.kid = 0x15;
    expect_refusal(c, &aes, TSM_KEY_REFUSED);
    c.kic = c.kid = 0x19; /* three keys */
    expect_refusal(c, &des, TSM_KEY_REFUSED);
    c.kic = c.kid = 0x11; /* single DES */
    expect_refusal(c, &des, TSM_KEY_REFUSED);
    c.kic = c.kid = 0x15;
    c.cc_len = SCP80_CC_SHORT; /* only AES has the short checksum */
    expect_refusal(c, &des, TSM_BAD_LENGTH);
}

static void the_implicit_algorithm_takes_what_the_key_is(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_command named = sample(0x16, HEX("00A4")), implicit = named, back;
    uint8_t a[64], plain[64];
    struct writer w = WRITER(a), p = WRITER(plain);
    (void)state;
    implicit.kic = implicit.kid = 0x10;
    assert_ok(scp80_wrap(&implicit, &keys, &w));
    assert_int_equal(w.len, scp80_packet_len(&named, &keys));
    assert_ok(scp80_unwrap(written(&w), &keys, &back, &p));
}

static void a_writer_without_room_keeps_no_plain_text(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_command c = sample(0x16, HEX("DEADBEEFDEADBEEFDEADBEEFDEADBEEF"));
    uint8_t packet[64], nothing[64] = {0};
    (void)state;
    for (size_t cap = 0; cap < scp80_packet_len(&c, &keys); cap++) {
        struct writer w = {packet, 0, cap};
        memset(packet, 0, sizeof packet);
        assert_err(scp80_wrap(&c, &keys, &w), TSM_NO_ROOM);
        assert_int_equal(w.len, 0);
        assert_memory_equal(packet, nothing, sizeof packet);
    }
}

static void what_cpl_cannot_say_is_too_long(void **state)
{
    static uint8_t data[SCP80_CPL_MAX], packet[SCP80_CPL_MAX + 64];
    struct scp80_command c = sample(0x00, BYTES(data));
    struct writer w = WRITER(packet);
    (void)state;
    assert_err(scp80_wrap(&c, NULL, &w), TSM_TOO_LONG);
    assert_int_equal(scp80_packet_len(&c, NULL), 0);
}

static void data_max_fills_the_segments_and_no_more(void **state)
{
    static const size_t aes[] = {98, 242, 370, 498, 642}, des[] = {106, 242, 370, 506, 642};
    (void)state;
    for (size_t n = 1; n <= 5; n++) {
        assert_int_equal(scp80_data_max(n, CONCAT_SPEC, 0x16, 0x12, 8), aes[n - 1]);
        assert_int_equal(scp80_data_max(n, CONCAT_CPI_FIRST, 0x16, 0x15, 0), des[n - 1]);
    }
    assert_int_equal(scp80_data_max(1, CONCAT_SPEC, 0x12, 0x12, 8), 113);
    assert_int_equal(scp80_data_max(1, CONCAT_SPEC, 0x00, 0x00, 0), 121);
    assert_int_equal(scp80_data_max(1, CONCAT_SPEC, 0x16, 0x12, 4), 102);
    assert_int_equal(scp80_data_max(1, CONCAT_SPEC, 0x11, 0x00, 0), 117);
    assert_int_equal(scp80_data_max(2, CONCAT_CPI_ALL, 0x16, 0x12, 8), 226);
    assert_int_equal(scp80_data_max(0, CONCAT_SPEC, 0x16, 0x12, 8), 0);
    assert_int_equal(scp80_data_max(SMS_SEGMENTS_MAX + 1, CONCAT_SPEC, 0x16, 0x12, 8), 0);
}

static void a_packet_of_data_max_needs_just_those_segments(void **state)
{
    static const uint8_t spis[] = {0x00, 0x12, 0x16};
    static uint8_t data[SMS_SEGMENTS_MAX * SMS_UD_MAX];
    struct scp80_keys keys = sample_keys();
    (void)state;
    for (size_t i = 0; i < sizeof spis; i++)
        for (size_t n = 1; n <= SMS_SEGMENTS_MAX; n++) {
            size_t most = scp80_data_max(n, CONCAT_CPI_ALL, spis[i], 0x12, 8);
            struct scp80_command c = sample(spis[i], BYTES_OF(data, most));
            assert_int_equal(sms_segments(scp80_packet_len(&c, &keys), CONCAT_CPI_ALL), n);
            c.data.len++;
            assert_int_not_equal(sms_segments(scp80_packet_len(&c, &keys), CONCAT_CPI_ALL), n);
        }
}

static void weak_parameters_are_named(void **state)
{
    (void)state;
    assert_null(scp80_weakness(0x16, 0x12, 0x12));
    assert_null(scp80_weakness(0x06, 0x15, 0x15));
    assert_non_null(scp80_weakness(0x04, 0x12, 0x12));
    assert_non_null(scp80_weakness(0x15, 0x15, 0x15));
    assert_non_null(scp80_weakness(0x16, 0x15, 0x11));
    assert_non_null(scp80_weakness(0x16, 0x1D, 0x15));
    assert_non_null(scp80_weakness(0x06, 0x12, 0x12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_comes_back),
        cmocka_unit_test(a_redundancy_check_of_either_kind_comes_back),
        cmocka_unit_test(no_prefix_and_no_appended_octet_is_a_packet),
        cmocka_unit_test(no_flipped_bit_passes),
        cmocka_unit_test(wishes_that_no_card_knows_are_refused),
        cmocka_unit_test(a_key_must_fit_its_algorithm),
        cmocka_unit_test(the_implicit_algorithm_takes_what_the_key_is),
        cmocka_unit_test(a_writer_without_room_keeps_no_plain_text),
        cmocka_unit_test(what_cpl_cannot_say_is_too_long),
        cmocka_unit_test(data_max_fills_the_segments_and_no_more),
        cmocka_unit_test(a_packet_of_data_max_needs_just_those_segments),
        cmocka_unit_test(weak_parameters_are_named),
    };
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof *tests);
    for (size_t i = 0; i < command_row_count; i++) {
        rows_add(&rows, "wraps as published: ", command_rows[i].name, row_wraps, &command_rows[i]);
        rows_add(&rows, "opens as published: ", command_rows[i].name, row_opens, &command_rows[i]);
    }
    return rows_run(&rows, "ota/packet", keys_setup, keys_teardown);
}
