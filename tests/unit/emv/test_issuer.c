/* SPDX-License-Identifier: Apache-2.0 */
/* Issuer script commands: the published examples of two schemes, rules of profiles, refusals. Unit test of
 * emv/issuer. */
#include <stdio.h>
#include <string.h>

#include "../vectors.h"
#include "base/json.h"
#include "emv/issuer/command.h"
#include "emv_keys.h"

/* pyemv, test_cvn_hsm.py: card 1234567890123456, sequence number 00, counter 001C. */
static const struct {
    const char *name, *ac, *command;
    struct issuer_rules rules;
} published[] = {
    {"Visa CVN 10",
     "29CCA15AE665FA2E",
     "8424000218BB221AF527377A2811D2B6EBC396A9391A965A5CB2CE62DA",
     {.session = ISSUER_BY_COUNTER, .cipher = ISSUER_LENGTH_ECB, .pin = ISSUER_PIN_BY_KEY}},
    {"Mastercard CVN 16",
     "24CCF3DEE3158C70",
     "842400021000859B8FE53F316DEB4B64C36BF88E39",
     {.session = ISSUER_BY_CRYPTOGRAM, .cipher = ISSUER_CBC_SHORT, .pin = ISSUER_PIN_ISO_2}},
    {"Visa CVN 18",
     "7A788EA6B8A3E733",
     "8424000218BB221AF527377A2811D2B6EBC396A9391A22B480EF312F40",
     {.session = ISSUER_BY_COUNTER, .cipher = ISSUER_LENGTH_ECB, .pin = ISSUER_PIN_BY_KEY}},
};
enum { PUBLISHED = sizeof published / sizeof published[0], ATC = 0x1C };

static struct issuer_keys card_keys(void)
{
    static const char *const hex[] = {"154F349D8585CB7F6B0798E9839B10C1", "94F867167C64EF3EEAB0CB627A7A3480",
                                      "19296D4CD626859E8AADDF0B2AAB8FEA"};
    struct issuer_keys k;
    uint8_t *const to[] = {k.ac, k.mac, k.enc};
    for (int i = 0; i < 3; i++) {
        struct octets o = octets_of(hex[i]);
        memcpy(to[i], o.at, EMV_KEY_LEN);
    }
    return k;
}

static struct issuer_place place_of(const char *ac)
{
    struct issuer_place p = {.atc = ATC};
    struct octets o = octets_of(ac);
    memcpy(p.ac, o.at, sizeof p.ac);
    return p;
}

static void published_pin_changes_are_made_again(void **state)
{
    const struct issuer_command change = {.ins = 0x24, .p2 = 0x02, .pin = true};
    (void)state;
    for (int i = 0; i < PUBLISHED; i++) {
        struct issuer_keys keys = card_keys();
        struct issuer_rules rules = published[i].rules;
        PIN pin = {"9999"};
        struct issuer_making m = {.crypto = emv_crypto(),
                                  .rules = &rules,
                                  .keys = &keys,
                                  .pin = &pin,
                                  .place = place_of(published[i].ac)};
        uint8_t room[ISSUER_COMMAND_MAX];
        struct writer w = WRITER(room);
        rules.covers = ISSUER_COVERS_TRANSACTION;
        rules.mac_len = 8;
        print_message("# %s\n", published[i].name);
        assert_ok(issuer_command_write(&m, &change, &w));
        assert_hex(written(&w), published[i].command);
    }
}

/* The vector file has whole cards: the same commands from its own keys and cryptograms. */
static void the_published_cards_of_the_vector_file(void **state)
{
    struct vectors v = vectors_open("vectors-payments.json");
    size_t at = 0, n = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "cvn_profile", &at))) {
        bool by_counter = !strcmp(vector_text(one, "inputs.session_key_sm"), "XOR with ATC");
        bool visa = strstr(vector_text(one, "name"), "visa") != NULL;
        bool bound = strlen(json_string_value(
                         json_array_get(vector_member(one, "expected.pin_change_commands"), 0))) == 58 &&
                     by_counter;
        struct issuer_rules rules = {.session = by_counter ? ISSUER_BY_COUNTER : ISSUER_BY_CRYPTOGRAM,
                                     .covers = ISSUER_COVERS_TRANSACTION,
                                     .cipher = visa ? ISSUER_LENGTH_ECB : ISSUER_CBC_SHORT,
                                     .pin = bound ? ISSUER_PIN_BY_KEY : ISSUER_PIN_ISO_2,
                                     .mac_len = 8};
        struct issuer_keys keys = card_keys();
        PIN pin = {"9999"};
        struct issuer_making m = {.crypto = emv_crypto(),
                                  .rules = &rules,
                                  .keys = &keys,
                                  .pin = &pin,
                                  .place = place_of(vector_text(one, "expected.arqc"))};
        uint8_t room[ISSUER_COMMAND_MAX], session[EMV_KEY_LEN];
        struct writer w = WRITER(room);
        const struct issuer_command change = {.ins = 0x24, .p2 = 0x02, .pin = true};
        print_message("# %s\n", vector_text(one, "name"));
        assert_ok(issuer_session_key(&m, keys.mac, session));
        assert_hex(BYTES(session), vector_text(one, "expected.sk_smi"));
        assert_ok(issuer_command_write(&m, &change, &w));
        assert_hex(written(&w),
                   json_string_value(json_array_get(vector_member(one, "expected.pin_change_commands"), 0)));
        n++;
    }
    vectors_close(&v);
    assert_true(n >= 7);
}

static void the_second_command_under_a_cryptogram_has_another_key(void **state)
{
    const struct issuer_command block = {.ins = 0x1E};
    struct issuer_rules rules = published[1].rules;
    struct issuer_keys keys = card_keys();
    struct issuer_making m = {
        .crypto = emv_crypto(), .rules = &rules, .keys = &keys, .place = place_of("24CCF3DEE31600FF")};
    struct issuer_making next = m;
    uint8_t room[64], other[64];
    struct writer w = WRITER(room), direct = WRITER(other);
    (void)state;
    rules.mac_len = 4;
    assert_ok(issuer_command_write(&m, &block, &w));
    w.len = 0;
    assert_ok(issuer_command_write(&m, &block, &w));
    next.place = place_of("24CCF3DEE3160100"); /* counted up over the octet's border */
    assert_ok(issuer_command_write(&next, &block, &direct));
    assert_true(bytes_equal(written(&w), written(&direct)));
    assert_int_equal(w.len, 5 + 4);
}

static void a_pin_that_did_not_come_is_named(void **state)
{
    const struct issuer_command change = {.ins = 0x24, .p2 = 0x02, .pin = true};
    struct issuer_rules rules = published[0].rules;
    struct issuer_keys keys = card_keys();
    struct issuer_making m = {.crypto = emv_crypto(), .rules = &rules, .keys = &keys};
    uint8_t room[64];
    struct writer w = WRITER(room);
    (void)state;
    rules.mac_len = 8;
    assert_err(issuer_command_write(&m, &change, &w), TSM_MISSING_FIELD);
    assert_int_equal(w.len, 0);
}

static enum tsm_err rules_of(const char *text, struct issuer_rules *out)
{
    json_t *o = json_loads(text, 0, NULL);
    enum tsm_err e;
    assert_non_null(o);
    e = issuer_rules_read(o, out);
    json_decref(o);
    return e;
}

#define RULES(session, covers, more)                                                                   \
    "{\"session\":\"" session "\",\"covers\":\"" covers "\",\"mac_len\":8,\"cipher\":\"cbc\",\"pin\":" \
    "\"iso-2\",\"counter\":\"DF72\"" more "}"

static void rules_are_read_and_judged_whole(void **state)
{
    static const struct {
        const char *text, *field;
        enum tsm_err e;
    } rows[] = {
        {RULES("counter", "command", ""), "", TSM_OK},
        {RULES("counter", "command", ",\"tries\":\"9F1\""), "tries", TSM_BAD_LENGTH},
        {RULES("counter", "command", ",\"tries\":\"9G17\""), "tries", TSM_BAD_FORM},
        {RULES("counter", "transaction", ""), "ask", TSM_MISSING_FIELD},
        {RULES("cryptogram", "command", ""), "ask", TSM_MISSING_FIELD},
        {RULES("cryptogram", "command", ",\"ask\":[\"80A8\"]"), "ask", TSM_BAD_FORM},
        {RULES("counter", "command", ",\"parameters\":[\"9F58\",\"9F5\"]"), "parameters", TSM_BAD_FORM},
        {RULES("counter", "command", ",\"balance\":\"9F79\",\"credit\":\"420000\""), "", TSM_OK},
        {RULES("counter", "command", ",\"balance\":\"9F79\",\"credit\":\"42000\""), "credit", TSM_BAD_LENGTH},
        {RULES("counter", "command", ",\"balance\":\"9F79\",\"credit\":\"4200G0\""), "credit", TSM_BAD_FORM},
        {RULES("counter", "command", ",\"credit\":\"420000\""), "balance", TSM_MISSING_FIELD},
        {RULES("counter", "command", ",\"colour\":\"red\""), "colour", TSM_UNKNOWN_FIELD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct issuer_rules r;
        err_clear();
        assert_err(rules_of(rows[i].text, &r), rows[i].e);
        assert_string_equal(err_field(), rows[i].field);
    }
}

static void only_named_objects_may_be_changed(void **state)
{
    struct issuer_rules r;
    (void)state;
    assert_ok(rules_of(RULES("counter", "command", ",\"balance\":\"9F79\",\"parameters\":[\"9F58\"]"), &r));
    assert_true(issuer_may_put(&r, 0x9F79));
    assert_true(issuer_may_put(&r, 0x9F58));
    assert_false(issuer_may_put(&r, 0x9F59));
    assert_false(issuer_may_put(&r, 0));
    assert_ok(rules_of(RULES("counter", "command", ",\"balance\":\"9F79\",\"credit\":\"420000\""), &r));
    assert_false(issuer_may_put(&r, 0x9F79)); /* a purse's balance is never put */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_pin_changes_are_made_again),
        cmocka_unit_test(the_published_cards_of_the_vector_file),
        cmocka_unit_test(the_second_command_under_a_cryptogram_has_another_key),
        cmocka_unit_test(a_pin_that_did_not_come_is_named),
        cmocka_unit_test(rules_are_read_and_judged_whole),
        cmocka_unit_test(only_named_objects_may_be_changed),
    };
    return cmocka_run_group_tests(tests, emv_setup, emv_teardown);
}
