/* SPDX-License-Identifier: Apache-2.0 */
/* Commands longer than a short one in a secure channel: protected whole, sent in pieces, one answer. Unit
 * test of link/talk/chain.c. [GPCS 11.1.5.1] */
#include <string.h>

#include "bench.h"
#include "gp/apdu/ins.h"

enum { RSA_2048 = 256, MORE = 0x80 };

static struct bench b;
static uint8_t token[RSA_2048];

static int close_it(void **state)
{
    (void)state;
    bench_close(&b);
    return 0;
}

/* A bank loads and installs with tokens of an RSA key of 2048 bits. */
static void open_loading(json_t *profile)
{
    json_object_set_new(profile, "level", json_integer(0x11)); /* what the tiny card speaks */
    bench_open(&b, profile, &plan_load_delegated);
    memset(token, 0x5A, sizeof token);
    for (size_t i = 0; i < PLAN_TOKENS_MAX; i++)
        b.rig.facts.token[i] = BYTES(token);
}

static struct octets piece(size_t i)
{
    return octets_of(json_string_value(json_array_get(b.payload, i)));
}

static void a_long_command_goes_in_two_pieces_and_alone(void **state)
{
    struct octets first, last;
    (void)state;
    open_loading(rig_ese());
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* SELECT, INITIALIZE UPDATE */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON); /* EXTERNAL AUTHENTICATE, INSTALL [for load] */
    assert_int_equal(json_array_size(b.payload), 3);
    first = piece(1);
    last = piece(2);
    assert_true(first.at[1] == INS_INSTALL && first.at[2] == (MORE | 0x02) && first.at[4] == 255);
    assert_true(last.at[1] == INS_INSTALL && last.at[2] == 0x02 && last.len < RSA_2048);
    assert_string_equal(b.card.log, "suei");
    assert_int_equal(b.card.pieces, 1);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE); /* LOAD */
    assert_string_equal(b.card.log, "sueillll");
}

static void the_pieces_of_a_step_are_told_as_one_command(void **state)
{
    (void)state;
    open_loading(rig_ese());
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "sueillllii");
    assert_int_equal(b.card.pieces, 3);
    assert_memory_equal(b.card.memory + 4, b.rig.load_file, RIG_LOAD_FILE);
    assert_null(strstr(b.shown, "80E682")); /* no piece is shown */
    assert_non_null(strstr(b.shown, "80E602"));
}

static void pieces_are_as_short_as_the_card_takes_them(void **state)
{
    json_t *p = rig_ese();
    (void)state;
    json_object_set_new(p, "command_max", json_integer(128));
    open_loading(p);
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(piece(1).at[4], 128);
    assert_int_equal(b.card.pieces, json_array_size(b.payload) - 2);
    assert_string_equal(b.card.log, "suei");
}

/* The agent sends the rest all the same, and the card ends the channel over it. */
static void a_refused_piece_is_the_commands_answer(void **state)
{
    (void)state;
    open_loading(rig_ese());
    b.card.refuse_pieces = SW_NO_CHAINING;
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_true(b.refused);
    assert_non_null(strstr(b.failure.reason, "6884"));
    assert_int_equal(b.state.channel_state, CHANNEL_NONE);
    assert_string_equal(b.card.log, "sue");
}

static void a_refused_whole_is_the_last_pieces_answer(void **state)
{
    (void)state;
    open_loading(rig_ese());
    b.card.refuse = INS_INSTALL;
    b.card.sw = 0x6985;
    bench_exchange(&b, CARRIED);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_non_null(strstr(b.failure.reason, "6985"));
    assert_int_equal(b.state.channel_state, CHANNEL_OPEN);
}

static void a_chain_whose_end_is_not_answered_is_lost(void **state)
{
    (void)state;
    open_loading(rig_ese());
    bench_exchange(&b, CARRIED);
    b.card.executes_only = 2; /* EXTERNAL AUTHENTICATE, the first piece */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_GO_ON);
    assert_int_equal(b.state.phase, TALK_PROBING);
    assert_int_equal(b.state.channel_state, CHANNEL_NONE);
    b.card.executes_only = 0;
    b.card.chain.len = 0; /* SELECT ends it */
    b.card.log[0] = 0;
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "suegillllii");
}

static void a_changed_answer_to_the_whole_ends_the_talk(void **state)
{
    (void)state;
    open_loading(rig_ese());
    bench_exchange(&b, CARRIED);
    b.card.flip_answer = true;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_non_null(strstr(b.failure.reason, "R-MAC"));
}

/* Only the last piece's answer is signed: who says the one before it cannot make it good by itself. */
static void an_unsigned_word_for_the_whole_is_refused(void **state)
{
    (void)state;
    open_loading(rig_ese());
    bench_exchange(&b, CARRIED);
    assert_ok(bench_next(&b));
    assert_int_equal(bench_read(&b, json_pack("{s[sss]}", "answers", "9000", "9000", "9000")), TALK_FAILED);
    assert_non_null(strstr(b.failure.reason, "R-MAC"));
}

#define TALK(name) cmocka_unit_test_teardown(name, close_it)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK(a_long_command_goes_in_two_pieces_and_alone), TALK(the_pieces_of_a_step_are_told_as_one_command),
        TALK(pieces_are_as_short_as_the_card_takes_them),  TALK(a_refused_piece_is_the_commands_answer),
        TALK(a_refused_whole_is_the_last_pieces_answer),   TALK(a_chain_whose_end_is_not_answered_is_lost),
        TALK(a_changed_answer_to_the_whole_ends_the_talk), TALK(an_unsigned_word_for_the_whole_is_refused),
    };
    return cmocka_run_group_tests_name("chain", tests, bench_setup, bench_teardown);
}
