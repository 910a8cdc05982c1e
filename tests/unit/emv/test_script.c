/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts: commands with variables, readings, assertions, and every way to be wrong. Unit
 * test of emv/script. */
#include <string.h>

#include "../vectors.h"
#include "emv/script/script.h"

static const char text[] =
    "{\"name\":\"counter\",\"steps\":["
    "{\"apdu\":\"80CA9F36 00\",\"expect\":[\"9000\",\"6A88\"],\"read\":[{\"name\":\"atc\",\"tag\":\"9F36\"},"
    "{\"name\":\"first\",\"at\":0,\"len\":2}],\"assert\":[{\"is\":\"{first}\",\"equals\":\"9F36\"}]},"
    "{\"apdu\":\"80E20000 06 {atc}{serial}\"}]}";

static struct perso_script script;

static struct script_play fresh(void)
{
    struct script_play p = {.script = &script};
    assert_ok(perso_script_read(bytes_of_text(text), &script));
    assert_ok(script_set(&p, "serial", HEX("01020304")));
    return p;
}

static void a_script_is_played_to_its_end(void **state)
{
    struct script_play p = fresh();
    uint8_t room[SCRIPT_COMMAND_MAX];
    struct writer w = WRITER(room);
    bool done;
    (void)state;
    assert_ok(script_command(&p, &w, &done));
    assert_hex(written(&w), "80CA9F3600");
    assert_ok(script_answer(&p, HEX("9F36020007"), 0x9000));
    w = WRITER(room);
    assert_ok(script_command(&p, &w, &done));
    assert_hex(written(&w), "80E2000006000701020304");
    assert_ok(script_answer(&p, BYTES_NONE, 0x9000));
    assert_ok(script_command(&p, &w, &done));
    assert_true(done);
    assert_err(script_answer(&p, BYTES_NONE, 0x9000), TSM_WRONG_STATE);
}

static void a_reading_beyond_the_answer_is_refused(void **state)
{
    struct script_play p = fresh();
    (void)state;
    assert_err(script_answer(&p, HEX("9F"), 0x9000), TSM_NOT_FOUND);
    script.step[0].read[0] = script.step[0].read[1];
    assert_err(script_answer(&p, HEX("9F"), 0x9000), TSM_SHORT_INPUT);
    script.step[0].read[0].at = SIZE_MAX;
    assert_err(script_answer(&p, HEX("9F36020007"), 0x9000), TSM_SHORT_INPUT);
    assert_int_equal(p.next, 0);
}

static void wrong_answers_stop_the_script_and_tell_the_step(void **state)
{
    struct script_play p = fresh();
    uint8_t room[SCRIPT_COMMAND_MAX];
    struct writer w = WRITER(room);
    bool done;
    (void)state;
    assert_err(script_answer(&p, BYTES_NONE, 0x6985), TSM_CARD_REFUSED);
    assert_non_null(strstr(err_cause(), "step 1"));
    assert_err(script_answer(&p, HEX("9F1702000A 9F36020007"), 0x9000), TSM_CONFLICT);
    p.next = 1;
    p.values_n = 0;
    assert_err(script_command(&p, &w, &done), TSM_NOT_FOUND);
    assert_ok(script_set(&p, "serial", HEX("01")));
    assert_ok(script_set(&p, "atc", HEX("0001")));
    assert_err(script_command(&p, &w, &done), TSM_BAD_LENGTH);
    assert_int_equal(w.len, 0);
}

static void wrong_scripts_are_refused_when_they_are_read(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"name\":\"x\",\"steps\":[]}",
        "{\"name\":\"x\",\"steps\":[{\"apdu\":\"00\"}]}",
        "{\"name\":\"x\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"expect\":[\"90\"]}]}",
        "{\"name\":\"x\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\"}]}]}",
        "{\"name\":\"x\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\",\"tag\":\"9F\"}]}]}",
        ("{\"name\":\"x\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"read\":[{\"name\":\"a\",\"tag\":\"57\","
         "\"len\":1}]}]}"),
        "{\"name\":\"x\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"assert\":[{\"is\":\"{a}\"}]}]}",
        "{\"name\":\"x\",\"steps\":[{\"apdu\":\"80CA9F3600\",\"loop\":3}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(perso_script_read(bytes_of_text(wrong[i]), &script) != TSM_OK);
    for (size_t n = 0; n < strlen(text); n++)
        assert_true(perso_script_read(BYTES_OF((const uint8_t *)text, n), &script) != TSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_is_played_to_its_end),
        cmocka_unit_test(a_reading_beyond_the_answer_is_refused),
        cmocka_unit_test(wrong_answers_stop_the_script_and_tell_the_step),
        cmocka_unit_test(wrong_scripts_are_refused_when_they_are_read),
    };
    return cmocka_run_group_tests_name("emv/script", tests, NULL, NULL);
}
