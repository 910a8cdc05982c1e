/* SPDX-License-Identifier: Apache-2.0 */
/* The plans that lock, unlock or delete single objects of a card by the issuer's authority, and those that
 * speak to its access rule master. Station 5. Pure. [GPCS 9.6, 11.2, 11.10; GP Secure Element Access
 * Control 1.1 5.1] */
#include "gp/command/delete.h"
#include "gp/command/set_status.h"
#include "gp/command/store_data.h"
#include "order/care/plan_care.h"
#include "order/care/rules_step.h"
#include "order/plan_script.h"

const uint8_t aram_aid[ARAM_AID_LEN] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x41, 0x43, 0x4C, 0x00};

static struct bytes target_aid(const struct plan_facts *f, int arg)
{
    return BYTES_OF(f->care->target[arg].aid, f->care->target[arg].len);
}

static bool no_target(const struct plan_facts *f, int arg)
{
    return (size_t)arg >= f->care->targets;
}

static enum tsm_err set_state(const struct plan_facts *f, int arg, enum set_status_type type, uint8_t state,
                              struct script *out)
{
    size_t mark = script_mark(out);
    TRY(set_status_write(type, state, target_aid(f, arg), &out->store));
    return script_add(out, mark);
}

static enum tsm_err build_lock(const struct plan_facts *f, int arg, struct script *out)
{
    return set_state(f, arg, SET_STATUS_APPLICATION, LIFE_SELECTABLE | LIFE_LOCKED_BIT, out);
}
static enum tsm_err build_unlock(const struct plan_facts *f, int arg, struct script *out)
{
    return set_state(f, arg, SET_STATUS_APPLICATION, LIFE_SELECTABLE, out);
}
static enum tsm_err build_lock_tree(const struct plan_facts *f, int arg, struct script *out)
{
    return set_state(f, arg, SET_STATUS_DOMAIN_AND_APPLICATIONS, LIFE_PERSONALIZED | LIFE_LOCKED_BIT, out);
}
static enum tsm_err build_unlock_tree(const struct plan_facts *f, int arg, struct script *out)
{
    return set_state(f, arg, SET_STATUS_DOMAIN_AND_APPLICATIONS, LIFE_PERSONALIZED, out);
}

static enum tsm_err probe_target(const struct plan_facts *f, int arg, struct script *out)
{
    return probe_registry(f->care->target[arg].with_content ? STATUS_LOAD_FILES : STATUS_APPLICATIONS,
                          target_aid(f, arg), out);
}

static enum verdict judge_lock(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n,
                               bool wanted)
{
    uint8_t life = 0;
    bool there = registry_has(a, n, STATUS_APPLICATIONS, target_aid(f, arg), &life);
    return there && ((life & LIFE_LOCKED_BIT) != 0) == wanted ? VERDICT_DONE : VERDICT_NOT_DONE;
}
static enum verdict judge_locked(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    return judge_lock(f, arg, a, n, true);
}
static enum verdict judge_unlocked(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    return judge_lock(f, arg, a, n, false);
}

static enum tsm_err build_delete(const struct plan_facts *f, int arg, struct script *out)
{
    struct gp_delete d = {.aid = target_aid(f, arg), .related = f->care->target[arg].with_content};
    size_t mark = script_mark(out);
    TRY(delete_write(&d, &out->store));
    return script_add(out, mark);
}

static enum verdict judge_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life = 0;
    enum gp_status_scope scope = f->care->target[arg].with_content ? STATUS_LOAD_FILES : STATUS_APPLICATIONS;
    return registry_has(a, n, scope, target_aid(f, arg), &life) ? VERDICT_NOT_DONE : VERDICT_DONE;
}

/* Each command to the rule master is a run of its own. */
enum tsm_err rules_build(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    for (size_t n = 0; n < f->n_rules; n++) {
        struct store_part part = {.data = f->rules[n], .p1 = STORE_NO_ENCRYPTION | STORE_TLV};
        struct store_plan plan;
        TRY(script_personalization(out, BYTES(aram_aid)));
        TRY(store_plan_make(&part, 1, f->data_max, &plan));
        for (size_t i = 0; i < plan.blocks; i++) {
            size_t mark = script_mark(out);
            TRY(store_plan_block(&plan, i, &out->store));
            TRY(script_add(out, mark));
        }
    }
    return TSM_OK;
}

bool rules_none(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->n_rules == 0;
}

enum tsm_err rules_probe(const struct plan_facts *f, int arg, struct script *out)
{
    (void)f;
    (void)arg;
    return probe_registry(STATUS_APPLICATIONS, BYTES(aram_aid), out);
}

/* Rules show in no registry; to give one again, or to take it again, is harmless. */
enum verdict rules_judge(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    (void)a;
    (void)n;
    return VERDICT_NOT_DONE;
}

#define TARGET_STEP(n, t, a, b, j, fine)                                                       \
    {                                                                                          \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = b, .changes_card = true, \
        .probe = probe_target, .judge = j, .also_fine = fine, .needless = no_target            \
    }
#define LOCK(i)   TARGET_STEP("LOCK", "the application is locked", i, build_lock, judge_locked, 0)
#define UNLOCK(i) TARGET_STEP("UNLOCK", "the application is unlocked", i, build_unlock, judge_unlocked, 0)
#define DELETE(i) TARGET_STEP("DELETE", "the object is deleted", i, build_delete, judge_gone, SW_NOT_FOUND)
#define EACH(X)                                                                                              \
    {                                                                                                        \
        X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13), X(14), X(15) \
    }

static const struct plan_step lock_steps[CARE_TARGETS_MAX] = EACH(LOCK);
static const struct plan_step unlock_steps[CARE_TARGETS_MAX] = EACH(UNLOCK);
static const struct plan_step delete_steps[CARE_TARGETS_MAX] = EACH(DELETE);
static const struct plan_step lock_tree_steps[] = {TARGET_STEP(
    "LOCK_DOMAIN", "the domain and all below it are locked", 0, build_lock_tree, judge_locked, 0)};
static const struct plan_step unlock_tree_steps[] = {TARGET_STEP(
    "UNLOCK_DOMAIN", "the domain and all below it are unlocked", 0, build_unlock_tree, judge_unlocked, 0)};
static const struct plan_step rule_steps[] = {
    RULES_STEP("SET_RULES", "access rules are given to the card's rule master, or taken from it")};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_lock_application = {.name = "lock-application", STEPS(lock_steps)};
const struct plan plan_unlock_application = {.name = "unlock-application", STEPS(unlock_steps)};
const struct plan plan_delete_targets = {.name = "delete-targets", STEPS(delete_steps)};
const struct plan plan_lock_domain = {.name = "lock-domain", STEPS(lock_tree_steps)};
const struct plan plan_unlock_domain = {.name = "unlock-domain", STEPS(unlock_tree_steps)};
const struct plan plan_set_rules = {.name = "set-rules", STEPS(rule_steps)};
