/* SPDX-License-Identifier: Apache-2.0 */
/* A card goes into the drawer: what outlives a reset, as the difference from a factory card (station 10, the
 * card's side); edge (allocates); no clause of a standard. */
#include "card/card.h"

#include "card/applet/applet.h"
#include "card/frozen/offcard.h"
#include "card/frozen/picture.h"
#include "card/model/registry.h"

#include <stdlib.h>

union room {
    struct elf elf;
    struct app app;
    struct sd sd;
};

bool card_is_quiet(const struct card *c)
{
    const struct channel *ota = &c->ota;
    bool quiet = c->pending == NULL && c->listing_of == NULL && ota->perso == NULL && ota->load == NULL &&
                 ota->chain == NULL && ota->oce == NULL && ota->key_data == NULL && ota->store_blocks == 0 &&
                 (ota->session.phase == SESSION_NONE || ota->session.scp == SCP80);

    for (size_t i = 0; quiet && i < CARD_CHANNELS; i++)
        quiet = (i == 0 || !c->channels[i].open) && c->channels[i].session.phase == SESSION_NONE;
    /* What hangs on the keys of SCP11, and the authority's domain, are not pictured: such a card stays awake.
     */
    for (size_t i = 0; quiet && i < c->app_count; i++)
        quiet = c->apps[i]->sd == NULL || (c->apps[i]->sd->scp11 == NULL && c->apps[i]->sd->casd == NULL);
    return quiet;
}

struct drawer {
    struct out o;
    const struct card *card, *factory;
};

static void put(struct drawer *d, const struct shape *s, const void *now, const void *before)
{
    union room a, b;

    picture_take(d->card, s, now, &a);
    if (before != NULL)
        picture_take(d->factory, s, before, &b);
    image_diff(&d->o, &a, before == NULL ? NULL : &b, s->size);
    lab_wipe(&a, sizeof a);
    lab_wipe(&b, sizeof b);
}

static void put_app(struct drawer *d, size_t i)
{
    const struct app *a = d->card->apps[i];
    const struct app *base = i < d->factory->app_count ? d->factory->apps[i] : NULL;

    if (base != NULL && i > 0 && !aid_same(&base->aid, &a->aid))
        base = NULL;
    out_number(&d->o, (base != NULL ? BASED_ON_FACTORY : 0U) | (a->sd != NULL ? HAS_DOMAIN : 0U), 1);
    put(d, &app_shape, a, base);
    if (a->sd != NULL)
        put(d, &sd_shape, a->sd, base == NULL ? NULL : base->sd);
}

static void put_elf(struct drawer *d, size_t i)
{
    const struct elf *e = d->card->elfs[i];
    const struct elf *base = i < d->factory->elf_count ? d->factory->elfs[i] : NULL;

    if (base != NULL && !aid_same(&base->aid, &e->aid))
        base = NULL;
    out_number(&d->o, base != NULL ? BASED_ON_FACTORY : 0U, 1);
    put(d, &elf_shape, e, base);
}

static bool put_card(struct drawer *d)
{
    struct card *now = malloc(sizeof *now), *before = malloc(sizeof *before);
    bool ok = now != NULL && before != NULL;

    if (ok) {
        picture_take(d->card, &card_shape, d->card, now);
        picture_take(d->factory, &card_shape, d->factory, before);
        image_diff(&d->o, now, before, sizeof *now);
    }
    free(now);
    free(before);
    return ok;
}

size_t card_freeze(const struct card *c, const struct card_config *cfg, uint8_t *out, size_t cap)
{
    struct card *factory = card_new(cfg);
    struct drawer d = {.card = c, .factory = factory};
    bool ok;

    if (factory == NULL)
        return 0;
    out_init(&d.o, out, cap);
    image_number(&d.o, c->elf_count);
    image_number(&d.o, c->app_count);
    ok = put_card(&d);
    for (size_t i = 0; i < c->elf_count; i++)
        put_elf(&d, i);
    for (size_t i = 0; i < c->app_count; i++)
        put_app(&d, i);
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->sd != NULL)
            ok = offcard_put(&d.o, c->apps[i]->sd) && ok;
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->native != NULL && c->apps[i]->native->save != NULL)
            c->apps[i]->native->save(c->apps[i], &d.o);
    card_free(factory);
    return ok && !d.o.full ? d.o.len : 0;
}
