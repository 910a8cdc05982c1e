/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every plan there is: a step that changes the card can be asked for, names are told apart,
 * scripts are commands. Unit test of order/plan.h. [DESIGN 4, rule 3] */
#include <string.h>

#include "gp/apdu/ins.h"
#include "rig.h"

static struct rig rig;

static void every_step(void (*check)(const struct plan *plan, const struct plan_step *step))
{
    for (size_t p = 0; plans_all[p]; p++) {
        assert_true(plans_all[p]->n > 0);
        for (size_t i = 0; i < plans_all[p]->n; i++)
            check(plans_all[p], &plans_all[p]->steps[i]);
    }
}

static void has_probe_and_judge(const struct plan *plan, const struct plan_step *step)
{
    (void)plan;
    assert_non_null(step->build);
    assert_true(step->domain < PLAN_DOMAINS);
    assert_true(step->name[0] && step->text[0]);
    if (step->changes_card) {
        assert_non_null(step->probe);
        assert_non_null(step->judge);
    }
}

static void every_step_that_changes_the_card_has_probe_and_judge(void **state)
{
    (void)state;
    every_step(has_probe_and_judge);
}

static void is_the_only_one(const struct plan *plan, const struct plan_step *step)
{
    size_t n = 0;
    (void)plan;
    for (size_t p = 0; plans_all[p]; p++)
        for (size_t i = 0; i < plans_all[p]->n; i++)
            n += !strcmp(plans_all[p]->steps[i].name, step->name);
    assert_int_equal(n, 1);
}

static void steps_are_told_apart_by_name(void **state)
{
    (void)state;
    every_step(is_the_only_one);
}

/* Commands follow each other in the store and lose nothing between them. */
static void is_a_whole_script(void)
{
    size_t sum = 0;
    for (size_t i = 0; i < rig.script.n; i++) {
        struct apdu a = rig_command(&rig, i);
        assert_int_equal(a.cla & 0x80, a.ins == 0xA4 ? 0 : 0x80);
        assert_true(a.data.len <= 255);
        sum += rig.script.command[i].len;
    }
    assert_int_equal(sum, rig.script.store.len);
}

/* A step that the facts make needless is passed over: it is never built. */
static bool is_needless(const struct plan_step *step)
{
    return step->needless && step->needless(&rig.facts, step->arg);
}

static void builds_commands(const struct plan *plan, const struct plan_step *step)
{
    (void)plan;
    if (is_needless(step))
        return;
    rig_build(&rig, step);
    is_a_whole_script();
    if (step->probe) {
        rig_probe(&rig, step);
        is_a_whole_script();
        for (size_t i = 0; i < rig.script.n; i++) { /* a probe reads */
            uint8_t ins = rig_command(&rig, i).ins;
            assert_true(ins == INS_GET_STATUS || ins == INS_GET_DATA || ins == INS_MANAGE_ELF_UPGRADE);
        }
    }
}

static void every_step_and_every_probe_builds_whole_commands(void **state)
{
    (void)state;
    rig_make(&rig, rig_uicc());
    every_step(builds_commands);
    rig_make(&rig, rig_ese());
    every_step(builds_commands);
}

/* The same facts give the same octets: a script is built again for every exchange of its step. */
static void builds_the_same_twice(const struct plan *plan, const struct plan_step *step)
{
    static uint8_t first[RIG_STORE];
    size_t len;
    (void)plan;
    if (is_needless(step))
        return;
    rig_build(&rig, step);
    len = rig.script.store.len;
    memcpy(first, rig.store, len);
    rig_build(&rig, step);
    assert_int_equal(rig.script.store.len, len);
    assert_memory_equal(rig.store, first, len);
}

static void a_script_is_the_same_whenever_it_is_built(void **state)
{
    (void)state;
    rig_make(&rig, rig_uicc());
    every_step(builds_the_same_twice);
}

static void needs_room(const struct plan *plan, const struct plan_step *step)
{
    struct script script = {.store = {rig.store, 0, 4}}; /* less than the header of a command */
    (void)plan;
    if (is_needless(step))
        return;
    assert_err(step->build(&rig.facts, step->arg, &script), TSM_NO_ROOM);
}

static void a_store_that_is_too_small_is_refused(void **state)
{
    (void)state;
    rig_make(&rig, rig_uicc());
    every_step(needs_room);
}

/* What an ordinary deployment in simple mode must do, whatever else a plan can do. */
static void nothing_of_a_deployment_is_needless(void)
{
    static const struct {
        const struct plan *plan;
        const char *step;
    } rows[] = {{&plan_create_domain, "INSTALL_DOMAIN"},
                {&plan_create_domain, "DOMAIN_KEYS"},
                {&plan_own_keys, "OWN_KEYS"},
                {&plan_load_and_install, "LOAD"},
                {&plan_load_and_install, "INSTALL_APPLICATION"},
                {&plan_load_and_install, "INSTALL_APPLICATION_2"},
                {&plan_personalise, "PERSONALISE"},
                {&plan_activate, "ACTIVATE"},
                {&plan_suspend, "LOCK"},
                {&plan_resume, "UNLOCK"}};
    rig_make(&rig, rig_uicc());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(is_needless(rig_step(rows[i].plan, rows[i].step)));
}

static void what_the_registry_does_not_know_is_not_deleted(void **state)
{
    const struct plan *p = &plan_remove;
    struct plan_facts *f = &rig.facts;
    (void)state;
    nothing_of_a_deployment_is_needless();
    rig_make(&rig, rig_uicc());
    assert_false(is_needless(rig_step(p, "DELETE_APPLICATION")));
    assert_false(is_needless(rig_step(p, "DELETE_APPLICATION_2")));
    assert_false(is_needless(rig_step(p, "DELETE_LOAD_FILE")));
    f->applications[1].not_ours = true;
    assert_false(rig_step(p, "DELETE_APPLICATION")->needless(f, 0));
    assert_true(rig_step(p, "DELETE_APPLICATION_2")->needless(f, 1));
    f->package_not_ours = true;
    assert_true(rig_step(p, "DELETE_LOAD_FILE")->needless(f, 0));
    assert_false(is_needless(rig_step(p, "DELETE_DOMAIN")));
    f->keeps_domain = true; /* more of its content is still to go */
    assert_true(is_needless(rig_step(p, "DELETE_DOMAIN")));
    assert_true(is_needless(rig_step(&plan_remove_domain, "DELETE_EMPTY_DOMAIN")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_that_changes_the_card_has_probe_and_judge),
        cmocka_unit_test(steps_are_told_apart_by_name),
        cmocka_unit_test(every_step_and_every_probe_builds_whole_commands),
        cmocka_unit_test(a_script_is_the_same_whenever_it_is_built),
        cmocka_unit_test(a_store_that_is_too_small_is_refused),
        cmocka_unit_test(what_the_registry_does_not_know_is_not_deleted),
    };
    return cmocka_run_group_tests_name("plans", tests, NULL, NULL);
}
