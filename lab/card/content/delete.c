/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE: an application, a load file with or without its applications, or keys (station 10, the card's
 * side); pure; GPCS 2.3.1 9.5, 11.2. */
#include "card/command/command.h"
#include "card/content/install.h"
#include "card/content/load.h"
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#define TAG_AID    0x4F
#define TAG_KID    0xD0
#define TAG_KVN    0xD2
#define TAG_CRT    0xB6
#define TAG_TOKEN  0x9E
#define P2_RELATED 0x80
#define NO_KID     (-1)

/* Not the domain itself, not selected elsewhere, nothing hangs on it (9.5.1). */
static bool app_may_go(const struct job *j, const struct app *a)
{
    if (a == card_isd(j->card) || a == j->sd->self)
        return false;
    if (!app_is_under(a->owner, j->sd->self) && !app_has(j->sd->self, PRIV_GLOBAL_DELETE))
        return false;
    for (size_t i = 0; i < CARD_CHANNELS; i++)
        if (j->card->channels[i].open && &j->card->channels[i] != j->ch && j->card->channels[i].selected == a)
            return false;
    return a->sd == NULL || (!sd_has_content(j->card, a) && !load_is_bound_for(j->card, a));
}

static uint16_t delete_elf(struct job *j, struct elf *e)
{
    struct card *c = j->card;
    bool related = (j->cmd.p2 & P2_RELATED) != 0;

    if (e->built_in || (!app_is_under(e->owner, j->sd->self) && !app_has(j->sd->self, PRIV_GLOBAL_DELETE)))
        return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->elf == e && (!related || !app_may_go(j, c->apps[i])))
            return SW_CONDITIONS_NOT_SATISFIED;
    for (size_t i = c->app_count; i-- > 0;)
        if (c->apps[i]->elf == e)
            registry_remove_app(c, c->apps[i]);
    registry_remove_elf(c, e);
    return SW_OK;
}

static uint16_t delete_content(struct job *j, const struct tlv *name)
{
    struct aid aid;
    struct app *a;
    struct elf *e;

    if (!aid_set(&aid, name->value, name->len))
        return SW_WRONG_DATA;
    if (!may_manage(j))
        return SW_CONDITIONS_NOT_SATISFIED;
    a = registry_app(j->card, &aid);
    e = registry_elf(j->card, &aid);
    if (a == NULL && e == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (e != NULL)
        return delete_elf(j, e);
    if (!app_may_go(j, a))
        return SW_CONDITIONS_NOT_SATISFIED;
    registry_remove_app(j->card, a);
    return SW_OK;
}

static uint16_t delete_keys(struct job *j, const struct tlv *first)
{
    struct tlv second = {0};
    int kid = NO_KID, kvn = NO_KID;
    struct tlv t = *first;

    if (first->end < j->cmd.lc && (!tlv_read(j->cmd.data, j->cmd.lc, first->end, &second) ||
                                   second.end != j->cmd.lc || second.tag == first->tag))
        return SW_WRONG_DATA;
    for (int i = 0; i < 2; i++, t = second) {
        if (t.tag == 0)
            continue;
        if (t.len != 1 || (t.tag != TAG_KVN && t.tag != TAG_KID))
            return SW_WRONG_DATA;
        *(t.tag == TAG_KVN ? &kvn : &kid) = t.value[0];
    }
    /* All keys of one identifier over every version: a policy option this card leaves out. */
    if (kvn == NO_KID)
        return SW_WRONG_DATA;
    /* The set this session rests on stays: its owner would lose the door they came through. */
    if (sd_key_owner(j->sd) == j->sd && kvn == j->ch->session.kvn)
        return SW_CONDITIONS_NOT_SATISFIED;
    return sd_delete_keys(j->sd, (uint8_t)kvn, kid);
}

uint16_t sd_delete(struct job *j)
{
    struct tlv first, rest;
    uint16_t sw;

    if ((j->cmd.p1 & P1_MORE_COMMANDS) != 0)
        return SW_WRONG_P1P2;
    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &first))
        return SW_WRONG_DATA;
    if (first.tag == TAG_AID) {
        if (first.end < j->cmd.lc) {
            if (!tlv_read(j->cmd.data, j->cmd.lc, first.end, &rest) ||
                (rest.tag != TAG_CRT && rest.tag != TAG_TOKEN))
                return SW_WRONG_DATA;
            return SW_CONDITIONS_NOT_SATISFIED; /* a token where none is due (11.2.2.3.1) */
        }
        sw = delete_content(j, &first);
    } else {
        sw = delete_keys(j, &first);
    }
    if (sw == SW_OK)
        no_confirmation(j);
    return sw;
}
