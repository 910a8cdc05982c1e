/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that do not come: settled by the step's probe, never by blind repetition. Unit test of
 * link/talk/verdict.c. [DESIGN 4, rule 3] */
#include <string.h>

#include "bench.h"

static struct bench b;

static int close_it(void **state)
{
    (void)state;
    bench_close(&b);
    return 0;
}

static void open_lock(void)
{
    bench_open(&b, rig_uicc(), &plan_suspend);
    b.card.aid = RIG_PAYMENT;
}

static void open_personalise(void)
{
    bench_open(&b, rig_uicc(), &plan_personalise);
    b.card.aid = RIG_PAYMENT;
}

static void a_lost_answer_is_asked_for_and_found_done(void **state)
{
    (void)state;
    open_lock();
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "tg"); /* locked once, then asked */
    assert_int_equal(b.card.counter, 2);
}

static void a_lost_packet_is_asked_for_and_sent_with_a_counter_of_its_own(void **state)
{
    (void)state;
    open_lock();
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* not done */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "gt");
    assert_int_equal(b.card.counter, 3); /* the first one was never seen, and never used again */
}

/* What the payment system environment lists shows in no registry. */
static void a_step_of_which_nothing_tells_begins_again_unasked(void **state)
{
    (void)state;
    bench_open(&b, rig_uicc(), &plan_activate);
    b.card.aid = RIG_PPSE;
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_COMMANDS);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_null(strchr(b.card.log, 'g')); /* no question was spent */
    bench_close(&b);
    bench_open(&b, rig_uicc(), &plan_activate);
    for (int i = 0; i < PLAN_REDO_MAX; i++)
        assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_FAILED);
}

static void a_lost_probe_is_asked_again(void **state)
{
    (void)state;
    open_lock();
    bench_exchange(&b, ANSWER_LOST);
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "tgg");
}

static void a_run_that_was_cut_begins_again_at_its_first_block(void **state)
{
    (void)state;
    open_personalise();
    b.card.executes_only = 2;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    assert_int_equal(b.state.position, 0);
    b.card.executes_only = 0;
    b.card.used = 0; /* the application forgets a run that was broken off */
    assert_string_equal(b.card.log, "id");
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "idgiddd");
    assert_int_equal(b.card.used, 3 + 3 + 3 + 4 + 3 + 16); /* each grouping once */
}

/* A proof that says the packet was taken, and nothing of its commands. */
static void a_proof_without_answers_is_no_licence_to_send_again(void **state)
{
    static const char *const formats[] = {"expanded", "compact"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        json_t *profile = rig_uicc();
        json_object_set_new(profile, "format", json_string(formats[i]));
        bench_open(&b, profile, &plan_suspend);
        b.card.aid = RIG_PAYMENT;
        b.card.compact = i == 1;
        b.card.answers_none = true;
        assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
        assert_int_equal(b.state.phase, TALK_PROBING);
        b.card.answers_none = false;
        assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* the probe: not done */
        assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
        assert_string_equal(b.card.log, "gt");
        if (i == 0)
            bench_close(&b);
    }
}

/* The probe is a command with data: its answer waits for GET RESPONSE. */
static void in_the_compact_form_the_probe_fetches_what_it_asked_for(void **state)
{
    json_t *profile = rig_uicc();
    (void)state;
    json_object_set_new(profile, "format", json_string("compact"));
    bench_open(&b, profile, &plan_suspend);
    b.card.aid = RIG_PAYMENT;
    b.card.compact = true;
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE); /* it is done, and not done again */
    assert_string_equal(b.card.log, "tg");
}

static void in_the_compact_form_a_probe_that_was_cut_is_asked_again(void **state)
{
    json_t *profile = rig_uicc();
    (void)state;
    json_object_set_new(profile, "format", json_string("compact"));
    bench_open(&b, profile, &plan_suspend);
    b.card.aid = RIG_PAYMENT;
    b.card.compact = true;
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    b.card.executes_only = 1; /* GET STATUS without GET RESPONSE */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    b.card.executes_only = 0;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "tgg");
}

static void a_card_that_never_answers_its_commands_is_given_up(void **state)
{
    (void)state;
    open_lock();
    b.card.answers_none = true;
    assert_int_equal(bench_run(&b), TALK_FAILED);
    assert_string_equal(b.card.log, "");
}

static void a_low_counter_asks_the_card_and_jumps_ahead(void **state)
{
    (void)state;
    open_lock();
    b.card.counter = 700; /* the card has seen more than we know */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_true(b.card.counter > TALK_COUNTER_JUMP);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "gt");
}

static void a_second_copy_of_a_packet_is_settled_by_the_probe(void **state)
{
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    json_decref(bench_carry(&b, CARRIED)); /* the first copy, its proof lost */
    assert_int_equal(bench_read(&b, bench_carry(&b, CARRIED)), TALK_GO_ON); /* the second: counter low */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "tg"); /* locked once */
}

static void after_so_many_losses_the_talk_is_given_up(void **state)
{
    (void)state;
    open_lock();
    for (int i = 0; i < TALK_LOSSES_MAX; i++)
        assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_OTA);
    assert_non_null(strstr(b.failure.reason, "no proof of receipt"));
    assert_false(b.refused);
}

static void an_answer_in_between_counts_the_losses_anew(void **state)
{
    (void)state;
    bench_open(&b, rig_uicc(), &plan_load_and_install);
    for (int i = 0; i < TALK_LOSSES_MAX; i++)
        bench_exchange(&b, NEVER_SENT);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(b.state.losses, 0);
}

static void a_step_that_never_gets_done_is_given_up(void **state)
{
    (void)state;
    open_personalise();
    for (int i = 0; i <= PLAN_REDO_MAX; i++) {
        b.card.executes_only = 1;
        assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
        b.card.executes_only = 0;
        assert_int_equal(bench_exchange(&b, CARRIED), i < PLAN_REDO_MAX ? TALK_GO_ON : TALK_FAILED);
    }
    assert_non_null(strstr(b.failure.reason, "still not done"));
}

static void open_removal(void)
{
    bench_open(&b, rig_uicc(), &plan_remove);
    b.card.aid = RIG_PAYMENT;
}

static void a_deletion_whose_answer_was_lost_is_seen_to_be_done(void **state)
{
    (void)state;
    open_removal();
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE); /* GET STATUS: 6A88 */
    assert_string_equal(b.card.log, "xg");
}

static void a_probe_that_is_refused_does_not_pass_for_a_deletion(void **state)
{
    (void)state;
    open_removal();
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    b.card.refuse = 0xF2;
    b.card.sw = 0x6982;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_false(b.refused); /* what became of the step is still not known */
    assert_non_null(strstr(b.failure.reason, "6982"));
    assert_non_null(b.card.aid);
}

static void needless_steps_are_passed_over(void **state)
{
    (void)state;
    open_removal();
    b.rig.facts.applications[0].not_ours = b.rig.facts.package_not_ours = true;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE); /* the environment */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);      /* the domain */
    assert_string_equal(b.card.log, "xx");
}

static void a_talk_that_asks_first_does_not_do_twice_what_is_done(void **state)
{
    (void)state;
    open_lock();
    talk_ask_first(&b.state);
    b.card.life = 0x87;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "g");
    assert_false(b.state.changed);
    bench_close(&b);
    open_lock();
    talk_ask_first(&b.state);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "gt");
}

static void a_talk_that_asks_first_asks_before_every_step(void **state)
{
    (void)state;
    bench_open(&b, rig_uicc(), &plan_own_keys);
    talk_ask_first(&b.state);
    b.card.versions[b.card.n_versions++] = 3; /* the own keys are there, the owner's too */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE);
    b.card.counter = 0; /* of the other key set */
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "aax");
}

#define TALK(name) cmocka_unit_test_teardown(name, close_it)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK(a_lost_answer_is_asked_for_and_found_done),
        TALK(a_lost_packet_is_asked_for_and_sent_with_a_counter_of_its_own),
        TALK(a_step_of_which_nothing_tells_begins_again_unasked),
        TALK(a_lost_probe_is_asked_again),
        TALK(a_run_that_was_cut_begins_again_at_its_first_block),
        TALK(a_proof_without_answers_is_no_licence_to_send_again),
        TALK(in_the_compact_form_the_probe_fetches_what_it_asked_for),
        TALK(in_the_compact_form_a_probe_that_was_cut_is_asked_again),
        TALK(a_card_that_never_answers_its_commands_is_given_up),
        TALK(a_low_counter_asks_the_card_and_jumps_ahead),
        TALK(a_second_copy_of_a_packet_is_settled_by_the_probe),
        TALK(after_so_many_losses_the_talk_is_given_up),
        TALK(an_answer_in_between_counts_the_losses_anew),
        TALK(a_step_that_never_gets_done_is_given_up),
        TALK(a_deletion_whose_answer_was_lost_is_seen_to_be_done),
        TALK(a_probe_that_is_refused_does_not_pass_for_a_deletion),
        TALK(needless_steps_are_passed_over),
        TALK(a_talk_that_asks_first_does_not_do_twice_what_is_done),
        TALK(a_talk_that_asks_first_asks_before_every_step),
    };
    return cmocka_run_group_tests_name("lost", tests, bench_setup, bench_teardown);
}
