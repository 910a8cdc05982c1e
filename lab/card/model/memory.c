/* SPDX-License-Identifier: Apache-2.0 */
/* Memory accounting: what entries use, reserve and may use, and what was granted to whole sub-hierarchies
 * (station 10, the card's side); pure; GPCS 2.3.1 9.7. The cumulative grants are those of GlobalPlatform's
 * UICC configuration; no text of it was at hand, so what they cover is this card's reading: all below the
 * domain, not the domain itself. */
#include "card/model/registry.h"

/* What an application costs the card: its use, or its reserved memory while that is more (9.7). */
static uint32_t cost(uint32_t used, uint32_t reserved)
{
    return used > reserved ? used : reserved;
}

static uint32_t app_cost(const struct app *a)
{
    return cost(a->memory, a->reserved);
}

static uint32_t app_ram_cost(const struct app *a)
{
    return cost(a->ram, a->ram_reserved);
}

static uint32_t used_below(const struct card *c, const struct app *sd)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i] != sd && app_is_under(c->apps[i], sd))
            sum += app_cost(c->apps[i]);
    for (size_t i = 0; i < c->elf_count; i++)
        if (app_is_under(c->elfs[i]->owner, sd))
            sum += c->elfs[i]->memory;
    return sum;
}

static uint32_t ram_below(const struct card *c, const struct app *sd)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i] != sd && app_is_under(c->apps[i], sd))
            sum += app_ram_cost(c->apps[i]);
    return sum;
}

static uint32_t rest(uint32_t limit, uint32_t used)
{
    return used < limit ? limit - used : 0;
}

uint32_t memory_free(const struct card *c)
{
    return c->memory_total - c->memory_used;
}

uint32_t ram_free(const struct card *c)
{
    return rest(RAM_TOTAL, c->ram_used);
}

bool memory_granted(const struct card *c, const struct app *owner, uint32_t more, uint32_t more_ram)
{
    for (; owner != NULL; owner = owner->owner) {
        const struct sd *sd = owner->sd;

        if (sd->grant != 0 && (uint64_t)used_below(c, owner) + more > sd->grant)
            return false;
        if (sd->ram_grant != 0 && (uint64_t)ram_below(c, owner) + more_ram > sd->ram_grant)
            return false;
    }
    return true;
}

uint32_t memory_left(const struct card *c, const struct app *sd)
{
    uint32_t left = memory_free(c);

    for (; sd != NULL; sd = sd->owner)
        if (sd->sd->grant != 0 && rest(sd->sd->grant, used_below(c, sd)) < left)
            left = rest(sd->sd->grant, used_below(c, sd));
    return left;
}

uint32_t ram_left(const struct card *c, const struct app *sd)
{
    uint32_t left = ram_free(c);

    for (; sd != NULL; sd = sd->owner)
        if (sd->sd->ram_grant != 0 && rest(sd->sd->ram_grant, ram_below(c, sd)) < left)
            left = rest(sd->sd->ram_grant, ram_below(c, sd));
    return left;
}

bool memory_take(struct card *c, struct app *a, uint32_t n)
{
    uint32_t before = a == NULL ? 0 : app_cost(a);
    uint32_t more = n;

    if (a != NULL) {
        if (n > UINT32_MAX - a->memory || (a->quota != 0 && a->memory + n > a->quota))
            return false;
        more = cost(a->memory + n, a->reserved) - before;
    }
    if (more > memory_free(c) || (a != NULL && !memory_granted(c, a->owner, more, 0)))
        return false;
    if (a != NULL)
        a->memory += n;
    c->memory_used += more;
    return true;
}

void memory_give(struct card *c, struct app *a, uint32_t n)
{
    uint32_t before;

    if (a == NULL) {
        c->memory_used -= n;
        return;
    }
    before = app_cost(a);
    a->memory -= n;
    c->memory_used -= before - app_cost(a);
}

/* A quota below the reserved memory or below what is used already cannot be met. */
static bool quota_holds(uint32_t quota, uint32_t used, uint32_t reserved)
{
    return quota == 0 || quota >= cost(used, reserved);
}

bool memory_assign(struct card *c, struct app *a, const struct memory_terms *t)
{
    uint32_t ram = a->sd != NULL ? RAM_PER_SD : RAM_PER_APP;
    uint32_t more = cost(a->memory, t->reserved) - a->memory;
    uint32_t more_ram = cost(ram, t->ram_reserved);

    if (!quota_holds(t->quota, a->memory, t->reserved) || !quota_holds(t->ram_quota, ram, t->ram_reserved) ||
        more > memory_free(c) || more_ram > ram_free(c) || !memory_granted(c, a->owner, more, more_ram))
        return false;
    a->quota = t->quota;
    a->reserved = t->reserved;
    a->ram = ram;
    a->ram_quota = t->ram_quota;
    a->ram_reserved = t->ram_reserved;
    c->memory_used += more;
    c->ram_used += more_ram;
    return true;
}

void memory_forget(struct card *c, const struct app *a)
{
    c->memory_used -= app_cost(a);
    c->ram_used -= app_ram_cost(a);
}
