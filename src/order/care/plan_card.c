/* SPDX-License-Identifier: Apache-2.0 */
/* The plans that change the life cycle state of a whole card. Station 5. Pure. [GPCS 5.1.1, 11.10] */
#include "gp/command/set_status.h"
#include "order/care/plan_care.h"
#include "order/plan_script.h"

uint8_t card_life_read(struct bytes status)
{
    struct reader r = READER(status);
    struct gp_registry_entry e;
    return status.len && gp_registry_next(&r, STATUS_ISSUER_DOMAIN, STATUS_TLV, &e) == TSM_OK ? e.life_cycle
                                                                                              : 0;
}

static enum tsm_err build_state(const struct plan_facts *f, int state, struct script *out)
{
    size_t mark = script_mark(out);
    (void)f;
    TRY(state == LIFE_CARD_TERMINATED
            ? set_status_terminate(&out->store)
            : set_status_write(SET_STATUS_CARD, (uint8_t)state, BYTES_NONE, &out->store));
    return script_add(out, mark);
}

static enum tsm_err probe_card(const struct plan_facts *f, int state, struct script *out)
{
    (void)f;
    (void)state;
    return probe_registry(STATUS_ISSUER_DOMAIN, BYTES_NONE, out);
}

static enum verdict judge_card(const struct plan_facts *f, int state, const struct step_answer *a, size_t n)
{
    (void)f;
    return n && card_life_read(a[0].data) == (uint8_t)state ? VERDICT_DONE : VERDICT_NOT_DONE;
}

/* What a card is already, or is beyond, it is not made again. */
static bool reached(const struct plan_facts *f, int state)
{
    return f->care->card_life >= (uint8_t)state;
}

#define CARD_STEP(n, t, state, skip)                                                                         \
    {                                                                                                        \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = state, .build = build_state, .changes_card = true, \
        .probe = probe_card, .judge = judge_card, .needless = skip                                           \
    }

static const struct plan_step secure_steps[] = {
    CARD_STEP("CARD_INITIALIZED", "the card leaves OP_READY", LIFE_CARD_INITIALIZED, reached),
    CARD_STEP("CARD_SECURED", "the card is SECURED", LIFE_CARD_SECURED, reached),
};
static const struct plan_step lock_steps[] = {
    CARD_STEP("LOCK_CARD", "the card is locked", LIFE_CARD_LOCKED, NULL)};
static const struct plan_step unlock_steps[] = {
    CARD_STEP("UNLOCK_CARD", "the card is unlocked", LIFE_CARD_SECURED, NULL)};
static const struct plan_step terminate_steps[] = {
    CARD_STEP("TERMINATE_CARD", "the card is terminated for ever", LIFE_CARD_TERMINATED, NULL)};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_secure_card = {.name = "secure-card", STEPS(secure_steps)};
const struct plan plan_lock_card = {.name = "lock-card", STEPS(lock_steps)};
const struct plan plan_unlock_card = {.name = "unlock-card", STEPS(unlock_steps)};
const struct plan plan_terminate_card = {.name = "terminate-card", STEPS(terminate_steps)};
