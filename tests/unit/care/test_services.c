/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules and the contactless registry: written, read back, malformed ones refused. Unit test of
 * gp/access and gp/contactless. */
#include <string.h>

#include "gp/access/rule.h"
#include "gp/contactless/crs.h"
#include "rig.h"

#define HASH  "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"
#define ENTRY "61144F07" RIG_PAYMENT "9F7002070181010080020001"

static uint8_t room[ACCESS_RULE_MAX];

static void a_rule_is_stored_and_deleted_by_its_reference(void **state)
{
    struct octets aid = octets_of(RIG_PAYMENT), hash = octets_of(HASH),
                  filter = octets_of("80A80000FFFF0000");
    struct access_rule r = {.aid = octets_bytes(&aid), .app_hash = octets_bytes(&hash), .allowed = true};
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(access_rule_store(&r, &w));
    assert_hex(written(&w), "F028E226E11F4F07" RIG_PAYMENT "C114" HASH "E303D00101");
    w = WRITER(room);
    r.filters = octets_bytes(&filter);
    assert_ok(access_rule_store(&r, &w));
    assert_hex(written(&w), "F02FE22DE11F4F07" RIG_PAYMENT "C114" HASH "E30AD00880A80000FFFF0000");
    w = WRITER(room);
    assert_ok(access_rule_delete(&r, &w));
    assert_hex(written(&w), "F121E11F4F07" RIG_PAYMENT "C114" HASH);
}

static void what_is_no_rule_is_refused(void **state)
{
    struct octets aid = octets_of(RIG_PAYMENT), hash = octets_of("A1A1"),
                  filter = octets_of("80A80000FFFF0000");
    struct access_rule r = {.aid = octets_bytes(&aid), .app_hash = octets_bytes(&hash), .allowed = true};
    struct writer w = WRITER(room);
    (void)state;
    assert_err(access_rule_store(&r, &w), TSM_BAD_LENGTH);
    r.app_hash = BYTES_NONE;
    r.filters = BYTES_OF(filter.at, 7);
    assert_err(access_rule_store(&r, &w), TSM_BAD_LENGTH);
    r.filters = octets_bytes(&filter);
    r.allowed = false;
    assert_err(access_rule_store(&r, &w), TSM_BAD_VALUE);
    assert_int_equal(w.len, 0);
}

static void the_masters_answer_is_walked_rule_by_rule(void **state)
{
    struct octets answer = octets_of("FF4000E226E11F4F07" RIG_PAYMENT "C114" HASH "E303D00101"
                                     "DF0100"
                                     "E20BE1044F00C100E303D00100");
    struct access_rule r;
    struct reader rules;
    (void)state;
    answer.at[2] = (uint8_t)(answer.len - 3);
    assert_ok(access_rules_open(octets_bytes(&answer), &rules));
    assert_ok(access_rules_next(&rules, &r));
    assert_hex(r.aid, RIG_PAYMENT);
    assert_hex(r.app_hash, HASH);
    assert_true(r.allowed);
    assert_ok(access_rules_next(&rules, &r));
    assert_int_equal(r.aid.len, 0);
    assert_false(r.allowed);
    assert_err(access_rules_next(&rules, &r), TSM_NOT_FOUND);
    for (size_t n = 0; n < answer.len; n++)
        assert_true(access_rules_open(BYTES_OF(answer.at, n), &rules) != TSM_OK);
}

static void the_contactless_commands_are_written(void **state)
{
    struct octets aid = octets_of(RIG_PAYMENT);
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(crs_set_status_write(CRS_ACTIVATE, octets_bytes(&aid), &w));
    assert_hex(written(&w), "80F00101094F07" RIG_PAYMENT "00");
    w = WRITER(room);
    assert_ok(crs_set_status_write(CRS_LAST, octets_bytes(&aid), &w));
    assert_hex(written(&w), "80F00281094F07" RIG_PAYMENT "00");
    w = WRITER(room);
    assert_ok(crs_get_status_write(true, &w));
    assert_hex(written(&w), "80F24001024F0000");
    assert_err(crs_set_status_write(CRS_ACTIVATE, HEX("F04F"), &w), TSM_BAD_LENGTH);
}

static void the_registry_is_walked_entry_by_entry(void **state)
{
    struct octets answer = octets_of(ENTRY ENTRY);
    struct crs_entry e;
    struct reader r;
    (void)state;
    answer.at[1] = answer.at[1 + answer.len / 2] = (uint8_t)(answer.len / 2 - 2);
    r = READER(octets_bytes(&answer));
    assert_ok(crs_next(&r, &e));
    assert_hex(e.aid, RIG_PAYMENT);
    assert_int_equal(e.life_cycle, 7);
    assert_int_equal(e.activation, 1);
    assert_true(e.has_priority && e.priority == 0);
    assert_ok(crs_next(&r, &e));
    assert_err(crs_next(&r, &e), TSM_NOT_FOUND);
    r = READER(HEX("62024F00"));
    assert_err(crs_next(&r, &e), TSM_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_stored_and_deleted_by_its_reference),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(the_masters_answer_is_walked_rule_by_rule),
        cmocka_unit_test(the_contactless_commands_are_written),
        cmocka_unit_test(the_registry_is_walked_entry_by_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
