/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's part of a confidential hand-over: it carries what it cannot read. Station 5. Pure.
 * [GPCS 11.3.2, 11.11; gp/casd/casd.h] */
#include "order/manage/confidential.h"

#include "gp/command/get_data.h"
#include "gp/command/store_data.h"
#include "order/manage/content.h"
#include "order/manage/move.h"

enum tsm_err build_read_casd(const struct plan_facts *f, int arg, struct script *out)
{
    size_t mark = script_mark(out);
    (void)f;
    (void)arg;
    TRY(get_data_list_write(DATA_FORWARDED_CASD, DATA_CERTIFICATES, &out->store));
    return script_add(out, mark);
}

bool needs_no_casd(const struct plan_facts *f, int arg)
{
    (void)arg;
    return !f->terms.reads_casd;
}

/* The groupings in one run; its last block is answered where the scenario has an answer. */
static enum tsm_err build_set_up(const struct plan_facts *f, int arg, struct script *out)
{
    struct store_part part = {.data = f->domain_keys, .p1 = STORE_NO_ENCRYPTION | STORE_DGI | STORE_ANSWER};
    struct store_plan plan;
    (void)arg;
    TRY(script_personalization(out, f->domain_aid));
    TRY(store_plan_make(&part, 1, f->data_max, &plan));
    for (size_t i = 0; i < plan.blocks; i++) {
        size_t mark = script_mark(out);
        TRY(store_plan_block(&plan, i, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

/* Keys whose answer nobody heard are nobody's: no other way leads back from there than a new domain, since
 * one that has keys takes none from above [GPCS 11.5]. */
static enum verdict judge_set_up(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life = 0;
    (void)arg;
    if (!registry_has(a, n, STATUS_APPLICATIONS, f->domain_aid, &life))
        return VERDICT_NOT_DONE;
    if ((life & 0x0F) != LIFE_PERSONALIZED)
        return VERDICT_NOT_DONE;
    return f->terms.tells_keys ? VERDICT_REFUSED : VERDICT_DONE;
}

#define SET_UP_STEP(n)                                                                              \
    CHANGE_STEP(n, "the domain gets keys that the owner does not know", IN_ISSUER, 0, build_set_up, \
                probe_domain, judge_set_up, 0)

static const struct plan_step set_up_steps[] = {SET_UP_STEP("SET_UP_KEYS")};
/* The domain has no content yet: it comes with its keys. */
static const struct plan_step anew_steps[] = {
    DELETE_STEP("DELETE_UNHEARD", "the domain whose keys nobody knows is deleted", 0, content_delete_domain,
                probe_domain, judge_domain_gone, NULL),
    CHANGE_STEP("INSTALL_DOMAIN_ANEW", "the provider's security domain is installed anew", IN_ISSUER, 0,
                content_make_domain, probe_domain, judge_domain, 0),
    {.name = "JOIN_PARENT_ANEW",
     .text = "the domain goes below the one that it belongs to",
     .domain = IN_ISSUER,
     .build = build_join_parent,
     .changes_card = true,
     .probe = probe_domain,
     .judge = judge_below_parent,
     .needless = has_no_parent},
    SET_UP_STEP("SET_UP_KEYS_ANEW"),
};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_set_up = {.name = "set-up", STEPS(set_up_steps)};
const struct plan plan_set_up_anew = {.name = "set-up-anew", STEPS(anew_steps)};

bool is_key_set_up(const struct plan_step *step)
{
    return step->build == build_set_up;
}
