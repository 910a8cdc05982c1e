/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE: an application, a load file with or without its applications, or keys (station 10, the card's
 * side); pure; GPCS 2.3.1 9.5, 11.2. */
#include "card/command/command.h"
#include "card/content/install.h"
#include "card/content/load.h"
#include "card/delegated/authority.h"
#include "card/delegated/receipt.h"
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
    if (a->owner == NULL ? !app_has(j->sd->self, PRIV_GLOBAL_DELETE) : !sd_lets_delete(a->owner, j->sd->self))
        return false;
    for (size_t i = 0; i < CARD_CHANNELS; i++)
        if (j->card->channels[i].open && &j->card->channels[i] != j->ch && j->card->channels[i].selected == a)
            return false;
    return a->sd == NULL || (!sd_has_content(j->card, a) && !load_is_bound_for(j->card, a));
}

/* GPCS 9.5.2: what another load file refers to stays. */
static bool is_imported(const struct card *c, const struct elf *e)
{
    for (size_t i = 0; i < c->elf_count; i++)
        for (size_t k = 0; k < c->elfs[i]->import_count; k++)
            if (c->elfs[i] != e && aid_same(&c->elfs[i]->imports[k], &e->aid))
                return true;
    return false;
}

static uint16_t delete_elf(struct job *j, struct elf *e)
{
    struct card *c = j->card;
    bool related = (j->cmd.p2 & P2_RELATED) != 0;

    if (e->built_in || is_imported(c, e) || !sd_lets_delete(e->owner, j->sd->self))
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

static uint16_t delete_content(struct job *j, const struct tlv *name,
                               const struct authorization *authorization)
{
    struct field item = {.at = name->value, .len = name->len};
    struct aid aid;
    uint16_t sw;
    struct app *a;
    struct elf *e;

    if (!aid_set(&aid, name->value, name->len))
        return SW_WRONG_DATA;
    sw = authority_check(j, authorization);
    if (sw != SW_OK)
        return sw;
    a = registry_app(j->card, &aid);
    e = registry_elf(j->card, &aid);
    if (a == NULL && e == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (e != NULL)
        sw = delete_elf(j, e);
    else if (app_may_go(j, a))
        registry_remove_app(j->card, a);
    else
        sw = SW_CONDITIONS_NOT_SATISFIED;
    if (sw == SW_OK)
        receipt_answer(j, &item, 1);
    return sw;
}

/* Table 11-23: the name, then B6 and the token if there are any; B6 alone tells nothing and is refused. */
static uint16_t read_authorization(const struct job *j, const struct tlv *name, struct authorization *a)
{
    struct tlv t = *name;

    *a = (struct authorization){.covered = name->end};
    if (t.end == j->cmd.lc)
        return SW_OK;
    if (!tlv_read(j->cmd.data, j->cmd.lc, t.end, &t))
        return SW_WRONG_DATA;
    if (t.tag == TAG_CRT) {
        if (!tlv_is_sequence(t.value, t.len))
            return SW_WRONG_DATA;
        a->crt = (struct field){.at = t.value, .len = t.len};
        a->covered = t.end;
        if (!tlv_read(j->cmd.data, j->cmd.lc, t.end, &t))
            return SW_WRONG_DATA;
    }
    if (t.tag != TAG_TOKEN || t.len == 0 || t.end != j->cmd.lc)
        return SW_WRONG_DATA;
    a->token = (struct field){.at = t.value, .len = t.len};
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
    struct authorization a;
    struct tlv first;
    uint16_t sw;

    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &first))
        return SW_WRONG_DATA;
    if (first.tag == TAG_AID) {
        sw = read_authorization(j, &first, &a);
        if (sw == SW_OK)
            sw = delete_content(j, &first, &a);
    } else {
        sw = delete_keys(j, &first);
    }
    if (sw == SW_OK && j->reply->len == 0)
        no_confirmation(j);
    return sw;
}
