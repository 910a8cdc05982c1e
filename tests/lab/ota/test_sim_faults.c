/* SPDX-License-Identifier: Apache-2.0 */
/* The SIM's quirks and faults, as a handset meets them. [TS 31.111 7.1.1; TS 102 225 5] */
#include "support/bench.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

static void quirks_change_checksum_padding_and_bearer(void **state)
{
    struct bench *b = *state;
    struct opened r;
    bench_start(b, "cmac4", "");
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_CC_FAILED);
    b->wrap.cc_len = 4;
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_true(unwrap_response(&b->wrap, b->answer.at, b->answer.len, &r));
    assert_int_equal(r.check_len, 4);
    b->wrap.cc_len = 8;
    bench_start(b, "max-segments-1", "");
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_OK);
    bench_start(b, "por-submit,cpi-any,no-such-card-quirk", "");
    assert_string_equal(b->quirks.card_quirks, "no-such-card-quirk");
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_BY_SUBMIT);
}

static void faults_lose_repeat_and_interrupt(void **state)
{
    struct bench *b = *state;
    bench_start(b, "", "drop-por-2,busy-1,tear-3");
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_int_equal(b->sw, 0x9300);
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_OK);
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    assert_false(bench_command(b, "00a40804022fe2")); /* executed, then torn */
    assert_int_equal(fake_card_executed(b->card), 3);
    sim_reset(b->sim);
    b->wrap.counter--;
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_COUNTER_LOW); /* what a sender sees that repeats after a lost answer */
    assert_int_equal(fake_card_executed(b->card), 3);
    bench_start(b, "", "drop-por-1,heal-por-2");
    assert_true(bench_command(b, "00a40804022fe2"));
    assert_int_equal(b->answer.len, 0);
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_OK);
    bench_start(b, "", "dup-por");
    assert_true(bench_command(b, "00a40804022fe2"));
    bench_expect(b, POR_OK);
    struct octets whole;
    bench_fetch(b, &whole, &b->answer);
    bench_expect(b, POR_OK);
}

static void lists_of_quirks_and_faults_are_checked(void **state)
{
    struct uicc_quirks q = {0};
    char long_name[QUIRK_MAX_LIST + 1];
    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_true(uicc_quirks_parse("silent,talkative", &q));
    assert_false(q.silent);
    assert_true(uicc_quirks_parse("max-segments-2", &q));
    assert_int_equal(q.max_segments, 2);
    assert_false(uicc_quirks_parse("max-segments-", &q));
    assert_false(uicc_faults_parse("busy-", &q));
    assert_false(uicc_faults_parse("busy-0", &q));
    assert_false(uicc_faults_parse("tear-x", &q));
    assert_false(uicc_quirks_parse(long_name, &q));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quirks_change_checksum_padding_and_bearer, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(faults_lose_repeat_and_interrupt, bench_up, bench_down),
        cmocka_unit_test(lists_of_quirks_and_faults_are_checked),
    };
    return cmocka_run_group_tests_name("lab/ota/sim faults", tests, NULL, NULL);
}
