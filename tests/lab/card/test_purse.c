/* SPDX-License-Identifier: Apache-2.0 */
/* The transit purse on the laboratory's card: what personalisation may bring, what it leaves alone, runs that
 * are cut, and that money outlives power. Unit test of card/applet/purse. */
#include "demo.h"
#include "scene.h"

#include "card/applet/purse/purse.h"
#include "card/frozen/image.h"
#include "card/model/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEY_A           "154F349D8585CB7F6B0798E9839B10C1"
#define KEY_B           "94F867167C64EF3EEAB0CB627A7A3480"
#define FCI             "50055055525345"
#define VALUE           "000000000000000000015000000000000500" /* lower, upper, value */
#define DEBIT           "804400000D0000000001000102030426112200"
#define BALANCE(digits) "9F7906" digits

static struct app *the_app(const struct desk *d)
{
    struct aid aid = {.len = 0};
    uint8_t value[AID_MAX];
    size_t n;

    assert_true(lab_hex_read(APP, value, sizeof value, &n) && aid_set(&aid, value, n));
    return registry_app(d->card, &aid);
}

/* A card whose application is a purse, with a session open. */
static struct desk *with_purse(void)
{
    struct desk *d = opened(NULL);
    struct app *a;

    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    a = the_app(d);
    assert_non_null(a);
    assert_true(purse_ops.create(a));
    a->native = &purse_ops;
    return d;
}

/* One run: FCI, value file, check values, keys. */
static uint16_t personalise(struct desk *d, const char *value, const char *credit, const char *credit_kcv)
{
    char keys[128], cipher[256], kcvs[16], check[7], clear[512];
    uint16_t sw = target(d, APP);

    kcv_of(KEY_TYPE_DES, KEY_A, check);
    snprintf(kcvs, sizeof kcvs, "%s%s", check, credit_kcv);
    snprintf(keys, sizeof keys, KEY_A "%s", credit);
    under_dek(d, keys, cipher);
    snprintf(clear, sizeof clear, "%s%s%s", dgi("9102", FCI), dgi("0F01", value), dgi("9000", kcvs));
    if (sw == 0x9000)
        sw = demo_store(d, 0x00, 0, clear);
    return sw == 0x9000 ? demo_store(d, 0xE0, 1, dgi("8000", cipher)) : sw;
}

static uint16_t make(struct desk *d, const char *value, const char *credit)
{
    char check[7];

    kcv_of(KEY_TYPE_DES, credit, check);
    return personalise(d, value, credit, check);
}

static void shows(struct desk *d, const char *balance)
{
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_int_equal(plain(d, "80CA9F7900"), 0x9000);
    assert_string_equal(d->data, balance);
}

static void back_to_the_issuer(struct desk *d)
{
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
}

static void a_value_file_is_made_within_its_limits(void **state)
{
    static const char *const wrong[] = {
        "00000000000000000001500000000001500A", "000000000000000000015000000000015001",
        "000000000600000000015000000000000500", "0000000000000000000150000000000005",
        "00000000000000000001500000000000050000"};
    struct desk *d = with_purse();

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(make(d, wrong[i], KEY_B), 0x6A80);
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_int_equal(plain(d, "80CA9F7900"), 0x6985);
    assert_int_equal(plain(d, DEBIT), 0x6985);
    back_to_the_issuer(d);
    assert_int_equal(make(d, VALUE, KEY_B), 0x9000);
    shows(d, BALANCE("000000000500"));
    desk_free(d);
}

static void keys_must_be_enciphered_and_agree(void **state)
{
    struct desk *d = with_purse();

    (void)state;
    assert_int_equal(personalise(d, VALUE, KEY_B, "000000"), 0x6982);
    assert_int_equal(target(d, APP), 0x9000);
    assert_int_equal(demo_store(d, 0x80, 0, dgi("8000", KEY_A KEY_B)), 0x6A80);
    assert_int_equal(demo_store(d, 0x80, 0, dgi("0F01", VALUE)), 0x6985);
    desk_free(d);
}

static void the_same_run_twice_makes_no_money(void **state)
{
    struct desk *d = with_purse();

    (void)state;
    assert_int_equal(make(d, VALUE, KEY_B), 0x9000);
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_int_equal(plain(d, DEBIT), 0x9000);
    back_to_the_issuer(d);
    assert_int_equal(make(d, VALUE, KEY_B), 0x9000);
    shows(d, BALANCE("000000000400"));
    back_to_the_issuer(d);
    assert_int_equal(make(d, "000000000000000000000399000000000000", KEY_B), 0x6A84);
    shows(d, BALANCE("000000000400"));
    back_to_the_issuer(d);
    assert_int_equal(make(d, VALUE, KEY_A), 0x9000); /* another purse */
    shows(d, BALANCE("000000000500"));
    desk_free(d);
}

static void what_is_cut_is_refused(void **state)
{
    static const char template[] = "7207860580CA9F7900";
    const char *value = dgi("0F01", VALUE);
    struct desk *d = with_purse();
    char cut[64];

    (void)state;
    assert_int_equal(target(d, APP), 0x9000);
    for (size_t n = 2; n < strlen(value); n += 2) {
        snprintf(cut, sizeof cut, "%.*s", (int)n, value);
        assert_int_equal(demo_store(d, 0x80, 0, cut), 0x6A80);
    }
    assert_int_equal(make(d, VALUE, KEY_B), 0x9000);
    assert_int_equal(target(d, APP), 0x9000);
    for (size_t n = 2; n < strlen(template); n += 2) {
        snprintf(cut, sizeof cut, "%.*s", (int)n, template);
        assert_int_equal(demo_store(d, 0x90, 0, cut), 0x6A80);
    }
    /* There is an answer: a command of case 3 has no room for it (GPCS 11.11.3.1). */
    assert_int_equal(demo_store(d, 0x90, 0, template), 0x6A86);
    assert_int_equal(secure(d, "80E2910009%s00", template), 0x9000);
    assert_string_equal(d->data, "AB1080010123"
                                 "0B" BALANCE("000000000500") "9000");
    desk_free(d);
}

static void money_outlives_power(void **state)
{
    static uint8_t image[4096];
    struct app again = {.native_data = NULL};
    struct desk *d = with_purse();
    struct thaw t = {.at = image};
    const struct purse *before, *after;
    struct out o;

    (void)state;
    assert_int_equal(make(d, VALUE, KEY_B), 0x9000);
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_int_equal(plain(d, DEBIT), 0x9000);
    out_init(&o, image, sizeof image);
    purse_ops.save(the_app(d), &o);
    assert_false(o.full);
    t.n = o.len;
    assert_true(purse_ops.create(&again));
    purse_ops.restore(&again, &t);
    assert_false(t.bad);
    before = the_app(d)->native_data;
    after = again.native_data;
    assert_true(after->live);
    assert_int_equal(after->file.value, 400);
    assert_memory_equal(&after->file, &before->file, sizeof after->file);
    assert_memory_equal(&after->past, &before->past, sizeof after->past);
    purse_ops.destroy(&again);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_file_is_made_within_its_limits),
        cmocka_unit_test(keys_must_be_enciphered_and_agree),
        cmocka_unit_test(the_same_run_twice_makes_no_money),
        cmocka_unit_test(what_is_cut_is_refused),
        cmocka_unit_test(money_outlives_power),
    };

    return cmocka_run_group_tests_name("lab card: transit purse", tests, NULL, NULL);
}
