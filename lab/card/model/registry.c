/* SPDX-License-Identifier: Apache-2.0 */
/* The GlobalPlatform registry: entries, hierarchy, privileges (station 10, the card's side); pure; GPCS 2.3.1
 * 6.5, 6.6, 7.2. */
#include "card/model/registry.h"

#include "card/applet/applet.h"
#include "card/casd/casd.h"
#include "card/scp11/scp11.h"

#include <stdlib.h>
#include <string.h>

bool aid_set(struct aid *a, const uint8_t *value, size_t len)
{
    if (len < AID_MIN || len > AID_MAX)
        return false;
    *a = (struct aid){.len = (uint8_t)len};
    memcpy(a->value, value, len);
    return true;
}

bool aid_same(const struct aid *a, const struct aid *b)
{
    return a->len == b->len && memcmp(a->value, b->value, a->len) == 0;
}

bool aid_starts_with(const struct aid *a, const uint8_t *part, size_t len)
{
    return len <= a->len && (len == 0 || memcmp(a->value, part, len) == 0);
}

struct app *registry_app(const struct card *c, const struct aid *aid)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (aid_same(&c->apps[i]->aid, aid))
            return c->apps[i];
    return NULL;
}

struct elf *registry_elf(const struct card *c, const struct aid *aid)
{
    for (size_t i = 0; i < c->elf_count; i++)
        if (!c->elfs[i]->upgrading && aid_same(&c->elfs[i]->aid, aid))
            return c->elfs[i];
    return NULL;
}

bool registry_taken(const struct card *c, const struct aid *aid)
{
    return registry_app(c, aid) != NULL || registry_elf(c, aid) != NULL;
}

struct app *registry_add_app(struct card *c, const struct aid *aid, struct elf *elf, uint32_t privileges)
{
    bool is_sd = (privileges & PRIV_SECURITY_DOMAIN) != 0;
    uint32_t need = is_sd ? MEMORY_PER_SD : MEMORY_PER_APP;
    struct app *a;

    if (c->app_count == CARD_MAX_APPS || memory_free(c) < need ||
        (elf != NULL && !memory_granted(c, elf->owner, need, 0)))
        return NULL;
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->sd = is_sd ? calloc(1, sizeof *a->sd) : NULL;
    if (is_sd && a->sd == NULL) {
        free(a);
        return NULL;
    }
    a->card = c;
    a->aid = *aid;
    a->elf = elf;
    a->owner = elf == NULL ? NULL : elf->owner;
    a->state = APP_INSTALLED;
    a->privileges = privileges;
    if (is_sd) {
        a->sd->card = c;
        a->sd->self = a;
    }
    memory_take(c, a, need);
    c->apps[c->app_count++] = a;
    return a;
}

struct elf *registry_add_elf(struct card *c, const struct aid *aid, struct app *owner)
{
    struct elf *e;

    if (c->elf_count == CARD_MAX_ELFS)
        return NULL;
    e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    e->aid = *aid;
    e->owner = owner;
    c->elfs[c->elf_count++] = e;
    return e;
}

void listing_end(struct card *c, const void *whose)
{
    if (c->listing_of == whose)
        c->listing_of = NULL;
}

/* No channel may go on pointing at an entry that disappears. */
static void forget_app(struct channel *ch, const struct app *a)
{
    if (ch->perso == a)
        ch->perso = NULL;
    if (ch->selected == a)
        ch->selected = NULL;
}

void registry_remove_app(struct card *c, struct app *a)
{
    size_t i = 0;

    while (i < c->app_count && c->apps[i] != a)
        i++;
    if (i == c->app_count)
        return;
    memmove(&c->apps[i], &c->apps[i + 1], (c->app_count - i - 1) * sizeof c->apps[0]);
    c->app_count--;
    for (size_t n = 0; n < CARD_CHANNELS; n++)
        forget_app(&c->channels[n], a);
    forget_app(&c->ota, a);
    listing_end(c, a);
    if (c->app_count > 0)
        card_isd(c)->privileges |= a->privileges & PRIVILEGES_OF_ONE;
    if (a->native != NULL)
        a->native->destroy(a);
    memory_forget(c, a);
    if (a->sd != NULL) {
        scp11_free(a->sd);
        casd_free(a->sd);
        lab_wipe(a->sd, sizeof *a->sd);
    }
    free(a->sd);
    free(a);
}

void registry_remove_elf(struct card *c, struct elf *e)
{
    size_t i = 0;

    while (i < c->elf_count && c->elfs[i] != e)
        i++;
    if (i == c->elf_count)
        return;
    memmove(&c->elfs[i], &c->elfs[i + 1], (c->elf_count - i - 1) * sizeof c->elfs[0]);
    c->elf_count--;
    c->memory_used -= e->memory;
    free(e);
}

struct app *card_isd(const struct card *c)
{
    return c->apps[0];
}

bool app_is_locked(const struct app *a)
{
    return a != card_isd(a->card) && (a->state & APP_LOCKED_BIT) != 0;
}

bool app_has(const struct app *a, uint32_t privilege)
{
    return (a->privileges & privilege) == privilege;
}

bool app_is_under(const struct app *a, const struct app *sd)
{
    for (; a != NULL; a = a->owner)
        if (a == sd)
            return true;
    return false;
}

static const struct app *tree_root(const struct app *a)
{
    while (a->owner != NULL)
        a = a->owner;
    return a;
}

bool app_same_tree(const struct app *a, const struct app *b)
{
    return tree_root(a) == tree_root(b);
}

struct app *card_final(const struct card *c)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (app_has(c->apps[i], PRIV_FINAL_APPLICATION))
            return c->apps[i];
    return card_isd(c);
}

bool sd_has_content(const struct card *c, const struct app *sd)
{
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i]->owner == sd)
            return true;
    for (size_t i = 0; i < c->elf_count; i++)
        if (c->elfs[i]->owner == sd)
            return true;
    return false;
}

bool card_content_open(const struct card *c)
{
    return c->state != CARD_LOCKED && c->state != CARD_TERMINATED;
}
