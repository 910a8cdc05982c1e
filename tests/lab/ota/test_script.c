/* SPDX-License-Identifier: Apache-2.0 */
/* Remote command scripts, compact and expanded, against published answers. [TS 102 226 5; vectors: pySim,
 * onomondo-uicc, otaman, gsm0348, njiwa] */
#include "uicc/script/script.h"
#include "support/vectors.h"

#include "support/fake_card.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

struct bench {
    struct card *card;
    struct script_chain chain;
    struct octets proactive;
    bool terminal_refuses;
};

static size_t transmit(void *closure, const uint8_t *in, size_t n, uint8_t *out)
{
    struct bench *b = closure;
    return card_transmit(b->card, in, n, out);
}

static bool proactive(void *closure, const uint8_t *tlvs, size_t n)
{
    struct bench *b = closure;
    memcpy(b->proactive.at, tlvs, n);
    b->proactive.len = n;
    return !b->terminal_refuses;
}

static int set_up(void **state)
{
    static struct bench b;
    struct card_config cfg = {0};
    b = (struct bench){.card = card_new(&cfg)};
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    card_free(b->card);
    return 0;
}

static void expect(struct bench *b, const char *script, const char *answer)
{
    struct octets in = octets_from_hex(script), expected = octets_from_hex(answer);
    struct script_target t = {.closure = b, .transmit = transmit, .proactive = proactive, .chain = &b->chain};
    uint8_t at[SCRIPT_MAX_ANSWER];
    char hex[2 * SCRIPT_MAX_ANSWER + 1];
    struct out out;
    out_init(&out, at, sizeof at);
    script_run(&t, in.at, in.len, &out);
    lab_hex_write(at, out.len, hex);
    if (out.len != expected.len || memcmp(at, expected.at, out.len) != 0)
        fail_msg("%s is answered %s, not %s", script, hex, answer);
}

static void compact_answers_count_the_commands_and_carry_the_last_data(void **state)
{
    struct bench *b = *state;
    expect(b, "00a40004023f00", "016132");                               /* pySim, a sysmocom card */
    expect(b, "00a40804022fe200b000000a", "02900000112233445566778899"); /* recorded, onomondo-uicc */
    expect(b, "00a40804022fe200a40804026fff00b000000a", "026a82");       /* recorded: stops at the error */
    expect(b, "00a40804022f0600b2010400", "026c28");                     /* recorded: wrong Le */
    expect(b, "80f28002024f0000", "019000e3064f01a09f700f");
    expect(b, "80f28002024f00", "016108");
    expect(b, "80f28002024f0000c0000008", "029000e3064f01a09f700f");
    expect(b, "80f28002024f0000c0000004", "029000e3064f01");
    expect(b, "80f28002024f0000c0000020", "026c08");
}

static void compact_scripts_that_make_no_sense_get_an_error_status(void **state)
{
    struct bench *b = *state;
    expect(b, "", "009000");
    expect(b, "00a4", "016700");
    expect(b, "00a40804ff2fe2", "016700");
    expect(b, "00c0000008", "016985");
    expect(b, "8044000000", "016d00");
}

static void expanded_answers_carry_every_commands_data(void **state)
{
    struct bench *b = *state;
    expect(b, "ae80220580ca0085000000", "af8023026a880000"); /* otaman, a card of 2019 */
    expect(b, "ae80220880f28002024f00000000", "af80230ae3064f01a09f700f90000000");
    expect(b, "aa07220580caff2100", "ab0780010123026a88");
    expect(b, "aa09220700a40804022fe2", "ab0780010123029000"); /* gsm0348's answer */
    expect(b, "aa0a220880f28002024f0000", "ab0f800101230ae3064f01a09f700f9000");
    expect(b, "aa12220700a40804026fff220700a40804022fe2", "ab0780010123026a82"); /* stops at the error */
    expect(b, "aa12220700a40804022fe2220700a40804022fe2", "ab0b8001022302900023029000");
    expect(b, "aa09220780e60200010000", "ab088001012303009000");
    expect(b, "aa08220680e602000100", "ab0780010123029000"); /* no Le: no data */
}

static void answers_longer_than_127_octets_have_long_lengths(void **state)
{
    struct octets in = octets_from_hex("aa07220580ca00ff00");
    struct bench *b = *state;
    struct script_target t = {.closure = b, .transmit = transmit, .chain = &b->chain};
    uint8_t at[SCRIPT_MAX_ANSWER];
    struct out out;
    out_init(&out, at, sizeof at);
    script_run(&t, in.at, in.len, &out);
    assert_int_equal(out.len, 3 + 3 + 3 + 232);
    assert_memory_equal(at, "\xAB\x81\xEE\x80\x01\x01\x23\x81\xE8", 9);
}

static void malformed_expanded_scripts_name_their_fault(void **state)
{
    struct bench *b = *state;
    expect(b, "aa03990100", "ab06800100900101"); /* unknown tag */
    expect(b, "aa0522", "ab06800100900102");     /* wrong length */
    expect(b, "aa0122", "ab06800100900103");     /* length not found */
    expect(b, "aa", "ab06800100900103");
    expect(b, "aa80220580ca0085000000", "ab06800100900103");
    expect(b, "ae80", "af809001030000"); /* 00 00 is missing */
    expect(b, "ae80220580ca008500", "af8023026a880000");
    expect(b, "aa042202ffff", "ab06800100900102");
    expect(b, "aa0c220700a40804022fe2990100", "ab0a80010123029000900101");
    expect(b, "aa0c220700a40804022fe2830101", "ab0a80010123029000900101"); /* chaining not in front */
}

static void script_chaining_needs_a_first_script(void **state)
{
    struct bench *b = *state;
    expect(b, "aa0c830102220700a40804022fe2", "ab06800100830101");
    expect(b, "aa0c830101220700a40804022fe2", "ab0780010123029000");
    assert_false(b->chain.survives_reset);
    expect(b, "aa0c830102220700a40804022fe2", "ab0780010123029000");
    expect(b, "aa0c830103220700a40804022fe2", "ab0780010123029000");
    expect(b, "aa0c830103220700a40804022fe2", "ab06800100830101");
    expect(b, "aa0c830111220700a40804022fe2", "ab0780010123029000");
    assert_true(b->chain.survives_reset);
    expect(b, "aa09220700a40804022fe2", "ab0780010123029000"); /* an unchained script ends the chain */
    expect(b, "aa0c830103220700a40804022fe2", "ab06800100830101");
    expect(b, "aa03830155", "ab06800100900102");
}

static void actions_reach_the_terminal(void **state)
{
    struct bench *b = *state;
    expect(b, "aa10810e8103012101820281828d0300c824", "ab03800101"); /* otaman: DISPLAY TEXT */
    assert_int_equal(b->proactive.len, 14);
    b->proactive.len = 0;
    /* an error action runs only when a command fails */
    expect(b, "aa18820d81030101048202818292023f00220700a40804022fe2", "ab0780010123029000");
    assert_int_equal(b->proactive.len, 0);
    expect(b, "aa18820d81030101048202818292023f00220700a40804026fff", "ab0780010123026a82");
    assert_int_equal(b->proactive.len, 13);
    expect(b, "aa0b8200220700a40804026fff", "ab0780010123026a82");
    b->terminal_refuses = true;
    expect(b, "aa10810e8103012101820281828d0300c824", "ab088001018103830130");
    expect(b, "aa03810105", "ab088001018103830130"); /* a record this card does not have */
    expect(b, "aa03810181", "ab03800101");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(compact_answers_count_the_commands_and_carry_the_last_data, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(compact_scripts_that_make_no_sense_get_an_error_status, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(expanded_answers_carry_every_commands_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_longer_than_127_octets_have_long_lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_expanded_scripts_name_their_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(script_chaining_needs_a_first_script, set_up, tear_down),
        cmocka_unit_test_setup_teardown(actions_reach_the_terminal, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("lab/ota/script", tests, NULL, NULL);
}
