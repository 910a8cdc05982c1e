/* SPDX-License-Identifier: Apache-2.0 */
/* What a flavor says of its applications in the commands of the plans: parameters, selectability,
 * attestation, locks; and what opens them. Unit test of order/manage and order/activation.
 * [TR-03165 4.1.4.13, 4.1.4.14, appendix A; GPCS 11.5.2.3.2, 11.5.2.3.3, 11.11.2.1] */
#include <string.h>

#include "gp/apdu/ins.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "gp/content/install_params.h"
#include "order/manage/applications.h"
#include "rig.h"

static struct rig rig;

static struct gp_install built(const struct plan *plan, const char *step)
{
    struct gp_install i;
    struct apdu a;
    rig_build(&rig, rig_step(plan, step));
    a = rig_command(&rig, 0);
    assert_int_equal(a.ins, INS_INSTALL);
    assert_ok(install_read(a.p1, a.p2, a.data, &i));
    return i;
}

static bool is_needless(const struct plan *plan, const char *name)
{
    const struct plan_step *step = rig_step(plan, name);
    return step->needless && step->needless(&rig.facts, step->arg);
}

static void parameters_of_its_own_stand_in_c9(void **state)
{
    struct octets own = octets_of("0F02E6EA");
    struct install_params p;
    struct gp_install i;
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.applications[0].parameters = octets_bytes(&own);
    i = built(&plan_load_and_install, "INSTALL_APPLICATION");
    assert_hex(i.parameters, "C9040F02E6EA");
    assert_ok(install_params_read(PARAMS_FOR_INSTALL, i.parameters, &p));
    assert_true(bytes_equal(p.application, octets_bytes(&own)));
}

static void what_is_not_to_be_selectable_is_installed_alone(void **state)
{
    (void)state;
    rig_make(&rig, rig_ese());
    assert_int_equal(built(&plan_load_and_install, "INSTALL_APPLICATION").p1,
                     INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE);
    rig.facts.applications[0].unselectable = true;
    assert_int_equal(built(&plan_load_and_install, "INSTALL_APPLICATION").p1, INSTALL_FOR_INSTALL);
    assert_int_equal(built(&plan_load_authorized, "AUTHORIZED_INSTALL_APPLICATION").p1, INSTALL_FOR_INSTALL);
}

static void activation_makes_selectable_what_waits_for_it(void **state)
{
    const struct plan_step *step = rig_step(&plan_make_accessible, "MAKE_SELECTABLE_2");
    static const struct {
        uint8_t life;
        enum verdict verdict;
    } rows[] = {{LIFE_INSTALLED, VERDICT_NOT_DONE}, {LIFE_SELECTABLE, VERDICT_DONE}, {0x87, VERDICT_DONE}};
    struct gp_install i;
    (void)state;
    rig_make(&rig, rig_ese());
    assert_true(is_needless(&plan_make_accessible, "MAKE_SELECTABLE_2"));
    rig.facts.applications[1].becomes_selectable = true;
    assert_false(is_needless(&plan_make_accessible, "MAKE_SELECTABLE_2"));
    assert_true(is_needless(&plan_make_accessible, "MAKE_SELECTABLE_3")); /* there is no third one */
    i = built(&plan_make_accessible, "MAKE_SELECTABLE_2");
    assert_int_equal(i.p1, INSTALL_FOR_MAKE_SELECTABLE);
    assert_hex(i.application, RIG_PPSE);
    assert_int_equal(i.load_file.len + i.module.len + i.parameters.len, 0);
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct octets entry = rig_entry(RIG_PPSE, rows[n].life);
        assert_int_equal(rig_judge(&rig, step, &entry, 0x9000), rows[n].verdict);
    }
}

static void a_token_goes_to_each_application_that_wants_one(void **state)
{
    struct octets token = octets_of("7F4106A0048002AABB");
    struct gp_install i;
    struct apdu a;
    (void)state;
    rig_make(&rig, rig_ese());
    rig.facts.attestation = octets_bytes(&token);
    assert_true(is_needless(&plan_personalise, "ATTEST"));
    rig.facts.applications[1].attests = true;
    assert_true(is_needless(&plan_personalise, "ATTEST"));
    assert_false(is_needless(&plan_personalise, "ATTEST_2"));
    i = built(&plan_personalise, "ATTEST_2");
    assert_int_equal(i.p1, INSTALL_FOR_PERSONALIZATION);
    assert_hex(i.application, RIG_PPSE);
    a = rig_command(&rig, rig.script.n - 1);
    assert_int_equal(a.ins, INS_STORE_DATA);
    assert_int_equal(a.p1 & 0x7F, 0x10); /* appendix A.1 */
    assert_true(bytes_equal(a.data, octets_bytes(&token)));
}

static void all_are_locked_but_the_directory_and_what_nobody_selects(void **state)
{
    static const char *const locks[] = {"LOCK", "LOCK_2", "LOCK_3", "LOCK_4"};
    static const bool needless[] = {false, true, true, false};
    (void)state;
    rig_make(&rig, rig_ese()); /* the second is the directory */
    rig.facts.n_applications = 4;
    rig.facts.applications[2] = rig.facts.applications[3] = rig.facts.applications[0];
    rig.facts.applications[2].unselectable = true;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(is_needless(&plan_suspend, locks[i]), needless[i]);
}

static void a_file_without_octets_is_there_already(void **state)
{
    (void)state;
    rig_make(&rig, rig_ese());
    assert_false(is_needless(&plan_load_and_install, "LOAD"));
    rig.facts.load_file = BYTES_NONE;
    assert_true(is_needless(&plan_load_and_install, "LOAD"));
    assert_true(is_needless(&plan_load_delegated, "DELEGATED_LOAD"));
}

static void steps_are_known_by_the_name_of_the_first(void **state)
{
    (void)state;
    assert_true(is_step_of_each(rig_step(&plan_personalise, "ATTEST"), "ATTEST"));
    assert_true(is_step_of_each(rig_step(&plan_personalise, "ATTEST_8"), "ATTEST"));
    assert_false(is_step_of_each(rig_step(&plan_remove, "DELETE_LOAD_FILE"), "DELETE"));
    assert_false(is_step_of_each(rig_step(&plan_own_keys, "OWN_KEYS"), "OWN_KEYS_2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_its_own_stand_in_c9),
        cmocka_unit_test(what_is_not_to_be_selectable_is_installed_alone),
        cmocka_unit_test(activation_makes_selectable_what_waits_for_it),
        cmocka_unit_test(a_token_goes_to_each_application_that_wants_one),
        cmocka_unit_test(all_are_locked_but_the_directory_and_what_nobody_selects),
        cmocka_unit_test(a_file_without_octets_is_there_already),
        cmocka_unit_test(steps_are_known_by_the_name_of_the_first),
    };
    return cmocka_run_group_tests_name("plan-flavor", tests, NULL, NULL);
}
