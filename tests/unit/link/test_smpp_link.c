/* SPDX-License-Identifier: Apache-2.0 */
/* The link to a short message centre against a scripted one over a socket. Station 9. [SMPP 3.4] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bench.h"

static void a_segment_goes_out_with_the_marks_of_a_secured_packet(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    assert_int_equal(bench_send(&b, 42, 1), TSM_OK);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    assert_string_equal(p.sm.source.digits, "5555");
    assert_int_equal(p.sm.source.ton, 3);
    assert_string_equal(p.sm.destination.digits, "491701234567");
    assert_int_equal(p.sm.esm_class & SMPP_ESM_UDHI, SMPP_ESM_UDHI);
    assert_int_equal(p.sm.protocol_id, 0x7F);
    assert_int_equal(p.sm.data_coding, 0xF6);
    assert_int_equal(p.sm.registered_delivery, 1);
    assert_string_equal(p.sm.validity, "000001010101000R");
    assert_true(bytes_equal(p.sm.message, bench_data));
    centre_answer(&b.centre, &p, ESME_ROK, "00FF");
    n = diary_next(&b.diary, NOTE_ACCEPTED);
    assert_int_equal(n.ref, 42);
    assert_int_equal(n.segment, 1);
    assert_string_equal(n.text, "255");
    bench_finish(&b);
}

static void no_more_segments_go_out_than_the_window_holds(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_pdu p[4];
    (void)state;
    config.window = 3;
    bench_bind(&b, config);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(bench_send(&b, 1, i), TSM_OK);
    for (int i = 0; i < 3; i++)
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p[i]);
    assert_true(centre_hears_nothing(&b.centre, 50));
    centre_answer(&b.centre, &p[1], ESME_ROK, "2");
    assert_int_equal(diary_next(&b.diary, NOTE_ACCEPTED).segment, 1);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p[3]);
    bench_finish(&b);
}

/* Milliseconds of the monotonic clock. */
static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void a_throttled_segment_is_sent_again_first_and_after_a_pause(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_pdu p;
    struct smpp_counts counts;
    (void)state;
    config.window = 1;
    bench_bind(&b, config);
    assert_int_equal(bench_send(&b, 1, 0), TSM_OK);
    assert_int_equal(bench_send(&b, 2, 0), TSM_OK);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    for (int i = 0; i < 2; i++) {
        int64_t answered = now_ms();
        centre_answer(&b.centre, &p, i ? ESME_RMSGQFUL : ESME_RTHROTTLED, NULL);
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
        assert_true(now_ms() - answered >= (i ? config.throttle_max_ms : config.throttle_ms));
    }
    centre_answer(&b.centre, &p, ESME_ROK, "1");
    assert_int_equal(diary_next(&b.diary, NOTE_ACCEPTED).ref, 1);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    centre_answer(&b.centre, &p, ESME_ROK, "2");
    assert_int_equal(diary_next(&b.diary, NOTE_ACCEPTED).ref, 2);
    smpp_link_counts(b.link, &counts);
    assert_int_equal(counts.throttled, 2);
    assert_int_equal(counts.submitted, 4);
    assert_true(counts.rate_now < config.rate);
    bench_finish(&b);
}

static void throttled_segments_keep_their_order(void **state)
{
    BENCH(b);
    struct smpp_pdu p[5];
    (void)state;
    bench_bind(&b, bench_config(&b));
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(bench_send(&b, 1, i), TSM_OK);
    for (int i = 0; i < 5; i++)
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p[i]);
    for (int i = 0; i < 5; i++)
        centre_answer(&b.centre, &p[i], ESME_RTHROTTLED, NULL);
    for (uint32_t i = 0; i < 5; i++) {
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p[0]);
        centre_answer(&b.centre, &p[0], ESME_ROK, "1");
        assert_int_equal(diary_next(&b.diary, NOTE_ACCEPTED).segment, i);
    }
    bench_finish(&b);
}

static void a_permanent_refusal_is_told_at_once(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    assert_int_equal(bench_send(&b, 7, 3), TSM_OK);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    centre_answer(&b.centre, &p, ESME_RINVDSTADR, NULL);
    n = diary_next(&b.diary, NOTE_REFUSED);
    assert_int_equal(n.ref, 7);
    assert_int_equal(n.segment, 3);
    assert_int_equal(n.status, ESME_RINVDSTADR);
    assert_int_equal(n.class, SMPP_CLASS_PERMANENT);
    bench_finish(&b);
}

static void a_failing_centre_gets_three_tries(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    assert_int_equal(bench_send(&b, 7, 0), TSM_OK);
    for (int i = 0; i < SMPP_TRIES_MAX; i++) {
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
        centre_answer(&b.centre, &p, ESME_RSYSERR, NULL);
    }
    n = diary_next(&b.diary, NOTE_REFUSED);
    assert_int_equal(n.status, ESME_RSYSERR);
    assert_int_equal(n.class, SMPP_CLASS_RETRY);
    bench_finish(&b);
}

static void without_an_answer_the_same_octets_are_sent_again(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_pdu p;
    uint8_t first[SMPP_PDU_MAX];
    size_t len = 0;
    (void)state;
    config.answer_ms = 1000;
    bench_bind(&b, config);
    assert_int_equal(bench_send(&b, 9, 0), TSM_OK);
    for (int i = 0; i < SMPP_TRIES_MAX; i++) {
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
        if (i == 0) {
            assert_int_equal(bytes_keep(b.centre.raw, first, sizeof first, &len), TSM_OK);
            continue;
        }
        assert_int_equal(b.centre.raw.len, len);
        assert_memory_equal(b.centre.raw.at, first, 12);
        assert_memory_equal(b.centre.raw.at + 16, first + 16, len - 16);
    }
    assert_int_equal((int64_t)diary_next(&b.diary, NOTE_REFUSED).status, (int64_t)(uint32_t)SMPP_NO_ANSWER);
    bench_finish(&b);
}

static void a_lost_connection_is_made_again_and_what_had_no_answer_sent_again(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    (void)state;
    bench_bind(&b, bench_config(&b));
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(bench_send(&b, 1, i), TSM_OK);
    for (int i = 0; i < 3; i++)
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    centre_hang_up(&b.centre);
    diary_next(&b.diary, NOTE_DOWN);
    centre_welcome(&b.centre);
    diary_next(&b.diary, NOTE_UP);
    for (uint32_t i = 0; i < 3; i++) {
        centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
        centre_answer(&b.centre, &p, ESME_ROK, "1");
        assert_int_equal(diary_next(&b.diary, NOTE_ACCEPTED).segment, i);
    }
    bench_finish(&b);
}

static void a_full_queue_and_bad_segments_are_refused_at_the_door(void **state)
{
    static const uint8_t long_data[SMPP_USER_DATA_MAX + 1];
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_events events = diary_events(&b.diary);
    struct smpp_out out = {.msisdn = "+4917", .user_data = bench_data};
    (void)state;
    config.queue_max = 2;
    assert_int_equal(smpp_link_new(&config, &events, &b.link), TSM_OK);
    assert_int_equal(smpp_link_send(b.link, &out), TSM_BAD_VALUE);
    out.msisdn = "";
    assert_int_equal(smpp_link_send(b.link, &out), TSM_BAD_VALUE);
    out.msisdn = "123456789012345678901";
    assert_int_equal(smpp_link_send(b.link, &out), TSM_BAD_VALUE);
    out.msisdn = "4917";
    out.user_data = BYTES_NONE;
    assert_int_equal(smpp_link_send(b.link, &out), TSM_BAD_VALUE);
    out.user_data = BYTES(long_data);
    assert_int_equal(smpp_link_send(b.link, &out), TSM_BAD_VALUE);
    assert_int_equal(bench_send(&b, 1, 0), TSM_OK);
    assert_int_equal(bench_send(&b, 1, 1), TSM_OK);
    assert_int_equal(bench_send(&b, 1, 2), TSM_BUSY);
    bench_finish(&b);
}

static void two_hundred_segments_arrive_in_order_and_once(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_counts counts;
    (void)state;
    config.rate = 1000000;
    bench_bind(&b, config);
    for (uint32_t batch = 0; batch < 10; batch++) {
        for (uint32_t i = 0; i < 20; i++)
            assert_int_equal(bench_send(&b, batch, i), TSM_OK);
        for (uint32_t i = 0; i < 20; i++) {
            struct smpp_pdu p;
            struct note n;
            centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
            centre_answer(&b.centre, &p, ESME_ROK, "a");
            n = diary_next(&b.diary, NOTE_ACCEPTED);
            assert_int_equal(n.ref, batch);
            assert_int_equal(n.segment, i);
        }
    }
    smpp_link_counts(b.link, &counts);
    assert_int_equal(counts.accepted, 200);
    assert_int_equal(counts.waiting_now, 0);
    assert_true(counts.up_now);
    bench_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_goes_out_with_the_marks_of_a_secured_packet),
        cmocka_unit_test(no_more_segments_go_out_than_the_window_holds),
        cmocka_unit_test(a_throttled_segment_is_sent_again_first_and_after_a_pause),
        cmocka_unit_test(throttled_segments_keep_their_order),
        cmocka_unit_test(a_permanent_refusal_is_told_at_once),
        cmocka_unit_test(a_failing_centre_gets_three_tries),
        cmocka_unit_test(without_an_answer_the_same_octets_are_sent_again),
        cmocka_unit_test(a_lost_connection_is_made_again_and_what_had_no_answer_sent_again),
        cmocka_unit_test(a_full_queue_and_bad_segments_are_refused_at_the_door),
        cmocka_unit_test(two_hundred_segments_arrive_in_order_and_once),
    };
    return cmocka_run_group_tests_name("SMPP link", tests, NULL, NULL);
}
