/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a campaign: canary, rate, window, share of failures. Unit test of order/care/campaign.h. */
#include <string.h>

#include "order/care/campaign.h"
#include "rig.h"

#define NOON SECONDS(12 * 3600)

static const struct campaign_rules plain = {.at_once = 50, .stop_percent = 5};

static struct campaign_step decide(const struct campaign_rules *r, struct campaign_counts c, time_us after)
{
    struct campaign_step out;
    campaign_decide(r, &c, NOON, NOON + after, &out);
    return out;
}

static void it_begins_as_many_as_may_be_in_hand(void **state)
{
    (void)state;
    assert_int_equal(decide(&plain, (struct campaign_counts){.total = 1000}, 0).start, 50);
    assert_int_equal(decide(&plain, (struct campaign_counts){.total = 1000, .running = 45}, 0).start, 5);
    assert_int_equal(decide(&plain, (struct campaign_counts){.total = 3}, 0).start, 3);
}

static void one_turn_begins_no_more_than_a_commit_should_hold(void **state)
{
    struct campaign_rules r = {.at_once = CAMPAIGN_AT_ONCE_MAX, .stop_percent = 5};
    (void)state;
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100000}, 0).start, CAMPAIGN_STEP_MAX);
}

static void it_is_over_when_all_have_ended(void **state)
{
    (void)state;
    assert_int_equal(decide(&plain, (struct campaign_counts){.total = 10, .done = 10}, 0).verdict,
                     CAMPAIGN_OVER);
    assert_int_equal(
        decide(&plain, (struct campaign_counts){.total = 10, .done = 9, .running = 1}, 0).verdict,
        CAMPAIGN_GOES_ON);
}

static void the_canary_goes_first_and_alone(void **state)
{
    struct campaign_rules r = {.at_once = 50, .canary = 10, .stop_percent = 5};
    struct campaign_step s = decide(&r, (struct campaign_counts){.total = 100, .running = 10}, 0);
    (void)state;
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100}, 0).start, 10);
    assert_int_equal(s.verdict, CAMPAIGN_WAITS);
    assert_non_null(s.why);
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .done = 10}, 0).start, 50);
}

static void a_canary_that_fails_stops_it(void **state)
{
    struct campaign_rules r = {.at_once = 50, .canary = 10, .stop_percent = 10};
    (void)state;
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .done = 8, .failed = 2}, 0).verdict,
                     CAMPAIGN_STOPS);
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .done = 9, .failed = 1}, 0).verdict,
                     CAMPAIGN_GOES_ON);
}

static void a_share_of_failures_is_judged_from_some_members_on(void **state)
{
    (void)state;
    assert_int_equal(decide(&plain, (struct campaign_counts){.total = 100, .failed = 1}, 0).verdict,
                     CAMPAIGN_GOES_ON);
    assert_int_equal(
        decide(&plain, (struct campaign_counts){.total = 100, .done = 9, .failed = 1}, 0).verdict,
        CAMPAIGN_STOPS);
    assert_int_equal(
        decide(&plain, (struct campaign_counts){.total = 100, .done = 19, .failed = 1}, 0).verdict,
        CAMPAIGN_GOES_ON);
}

static void the_rate_is_kept(void **state)
{
    struct campaign_rules r = {.at_once = 50, .per_minute = 60, .stop_percent = 5};
    struct campaign_step s = decide(&r, (struct campaign_counts){.total = 100}, 0);
    (void)state;
    assert_int_equal(s.start, 1);
    assert_int_equal(s.due, NOON + SECONDS(1));
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .started = 1, .done = 1}, 0).start, 0);
    assert_int_equal(
        decide(&r, (struct campaign_counts){.total = 100, .started = 1, .done = 1}, SECONDS(4)).start, 4);
}

/* Plays turns at the times that the rules name: how many have begun after `seconds`. */
static int64_t begun_after(const struct campaign_rules *r, int64_t seconds)
{
    struct campaign_counts c = {.total = 1000000};
    struct campaign_step s = {.due = NOON};
    time_us begun = NOON;
    while (s.due < NOON + SECONDS(seconds)) {
        time_us now = s.due;
        campaign_decide(r, &c, begun, now, &s);
        begun = s.anew ? now : begun;
        c.started = (s.anew ? 0 : c.started) + s.start;
        c.done += s.start;
    }
    return c.done;
}

static void a_rate_is_held_within_a_hundredth(void **state)
{
    static const int64_t rates[] = {1, 7, 50, 300, 5000};
    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct campaign_rules r = {.at_once = 100000, .per_minute = rates[i] * 60, .stop_percent = 100};
        assert_in_range(begun_after(&r, 100), rates[i] * 99, rates[i] * 101);
    }
}

static void who_lags_behind_its_rate_begins_no_burst(void **state)
{
    struct campaign_rules r = {.at_once = 500, .per_minute = 6000, .stop_percent = 5};
    struct campaign_step s = decide(&r, (struct campaign_counts){.total = 10000, .started = 1}, SECONDS(60));
    (void)state;
    assert_true(s.anew);
    assert_int_equal(s.start, 1);
    assert_int_equal(s.due, NOON + SECONDS(60) + CAMPAIGN_TICK_MS * 1000);
    assert_false(decide(&r, (struct campaign_counts){.total = 10000, .started = 1}, SECONDS(1)).anew);
}

static void a_canary_that_holds_waits_for_a_word(void **state)
{
    struct campaign_rules r = {.at_once = 50, .canary = 10, .canary_holds = true, .stop_percent = 5};
    (void)state;
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .done = 10}, 0).verdict,
                     CAMPAIGN_HOLDS);
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .done = 9, .failed = 1}, 0).verdict,
                     CAMPAIGN_STOPS);
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 10, .done = 10}, 0).verdict, CAMPAIGN_OVER);
}

static void a_named_number_must_have_ended_before_failures_are_judged(void **state)
{
    struct campaign_rules r = {.at_once = 50, .stop_percent = 1, .judged_from = 200};
    (void)state;
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 1000, .done = 190, .failed = 9}, 0).verdict,
                     CAMPAIGN_GOES_ON);
    assert_int_equal(
        decide(&r, (struct campaign_counts){.total = 1000, .done = 190, .failed = 10}, 0).verdict,
        CAMPAIGN_STOPS);
}

static void after_its_deadline_none_begins(void **state)
{
    struct campaign_rules r = {.at_once = 50, .stop_percent = 5, .deadline = NOON + SECONDS(60)};
    (void)state;
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100}, SECONDS(59)).start, 50);
    assert_int_equal(decide(&r, (struct campaign_counts){.total = 100, .running = 50}, SECONDS(60)).verdict,
                     CAMPAIGN_STOPS);
}

static void the_end_is_estimated_over_windows(void **state)
{
    struct campaign_rules always = {.at_once = 1}, noon = {.window_from = 12 * 3600, .window_to = 13 * 3600};
    (void)state;
    assert_int_equal(campaign_estimate(&always, NOON, 90), NOON + SECONDS(90));
    assert_int_equal(campaign_estimate(&noon, NOON, 3600), NOON + SECONDS(3600));
    assert_int_equal(campaign_estimate(&noon, NOON + SECONDS(1800), 3600), NOON + SECONDS(DAY_S + 1800));
    assert_int_equal(campaign_estimate(&noon, NOON - SECONDS(60), 60), NOON + SECONDS(60));
    assert_int_equal(campaign_estimate(&noon, NOON, INT32_MAX), -1);
}

static void outside_its_window_it_waits_until_it_opens(void **state)
{
    struct campaign_rules night = {
        .at_once = 50, .stop_percent = 5, .window_from = 22 * 3600, .window_to = 4 * 3600};
    struct campaign_step s = decide(&night, (struct campaign_counts){.total = 100}, 0);
    (void)state;
    assert_int_equal(s.verdict, CAMPAIGN_WAITS);
    assert_int_equal(s.due, NOON + SECONDS(10 * 3600));
    assert_int_equal(decide(&night, (struct campaign_counts){.total = 100}, SECONDS(11 * 3600)).start, 50);
    assert_int_equal(decide(&night, (struct campaign_counts){.total = 100}, SECONDS(15 * 3600)).start, 50);
    assert_int_equal(decide(&night, (struct campaign_counts){.total = 100}, SECONDS(16 * 3600)).verdict,
                     CAMPAIGN_WAITS);
}

static void a_hand_is_laid_on_what_can_take_it(void **state)
{
    static const struct {
        const char *word;
        int64_t from;
        int to; /* -1: not now */
    } rows[] = {{"pause", CAMPAIGN_RUNNING, CAMPAIGN_PAUSED},
                {"pause", CAMPAIGN_PAUSED, -1},
                {"pause", CAMPAIGN_DONE, -1},
                {"stop", CAMPAIGN_RUNNING, CAMPAIGN_STOPPED},
                {"stop", CAMPAIGN_PAUSED, CAMPAIGN_STOPPED},
                {"stop", CAMPAIGN_STOPPED, -1},
                {"resume", CAMPAIGN_RUNNING, -1},
                {"resume", CAMPAIGN_PAUSED, CAMPAIGN_RUNNING},
                {"resume", CAMPAIGN_STOPPED, CAMPAIGN_RUNNING},
                {"resume", CAMPAIGN_DONE, CAMPAIGN_RUNNING}};
    enum campaign_state next;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum tsm_err e = campaign_hand(rows[i].word, rows[i].from, &next);
        assert_int_equal(e, rows[i].to < 0 ? TSM_WRONG_STATE : TSM_OK);
        if (rows[i].to >= 0)
            assert_int_equal(next, rows[i].to);
    }
    assert_int_equal(campaign_hand("dance", CAMPAIGN_RUNNING, &next), TSM_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_as_many_as_may_be_in_hand),
        cmocka_unit_test(one_turn_begins_no_more_than_a_commit_should_hold),
        cmocka_unit_test(it_is_over_when_all_have_ended),
        cmocka_unit_test(the_canary_goes_first_and_alone),
        cmocka_unit_test(a_canary_that_fails_stops_it),
        cmocka_unit_test(a_share_of_failures_is_judged_from_some_members_on),
        cmocka_unit_test(the_rate_is_kept),
        cmocka_unit_test(a_rate_is_held_within_a_hundredth),
        cmocka_unit_test(who_lags_behind_its_rate_begins_no_burst),
        cmocka_unit_test(a_canary_that_holds_waits_for_a_word),
        cmocka_unit_test(a_named_number_must_have_ended_before_failures_are_judged),
        cmocka_unit_test(after_its_deadline_none_begins),
        cmocka_unit_test(the_end_is_estimated_over_windows),
        cmocka_unit_test(outside_its_window_it_waits_until_it_opens),
        cmocka_unit_test(a_hand_is_laid_on_what_can_take_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
