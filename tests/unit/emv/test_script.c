/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts: what they send, what they read from answers, and every way to be wrong. Unit test
 * of emv/script. */
#include <string.h>

#include "../vectors.h"
#include "emv/script/play.h"

static const char text[] =
    "{\"name\":\"counter\","
    "\"inputs\":[{\"name\":\"serial\",\"from\":\"order\",\"max\":4},"
    "{\"name\":\"colour\",\"from\":\"parameters\",\"text\":true,\"default\":\"red\"},"
    "{\"name\":\"files\",\"from\":\"order\",\"list\":true}],"
    "\"derive\":[{\"name\":\"k\",\"how\":\"diversify\",\"key\":\"master\",\"over\":\"{serial}{atc}\"},"
    "{\"name\":\"check\",\"how\":\"cmac\",\"with\":\"k\",\"over\":\"{colour}\",\"len\":4}],"
    "\"steps\":["
    "{\"name\":\"ask\",\"apdu\":\"80CA9F36 00\",\"expect\":[\"9000\",\"6A88\"],\"tag\":\"counter\","
    "\"read\":[{\"name\":\"atc\",\"tag\":\"9F36\",\"len\":2},{\"name\":\"first\",\"at\":0,\"len\":2}],"
    "\"assert\":[{\"is\":\"{first}\",\"equals\":\"9F36\",\"text\":\"it is the counter\"}]},"
    "{\"name\":\"name\",\"apdu\":\"80E20000 @len( {atc}{serial} @enc({k}) {check} )\","
    "\"when\":{\"is\":\"{atc}\",\"equals\":\"0000\",\"differs\":true}},"
    "{\"name\":\"each\",\"apdu\":\"00B0{file}00 "
    "00\",\"for\":{\"item\":\"file\",\"input\":\"files\",\"max\":3}},"
    "{\"name\":\"data\",\"store\":[{\"id\":\"0101\",\"value\":\"{atc}\"},"
    "{\"id\":\"8000\",\"encrypted\":true,\"value\":\"{k}\"}]}]}";

static struct perso_script script;

/* The vault's part, so that what went in is seen: the operation's number, then its data. */
static enum tsm_err derive(void *self, const struct script_derivation *d, struct emv_card_id card,
                           struct bytes with, struct bytes over, struct writer *w)
{
    (void)self;
    (void)card;
    TRY(write_u8(w, (unsigned)d->how));
    TRY(write_u8(w, (unsigned)with.len));
    return write_span(w, over);
}

static enum tsm_err encrypt(void *self, struct bytes clear, struct writer *w)
{
    (void)self;
    TRY(write_u8(w, 0xEE));
    return write_span(w, clear);
}

static const struct script_keys keys = {NULL, derive, encrypt};

static void begin(struct script_play *p, const char *order)
{
    *p = (struct script_play){.script = &script, .keys = &keys};
    assert_ok(perso_script_read(bytes_of_text(text), &script));
    p->inputs[FROM_ORDER] = json_loads(order, 0, NULL);
}

static void end(struct script_play *p)
{
    json_decref((json_t *)(uintptr_t)p->inputs[FROM_ORDER]);
    script_play_wipe(p);
}

static struct script_answer answer(struct bytes data)
{
    return (struct script_answer){0, data, 0x9000};
}

static uint8_t room[4096];

static struct script_output sent(struct script_play *p, size_t step)
{
    struct writer w = WRITER(room);
    struct script_output out;
    assert_ok(script_write(p, step, &w, &out));
    return out;
}

static void later_commands_depend_on_answers(void **state)
{
    static struct script_play p;
    bool due;
    (void)state;
    begin(&p, "{\"serial\":\"01020304\"}");
    assert_hex(sent(&p, 0).command[0], "80CA9F3600");
    assert_ok(script_take(&p, 0, answer(HEX("9F36020007"))));
    assert_ok(script_due(&p, 1, &due));
    assert_true(due);
    assert_hex(sent(&p, 1).command[0], "80E20000 13 0007 01020304 EE 0500010203040007 03087265");
    assert_ok(script_take(&p, 0, answer(HEX("9F36020000"))));
    assert_ok(script_due(&p, 1, &due));
    assert_false(due);
    end(&p);
}

static void a_step_is_repeated_over_a_list_of_a_named_length(void **state)
{
    static struct script_play p;
    struct writer w = WRITER(room);
    struct script_output out;
    (void)state;
    begin(&p, "{\"files\":[\"81\",\"82\"]}");
    out = sent(&p, 2);
    assert_int_equal(out.n, 2);
    assert_hex(out.command[1], "00B0820000");
    end(&p);
    begin(&p, "{\"files\":[\"81\",\"82\",\"83\",\"84\"]}");
    assert_err(script_write(&p, 2, &w, &out), TSM_BAD_VALUE);
    assert_non_null(strstr(err_cause(), "step each: files"));
    end(&p);
}

static void what_was_read_outlives_an_exchange(void **state)
{
    static struct script_play p, q;
    uint8_t stored[SCRIPT_PLAYED_MAX];
    struct writer w = WRITER(stored);
    (void)state;
    begin(&p, "{}");
    assert_ok(script_take(&p, 0, answer(HEX("9F36020007"))));
    assert_ok(script_played_write(&p, &w));
    begin(&q, "{\"serial\":\"01\"}");
    assert_ok(script_played_read(&q, written(&w)));
    assert_hex(sent(&q, 3).dgi[0].value, "0007");
    assert_true(sent(&q, 3).dgi[1].encrypted);
    for (size_t n = 1; n < w.len; n++) {
        q.values_n = 0;
        if (script_played_read(&q, BYTES_OF(stored, n)) == TSM_OK)
            assert_true(q.values_n < p.values_n);
    }
    end(&p);
    end(&q);
}

static void wrong_answers_stop_the_script_and_tell_the_step(void **state)
{
    static struct script_play p;
    (void)state;
    begin(&p, "{}");
    assert_err(script_take(&p, 0, answer(HEX("9F"))), TSM_NOT_FOUND);
    assert_err(script_take(&p, 0, answer(HEX("9F3603000007"))), TSM_BAD_LENGTH);
    assert_err(script_take(&p, 0, answer(HEX("9F1702000A 9F36020007"))), TSM_CONFLICT);
    assert_string_equal(err_cause(), "step ask: it is the counter");
    assert_err(script_take(&p, 0, (struct script_answer){0, BYTES_NONE, 0x6985}), TSM_CARD_REFUSED);
    assert_string_equal(err_cause(), "step ask: it was answered with 6985");
    script.step[0].read[0] = (struct script_read_rule){.name = "atc", .at = 3, .len = 3};
    assert_err(script_take(&p, 0, answer(HEX("9F36020007"))), TSM_SHORT_INPUT);
    assert_string_equal(err_cause(), "step ask: {atc} is read beyond the answer");
    end(&p);
}

static void what_an_order_does_not_bring_is_named(void **state)
{
    static struct script_play p;
    struct writer w = WRITER(room);
    struct script_output out;
    (void)state;
    begin(&p, "{\"serial\":\"0102030405\"}");
    assert_ok(script_take(&p, 0, answer(HEX("9F36020007"))));
    assert_err(script_write(&p, 1, &w, &out), TSM_TOO_LONG);
    end(&p);
    begin(&p, "{}");
    assert_ok(script_take(&p, 0, answer(HEX("9F36020007"))));
    assert_err(script_write(&p, 1, &w, &out), TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "serial");
    assert_int_equal(w.len, 0);
    end(&p);
}

#define STEP(members)       "{\"name\":\"x\",\"steps\":[{\"name\":\"s\"," members "}]}"
#define WITH(more, members) "{\"name\":\"x\"," more ",\"steps\":[{\"name\":\"s\"," members "}]}"
#define KEYS                "\"keys\":{\"ac\":\"imk\"}"
#define UDK                 "\"derive\":[{\"name\":\"k\",\"how\":\"udk\",\"key\":\"imk\"}]"

static void wrong_scripts_are_refused_with_step_and_rule(void **state)
{
    static const struct {
        const char *json, *cause;
    } wrong[] = {
        {"{}", ""},
        {"{\"name\":\"x\",\"steps\":[]}", "1 to"},
        {STEP("\"apdu\":\"00\""), "apdu"},
        {STEP("\"apdu\":\"80CA9F3600\",\"more\":1"), "more"},
        {STEP("\"apdu\":\"80E2000003AABB\""), "step s: no short command"},
        {STEP("\"apdu\":\"80E20000{nobody}\""), "step s: no variable {nobody}"},
        {STEP("\"apdu\":\"80CA9F3600\",\"expect\":[\"90\"]"), "step s: a status word"},
        {STEP("\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\"}]"), "step s: a value is read"},
        {STEP("\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\",\"at\":250,\"len\":7}]"), "read beyond"},
        {STEP("\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"pan\",\"at\":0,\"len\":7}]"), "is taken"},
        {STEP("\"apdu\":\"80CA9F3600\",\"store\":[{\"id\":\"0101\",\"value\":\"\"}]"), "step s: a step has"},
        {WITH(KEYS, "\"store\":[{\"id\":\"8000\",\"value\":\"{udk_ac}\"}]"), "step s: grouping 8000 holds"},
        {WITH(KEYS, "\"apdu\":\"80E20000 10 {udk_ac}\""), "step s: the command holds a secret"},
        {WITH(KEYS, "\"apdu\":\"80E20000 @len({udk_ac} @enc({udk_ac}))\""), "the command holds a secret"},
        {WITH(UDK, "\"apdu\":\"80E20000 10 {k}\""), "the command holds a secret"},
        {WITH(UDK, "\"apdu\":\"80CA9F3600\",\"assert\":[{\"is\":\"{k}\",\"equals\":\"\"}]"),
         "an assertion holds"},
        {STEP("\"apdu\":\"80CA9F3600\",\"when\":{\"is\":\"{pan}\",\"equals\":\"\"}"),
         "a condition holds card data"},
        {STEP("\"apdu\":\"80CA9F34 @len({pan})\",\"tag\":\"t\""), "a command with a tag"},
        {STEP("\"apdu\":\"80CA9F3600\",\"for\":{\"item\":\"i\",\"input\":\"l\",\"max\":2}"), "no input l"},
        {STEP("\"apdu\":\"80CA9F3600\",\"for\":{\"item\":\"i\",\"in\":[\"01\",\"02\"],\"max\":1}"),
         "at most 1"},
        {STEP("\"store\":[{\"id\":\"01FF\",\"value\":\"{i}\"}],\"for\":{\"item\":\"i\",\"in\":[\"01\"],"
              "\"max\":2}"),
         "grouping 01FF with 2 members counts beyond its file"},
        {STEP("\"store\":[{\"id\":\"0101\",\"value\":\"{i}\"},{\"id\":\"0103\",\"value\":\"00\"}],"
              "\"for\":{\"item\":\"i\",\"in\":[\"01\"],\"max\":3}"),
         "grouping 0103 is among those that 0101 counts up to"},
        {STEP("\"store\":[{\"id\":\"0101\",\"value\":\"{i}\"},{\"id\":\"0201\",\"value\":\"00\"}],"
              "\"for\":{\"item\":\"i\",\"in\":[\"01\"],\"max\":16}"),
         "more than 24 groupings in one step"},
        {STEP("\"store\":[{\"id\":\"0101\",\"value\":\"{j}\"}],\"for\":{\"item\":\"i\",\"in\":[\"01\"],"
              "\"max\":1}"),
         "no variable {j}"},
        {WITH("\"derive\":[{\"name\":\"c\",\"how\":\"kcv\",\"with\":\"k\"}]", "\"apdu\":\"80CA9F3600\""),
         "derivation c: no secret k"},
        {WITH("\"derive\":[{\"name\":\"c\",\"how\":\"mac\",\"key\":\"k\",\"over\":\"00\"}]",
              "\"apdu\":\"80CA9F3600\""),
         "derivation c: mac takes with"},
        {WITH("\"derive\":[{\"name\":\"c\",\"how\":\"diversify\",\"key\":\"k\",\"over\":\"{c}\"}]",
              "\"apdu\":\"80E20000 10 {c}\""),
         "no variable {c}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        err_clear();
        if (perso_script_read(bytes_of_text(wrong[i].json), &script) == TSM_OK ||
            !strstr(err_cause(), wrong[i].cause))
            fail_msg("script %zu: %s", i, err_cause());
    }
}

/* An object without a named length is as long as the card says, in every step that reads it. */
/* Records of a file: one grouping a member, numbers counting up; of an order's list, of none of its members.
 */
static void groupings_of_a_list_count_up(void **state)
{
    static const char list[] =
        "{\"name\":\"records\",\"inputs\":[{\"name\":\"all\",\"from\":\"order\",\"list\":true}],"
        "\"steps\":[{\"name\":\"r\",\"store\":[{\"id\":\"0201\",\"value\":\"70({one})\"}],"
        "\"for\":{\"item\":\"one\",\"input\":\"all\",\"max\":3}}]}";
    static const char *const orders[] = {"{\"all\":[\"AA01\",\"BB\"]}", "{\"all\":[]}",
                                         "{\"all\":[\"01\",\"02\",\"03\",\"04\"]}"};
    struct script_output out;
    SCRIPT_PLAY p = {.script = &script, .keys = &keys};
    (void)state;
    assert_ok(perso_script_read(bytes_of_text(list), &script));
    for (size_t i = 0; i < 3; i++) {
        struct writer w = WRITER(room);
        json_t *order = json_loads(orders[i], 0, NULL);
        p.inputs[FROM_ORDER] = order;
        if (i == 2)
            assert_err(script_write(&p, 0, &w, &out), TSM_BAD_VALUE);
        else
            assert_ok(script_write(&p, 0, &w, &out));
        assert_true(i == 2 || (out.store && out.n == (i == 0 ? 2 : 0)));
        if (i == 0) {
            assert_int_equal(out.dgi[0].id, 0x0201);
            assert_int_equal(out.dgi[1].id, 0x0202);
            assert_hex(out.dgi[0].value, "7002AA01");
            assert_hex(out.dgi[1].value, "7001BB");
        }
        json_decref(order);
    }
}

static void what_is_read_twice_keeps_its_unknown_length(void **state)
{
    static const char twice[] =
        "{\"name\":\"twice\",\"steps\":["
        "{\"name\":\"one\",\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"x\",\"tag\":\"9F36\"},"
        "{\"name\":\"y\",\"at\":0,\"len\":2}]},"
        "{\"name\":\"two\",\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"x\",\"tag\":\"9F36\"}]},"
        "{\"name\":\"use\",\"apdu\":\"80E2000002{x}\"}%s]}";
    char whole[1024];
    (void)state;
    snprintf(whole, sizeof whole, twice, "");
    assert_ok(perso_script_read(bytes_of_text(whole), &script));
    snprintf(whole, sizeof whole, twice, ",{\"name\":\"wrong\",\"apdu\":\"80E2000003{y}\"}");
    assert_int_not_equal(perso_script_read(bytes_of_text(whole), &script), TSM_OK); /* y is two octets long */
}

static void a_cut_script_is_refused_wherever_it_ends(void **state)
{
    (void)state;
    assert_ok(perso_script_read(bytes_of_text(text), &script));
    for (size_t n = 0; n < strlen(text); n++)
        assert_int_not_equal(perso_script_read(BYTES_OF((const uint8_t *)text, n), &script), TSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_commands_depend_on_answers),
        cmocka_unit_test(a_step_is_repeated_over_a_list_of_a_named_length),
        cmocka_unit_test(what_was_read_outlives_an_exchange),
        cmocka_unit_test(wrong_answers_stop_the_script_and_tell_the_step),
        cmocka_unit_test(what_an_order_does_not_bring_is_named),
        cmocka_unit_test(wrong_scripts_are_refused_with_step_and_rule),
        cmocka_unit_test(groupings_of_a_list_count_up),
        cmocka_unit_test(what_is_read_twice_keeps_its_unknown_length),
        cmocka_unit_test(a_cut_script_is_refused_wherever_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
