/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of receipt: answers of real cards, the unprotected answer that is only a hint, and that nothing
 * changed passes. Unit test of ota/packet. [TS 102 225 5.2] */
#include "ota/packet/packet.h"

#include <string.h>

#include "../rows.h"
#include "ota/packet/crc.h"
#include "ota/packet/spi.h"
#include "ota_keys.h"
#include "packet_rows.h"

static struct por_terms terms_of(const struct response_row *row)
{
    return (struct por_terms){octets_of(row->spi).at[1], octets_of(row->kic).at[0], octets_of(row->kid).at[0],
                              0};
}

static void row_opens(void **state)
{
    const struct response_row *row = *state;
    struct scp80_keys keys = keys_of(row->kic_key, row->kic, row->kid_key, row->kid);
    struct por_terms terms = terms_of(row);
    struct scp80_response r, head;
    uint8_t buffer[128];
    struct writer plain = WRITER(buffer);
    assert_ok(por_unwrap(HEX(row->body), terms, &keys, &r, &plain));
    assert_hex(BYTES(r.tar), row->tar);
    assert_int_equal(r.counter, row->counter);
    assert_int_equal(r.status, row->status);
    assert_hex(r.data, row->data);
    assert_int_equal(r.secured,
                     (terms.spi2 & SPI2_POR_INTEGRITY) >> SPI2_POR_INTEGRITY_SHIFT == INTEGRITY_CC);
    assert_ok(por_head(HEX(row->body), &head));
    assert_hex(BYTES(head.tar), row->tar);
    assert_false(head.secured);
}

static void row_wraps(void **state)
{
    const struct response_row *row = *state;
    struct scp80_keys keys = keys_of(row->kic_key, row->kic, row->kid_key, row->kid);
    struct octets data = octets_of(row->data);
    struct scp80_response r = {.counter = row->counter, .status = row->status, .data = octets_bytes(&data)};
    uint8_t buffer[128];
    struct writer w = WRITER(buffer);
    memcpy(r.tar, octets_of(row->tar).at, sizeof r.tar);
    assert_ok(por_wrap(&r, terms_of(row), &keys, &w));
    assert_hex(written(&w), row->body);
}

static struct scp80_keys sample_keys(void)
{
    return keys_of("00112233445566778899AABBCCDDEEFF", "12", "0123456789ABCDEF0123456701234567", "12");
}

static const struct por_terms full = {.spi2 = 0x39, .kic = 0x12, .kid = 0x12};

static struct writer sample(struct por_terms terms, uint8_t *buffer, size_t cap)
{
    struct scp80_keys keys = sample_keys();
    struct octets data = octets_of("029000112233445566");
    struct scp80_response r = {{0xB0, 0, 0x11}, 0x1A, POR_OK, octets_bytes(&data), false};
    struct writer w = {buffer, 0, cap};
    assert_ok(por_wrap(&r, terms, &keys, &w));
    return w;
}

static void the_header_may_be_missing(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_response r;
    uint8_t buffer[64], plain[64];
    struct writer w = sample(full, buffer, sizeof buffer), p = WRITER(plain);
    struct bytes bare;
    (void)state;
    assert_ok(bytes_part(written(&w), 3, w.len - 3, &bare));
    assert_ok(por_unwrap(bare, full, &keys, &r, &p));
    assert_true(r.secured);
    assert_hex(r.data, "029000112233445566");
}

static void no_prefix_and_no_appended_octet_is_a_por(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_response r;
    uint8_t buffer[64], plain[64];
    struct writer w = sample(full, buffer, sizeof buffer), p;
    (void)state;
    for (size_t n = 0; n < w.len; n++) {
        p = WRITER(plain);
        assert_int_not_equal(por_unwrap(BYTES_OF(buffer, n), full, &keys, &r, &p), TSM_OK);
        assert_int_not_equal(por_head(BYTES_OF(buffer, n), &r), TSM_OK);
        assert_int_equal(p.len, 0);
    }
    buffer[w.len] = 0;
    p = WRITER(plain);
    assert_err(por_unwrap(BYTES_OF(buffer, w.len + 1), full, &keys, &r, &p), TSM_TRAILING_BYTES);
}

static void no_flipped_bit_is_secured(void **state)
{
    static const uint8_t spi2s[] = {0x39, 0x09};
    static const uint8_t cc_lens[] = {8, 4};
    struct scp80_keys keys = sample_keys();
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct por_terms terms = {spi2s[i / 2], 0x12, 0x12, cc_lens[i % 2]};
        uint8_t buffer[64], plain[64];
        struct writer w = sample(terms, buffer, sizeof buffer);
        for (size_t bit = 0; bit < 8 * w.len; bit++) {
            struct scp80_response r = {.secured = false};
            struct writer p = WRITER(plain);
            buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (por_unwrap(written(&w), terms, &keys, &r, &p) == TSM_OK && r.secured)
                fail_msg("bit %zu of octet %zu may be flipped", bit % 8, bit / 8);
            buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* Source: osmocom/pysim 597f1e03, tests/unittests/test_ota.py: the same flip in the same answer of a real
 * card */
static void a_changed_answer_of_a_real_card_is_refused(void **state)
{
    struct scp80_keys keys =
        keys_of("C21DD66ACAC13CB3BC8B331B24AFB57B", "35", "12110C78E678C25408233076AA033615", "35");
    struct por_terms terms = {0x09, 0x35, 0x35, 0};
    struct scp80_response r;
    uint8_t plain[64];
    struct writer p = WRITER(plain);
    (void)state;
    assert_ok(
        por_unwrap(HEX("027100001612B000110000000000000055F47118381175FB01612F"), terms, &keys, &r, &p));
    assert_err(
        por_unwrap(HEX("027100001612B000110000000000000055F47118381175FB02612F"), terms, &keys, &r, &p),
        TSM_MAC_WRONG);
}

static void an_answer_without_the_checksum_is_a_hint(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_response r;
    uint8_t plain[64];
    struct writer p = WRITER(plain);
    (void)state;
    assert_ok(por_unwrap(HEX("027100 000B 0A B00011 000000001A 00 02"), full, &keys, &r, &p));
    assert_false(r.secured);
    assert_int_equal(r.status, POR_COUNTER_LOW);
    assert_int_equal(r.counter, 0x1A);
    assert_int_equal(r.data.len, 0);
}

static void a_shorter_checksum_than_agreed_is_refused(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct por_terms four = {0x39, 0x12, 0x12, 4}, eight = {0x39, 0x12, 0x12, 8};
    struct scp80_response r;
    uint8_t buffer[64], plain[64];
    struct writer w = sample(four, buffer, sizeof buffer), p = WRITER(plain);
    (void)state;
    assert_ok(por_unwrap(written(&w), four, &keys, &r, &p));
    p = WRITER(plain);
    assert_err(por_unwrap(written(&w), eight, &keys, &r, &p), TSM_BAD_LENGTH);
    p = WRITER(plain);
    assert_ok(por_unwrap(written(&w), full, &keys, &r, &p)); /* nothing agreed: what comes is taken */
}

static void foreign_headers_and_lengths_are_refused(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_response r;
    uint8_t plain[64];
    struct writer p = WRITER(plain);
    (void)state;
    assert_int_not_equal(por_head(HEX("027F00 000B 0A B00011 0000000001 00 00"), &r), TSM_OK);
    assert_err(por_head(HEX("027100 000B 0B B00011 0000000001 00 00"), &r), TSM_BAD_LENGTH);
    assert_err(por_head(HEX("027100 000B 09 B00011 0000000001 00 00"), &r), TSM_BAD_LENGTH);
    assert_err(por_head(HEX("027100 000A 0A B00011 0000000001 00 00"), &r), TSM_TRAILING_BYTES);
    assert_err(por_head(HEX("027100 000C 0A B00011 0000000001 00 00"), &r), TSM_SHORT_INPUT);
    assert_err(por_head(HEX("027100 000A 0A B00011 0000000001 00"), &r), TSM_BAD_LENGTH);
    /* PCNTR counts more padding than there is */
    assert_err(por_unwrap(HEX("027100 000C 0A B00011 0000000001 02 00 00"), (struct por_terms){0x01, 0, 0, 0},
                          &keys, &r, &p),
               TSM_BAD_LENGTH);
    assert_int_not_equal(por_head(BYTES_NONE, &r), TSM_OK);
}

static void ciphered_octets_must_be_whole_blocks(void **state)
{
    struct scp80_keys keys = sample_keys();
    struct scp80_response r;
    uint8_t plain[64];
    struct writer p = WRITER(plain);
    (void)state;
    assert_err(por_unwrap(HEX("027100 0014 12 B00011 00112233445566778899AABBCCDDEEFF"), full, &keys, &r, &p),
               TSM_MAC_WRONG);
    assert_err(
        por_unwrap(HEX("027100 0015 12 B00011 00112233445566778899AABBCCDDEEFF00"), full, &keys, &r, &p),
        TSM_BAD_LENGTH);
    assert_int_equal(p.len, 0);
}

static void every_status_has_a_sentence(void **state)
{
    (void)state;
    for (unsigned s = 0; s <= 255; s++)
        assert_true(strlen(por_status_text((uint8_t)s)) > 10);
    assert_string_equal(por_status_text(0x0D), por_status_text(0xFF));
}

/* Source: asterix SecurePacket.py unit tests; the CRC-16 is the check value of ISO 13239 for "123456789" */
static void the_redundancy_checks_are_the_published_ones(void **state)
{
    struct bytes one = HEX("0102030405"), digits = bytes_of_text("123456789");
    struct bytes split[2] = {HEX("0102"), HEX("030405")};
    (void)state;
    assert_int_equal(crc_32(&one, 1), 0x470B99F4);
    assert_int_equal(crc_32(split, 2), 0x470B99F4);
    assert_int_equal(crc_32(&digits, 1), 0xCBF43926);
    assert_int_equal(crc_16(&digits, 1), 0x906E);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_may_be_missing),
        cmocka_unit_test(no_prefix_and_no_appended_octet_is_a_por),
        cmocka_unit_test(no_flipped_bit_is_secured),
        cmocka_unit_test(a_changed_answer_of_a_real_card_is_refused),
        cmocka_unit_test(an_answer_without_the_checksum_is_a_hint),
        cmocka_unit_test(a_shorter_checksum_than_agreed_is_refused),
        cmocka_unit_test(foreign_headers_and_lengths_are_refused),
        cmocka_unit_test(ciphered_octets_must_be_whole_blocks),
        cmocka_unit_test(every_status_has_a_sentence),
        cmocka_unit_test(the_redundancy_checks_are_the_published_ones),
    };
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof *tests);
    for (size_t i = 0; i < response_row_count; i++) {
        rows_add(&rows, "opens as published: ", response_rows[i].name, row_opens, &response_rows[i]);
        if (response_rows[i].zero_padded)
            rows_add(&rows, "wraps as published: ", response_rows[i].name, row_wraps, &response_rows[i]);
    }
    return rows_run(&rows, "ota/por", keys_setup, keys_teardown);
}
