/* SPDX-License-Identifier: Apache-2.0 */
/* The handset's and card's short messages: TPDUs, user data headers, segments in every published layout.
 * [TS 23.040 9.2; TS 31.115 4; vectors: pySim, otaman, gsm0348, asterix] */
#include "uicc/sms/concat.h"
#include "support/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void check_deliver(const char *hex, const char *digits)
{
    struct octets tpdu = octets_from_hex(hex);
    struct sms_tpdu t;
    uint8_t again[SMS_MAX_TPDU];
    assert_true(sms_read_deliver(tpdu.at, tpdu.len, &t));
    assert_true(t.header);
    assert_string_equal(t.from_or_to.digits, digits);
    assert_int_equal(t.protocol_id, PID_SIM_DATA_DOWNLOAD);
    assert_int_equal(t.data_coding, DCS_8BIT_CLASS2);
    size_t n = sms_write_deliver(&t, again);
    assert_int_equal(n | 4, tpdu.len | 4); /* TP-MMS, bit 2 of the first octet, is not kept */
    assert_memory_equal(again + 1, tpdu.at + 1, n - 1);
    for (size_t len = 0; len < tpdu.len; len++)
        assert_false(sms_read_deliver(tpdu.at, len, &t));
}

static void published_deliver_tpdus_are_read_and_written_again(void **state)
{
    json_t *all = vectors_or_skip();
    const json_t *list = json_object_get(json_object_get(all, "sms"), "deliver_tpdu");
    (void)state;
    check_deliver(text_of(json_array_get(list, 0), "tpdu_correct_udl"), "12345678");
    check_deliver(text_of(json_array_get(list, 1), "single"), "12345");
    check_deliver(text_of(json_array_get(list, 1), "first_of_3"), "12345");
    check_deliver(text_of(json_array_get(list, 1), "second_of_3"), "12345");
    struct octets wrong_length = octets_of(json_array_get(list, 0), "tpdu");
    struct sms_tpdu t;
    assert_false(
        sms_read_deliver(wrong_length.at, wrong_length.len, &t)); /* its TP-UDL is 3, says its source */
    json_decref(all);
}

static struct octets segment_data(const json_t *layout, size_t i)
{
    return octets_from_hex(json_string_value(json_array_get(layout, i)));
}

static enum concat_result take(struct concat *c, enum concat_layout layout, const struct octets *segment,
                               struct octets *packet)
{
    struct sms_tpdu t = {.header = true, .user_data = segment->at, .user_data_len = segment->len};
    uint8_t *at;
    size_t n;
    enum concat_result r = concat_take(c, layout, &t, &at, &n);
    if (r != CONCAT_COMPLETE)
        return r;
    memcpy(packet->at, at, n);
    packet->len = n;
    free(at);
    return r;
}

/* Every order of three segments, each sent twice; CONCAT_REFUSED as soon as one is refused. */
static enum concat_result assemble(const json_t *segments, enum concat_layout layout,
                                   const struct octets *expected)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t o = 0; o < 6; o++) {
        struct concat c = {0};
        struct octets packet;
        enum concat_result last = CONCAT_WAITING;
        for (size_t i = 0; i < 3; i++) {
            struct octets s = segment_data(segments, (size_t)orders[o][i]);
            last = take(&c, layout, &s, &packet);
            if (last == CONCAT_REFUSED)
                break;
            assert_int_equal(take(&c, layout, &s, &packet), CONCAT_WAITING);
        }
        concat_clear(&c);
        if (last == CONCAT_REFUSED)
            return last;
        assert_int_equal(last, CONCAT_COMPLETE);
        assert_int_equal(packet.len, expected->len);
        assert_memory_equal(packet.at, expected->at, expected->len);
    }
    return CONCAT_COMPLETE;
}

static void segments_are_joined_in_any_order_if_the_layout_is_the_cards(void **state)
{
    static const struct {
        const char *name;
        enum concat_result by_layout[3];
    } cases[] = {
        {"spec_layout_cpi_in_first_only", {CONCAT_COMPLETE, CONCAT_REFUSED, CONCAT_COMPLETE}},
        {"njiwa_layout_cpi_first_ie", {CONCAT_REFUSED, CONCAT_REFUSED, CONCAT_COMPLETE}},
        {"all_segments_cpi_first", {CONCAT_REFUSED, CONCAT_COMPLETE, CONCAT_COMPLETE}},
    };
    json_t *all = vectors_or_skip();
    const json_t *v = json_object_get(json_object_get(all, "sms"), "concatenation");
    struct octets packet = octets_of(v, "packet");
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int layout = LAYOUT_SPEC; layout <= LAYOUT_ANY; layout++)
            assert_int_equal(assemble(json_object_get(v, cases[i].name), (enum concat_layout)layout, &packet),
                             cases[i].by_layout[layout]);
    json_decref(all);
}

/* Two segments by hand: reference, total, number, one octet of data. */
static struct octets small_segment(uint8_t reference, uint8_t number, uint8_t data)
{
    struct octets s = {{7, 0, 3, reference, 2, number, 0x70, 0, data}, 9};
    if (number > 1)
        s = (struct octets){{5, 0, 3, reference, 2, number, data}, 7};
    return s;
}

static void a_new_reference_drops_the_half_built_message(void **state)
{
    struct concat c = {0};
    struct octets packet, s;
    (void)state;
    s = small_segment(1, 1, 0xAA);
    assert_int_equal(take(&c, LAYOUT_SPEC, &s, &packet), CONCAT_WAITING);
    s = small_segment(2, 2, 0xBB);
    assert_int_equal(take(&c, LAYOUT_SPEC, &s, &packet), CONCAT_WAITING);
    s = small_segment(1, 2, 0xCC);
    assert_int_equal(take(&c, LAYOUT_SPEC, &s, &packet), CONCAT_WAITING);
    s = small_segment(1, 1, 0xAA);
    assert_int_equal(take(&c, LAYOUT_SPEC, &s, &packet), CONCAT_COMPLETE);
    assert_int_equal(packet.len, 2);
    assert_memory_equal(packet.at, "\xAA\xCC", 2);
    concat_clear(&c);
}

static void a_whole_repeated_message_is_taken_again_a_stray_repetition_is_not(void **state)
{
    struct concat c = {0};
    struct octets packet, first = small_segment(9, 1, 0x01), second = small_segment(9, 2, 0x02);
    (void)state;
    assert_int_equal(take(&c, LAYOUT_SPEC, &first, &packet), CONCAT_WAITING);
    assert_int_equal(take(&c, LAYOUT_SPEC, &second, &packet), CONCAT_COMPLETE);
    assert_int_equal(take(&c, LAYOUT_SPEC, &second, &packet), CONCAT_WAITING);
    assert_int_equal(take(&c, LAYOUT_SPEC, &second, &packet), CONCAT_WAITING);
    assert_int_equal(take(&c, LAYOUT_SPEC, &first, &packet), CONCAT_COMPLETE);
    struct octets other = small_segment(9, 2, 0x03); /* the same reference, reused at once */
    assert_int_equal(take(&c, LAYOUT_SPEC, &other, &packet), CONCAT_WAITING);
    assert_int_equal(take(&c, LAYOUT_SPEC, &first, &packet), CONCAT_COMPLETE);
    assert_memory_equal(packet.at, "\x01\x03", 2);
    concat_clear(&c);
}

static void malformed_user_data_headers_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "03",
        "0300030101",
        "05000301020000",
        "05000301000100",
        "0500030102",
        "020003",
        "037000",
        "0470000102",
        "0371FF00",
        "06080400010203",
        "2A70007000700070007000700070007000700070007000700070007000700070007000700070007000700070"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct octets in = octets_from_hex(bad[i]);
        struct sms_header h;
        size_t behind;
        if (sms_read_header(in.at, in.len, &h, &behind))
            fail_msg("accepted: %s", bad[i]);
    }
}

static void sixteen_bit_references_and_foreign_elements_are_understood(void **state)
{
    struct octets in = octets_from_hex("0B05041234ABCD08041234020124");
    struct sms_header h;
    size_t behind;
    (void)state;
    in.at[0] = 12;
    assert_true(sms_read_header(in.at, 13, &h, &behind));
    assert_true(h.concatenated);
    assert_int_equal(h.reference, 0x1234);
    assert_int_equal(h.total, 2);
    assert_int_equal(h.number, 1);
    assert_int_equal(behind, 13);
}

static void a_long_response_is_cut_into_segments_that_fit(void **state)
{
    (void)state;
    for (size_t n = 20; n < 1200; n += 7) {
        uint8_t response[1200] = {0x02, 0x71, 0x00}, joined[1200] = {0x02, 0x71, 0x00},
                out[SMS_MAX_USER_DATA];
        size_t total = concat_segments(n), len = 3;
        for (size_t i = 3; i < n; i++)
            response[i] = (uint8_t)i;
        for (size_t i = 1; i <= total; i++) {
            struct sms_header h;
            size_t behind, got = concat_segment(response, n, 0x42, i, out);
            assert_true(got <= SMS_MAX_USER_DATA);
            assert_true(sms_read_header(out, got, &h, &behind));
            assert_int_equal(h.concatenated, total > 1);
            if (total > 1)
                assert_true(h.reference == 0x42 && h.total == total && h.number == i);
            memcpy(joined + len, out + behind, got - behind);
            len += got - behind;
        }
        assert_int_equal(len, n);
        assert_memory_equal(joined, response, n);
    }
}

static void a_submit_with_a_validity_period_or_a_foreign_digit_is_refused(void **state)
{
    struct octets submit = octets_from_hex("41000881214365877FF603027100");
    struct octets vp = octets_from_hex("51000881214365877FF6A703027100");
    struct sms_tpdu t;
    uint8_t out[SMS_MAX_TPDU];
    (void)state;
    assert_true(sms_read_submit(submit.at, submit.len, &t));
    assert_string_equal(t.from_or_to.digits, "12345678");
    assert_int_equal(sms_write_submit(&t, out), submit.len);
    assert_memory_equal(out, submit.at, submit.len);
    assert_false(sms_read_submit(vp.at, vp.len, &t));
    strcpy(t.from_or_to.digits, "BANK");
    assert_int_equal(sms_write_submit(&t, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_deliver_tpdus_are_read_and_written_again),
        cmocka_unit_test(segments_are_joined_in_any_order_if_the_layout_is_the_cards),
        cmocka_unit_test(a_new_reference_drops_the_half_built_message),
        cmocka_unit_test(a_whole_repeated_message_is_taken_again_a_stray_repetition_is_not),
        cmocka_unit_test(malformed_user_data_headers_are_refused),
        cmocka_unit_test(sixteen_bit_references_and_foreign_elements_are_understood),
        cmocka_unit_test(a_long_response_is_cut_into_segments_that_fit),
        cmocka_unit_test(a_submit_with_a_validity_period_or_a_foreign_digit_is_refused),
    };
    return cmocka_run_group_tests_name("lab/ota/sms", tests, NULL, NULL);
}
