/* SPDX-License-Identifier: Apache-2.0 */
/* Registry against card: each kind of drift alone, with its repairs. Unit test of order/care/drift.h. */
#include <string.h>

#include "base/hex.h"
#include "order/care/drift.h"
#include "rig.h"

#define ISD   "A000000151000000"
#define OTHER "F04F54534D0909"
/* 4F aid, 9F70 state, C5 privileges, CC domain. */
#define PAYMENT_IN_DOMAIN "E31C4F07" RIG_PAYMENT "9F700107C503000000CC08" RIG_DOMAIN
#define PAYMENT_LOCKED    "E31C4F07" RIG_PAYMENT "9F700187C503000000CC08" RIG_DOMAIN
#define PAYMENT_IN_ISSUER "E31C4F07" RIG_PAYMENT "9F700107C503000000CC08" ISD
#define OTHER_IN_DOMAIN   "E31C4F07" OTHER "9F700107C503000000CC08" RIG_DOMAIN
#define THE_DOMAIN        "E31D4F08" RIG_DOMAIN "9F70010FC503808000CC08" ISD
#define PACKAGE           "E3174F07" RIG_PACKAGE "9F700101CC08" RIG_DOMAIN
#define PACKAGE_OF(v)     "E31B4F07" RIG_PACKAGE "9F700101CE02" v "CC08" RIG_DOMAIN
#define MAKERS            "E30D4F07A00000015153509F700101"
#define KEYS_01           "E006C00401018810"
#define KEYS_01_02        "E00CC00401018810C00401028810"
#define CARD_SECURED      "E3134F08" ISD "9F70010FC5039EFE80"
#define RESOURCES         "FF210B8101018202040083020100"

struct scene {
    struct se_profile profile;
    struct expected object[4];
    struct drift_expected expected;
    struct octets store[5];
    struct drift_list list;
};
static struct scene s;

static void put(struct expected *x, enum expected_kind kind, const char *aid, const char *domain)
{
    *x = (struct expected){.kind = kind, .certain = true};
    assert_ok(hex_read(aid, x->aid, sizeof x->aid, &x->aid_len));
    assert_ok(hex_read(domain, x->domain, sizeof x->domain, &x->domain_len));
}

static int set(void **state)
{
    json_t *p = rig_uicc();
    (void)state;
    memset(&s, 0, sizeof s);
    assert_ok(profile_read(p, &s.profile));
    json_decref(p);
    put(&s.object[0], EXPECT_DOMAIN, RIG_DOMAIN, "");
    put(&s.object[1], EXPECT_APPLICATION, RIG_PAYMENT, RIG_DOMAIN);
    put(&s.object[2], EXPECT_FILE, RIG_PACKAGE, RIG_DOMAIN);
    s.expected =
        (struct drift_expected){.profile = &s.profile, .object = s.object, .n = 3, .kvn = {1}, .kvns = 1};
    return 0;
}

static enum tsm_err compare(const char *applications, const char *files, const char *keys)
{
    const char *text[5] = {CARD_SECURED, applications, files, keys, RESOURCES};
    struct bytes at[5];
    for (int i = 0; i < 5; i++) {
        s.store[i] = octets_of(text[i]);
        at[i] = octets_bytes(&s.store[i]);
    }
    return drift_compare(&s.expected, &(struct drift_found){at[0], at[1], at[2], at[3], at[4]}, &s.list);
}

static void is_one(enum drift_what what, const char *aid, unsigned repairs)
{
    assert_int_equal(s.list.n, 1);
    assert_string_equal(drift_word(s.list.at[0].what), drift_word(what));
    if (aid)
        assert_hex(BYTES_OF(s.list.at[0].aid, s.list.at[0].aid_len), aid);
    assert_int_equal(drift_repairs(s.list.at[0].what), repairs);
    assert_true(s.list.at[0].expected[0] && s.list.at[0].found[0]);
}

static void a_card_that_is_as_it_should_be_has_no_drift(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, MAKERS PACKAGE, KEYS_01));
    assert_int_equal(s.list.n, 0);
}

static void what_is_missing_is_told_unless_its_making_was_only_begun(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN, PACKAGE, KEYS_01));
    is_one(DRIFT_APPLICATION_MISSING, RIG_PAYMENT, REPAIR_MARK_LOST | REPAIR_REINSTALL);
    s.object[1].certain = false;
    assert_ok(compare(THE_DOMAIN, PACKAGE, KEYS_01));
    assert_int_equal(s.list.n, 0);
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, "", KEYS_01));
    is_one(DRIFT_FILE_MISSING, RIG_PACKAGE, REPAIR_MARK_LOST | REPAIR_REINSTALL);
}

static void what_nobody_ordered_is_told_but_not_where_its_holder_is_free(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN OTHER_IN_DOMAIN, PACKAGE, KEYS_01));
    is_one(DRIFT_APPLICATION_UNKNOWN, OTHER, REPAIR_REGISTER | REPAIR_DELETE);
    assert_hex(BYTES_OF(s.list.at[0].domain, s.list.at[0].domain_len), RIG_DOMAIN);
    s.object[0].free_below = true;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN OTHER_IN_DOMAIN, PACKAGE, KEYS_01));
    assert_int_equal(s.list.n, 0);
}

static void an_unknown_domain_is_told_as_one(void **state)
{
    (void)state;
    s.expected.n = 0;
    assert_ok(compare(THE_DOMAIN, "", KEYS_01));
    is_one(DRIFT_DOMAIN_UNKNOWN, RIG_DOMAIN, REPAIR_REGISTER | REPAIR_DELETE);
}

static void an_application_in_another_domain_is_told(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_ISSUER, PACKAGE, KEYS_01));
    is_one(DRIFT_APPLICATION_ELSEWHERE, RIG_PAYMENT, REPAIR_REGISTER);
}

static void a_load_file_of_another_version_is_told_where_its_version_is_known(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE_OF("0102"), KEYS_01));
    assert_int_equal(s.list.n, 0);
    s.object[2].versioned = true;
    s.object[2].version[0] = 1;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE_OF("0100"), KEYS_01));
    assert_int_equal(s.list.n, 0);
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01)); /* a card that does not tell it */
    assert_int_equal(s.list.n, 0);
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE_OF("0102"), KEYS_01));
    is_one(DRIFT_FILE_REPLACED, RIG_PACKAGE, REPAIR_REGISTER | REPAIR_REINSTALL);
    assert_string_equal(s.list.at[0].expected, "version 1.0");
    assert_string_equal(s.list.at[0].found, "version 1.2");
    s.object[0].free_below = true; /* its holder may upgrade what it likes */
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE_OF("0102"), KEYS_01));
    assert_int_equal(s.list.n, 0);
}

static void a_block_that_the_card_does_not_have_is_told_and_a_providers_own_lock_is_not(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN PAYMENT_LOCKED, PACKAGE, KEYS_01));
    assert_int_equal(s.list.n, 0);
    s.object[1].blocked = true;
    assert_ok(compare(THE_DOMAIN PAYMENT_LOCKED, PACKAGE, KEYS_01));
    assert_int_equal(s.list.n, 0);
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01));
    is_one(DRIFT_APPLICATION_UNLOCKED, RIG_PAYMENT, REPAIR_LOCK);
}

static void key_versions_are_compared(void **state)
{
    (void)state;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01_02));
    is_one(DRIFT_KEYS_UNKNOWN, NULL, REPAIR_REGISTER);
    assert_int_equal(s.list.at[0].kvn, 2);
    s.expected.optional_kvn[0] = 2;
    s.expected.optional_kvns = 1;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01_02));
    assert_int_equal(s.list.n, 0);
    s.expected.kvn[0] = 3;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, "E006C00401028810"));
    is_one(DRIFT_KEYS_MISSING, NULL, REPAIR_NONE);
}

static void space_that_was_sold_must_be_free(void **state)
{
    (void)state;
    s.expected.sold = 0x400;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01));
    assert_int_equal(s.list.n, 0);
    s.expected.sold = 0x401;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01));
    is_one(DRIFT_MEMORY_SHORT, NULL, REPAIR_NONE);
}

static void the_state_of_the_card_is_compared(void **state)
{
    (void)state;
    s.expected.se_state = SE_LOCKED;
    assert_ok(compare(THE_DOMAIN PAYMENT_IN_DOMAIN, PACKAGE, KEYS_01));
    is_one(DRIFT_CARD_STATE, NULL, REPAIR_NONE);
}

static void an_answer_that_is_none_says_nothing(void **state)
{
    (void)state;
    assert_true(compare(THE_DOMAIN "E3", PACKAGE, KEYS_01) != TSM_OK);
    assert_true(compare(THE_DOMAIN, PACKAGE, "E005C00401018810") != TSM_OK);
}

static void repairs_are_read_by_their_words(void **state)
{
    enum drift_repair r;
    (void)state;
    for (int i = 0; i < REPAIR_KINDS; i++) {
        assert_ok(repair_read(repair_word((enum drift_repair)(1 << i)), &r));
        assert_int_equal(r, 1 << i);
    }
    assert_int_equal(repair_read("paint", &r), TSM_BAD_VALUE);
}

#define TEST(f) cmocka_unit_test_setup(f, set)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_card_that_is_as_it_should_be_has_no_drift),
        TEST(what_is_missing_is_told_unless_its_making_was_only_begun),
        TEST(what_nobody_ordered_is_told_but_not_where_its_holder_is_free),
        TEST(an_unknown_domain_is_told_as_one),
        TEST(an_application_in_another_domain_is_told),
        TEST(a_load_file_of_another_version_is_told_where_its_version_is_known),
        TEST(a_block_that_the_card_does_not_have_is_told_and_a_providers_own_lock_is_not),
        TEST(key_versions_are_compared),
        TEST(space_that_was_sold_must_be_free),
        TEST(the_state_of_the_card_is_compared),
        TEST(an_answer_that_is_none_says_nothing),
        TEST(repairs_are_read_by_their_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
