/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the device interface: version patterns, error types, the choice between elements, progress; and
 * that no statement of it writes to what the administration interface keeps. [TR-03165 4.2] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "order/card/component.h"
#include "role/sp/tsmapi/process/process.h"
#include "store/sql.h"

static void only_four_version_patterns_are_supported(void **state)
{
    static const struct {
        const char *text;
        enum tsm_err e;
        size_t fixed;
    } rows[] = {
        {"1.3.0", TSM_OK, 3},
        {"1.3.x", TSM_OK, 2},
        {"1.X.x", TSM_OK, 1},
        {"x.X.x", TSM_OK, 0},
        {"x.1.x", TSM_UNSUPPORTED, 0},
        {"x.x.1", TSM_UNSUPPORTED, 0},
        {"1.x.1", TSM_UNSUPPORTED, 0},
        {"1.x", TSM_UNSUPPORTED, 0},
        {"1", TSM_UNSUPPORTED, 0},
        {"x", TSM_UNSUPPORTED, 0},
        {"1.2.3.4", TSM_UNSUPPORTED, 0},
        {"1..3", TSM_UNSUPPORTED, 0},
        {"1.2.", TSM_UNSUPPORTED, 0},
        {"1.2.xx", TSM_UNSUPPORTED, 0},
        {"1.2.3x", TSM_UNSUPPORTED, 0},
        {"1.2.99999999999", TSM_UNSUPPORTED, 0},
        {"", TSM_BAD_FORM, 0},
        {"1.2.*", TSM_BAD_FORM, 0},
        {"-1.2.3", TSM_BAD_FORM, 0},
        {"1.2.3 ", TSM_BAD_FORM, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct version v;
        assert_int_equal(version_pattern(rows[i].text, &v), rows[i].e);
        if (rows[i].e == TSM_OK)
            assert_int_equal(v.fixed, rows[i].fixed);
    }
}

static void versions_are_compared_as_numbers(void **state)
{
    static const char *const rising[] = {"0.0.1", "0.9.0", "0.10.0", "1.0.0", "1.0.10", "1.2.0", "10.0.0"};
    struct version a, b, pattern;
    (void)state;
    for (size_t i = 0; i + 1 < sizeof rising / sizeof rising[0]; i++) {
        assert_int_equal(version_tag(rising[i], &a), TSM_OK);
        assert_int_equal(version_tag(rising[i + 1], &b), TSM_OK);
        assert_true(version_compare(&a, &b) < 0 && version_compare(&b, &a) > 0);
    }
    assert_int_equal(version_pattern("1.x.x", &pattern), TSM_OK);
    assert_false(version_fits(&pattern, &b));
    assert_true(version_fits(&pattern, &a));
    assert_int_equal(version_tag("1.2.x", &a), TSM_BAD_FORM);
}

static void error_texts_are_those_of_the_guideline(void **state)
{
    char text[FAULT_TEXT_MAX];
    struct fault f = {.type = API_OK};
    (void)state;
    assert_string_equal(fault_text(&f, text), "");
    (void)fault_set(&f, API_NOT_FOUND, "version %s does not exist", "1.1.1");
    assert_string_equal(fault_text(&f, text), "Not found: version 1.1.1 does not exist");
    (void)fault_set(&f, API_OVERLOAD_PROTECTION, "%s", "anything");
    assert_string_equal(fault_text(&f, text), "Overload protection: The system is currently not available, "
                                              "please try again later.");
    (void)fault_set(&f, API_UNSPECIFIED, "%s", "x");
    assert_string_equal(fault_text(&f, text), "Unspecified: x");
    for (int type = 1; type <= 20; type++) {
        (void)fault_set(&f, (enum api_error)type, "%s", "d");
        assert_true(strlen(fault_text(&f, text)) > 4);
    }
}

static int type_of(enum fault_owner owner, const char *reason, bool expired)
{
    struct fault f = {.type = API_OK};
    struct failure failure;
    failure_set(&failure, owner, "", "%s", reason);
    fault_of_failure(&f, &failure, expired);
    return (int)f.type;
}

static void a_failed_order_has_the_type_of_its_owner_and_cause(void **state)
{
    (void)state;
    assert_int_equal(type_of(OWNER_SE, "LOAD was answered 6A84", false), API_SECURE_COMPONENT_ERROR);
    assert_int_equal(type_of(OWNER_SE, "not eligible: no space", false), API_NO_ELIGIBLE_SC);
    assert_int_equal(type_of(OWNER_SEM, "no key", false), API_ISSUER_ERROR);
    assert_int_equal(type_of(OWNER_HUB, "away", false), API_ISSUER_ERROR);
    assert_int_equal(type_of(OWNER_OTA, "no delivery", false), API_NETWORK_CONNECTION_ERROR);
    assert_int_equal(type_of(OWNER_DEVICE, "no agent came", false), API_EXECUTION_INTERRUPTED);
    assert_int_equal(type_of(OWNER_SP, "the card number is wrong", false), API_INVALID_ARGUMENT);
    assert_int_equal(type_of(OWNER_SEM, "anything", true), API_EXECUTION_INTERRUPTED);
}

static void an_inner_fault_is_not_told_to_apps(void **state)
{
    struct fault f = {.type = API_OK};
    (void)state;
    (void)FAIL(DATABASE, "table orders is locked by /var/lib/tsm.db");
    fault_of_error(&f, TSM_DATABASE);
    assert_int_equal(f.type, API_INTERNAL_ERROR);
    assert_null(strstr(f.details, "orders"));
    err_clear();
}

static void the_choice_depends_on_the_set_alone(void **state)
{
    struct shown_element e[4] = {{.type = COMPONENT_UICC, .eligible = true, .element = "1/10"},
                                 {.type = COMPONENT_ESE, .eligible = true, .element = "1/30"},
                                 {.type = COMPONENT_EUICC, .eligible = true, .element = "1/20"},
                                 {.type = COMPONENT_ESE, .eligible = true, .element = "1/29"}};
    (void)state;
    for (size_t turn = 0; turn < 4; turn++) {
        struct shown_element first = e[0];
        assert_string_equal(e[element_choose(e, 4)].element, "1/29");
        memmove(e, e + 1, 3 * sizeof e[0]);
        e[3] = first;
    }
    e[1].eligible = e[3].eligible = false;
    assert_string_equal(e[element_choose(e, 4)].element, "1/20");
    e[0].eligible = e[2].eligible = false;
    assert_int_equal(element_choose(e, 4), -1);
}

/* GPCS Appendix H.6: fabricator and type first, serial number at octet 12, batch at 16. */
static void an_element_is_known_by_what_its_cplc_says(void **state)
{
    struct component c = {.seid = ""};
    struct ident names[IDENTS_MAX];
    (void)state;
    snprintf(c.cplc, sizeof c.cplc, "9F7F2A%.24s%.8s%.4s%048d", "479005014791816700001122", "33445566",
             "AABB", 0);
    assert_int_equal(component_idents(&c, names), 2);
    assert_int_equal(names[0].kind, SE_BY_CPLC);
    assert_int_equal(strlen(names[0].ref), 84);
    assert_int_equal(names[1].kind, SE_BY_SEID);
    assert_string_equal(names[1].ref, "47900501AABB33445566");
    snprintf(c.seid, sizeof c.seid, "00112233");
    c.cplc[20] = 0;
    assert_int_equal(component_idents(&c, names), 1);
    assert_string_equal(names[0].ref, "00112233");
}

static void progress_only_grows(void **state)
{
    (void)state;
    for (int op = OP_DEPLOY; op < OP_EXCHANGE; op++) {
        int last = process_progress((enum operation)op, 0);
        assert_int_equal(last, 0);
        for (int64_t step = 1; step < 40; step++) {
            int now = process_progress((enum operation)op, step);
            assert_true(now >= last && now < 100);
            last = now;
        }
        assert_int_equal(last, 99);
    }
}

static void a_process_that_is_not_started_is_over_in_time(void **state)
{
    struct process_row p = {.state = PROCESS_WAITS, .start_by = 1000};
    (void)state;
    process_settle(&p, 999);
    assert_int_equal(p.state, PROCESS_WAITS);
    process_settle(&p, 1000);
    assert_int_equal(p.state, PROCESS_OVER);
    assert_int_equal(p.status, API_EXECUTION_INTERRUPTED);
    p = (struct process_row){.state = PROCESS_STARTED, .start_by = 1000};
    process_settle(&p, 5000);
    assert_int_equal(p.state, PROCESS_STARTED);
}

/* --- need to know [4.2.2] --- */

/* Where the types of clause 4.1.4 are kept. */
static const char *const kept[] = {"tr_entity",
                                   "tr_link",
                                   "tr_pair",
                                   "tr_file",
                                   "service",
                                   "service_version",
                                   "flavor",
                                   "executable_load_file",
                                   "load_file_revision",
                                   "perso_script",
                                   "se_profile"};

static bool writes_to(const char *text, const char *table)
{
    static const char *const verbs[] = {"INSERT INTO ", "UPDATE ", "DELETE FROM "};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        const char *at = strstr(text, verbs[i]);
        size_t n = strlen(table);
        if (at && !strncmp(at + strlen(verbs[i]), table, n) && strchr(" (", at[strlen(verbs[i]) + n]))
            return true;
    }
    return false;
}

static void check_statement(const char *name, size_t n)
{
    for (size_t i = 0; i < SQL_COUNT; i++) {
        if (strlen(sql_table[i].name) != n || strncmp(sql_table[i].name, name, n) != 0)
            continue;
        for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++)
            if (writes_to(sql_table[i].text, kept[k]))
                fail_msg("%s writes to %s", sql_table[i].name, kept[k]);
        return;
    }
    fail_msg("there is no statement %.*s", (int)n, name);
}

static size_t check_file(const char *path)
{
    static char text[64 * 1024];
    FILE *f = fopen(path, "re");
    size_t n = 0, found = 0;
    assert_non_null(f);
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    for (const char *at = strstr(text, "SQL_"); at; at = strstr(at, "SQL_")) {
        at += 4;
        check_statement(at, strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"));
        found++;
    }
    return found;
}

static void nothing_here_writes_to_what_the_administration_interface_keeps(void **state)
{
    static const char *const files[] = {
        "serve",         "find/service",   "find/instance",  "find/element", "find/choice",
        "method/create", "method/list",    "method/check",   "method/begin", "process/process",
        "process/view",  "process/follow", "process/refused"};
    const char *root = getenv("TSM_SOURCE_ROOT");
    size_t found = 0;
    (void)state;
    if (!root)
        skip();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[500];
        snprintf(path, sizeof path, "%s/src/role/sp/tsmapi/%s.c", root, files[i]);
        found += check_file(path);
    }
    assert_true(found > 20);
    assert_true(writes_to("UPDATE flavor SET version = $2", "flavor")); /* the test itself can fail */
    assert_false(writes_to("UPDATE service_instance SET uuid = $2", "service"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_four_version_patterns_are_supported),
        cmocka_unit_test(versions_are_compared_as_numbers),
        cmocka_unit_test(error_texts_are_those_of_the_guideline),
        cmocka_unit_test(a_failed_order_has_the_type_of_its_owner_and_cause),
        cmocka_unit_test(an_inner_fault_is_not_told_to_apps),
        cmocka_unit_test(the_choice_depends_on_the_set_alone),
        cmocka_unit_test(an_element_is_known_by_what_its_cplc_says),
        cmocka_unit_test(progress_only_grows),
        cmocka_unit_test(a_process_that_is_not_started_is_over_in_time),
        cmocka_unit_test(nothing_here_writes_to_what_the_administration_interface_keeps),
    };
    return cmocka_run_group_tests_name("tsmapi-tables", tests, NULL, NULL);
}
