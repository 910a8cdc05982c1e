/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card delete | lock | unlock`: ends and pauses. App. [GPCS 11.2, 11.10] */
#include "app/card/delegated/delegated.h"
#include "app/card/verb/verbs.h"
#include "base/hex.h"
#include "gp/command/command.h"
#include "gp/command/delete.h"
#include "gp/command/set_status.h"

enum { ENTRY_ROOM = 8192 };

enum tsm_err card_delete(struct card *c)
{
    for (int n = 0; n < c->args->operands - 1; n++) {
        struct card_hex aid;
        uint8_t room[APDU_SHORT_MAX];
        struct writer w = WRITER(room);
        TRY(operand_aid(card_operand(c, n), &aid));
        TRY(delete_write(&(struct gp_delete){.aid = BYTES_OF(aid.at, aid.len), .related = c->args->related},
                         &w));
        TRY(card_manage(
            c, written(&w),
            &(struct receipt_event){.kind = RECEIPT_FOR_DELETE, .application = BYTES_OF(aid.at, aid.len)}));
        card_done(c, "%s is deleted%s", card_operand(c, n),
                  c->args->related ? " with what was made from it" : "");
    }
    return TSM_OK;
}

/* The state that the application has now; a plan assumes SELECTABLE. */
static enum tsm_err state_of(struct card *c, struct bytes aid, uint8_t *state)
{
    uint8_t room[ENTRY_ROOM];
    struct writer joined = WRITER(room);
    enum gp_status_dialect dialect = STATUS_TLV;
    struct gp_registry_entry e;
    struct reader r;
    TRY(registry_ask(c, STATUS_APPLICATIONS, aid, &joined, &dialect));
    r = READER(written(&joined));
    if (c->args->dry_run) {
        *state = LIFE_SELECTABLE;
        return TSM_OK;
    }
    while (r.left.len) {
        TRY(gp_registry_next(&r, STATUS_APPLICATIONS, dialect, &e));
        if (bytes_equal(e.aid, aid)) {
            *state = e.life_cycle;
            return TSM_OK;
        }
    }
    return FAIL(NOT_FOUND, "the card has no application or domain of this name");
}

static enum tsm_err set_card(struct card *c, bool lock)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    TRY(set_status_write(SET_STATUS_CARD, lock ? LIFE_CARD_LOCKED : LIFE_CARD_SECURED, BYTES_NONE, &w));
    TRY(card_do(c, written(&w)));
    card_done(c, "the card is %s", lock ? "locked" : "unlocked: SECURED");
    return TSM_OK;
}

/* Only bit 8 counts; a state that is there already would be refused by the card and is told instead. */
static enum tsm_err set_application(struct card *c, struct bytes aid, bool lock)
{
    uint8_t room[APDU_SHORT_MAX], state;
    struct writer w = WRITER(room);
    const char *name = card_operand(c, 0), *word = lock ? "locked" : "unlocked";
    TRY(state_of(c, aid, &state));
    if (!c->args->dry_run && lock == (bool)(state & LIFE_LOCKED_BIT)) {
        card_done(c, "%s was %s before; nothing was sent", name, word);
        return TSM_OK;
    }
    state = lock ? state | LIFE_LOCKED_BIT : (uint8_t)(state & ~LIFE_LOCKED_BIT);
    TRY(set_status_write(SET_STATUS_APPLICATION, state, aid, &w));
    TRY(card_do(c, written(&w)));
    card_done(c, "%s is %s", name, word);
    return TSM_OK;
}

static enum tsm_err set_locked(struct card *c, bool lock)
{
    struct card_hex aid;
    bool named = c->args->operands > 1;
    if (named == c->args->whole_card)
        return FAIL(BAD_FORM, "name an AID, or the whole card by --card");
    if (!named)
        return set_card(c, lock);
    TRY(operand_aid(card_operand(c, 0), &aid));
    return set_application(c, BYTES_OF(aid.at, aid.len), lock);
}

enum tsm_err card_lock(struct card *c)
{
    return set_locked(c, true);
}

enum tsm_err card_unlock(struct card *c)
{
    return set_locked(c, false);
}
