/* SPDX-License-Identifier: Apache-2.0 */
/* What a live card says of itself, the profile it has, the profile proposed for it. Unit test of order/card/.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "order/card/iccid.h"
#include "order/card/component.h"
#include "order/card/identify.h"
#include "order/card/match.h"
#include "rig.h"

enum { ANSWERS = 8 };

/* An embedded SE as the rig's profile describes it; the answers live as long as the desk. */
struct desk {
    struct octets select, cplc, recognition, capabilities, keys, resources, issuer;
    struct card_answers answers;
    struct card_sight sight;
};

static void look(struct desk *d)
{
    d->answers = (struct card_answers){.select = octets_bytes(&d->select),
                                       .cplc = octets_bytes(&d->cplc),
                                       .recognition = octets_bytes(&d->recognition),
                                       .capabilities = octets_bytes(&d->capabilities),
                                       .keys = octets_bytes(&d->keys),
                                       .resources = octets_bytes(&d->resources),
                                       .issuer = octets_bytes(&d->issuer)};
    card_sight_read(&d->answers, &d->sight);
}

static void make_desk(struct desk *d)
{
    *d = (struct desk){.select = octets_of("6F108408A000000151000000A5049F6501FF"),
                       .cplc = octets_of("9F7F2A4F54534D4F541015010010150000000100010000"
                                         "00000000000000000000000000000000000000000000"),
                       .recognition = octets_of("6626732406072A864886FC6B01600C060A2A864886FC6B02020301640B06"
                                                "092A864886FC6B040370"),
                       .capabilities = octets_of("6712A00B80010381036070108201078203000000"),
                       .keys = octets_of("E012C00401FF8810C00402FF8810C00403FF8810"),
                       .resources = octets_of("FF210D81010182040002000083020800"),
                       .issuer = octets_of("42049999900F")};
    look(d);
}

static struct se_profile profile_of(const char *member, const char *text)
{
    struct se_profile p;
    json_t *o = rig_ese();
    if (member)
        json_object_set_new(o, member, json_string(text));
    assert_ok(profile_read(o, &p));
    json_decref(o);
    return p;
}

static enum card_fit fit_of(const struct desk *d, const struct se_profile *p, const char *member)
{
    struct profile_fit f;
    profile_fit(p, &d->sight, &f);
    if (member)
        assert_string_equal(f.member, member);
    return f.fit;
}

static void answers_are_read_each_for_itself(void **state)
{
    struct desk d;
    uint8_t i = 0;
    (void)state;
    make_desk(&d);
    assert_int_equal(d.sight.faults, 0);
    assert_hex(d.sight.isd_aid, "A000000151000000");
    assert_int_equal(d.sight.max_data, 255);
    assert_int_equal(d.sight.cplc.os, 0x4F54);
    assert_true(card_sight_offers(&d.sight, 3, &i));
    assert_int_equal(i, 0x70);
    assert_false(card_sight_offers(&d.sight, 2, &i));
    assert_int_equal(d.sight.aes_sizes, 7);
    assert_int_equal(d.sight.sets, 1);
    assert_int_equal(d.sight.set[0].kvn, 0xFF);
    assert_int_equal(d.sight.set[0].keys, 3);
    assert_int_equal(d.sight.resources.free_nonvolatile, 131072);
    assert_hex(d.sight.issuer, "9999900F");
}

static void a_broken_answer_is_named_and_the_others_count(void **state)
{
    struct desk d;
    (void)state;
    make_desk(&d);
    d.keys = octets_of("E012C004");
    d.cplc = octets_of("9F7F0102");
    look(&d);
    assert_int_equal(d.sight.faults, 2);
    assert_string_equal(d.sight.fault[0], "CPLC (9F7F)");
    assert_string_equal(d.sight.fault[1], "key information (E0)");
    assert_false(d.sight.has_cplc);
    assert_int_equal(d.sight.max_data, 255);
    assert_string_equal(err_cause(), "");
}

static void capabilities_tell_protocols_where_recognition_does_not(void **state)
{
    struct desk d;
    uint8_t i = 0;
    (void)state;
    make_desk(&d);
    d.recognition.len = 0;
    look(&d);
    assert_true(card_sight_offers(&d.sight, 3, &i));
    assert_int_equal(i, 0x60); /* the first of 60 70 10 */
    assert_int_equal(d.sight.card.protocols, 3);
}

static void a_pattern_is_the_beginning_with_dots_for_any_digit(void **state)
{
    size_t digits = 0;
    (void)state;
    assert_true(pattern_fits("4F54", HEX("4F54AA"), &digits));
    assert_int_equal(digits, 4);
    assert_true(pattern_fits("..5.4d", HEX("4F574D"), &digits));
    assert_int_equal(digits, 7);
    assert_false(pattern_fits("4F55", HEX("4F54AA"), &digits));
    assert_false(pattern_fits("4F54AABB", HEX("4F54AA"), &digits)); /* longer than the value */
    assert_false(pattern_fits("", HEX("4F54AA"), &digits));
    assert_int_equal(digits, 7);
}

static void a_profile_that_names_the_card_knows_it(void **state)
{
    struct se_profile p = profile_of("cplc", "........4F5410150100"), open = profile_of(NULL, NULL);
    struct desk d;
    (void)state;
    make_desk(&d);
    assert_int_equal(fit_of(&d, &p, NULL), FIT_KNOWN);
    assert_int_equal(fit_of(&d, &open, NULL), FIT_OPEN);
    p = profile_of("recognition", "73..06072A864886FC6B01");
    assert_int_equal(fit_of(&d, &p, NULL), FIT_KNOWN);
    d.cplc.len = d.recognition.len = 0;
    look(&d);
    assert_int_equal(fit_of(&d, &p, NULL), FIT_OPEN); /* the card does not tell */
}

static void each_contradiction_names_its_member(void **state)
{
    static const struct {
        const char *name, *hex; /* what the card says instead */
        const char *member;
    } rows[] = {
        {"select", "6F108408A000000003000000A5049F6501FF", "isd_aid"},
        {"select", "6F108408A000000151000000A5049F650180", "command_max"},
        {"recognition", "6626732406072A864886FC6B01600C060A2A864886FC6B02020301640B06092A864886FC6B040255",
         "protocol"},
        {"recognition", "6626732406072A864886FC6B01600C060A2A864886FC6B02020301640B06092A864886FC6B040360",
         "protocol"},
        {"recognition", "6600", NULL}, /* no protocol is told */
        {"keys", "E006C00401FF8010", "isd_kvn"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct se_profile p = profile_of("cplc", "4F54");
        struct desk d;
        struct octets said = octets_of(rows[i].hex);
        make_desk(&d);
        if (strcmp(rows[i].name, "select") == 0)
            d.select = said;
        else if (strcmp(rows[i].name, "keys") == 0)
            d.keys = said;
        else
            d.recognition = said;
        look(&d);
        assert_int_equal(fit_of(&d, &p, rows[i].member), rows[i].member ? FIT_NOT : FIT_KNOWN);
    }
}

static void another_chip_is_another_card(void **state)
{
    struct se_profile p = profile_of("cplc", "4790");
    struct desk d;
    (void)state;
    make_desk(&d);
    assert_int_equal(fit_of(&d, &p, "cplc"), FIT_NOT);
    p = profile_of("recognition", "7301");
    assert_int_equal(fit_of(&d, &p, "recognition"), FIT_NOT);
}

static void the_closest_profile_is_the_match_and_twins_are_none(void **state)
{
    struct se_profile list[3];
    struct profile_match m;
    struct desk d;
    (void)state;
    make_desk(&d);
    list[0] = profile_of("cplc", "4F54");
    list[1] = profile_of("cplc", "4F54534D4F54");
    list[2] = profile_of(NULL, NULL);
    profile_match(list, 3, &d.sight, &m);
    assert_int_equal(m.kind, MATCH_ONE);
    assert_int_equal(m.index, 1);
    list[2] = list[1];
    profile_match(list, 3, &d.sight, &m);
    assert_int_equal(m.kind, MATCH_SEVERAL);
    assert_int_equal(m.index, 1);
    profile_match(list + 2, 0, &d.sight, &m);
    assert_int_equal(m.kind, MATCH_NONE);
}

/* What is proposed can be read, and the next card of the kind is known by it. */
static struct se_profile proposed(const struct desk *d, const char *assumed)
{
    json_t *o = profile_propose(&d->sight);
    struct se_profile p;
    assert_non_null(o);
    assert_ok(profile_read(json_object_get(o, "profile"), &p));
    if (assumed)
        assert_non_null(json_object_get(json_object_get(o, "assumed"), assumed));
    json_decref(o);
    return p;
}

static void a_proposed_profile_knows_the_next_card_of_its_kind(void **state)
{
    struct se_profile p;
    struct desk d;
    (void)state;
    make_desk(&d);
    p = proposed(&d, "ssd_package");
    assert_string_equal(p.name, "card-4F54-534D-4F54-0100");
    assert_int_equal(p.level, 0x33);
    assert_int_equal(p.isd_kvn, 0xFF);
    assert_int_equal(p.memory, 131072);
    d.cplc.at[18] = 0x77; /* another serial number */
    look(&d);
    assert_int_equal(fit_of(&d, &p, NULL), FIT_KNOWN);
}

static void a_card_that_says_nothing_gets_a_profile_of_assumptions(void **state)
{
    static const char *const assumed[] = {"name",    "protocol", "i",          "isd_aid",
                                          "isd_kvn", "memory",   "command_max"};
    struct desk d = {.select = {.len = 0}};
    (void)state;
    look(&d);
    for (size_t i = 0; i < sizeof assumed / sizeof assumed[0]; i++)
        assert_string_equal(proposed(&d, assumed[i]).name, "card-unknown");
}

static void cards_of_older_protocols_get_profiles_of_theirs(void **state)
{
    struct se_profile p;
    struct desk d;
    (void)state;
    make_desk(&d);
    d.recognition =
        octets_of("6626732406072A864886FC6B01600C060A2A864886FC6B02020301640B06092A864886FC6B040255");
    d.capabilities.len = 0;
    d.keys = octets_of("E006C00401208010");
    look(&d);
    p = proposed(&d, NULL);
    assert_int_equal(p.protocol, 2);
    assert_int_equal(p.scp_i, 0x55);
    assert_int_equal(p.level, 0x03);
    assert_int_equal(p.isd_kvn, 0x20);
    d.recognition =
        octets_of("6626732406072A864886FC6B01600C060A2A864886FC6B02020301640B06092A864886FC6B048000");
    d.keys = octets_of("E006C00401018810");
    look(&d);
    p = proposed(&d, NULL);
    assert_int_equal(p.bearer, BEARER_SMS);
    assert_int_equal(p.isd_kvn, 1);
    assert_int_equal(p.first_kvn, 2);
}

/* A real card's answers, recorded by others. */
static void a_recorded_card_is_read_without_fault(void **state)
{
    struct vectors v = vectors_open("vectors-gp.json");
    size_t at = 0;
    json_t *o = vectors_next(&v, "vectors", "card_discovery", &at);
    const json_t *list = vector_member(o, "expected.responses");
    static const size_t rows[] = {0, 1, 4, 5, 6};
    struct octets said[ANSWERS];
    struct card_sight s;
    struct se_profile p;
    struct desk d;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        said[i] = octets_of(json_string_value(json_array_get(list, rows[i])));
        said[i].len -= 2; /* the status word */
    }
    d.answers = (struct card_answers){.select = octets_bytes(&said[0]),
                                      .cplc = octets_bytes(&said[1]),
                                      .recognition = octets_bytes(&said[2]),
                                      .capabilities = octets_bytes(&said[3]),
                                      .keys = octets_bytes(&said[4])};
    card_sight_read(&d.answers, &s);
    assert_int_equal(s.faults, 0);
    assert_int_equal(s.cplc.fabricator, 0x4790);
    assert_int_equal(s.aes_sizes, 7);
    assert_int_equal(s.set[0].kvn, 1);
    d.sight = s;
    p = proposed(&d, NULL);
    assert_int_equal(fit_of(&d, &p, NULL), FIT_KNOWN);
    vectors_close(&v);
}

/* What is asked in plain and what is asked in a channel are the same questions; each answer finds its place.
 */
static void every_question_has_its_place(void **state)
{
    static const char data[] = "0123456789";
    struct card_answers plain = {.image = BYTES_NONE}, channel = plain;
    uint8_t store[256];
    struct script *s = calloc(1, sizeof *s);
    (void)state;
    s->store = WRITER(store);
    assert_ok(identify_commands(s));
    assert_int_equal(s->n, IDENTIFY_COMMANDS);
    assert_int_equal(s->n, plan_identify.n + 1);
    assert_hex(s->command[0], "00A4040000");
    assert_hex(s->command[1], "80CA9F7F00");
    for (size_t i = 0; i < s->n; i++)
        identify_put(&plain, i, BYTES_OF((const uint8_t *)data + i, 1));
    channel.select = plain.select;
    for (size_t i = 0; i < plan_identify.n; i++) {
        assert_false(plan_identify.steps[i].changes_card);
        identify_put_data(&channel, plan_identify.steps[i].arg, BYTES_OF((const uint8_t *)data + i + 1, 1));
    }
    assert_memory_equal(&plain, &channel, sizeof plain);
    assert_true(plain.cplc.len && plain.recognition.len && plain.capabilities.len && plain.keys.len &&
                plain.resources.len && plain.issuer.len && plain.image.len);
    identify_put(&plain, IDENTIFY_COMMANDS, BYTES_NONE); /* an answer too many is nobody's */
    free(s);
}

static void a_component_has_every_attribute_of_the_rule(void **state)
{
    struct se_profile p = {.name = "one", .certificate = "EMVCo", .bearer = BEARER_SMS};
    json_t *given = json_pack("{ss s{ss}}", "os", "JCOP", "csp", "vendor", "nxp"), *o;
    (void)state;
    assert_ok(component_check(given));
    o = component_json(&p, given, 7);
    assert_int_equal(json_object_size(o), 12);
    assert_string_equal(json_member(o, "id"), "7");
    assert_string_equal(json_member(o, "os"), "JCOP");
    assert_int_equal(json_integer_value(json_object_get(o, "scType")), COMPONENT_UICC);
    assert_non_null(json_object_get(json_object_get(o, "certifications"), "EMVCo"));
    json_decref(o);
    json_decref(given);
    o = component_json(&p, NULL, 8);
    assert_int_equal(json_object_size(o), 12);
    json_decref(o);
}

static void an_iccid_is_written_with_its_check_digit_or_without(void **state)
{
    static const char body[] = "894900000000000001", whole[] = "8949000000000000018";
    struct iccid_forms other;
    (void)state;
    iccid_other_forms(body, &other);
    assert_int_equal(other.n, 1);
    assert_string_equal(other.text[0], whole);
    assert_true(iccid_same(body, whole) && iccid_same(whole, body) && iccid_same(whole, whole));
    assert_false(iccid_same(body, "8949000000000000017"));
    assert_false(iccid_same("8949000000000000017", body)); /* no check digit of its: another number */
    iccid_other_forms("8949000000000000017", &other);
    assert_int_equal(other.n, 1);
    assert_int_equal(strlen(other.text[0]), 20);
    iccid_other_forms("89490000000000000", &other); /* too short to be whole */
    assert_int_equal(other.n, 0);
    iccid_other_forms("894900000000000001700", &other);
    assert_int_equal(other.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_iccid_is_written_with_its_check_digit_or_without),
        cmocka_unit_test(answers_are_read_each_for_itself),
        cmocka_unit_test(a_broken_answer_is_named_and_the_others_count),
        cmocka_unit_test(capabilities_tell_protocols_where_recognition_does_not),
        cmocka_unit_test(a_pattern_is_the_beginning_with_dots_for_any_digit),
        cmocka_unit_test(a_profile_that_names_the_card_knows_it),
        cmocka_unit_test(each_contradiction_names_its_member),
        cmocka_unit_test(another_chip_is_another_card),
        cmocka_unit_test(the_closest_profile_is_the_match_and_twins_are_none),
        cmocka_unit_test(a_proposed_profile_knows_the_next_card_of_its_kind),
        cmocka_unit_test(a_card_that_says_nothing_gets_a_profile_of_assumptions),
        cmocka_unit_test(cards_of_older_protocols_get_profiles_of_theirs),
        cmocka_unit_test(a_recorded_card_is_read_without_fault),
        cmocka_unit_test(every_question_has_its_place),
        cmocka_unit_test(a_component_has_every_attribute_of_the_rule),
    };
    return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}
