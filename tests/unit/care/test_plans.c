/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's own plans read back by the codecs' readers. Unit test of order/care. [DESIGN 4, rule 3] */
#include <string.h>

#include "gp/command/command.h"
#include "gp/command/delete.h"
#include "gp/command/get_status.h"
#include "order/care/plan_care.h"
#include "rig.h"

static struct rig rig;
static struct care_facts care;

static int set(void **state)
{
    (void)state;
    rig_make(&rig, rig_uicc());
    care = (struct care_facts){.old_kvn = 1, .kvn = 2, .key_body = octets_bytes(&rig.keys), .targets = 1};
    memcpy(care.target[0].aid, (uint8_t[]){0xF0, 0x4F, 0x54, 0x53, 0x4D, 0x01, 0x01}, 7);
    care.target[0].len = 7;
    rig.facts.care = &care;
    return 0;
}

static void every_step_that_changes_a_card_has_probe_and_judge(void **state)
{
    const struct plan *const plans[] = {&plan_audit,
                                        rotation_issuer.put,
                                        rotation_issuer.prove,
                                        rotation_issuer.retire,
                                        rotation_domain.put,
                                        rotation_domain.prove,
                                        rotation_domain.retire,
                                        &plan_lock_application,
                                        &plan_unlock_application,
                                        &plan_lock_domain,
                                        &plan_unlock_domain,
                                        &plan_delete_targets,
                                        &plan_read_card,
                                        &plan_secure_card,
                                        &plan_lock_card,
                                        &plan_unlock_card,
                                        &plan_terminate_card,
                                        &plan_set_rules};
    (void)state;
    for (size_t p = 0; p < sizeof plans / sizeof plans[0]; p++)
        for (size_t i = 0; i < plans[p]->n; i++) {
            const struct plan_step *s = &plans[p]->steps[i];
            assert_true(s->name[0] && s->text[0] && s->build);
            assert_true(!s->changes_card || (s->probe && s->judge));
        }
}

static void another_version_is_added_and_the_same_is_replaced(void **state)
{
    (void)state;
    rig_build(&rig, &rotation_issuer.put->steps[0]);
    assert_int_equal(rig_command(&rig, 0).ins, INS_PUT_KEY);
    assert_int_equal(rig_command(&rig, 0).p1, 0);
    assert_int_equal(rig_command(&rig, 0).p2, 0x81);
    care.kvn = care.old_kvn;
    rig_build(&rig, &rotation_issuer.put->steps[0]);
    assert_int_equal(rig_command(&rig, 0).p1, 1);
}

static void put_is_judged_by_the_key_versions_and_the_same_version_never_looks_done(void **state)
{
    const struct plan_step *put = &rotation_issuer.put->steps[0];
    struct octets both = rig_keys((const uint8_t[]){1, 2}, 2), old = rig_keys((const uint8_t[]){1}, 1);
    (void)state;
    assert_int_equal(rig_judge(&rig, put, &both, SW_OK), VERDICT_DONE);
    assert_int_equal(rig_judge(&rig, put, &old, SW_OK), VERDICT_NOT_DONE);
    care.kvn = 1;
    assert_int_equal(rig_judge(&rig, put, &old, SW_OK), VERDICT_NOT_DONE);
}

static void retired_means_the_new_one_alone(void **state)
{
    const struct plan_step *retire = &rotation_issuer.retire->steps[0];
    struct octets both = rig_keys((const uint8_t[]){1, 2}, 2), new = rig_keys((const uint8_t[]){2}, 1),
                  none = {0};
    (void)state;
    rig_build(&rig, retire);
    assert_int_equal(rig_command(&rig, 0).ins, INS_DELETE);
    assert_int_equal(rig_judge(&rig, retire, &both, SW_OK), VERDICT_NOT_DONE);
    assert_int_equal(rig_judge(&rig, retire, &new, SW_OK), VERDICT_DONE);
    assert_int_equal(rig_judge(&rig, retire, &none, SW_OK), VERDICT_NOT_DONE);
}

static void a_lock_is_judged_by_the_bit(void **state)
{
    const struct plan_step *lock = &plan_lock_application.steps[0],
                           *unlock = &plan_unlock_application.steps[0];
    struct octets locked = rig_entry(RIG_PAYMENT, LIFE_SELECTABLE | LIFE_LOCKED_BIT),
                  free_one = rig_entry(RIG_PAYMENT, LIFE_SELECTABLE), none = {0};
    (void)state;
    rig_build(&rig, lock);
    assert_int_equal(rig_command(&rig, 0).ins, INS_SET_STATUS);
    assert_int_equal(rig_command(&rig, 0).p2 & LIFE_LOCKED_BIT, LIFE_LOCKED_BIT);
    assert_int_equal(rig_judge(&rig, lock, &locked, SW_OK), VERDICT_DONE);
    assert_int_equal(rig_judge(&rig, lock, &free_one, SW_OK), VERDICT_NOT_DONE);
    assert_int_equal(rig_judge(&rig, unlock, &free_one, SW_OK), VERDICT_DONE);
    assert_int_equal(rig_judge(&rig, unlock, &none, SW_NOT_FOUND), VERDICT_NOT_DONE);
}

static void there_are_as_many_deletions_as_targets(void **state)
{
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < plan_delete_targets.n; i++)
        n += !plan_delete_targets.steps[i].needless(&rig.facts, plan_delete_targets.steps[i].arg);
    assert_int_equal(n, 1);
    assert_int_equal(plan_delete_targets.n, CARE_TARGETS_MAX);
}

static void a_card_is_brought_to_secured_by_the_steps_that_it_needs(void **state)
{
    static const struct {
        uint8_t life;
        bool initialized, secured;
    } rows[] = {{LIFE_CARD_OP_READY, false, false},
                {LIFE_CARD_INITIALIZED, true, false},
                {LIFE_CARD_SECURED, true, true}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct plan_step *s = plan_secure_card.steps;
        care.card_life = rows[i].life;
        assert_int_equal(s[0].needless(&rig.facts, s[0].arg), rows[i].initialized);
        assert_int_equal(s[1].needless(&rig.facts, s[1].arg), rows[i].secured);
    }
}

static void the_state_of_a_card_is_read(void **state)
{
    (void)state;
    assert_int_equal(card_life_read(HEX("E30E4F08A0000001510000009F70017F")), LIFE_CARD_LOCKED);
    assert_int_equal(card_life_read(BYTES_NONE), 0);
    assert_int_equal(card_life_read(HEX("E3")), 0);
}

/* A card without the version of some file may refuse the listing, one of an older edition does not know tags.
 */
static void load_files_are_listed_without_tags_where_a_card_refuses_them(void **state)
{
    const struct plan_step *s = &plan_audit.steps[READ_FILES];
    (void)state;
    for (int bare = 0; bare <= 1; bare++) {
        uint8_t room[64];
        struct script script = {.store = WRITER(room)};
        care.files_bare = bare;
        assert_ok(s->build(&rig.facts, s->arg, &script));
        assert_int_equal(script.command[0].len, bare ? 8 : 15);
        assert_int_equal(s->fine(&rig.facts, s->arg, SW_BAD_DATA), !bare);
        assert_int_equal(care_wants_bare(&care, SW_NOT_FOUND), !bare);
        assert_false(s->fine(&rig.facts, s->arg, SW_SECURITY));
    }
    care.files_bare = false;
}

/* The compact form shows the status word of GET RESPONSE, which may hide the 6310 of GET STATUS. */
static void a_page_in_the_compact_form_may_not_be_the_last(void **state)
{
    const struct plan_step *s = &plan_audit.steps[READ_MORE_FILES];
    struct se_profile p = rig.profile;
    (void)state;
    p.protocol = 0x80;
    for (int format = FORMAT_COMPACT; format <= FORMAT_EXPANDED; format++) {
        p.format = format;
        assert_int_equal(care_more_after(&p, SW_MORE_ENTRIES, 200), MORE_SAID);
        assert_int_equal(care_more_after(&p, SW_OK, 200), format == FORMAT_COMPACT ? MORE_MAYBE : MORE_NONE);
        assert_int_equal(care_more_after(&p, SW_OK, 0), MORE_NONE);
        assert_int_equal(care_more_after(&p, SW_NOT_FOUND, 0), MORE_NONE);
    }
    p.format = FORMAT_COMPACT;
    p.protocol = 3; /* a channel has no script format */
    assert_int_equal(care_more_after(&p, SW_OK, 200), MORE_NONE);
    for (uint8_t more = MORE_NONE; more <= MORE_SAID; more++) {
        care.more[s->arg] = more;
        assert_int_equal(s->needless(&rig.facts, s->arg), more == MORE_NONE);
        assert_int_equal(s->fine(&rig.facts, s->arg, SW_CONDITIONS), more == MORE_MAYBE);
        assert_false(s->fine(&rig.facts, s->arg, SW_SECURITY));
    }
}

#define TEST(f) cmocka_unit_test_setup(f, set)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_step_that_changes_a_card_has_probe_and_judge),
        TEST(another_version_is_added_and_the_same_is_replaced),
        TEST(put_is_judged_by_the_key_versions_and_the_same_version_never_looks_done),
        TEST(retired_means_the_new_one_alone),
        TEST(a_lock_is_judged_by_the_bit),
        TEST(there_are_as_many_deletions_as_targets),
        TEST(a_card_is_brought_to_secured_by_the_steps_that_it_needs),
        TEST(the_state_of_a_card_is_read),
        TEST(a_page_in_the_compact_form_may_not_be_the_last),
        TEST(load_files_are_listed_without_tags_where_a_card_refuses_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
