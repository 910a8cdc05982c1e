/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal in front of a scripted card: what it sends, what it accepts, and why it refuses. */
#include "terminal/kernel.h"
#include "terminal/outcome.h"

#include "handset/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MAX_STEPS = 12, MAX_HEX = 1024 };

/* Commands in the order they must come, with their answers; a missing answer means the card is taken away. */
struct step {
    const char *command, *answer;
};

struct script {
    struct step steps[MAX_STEPS];
    size_t at;
};

static ssize_t play(void *card, const uint8_t *capdu, size_t len, uint8_t *out)
{
    struct script *s = card;
    char sent[MAX_HEX];
    assert_true(s->at < MAX_STEPS && s->steps[s->at].command);
    hs_hex_write(capdu, len, sent);
    assert_string_equal(sent, s->steps[s->at].command);
    const char *answer = s->steps[s->at++].answer;
    return answer ? hs_hex_read(answer, out, TERM_MAX_RAPDU) : -1;
}

/* Built by hand after EMV Book 3 and Contactless Book B: PPSE, FCI, GPO answers, two records, cryptograms. */
#define PPSE "00A404000E325041592E5359532E444446303100"
#define PPSE_ONE                                                                                 \
    "6F2E840E325041592E5359532E4444463031A51CBF0C1961174F07D2760000850101500944454D4F2043415244" \
    "8701019000"
#define SELECT   "00A4040007D276000085010100"
#define FCI_PDOL "6F1C8407D2760000850101A511500944454D4F20434152449F38039F37049000"
#define FCI      "6F168407D2760000850101A50B500944454D4F20434152449000"
#define GPO_PDOL "80A800000683041122334400"
#define GPO      "80A8000002830000"
#define GPO_80   "80061980080102009000"
#define GPO_77   "770A820219809404080102009000"
#define READ_1   "00B2010C00"
#define READ_2   "00B2020C00"
#define RECORD_1 "702257105413330089010434D3012201000000005F200D44454D4F2F435553544F4D45529000"
#define RECORD_2                                                                                 \
    "70365A0854133300890104345F3401015F24033012315F25032611018C159F02069F03069F1A0295055F2A029A" \
    "039C019F37049F0702FF009000"
#define GEN_AC "80AE80001D000000001234000000000000027680000000000978261122001122334400"
#define AC_77  "771E9F2701809F360200019F260801020304050607089F100706011203A000009000"
#define AC_80  "8012800001010203040506070806011203A000009000"
#define AAC_80 "8012000001010203040506070806011203A000009000"

static void transact(struct script *s, struct term_outcome *o)
{
    struct term_reader reader = {play, s};
    const struct term_request q = {.amount = 1234,
                                   .currency = 978,
                                   .today = {0x26, 0x11, 0x22},
                                   .unpredictable = {0x11, 0x22, 0x33, 0x44}};
    term_transact(&reader, &q, o);
}

static void tag_is(const struct term_outcome *o, uint32_t tag, const char *hex)
{
    char text[TERM_TEXT];
    term_hex(o, tag, text);
    assert_string_equal(text, hex);
}

static void a_card_with_a_pdol_pays_online(void **state)
{
    static struct term_outcome o;
    char pan[TERM_PAN_TEXT];
    struct script s = {{{PPSE, PPSE_ONE},
                        {SELECT, FCI_PDOL},
                        {GPO_PDOL, GPO_80},
                        {READ_1, RECORD_1},
                        {READ_2, RECORD_2},
                        {GEN_AC, AC_77}},
                       0};
    (void)state;
    transact(&s, &o);
    assert_string_equal(o.reason, "");
    assert_int_equal(o.result, TERM_ONLINE);
    assert_int_equal(s.at, 6);
    assert_string_equal(o.label, "DEMO CARD");
    term_shown_pan(&o, pan);
    assert_string_equal(pan, "541333******0434");
    tag_is(&o, 0x9F26, "0102030405060708");
    tag_is(&o, 0x9F36, "0001");
    tag_is(&o, 0x9F10, "06011203A00000");
    tag_is(&o, 0x82, "1980");
}

static void both_answer_formats_give_the_same_cryptogram(void **state)
{
    static struct term_outcome o;
    struct script s = {{{PPSE, PPSE_ONE},
                        {SELECT, FCI},
                        {GPO, GPO_77},
                        {READ_1, RECORD_1},
                        {READ_2, RECORD_2},
                        {GEN_AC, AC_80}},
                       0};
    (void)state;
    transact(&s, &o);
    assert_int_equal(o.result, TERM_ONLINE);
    tag_is(&o, 0x9F27, "80");
    tag_is(&o, 0x9F26, "0102030405060708");
    tag_is(&o, 0x9F10, "06011203A00000");
}

static void the_json_names_what_the_issuer_needs_and_masks_the_rest(void **state)
{
    static struct term_outcome o;
    struct script s = {{{PPSE, PPSE_ONE},
                        {SELECT, FCI},
                        {GPO, GPO_77},
                        {READ_1, RECORD_1},
                        {READ_2, RECORD_2},
                        {GEN_AC, AC_80}},
                       0};
    (void)state;
    transact(&s, &o);
    json_t *all = term_json(&o), *issuer = json_object_get(all, "issuer");
    assert_string_equal(json_string_value(json_object_get(all, "result")), "approved-online");
    assert_string_equal(json_string_value(json_object_get(all, "pan")), "541333******0434");
    assert_string_equal(json_string_value(json_object_get(issuer, "5A")), "5413330089010434");
    assert_string_equal(json_string_value(json_object_get(issuer, "9F02")), "000000001234");
    assert_string_equal(json_string_value(json_object_get(issuer, "9F37")), "11223344");
    json_object_del(all, "issuer");
    char *text = json_dumps(all, 0);
    assert_null(strstr(text, "5413330089010434"));
    free(text);
    json_decref(all);
}

static void refused(const struct step *steps, size_t count, const char *reason)
{
    static struct term_outcome o;
    struct script s = {.at = 0};
    memcpy(s.steps, steps, count * sizeof *steps);
    transact(&s, &o);
    assert_int_equal(s.at, count);
    assert_int_equal(o.result, TERM_REFUSED);
    assert_string_equal(o.reason, reason);
    json_t *all = term_json(&o);
    assert_null(json_object_get(all, "issuer"));
    json_decref(all);
}

#define REFUSED(reason, ...)                                       \
    do {                                                           \
        const struct step steps_[] = {__VA_ARGS__};                \
        refused(steps_, sizeof steps_ / sizeof steps_[0], reason); \
    } while (0)

static void a_card_without_a_payment_application_is_refused(void **state)
{
    (void)state;
    REFUSED("no payment application: the card has no PPSE (SW 6A82)", {PPSE, "6A82"});
    REFUSED("the PPSE cannot be selected (SW 6999)", {PPSE, "6999"});
    REFUSED("no payment application: the PPSE has no entry",
            {PPSE, "6F15840E325041592E5359532E4444463031A503BF0C009000"});
    REFUSED("no payment application: the PPSE has no entry",
            {PPSE, "6F12840E325041592E5359532E4444463031A5009000"});
    REFUSED("the answer of the PPSE is malformed", {PPSE, "6F30840E9000"});
    REFUSED("the answer of the PPSE is malformed", {PPSE, "9000"});
}

static void a_locked_application_is_refused(void **state)
{
    (void)state;
    REFUSED("the application is locked or absent (SW 6A82)", {PPSE, PPSE_ONE}, {SELECT, "6A82"});
    REFUSED("the application is locked or absent (SW 6283)", {PPSE, PPSE_ONE}, {SELECT, "6283"});
    REFUSED("conditions of use not satisfied (SW 6985)", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, "6985"});
}

static void broken_answers_are_refused(void **state)
{
    (void)state;
    REFUSED("the answer of the application to SELECT is malformed", {PPSE, PPSE_ONE},
            {SELECT, "6F0284009000"});
    REFUSED("the answer to GET PROCESSING OPTIONS is malformed", {PPSE, PPSE_ONE}, {SELECT, FCI},
            {GPO, "800219809000"});
    REFUSED("the application file locator is malformed", {PPSE, PPSE_ONE}, {SELECT, FCI},
            {GPO, "80061980080201009000"});
    REFUSED("a record of the AFL cannot be read (SW 6A83)", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77},
            {READ_1, "6A83"});
    REFUSED("a record is malformed", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77}, {READ_1, "70015A9000"});
    REFUSED("the records hold 57 twice, or too much", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77},
            {READ_1, RECORD_1}, {READ_2, RECORD_1});
    REFUSED("the records hold 9F02 twice, or too much", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77},
            {READ_1, "70099F02060000000000019000"});
}

static void a_card_that_declines_or_errs_gives_no_payment(void **state)
{
    (void)state;
    REFUSED("GENERATE AC was refused (SW 6F00)", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77},
            {READ_1, RECORD_1}, {READ_2, RECORD_2}, {GEN_AC, "6F00"});
    REFUSED("the card declined: no ARQC", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77}, {READ_1, RECORD_1},
            {READ_2, RECORD_2}, {GEN_AC, AAC_80});
    REFUSED("the answer to GENERATE AC is malformed", {PPSE, PPSE_ONE}, {SELECT, FCI}, {GPO, GPO_77},
            {READ_1, RECORD_1}, {READ_2, RECORD_2}, {GEN_AC, "800A800001010203040506079000"});
    REFUSED("the records hold no card number (5A)", {PPSE, PPSE_ONE}, {SELECT, FCI},
            {GPO, "80061980080101009000"}, {READ_1, RECORD_1});
}

/* Two entries, priorities 2 and 1: the second is tried first, and when it is locked the first. */
static void applications_are_tried_by_priority(void **state)
{
    static const char two[] = "6F36840E325041592E5359532E4444463031A524BF0C21610C4F07D27600008501018701026111"
                              "4F07D2760000850102500344454D8701019000";
    static struct term_outcome o;
    struct script s = {{{PPSE, two}, {"00A4040007D276000085010200", "6A82"}, {SELECT, FCI}, {GPO, "6985"}},
                       0};
    (void)state;
    transact(&s, &o);
    assert_int_equal(s.at, 4);
    assert_int_equal(o.result, TERM_REFUSED);
}

static void a_card_taken_away_is_no_card(void **state)
{
    static struct term_outcome o;
    struct script s = {{{PPSE, PPSE_ONE}, {SELECT, NULL}}, 0};
    (void)state;
    transact(&s, &o);
    assert_int_equal(o.result, TERM_NO_CARD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_with_a_pdol_pays_online),
        cmocka_unit_test(both_answer_formats_give_the_same_cryptogram),
        cmocka_unit_test(the_json_names_what_the_issuer_needs_and_masks_the_rest),
        cmocka_unit_test(a_card_without_a_payment_application_is_refused),
        cmocka_unit_test(a_locked_application_is_refused),
        cmocka_unit_test(broken_answers_are_refused),
        cmocka_unit_test(a_card_that_declines_or_errs_gives_no_payment),
        cmocka_unit_test(applications_are_tried_by_priority),
        cmocka_unit_test(a_card_taken_away_is_no_card),
    };
    return cmocka_run_group_tests_name("lab terminal", tests, NULL, NULL);
}
