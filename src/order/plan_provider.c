/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's plans in its own domain: own keys, personalisation, activation, lock, unlock. Station 5.
 * Pure. [GPCS 11.8, 11.10, 11.11; EMV CPS] */
#include "gp/command/command.h"
#include "gp/command/delete.h"
#include "gp/command/put_key.h"
#include "gp/command/set_status.h"
#include "gp/command/store_data.h"
#include "gp/content/dgi.h"
#include "order/manage/applications.h"
#include "order/manage/content.h"
#include "order/manage/keys.h"

enum { PERSO_PARTS_MAX = 32, PERSO_MAX = 8192, PAYMENT = 0, PPSE = 1 };

static enum tsm_err build_own_keys(const struct plan_facts *f, int arg, struct script *out)
{
    size_t mark = script_mark(out);
    (void)arg;
    TRY(put_key_write_field(0, PUT_KEY_SEVERAL | 1, f->own_keys, &out->store));
    return script_add(out, mark);
}

static enum verdict judge_own_keys(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return keys_have(a, n, (uint8_t)f->profile->own_kvn) ? VERDICT_DONE : VERDICT_NOT_DONE;
}

/* What the owner made, and so has seen, goes: from now on only the provider opens its domain. */
static enum tsm_err build_retire(const struct plan_facts *f, int arg, struct script *out)
{
    size_t mark = script_mark(out);
    (void)arg;
    TRY(delete_key_write((uint8_t)f->profile->first_kvn, 0, &out->store));
    return script_add(out, mark);
}

static enum verdict judge_retired(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return keys_have(a, n, (uint8_t)f->profile->own_kvn) && !keys_have(a, n, (uint8_t)f->profile->first_kvn)
               ? VERDICT_DONE
               : VERDICT_NOT_DONE; /* a list without our own keys is no list */
}

static bool own_keys_there(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->own_keys_there;
}

static bool no_first_keys(const struct plan_facts *f, int arg)
{
    return own_keys_there(f, arg) || f->no_first_keys;
}

/* Adds the blocks of one STORE DATA run: it starts at block 0 whenever it is begun. */
static enum tsm_err add_run(const struct store_part *parts, size_t n, size_t block_max, struct script *out)
{
    struct store_plan plan;
    TRY(store_plan_make(parts, n, block_max, &plan));
    for (size_t i = 0; i < plan.blocks; i++) {
        size_t mark = script_mark(out);
        TRY(store_plan_block(&plan, i, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

/* Encrypted and clear groupings never share a command [EMV CPS 3.2.7]. */
static enum tsm_err build_personalise(const struct plan_facts *f, int arg, struct script *out)
{
    uint8_t room[PERSO_MAX];
    struct writer w = WRITER(room);
    struct store_part parts[PERSO_PARTS_MAX];
    size_t n = 0;
    enum tsm_err e = TSM_OK;
    TRY(script_personalization(out, application_aid(f, arg)));
    for (size_t i = 0; i < f->n_dgis && e == TSM_OK; i++) {
        size_t from = w.len;
        if (n == PERSO_PARTS_MAX)
            return FAIL(TOO_LONG, "more than %d groupings", PERSO_PARTS_MAX);
        e = dgi_write(&w, f->dgis[i].id, f->dgis[i].value);
        parts[n++] = (struct store_part){
            .data = written_since(&w, from),
            .p1 = (f->dgis[i].encrypted ? STORE_ENCRYPTED : STORE_NO_ENCRYPTION) | STORE_DGI};
    }
    if (e == TSM_OK)
        e = add_run(parts, n, f->data_max, out);
    explicit_bzero(room, sizeof room);
    return e;
}

/* Whether an application took its data shows in no registry that all cards share: the run begins again, which
 * is harmless. */
static enum verdict judge_again(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life = 0;
    if (!registry_has(a, n, STATUS_APPLICATIONS, application_aid(f, arg), &life))
        return VERDICT_NOT_DONE;
    return (life & 0x7F) == LIFE_PERSONALIZED ? VERDICT_DONE : VERDICT_NOT_DONE;
}

/* In a run of its own, as data objects [TR-03165 A.1]. */
static enum tsm_err build_attest(const struct plan_facts *f, int arg, struct script *out)
{
    struct store_part part = {.data = f->attestation, .p1 = STORE_NO_ENCRYPTION | STORE_TLV};
    NEED(f->attestation.len > 0, MISSING_FIELD);
    TRY(script_personalization(out, application_aid(f, arg)));
    return add_run(&part, 1, f->data_max, out);
}

/* Whether an application has its token shows in no registry: the run begins again. */
static enum verdict judge_attested(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    (void)a;
    (void)n;
    return VERDICT_NOT_DONE;
}

static bool no_attestation(const struct plan_facts *f, int arg)
{
    return (size_t)arg >= f->n_applications || !f->applications[arg].attests;
}

static bool no_card_data(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->no_card_data;
}

/* Locked is what can be selected, without the environment that lists it. */
static bool is_never_locked(const struct plan_facts *f, int arg)
{
    const struct plan_application *a = &f->applications[arg];
    return (size_t)arg >= f->n_applications || a->directory || (a->unselectable && !a->becomes_selectable);
}

static enum tsm_err set_lock(const struct plan_facts *f, int arg, bool lock, struct script *out)
{
    size_t mark = script_mark(out);
    TRY(set_status_write(SET_STATUS_APPLICATION,
                         (uint8_t)(lock ? LIFE_SELECTABLE | LIFE_LOCKED_BIT : LIFE_SELECTABLE),
                         application_aid(f, arg), &out->store));
    return script_add(out, mark);
}

static enum tsm_err build_lock(const struct plan_facts *f, int arg, struct script *out)
{
    return set_lock(f, arg, true, out);
}
static enum tsm_err build_unlock(const struct plan_facts *f, int arg, struct script *out)
{
    return set_lock(f, arg, false, out);
}

static enum verdict judge_locked(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life = 0;
    bool there = registry_has(a, n, STATUS_APPLICATIONS, application_aid(f, arg), &life);
    return there && (life & LIFE_LOCKED_BIT) ? VERDICT_DONE : VERDICT_NOT_DONE;
}

static enum verdict judge_unlocked(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life = 0;
    bool there = registry_has(a, n, STATUS_APPLICATIONS, application_aid(f, arg), &life);
    return there && !(life & LIFE_LOCKED_BIT) ? VERDICT_DONE : VERDICT_NOT_DONE;
}

static const struct plan_step key_steps[] = {
    {.name = "OWN_KEYS",
     .text = "the provider puts its own key set",
     .domain = IN_PROVIDER_FIRST,
     .build = build_own_keys,
     .changes_card = true,
     .probe = probe_keys,
     .judge = judge_own_keys,
     .needless = own_keys_there},
    {.name = "RETIRE_FIRST_KEYS",
     .text = "the key set that the owner made is deleted",
     .domain = IN_PROVIDER,
     .build = build_retire,
     .changes_card = true,
     .probe = probe_keys,
     .judge = judge_retired,
     .also_fine = SW_NOT_FOUND,
     .needless = no_first_keys},
    {.name = "DAP_KEY",
     .text = "the domain gets the key that verifies the provider's load files",
     .domain = IN_PROVIDER,
     .build = build_dap_key,
     .changes_card = true,
     .probe = probe_keys,
     .judge = judge_dap_key,
     .needless = no_dap},
};
#define PROVIDER_STEP(n, t, a, b, p, j, skip)                                                                \
    {                                                                                                        \
        .name = n, .text = t, .domain = IN_PROVIDER, .arg = a, .build = b, .changes_card = true, .probe = p, \
        .judge = j, .needless = skip                                                                         \
    }
#define ATTEST(i, n)                                      \
    {.name = "ATTEST" n,                                  \
     .text = "an application gets its attestation token", \
     .domain = IN_PROVIDER,                               \
     .arg = i,                                            \
     .build = build_attest,                               \
     .changes_card = true,                                \
     .probe = probe_application,                          \
     .judge = judge_attested,                             \
     .needless = no_attestation,                          \
     .untold = true},
static const struct plan_step perso_steps[] = {
    PROVIDER_STEP("PERSONALISE", "the application gets its card data and keys", PAYMENT, build_personalise,
                  probe_application, judge_again, no_card_data),
    EACH_APPLICATION(ATTEST)};
static const struct plan_step activate_steps[] = {
    {.name = "ACTIVATE",
     .text = "the payment system environment lists the application",
     .domain = IN_PROVIDER,
     .arg = PPSE,
     .build = content_directory,
     .changes_card = true,
     .probe = probe_application,
     .judge = judge_directory,
     .untold = true},
};
#define LOCK(i, n)                                                                                      \
    PROVIDER_STEP("LOCK" n, "an application is locked", i, build_lock, probe_application, judge_locked, \
                  is_never_locked),
#define UNLOCK(i, n)                                                                            \
    PROVIDER_STEP("UNLOCK" n, "an application is unlocked", i, build_unlock, probe_application, \
                  judge_unlocked, is_never_locked),
static const struct plan_step suspend_steps[] = {EACH_APPLICATION(LOCK)};
static const struct plan_step resume_steps[] = {EACH_APPLICATION(UNLOCK)};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_own_keys = {.name = "own-keys", STEPS(key_steps)};
const struct plan plan_personalise = {.name = "personalise", STEPS(perso_steps)};
const struct plan plan_activate = {.name = "activate", STEPS(activate_steps)};
const struct plan plan_suspend = {.name = "suspend", STEPS(suspend_steps)};
const struct plan plan_resume = {.name = "resume", STEPS(resume_steps)};

const struct plan *const plans_all[] = {&plan_create_domain,
                                        &plan_load_and_install,
                                        &plan_remove,
                                        &plan_remove_domain,
                                        &plan_own_keys,
                                        &plan_personalise,
                                        &plan_activate,
                                        &plan_suspend,
                                        &plan_resume,
                                        &plan_load_delegated,
                                        &plan_remove_delegated,
                                        &plan_load_authorized,
                                        &plan_remove_authorized,
                                        &plan_prepare,
                                        &plan_extradite,
                                        &plan_confirm,
                                        &plan_directory,
                                        &plan_set_up,
                                        &plan_set_up_anew,
                                        &plan_upgrade,
                                        &plan_upgrade_back,
                                        &plan_make_accessible,
                                        NULL};
