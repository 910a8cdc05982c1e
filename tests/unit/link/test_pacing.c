/* SPDX-License-Identifier: Apache-2.0 */
/* Pacing of a bind in virtual time: steady rate, halving and recovery, doubling pauses. Station 9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/smpp/pacing.h"

enum { MS = 1000 };

static struct pacing at_rate(unsigned rate)
{
    return pacing_make(rate, backoff_make(SECONDS(1), SECONDS(60)), 0);
}

static int sent_within(struct pacing *p, time_us from, time_us to)
{
    int n = 0;
    for (time_us now = from; now < to; now += MS)
        while (pacing_take(p, now))
            n++;
    return n;
}

static void a_bind_sends_its_rate_and_no_more(void **state)
{
    (void)state;
    for (unsigned rate = 1; rate <= 1000; rate *= 10) {
        struct pacing p = at_rate(rate);
        int n = sent_within(&p, 0, SECONDS(10));
        assert_in_range(n, (int)rate * 10, (int)rate * 11);
    }
}

static void silence_is_not_saved_up(void **state)
{
    struct pacing p = at_rate(100);
    int n = 0;
    (void)state;
    while (pacing_take(&p, SECONDS(3600)))
        n++;
    assert_int_equal(n, 10);
}

static void ready_at_is_the_moment_that_take_succeeds(void **state)
{
    struct pacing p = at_rate(30);
    time_us now = SECONDS(1);
    (void)state;
    for (int i = 0; i < 200; i++) {
        time_us at = pacing_ready_at(&p, now);
        assert_true(at >= now);
        if (at > now)
            assert_false(pacing_take(&p, at - 1));
        assert_true(pacing_take(&p, at));
        now = at;
    }
}

static void throttling_pauses_and_halves_the_rate(void **state)
{
    struct pacing p = at_rate(100);
    time_us ready;
    (void)state;
    pacing_throttled(&p, SECONDS(1), 0);
    assert_int_equal(p.rate, 50);
    assert_false(pacing_take(&p, SECONDS(1) + 999 * MS));
    ready = pacing_ready_at(&p, SECONDS(1));
    assert_in_range(ready, SECONDS(2), SECONDS(2) + 250 * MS);
    assert_true(pacing_take(&p, ready));
}

static void the_answers_of_one_window_count_once(void **state)
{
    struct pacing p = at_rate(100);
    (void)state;
    for (int i = 0; i < 10; i++)
        pacing_throttled(&p, SECONDS(1) + i, 7);
    assert_int_equal(p.rate, 50);
    assert_true(p.paused_until < SECONDS(3));
}

static void pauses_double_up_to_a_minute(void **state)
{
    struct pacing p = at_rate(100);
    time_us now = 0;
    (void)state;
    for (int i = 0; i < 12; i++) {
        time_us pause, want = i < 6 ? SECONDS(1 << i) : SECONDS(60);
        pacing_throttled(&p, now, (uint32_t)i * 123457);
        pause = p.paused_until - now;
        assert_in_range(pause, want, want + want / 4);
        now = p.paused_until;
    }
    assert_int_equal(p.rate, 1);
}

static void a_pdu_that_is_taken_makes_the_next_pause_short(void **state)
{
    struct pacing p = at_rate(100);
    time_us now = SECONDS(1);
    (void)state;
    for (int i = 0; i < 4; i++) {
        pacing_throttled(&p, now, 0);
        now = p.paused_until;
    }
    pacing_accepted(&p, now - 1);
    assert_int_equal(p.pause.next, SECONDS(16));
    pacing_accepted(&p, now);
    assert_int_equal(p.pause.next, SECONDS(1));
}

static void the_rate_recovers_by_steps_to_what_was_agreed(void **state)
{
    struct pacing p = at_rate(100);
    time_us now = SECONDS(1);
    (void)state;
    pacing_throttled(&p, now, 0);
    now = p.paused_until;
    for (int s = 1; s <= 10; s++) {
        pacing_ready_at(&p, now + SECONDS(s));
        assert_int_equal(p.rate, 50 + 5 * s);
    }
    pacing_ready_at(&p, now + SECONDS(600));
    assert_int_equal(p.rate, 100);
}

static void a_rate_of_one_still_recovers(void **state)
{
    struct pacing p = at_rate(2);
    (void)state;
    pacing_throttled(&p, SECONDS(1), 0);
    assert_int_equal(p.rate, 1);
    pacing_ready_at(&p, SECONDS(10));
    assert_int_equal(p.rate, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bind_sends_its_rate_and_no_more),
        cmocka_unit_test(silence_is_not_saved_up),
        cmocka_unit_test(ready_at_is_the_moment_that_take_succeeds),
        cmocka_unit_test(throttling_pauses_and_halves_the_rate),
        cmocka_unit_test(the_answers_of_one_window_count_once),
        cmocka_unit_test(pauses_double_up_to_a_minute),
        cmocka_unit_test(a_pdu_that_is_taken_makes_the_next_pause_short),
        cmocka_unit_test(the_rate_recovers_by_steps_to_what_was_agreed),
        cmocka_unit_test(a_rate_of_one_still_recovers),
    };
    return cmocka_run_group_tests_name("SMPP pacing", tests, NULL, NULL);
}
