/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A card signs no error in SCP03, so who carries the answers can say "not found" of what is there. A deletion
 * is not done by that word: the card is asked for its list, which it signs. Station 11. Edge. [AmdD 6.2.5,
 * GPCS 11.4]
 */
#include "base/hex.h"
#include "gp/apdu/ins.h"
#include "gp/command/get_status.h"
#include "gp/tlv.h"
#include "link/talk/inside.h"

enum { TAG_AID = 0x4F, PROBE_ROOM = 512, AID_TEXT = 33 };

/* What the step's probe asks for; false where it is no question for one object of the registry. */
struct target {
    enum gp_status_scope scope;
    struct bytes aid;
    uint8_t room[PROBE_ROOM];
};

static bool target_of(const struct talk *t, struct target *out)
{
    const struct plan_step *step = talk_step(t);
    struct script script = {.store = WRITER(out->room)};
    struct apdu probe;
    if (step->probe(t->facts, step->arg, &script) != TSM_OK || script.n != 1 ||
        apdu_read(script.command[0], &probe) != TSM_OK || probe.ins != INS_GET_STATUS)
        return false;
    out->scope = (enum gp_status_scope)probe.p1;
    return tlv_find(probe.data, TAG_AID, &out->aid) == TSM_OK && out->aid.len;
}

bool control_due(const struct talk *t, const struct replies *r)
{
    const struct channel *ch = &t->state->channel;
    struct target target;
    return !talk_by_packets(t) && talk_step(t)->also_fine == SW_NOT_FOUND && !t->state->control &&
           ch->protocol != SCP02 && ch->level & LEVEL_R_MAC && r->n == 1 && r->answer[0].sw == SW_NOT_FOUND &&
           target_of(t, &target);
}

enum tsm_err control_build(const struct talk *t, struct script *out)
{
    struct target target;
    struct get_status all = {.dialect = STATUS_TLV};
    size_t mark = out->store.len;
    NEED(target_of(t, &target), WRONG_STATE);
    all.scope = target.scope;
    TRY(get_status_write(&all, &out->store));
    TRY(bytes_part(written(&out->store), mark, out->store.len - mark, &out->command[out->n]));
    out->n++;
    return TSM_OK;
}

/* The domain that the step works in is in its own list, unless it is the one that was deleted: an empty list
 * is no card's word then. */
static bool is_never_empty(const struct talk *t, const struct target *target)
{
    return target->scope == STATUS_APPLICATIONS && !bytes_equal(target->aid, t->facts->domain_aid);
}

bool control_holds(struct talk *t, const struct replies *r)
{
    struct target target;
    char aid[AID_TEXT];
    bool there, empty;
    if (!target_of(t, &target))
        return true;
    there = talk_step(t)->judge(t->facts, talk_step(t)->arg, r->answer, r->n) != VERDICT_DONE;
    empty = r->answer[0].sw == SW_NOT_FOUND && is_never_empty(t, &target);
    if (!there && !empty)
        return true;
    failure_set(&t->failure, OWNER_DEVICE,
                "look at the device and its agent, audit the secure element, and order again",
                "%s: %s is said not to be there, and the secure element's own list %s", talk_step(t)->name,
                hex_text(target.aid, aid), there ? "has it" : "is withheld");
    return false;
}
