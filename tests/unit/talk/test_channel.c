/* SPDX-License-Identifier: Apache-2.0 */
/* Talks in a secure channel: opened, carried on over any number of nodes, opened anew when it broke. Unit
 * test of link/talk/session.c. [GPCS Amendment D] */
#include <string.h>

#include "bench.h"
#include "gp/apdu/ins.h"

static struct bench b;

static int close_it(void **state)
{
    (void)state;
    bench_close(&b);
    return 0;
}

/* Level 11: what the tiny card speaks. */
static json_t *profile(void)
{
    json_t *o = rig_ese();
    json_object_set_new(o, "level", json_integer(0x11));
    return o;
}

static void open_lock(void)
{
    bench_open(&b, profile(), &plan_suspend);
    b.card.aid = RIG_PAYMENT;
}

static void a_channel_is_opened_and_the_plan_carried_out(void **state)
{
    (void)state;
    open_lock();
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* SELECT, INITIALIZE UPDATE */
    assert_int_equal(json_array_size(b.payload), 2);
    assert_false(b.state.changed);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE); /* EXTERNAL AUTHENTICATE, SET STATUS */
    assert_int_equal(json_array_size(b.payload), 2);
    assert_string_equal(b.card.log, "suet");
    assert_hex(BYTES_OF(b.card.selected, b.card.selected_len), RIG_DOMAIN);
    assert_int_equal(b.card.kvn, 49);
    assert_int_equal(b.card.life, 0x87);
}

static void a_long_script_goes_in_batches_of_the_profile(void **state)
{
    json_t *p = profile();
    (void)state;
    json_object_set_new(p, "batch", json_integer(2));
    bench_open(&b, p, &plan_load_and_install);
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "sueillllii");
    assert_hex(BYTES_OF(b.card.selected, b.card.selected_len), "A000000151000000");
    assert_memory_equal(b.card.memory + 4, b.rig.load_file, RIG_LOAD_FILE);
}

static void another_domain_gets_another_channel(void **state)
{
    (void)state;
    bench_open(&b, profile(), &plan_own_keys);
    b.card.versions[0] = 48;
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "suek"
                                    "suex");
    assert_int_equal(b.card.kvn, 49); /* the second one under the provider's own keys */
}

static void a_lost_answer_opens_anew_asks_and_finds_it_done(void **state)
{
    (void)state;
    open_lock();
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(b.state.channel_state, CHANNEL_NONE);
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "suet"
                                    "sueg");
}

static void a_batch_that_never_arrived_is_done_after_asking(void **state)
{
    (void)state;
    open_lock();
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "su"
                                    "suegt"); /* the channel of the probe goes on */
}

static void a_channel_whose_opening_was_lost_is_opened_again(void **state)
{
    (void)state;
    open_lock();
    assert_int_equal(bench_exchange(&b, ANSWER_LOST), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_COMMANDS); /* nothing was sent that could be in doubt */
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "susuet");
}

static void fewer_answers_than_commands_are_asked_for(void **state)
{
    (void)state;
    bench_open(&b, profile(), &plan_personalise);
    b.card.aid = RIG_PAYMENT;
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* INSTALL [for personalization] goes alone */
    b.card.executes_only = 1;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    b.card.executes_only = 0;
    b.card.used = 0;
    b.card.log[0] = 0;
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "suegiddd");
    assert_int_equal(b.card.used, 32);
}

/* An agent does not look at status words: data behind a refused INSTALL [for personalization] would be stored
 * in the domain that the channel is with. */
static void nothing_is_stored_behind_a_refused_installation(void **state)
{
    (void)state;
    bench_open(&b, profile(), &plan_personalise);
    b.card.aid = RIG_PAYMENT;
    b.card.refuse = INS_INSTALL;
    b.card.sw = 0x6F00;
    assert_int_equal(bench_run(&b), TALK_FAILED);
    assert_null(strchr(b.card.log, 'd'));
    assert_int_equal(b.card.used, 0);
}

static void a_wrong_cryptogram_ends_the_talk_at_the_first_try(void **state)
{
    (void)state;
    open_lock();
    b.card.wrong_cryptogram = true;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_SEM);
    assert_non_null(strstr(b.failure.reason, "KVN 31, SCP03"));
    assert_non_null(strstr(b.failure.next_action, "do not retry"));
    assert_string_equal(b.card.log, "su");
    assert_null(strstr(b.failure.reason, "4041"));
}

static void a_host_that_is_refused_ends_the_talk(void **state)
{
    (void)state;
    open_lock();
    b.card.host_refused = true;
    bench_exchange(&b, CARRIED);
    b.card.executes_only = 1; /* the agent stops at the refusal */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_SEM);
    assert_non_null(strstr(b.failure.reason, "6300"));
    assert_string_equal(b.card.log, "sue");
}

static void a_changed_answer_ends_the_talk(void **state)
{
    (void)state;
    open_lock();
    bench_exchange(&b, CARRIED);
    b.card.flip_answer = true;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_DEVICE);
    assert_non_null(strstr(b.failure.reason, "R-MAC"));
}

static void a_refused_command_says_so(void **state)
{
    (void)state;
    open_lock();
    b.card.refuse = 0xF0;
    b.card.sw = 0x6A88;
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_true(b.refused);
    assert_non_null(strstr(b.failure.reason, "6A88"));
}

static void losses_of_the_device_are_the_devices(void **state)
{
    (void)state;
    open_lock();
    for (int i = 0; i < TALK_LOSSES_MAX; i++)
        assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, NEVER_SENT), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_DEVICE);
}

static void answers_that_are_no_answers_are_refused(void **state)
{
    static const char *const bodies[] = {"{\"answers\":[\"9000\",\"\"]}", "{\"answers\":[\"9000\",\"0\"]}",
                                         "{\"answers\":[7,8]}", "{\"answers\":[\"9000\",\"00019000\"]}"};
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        open_lock();
        assert_ok(bench_next(&b));
        assert_int_equal(bench_read(&b, json_loads(bodies[i], 0, NULL)), TALK_FAILED);
        if (i + 1 < sizeof bodies / sizeof bodies[0])
            bench_close(&b);
    }
}

static void a_talk_that_asks_first_opens_a_channel_to_ask(void **state)
{
    (void)state;
    open_lock();
    talk_ask_first(&b.state);
    b.card.life = 0x87;
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "sueg");
    assert_false(b.state.changed);
}

static void a_cut_answer_to_initialize_update_is_the_elements_fault(void **state)
{
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    assert_int_equal(bench_read(&b, json_loads("{\"answers\":[\"9000\",\"00019000\"]}", 0, NULL)),
                     TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_SE);
    assert_non_null(strstr(b.failure.reason, "cannot be read"));
}

static void what_was_refused_before_it_left_has_changed_nothing(void **state)
{
    (void)state;
    for (int sent = 0; sent <= 1; sent++) {
        open_lock();
        assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
        assert_ok(bench_next(&b));
        assert_true(b.state.changed);
        assert_int_equal(bench_read(&b, json_pack("{s{ss ss ss} sb}", "failure", "owner", "SEM", "reason",
                                                  "blocked", "next_action", "ask", "sent", sent)),
                         TALK_FAILED);
        assert_int_equal(b.state.changed, sent);
        if (!sent)
            bench_close(&b);
    }
}

/* ---- "not found" carries no R-MAC ---- */

static void open_removal(const char *on_card)
{
    bench_open(&b, profile(), &plan_remove);
    b.card.aid = on_card;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
}

static void a_deletion_is_not_done_by_an_unsigned_word_when_the_list_has_the_object(void **state)
{
    (void)state;
    open_removal(RIG_PAYMENT);
    b.card.hidden = true;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* DELETE: "6A88" */
    assert_int_equal(b.state.phase, TALK_PROBING);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* the probe: "6A88" */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_DEVICE);
    assert_non_null(strstr(b.failure.reason, "own list has it"));
}

static void what_is_gone_is_gone_when_the_signed_list_says_so(void **state)
{
    (void)state;
    open_removal(RIG_DOMAIN);
    b.card.hidden = true; /* as an honest card answers for an application that is not there */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE);
    assert_string_equal(b.card.log, "sueg");
}

static void an_empty_list_is_no_proof_while_the_domain_must_be_in_it(void **state)
{
    (void)state;
    open_removal(NULL);
    b.card.refuse = 0xE4;
    b.card.sw = 0x6A88;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_non_null(strstr(b.failure.reason, "is withheld"));
}

static void a_signed_deletion_needs_no_question(void **state)
{
    (void)state;
    open_removal(RIG_PAYMENT);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE);
    assert_string_equal(b.card.log, "suex");
}

#define TALK(name) cmocka_unit_test_teardown(name, close_it)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK(a_channel_is_opened_and_the_plan_carried_out),
        TALK(a_long_script_goes_in_batches_of_the_profile),
        TALK(another_domain_gets_another_channel),
        TALK(a_lost_answer_opens_anew_asks_and_finds_it_done),
        TALK(a_batch_that_never_arrived_is_done_after_asking),
        TALK(a_channel_whose_opening_was_lost_is_opened_again),
        TALK(fewer_answers_than_commands_are_asked_for),
        TALK(nothing_is_stored_behind_a_refused_installation),
        TALK(a_wrong_cryptogram_ends_the_talk_at_the_first_try),
        TALK(a_host_that_is_refused_ends_the_talk),
        TALK(a_changed_answer_ends_the_talk),
        TALK(a_refused_command_says_so),
        TALK(losses_of_the_device_are_the_devices),
        TALK(answers_that_are_no_answers_are_refused),
        TALK(a_talk_that_asks_first_opens_a_channel_to_ask),
        TALK(what_was_refused_before_it_left_has_changed_nothing),
        TALK(a_cut_answer_to_initialize_update_is_the_elements_fault),
        TALK(a_deletion_is_not_done_by_an_unsigned_word_when_the_list_has_the_object),
        TALK(what_is_gone_is_gone_when_the_signed_list_says_so),
        TALK(an_empty_list_is_no_proof_while_the_domain_must_be_in_it),
        TALK(a_signed_deletion_needs_no_question),
    };
    return cmocka_run_group_tests_name("channel", tests, bench_setup, bench_teardown);
}
