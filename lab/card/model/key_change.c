/* SPDX-License-Identifier: Apache-2.0 */
/* Atomic changes of a security domain's keys: add, replace, renumber, delete (station 10, the card's side);
 * pure; GPCS 2.3.1 7.5.1, 11.2.2.3.2, 11.8.2.3.3, 11.11.4, E.1.2, Amd D 6.2.2.1. */
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "card/scp11/scp11.h"

/* 20-2F holds SCP02 keys, 30-3F SCP03 keys: other types would make a set that no protocol can use. */
static bool type_fits_version(const struct key *k)
{
    if (sym_block(&k->secret) == 0 || k->kvn == 0 || k->kvn > KVN_MAX)
        return false;
    if (k->secret.len < 16) /* single DES protects nothing */
        return false;
    if (k->kvn >= 0x20 && k->kvn <= 0x2F)
        return k->secret.type == KEY_TYPE_DES && k->secret.len == 16;
    if (k->kvn >= 0x30 && k->kvn <= 0x3F)
        return k->secret.type == KEY_TYPE_AES;
    return true;
}

static struct key *free_key(struct sd *sd)
{
    for (size_t i = 0; i < SD_MAX_KEYS; i++)
        if (sd->keys[i].kvn == 0)
            return &sd->keys[i];
    return NULL;
}

/* The counters of a version start at zero when its keys are created or changed. */
static bool reset_keyset(struct sd *sd, uint8_t kvn)
{
    struct keyset *set = sd_keyset(sd, kvn);

    for (size_t i = 0; set == NULL && i < SD_MAX_SETS; i++)
        if (sd->sets[i].kvn == 0)
            set = &sd->sets[i];
    if (set == NULL)
        return false;
    *set = (struct keyset){.kvn = kvn};
    return true;
}

static void drop_empty_keysets(struct sd *sd)
{
    for (size_t i = 0; i < SD_MAX_SETS; i++) {
        bool used = false;

        for (size_t k = 0; k < SD_MAX_KEYS; k++)
            used = used || sd->keys[k].kvn == sd->sets[i].kvn;
        if (!used)
            sd->sets[i] = (struct keyset){0};
    }
}

static uint16_t apply_one(struct sd *sd, const struct key_change *change, const struct key *k)
{
    uint8_t old_kvn = change->replaced_kvn != 0 ? change->replaced_kvn : k->kvn;
    struct key *old = sd_key(sd, old_kvn, k->kid);
    struct key *target = old;

    if (!type_fits_version(k))
        return SW_WRONG_DATA;
    if (change->replaced_kvn != 0 && old == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (change->replaced_kvn == 0 && old != NULL && !change->load_or_update)
        return SW_WRONG_DATA;
    if (change->replaced_kvn != 0 && k->kvn != old_kvn && sd_key(sd, k->kvn, k->kid) != NULL)
        return SW_WRONG_DATA;
    if (old != NULL && (old->secret.type != k->secret.type || old->secret.len != k->secret.len))
        return SW_WRONG_DATA;
    if (sd_asym(sd, k->kvn, k->kid) != NULL)
        return SW_WRONG_DATA;
    if (old == NULL) {
        target = free_key(sd);
        if (target == NULL || !memory_take(sd->card, sd->self, MEMORY_PER_KEY))
            return SW_NO_MEMORY;
    }
    *target = *k;
    /* Amd D 6.2.2.1: an SCP03 counter restarts only with a whole new set; E.1.2: an SCP02 counter with any
     * key. */
    if (k->secret.type == KEY_TYPE_AES && change->count < KID_DEK && sd_keyset(sd, k->kvn) != NULL)
        return SW_OK;
    return reset_keyset(sd, k->kvn) ? SW_OK : SW_NO_MEMORY;
}

static bool same_kind(const struct asym_key *a, const struct asym_key *b)
{
    return a->type == b->type && a->len == b->len && a->curve == b->curve;
}

/* The rules of apply_one for an RSA or ECC key. */
static uint16_t apply_asym(struct sd *sd, const struct key_change *change, const struct asym_entry *k)
{
    uint8_t old_kvn = change->replaced_kvn != 0 ? change->replaced_kvn : k->kvn;
    struct asym_entry *old = sd_asym(sd, old_kvn, k->kid);
    struct asym_entry *target = old;

    if (k->kvn == 0 || k->kvn > KVN_MAX || !asym_valid(&k->key))
        return SW_WRONG_DATA;
    if (change->replaced_kvn != 0 && old == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if ((change->replaced_kvn == 0 && old != NULL) || (old != NULL && !same_kind(&old->key, &k->key)) ||
        sd_key(sd, k->kvn, k->kid) != NULL || (k->kvn != old_kvn && sd_asym(sd, k->kvn, k->kid) != NULL))
        return SW_WRONG_DATA;
    for (size_t i = 0; target == NULL && i < SD_MAX_ASYM; i++)
        if (sd->asym[i].kvn == 0)
            target = &sd->asym[i];
    if (target == NULL || (old == NULL && !memory_take(sd->card, sd->self, MEMORY_PER_ASYM(k->key.len))))
        return SW_NO_MEMORY;
    *target = *k;
    return SW_OK;
}

/* The initial keys go once the domain has a set of its own for the same protocol (JCOP and most products). */
static void drop_initial_keys(struct sd *sd)
{
    bool replaced = false;

    for (size_t i = 0; i < SD_MAX_SETS; i++) {
        uint8_t kvn = sd->sets[i].kvn;

        for (size_t o = 0; kvn != 0 && kvn != KVN_INITIAL && o < sd->scp_count; o++)
            replaced = replaced || (sd->scps[o].scp != SCP80 && sd_set_serves(sd, kvn, sd->scps[o].scp));
    }
    for (size_t k = 0; replaced && k < SD_MAX_KEYS; k++)
        if (sd->keys[k].kvn == KVN_INITIAL)
            lab_wipe(&sd->keys[k], sizeof sd->keys[k]);
}

uint16_t sd_change_keys(struct sd *sd, const struct key_change *change)
{
    struct sd before = *sd;
    struct app *self = sd->self;
    uint32_t memory = self->memory;
    uint32_t used = sd->card->memory_used;
    uint16_t sw = SW_OK;

    for (size_t i = 0; sw == SW_OK && i < change->count; i++)
        sw = apply_one(sd, change, &change->keys[i]);
    for (size_t i = 0; sw == SW_OK && i < change->asym_count; i++)
        sw = apply_asym(sd, change, &change->asym[i]);
    if (sw != SW_OK) {
        *sd = before;
        self->memory = memory;
        sd->card->memory_used = used;
    } else {
        for (size_t i = 0; i < change->asym_count && change->replaced_kvn != 0; i++)
            scp11_key_gone(sd, change->replaced_kvn, change->asym[i].kid,
                           change->asym[i].kvn == change->replaced_kvn);
        drop_initial_keys(sd);
        drop_empty_keysets(sd);
        /* A domain with a complete key set of its own is personalised (GPCS 5.3.2.3). */
        if (self != card_isd(sd->card) && self->state == APP_SELECTABLE && sd_key_owner(sd) == sd)
            self->state = APP_PERSONALIZED;
    }
    lab_wipe(&before, sizeof before);
    return sw;
}

static bool can_authenticate(struct sd *sd)
{
    for (size_t i = 0; i < SD_MAX_ASYM; i++)
        if (scp11_is_private(&sd->asym[i]))
            return true;
    return sd_first_set(sd, SCP02) != 0 || sd_first_set(sd, SCP03) != 0 || sd_first_set(sd, SCP80) != 0;
}

uint16_t sd_delete_keys(struct sd *sd, uint8_t kvn, int kid)
{
    struct sd before = *sd;
    uint32_t freed = 0;

    for (size_t i = 0; i < SD_MAX_KEYS; i++) {
        if (sd->keys[i].kvn != kvn || kvn == 0 || (kid >= 0 && sd->keys[i].kid != kid))
            continue;
        lab_wipe(&sd->keys[i], sizeof sd->keys[i]);
        freed += MEMORY_PER_KEY;
    }
    for (size_t i = 0; i < SD_MAX_ASYM; i++) {
        if (sd->asym[i].kvn != kvn || kvn == 0 || (kid >= 0 && sd->asym[i].kid != kid))
            continue;
        freed += MEMORY_PER_ASYM(sd->asym[i].key.len);
        lab_wipe(&sd->asym[i], sizeof sd->asym[i]);
    }
    if (freed == 0)
        return SW_REFERENCE_NOT_FOUND;
    drop_empty_keysets(sd);
    if (!can_authenticate(sd)) {
        /* Without any key set nobody could ever authenticate to this domain again. */
        *sd = before;
        lab_wipe(&before, sizeof before);
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    for (size_t i = 0; i < SD_MAX_ASYM; i++)
        if (before.asym[i].kvn == kvn && (kid < 0 || before.asym[i].kid == kid))
            scp11_key_gone(sd, kvn, before.asym[i].kid, false);
    lab_wipe(&before, sizeof before);
    memory_give(sd->card, sd->self, freed);
    return SW_OK;
}
