/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a bind with a scripted centre: made, kept alive, lost, made anew, left. Station 9.
 * [SMPP 3.4 2.2, 2.7] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench.h"

static void it_binds_as_a_transceiver_with_its_names(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    (void)state;
    bench_start(&b, bench_config(&b));
    centre_accept(&b.centre);
    centre_hear(&b.centre, SMPP_BIND_TRANSCEIVER, &p);
    assert_string_equal(p.bind.system_id, "tsm");
    assert_string_equal(p.bind.system_type, "OTA");
    assert_memory_equal(p.bind.password.at, "secret", 6);
    assert_int_equal(p.bind.interface_version, 0x34);
    centre_answer(&b.centre, &p, ESME_ROK, NULL);
    diary_next(&b.diary, NOTE_UP);
    bench_finish(&b);
}

static void a_refused_bind_is_tried_again(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    (void)state;
    bench_start(&b, bench_config(&b));
    centre_accept(&b.centre);
    centre_hear(&b.centre, SMPP_BIND_TRANSCEIVER, &p);
    centre_answer(&b.centre, &p, 0x0E, NULL);
    centre_await_end(&b.centre);
    centre_welcome(&b.centre);
    diary_next(&b.diary, NOTE_UP);
    bench_finish(&b);
}

static void enquire_link_is_answered(void **state)
{
    BENCH(b);
    struct smpp_pdu ask = {.id = SMPP_ENQUIRE_LINK, .sequence = 77}, p;
    (void)state;
    bench_bind(&b, bench_config(&b));
    centre_say(&b.centre, &ask);
    centre_hear(&b.centre, SMPP_ENQUIRE_LINK | SMPP_RESP, &p);
    assert_int_equal(p.sequence, 77);
    bench_finish(&b);
}

static void a_silent_centre_is_asked_and_then_left(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_pdu p;
    (void)state;
    config.enquire_ms = 20;
    config.answer_ms = 2000;
    bench_bind(&b, config);
    centre_hear(&b.centre, SMPP_ENQUIRE_LINK, &p);
    centre_answer(&b.centre, &p, ESME_ROK, NULL);
    centre_hear(&b.centre, SMPP_ENQUIRE_LINK, &p);
    diary_next(&b.diary, NOTE_DOWN);
    centre_await_end(&b.centre);
    centre_welcome(&b.centre);
    diary_next(&b.diary, NOTE_UP);
    bench_finish(&b);
}

static void an_unknown_command_gets_a_generic_nack(void **state)
{
    static const uint8_t alert[] = {0, 0, 0, 16, 0, 0, 1, 0x11, 0, 0, 0, 0, 0, 0, 0, 9};
    BENCH(b);
    struct smpp_pdu p;
    (void)state;
    bench_bind(&b, bench_config(&b));
    centre_say_raw(&b.centre, BYTES(alert));
    centre_hear(&b.centre, SMPP_GENERIC_NACK, &p);
    assert_int_equal(p.sequence, 9);
    assert_int_equal(p.status, ESME_RINVCMDID);
    bench_finish(&b);
}

static void a_message_cut_short_gets_a_generic_nack(void **state)
{
    static const uint8_t cut[] = {0, 0, 0, 18, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1};
    BENCH(b);
    struct smpp_pdu p;
    (void)state;
    bench_bind(&b, bench_config(&b));
    centre_say_raw(&b.centre, BYTES(cut));
    centre_hear(&b.centre, SMPP_GENERIC_NACK, &p);
    assert_int_equal(p.status, ESME_RINVCMDLEN);
    bench_finish(&b);
}

static void a_stream_out_of_step_is_left_and_made_anew(void **state)
{
    static const uint8_t junk[] = "HTTP/1.1 400 Bad Request\r\n";
    BENCH(b);
    (void)state;
    bench_bind(&b, bench_config(&b));
    centre_say_raw(&b.centre, BYTES(junk));
    diary_next(&b.diary, NOTE_DOWN);
    centre_await_end(&b.centre);
    centre_welcome(&b.centre);
    diary_next(&b.diary, NOTE_UP);
    bench_finish(&b);
}

static void an_unbind_of_the_centre_is_answered_and_the_bind_made_anew(void **state)
{
    BENCH(b);
    struct smpp_pdu unbind = {.id = SMPP_UNBIND, .sequence = 3}, p;
    (void)state;
    bench_bind(&b, bench_config(&b));
    centre_say(&b.centre, &unbind);
    centre_hear(&b.centre, SMPP_UNBIND | SMPP_RESP, &p);
    centre_await_end(&b.centre);
    diary_next(&b.diary, NOTE_DOWN);
    centre_welcome(&b.centre);
    diary_next(&b.diary, NOTE_UP);
    bench_finish(&b);
}

static void *stop_link(void *link)
{
    smpp_link_stop(link);
    return NULL;
}

static void a_stop_unbinds_and_reports_what_was_left(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_pdu p;
    pthread_t stopper;
    (void)state;
    config.window = 1;
    bench_bind(&b, config);
    assert_int_equal(bench_send(&b, 1, 0), TSM_OK);
    assert_int_equal(bench_send(&b, 2, 0), TSM_OK);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    assert_int_equal(pthread_create(&stopper, NULL, stop_link, b.link), 0);
    centre_hear(&b.centre, SMPP_UNBIND, &p);
    centre_answer(&b.centre, &p, ESME_ROK, NULL);
    pthread_join(stopper, NULL);
    diary_next(&b.diary, NOTE_DOWN);
    assert_int_equal((int64_t)diary_next(&b.diary, NOTE_REFUSED).status, (int64_t)(uint32_t)SMPP_NO_ANSWER);
    assert_int_equal((int64_t)diary_next(&b.diary, NOTE_REFUSED).status, (int64_t)(uint32_t)SMPP_NOT_SENT);
    centre_close(&b.centre);
}

static void a_configuration_that_does_not_fit_names_its_member(void **state)
{
    BENCH(b);
    struct smpp_config config = bench_config(&b);
    struct smpp_events events = diary_events(&b.diary);
    (void)state;
    config.password = "too-long-a-secret";
    assert_int_equal(smpp_link_new(&config, &events, &b.link), TSM_BAD_VALUE);
    assert_string_equal(err_field(), "password");
    config = bench_config(&b);
    config.window = SMPP_WINDOW_MAX + 1;
    assert_int_equal(smpp_link_new(&config, &events, &b.link), TSM_BAD_VALUE);
    assert_string_equal(err_field(), "window");
    centre_close(&b.centre);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_binds_as_a_transceiver_with_its_names),
        cmocka_unit_test(a_refused_bind_is_tried_again),
        cmocka_unit_test(enquire_link_is_answered),
        cmocka_unit_test(a_silent_centre_is_asked_and_then_left),
        cmocka_unit_test(an_unknown_command_gets_a_generic_nack),
        cmocka_unit_test(a_message_cut_short_gets_a_generic_nack),
        cmocka_unit_test(a_stream_out_of_step_is_left_and_made_anew),
        cmocka_unit_test(an_unbind_of_the_centre_is_answered_and_the_bind_made_anew),
        cmocka_unit_test(a_stop_unbinds_and_reports_what_was_left),
        cmocka_unit_test(a_configuration_that_does_not_fit_names_its_member),
    };
    return cmocka_run_group_tests_name("SMPP binds", tests, NULL, NULL);
}
