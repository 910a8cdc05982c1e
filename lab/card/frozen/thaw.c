/* SPDX-License-Identifier: Apache-2.0 */
/* A frozen card comes back: a factory card of its configuration with the differences laid over it (station
 * 10, the card's side); edge (allocates); no clause of a standard. */
#include "card/card.h"

#include "card/applet/applet.h"
#include "card/frozen/offcard.h"
#include "card/frozen/picture.h"
#include "card/model/registry.h"

#include <stdlib.h>

static void *get(struct thaw *t, const struct shape *s, const struct card *factory, const void *before)
{
    void *object = calloc(1, s->size);

    if (object == NULL) {
        t->bad = true;
        return NULL;
    }
    if (before != NULL)
        picture_take(factory, s, before, object);
    image_apply(t, object, s->size);
    return object;
}

static unsigned get_flags(struct thaw *t)
{
    t->bad = t->bad || t->offset == t->n;
    return t->bad ? 0 : t->at[t->offset++];
}

static void get_elf(struct thaw *t, struct card *c, const struct card *factory)
{
    size_t i = c->elf_count;
    bool based = (get_flags(t) & BASED_ON_FACTORY) != 0 && i < factory->elf_count;

    c->elfs[i] = get(t, &elf_shape, factory, based ? factory->elfs[i] : NULL);
    c->elf_count += c->elfs[i] != NULL;
}

static void get_app(struct thaw *t, struct card *c, const struct card *factory)
{
    size_t i = c->app_count;
    unsigned flags = get_flags(t);
    const struct app *base =
        (flags & BASED_ON_FACTORY) != 0 && i < factory->app_count ? factory->apps[i] : NULL;
    struct app *a = get(t, &app_shape, factory, base);

    if (a == NULL)
        return;
    a->card = c;
    a->sd = (flags & HAS_DOMAIN) != 0 ? get(t, &sd_shape, factory, base == NULL ? NULL : base->sd) : NULL;
    if (a->sd != NULL) {
        a->sd->card = c;
        a->sd->self = a;
    }
    c->apps[c->app_count++] = a;
}

static void get_native(struct thaw *t, struct app *a)
{
    if (a->sd != NULL || a->elf == NULL)
        return;
    a->native = native_find(a->elf, &a->module);
    if (!a->native->create(a)) {
        a->native = NULL;
        t->bad = true;
    } else if (a->native->restore != NULL) {
        a->native->restore(a, t);
    }
}

static void get_entries(struct thaw *t, struct card *c, const struct card *factory, size_t elfs, size_t apps)
{
    while (!t->bad && c->elf_count < elfs)
        get_elf(t, c, factory);
    while (!t->bad && c->app_count < apps)
        get_app(t, c, factory);
    for (size_t i = 0; i < c->elf_count; i++)
        t->bad = !picture_references(c, &elf_shape, c->elfs[i]) || t->bad;
    for (size_t i = 0; i < c->app_count; i++)
        t->bad = !picture_references(c, &app_shape, c->apps[i]) || t->bad;
    for (size_t i = 0; !t->bad && i < c->app_count; i++)
        if (c->apps[i]->sd != NULL)
            offcard_get(t, c->apps[i]->sd);
    for (size_t i = 0; !t->bad && i < c->app_count; i++)
        get_native(t, c->apps[i]);
}

struct card *card_thaw(const struct card_config *cfg, const uint8_t *frozen, size_t n)
{
    struct thaw t = {.at = frozen, .n = n};
    size_t elfs = image_read_number(&t), apps = image_read_number(&t);
    struct card *factory = card_new(cfg), *c = NULL;

    t.bad = t.bad || elfs > CARD_MAX_ELFS || apps == 0 || apps > CARD_MAX_APPS;
    if (factory != NULL && !t.bad)
        c = get(&t, &card_shape, factory, factory);
    if (c != NULL) {
        get_entries(&t, c, factory, elfs, apps);
        if (t.bad || t.offset != n || c->app_count == 0) {
            card_free(c);
            c = NULL;
        } else {
            card_reset(c);
        }
    }
    card_free(factory);
    return c;
}
