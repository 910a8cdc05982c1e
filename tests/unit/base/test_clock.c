/* SPDX-License-Identifier: Apache-2.0 */
/* The time of day goes on where the system's is set back, and is the system's again after a while. Unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

#define HOUR  SECONDS(3600)
#define NOON  SECONDS(1800000000)
#define GONE  SECONDS(500)
#define STEP  (SECONDS(1) / 2)
#define LATER (9 * STEP / 10) /* what is told to have passed in a STEP while time runs slower */

static void a_clock_that_is_right_is_followed(void **state)
{
    struct clock_run run = {0};
    (void)state;
    for (time_us t = 0; t < SECONDS(100); t += STEP)
        assert_true(clock_steady(&run, NOON + t, GONE + t) == NOON + t);
    assert_true(clock_steady(&run, NOON + 2 * HOUR, GONE + SECONDS(100)) ==
                NOON + 2 * HOUR); /* set forward */
    assert_true(clock_steady(&run, NOON + 2 * HOUR + STEP, GONE + SECONDS(100) + STEP) ==
                NOON + 2 * HOUR + STEP);
}

static void time_goes_on_slower_where_a_clock_is_set_back(void **state)
{
    struct clock_run run = {0};
    time_us before = clock_steady(&run, NOON, GONE), now = before, t = STEP;
    (void)state;
    for (; t <= HOUR; t += STEP, before = now) {
        now = clock_steady(&run, NOON - HOUR + t, GONE + t);
        assert_true(now - before == LATER);
    }
    for (; t <= 10 * HOUR + STEP; t += STEP, before = now) { /* an hour is won back in ten */
        now = clock_steady(&run, NOON - HOUR + t, GONE + t);
        assert_true(now - before >= LATER && now >= NOON - HOUR + t);
    }
    assert_true(now == NOON - HOUR + 10 * HOUR + STEP);
}

static void it_never_stands_when_it_is_asked_often(void **state)
{
    struct clock_run run = {0};
    time_us before = clock_steady(&run, NOON, GONE), now = before;
    (void)state;
    for (time_us t = 1; t < 10000; t++, before = now) {
        now = clock_steady(&run, NOON - HOUR + t, GONE + t);
        assert_true(now >= before);
    }
    assert_true(now - NOON >= 9000 && now - NOON <= 9001);
}

static void a_clock_that_was_wrong_by_days_is_believed_when_set_right(void **state)
{
    struct clock_run run = {0};
    (void)state;
    clock_steady(&run, NOON, GONE);
    assert_true(clock_steady(&run, NOON - CLOCK_HELD_MAX + STEP, GONE + STEP) > NOON);
    assert_true(clock_steady(&run, NOON - 2 * CLOCK_HELD_MAX, GONE + STEP) == NOON - 2 * CLOCK_HELD_MAX);
}

static void the_real_clock_goes_on_no_earlier_than_it_is_told(void **state)
{
    time_us now = clock_now(&clock_real);
    (void)state;
    assert_true(clock_ahead() < SECONDS(1));
    clock_not_before(now - HOUR); /* earlier than now: nothing to do */
    assert_true(clock_now(&clock_real) >= now && clock_now(&clock_real) < now + HOUR / 2);
    clock_not_before(now + HOUR);
    assert_true(clock_now(&clock_real) >= now + HOUR);
    assert_true(clock_ahead() > HOUR / 2 && clock_ahead() <= HOUR);
}

static void a_wait_is_counted_from_now_and_never_from_the_past(void **state)
{
    struct timespec a = clock_after(0), b = clock_after(SECONDS(2)), c = clock_after(-HOUR);
    (void)state;
    assert_true(b.tv_sec - a.tv_sec >= 2 && b.tv_sec - a.tv_sec < 60);
    assert_true(c.tv_sec > a.tv_sec || (c.tv_sec == a.tv_sec && c.tv_nsec >= a.tv_nsec));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_right_is_followed),
        cmocka_unit_test(time_goes_on_slower_where_a_clock_is_set_back),
        cmocka_unit_test(it_never_stands_when_it_is_asked_often),
        cmocka_unit_test(a_clock_that_was_wrong_by_days_is_believed_when_set_right),
        cmocka_unit_test(the_real_clock_goes_on_no_earlier_than_it_is_told),
        cmocka_unit_test(a_wait_is_counted_from_now_and_never_from_the_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
