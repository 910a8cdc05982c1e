/* SPDX-License-Identifier: Apache-2.0 */
/* Short messages: header elements in three orders, segments cut and joined. Unit
 * test of ota/sms. [TS 23.040 9.2, TS 31.115 4] */
#include <string.h>

#include "../vectors.h"
#include "ota/sms/reassembly.h"

static const enum concat_order orders[] = {CONCAT_SPEC, CONCAT_CPI_FIRST, CONCAT_CPI_ALL};

static struct segmentation how(enum concat_order order, uint8_t ref)
{
    return (struct segmentation){.order = order, .element = ELEMENT_COMMAND, .ref = ref};
}

static struct bytes segment(struct bytes packet, struct segmentation s, size_t i, uint8_t ud[SMS_UD_MAX])
{
    struct writer w = {ud, 0, SMS_UD_MAX};
    assert_ok(sms_segment(packet, &s, i, &w));
    return written(&w);
}

static void one_message_carries_the_packet_element_alone(void **state)
{
    uint8_t ud[SMS_UD_MAX];
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_hex(segment(HEX("0015AABB"), how(orders[i], 7), 0, ud), "027000 0015AABB");
}

static void the_three_orders_are_written_as_cards_want_them(void **state)
{
    static const char *const first[] = {"0700030102017000", "0770000003010201", "0770000003010201"};
    static const char *const second[] = {"050003010202", "050003010202", "0770000003010202"};
    uint8_t packet[200] = {0}, ud[SMS_UD_MAX];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct bytes s = segment(BYTES(packet), how(orders[i], 1), 0, ud), head;
        assert_int_equal(s.len, SMS_UD_MAX);
        assert_ok(bytes_part(s, 0, 8, &head));
        assert_hex(head, first[i]);
        s = segment(BYTES(packet), how(orders[i], 1), 1, ud);
        assert_ok(bytes_part(s, 0, strlen(second[i]) / 2, &head));
        assert_hex(head, second[i]);
        assert_int_equal(s.len, strlen(second[i]) / 2 + 200 - 132);
    }
}

static void capacities_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(sms_capacity(1, CONCAT_SPEC), 137);
    assert_int_equal(sms_capacity(2, CONCAT_SPEC), 266);
    assert_int_equal(sms_capacity(5, CONCAT_CPI_FIRST), 132 + 4 * 134);
    assert_int_equal(sms_capacity(5, CONCAT_CPI_ALL), 5 * 132);
    assert_int_equal(sms_capacity(0, CONCAT_SPEC), 0);
    assert_int_equal(sms_capacity(SMS_SEGMENTS_MAX + 1, CONCAT_SPEC), 0);
    assert_int_equal(sms_segments(0, CONCAT_SPEC), 0);
    assert_int_equal(sms_segments(137, CONCAT_SPEC), 1);
    assert_int_equal(sms_segments(138, CONCAT_SPEC), 2);
    assert_int_equal(sms_segments(20 * 132 + 1, CONCAT_CPI_ALL), 0);
}

static void what_cannot_be_cut_is_refused(void **state)
{
    static uint8_t packet[SMS_SEGMENTS_MAX * SMS_UD_MAX];
    struct segmentation s = how(CONCAT_SPEC, 1);
    uint8_t ud[SMS_UD_MAX];
    struct writer w = WRITER(ud), small = {ud, 0, 20};
    (void)state;
    assert_err(sms_segment(BYTES_NONE, &s, 0, &w), TSM_BAD_VALUE);
    assert_err(sms_segment(BYTES(packet), &s, 0, &w), TSM_TOO_LONG);
    assert_err(sms_segment(BYTES_OF(packet, 200), &s, 2, &w), TSM_BAD_VALUE);
    assert_err(sms_segment(BYTES_OF(packet, 200), &s, 0, &small), TSM_NO_ROOM);
    assert_int_equal(w.len + small.len, 0);
}

/* Adds the segments of a packet in the order of `turn`; expects the last one to complete it. */
static void join(struct reassembly *r, struct bytes packet, struct segmentation s, bool backwards)
{
    size_t total = sms_segments(packet.len, s.order);
    uint8_t ud[SMS_UD_MAX], joined[SMS_SEGMENTS_MAX * SMS_UD_MAX];
    struct writer w = WRITER(joined);
    for (size_t i = 0; i < total; i++) {
        struct bytes part = segment(packet, s, backwards ? total - 1 - i : i, ud);
        enum segment_result result;
        assert_ok(reassembly_add(r, part, &result));
        assert_int_equal(result, i + 1 == total ? SEGMENT_COMPLETE : SEGMENT_WAITING);
    }
    assert_ok(reassembly_packet(r, &w));
    assert_true(bytes_equal(written(&w), packet));
    assert_true(r->command);
    assert_false(r->response);
}

static void every_length_is_joined_again_in_any_order(void **state)
{
    static const size_t lengths[] = {138, 200, 266, 267, 400, 401, 1000, 2600};
    uint8_t packet[2600];
    (void)state;
    for (size_t i = 0; i < sizeof packet; i++)
        packet[i] = (uint8_t)(i * 7);
    for (size_t n = 0; n < sizeof lengths / sizeof *lengths; n++)
        for (size_t i = 0; i < 3; i++)
            for (int backwards = 0; backwards < 2; backwards++) {
                static struct reassembly r;
                memset(&r, 0, sizeof r);
                join(&r, BYTES_OF(packet, lengths[n]), how(orders[i], (uint8_t)n), backwards);
            }
}

static void duplicates_change_nothing(void **state)
{
    static struct reassembly r;
    uint8_t packet[200] = {1, 2, 3}, ud[SMS_UD_MAX];
    struct segmentation s = how(CONCAT_SPEC, 9);
    enum segment_result result;
    (void)state;
    assert_ok(reassembly_add(&r, segment(BYTES(packet), s, 0, ud), &result));
    assert_ok(reassembly_add(&r, segment(BYTES(packet), s, 0, ud), &result));
    assert_int_equal(result, SEGMENT_DUPLICATE);
    assert_ok(reassembly_add(&r, segment(BYTES(packet), s, 1, ud), &result));
    assert_int_equal(result, SEGMENT_COMPLETE);
    assert_ok(reassembly_add(&r, segment(BYTES(packet), s, 1, ud), &result));
    assert_int_equal(result, SEGMENT_DUPLICATE);
}

static void another_reference_drops_the_half_built_message(void **state)
{
    static struct reassembly r;
    uint8_t packet[200] = {0}, ud[SMS_UD_MAX];
    struct writer w = WRITER(ud);
    enum segment_result result;
    (void)state;
    assert_err(reassembly_packet(&r, &w), TSM_WRONG_STATE);
    assert_ok(reassembly_add(&r, segment(BYTES(packet), how(CONCAT_SPEC, 1), 0, ud), &result));
    assert_ok(reassembly_add(&r, segment(BYTES(packet), how(CONCAT_SPEC, 2), 1, ud), &result));
    assert_int_equal(result, SEGMENT_WAITING);
    assert_err(reassembly_packet(&r, &w), TSM_WRONG_STATE);
    assert_ok(reassembly_add(&r, segment(BYTES(packet), how(CONCAT_SPEC, 2), 0, ud), &result));
    assert_int_equal(result, SEGMENT_COMPLETE);
}

static void the_wide_reference_is_understood(void **state)
{
    struct bytes rest;
    struct udh u;
    (void)state;
    assert_ok(udh_read(HEX("08 0804 1234 02 01 7100 AA"), &u, &rest));
    assert_true(u.concatenated && u.response);
    assert_int_equal(u.ref, 0x1234);
    assert_int_equal(u.total, 2);
    assert_hex(rest, "AA");
}

static void broken_headers_are_refused(void **state)
{
    struct bytes rest;
    struct udh u;
    (void)state;
    assert_err(udh_read(BYTES_NONE, &u, &rest), TSM_SHORT_INPUT);
    assert_err(udh_read(HEX("0370"), &u, &rest), TSM_SHORT_INPUT);
    assert_err(udh_read(HEX("017000"), &u, &rest), TSM_SHORT_INPUT);
    assert_err(udh_read(HEX("0270010000"), &u, &rest), TSM_SHORT_INPUT);
    assert_err(udh_read(HEX("04000201AA"), &u, &rest), TSM_BAD_LENGTH);
    assert_err(udh_read(HEX("0500030102000000"), &u, &rest), TSM_BAD_VALUE);
    assert_err(udh_read(HEX("0500030102030000"), &u, &rest), TSM_BAD_VALUE);
    assert_err(udh_read(HEX("0A 0003010201 0003010201"), &u, &rest), TSM_DUPLICATE_TAG);
    assert_err(
        udh_read(HEX("2A 24002400240024002400240024002400240024002400 24002400240024002400240024002400 "
                     "24002400"),
                 &u, &rest),
        TSM_BAD_VALUE);
}

static void too_many_or_too_long_parts_are_refused(void **state)
{
    static struct reassembly r;
    uint8_t ud[SMS_UD_MAX + 2] = {0};
    enum segment_result result;
    (void)state;
    assert_err(reassembly_add(&r, HEX("0500030115 0100"), &result), TSM_TOO_LONG); /* 21 parts */
    assert_err(reassembly_add(&r, BYTES(ud), &result), TSM_TOO_LONG);
    assert_int_equal(r.total, 0);
}

static void a_pool_keeps_senders_apart_and_forgets_the_old(void **state)
{
    static struct reassembly_slot slots[2];
    struct reassembly_pool pool = {slots, 2, SECONDS(60)};
    struct reassembly *a, *b, *c;
    uint8_t packet[200] = {0}, ud[SMS_UD_MAX];
    enum segment_result result;
    (void)state;
    assert_ok(reassembly_for(&pool, "491700000001", SECONDS(1), &a));
    assert_ok(reassembly_add(a, segment(BYTES(packet), how(CONCAT_SPEC, 1), 0, ud), &result));
    assert_ok(reassembly_for(&pool, "491700000002", SECONDS(2), &b));
    assert_ptr_not_equal(a, b);
    assert_ok(reassembly_for(&pool, "491700000001", SECONDS(3), &c));
    assert_ptr_equal(a, c);
    assert_int_equal(c->have, 1);
    assert_ok(reassembly_for(&pool, "491700000003", SECONDS(4), &c)); /* full: the one that waited longest */
    assert_ptr_equal(b, c);
    assert_ok(reassembly_for(&pool, "491700000001", SECONDS(100), &c)); /* too old: empty again */
    assert_ptr_equal(a, c);
    assert_int_equal(c->total, 0);
    assert_err(reassembly_for(&pool, "123456789012345678901", 0, &c), TSM_TOO_LONG);
    assert_err(reassembly_for(&pool, "", 0, &c), TSM_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_message_carries_the_packet_element_alone),
        cmocka_unit_test(the_three_orders_are_written_as_cards_want_them),
        cmocka_unit_test(capacities_are_those_of_the_standard),
        cmocka_unit_test(what_cannot_be_cut_is_refused),
        cmocka_unit_test(every_length_is_joined_again_in_any_order),
        cmocka_unit_test(duplicates_change_nothing),
        cmocka_unit_test(another_reference_drops_the_half_built_message),
        cmocka_unit_test(the_wide_reference_is_understood),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(too_many_or_too_long_parts_are_refused),
        cmocka_unit_test(a_pool_keeps_senders_apart_and_forgets_the_old),
    };
    return cmocka_run_group_tests_name("ota/sms", tests, NULL, NULL);
}
