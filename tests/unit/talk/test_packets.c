/* SPDX-License-Identifier: Apache-2.0 */
/* Talks in SCP80 packets with a card that answers: plans carried out, proofs weighed, what must not be
 * believed. Unit test of link/talk/verdict.c and link/talk/packet.c. [TS 102 225, TS 102 226] */
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

static void a_plan_of_one_command_is_one_packet(void **state)
{
    (void)state;
    open_lock();
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_string_equal(b.card.log, "t");
    assert_int_equal(b.card.life, 0x87);
    assert_int_equal(b.card.counter, 1);
    assert_int_equal(json_array_size(b.payload), 1);
    assert_true(b.state.changed);
}

static void a_load_file_goes_in_packets_that_fit_and_in_order(void **state)
{
    (void)state;
    bench_open(&b, rig_uicc(), &plan_load_and_install);
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "illllii");
    assert_int_equal(b.card.used, RIG_LOAD_FILE + 4); /* C4 82 and two octets of length */
    assert_memory_equal(b.card.memory + 4, b.rig.load_file, RIG_LOAD_FILE);
    assert_int_equal(b.card.counter, b.exchanges); /* one a packet, each one higher */
}

static void step_by_step_the_talk_tells_where_it_is(void **state)
{
    enum talk_event e = TALK_GO_ON;
    unsigned steps = 0;
    (void)state;
    bench_open(&b, rig_uicc(), &plan_load_and_install);
    while ((e = bench_exchange(&b, CARRIED)) == TALK_GO_ON || e == TALK_STEP_DONE)
        steps += e == TALK_STEP_DONE;
    assert_int_equal(e, TALK_DONE);
    assert_int_equal(steps, 2); /* and the third is the end */
}

static void what_it_costs_is_known_before(void **state)
{
    struct talk_estimate e;
    (void)state;
    bench_open(&b, rig_uicc(), &plan_load_and_install);
    e = bench_estimate(&b);
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_int_equal(e.exchanges, b.exchanges);
    assert_int_equal(e.messages, b.messages);
}

static void the_compact_form_does_the_same(void **state)
{
    json_t *profile = rig_uicc();
    (void)state;
    json_object_set_new(profile, "format", json_string("compact"));
    bench_open(&b, profile, &plan_load_and_install);
    b.card.compact = true;
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_string_equal(b.card.log, "illllii");
    assert_memory_equal(b.card.memory + 4, b.rig.load_file, RIG_LOAD_FILE);
}

static void keys_and_data_are_not_shown(void **state)
{
    (void)state;
    bench_open(&b, rig_uicc(), &plan_personalise);
    b.card.aid = RIG_PAYMENT;
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_non_null(strstr(b.shown, "STORE DATA"));
    assert_null(strstr(b.shown, "0102030405060708090A0B0C0D0E0F10"));
    bench_close(&b);
    bench_open(&b, rig_uicc(), &plan_own_keys);
    assert_int_equal(bench_run(&b), TALK_DONE);
    assert_non_null(strstr(b.shown, "PUT KEY"));
    assert_null(strstr(b.shown, "DEADBEEF"));
    assert_non_null(strstr(b.shown, "9000"));
}

/* Two domains, two key sets, two counters. */
static void each_step_is_under_the_keys_of_its_domain(void **state)
{
    (void)state;
    bench_open(&b, rig_uicc(), &plan_own_keys);
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_STEP_DONE);
    assert_int_equal(b.card.counter, 1);
    b.card.counter = 0; /* of the other key set */
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_DONE);
    assert_int_equal(b.card.counter, 1);
    assert_string_equal(b.card.log, "kx");
}

static void a_refused_command_ends_the_talk_and_says_who_and_what(void **state)
{
    (void)state;
    open_lock();
    b.card.refuse = 0xF0;
    b.card.sw = 0x6985;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_true(b.refused);
    assert_int_equal(b.failure.owner, OWNER_SE);
    assert_non_null(strstr(b.failure.reason, "LOCK"));
    assert_non_null(strstr(b.failure.reason, "6985"));
}

static void a_partners_failure_ends_the_talk(void **state)
{
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    assert_int_equal(
        bench_read(&b, json_pack("{s{ss ss}}", "failure", "owner", "OTA", "reason", "no such number")),
        TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_OTA);
    assert_string_equal(b.failure.reason, "no such number");
    assert_false(b.refused);
}

static void a_card_that_announces_its_answer_is_listened_to(void **state)
{
    static const uint8_t announcements[] = {POR_MORE_TIME, POR_BY_SUBMIT};
    (void)state;
    for (size_t i = 0; i < sizeof announcements; i++) {
        open_lock();
        b.card.por = announcements[i];
        assert_int_equal(bench_exchange(&b, CARRIED), TALK_LISTEN);
        assert_int_equal(bench_read(&b, bench_carry(&b, CARRIED)), TALK_DONE);
        assert_int_equal(b.exchanges, 1); /* nothing was sent again */
        assert_string_equal(b.card.log, "t");
        if (i + 1 < sizeof announcements)
            bench_close(&b);
    }
}

static void listen_and_be_done(json_t *strange)
{
    assert_int_equal(bench_read(&b, strange), TALK_LISTEN);
    assert_int_equal(bench_read(&b, bench_carry(&b, CARRIED)), TALK_DONE);
    assert_string_equal(b.card.log, "t");
}

static void what_is_no_proof_is_passed_over(void **state)
{
    static const char *const strange[] = {"00", "027100", "027100000E0AB00010000000000100000090000000",
                                          "0271000012121212121212121212121212121212121212"};
    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        struct octets o = octets_of(strange[i]);
        open_lock();
        assert_ok(bench_next(&b));
        listen_and_be_done(bench_answer(octets_bytes(&o)));
        if (i + 1 < sizeof strange / sizeof strange[0])
            bench_close(&b);
    }
}

static void a_flipped_bit_makes_a_proof_strange(void **state)
{
    json_t *right;
    struct octets body;
    struct talk_state before;
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    before = b.state;
    right = bench_carry(&b, CARRIED);
    body = octets_of(json_string_value(json_array_get(json_object_get(right, "answers"), 0)));
    for (size_t i = 9; i < body.len; i++) { /* behind what only measures */
        body.at[i] ^= 0x10;
        assert_int_equal(bench_read(&b, bench_answer(octets_bytes(&body))), TALK_LISTEN);
        body.at[i] ^= 0x10;
    }
    assert_memory_equal(&before, &b.state, sizeof before);
    assert_int_equal(bench_read(&b, right), TALK_DONE);
}

static void a_success_without_the_checksum_that_was_asked_for_is_not_believed(void **state)
{
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    b.card.bare = true;
    assert_int_equal(bench_read(&b, bench_carry(&b, CARRIED)), TALK_LISTEN);
}

static void a_refusal_may_come_bare(void **state)
{
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    b.card.wrong_key = true; /* the card cannot check the packet, nor sign its answer */
    assert_int_equal(bench_read(&b, bench_carry(&b, CARRIED)), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_SEM);
    assert_non_null(strstr(b.failure.reason, "not authenticated"));
    assert_int_equal(b.exchanges, 1); /* no retry */
}

static void a_late_proof_of_an_older_packet_is_passed_over(void **state)
{
    json_t *late;
    (void)state;
    open_lock();
    assert_ok(bench_next(&b));
    late = bench_carry(&b, CARRIED);
    assert_int_equal(bench_read(&b, json_pack("{sb}", "lost", 1)), TALK_GO_ON);
    assert_ok(bench_next(&b)); /* the probe, with a counter of its own */
    assert_int_equal(bench_read(&b, late), TALK_LISTEN);
    assert_int_equal(bench_read(&b, bench_carry(&b, CARRIED)), TALK_DONE);
    assert_string_equal(b.card.log, "tg");
}

static void a_tar_that_is_unknown_to_the_card_ends_the_talk(void **state)
{
    (void)state;
    open_lock();
    b.card.por = POR_TAR_UNKNOWN;
    assert_int_equal(bench_exchange(&b, CARRIED), TALK_FAILED);
    assert_int_equal(b.failure.owner, OWNER_SEM);
    assert_non_null(strstr(b.failure.reason, "09"));
}

static void a_command_that_no_packet_holds_needs_a_better_link(void **state)
{
    static uint8_t field[200];
    json_t *profile = rig_uicc();
    (void)state;
    json_object_set_new(profile, "segments", json_integer(1));
    bench_open(&b, profile, &plan_own_keys);
    b.rig.facts.own_keys = BYTES(field);
    assert_err(bench_next(&b), TSM_NEEDS_BETTER_LINK);
    assert_int_equal(b.card.counter, 0);
}

static void a_counter_at_its_alarm_mark_is_dead(void **state)
{
    (void)state;
    open_lock();
    bench_jump(&b, IN_PROVIDER, 1LL << 39);
    assert_err(bench_next(&b), TSM_COUNTER_DEAD);
}

static void without_a_key_set_nothing_is_sent(void **state)
{
    (void)state;
    open_lock();
    b.key[IN_PROVIDER].kvn = 0;
    assert_err(bench_next(&b), TSM_KEY_MISSING);
}

/* Every member another value, so that a forgotten or swapped one is seen. */
static void fill(void *at, size_t n, uint8_t from)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)at)[i] = (uint8_t)(from + i);
}

static struct talk_state some_state(void)
{
    struct talk_state s = {.version = TALK_STATE_VERSION,
                           .step = 3,
                           .phase = TALK_PROBING,
                           .redo = 2,
                           .losses = 1,
                           .channel_state = CHANNEL_OPEN,
                           .channel_domain = IN_PROVIDER,
                           .authenticate_len = 21,
                           .position = 0x0102,
                           .sent = 33,
                           .asked = 0x01020304,
                           .counter = 0x0102030405060708,
                           .host_len = 8,
                           .changed = 1,
                           .jump = 4,
                           .assumed = 5,
                           .shut = 7,
                           .ask_first = 6};
    fill(s.host, sizeof s.host, 0x10);
    fill(s.authenticate, sizeof s.authenticate, 0x20);
    s.channel = (struct channel){
        .protocol = 3, .i = 0x70, .kvn = 0x30, .level = 0x33, .challenge_len = 8, .quirks = 2};
    fill(s.channel.host, sizeof s.channel.host, 0x60);
    fill(s.channel.card, sizeof s.channel.card, 0x70);
    fill(s.channel.sequence, sizeof s.channel.sequence, 0x80);
    fill(s.channel.chain, sizeof s.channel.chain, 0x90);
    fill(s.channel.rchain, sizeof s.channel.rchain, 0xA0);
    s.channel.counter = 0x0A0B0C0D;
    s.channel.open = 1;
    s.channel.awaits = 1;
    s.before = s.channel;
    s.before.counter--;
    return s;
}

static void a_stored_state_is_the_same_octets_again(void **state)
{
    struct talk_state s = some_state(), got;
    uint8_t first[TALK_STATE_MAX], second[TALK_STATE_MAX];
    struct writer one = WRITER(first), two = WRITER(second);
    (void)state;
    open_lock();
    assert_ok(talk_state_write(&s, &one));
    assert_ok(talk_state_read(written(&one), &got));
    assert_ok(talk_state_write(&got, &two));
    assert_int_equal(one.len, two.len);
    assert_memory_equal(first, second, one.len);
    assert_true(got.counter == s.counter && got.asked == s.asked && got.position == s.position &&
                got.channel.counter == s.channel.counter && got.before.counter == s.before.counter);
    assert_memory_equal(got.channel.chain, s.channel.chain, sizeof s.channel.chain);
    assert_memory_equal(got.authenticate, s.authenticate, sizeof s.authenticate);
}

static void nothing_stored_is_the_beginning_and_what_is_cut_is_refused(void **state)
{
    struct talk_state s = some_state(), got;
    uint8_t raw[TALK_STATE_MAX + 1] = {0};
    struct writer w = WRITER(raw);
    (void)state;
    open_lock();
    assert_ok(talk_state_read(BYTES_NONE, &got));
    assert_int_equal(got.version, TALK_STATE_VERSION);
    assert_int_equal(got.asked, 0);
    assert_ok(talk_state_write(&s, &w));
    for (size_t n = 1; n < w.len; n++)
        assert_err(talk_state_read(BYTES_OF(raw, n), &got), TSM_SHORT_INPUT);
    assert_err(talk_state_read(BYTES_OF(raw, w.len + 1), &got), TSM_TRAILING_BYTES);
}

static void another_version_is_refused_with_both_in_the_cause(void **state)
{
    struct talk_state s = some_state(), got;
    uint8_t raw[TALK_STATE_MAX];
    struct writer w = WRITER(raw);
    (void)state;
    open_lock();
    s.version = TALK_STATE_VERSION - 1;
    assert_ok(talk_state_write(&s, &w));
    assert_err(talk_state_read(written(&w), &got), TSM_UNSUPPORTED);
    assert_non_null(strstr(err_cause(), "another version of the program"));
}

static void lengths_beyond_their_arrays_are_refused(void **state)
{
    struct talk_state s = some_state(), got;
    uint8_t raw[TALK_STATE_MAX];
    struct writer w = WRITER(raw);
    (void)state;
    open_lock();
    s.authenticate_len = TALK_AUTHENTICATE_MAX + 1;
    assert_ok(talk_state_write(&s, &w));
    assert_err(talk_state_read(written(&w), &got), TSM_BAD_VALUE);
}

#define TALK(name) cmocka_unit_test_teardown(name, close_it)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TALK(a_plan_of_one_command_is_one_packet),
        TALK(a_load_file_goes_in_packets_that_fit_and_in_order),
        TALK(step_by_step_the_talk_tells_where_it_is),
        TALK(what_it_costs_is_known_before),
        TALK(the_compact_form_does_the_same),
        TALK(keys_and_data_are_not_shown),
        TALK(each_step_is_under_the_keys_of_its_domain),
        TALK(a_refused_command_ends_the_talk_and_says_who_and_what),
        TALK(a_partners_failure_ends_the_talk),
        TALK(a_card_that_announces_its_answer_is_listened_to),
        TALK(what_is_no_proof_is_passed_over),
        TALK(a_flipped_bit_makes_a_proof_strange),
        TALK(a_success_without_the_checksum_that_was_asked_for_is_not_believed),
        TALK(a_refusal_may_come_bare),
        TALK(a_late_proof_of_an_older_packet_is_passed_over),
        TALK(a_tar_that_is_unknown_to_the_card_ends_the_talk),
        TALK(a_command_that_no_packet_holds_needs_a_better_link),
        TALK(a_counter_at_its_alarm_mark_is_dead),
        TALK(without_a_key_set_nothing_is_sent),
        TALK(a_stored_state_is_the_same_octets_again),
        TALK(nothing_stored_is_the_beginning_and_what_is_cut_is_refused),
        TALK(another_version_is_refused_with_both_in_the_cause),
        TALK(lengths_beyond_their_arrays_are_refused),
    };
    return cmocka_run_group_tests_name("packets", tests, bench_setup, bench_teardown);
}
