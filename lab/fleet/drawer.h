/* SPDX-License-Identifier: Apache-2.0 */
/* The cards of a fleet: almost all lie in a drawer as a few bytes or none, those that are spoken to lie on
 * the table (station 10, many cards' side); edge (clock). */
#ifndef LAB_FLEET_DRAWER_H
#define LAB_FLEET_DRAWER_H

#include "fleet/identity.h"
#include "smsc/smpp/loop.h"
#include "uicc/handset.h"

enum {
    DRAWER_IDLE_MS = 2000,    /* a quiet card goes back after this */
    DRAWER_FORGET_MS = 60000, /* one in the middle of a conversation after this: its phone was switched off */
    DRAWER_SWEEP_MS = 500,
    DRAWER_MAX_TABLE = 4096, /* cards on the table before quiet ones go back early */
    DRAWER_MAX_EARLY = 64    /* of those, how many are looked at for each new one */
};

/* A card on the table, in its handset. */
struct live {
    struct live *newer, *older;
    uint32_t place;
    unsigned holders; /* readers that have it open */
    int64_t used;
    struct uicc_quirks quirks;
    struct card *card;
    struct handset handset; /* only of a UICC */
};

struct drawer_slot {
    union {
        uint8_t *frozen; /* NULL: as it left the factory */
        struct live *live;
    };
    uint32_t len; /* of frozen */
    bool on_table;
};

struct drawer_count {
    uint64_t touched, frozen, on_table; /* cards that differ from the factory's, lie frozen, lie open */
    uint64_t bytes;                     /* of all frozen cards and slots, with what the allocator adds */
    uint64_t out, back;                 /* cards taken out, put back so far */
};

struct drawer {
    const struct fleet_plan *plan;
    struct loop *loop;
    struct drawer_slot *slots;
    struct live *newest, *oldest;
    struct timer sweep;
    struct drawer_count count;
    int64_t idle_ms;
    bool verbose;
    /* A card of a UICC comes to the table: joins the air. */
    void (*joined)(void *owner, struct live *l);
    void *owner;
};

/* plan, loop, idle_ms and joined must be set; false without memory. */
bool drawer_open(struct drawer *d);
void drawer_close(struct drawer *d);
/* The card at a place, on the table; NULL without memory. It stays at least until the loop runs again. */
struct live *drawer_take(struct drawer *d, uint32_t place);
/* Puts back all that can be: quiet cards, or all that nobody holds. */
void drawer_rest(struct drawer *d, int64_t idle_ms);

#endif
