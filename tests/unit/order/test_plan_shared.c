/* SPDX-License-Identifier: Apache-2.0 */
/* Plans around domains that share a card: preparation for delegated management, extradition, load files and
 * directories that several use, questions for lost receipts, keys that the owner never sees. Unit test of
 * order/manage/. [GPCS 9.1.3, 9.4, 11.3 to 11.8; AmdF 4.3] */
#include <string.h>

#include "gp/apdu/ins.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "gp/content/install_params.h"
#include "gp/content/sd_params.h"
#include "order/manage/mode.h"
#include "rig.h"

static struct rig rig;

#define ISSUER "A000000151000000"
#define OTHER  "F04F54534DD00002"

static bool is_needless(const struct plan *plan, const char *name)
{
    const struct plan_step *s = rig_step(plan, name);
    return s->needless && s->needless(&rig.facts, s->arg);
}

static struct gp_install install_of(size_t i)
{
    struct gp_install got;
    struct apdu a = rig_command(&rig, i);
    assert_int_equal(a.ins, INS_INSTALL);
    assert_ok(install_read(a.p1, a.p2, a.data, &got));
    return got;
}

/* An entry of the registry with its domain. */
static struct octets entry_in(const char *aid, const char *domain)
{
    struct octets o = {.len = 0}, name = octets_of(aid), owner = octets_of(domain);
    struct writer w = WRITER(o.at);
    struct gp_registry_entry e = {
        .aid = octets_bytes(&name), .life_cycle = LIFE_SELECTABLE, .domain = octets_bytes(&owner)};
    assert_ok(gp_registry_write(&e, &w));
    o.len = w.len;
    return o;
}

static void a_card_is_prepared_once_and_for_tokens_alone(void **state)
{
    static const char *const steps[] = {"TOKEN_KEY", "RECEIPT_KEY"};
    (void)state;
    rig_make(&rig, rig_ese());
    for (size_t i = 0; i < 2; i++)
        for (int mode = 0; mode < MODES; mode++) {
            rig.facts.mode = (enum domain_mode)mode;
            rig.facts.prepared = false;
            assert_int_equal(is_needless(&plan_create_domain, steps[i]), mode != MODE_DELEGATED);
            rig.facts.prepared = true;
            assert_true(is_needless(&plan_create_domain, steps[i]));
        }
}

static void keys_of_delegation_are_added_and_found_by_their_versions(void **state)
{
    static const struct {
        const struct plan *plan;
        const char *step;
        uint8_t kvn;
    } rows[] = {{&plan_prepare, "PREPARE_TOKEN_KEY", 0x70},   {&plan_prepare, "PREPARE_RECEIPT_KEY", 0x71},
                {&plan_create_domain, "TOKEN_KEY", 0x70},     {&plan_create_domain, "RECEIPT_KEY", 0x71},
                {&plan_create_domain, "AUTHORITY_KEY", 0x73}, {&plan_own_keys, "DAP_KEY", 0x73}};
    (void)state;
    rig_make(&rig, rig_ese());
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct plan_step *s = rig_step(rows[i].plan, rows[i].step);
        struct octets there = rig_keys(&rows[i].kvn, 1), other = rig_keys((const uint8_t[]){0x30}, 1);
        struct apdu a;
        rig_build(&rig, s);
        a = rig_command(&rig, 0);
        assert_int_equal(a.ins, INS_PUT_KEY);
        assert_int_equal(a.p1, 0); /* adds: a key of somebody else's is not replaced */
        assert_int_equal(a.p2, 1);
        assert_int_equal(rig_judge(&rig, s, &there, SW_OK), VERDICT_DONE);
        assert_int_equal(rig_judge(&rig, s, &other, SW_OK), VERDICT_NOT_DONE);
    }
}

static void without_its_key_no_put_key_is_built(void **state)
{
    const struct plan_step *s = rig_step(&plan_prepare, "PREPARE_TOKEN_KEY");
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.token_key = BYTES_NONE;
    rig.script = (struct script){.store = WRITER(rig.store)};
    assert_err(s->build(&rig.facts, s->arg, &rig.script), TSM_KEY_MISSING);
}

static void a_domain_gets_its_quota_privileges_and_parent(void **state)
{
    struct install_params p;
    struct octets parent = octets_of(OTHER);
    struct gp_install i;
    (void)state;
    rig_make(&rig, rig_ese());
    assert_true(is_needless(&plan_create_domain, "JOIN_PARENT"));
    rig.facts.terms = (struct domain_terms){.privileges = PRIVILEGE_GLOBAL_LOCK,
                                            .nonvolatile = 40000,
                                            .volatile_room = 500,
                                            .parent = octets_bytes(&parent)};
    rig_build(&rig, rig_step(&plan_create_domain, "INSTALL_DOMAIN"));
    i = install_of(0);
    assert_hex(i.privileges, "808800");
    assert_ok(install_params_read(PARAMS_FOR_INSTALL, i.parameters, &p));
    assert_int_equal(p.granted_nonvolatile, 40000);
    assert_int_equal(p.granted_volatile, 500);
    assert_false(is_needless(&plan_create_domain, "JOIN_PARENT"));
    rig_build(&rig, rig_step(&plan_create_domain, "JOIN_PARENT"));
    i = install_of(0);
    assert_int_equal(i.p1, INSTALL_FOR_EXTRADITION);
    assert_hex(i.domain, OTHER);
    assert_hex(i.application, RIG_DOMAIN);
}

/* What moved is judged by the associated domain that the registry shows. */
static void extradition_is_judged_by_the_associated_domain(void **state)
{
    static const struct {
        const struct plan *plan;
        const char *step, *object, *to;
    } rows[] = {{&plan_load_and_install, "MOVE_APPLICATION", RIG_PAYMENT, RIG_DOMAIN},
                {&plan_load_and_install, "MOVE_APPLICATION_2", RIG_PPSE, RIG_DOMAIN},
                {&plan_remove, "PASS_LOAD_FILE", RIG_PACKAGE, ISSUER},
                {&plan_remove_domain, "PASS_USED_LOAD_FILE", RIG_PACKAGE, ISSUER},
                {&plan_extradite, "EXTRADITE", RIG_PAYMENT, RIG_DOMAIN}};
    (void)state;
    rig_make(&rig, rig_ese());
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct plan_step *s = rig_step(rows[i].plan, rows[i].step);
        struct octets there = entry_in(rows[i].object, rows[i].to), before = entry_in(rows[i].object, OTHER);
        struct gp_install got;
        rig_build(&rig, s);
        got = install_of(0);
        assert_int_equal(got.p1, INSTALL_FOR_EXTRADITION);
        assert_hex(got.application, rows[i].object);
        assert_hex(got.domain, rows[i].to);
        assert_int_equal(rig_judge(&rig, s, &there, SW_OK), VERDICT_DONE);
        assert_int_equal(rig_judge(&rig, s, &before, SW_OK), VERDICT_NOT_DONE);
        assert_int_equal(rig_judge(&rig, s, NULL, SW_NOT_FOUND), VERDICT_NOT_DONE);
    }
}

static void a_load_file_that_is_there_is_not_loaded_again(void **state)
{
    struct octets other = octets_of(OTHER);
    (void)state;
    rig_make(&rig, rig_ese());
    assert_false(is_needless(&plan_load_and_install, "LOAD"));
    assert_true(is_needless(&plan_load_and_install, "MOVE_APPLICATION"));
    rig.facts.package_there = true;
    rig.facts.package_domain = octets_bytes(&other);
    assert_true(is_needless(&plan_load_and_install, "LOAD"));
    assert_false(is_needless(&plan_load_and_install, "MOVE_APPLICATION"));
    rig.facts.package_domain = rig.facts.domain_aid; /* it is at home there */
    assert_true(is_needless(&plan_load_and_install, "MOVE_APPLICATION"));
}

static void a_load_file_goes_with_its_last_user(void **state)
{
    (void)state;
    rig_make(&rig, rig_ese());
    assert_true(is_needless(&plan_remove, "PASS_LOAD_FILE"));
    assert_false(is_needless(&plan_remove, "DELETE_LOAD_FILE"));
    rig.facts.package_used = true;
    assert_false(is_needless(&plan_remove, "PASS_LOAD_FILE"));
    assert_true(is_needless(&plan_remove, "DELETE_LOAD_FILE"));
    rig.facts.package_not_ours = true;
    assert_true(is_needless(&plan_remove, "PASS_LOAD_FILE"));
}

static void a_service_of_one_application_has_no_second_step(void **state)
{
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.n_applications = 1;
    assert_false(is_needless(&plan_load_and_install, "INSTALL_APPLICATION"));
    assert_true(is_needless(&plan_load_and_install, "INSTALL_APPLICATION_2"));
    assert_true(is_needless(&plan_remove, "DELETE_APPLICATION_2"));
    assert_true(is_needless(&plan_load_delegated, "DELEGATED_INSTALL_APPLICATION_2"));
    assert_true(is_needless(&plan_load_authorized, "AUTHORIZED_INSTALL_APPLICATION_2"));
}

static void a_directory_is_written_while_anybody_is_listed(void **state)
{
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.n_applications = 1;
    assert_false(is_needless(&plan_directory, "DIRECTORY_INSTALL"));
    assert_false(is_needless(&plan_directory, "DIRECTORY_WRITE"));
    assert_true(is_needless(&plan_directory, "DIRECTORY_DELETE"));
    rig.facts.applications[0].there = true;
    assert_true(is_needless(&plan_directory, "DIRECTORY_INSTALL"));
    rig.facts.ppse = BYTES_NONE;
    assert_true(is_needless(&plan_directory, "DIRECTORY_WRITE"));
    assert_false(is_needless(&plan_directory, "DIRECTORY_DELETE"));
    assert_false(is_needless(&plan_directory, "DIRECTORY_DELETE_LOAD_FILE"));
    rig.facts.package_used = true;
    assert_true(is_needless(&plan_directory, "DIRECTORY_DELETE_LOAD_FILE"));
}

static void keys_from_elsewhere_are_not_put_by_the_owner(void **state)
{
    (void)state;
    rig_make(&rig, rig_ese());
    assert_false(is_needless(&plan_create_domain, "DOMAIN_KEYS"));
    assert_true(is_needless(&plan_create_domain, "READ_CASD"));
    rig.facts.terms.keys_elsewhere = rig.facts.terms.reads_casd = true;
    assert_true(is_needless(&plan_create_domain, "DOMAIN_KEYS"));
    assert_false(is_needless(&plan_create_domain, "READ_CASD"));
    rig_build(&rig, rig_step(&plan_create_domain, "READ_CASD"));
    assert_hex(rig.script.command[0], "80CABF30045C027F2100");
}

static void a_domain_for_scp11_says_so(void **state)
{
    struct install_params p;
    struct sd_params sd;
    struct gp_install i;
    (void)state;
    rig_make(&rig, rig_ese());
    rig.profile.scp11_i = 0x8902;
    rig.facts.terms.opens_by_scp11 = true;
    rig_build(&rig, rig_step(&plan_create_domain, "INSTALL_DOMAIN"));
    i = install_of(0);
    assert_ok(install_params_read(PARAMS_FOR_INSTALL, i.parameters, &p));
    assert_ok(sd_params_read(p.application, &sd));
    assert_int_equal(sd.protocol_count, 2);
    assert_int_equal(sd.protocol[1].protocol, 0x11);
    assert_int_equal(sd.protocol[1].i, 0x89);
    assert_int_equal(sd.protocol[1].i2, 0x02);
}

static void ways_of_hand_over_have_words(void **state)
{
    (void)state;
    for (int i = 0; i < HAND_OVER_COUNT; i++) {
        enum hand_over way;
        assert_ok(hand_over_read(hand_over_word(i), &way));
        assert_int_equal(way, i);
        assert_int_equal(hand_over_is_confidential(i), i > HAND_OVER_DIVERSIFIED);
    }
    assert_err(hand_over_read("by hand", &(enum hand_over){0}), TSM_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_prepared_once_and_for_tokens_alone),
        cmocka_unit_test(keys_of_delegation_are_added_and_found_by_their_versions),
        cmocka_unit_test(without_its_key_no_put_key_is_built),
        cmocka_unit_test(a_domain_gets_its_quota_privileges_and_parent),
        cmocka_unit_test(extradition_is_judged_by_the_associated_domain),
        cmocka_unit_test(a_load_file_that_is_there_is_not_loaded_again),
        cmocka_unit_test(a_load_file_goes_with_its_last_user),
        cmocka_unit_test(a_service_of_one_application_has_no_second_step),
        cmocka_unit_test(a_directory_is_written_while_anybody_is_listed),
        cmocka_unit_test(keys_from_elsewhere_are_not_put_by_the_owner),
        cmocka_unit_test(a_domain_for_scp11_says_so),
        cmocka_unit_test(ways_of_hand_over_have_words),
    };
    return cmocka_run_group_tests_name("plan-shared", tests, NULL, NULL);
}
