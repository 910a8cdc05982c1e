/* SPDX-License-Identifier: Apache-2.0 */
/* SMS-DELIVER, SMS-SUBMIT and their addresses. Unit test of ota/sms. [TS 23.040 9.2.2] */
#include "ota/sms/tpdu.h"

#include "../vectors.h"
#include "ota/sms/udh.h"

static void round_deliver(const char *hex, struct sms_deliver *d)
{
    uint8_t again[200];
    struct writer w = WRITER(again);
    assert_ok(sms_deliver_read(HEX(hex), d));
    assert_ok(sms_deliver_write(d, &w));
    assert_hex(written(&w), hex);
}

/* Source: osmocom/pysim 597f1e03 tests/unittests/test_ota.py, with the TP-UDL that its 37 octets need */
static void a_published_deliver_is_read_and_written(void **state)
{
    struct sms_deliver d;
    char digits[ADDRESS_DIGITS_MAX + 1];
    (void)state;
    round_deliver(
        "400881214365877FF62270520000000025 02700000201506193535B00011AE733256918D050B87C94FBFE12E4DC402"
        "F262C41CF67F2F",
        &d);
    assert_int_equal(d.first, TP_UDHI);
    assert_string_equal(sms_address_text(&d.from, digits), "12345678");
    assert_int_equal(d.from.type, ADDRESS_UNKNOWN);
    assert_int_equal(d.pid, PID_SIM_DOWNLOAD);
    assert_int_equal(d.dcs, DCS_CLASS2_8BIT);
    assert_int_equal(d.ud.octets.len, 37);
}

/* Source: anttro/otaman 32509b10 tests/test_ota_helpers.py: one, and the first of three */
static void foreign_delivers_are_read_and_written(void **state)
{
    struct sms_deliver d;
    struct bytes rest;
    struct udh u;
    (void)state;
    round_deliver(
        "4005812143F57FF624051215173000 25 02700000201506091515B00000C08F58C38860ACB3A362FFFE670AD13759A2"
        "A6B4C1A91116",
        &d);
    round_deliver(
        "4405812143F57FF624051215173000 2A 0700030103017000 00201506091515B00000C08F58C38860ACB3A362FFFE67"
        "0AD13759A2A6B4C1A91116",
        &d);
    assert_ok(udh_read(d.ud.octets, &u, &rest));
    assert_int_equal(u.total, 3);
    assert_true(u.command);
}

/* Source: asterix SecurePacket.py unit tests (Petr Tobiska): the TPDU of a SEND SHORT MESSAGE */
static void a_published_submit_is_read_and_written(void **state)
{
    static const char hex[] =
        "4100038119F000F631027100002C0EC00000888B39C361C66D5F3DC4EFCEF508CC228021DD34E577B147E5"
        "4EFF18B3922C9176644E2E8AA9A695";
    struct sms_submit s;
    uint8_t again[200];
    struct writer w = WRITER(again);
    char digits[ADDRESS_DIGITS_MAX + 1];
    (void)state;
    assert_ok(sms_submit_read(HEX(hex), &s));
    assert_string_equal(sms_address_text(&s.to, digits), "910");
    assert_ok(sms_submit_write(&s, &w));
    assert_hex(written(&w), hex);
}

static void a_submit_with_every_validity_format_comes_back(void **state)
{
    static const uint8_t formats[] = {0x00, 0x08, 0x10, 0x18};
    (void)state;
    for (size_t i = 0; i < sizeof formats; i++) {
        struct sms_submit s = {.first = (uint8_t)(TP_MTI_SUBMIT | formats[i]), .reference = 5, .dcs = 0xF6},
                          back;
        uint8_t tpdu[64];
        struct writer w = WRITER(tpdu);
        assert_ok(sms_address_of("4917012345", ADDRESS_INTERNATIONAL, &s.to));
        s.ud.octets = HEX("AABBCC");
        assert_ok(sms_submit_write(&s, &w));
        assert_ok(sms_submit_read(written(&w), &back));
        assert_true(bytes_equal(back.ud.octets, HEX("AABBCC")));
        for (size_t n = 0; n < w.len; n++)
            assert_err(sms_submit_read(BYTES_OF(tpdu, n), &back), TSM_SHORT_INPUT);
    }
}

static void no_prefix_and_no_appended_octet_is_a_deliver(void **state)
{
    static const char hex[] = "400881214365877FF62270520000000004027000AA";
    struct octets o = octets_of(hex);
    struct sms_deliver d;
    (void)state;
    assert_ok(sms_deliver_read(octets_bytes(&o), &d));
    for (size_t n = 0; n < o.len; n++)
        assert_err(sms_deliver_read(BYTES_OF(o.at, n), &d), TSM_SHORT_INPUT);
    assert_err(sms_deliver_read(BYTES_OF(o.at, o.len + 1), &d), TSM_TRAILING_BYTES);
    assert_err(sms_deliver_read(HEX("410881214365877FF62270520000000000"), &d), TSM_BAD_VALUE);
    assert_err(sms_deliver_read(HEX("4015812143658721436587214365877FF62270520000000000"), &d), TSM_TOO_LONG);
    assert_err(sms_deliver_read(HEX("4008012143658700F62270520000000000"), &d), TSM_BAD_VALUE);
}

static void seven_bit_text_counts_septets(void **state)
{
    struct sms_deliver d;
    (void)state;
    round_deliver("000491214300002270520000000005E8329BFD06", &d); /* "hello" */
    assert_int_equal(d.ud.septets, 5);
    assert_int_equal(d.ud.octets.len, 5);
    assert_true(dcs_is_7bit(0x00) && dcs_is_7bit(0xF0) && dcs_is_7bit(0xC0) && dcs_is_7bit(0x80));
    assert_false(dcs_is_7bit(0x04) || dcs_is_7bit(0x08) || dcs_is_7bit(0xF6) || dcs_is_7bit(0xE0) ||
                 dcs_is_7bit(0x16) || dcs_is_7bit(0x20));
}

static void addresses_take_digits_and_nothing_else(void **state)
{
    struct sms_address a;
    char text[ADDRESS_DIGITS_MAX + 1];
    (void)state;
    assert_ok(sms_address_of("123*#abc", ADDRESS_UNKNOWN, &a));
    assert_string_equal(sms_address_text(&a, text), "123*#abc");
    assert_err(sms_address_of("+49", ADDRESS_UNKNOWN, &a), TSM_BAD_FORM);
    assert_err(sms_address_of("12f", ADDRESS_UNKNOWN, &a), TSM_BAD_FORM);
    assert_err(sms_address_of("123456789012345678901", ADDRESS_UNKNOWN, &a), TSM_TOO_LONG);
    assert_ok(sms_address_of("", ADDRESS_UNKNOWN, &a));
    assert_string_equal(sms_address_text(&a, text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_published_deliver_is_read_and_written),
        cmocka_unit_test(foreign_delivers_are_read_and_written),
        cmocka_unit_test(a_published_submit_is_read_and_written),
        cmocka_unit_test(a_submit_with_every_validity_format_comes_back),
        cmocka_unit_test(no_prefix_and_no_appended_octet_is_a_deliver),
        cmocka_unit_test(seven_bit_text_counts_septets),
        cmocka_unit_test(addresses_take_digits_and_nothing_else),
    };
    return cmocka_run_group_tests_name("ota/tpdu", tests, NULL, NULL);
}
