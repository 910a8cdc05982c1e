/* SPDX-License-Identifier: Apache-2.0 */
/* Protected answers: which are taken, and how R-MACs chain. Unit test of gp/channel. */
#include <string.h>

#include "channel_rig.h"

enum { ROOM = 1024 };

/* What a card answers at level 11 or more, made here from the standard: data, R-MAC over chain, data, status.
 */
static struct octets card_answer(const struct session_keys *keys, const struct channel_expect *expect,
                                 const char *data, const char *sw)
{
    struct octets d = octets_of(data), s = octets_of(sw), out = {0};
    uint8_t mac[CMAC_LEN];
    assert_ok(crypto_cmac(
        &keys->rmac, (struct bytes[]){BYTES(expect->chain), octets_bytes(&d), octets_bytes(&s)}, 3, mac));
    memcpy(out.at, d.at, d.len);
    memcpy(out.at + d.len, mac, 8);
    memcpy(out.at + d.len + 8, s.at, 2);
    out.len = d.len + 10;
    return out;
}

static void an_error_comes_back_without_R_MAC_but_never_with_data(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out;
    (void)state;
    opened_scp03(0x13, &ch, &keys);
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_ok(unwrap(&ch, &keys, &expect, octets_of("6A88"), ""));
    assert_ok(unwrap(&ch, &keys, &expect, octets_of("6310"), "")); /* bare, as several cards do */
    assert_err(unwrap(&ch, &keys, &expect, octets_of("AA6A88"), ""), TSM_MAC_WRONG);
    assert_err(unwrap(&ch, &keys, &expect, card_answer(&keys, &expect, "", "6A88"), ""), TSM_MAC_WRONG);
    ch.quirks = CHANNEL_QUIRK_RMAC_ON_ERROR;
    assert_ok(unwrap(&ch, &keys, &expect, card_answer(&keys, &expect, "", "6A88"), ""));
    assert_err(unwrap(&ch, &keys, &expect, octets_of("00000000000000006A88"), ""), TSM_MAC_WRONG);
}

static void success_and_warnings_need_their_R_MAC(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out;
    (void)state;
    opened_scp03(0x11, &ch, &keys);
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_err(unwrap(&ch, &keys, &expect, octets_of("9000"), ""), TSM_MAC_WRONG);
    assert_err(unwrap(&ch, &keys, &expect, octets_of("6283"), ""), TSM_MAC_WRONG);
    assert_err(unwrap(&ch, &keys, &expect, octets_of("E30063 10"), ""), TSM_MAC_WRONG);
    assert_ok(unwrap(&ch, &keys, &expect, card_answer(&keys, &expect, "E300", "6310"), "E300"));
    assert_ok(unwrap(&ch, &keys, &expect, card_answer(&keys, &expect, "", "9000"), ""));
}

/* Level 33: right R-MAC over a text whose padding is wrong, or that is no whole block. */
static void a_right_R_MAC_over_wrong_padding_is_refused(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out;
    (void)state;
    opened_scp03(0x33, &ch, &keys);
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_err(unwrap(&ch, &keys, &expect,
                      card_answer(&keys, &expect, "000102030405060708090A0B0C0D0E0F", "9000"), ""),
               TSM_BAD_VALUE);
    assert_err(unwrap(&ch, &keys, &expect, card_answer(&keys, &expect, "0001", "9000"), ""), TSM_BAD_LENGTH);
    assert_ok(unwrap(&ch, &keys, &expect, card_answer(&keys, &expect, "", "9000"),
                     "")); /* no data, no encryption */
}

/* Commands are protected ahead, answers come later: each is checked against its own expectation. */
static void SCP03_commands_may_be_protected_ahead_of_their_answers(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect first, second;
    struct octets out;
    (void)state;
    opened_scp03(0x11, &ch, &keys);
    wrap(&ch, &keys, "80F28002024F0000", &out, &first);
    wrap(&ch, &keys, "80CA006600", &out, &second);
    assert_err(unwrap(&ch, &keys, &second, card_answer(&keys, &first, "01", "9000"), ""), TSM_MAC_WRONG);
    assert_ok(unwrap(&ch, &keys, &second, card_answer(&keys, &second, "02", "9000"), "02"));
    assert_ok(unwrap(&ch, &keys, &first, card_answer(&keys, &first, "01", "9000"), "01"));
}

/* The R-MAC of SCP02 made here from E.4.5: command, Li, data, status. */
static struct octets scp02_rmac(const struct session_keys *keys, const uint8_t icv[8], const char *input)
{
    struct octets mac = {.len = 8}, in = octets_of(input);
    struct writer w = {in.at, in.len, sizeof in.at};
    assert_ok(pad_80(&w, 0, 8));
    assert_ok(crypto_retail_mac(&keys->rmac, icv, written(&w), mac.at));
    return mac;
}

static void SCP02_R_MACs_chain_through_errors_and_one_at_a_time(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out, mac;
    uint8_t room[ROOM];
    struct writer w = WRITER(room);
    (void)state;
    opened(scp02_answer, scp02_host, 0x75, 0x13, &ch, &keys);
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_err(channel_wrap(&ch, &keys, &(struct apdu){.cla = 0x80, .le = 0}, &w, &expect), TSM_WRONG_STATE);
    mac = scp02_rmac(&keys, ch.rchain, "80F28002024F00 00 6A88"); /* an error: made, chained, not sent */
    assert_ok(unwrap(&ch, &keys, &expect, octets_of("6A88"), ""));
    assert_memory_equal(ch.rchain, mac.at, 8);
    wrap(&ch, &keys, "81CA006600", &out, &expect); /* on channel 1: counts as channel 0 */
    mac = scp02_rmac(&keys, ch.rchain, "80CA006600 03 660100 9000");
    out = octets_of("660100");
    memcpy(out.at + 3, mac.at, 8);
    memcpy(out.at + 11, "\x90\x00", 2);
    out.len = 13;
    assert_flips_refused(&ch, &keys, &expect, out);
    assert_ok(unwrap(&ch, &keys, &expect, out, "660100"));
}

static void the_intermediate_R_MAC_of_SCP02_is_not_kept_in_clear(void **state)
{
    static const char *const commands[] = {"80E2800003 DEADBE", "80E2800004 DEADBEEF", "80E2800003 DEADBF"};
    struct channel_expect expect[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct channel ch;
        struct session_keys keys;
        struct octets out;
        opened(scp02_answer, scp02_host, 0x75, 0x13, &ch, &keys);
        wrap(&ch, &keys, commands[i], &out, &expect[i]);
        assert_null(memmem(&expect[i], sizeof expect[i], "\xDE\xAD\xBE", 3));
    }
    assert_int_equal(expect[1].tail_len, 1);
    assert_memory_not_equal(expect[0].partial, expect[2].partial, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_comes_back_without_R_MAC_but_never_with_data),
        cmocka_unit_test(success_and_warnings_need_their_R_MAC),
        cmocka_unit_test(a_right_R_MAC_over_wrong_padding_is_refused),
        cmocka_unit_test(SCP03_commands_may_be_protected_ahead_of_their_answers),
        cmocka_unit_test(SCP02_R_MACs_chain_through_errors_and_one_at_a_time),
        cmocka_unit_test(the_intermediate_R_MAC_of_SCP02_is_not_kept_in_clear),
    };
    return cmocka_run_group_tests_name("gp/answers", tests, rig_setup, rig_teardown);
}
