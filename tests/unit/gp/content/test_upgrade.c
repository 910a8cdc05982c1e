/* SPDX-License-Identifier: Apache-2.0 */
/* MANAGE ELF UPGRADE as bytes. Unit test of gp/upgrade. The octets are written out from the coding that
 * public clients of the command have: 80 EA, A1 { 4F [80] }; confirmation and session information with their
 * lengths. */
#include "gp/command/describe.h"
#include "gp/upgrade/upgrade.h"
#include "../rig.h"

static void assert_writes(const struct upgrade_request *q, const char *hex)
{
    uint8_t out[64];
    struct writer w = WRITER(out);
    assert_ok(upgrade_write(q, &w));
    assert_hex(written(&w), hex);
}

static void start_names_the_load_file_and_its_options(void **state)
{
    uint8_t room[64];
    struct writer w = WRITER(room);
    (void)state;
    assert_writes(&(struct upgrade_request){.action = UPGRADE_START, .file = HEX("F04F54534D0001")},
                  "80EA01000BA1094F07F04F54534D000100");
    assert_writes(
        &(struct upgrade_request){.action = UPGRADE_START, .file = HEX("D000CAFE0001"), .options = 1},
        "80EA01000DA10B4F06D000CAFE000180010100");
    assert_err(upgrade_write(&(struct upgrade_request){.action = UPGRADE_START, .file = HEX("D000")}, &w),
               TSM_BAD_LENGTH);
}

static void the_others_carry_no_data(void **state)
{
    (void)state;
    assert_writes(&(struct upgrade_request){.action = UPGRADE_RESUME}, "80EA020000");
    assert_writes(&(struct upgrade_request){.action = UPGRADE_RECOVERY}, "80EA030000");
    assert_writes(&(struct upgrade_request){.action = UPGRADE_ABORT}, "80EA040000");
    assert_writes(&(struct upgrade_request){.action = UPGRADE_STATUS}, "80EA080000");
}

static enum tsm_err read_session(struct bytes in)
{
    struct upgrade_session s;
    return upgrade_read(in, &s);
}

static void the_answer_tells_where_the_session_stands(void **state)
{
    struct upgrade_session s;
    (void)state;
    assert_ok(upgrade_read(HEX("000DA10B9001024F06D000CAFE0001"), &s));
    assert_int_equal(s.status, SESSION_WAITS_FOR_FILE);
    assert_hex(s.file, "D000CAFE0001");
    assert_int_equal(s.confirmation.len, 0);
    assert_ok(upgrade_read(HEX("0005A103900100"), &s));
    assert_int_equal(s.status, SESSION_NONE);
    assert_int_equal(s.file.len, 0);
    assert_ok(upgrade_read(HEX("02ABCD0DA10B9001504F06D000CAFE0001"), &s));
    assert_int_equal(s.status, SESSION_IN_RESTORE);
    assert_hex(s.confirmation, "ABCD");
    assert_refuses_prefixes_and_tail(read_session, "000DA10B9001024F06D000CAFE0001");
}

static void an_answer_without_status_is_refused(void **state)
{
    (void)state;
    assert_err(read_session(HEX("000AA1084F06D000CAFE0001")), TSM_MISSING_FIELD);
    assert_err(read_session(HEX("00039001024F")), TSM_TRAILING_BYTES);
    assert_err(read_session(HEX("0006A10490020000")), TSM_BAD_LENGTH);
    assert_err(read_session(HEX("0009A1079001024F02D000")), TSM_BAD_LENGTH);
}

static void words_tell_the_action(void **state)
{
    char text[80];
    (void)state;
    gp_describe(HEX("80EA020000"), text, sizeof text);
    assert_string_equal(text, "MANAGE ELF UPGRADE resume");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_names_the_load_file_and_its_options),
        cmocka_unit_test(the_others_carry_no_data),
        cmocka_unit_test(the_answer_tells_where_the_session_stands),
        cmocka_unit_test(an_answer_without_status_is_refused),
        cmocka_unit_test(words_tell_the_action),
    };
    return cmocka_run_group_tests_name("gp upgrade", tests, NULL, NULL);
}
