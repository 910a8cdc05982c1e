/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's plans, read back; their judges before every state of the card. Unit test of
 * order/plan_provider.c. [GPCS 11.8, 11.10, 11.11; EMV CPS 1.1 3.2.7] */
#include <string.h>

#include "gp/apdu/ins.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "gp/content/dgi.h"
#include "rig.h"

static struct rig rig;

static void own_keys_are_put_beside_the_first_ones(void **state)
{
    const struct plan_step *step = rig_step(&plan_own_keys, "OWN_KEYS");
    struct apdu a;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, step);
    assert_int_equal(rig.script.n, 1);
    a = rig_command(&rig, 0);
    assert_int_equal(a.ins, INS_PUT_KEY);
    assert_int_equal(a.p1, 0);    /* adds a version */
    assert_int_equal(a.p2, 0x81); /* several keys from identifier 1 */
    assert_true(bytes_equal(a.data, octets_bytes(&rig.keys)));
    assert_int_equal(step->domain, IN_PROVIDER_FIRST);
}

static void the_owners_keys_are_deleted_under_the_providers(void **state)
{
    const struct plan_step *step = rig_step(&plan_own_keys, "RETIRE_FIRST_KEYS");
    struct apdu a;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, step);
    a = rig_command(&rig, 0);
    assert_int_equal(a.ins, INS_DELETE);
    assert_hex(a.data, "D20102"); /* all keys of version 2 */
    assert_int_equal(step->domain, IN_PROVIDER);
    assert_int_equal(step->also_fine, SW_NOT_FOUND);
}

/* Versions that the key information template tells, and what that means for the two steps. */
static const struct {
    const char *versions;
    size_t n;
    enum verdict own, retired;
} key_lists[] = {
    {"\x02", 1, VERDICT_NOT_DONE, VERDICT_NOT_DONE}, {"\x02\x03", 2, VERDICT_DONE, VERDICT_NOT_DONE},
    {"\x03", 1, VERDICT_DONE, VERDICT_DONE},         {"\x0F", 1, VERDICT_NOT_DONE, VERDICT_NOT_DONE},
    {"", 0, VERDICT_NOT_DONE, VERDICT_NOT_DONE}, /* an empty list is no proof of a deletion */
};

static void the_key_information_says_which_keys_are_there(void **state)
{
    const struct plan_step *own = rig_step(&plan_own_keys, "OWN_KEYS"),
                           *retire = rig_step(&plan_own_keys, "RETIRE_FIRST_KEYS");
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_probe(&rig, own);
    assert_int_equal(rig_command(&rig, 0).ins, INS_GET_DATA);
    assert_int_equal(rig_command(&rig, 0).p2, 0xE0);
    for (size_t i = 0; i < sizeof key_lists / sizeof key_lists[0]; i++) {
        struct octets list = rig_keys((const uint8_t *)key_lists[i].versions, key_lists[i].n);
        assert_int_equal(rig_judge(&rig, own, &list, SW_OK), key_lists[i].own);
        assert_int_equal(rig_judge(&rig, retire, &list, SW_OK), key_lists[i].retired);
    }
    assert_int_equal(rig_judge(&rig, own, NULL, SW_NOT_FOUND), VERDICT_NOT_DONE);
    assert_int_equal(rig_judge(&rig, retire, NULL, SW_NOT_FOUND), VERDICT_NOT_DONE);
}

static void check_first_is_personalization(const char *aid)
{
    struct apdu a = rig_command(&rig, 0);
    struct gp_install i;
    assert_int_equal(a.ins, INS_INSTALL);
    assert_int_equal(a.p1, INSTALL_FOR_PERSONALIZATION);
    assert_ok(install_read(a.p1, a.p2, a.data, &i));
    assert_hex(i.application, aid);
}

static void groupings_go_in_order_and_encrypted_ones_never_share_a_command(void **state)
{
    uint8_t clear[64], secret[64];
    struct writer c = WRITER(clear), s = WRITER(secret);
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, rig_step(&plan_personalise, "PERSONALISE"));
    check_first_is_personalization(RIG_PAYMENT);
    for (size_t i = 1; i < rig.script.n; i++) {
        struct apdu a = rig_command(&rig, i);
        assert_int_equal(a.ins, INS_STORE_DATA);
        assert_int_equal(a.p2, i - 1);
        assert_int_equal(a.p1 >> 7, i + 1 == rig.script.n);
        assert_int_equal(a.p1 & 0x18, 0x08);
        assert_ok(write_span((a.p1 & 0x60) == 0x60 ? &s : &c, a.data));
    }
    assert_hex(written(&c), "01010370015A"
                            "0102048F010192");
    assert_hex(written(&s), "0103100102030405060708090A0B0C0D0E0F10");
}

static void long_groupings_are_cut_into_blocks(void **state)
{
    static uint8_t value[600];
    size_t sum = 0;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig.facts.data_max = 90;
    rig.dgis[0].value = BYTES(value);
    rig_build(&rig, rig_step(&plan_personalise, "PERSONALISE"));
    for (size_t i = 1; i < rig.script.n; i++) {
        assert_true(rig_command(&rig, i).data.len <= 90);
        sum += rig_command(&rig, i).data.len;
    }
    assert_int_equal(sum, 600 + 5 + 7 + 19); /* identifiers, a length of three octets, the others */
}

static void more_groupings_than_a_card_takes_are_refused(void **state)
{
    static struct plan_dgi many[64];
    struct script script;
    (void)state;
    rig_make(&rig, rig_uicc());
    for (size_t i = 0; i < 64; i++)
        many[i] = rig.dgis[0];
    rig.facts.dgis = many;
    rig.facts.n_dgis = 64;
    script = (struct script){.store = WRITER(rig.store)};
    assert_err(plan_personalise.steps[0].build(&rig.facts, 0, &script), TSM_TOO_LONG);
}

static void the_payment_environment_lists_the_application(void **state)
{
    struct apdu a;
    struct reader r;
    struct dgi d;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, rig_step(&plan_activate, "ACTIVATE"));
    check_first_is_personalization(RIG_PPSE);
    assert_int_equal(rig.script.n, 2);
    a = rig_command(&rig, 1);
    assert_int_equal(a.p1, 0x88);
    r = READER(a.data);
    assert_ok(dgi_next(&r, &d));
    assert_int_equal(d.id, 0x9102);
    assert_hex(d.value, "A5048801015000");
    assert_int_equal(r.left.len, 0);
}

static void locking_and_unlocking_set_bit_8_of_the_payment_application(void **state)
{
    struct apdu a;
    (void)state;
    rig_make(&rig, rig_uicc());
    rig_build(&rig, rig_step(&plan_suspend, "LOCK"));
    a = rig_command(&rig, 0);
    assert_int_equal(a.ins, INS_SET_STATUS);
    assert_int_equal(a.p1, 0x40);
    assert_int_equal(a.p2 & LIFE_LOCKED_BIT, LIFE_LOCKED_BIT);
    assert_hex(a.data, RIG_PAYMENT);
    rig_build(&rig, rig_step(&plan_resume, "UNLOCK"));
    a = rig_command(&rig, 0);
    assert_int_equal(a.p2 & LIFE_LOCKED_BIT, 0);
    assert_hex(a.data, RIG_PAYMENT);
}

/* What the life cycle of the payment application (or the environment) says of each step; 0: it is not there.
 */
static const struct {
    const struct plan *plan;
    const char *step, *aid;
    uint8_t life;
    enum verdict due;
} judged[] = {
    {&plan_suspend, "LOCK", RIG_PAYMENT, 0x87, VERDICT_DONE},
    {&plan_suspend, "LOCK", RIG_PAYMENT, 0x07, VERDICT_NOT_DONE},
    {&plan_suspend, "LOCK", RIG_PAYMENT, 0, VERDICT_NOT_DONE},
    {&plan_resume, "UNLOCK", RIG_PAYMENT, 0x07, VERDICT_DONE},
    {&plan_resume, "UNLOCK", RIG_PAYMENT, 0x87, VERDICT_NOT_DONE},
    {&plan_resume, "UNLOCK", RIG_PAYMENT, 0, VERDICT_NOT_DONE},
    {&plan_personalise, "PERSONALISE", RIG_PAYMENT, 0x0F, VERDICT_DONE},
    {&plan_personalise, "PERSONALISE", RIG_PAYMENT, 0x8F, VERDICT_DONE},
    {&plan_personalise, "PERSONALISE", RIG_PAYMENT, 0x07,
     VERDICT_NOT_DONE}, /* begun again, which is harmless */
    {&plan_personalise, "PERSONALISE", RIG_PAYMENT, 0, VERDICT_NOT_DONE},
    {&plan_activate, "ACTIVATE", RIG_PPSE, 0x0F, VERDICT_NOT_DONE},
    {&plan_activate, "ACTIVATE", RIG_PPSE, 0x07, VERDICT_NOT_DONE},
};

static void judges_see_the_life_cycle(void **state)
{
    (void)state;
    rig_make(&rig, rig_uicc());
    for (size_t i = 0; i < sizeof judged / sizeof judged[0]; i++) {
        const struct plan_step *step = rig_step(judged[i].plan, judged[i].step);
        struct octets entry = rig_entry(judged[i].aid, judged[i].life);
        assert_int_equal(rig_judge(&rig, step, judged[i].life ? &entry : NULL, SW_OK), judged[i].due);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_keys_are_put_beside_the_first_ones),
        cmocka_unit_test(the_owners_keys_are_deleted_under_the_providers),
        cmocka_unit_test(the_key_information_says_which_keys_are_there),
        cmocka_unit_test(groupings_go_in_order_and_encrypted_ones_never_share_a_command),
        cmocka_unit_test(long_groupings_are_cut_into_blocks),
        cmocka_unit_test(more_groupings_than_a_card_takes_are_refused),
        cmocka_unit_test(the_payment_environment_lists_the_application),
        cmocka_unit_test(locking_and_unlocking_set_bit_8_of_the_payment_application),
        cmocka_unit_test(judges_see_the_life_cycle),
    };
    return cmocka_run_group_tests_name("plan-provider", tests, NULL, NULL);
}
