/* SPDX-License-Identifier: Apache-2.0 */
/* What a security domain keeps for SCP11 beside its keys: CA identifiers, certificate stores, allowlists, its
 * owner's name (station 7, the card's side); pure; Amd F 1.4 4.7, 5.1, 7.8 to 7.10. */
#include "card/scp11/scp11.h"

#include "card/model/keys.h"
#include "card/model/registry.h"

#include <stdlib.h>
#include <string.h>

bool scp11_is_private(const struct asym_entry *e)
{
    return e->kvn != 0 && e->key.type == KEY_TYPE_ECC_PRIVATE &&
           (e->kid == KID_SD_A || e->kid == KID_SD_B || e->kid == KID_SD_C);
}

bool scp11_is_authority(const struct asym_entry *e)
{
    return e->kvn != 0 && e->key.type == KEY_TYPE_ECC_PUBLIC &&
           (e->kid == KID_CA_KLOC || (e->kid >= KID_CA_KLOC_MORE && e->kid <= KID_CA_KLOC_LAST));
}

struct scp11 *scp11_of(struct sd *sd)
{
    if (sd->scp11 == NULL)
        sd->scp11 = calloc(1, sizeof *sd->scp11);
    return sd->scp11;
}

struct scp11_link *scp11_link(struct sd *sd, uint8_t kvn, uint8_t kid, bool make)
{
    struct scp11 *s = make ? scp11_of(sd) : sd->scp11;
    struct scp11_link *free_one = NULL;

    for (size_t i = 0; s != NULL && i < SCP11_MAX_LINKS; i++) {
        if (s->links[i].kvn == kvn && kvn != 0 && s->links[i].kid == kid)
            return &s->links[i];
        if (free_one == NULL && s->links[i].kvn == 0)
            free_one = &s->links[i];
    }
    if (!make || free_one == NULL)
        return NULL;
    free_one->kvn = kvn;
    free_one->kid = kid;
    return free_one;
}

static bool fits(const struct asym_entry *e, uint8_t kid)
{
    if (kid == KID_CA_KLOC)
        return scp11_is_authority(e);
    return scp11_is_private(e) && (kid == 0 || e->kid == kid);
}

struct asym_entry *scp11_by_authority(struct sd *sd, const struct octets *name, uint8_t kid)
{
    for (size_t i = 0; sd->scp11 != NULL && name->len > 0 && i < SCP11_MAX_LINKS; i++) {
        const struct scp11_link *l = &sd->scp11->links[i];
        struct asym_entry *e = sd_asym(sd, l->kvn, l->kid);

        if (e != NULL && l->ca_len == name->len && memcmp(l->ca, name->at, name->len) == 0 && fits(e, kid))
            return e;
    }
    return NULL;
}

bool scp11_set_owner(struct sd *sd, const uint8_t *id, size_t n)
{
    struct scp11 *s = scp11_of(sd);

    if (s == NULL || n > sizeof s->owner)
        return false;
    memcpy(s->owner, id, n);
    s->owner_len = n;
    return true;
}

static void drop_store(struct sd *sd, struct scp11_link *l)
{
    free(l->store);
    l->store = NULL;
    memory_give(sd->card, sd->self, (uint32_t)l->store_len);
    l->store_len = 0;
}

void scp11_key_gone(struct sd *sd, uint8_t kvn, uint8_t kid, bool replaced)
{
    struct scp11_link *l = scp11_link(sd, kvn, kid, false);

    if (l == NULL)
        return;
    drop_store(sd, l);
    l->ca_len = 0;
    if (!replaced)
        *l = (struct scp11_link){0};
}

void scp11_free(struct sd *sd)
{
    for (size_t i = 0; sd->scp11 != NULL && i < SCP11_MAX_LINKS; i++)
        free(sd->scp11->links[i].store);
    free(sd->scp11);
    sd->scp11 = NULL;
}

void scp11_interrupt(struct channel *ch)
{
    if (ch->oce == NULL)
        return;
    ch->oce->part_len = 0;
    ch->oce->chained = false;
}

void scp11_drop_oce(struct channel *ch)
{
    free(ch->oce);
    ch->oce = NULL;
}
