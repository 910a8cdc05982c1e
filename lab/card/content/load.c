/* SPDX-License-Identifier: Apache-2.0 */
/* LOAD: block order, the C4 block with its announced length, the hash, the entry in the registry (station 10,
 * the card's side); pure; GPCS 2.3.1 9.3.5, 11.6. */
#include "card/content/load.h"

#include "card/command/command.h"
#include "card/content/cap.h"
#include "card/delegated/dap.h"
#include "card/delegated/receipt.h"
#include "card/model/registry.h"
#include "card/upgrade/upgrade.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define TAG_DAP  0xE2
#define TAG_LFDB 0xC4
#define P1_LAST  0x80

void load_drop(struct card *c, struct channel *ch)
{
    struct load *l = ch->load;

    if (l == NULL)
        return;
    if (l->data != NULL)
        memory_give(c, NULL, (uint32_t)l->size);
    free(l->data);
    free(l);
    ch->load = NULL;
}

bool load_is_bound_for(const struct card *c, const struct app *sd)
{
    bool bound = c->ota.load != NULL && c->ota.load->owner == sd;

    for (size_t i = 0; i < CARD_CHANNELS; i++)
        bound = bound || (c->channels[i].load != NULL && c->channels[i].load->owner == sd);
    return bound;
}

/* The tag and length of the next block are complete in l->head. */
static uint16_t begin_block(struct card *c, struct load *l)
{
    l->got = 0;
    if (l->head[0] == TAG_DAP) {
        if (l->hash_len == 0 || l->size == 0 || l->size > LOAD_MAX_DAP)
            return SW_WRONG_DATA;
        l->stage = LOAD_DAP;
        return SW_OK;
    }
    if (l->head[0] != TAG_LFDB || l->size == 0)
        return SW_WRONG_DATA;
    if (!dap_enough(c, l))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (!memory_granted(c, l->owner, (uint32_t)l->size + MEMORY_PER_ELF, 0))
        return SW_NO_MEMORY;
    if (l->size > memory_free(c) || !memory_take(c, NULL, (uint32_t)l->size))
        return SW_NO_MEMORY;
    l->data = malloc(l->size);
    if (l->data == NULL) {
        memory_give(c, NULL, (uint32_t)l->size);
        return SW_NO_MEMORY;
    }
    l->stage = LOAD_DATA;
    return SW_OK;
}

/* One more byte of a head; a length has at most three bytes behind its first. */
static uint16_t take_head(struct card *c, struct load *l, uint8_t byte)
{
    size_t need, behind;

    l->head[l->head_len++] = byte;
    if (l->head_len < 2)
        return SW_OK;
    need = 2 + (l->head[1] > 0x80 ? l->head[1] & 0x7FU : 0);
    if (need > LOAD_MAX_HEAD - 1)
        return SW_WRONG_DATA;
    if (l->head_len < need)
        return SW_OK;
    if (!tlv_length(l->head, l->head_len, 1, &l->size, &behind))
        return SW_WRONG_DATA;
    l->head_len = 0;
    return begin_block(c, l);
}

static uint16_t take_data(struct card *c, struct load *l, const uint8_t *at, size_t n)
{
    uint16_t sw = SW_OK;

    for (size_t i = 0; sw == SW_OK && i < n;) {
        size_t part = l->size - l->got < n - i ? l->size - l->got : n - i;

        if (l->stage == LOAD_COMPLETE)
            return SW_WRONG_DATA;
        if (l->stage == LOAD_HEAD) {
            sw = take_head(c, l, at[i++]);
            continue;
        }
        memcpy((l->stage == LOAD_DATA ? l->data : l->dap) + l->got, at + i, part);
        l->got += part;
        i += part;
        if (l->got == l->size && l->stage == LOAD_DAP)
            sw = dap_take(c, l);
        if (l->got == l->size)
            l->stage = l->stage == LOAD_DATA ? LOAD_COMPLETE : LOAD_HEAD;
    }
    return sw;
}

static uint16_t finish(struct card *c, struct load *l)
{
    uint32_t booked = MEMORY_PER_ELF + (uint32_t)l->size;
    uint8_t hash[DIGEST_MAX];
    struct elf facts = {.aid = l->aid};
    struct elf *e;

    if (l->stage != LOAD_COMPLETE)
        return SW_WRONG_DATA;
    if (l->hash_len != 0 &&
        (!lab_digest(l->hash_len, l->data, l->size, hash) || !lab_same(hash, l->hash, l->hash_len)))
        return SW_WRONG_DATA;
    if (!cap_read(l->data, l->size, &facts) || !cap_fingerprint(l->data, l->size, facts.hash))
        return SW_WRONG_DATA;
    for (size_t i = 0; i < facts.import_count; i++)
        if (registry_elf(c, &facts.imports[i]) == NULL)
            return SW_REFERENCE_NOT_FOUND; /* a load file is linked with what it imports */
    if (registry_taken(c, &l->aid))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (!memory_granted(c, l->owner, booked, 0) || !memory_take(c, NULL, MEMORY_PER_ELF))
        return SW_NO_MEMORY;
    e = registry_add_elf(c, &l->aid, l->owner);
    if (e == NULL) {
        memory_give(c, NULL, MEMORY_PER_ELF);
        return SW_NO_MEMORY;
    }
    facts.owner = e->owner;
    facts.memory = booked;
    *e = facts;
    /* The booked memory now belongs to the entry; the components themselves are never executed, hence not
     * kept. */
    free(l->data);
    l->data = NULL;
    upgrade_loaded(c, e);
    return SW_OK;
}

/* The last block: the load file comes into being, with a receipt when a token has allowed it. */
static uint16_t complete(struct job *j, struct load *l)
{
    const struct field items[] = {receipt_name(&l->aid), receipt_name(&l->owner->aid)};
    uint16_t sw;

    j->delegated = l->delegated;
    j->token_id = l->token_id_len > 0 ? l->token_id : NULL;
    j->token_id_len = l->token_id_len;
    if (!receipt_possible(j))
        return SW_CONDITIONS_NOT_SATISFIED;
    sw = finish(j->card, l);
    if (sw == SW_OK)
        receipt_answer(j, items, 2);
    return sw;
}

uint16_t sd_load(struct job *j)
{
    struct load *l = j->ch->load;
    uint16_t sw;

    if (l == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.p2 != (l->blocks & 0xFF))
        sw = SW_WRONG_P1P2;
    else if (j->cmd.lc == 0)
        sw = SW_WRONG_LENGTH;
    else
        sw = take_data(j->card, l, j->cmd.data, j->cmd.lc);
    l->blocks++;
    if (sw == SW_OK && (j->cmd.p1 & P1_LAST) != 0)
        sw = complete(j, l);
    if (sw != SW_OK || (j->cmd.p1 & P1_LAST) != 0)
        load_drop(j->card, j->ch);
    if (sw == SW_OK && j->reply->len == 0)
        no_confirmation(j);
    return sw;
}
