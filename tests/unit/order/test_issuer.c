/* SPDX-License-Identifier: Apache-2.0 */
/* Changes after issuance: what an order may say, the commands of it, the template that carries them, and what
 * a lost answer means. Unit test of order/issuer. */
#include <string.h>

#include "../vectors.h"
#include "base/json.h"
#include "order/issuer/plan_issuer.h"

static enum tsm_err changes_of(const char *text, struct changes *out)
{
    json_t *o = json_loads(text, 0, NULL);
    enum tsm_err e;
    assert_non_null(o);
    e = changes_read(o, out);
    json_decref(o);
    return e;
}

static const struct issuer_rules rules = {
    .counter = 0xDF72, .offline = 0xDF71, .balance = 0x9F79, .parameters_n = 1, .parameters = {0x9F58}};

static void what_an_order_may_not_say_is_named(void **state)
{
    static const struct {
        const char *text, *field;
    } rows[] = {
        {"{}", "kind"},
        {"{\"kind\":\"paint\"}", "kind"},
        {"{\"kind\":\"top-up\"}", "exchange.amount"},
        {"{\"kind\":\"top-up\",\"amount\":0}", "amount"},
        {"{\"kind\":\"pin-reset\",\"amount\":1}", "exchange.amount"},
        {"{\"kind\":\"pin-reset\",\"tag\":\"9F58\"}", "exchange.kind"},
        {"{\"kind\":\"parameter\",\"tag\":\"9F58\"}", "exchange.tag"},
        {"{\"kind\":\"parameter\",\"tag\":\"9F58\",\"sfi\":1,\"record\":1,\"value\":\"00\"}", "exchange.tag"},
        {"{\"kind\":\"parameter\",\"sfi\":1,\"value\":\"00\"}", "exchange.tag"},
        {"{\"kind\":\"parameter\",\"tag\":\"9F5X\",\"value\":\"00\"}", "exchange.tag"},
        {"{\"kind\":\"parameter\",\"tag\":\"9F58\",\"value\":\"0\"}", "value"},
        {"{\"kind\":\"script\"}", "exchange.commands"},
        {"{\"kind\":\"script\",\"commands\":[]}", "exchange.commands"},
        {"{\"kind\":\"script\",\"commands\":[{\"kind\":\"script\",\"commands\":[]}]}", "exchange.commands"},
        {"{\"kind\":\"block\",\"commands\":[]}", "exchange.commands"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct changes c;
        err_clear();
        print_message("# %s\n", rows[i].text);
        assert_int_not_equal(changes_of(rows[i].text, &c), TSM_OK);
        assert_string_equal(err_field(), rows[i].field);
    }
}

static void a_top_up_is_the_new_balance_so_twice_is_once(void **state)
{
    struct changes c;
    struct change_script s;
    (void)state;
    assert_ok(changes_of("{\"kind\":\"top-up\",\"amount\":2550}", &c));
    assert_ok(changes_script(&c, &rules, HEX("000000009999"), &s));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.command[0].ins, 0xDA);
    assert_hex(BYTES_OF(s.command[0].data, s.command[0].len), "000000012549");
    assert_hex(BYTES(s.effect[0].read), "80CA9F7900");
    assert_hex(BYTES_OF(s.effect[0].value, s.effect[0].len), "000000012549");
    assert_err(changes_script(&c, &rules, HEX("999999999999"), &s), TSM_TOO_LONG);
    assert_err(changes_script(&c, &rules, HEX("00000000000A"), &s), TSM_BAD_VALUE);
}

static void a_purse_is_told_the_amount_and_must_show_the_sum(void **state)
{
    struct issuer_rules purse = rules;
    struct changes c;
    struct change_script s;
    (void)state;
    purse.credits = true;
    purse.credit[0] = 0x42;
    assert_ok(changes_of("{\"kind\":\"top-up\",\"amount\":2550}", &c));
    assert_ok(changes_script(&c, &purse, HEX("000000009999"), &s));
    assert_int_equal(s.n, 1);
    assert_int_equal(s.command[0].ins, 0x42);
    assert_hex(BYTES_OF(s.command[0].data, s.command[0].len), "000000002550");
    assert_int_equal(s.effects_n, 1);
    assert_hex(BYTES(s.effect[0].read), "80CA9F7900");
    assert_hex(BYTES_OF(s.effect[0].value, s.effect[0].len), "000000012549");
    assert_err(changes_script(&c, &purse, HEX("999999999999"), &s), TSM_TOO_LONG);
}

static void what_the_scheme_does_not_have_is_refused(void **state)
{
    const struct issuer_rules bare = {.counter = 0xDF72};
    struct changes c;
    struct change_script s;
    (void)state;
    assert_ok(changes_of("{\"kind\":\"top-up\",\"amount\":1}", &c));
    assert_err(changes_script(&c, &bare, BYTES_NONE, &s), TSM_UNSUPPORTED);
    assert_ok(changes_of("{\"kind\":\"counter-reset\"}", &c));
    assert_err(changes_script(&c, &bare, BYTES_NONE, &s), TSM_UNSUPPORTED);
    assert_ok(changes_of("{\"kind\":\"parameter\",\"tag\":\"9F36\",\"value\":\"0001\"}", &c));
    assert_err(changes_script(&c, &rules, BYTES_NONE, &s), TSM_NOT_ALLOWED);
}

static void a_script_has_its_commands_in_order(void **state)
{
    struct changes c;
    struct change_script s;
    (void)state;
    assert_ok(
        changes_of("{\"kind\":\"script\",\"commands\":[{\"kind\":\"unblock\"},{\"kind\":\"pin-change\"},"
                   "{\"kind\":\"parameter\",\"sfi\":2,\"record\":3,\"value\":\"7003570100\"}]}",
                   &c));
    assert_ok(changes_script(&c, &rules, BYTES_NONE, &s));
    assert_int_equal(s.n, 3);
    assert_int_equal(s.command[0].ins, 0x18);
    assert_true(s.command[1].pin && s.command[1].ins == 0x24 && s.command[1].p2 == 2);
    assert_int_equal(s.command[2].ins, 0xDC);
    assert_int_equal(s.command[2].p1, 3);
    assert_int_equal(s.command[2].p2, 2 << 3 | 4);
    assert_int_equal(s.effects_n, 1);
    assert_hex(BYTES(s.effect[0].read), "00B2031400");
}

static void the_template_carries_commands_and_answers(void **state)
{
    const struct bytes commands[] = {HEX("80CADF7200"), HEX("84180000081122334455667788")};
    uint8_t room[64];
    struct writer w = WRITER(room);
    struct carried_answers a;
    (void)state;
    assert_ok(carry_write(commands, 2, &w));
    assert_hex(written(&w), "7216860580CADF7200860D84180000081122334455667788");
    assert_ok(carry_read(HEX("AB10 800102 2307DF720200059000 23026988"), &a));
    assert_int_equal(a.n, 2);
    assert_hex(a.at[0].data, "DF72020005");
    assert_int_equal(a.at[0].sw, 0x9000);
    assert_int_equal(a.at[1].sw, 0x6988);
    assert_int_equal(a.at[1].data.len, 0);
}

static void every_cut_and_every_flipped_bit_of_the_answers_is_survived(void **state)
{
    struct octets whole = octets_of("AB12800102 2307DF720200059000 23026988");
    (void)state;
    for (size_t n = 0; n < whole.len; n++) {
        struct carried_answers a;
        uint8_t cut[64];
        memcpy(cut, whole.at, n);
        assert_int_not_equal(carry_read(BYTES_OF(cut, n), &a), TSM_OK);
    }
    for (size_t bit = 0; bit < 8 * whole.len; bit++) {
        struct octets flipped = whole;
        struct carried_answers a;
        flipped.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (carry_read(octets_bytes(&flipped), &a) == TSM_OK)
            assert_true(a.n <= CARRY_MAX);
    }
    assert_err(carry_read(HEX("AB0380010D"), &(struct carried_answers){.n = 0}), TSM_TOO_LONG);
}

/* The application's counter was 5 and one command was sent. */
static enum verdict verdict_of(const char *answer, uint16_t refused)
{
    static const struct change_effect effect = {
        .read = {0x80, 0xCA, 0xDF, 0x71, 0}, .len = 2, .value = {0, 0}};
    const struct issuer_facts issuer = {
        .rules = &rules, .counter = 5, .script_n = 1, .effects_n = 1, .effects = &effect, .refused = refused};
    const struct plan_facts facts = {.issuer = &issuer};
    struct octets o = octets_of(answer);
    const struct step_answer a[] = {{BYTES_NONE, 0x9000}, {octets_bytes(&o), 0x9000}};
    return plan_issuer_script.steps[0].judge(&facts, 0, a, 2);
}

#define SAID(counter, offline) "AB15800102 2307DF7202" counter "9000 2307DF7102" offline "9000"

static void the_cards_counter_settles_a_lost_answer(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(SAID("0006", "0000"), 0), VERDICT_DONE);
    assert_int_equal(verdict_of(SAID("0005", "0003"), 0), VERDICT_NOT_DONE);
    assert_int_equal(verdict_of(SAID("0006", "0003"), 0), VERDICT_REFUSED); /* taken, but it does not show */
    assert_int_equal(verdict_of(SAID("0007", "0000"), 0), VERDICT_REFUSED); /* somebody else was there */
    assert_int_equal(verdict_of(SAID("0005", "0003"), 0x6988),
                     VERDICT_REFUSED);                               /* never again on a wrong MAC */
    assert_int_equal(verdict_of("AB0380 0100", 0), VERDICT_REFUSED); /* it does not tell */
}

static void what_the_application_says_before_is_read_whole(void **state)
{
    static const struct issuer_rules asks = {.counter = 0xDF72, .balance = 0x9F79, .ask_n = 1};
    const struct issuer_facts f = {.rules = &asks, .asks_balance = true};
    struct octets whole = octets_of("AB33 800104 230F 770B 9F26081122334455667788 9000 23079F3602000A9000 "
                                    "2307DF720200059000 230B9F79060000000025509000");
    struct issuer_said said;
    (void)state;
    assert_ok(issuer_answers_read(&f, octets_bytes(&whole), &said));
    assert_int_equal(said.place.atc, 10);
    assert_int_equal(said.counter, 5);
    assert_hex(BYTES(said.place.ac), "1122334455667788");
    assert_hex(BYTES_OF(said.balance, said.balance_len), "000000002550");
    for (size_t n = 0; n < whole.len; n++)
        assert_int_not_equal(issuer_answers_read(&f, BYTES_OF(whole.at, n), &said), TSM_OK);
    assert_err(issuer_answers_read(&f, HEX("AB07800101 23026985"), &said), TSM_CARD_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_order_may_not_say_is_named),
        cmocka_unit_test(a_top_up_is_the_new_balance_so_twice_is_once),
        cmocka_unit_test(a_purse_is_told_the_amount_and_must_show_the_sum),
        cmocka_unit_test(what_the_scheme_does_not_have_is_refused),
        cmocka_unit_test(a_script_has_its_commands_in_order),
        cmocka_unit_test(the_template_carries_commands_and_answers),
        cmocka_unit_test(every_cut_and_every_flipped_bit_of_the_answers_is_survived),
        cmocka_unit_test(the_cards_counter_settles_a_lost_answer),
        cmocka_unit_test(what_the_application_says_before_is_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
