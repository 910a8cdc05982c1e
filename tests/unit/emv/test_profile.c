/* SPDX-License-Identifier: Apache-2.0 */
/* Templates and profiles: the demo profile makes the groupings it says, wrong profiles are refused when they
 * are read. Unit test of emv/perso. [docs/personalisation.md] */
#include "emv/perso/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emv/cryptogram.h"
#include "emv_keys.h"

static uint8_t room[4096];

/* {x} gives AABB, {empty} nothing. */
static enum tsm_err two_values(void *self, const char *name, struct writer *w)
{
    (void)self;
    if (!strcmp(name, "empty"))
        return TSM_OK;
    return strcmp(name, "x") ? FAIL(NOT_FOUND, "no %s", name) : write_u16(w, 0xAABB);
}
static const struct template_source two = {.self = NULL, .value = two_values};

static void expect_template(const char *text, const char *want)
{
    struct writer w = WRITER(room);
    assert_ok(template_write(text, &two, &w));
    assert_hex(written(&w), want);
}

static void templates_write_hex_variables_and_objects(void **state)
{
    char deep[600] = "70(";
    (void)state;
    expect_template("", "");
    expect_template("00 a4\n04", "00A404");
    expect_template("{x}{empty}01{x}", "AABB01AABB");
    expect_template("70( 57({x}) 5F20() 9F8001 (00) )", "700C 5702AABB 5F2000 9F80010100");
    memset(deep + 3, '0', 400);
    strcpy(deep + 403, ")");
    {
        struct writer w = WRITER(room);
        assert_ok(template_write(deep, &two, &w));
        assert_int_equal(w.len, 203);
        assert_memory_equal(room, "\x70\x81\xC8", 3);
    }
}

static void expect_refusal(const char *text, enum tsm_err want)
{
    struct writer w = WRITER(room);
    assert_err(template_write(text, &two, &w), want);
    assert_int_equal(w.len, 0);
}

static void broken_templates_are_refused_with_the_place(void **state)
{
    (void)state;
    expect_refusal("0", TSM_BAD_FORM);
    expect_refusal("57(", TSM_BAD_FORM);
    expect_refusal("57(01", TSM_BAD_FORM);
    expect_refusal("01)", TSM_BAD_FORM);
    expect_refusal("()", TSM_BAD_FORM);
    expect_refusal("{x", TSM_BAD_FORM);
    expect_refusal("{}", TSM_BAD_FORM);
    expect_refusal("{X}", TSM_BAD_FORM);
    expect_refusal("5F(00)", TSM_BAD_FORM);
    expect_refusal("5750(00)", TSM_BAD_FORM);
    expect_refusal("57[00]", TSM_BAD_FORM);
    expect_refusal("{y}", TSM_NOT_FOUND);
    expect_refusal("70(70(70(70(70(70(70(00)))))))", TSM_TOO_LONG);
    expect_refusal("00 0x", TSM_BAD_FORM);
    assert_non_null(strstr(err_cause(), "character"));
}

static char *demo_text(size_t *len)
{
    static char text[8192];
    const char *root = getenv("TSM_SOURCE_ROOT");
    char path[1024];
    FILE *f;
    snprintf(path, sizeof path, "%s/src/emv/profiles/demo.json", root ? root : ".");
    f = fopen(path, "rb");
    assert_non_null(f);
    *len = fread(text, 1, sizeof text, f);
    fclose(f);
    return text;
}

static const struct emv_profile *demo(void)
{
    static struct emv_profile profile;
    size_t len;
    const char *text = demo_text(&len);
    assert_ok(emv_profile_read(BYTES_OF((const uint8_t *)text, len), &profile));
    return &profile;
}

/* A vault of test keys: masters by their names in the demo profile. */
static enum tsm_err test_udk(void *self, const char *master, enum emv_option option, struct emv_card_id id,
                             uint8_t udk[EMV_KEY_LEN])
{
    struct cipher_key key = tdes_of(!strcmp(master, "imk-ac")    ? "0123456789ABCDEFFEDCBA9876543210"
                                    : !strcmp(master, "imk-smi") ? "FEDCBA98765432100123456789ABCDEF"
                                                                 : "89ABCDEF0123456776543210FEDCBA98");
    uint8_t y[EMV_BLOCK];
    ++*(unsigned *)self;
    TRY(emv_diversification(option, id, emv_crypto(), y));
    return emv_udk(&key, y, udk);
}

static enum tsm_err test_icvv(void *self, const char *cvk, struct cvv_input in, char icvv[CVV_ROOM])
{
    struct cipher_key key = tdes_of("0123456789ABCDEFFEDCBA9876543210");
    (void)self;
    assert_string_equal(cvk, "cvk");
    return emv_cvv(&key, in, icvv);
}

static enum tsm_err test_kcv(void *self, const uint8_t udk[EMV_KEY_LEN], uint8_t kcv[EMV_KCV_LEN])
{
    struct cipher_key key;
    (void)self;
    TRY(crypto_key(emv_crypto(), CIPHER_TDES, BYTES_OF(udk, EMV_KEY_LEN), &key));
    return emv_kcv(&key, kcv);
}

static const struct card_record card = {.pan = "1234567890123456",
                                        .psn = "00",
                                        .expiry = "3012",
                                        .effective = "2611",
                                        .service_code = "201",
                                        .cardholder = "DEMO/CUSTOMER"};

static struct emv_perso personalise(enum emv_target target, unsigned *derivations)
{
    struct emv_keys keys = {.self = derivations, .udk = test_udk, .icvv = test_icvv, .kcv = test_kcv};
    struct writer w = WRITER(room);
    struct emv_perso out;
    assert_ok(emv_personalise((struct emv_perso_input){.profile = demo(), .card = &card, .keys = &keys},
                              target, &w, &out));
    return out;
}

static void the_demo_profile_is_read(void **state)
{
    const struct emv_profile *p = demo();
    (void)state;
    assert_string_equal(p->scheme, "OpenTSM demo scheme");
    assert_string_equal(p->label, "OPENTSM DEMO");
    assert_hex(BYTES_OF(p->aid, p->aid_len), "F04F54534D0101");
    assert_string_equal(p->keys.ac, "imk-ac");
    assert_int_equal(p->application.count, 8);
    assert_true(p->has_scripts);
    assert_int_equal(p->scripts.counter, 0xDF72);
    assert_int_equal(p->ppse.count, 1);
}

/* The card keys are the published ones of pyemv tests/test_cvn_hsm.py for this PAN and these masters. */
static void the_demo_profile_makes_a_card(void **state)
{
    static const struct {
        uint16_t id;
        bool encrypted;
        const char *value;
    } want[] = {
        {0x0101, false, NULL}, /* below: it holds the card value */
        {0x0102, false,
         "7063 5A081234567890123456 5F2403301231 5F2503261101 5F340100 5F30020201 5F28020276 9F42020978 "
         "9F0702FF00 "
         "9F08020001 8C15 9F02069F03069F1A0295055F2A029A039C019F3704 8D17 "
         "8A029F02069F03069F1A0295055F2A029A039C01"
         "9F3704"},
        {0x9102, false, "A511 500C4F50454E54534D2044454D4F 870101"},
        {0x9104, false, "82020000 940408010200"},
        {0x9200, false, "9F100706011203000000"},
        {0x8000, true,
         "154F349D8585CB7F6B0798E9839B10C1 94F867167C64EF3EEAB0CB627A7A3480 "
         "19296D4CD626859E8AADDF0B2AAB8FEA"},
        {0x9000, false, "BAB02F F01055 B1543F"},
        {0x9010, false, "0303"},
    };
    unsigned derivations = 0;
    struct emv_perso p = personalise(PERSO_APPLICATION, &derivations);
    (void)state;
    assert_int_equal(p.count, 8);
    for (size_t i = 0; i < p.count; i++) {
        assert_int_equal(p.at[i].id, want[i].id);
        assert_int_equal(p.at[i].encrypted, want[i].encrypted);
        if (want[i].value)
            assert_hex(p.at[i].value, want[i].value);
    }
    assert_int_equal(derivations, 3); /* each key once, though its check value asks for it again */
}

static void track_2_holds_the_chip_value(void **state)
{
    struct cipher_key cvk = tdes_of("0123456789ABCDEFFEDCBA9876543210");
    char icvv[CVV_ROOM], hex[128];
    unsigned derivations = 0;
    struct emv_perso p = personalise(PERSO_APPLICATION, &derivations);
    (void)state;
    assert_ok(emv_cvv(&cvk, (struct cvv_input){card.pan, card.expiry, SERVICE_CODE_ICVV}, icvv));
    snprintf(hex, sizeof hex, "7022 5710 1234567890123456D301220100000%s 5F200D44454D4F2F435553544F4D4552",
             icvv);
    assert_hex(p.at[0].value, hex);
}

static void the_ppse_needs_no_card(void **state)
{
    struct writer w = WRITER(room);
    struct emv_perso p;
    (void)state;
    assert_ok(emv_personalise((struct emv_perso_input){.profile = demo()}, PERSO_PPSE, &w, &p));
    assert_int_equal(p.count, 1);
    assert_int_equal(p.at[0].id, 0x9102);
    assert_hex(p.at[0].value, "A51F BF0C1C 611A 4F07F04F54534D0101 500C4F50454E54534D2044454D4F 870101");
}

static void a_failure_leaves_no_card_data_behind(void **state)
{
    unsigned derivations = 0;
    struct emv_keys keys = {.self = &derivations, .udk = test_udk, .icvv = test_icvv, .kcv = test_kcv};
    struct writer w = WRITER(room);
    struct emv_perso p;
    (void)state;
    for (size_t cap = 0; cap < 230; cap++) {
        memset(room, 0, sizeof room);
        w = (struct writer){room, 0, cap};
        assert_err(emv_personalise((struct emv_perso_input){.profile = demo(), .card = &card, .keys = &keys},
                                   PERSO_APPLICATION, &w, &p),
                   TSM_NO_ROOM);
        assert_int_equal(w.len, 0);
        for (size_t i = 0; i < sizeof room; i++)
            assert_int_equal(room[i], 0);
    }
    w = WRITER(room);
    assert_err(emv_personalise((struct emv_perso_input){.profile = demo()}, PERSO_APPLICATION, &w, &p),
               TSM_MISSING_FIELD);
    assert_err(emv_personalise((struct emv_perso_input){.profile = demo(), .card = &card}, PERSO_APPLICATION,
                               &w, &p),
               TSM_MISSING_FIELD);
}

/* The demo profile with `from` replaced by `to`. */
static enum tsm_err changed(const char *from, const char *to)
{
    static struct emv_profile p;
    static char text[9000];
    size_t len;
    const char *demo_json = demo_text(&len), *at;
    at = strstr(demo_json, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%.*s", (int)(at - demo_json), demo_json, to,
             (int)(len - (size_t)(at - demo_json) - strlen(from)), at + strlen(from));
    return emv_profile_read(bytes_of_text(text), &p);
}

static void wrong_profiles_are_refused_when_they_are_read(void **state)
{
    (void)state;
    assert_ok(changed("9F07(FF00)", "9F07(FF80)"));
    assert_err(changed("{track2}", "{track3}"), TSM_NOT_FOUND);
    assert_string_equal(err_field(), "0101");
    assert_err(changed("{track2}) 5F20", "{track2} 5F20"), TSM_BAD_FORM);
    assert_err(changed("\"0102\"", "\"0101\""), TSM_DUPLICATE_TAG);
    assert_err(changed("\"0102\"", "\"01G2\""), TSM_BAD_FORM);
    assert_err(changed("\"0102\"", "\"102\""), TSM_BAD_LENGTH);
    assert_err(changed("\"A\"", "\"D\""), TSM_BAD_VALUE);
    assert_err(changed("F04F54534D0101", "F04F54534D010"), TSM_BAD_FORM);
    assert_err(changed("\"cvk\": \"cvk\"", "\"kek\": \"cvk\""), TSM_UNKNOWN_FIELD);
    assert_err(changed(", \"cvk\": \"cvk\"", ""), TSM_KEY_MISSING);
    assert_err(changed("\"scheme\"", "\"schema\""), TSM_UNKNOWN_FIELD);
    assert_err(changed("\"join\": false", "\"join\": 0"), TSM_BAD_VALUE);
    assert_err(changed("\"application\": [", "\"application\": {}, \"other\": ["), TSM_UNKNOWN_FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_write_hex_variables_and_objects),
        cmocka_unit_test(broken_templates_are_refused_with_the_place),
        cmocka_unit_test(the_demo_profile_is_read),
        cmocka_unit_test(the_demo_profile_makes_a_card),
        cmocka_unit_test(track_2_holds_the_chip_value),
        cmocka_unit_test(the_ppse_needs_no_card),
        cmocka_unit_test(a_failure_leaves_no_card_data_behind),
        cmocka_unit_test(wrong_profiles_are_refused_when_they_are_read),
    };
    return cmocka_run_group_tests_name("emv/profile", tests, emv_setup, emv_teardown);
}
