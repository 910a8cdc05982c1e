/* SPDX-License-Identifier: Apache-2.0 */
/* The cards of a fleet: almost all lie in a drawer as a few bytes or none, those that are spoken to lie on
 * the table (station 10, many cards' side); edge (clock). */
#include "fleet/drawer.h"

#include "uicc/radio.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_HEAD = 8 /* what the allocator keeps beside each block */ };

/* ---- the table: a list from the newest to the oldest use ---- */

static void unlink_live(struct drawer *d, struct live *l)
{
    *(l->newer ? &l->newer->older : &d->newest) = l->older;
    *(l->older ? &l->older->newer : &d->oldest) = l->newer;
}

static void link_newest(struct drawer *d, struct live *l)
{
    l->newer = NULL;
    l->older = d->newest;
    *(d->newest ? &d->newest->newer : &d->oldest) = l;
    d->newest = l;
    l->used = loop_now();
}

static void live_free(struct drawer *d, struct live *l)
{
    if (l->handset.sim) {
        timer_clear(d->loop, &l->handset.retry);
        letters_clear(&l->handset.inbox);
        letters_clear(&l->handset.outbox);
        sim_free(l->handset.sim);
    }
    card_free(l->card);
    free(l);
}

/* ---- out and back ---- */

static size_t block_size(uint8_t *block)
{
    return block ? malloc_usable_size(block) + CHUNK_HEAD : 0;
}

static void drop_frozen(struct drawer *d, struct drawer_slot *s)
{
    if (!s->frozen)
        return;
    d->count.bytes -= block_size(s->frozen);
    d->count.frozen--;
    lab_wipe(s->frozen, s->len);
    free(s->frozen);
    s->frozen = NULL;
    s->len = 0;
}

static bool in_use(const struct live *l)
{
    const struct handset *h = &l->handset;
    return l->holders > 0 || h->submitting || h->inbox.head || h->outbox.head;
}

static bool quiet(const struct live *l)
{
    return card_is_quiet(l->card) && (!l->handset.sim || sim_is_quiet(l->handset.sim));
}

/* False when it has to stay: somebody holds it, or there is no memory. */
static bool put_back(struct drawer *d, struct live *l)
{
    static uint8_t bytes[CARD_MAX_FROZEN];
    struct drawer_slot *s = &d->slots[l->place];
    struct fleet_identity id;
    if (in_use(l))
        return false;
    fleet_identify(d->plan, l->place, &id);
    struct card_config cfg = fleet_config(&id);
    size_t n = card_freeze(l->card, &cfg, bytes, sizeof bytes);
    uint8_t *frozen = n > 0 ? malloc(n) : NULL;
    if (frozen)
        memcpy(frozen, bytes, n);
    lab_wipe(bytes, n);
    lab_wipe(&cfg, sizeof cfg);
    lab_wipe(&id, sizeof id);
    if (!frozen)
        return false;
    unlink_live(d, l);
    live_free(d, l);
    *s = (struct drawer_slot){.frozen = frozen, .len = (uint32_t)n};
    d->count.bytes += block_size(frozen);
    d->count.frozen++;
    d->count.on_table--;
    d->count.back++;
    return true;
}

void drawer_rest(struct drawer *d, int64_t idle_ms)
{
    int64_t now = loop_now();
    for (struct live *l = d->oldest, *next; l && l->used + idle_ms <= now; l = next) {
        next = l->newer;
        if (quiet(l) || l->used + DRAWER_FORGET_MS <= now)
            put_back(d, l);
    }
}

/* The table is full: the oldest quiet ones go back before their time. */
static void make_room(struct drawer *d)
{
    struct live *l = d->oldest;
    for (unsigned i = 0; l && i < DRAWER_MAX_EARLY && d->count.on_table >= DRAWER_MAX_TABLE; i++) {
        struct live *next = l->newer;
        if (quiet(l))
            put_back(d, l);
        l = next;
    }
}

static struct card *wake(struct drawer *d, const struct drawer_slot *s, const struct fleet_identity *id)
{
    struct card_config cfg = fleet_config(id);
    cfg.verbose = d->verbose;
    struct card *c = s->frozen ? card_thaw(&cfg, s->frozen, s->len) : card_new(&cfg);
    lab_wipe(&cfg, sizeof cfg);
    return c;
}

static bool equip(struct drawer *d, struct live *l, const struct fleet_identity *id)
{
    struct handset *h = &l->handset;
    if (!id->kind->uicc)
        return true;
    if (!uicc_quirks_parse(id->kind->quirks, &l->quirks))
        return false;
    h->sim = sim_new(l->card, &l->quirks);
    h->loop = d->loop;
    h->verbose = d->verbose;
    memcpy(h->msisdn, id->msisdn, sizeof id->msisdn);
    return h->sim != NULL;
}

struct live *drawer_take(struct drawer *d, uint32_t place)
{
    struct drawer_slot *s = &d->slots[place];
    struct fleet_identity id;
    if (s->on_table) {
        unlink_live(d, s->live);
        link_newest(d, s->live);
        return s->live;
    }
    make_room(d);
    struct live *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    fleet_identify(d->plan, place, &id);
    l->place = place;
    l->card = wake(d, s, &id);
    bool ready = l->card && equip(d, l, &id);
    lab_wipe(&id, sizeof id);
    if (!ready) {
        live_free(d, l);
        return NULL;
    }
    d->count.touched += s->frozen == NULL;
    drop_frozen(d, s);
    s->live = l;
    s->on_table = true;
    d->count.on_table++;
    d->count.out++;
    link_newest(d, l);
    if (l->handset.sim)
        d->joined(d->owner, l);
    return l;
}

/* ---- life ---- */

static void on_sweep(struct timer *t)
{
    struct drawer *d = t->owner;
    drawer_rest(d, d->idle_ms);
    timer_set(d->loop, t, DRAWER_SWEEP_MS);
}

bool drawer_open(struct drawer *d)
{
    d->slots = calloc(d->plan->cards, sizeof *d->slots);
    d->count = (struct drawer_count){.bytes = d->plan->cards * sizeof *d->slots};
    d->sweep.owner = d;
    d->sweep.fire = on_sweep;
    timer_set(d->loop, &d->sweep, DRAWER_SWEEP_MS);
    return d->slots != NULL;
}

void drawer_close(struct drawer *d)
{
    timer_clear(d->loop, &d->sweep);
    while (d->oldest) {
        struct live *l = d->oldest;
        d->slots[l->place] = (struct drawer_slot){0};
        unlink_live(d, l);
        live_free(d, l);
    }
    for (uint32_t i = 0; d->slots && i < d->plan->cards; i++)
        drop_frozen(d, &d->slots[i]);
    free(d->slots);
    d->slots = NULL;
}
