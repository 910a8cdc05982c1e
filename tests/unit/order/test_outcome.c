/* SPDX-License-Identifier: Apache-2.0 */
/* What status words, proofs of receipt and errors of our own mean for an order. Unit test of order/outcome.c
 * and order/partner.c. [ISO 7816-4 5.6, TS 102 225 5.2 table 5] */
#include <stdlib.h>
#include <string.h>

#include "gp/apdu/apdu.h"
#include "order/outcome.h"
#include "ota/packet/packet.h"
#include "rig.h"

static const struct plan_step deletion = {.name = "DELETE", .also_fine = SW_NOT_FOUND};
static const struct plan_step loading = {.name = "LOAD"};

static void success_and_warnings_go_on(void **state)
{
    static const uint16_t fine[] = {SW_OK, 0x6103, 0x6200, 0x6283, SW_MORE_ENTRIES};
    struct failure f = {.reason = ""};
    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_int_equal(outcome_of_sw(&loading, fine[i], "LOAD block 0", &f), OUTCOME_GO_ON);
    assert_string_equal(f.reason, "");
}

static void what_a_step_wants_anyway_goes_on_for_that_step_only(void **state)
{
    struct failure f;
    (void)state;
    assert_int_equal(outcome_of_sw(&deletion, SW_NOT_FOUND, "DELETE", &f), OUTCOME_GO_ON);
    assert_int_equal(outcome_of_sw(&loading, SW_NOT_FOUND, "LOAD", &f), OUTCOME_FAIL);
    assert_int_equal(outcome_of_sw(&loading, 0, "LOAD", &f),
                     OUTCOME_FAIL); /* no also_fine is not status 0000 */
}

/* A limit may cut a character in two, and a cause may quote what is no text at all. */
static void a_failure_is_utf8_whatever_its_cause_quotes(void **state)
{
    char quoted[FAILURE_TEXT_MAX + 8];
    struct failure f;
    json_t *o;
    (void)state;
    memset(quoted, 'x', sizeof quoted);
    memcpy(quoted + FAILURE_TEXT_MAX - 2, "\xC3\xA9", 3); /* its first octet is the last that has room */
    failure_set(&f, OWNER_SP, "mend it", "%s", quoted);
    assert_non_null(o = failure_json(&f));
    assert_int_equal(strlen(f.reason), FAILURE_TEXT_MAX - 2);
    json_decref(o);
    failure_set(&f, OWNER_SP, "mend it", "\xC3\xA9 \xFF no text");
    assert_non_null(o = failure_json(&f));
    assert_string_equal(f.reason, "\xC3\xA9 ? no text");
    json_decref(o);
}

static void the_json_of_a_failure_has_room(void **state)
{
    struct failure f;
    char *text;
    json_t *o;
    (void)state;
    failure_set(&f, OWNER_SP, "", "%s", "");
    memset(f.reason, 1, sizeof f.reason - 1);
    memset(f.next_action, 1, sizeof f.next_action - 1);
    f.reason[sizeof f.reason - 1] = f.next_action[sizeof f.next_action - 1] = 0;
    assert_non_null(o = failure_json(&f));
    assert_non_null(text = json_dumps(o, JSON_COMPACT));
    assert_in_range(strlen(text), 2 * 6 * (FAILURE_TEXT_MAX - 1), FAILURE_JSON_MAX - 1);
    free(text);
    json_decref(o);
}

/* Status, whose fault, and a word of what to do. */
static const struct {
    uint16_t sw;
    enum fault_owner owner;
    const char *next;
} refusals[] = {
    {0x6300, OWNER_SEM, "do not retry"},   {0x63C2, OWNER_SE, "manual"},
    {SW_NO_SPACE, OWNER_SE, "memory"},     {SW_CONDITIONS, OWNER_SE, "registry"},
    {SW_BAD_DATA, OWNER_SP, "check"},      {SW_SECURITY, OWNER_SEM, "keys"},
    {SW_NOT_FOUND, OWNER_SEM, "registry"}, {SW_NO_APPLICATION, OWNER_SEM, "audit"},
    {0x6F00, OWNER_SE, "manual"},          {0x9484, OWNER_SEM, "token"},
    {0x9485, OWNER_SEM, "check values"},   {0x6983, OWNER_SEM, "do not retry"},
    {0x6581, OWNER_SE, "memory"},          {0x6A81, OWNER_SE, "locked"},
    {0x6881, OWNER_DEVICE, "order again"}, {0x6600, OWNER_SEM, "certificates"},
    {0x6640, OWNER_SEM, "allow list"},     {0x0000, OWNER_SE, "manual"},
};

/* What each error table of GPCS chapter 11 and Amendment F 7 names is told in words, and has a way on: only
 * 6400 and 6F00 say nothing themselves. */
static void every_status_of_the_standards_tables_has_words_and_a_way_on(void **state)
{
    static const uint16_t tables[] = {
        0x6581, 0x6600, 0x6640, 0x6700, 0x6881, 0x6882, 0x6982, 0x6983, 0x6985, 0x6A80, 0x6A81,
        0x6A82, 0x6A84, 0x6A86, 0x6A87, 0x6A88, 0x6D00, 0x6E00, 0x9484, 0x9485, 0x6300,
    };
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct failure f;
        assert_int_equal(outcome_of_sw(&loading, tables[i], "the command", &f), OUTCOME_FAIL);
        assert_null(strstr(f.reason, "unknown status"));
        assert_null(strstr(f.next_action, "manual"));
    }
}

static void a_refusal_names_owner_step_command_and_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct failure f;
        char sw[8];
        snprintf(sw, sizeof sw, "%04X", refusals[i].sw);
        assert_int_equal(outcome_of_sw(&loading, refusals[i].sw, "the command", &f), OUTCOME_FAIL);
        assert_int_equal(f.owner, refusals[i].owner);
        assert_non_null(strstr(f.reason, "LOAD: the command"));
        assert_non_null(strstr(f.reason, sw));
        assert_non_null(strstr(f.next_action, refusals[i].next));
    }
}

static void proofs_of_receipt_go_on_wait_or_fail(void **state)
{
    (void)state;
    for (unsigned status = 0; status <= 0xFF; status++) {
        struct failure f = {.reason = ""};
        enum por_meaning got = outcome_of_por((uint8_t)status, true, 77, &f);
        if (status == POR_OK)
            assert_int_equal(got, POR_GO_ON);
        else if (status == POR_MORE_TIME || status == POR_BY_SUBMIT)
            assert_int_equal(got, POR_WAIT);
        else {
            assert_int_equal(got, POR_FAIL);
            assert_non_null(strstr(f.reason, "77"));
            assert_string_not_equal(f.next_action, "");
        }
        assert_int_equal(f.reason[0] != 0, got == POR_FAIL);
    }
}

static void a_proof_without_checksum_is_told_as_such(void **state)
{
    struct failure f;
    (void)state;
    assert_int_equal(outcome_of_por(POR_TAR_UNKNOWN, true, 1, &f), POR_FAIL);
    assert_int_equal(f.owner, OWNER_SEM);
    assert_null(strstr(f.reason, "not authenticated"));
    assert_int_equal(outcome_of_por(POR_TAR_UNKNOWN, false, 1, &f), POR_FAIL);
    assert_non_null(strstr(f.reason, "not authenticated"));
}

static void errors_of_our_own_become_failures(void **state)
{
    static const struct {
        enum tsm_err e;
        enum fault_owner owner;
    } rows[] = {
        {TSM_CRYPTOGRAM_WRONG, OWNER_SEM}, {TSM_MAC_WRONG, OWNER_DEVICE}, {TSM_KEY_MISSING, OWNER_SEM},
        {TSM_COUNTER_DEAD, OWNER_SEM},     {TSM_EXPIRED, OWNER_DEVICE},   {TSM_NEEDS_BETTER_LINK, OWNER_SEM},
        {TSM_NOT_ELIGIBLE, OWNER_SP},      {TSM_BAD_VALUE, OWNER_SP},     {TSM_UNSUPPORTED, OWNER_SP}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct failure f;
        failure_of_error(&f, rows[i].e, "the cause");
        assert_int_equal(f.owner, rows[i].owner);
        assert_non_null(strstr(f.reason, err_text(rows[i].e)));
        assert_non_null(strstr(f.reason, ": the cause"));
        failure_of_error(&f, rows[i].e, "");
        assert_string_equal(f.reason, err_text(rows[i].e));
        failure_of_own_work(&f); /* no provider sent it: the owner's own to mend */
        assert_int_equal(f.owner, rows[i].owner == OWNER_SP ? OWNER_SEM : rows[i].owner);
    }
}

static void a_failure_is_the_same_behind_the_wire(void **state)
{
    (void)state;
    for (int owner = 0; owner < FAULT_OWNER_COUNT; owner++) {
        struct failure f, back;
        json_t *o;
        failure_set(&f, (enum fault_owner)owner, "do this", "because of %d", owner);
        o = failure_json(&f);
        assert_int_equal(json_object_size(o), 3);
        failure_read(&back, o);
        json_decref(o);
        assert_int_equal(back.owner, owner);
        assert_string_equal(back.reason, f.reason);
        assert_string_equal(back.next_action, "do this");
    }
}

static void a_partners_failure_may_lack_anything(void **state)
{
    struct failure f;
    json_t *o = json_pack("{si ss}", "owner", 7, "reason", "%s%n is no format");
    (void)state;
    failure_read(&f, NULL);
    assert_int_equal(f.owner, OWNER_HUB);
    assert_string_not_equal(f.reason, "");
    failure_read(&f, o);
    json_decref(o);
    assert_int_equal(f.owner, OWNER_HUB);
    assert_string_equal(f.reason, "%s%n is no format");
}

static void long_texts_are_cut(void **state)
{
    char text[FAILURE_TEXT_MAX * 2];
    struct failure f;
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    failure_set(&f, OWNER_SP, text, "%s", text);
    assert_int_equal(strlen(f.reason), FAILURE_TEXT_MAX - 1);
    assert_int_equal(strlen(f.next_action), FAILURE_TEXT_MAX - 1);
}

static void partner_verbs_have_words_and_back(void **state)
{
    enum partner_verb verb;
    (void)state;
    for (int i = 0; i < PARTNER_VERB_COUNT; i++) {
        assert_ok(partner_verb_read(partner_verb_word(i), &verb));
        assert_int_equal(verb, i);
        assert_int_equal(strspn(partner_verb_word(i), "abcdefghijklmnopqrstuvwxyz-"),
                         strlen(partner_verb_word(i)));
    }
    assert_string_equal(partner_verb_word(PARTNER_VERB_COUNT), "unknown");
    assert_string_equal(partner_verb_word(-1), "unknown");
    assert_err(partner_verb_read("unknown", &verb), TSM_NOT_FOUND);
    assert_err(partner_verb_read("", &verb), TSM_NOT_FOUND);
}

/* What was asked before an update is still that behind it: messages on their way, works that were begun. */
static void partner_verbs_keep_the_numbers_of_stored_rows(void **state)
{
    static const char *const words[] = {"check-eligibility",
                                        "book-space",
                                        "release-space",
                                        "create-domain",
                                        "load-and-install",
                                        "remove",
                                        "begin-conversation",
                                        "send-script",
                                        "end-conversation",
                                        "notify",
                                        "generate-token",
                                        "verify-receipt",
                                        "list-application",
                                        "set-up-keys",
                                        "upgrade",
                                        "se-renewed",
                                        "make-accessible",
                                        "withdraw"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_string_equal(partner_verb_word((int64_t)i), words[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_and_warnings_go_on),
        cmocka_unit_test(what_a_step_wants_anyway_goes_on_for_that_step_only),
        cmocka_unit_test(a_refusal_names_owner_step_command_and_what_to_do),
        cmocka_unit_test(every_status_of_the_standards_tables_has_words_and_a_way_on),
        cmocka_unit_test(proofs_of_receipt_go_on_wait_or_fail),
        cmocka_unit_test(a_proof_without_checksum_is_told_as_such),
        cmocka_unit_test(errors_of_our_own_become_failures),
        cmocka_unit_test(a_failure_is_the_same_behind_the_wire),
        cmocka_unit_test(a_partners_failure_may_lack_anything),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(a_failure_is_utf8_whatever_its_cause_quotes),
        cmocka_unit_test(the_json_of_a_failure_has_room),
        cmocka_unit_test(partner_verbs_have_words_and_back),
        cmocka_unit_test(partner_verbs_keep_the_numbers_of_stored_rows),
    };
    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
