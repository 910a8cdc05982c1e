/* SPDX-License-Identifier: Apache-2.0 */
/* Data objects that a security domain stores for its owner (station 6, the card's side); pure;
 * GPCS 2.3.1 7.4, 11.11.2.3. */
#include "card/command/key_dgi.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <string.h>

#define TAG_AID 0x4F

/* 42, 45, 66, 67 and 5F50, and whatever the owner likes, but none that the card makes itself. */
static bool tag_is_generated(uint32_t tag)
{
    static const uint16_t generated[] = {0x5A, 0xC1, 0xC2, 0xD3, 0xE0, 0xCF, 0x2F00, 0xFF21, 0x9F7F};

    for (size_t i = 0; i < sizeof generated / sizeof generated[0]; i++)
        if (generated[i] == tag)
            return true;
    return false;
}

static struct data_object *object_slot(struct sd *sd, uint16_t tag)
{
    struct data_object *slot = NULL;

    for (size_t i = 0; i < SD_MAX_OBJECTS; i++) {
        if (sd->objects[i].tag == tag)
            return &sd->objects[i];
        if (slot == NULL && sd->objects[i].tag == 0)
            slot = &sd->objects[i];
    }
    return slot;
}

static uint16_t check(struct sd *sd, const struct tlv *t)
{
    struct aid aid;

    if (t->tag > 0xFFFF || tag_is_generated(t->tag))
        return SW_WRONG_DATA;
    if (t->len > SD_MAX_OBJECT_LEN)
        return SW_NO_MEMORY;
    if (t->tag != TAG_AID)
        return object_slot(sd, (uint16_t)t->tag) == NULL ? SW_NO_MEMORY : SW_OK;
    /* Only the issuer's domain may be renamed (11.11.2.3). */
    if (sd->self != card_isd(sd->card) || !aid_set(&aid, t->value, t->len))
        return SW_WRONG_DATA;
    return registry_taken(sd->card, &aid) && !aid_same(&aid, &sd->self->aid) ? SW_CONDITIONS_NOT_SATISFIED
                                                                             : SW_OK;
}

static uint16_t store_each(struct sd *sd, const uint8_t *at, size_t n)
{
    struct tlv t = {0};
    struct data_object *o;

    while (t.end < n) {
        uint16_t sw;

        if (!tlv_read(at, n, t.end, &t))
            return SW_WRONG_DATA;
        sw = check(sd, &t);
        if (sw != SW_OK)
            return sw;
        if (t.tag == TAG_AID) {
            aid_set(&sd->self->aid, t.value, t.len);
            continue;
        }
        o = object_slot(sd, (uint16_t)t.tag);
        o->tag = (uint16_t)t.tag;
        o->len = (uint8_t)t.len;
        memcpy(o->value, t.value, t.len);
    }
    return SW_OK;
}

/* A refused run leaves nothing of it behind. */
uint16_t objects_store(struct sd *sd, const uint8_t *at, size_t n)
{
    struct data_object before[SD_MAX_OBJECTS];
    struct aid name = sd->self->aid;
    uint16_t sw;

    if (n == 0)
        return SW_WRONG_DATA;
    memcpy(before, sd->objects, sizeof before);
    sw = store_each(sd, at, n);
    if (sw != SW_OK) {
        memcpy(sd->objects, before, sizeof before);
        sd->self->aid = name;
    }
    return sw;
}
