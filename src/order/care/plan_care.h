/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner's plans for its own elements: read all that is there, replace a key set, lock, unlock, terminate,
 * delete, access rules. Station 5. Pure. [GPCS 2.3.1 11.2, 11.3, 11.4, 11.8, 11.10; GP Secure Element Access
 * Control 1.1]
 */
#ifndef TSM_ORDER_CARE_PLAN_CARE_H
#define TSM_ORDER_CARE_PLAN_CARE_H

#include "order/plan.h"

enum { CARE_TARGETS_MAX = 16, CARE_PAGES_MAX = 64 };

/* What a listing of the registry is about; the order of the plan's steps. */
enum care_listing { LIST_DOMAIN, LIST_APPLICATIONS, LIST_FILES, CARE_LISTINGS };

/* Has the card more entries than its answer held? MAYBE: in the compact form the status word is that of GET
 * RESPONSE, which need not repeat the 6310 of GET STATUS, so the card is asked for more until it has none. */
enum care_more { MORE_NONE, MORE_MAYBE, MORE_SAID };
/* What an answer to a listing says of that; `data` is its length. [GPCS table 11-38, TS 102 226 5.1.2] */
enum care_more care_more_after(const struct se_profile *profile, uint16_t sw, size_t data);

struct care_target {
    uint8_t aid[16];
    size_t len;
    bool with_content; /* DELETE of a load file with all that was made from it */
};

/* What these plans use beside plan_facts, which points here. */
struct care_facts {
    uint8_t more[CARE_LISTINGS]; /* enum care_more */
    bool files_bare;       /* the card did not list load files with their versions: without a tag list */
    uint8_t old_kvn, kvn;  /* a rotation: the key version that gives way, the new one */
    bool old_there;        /* the card still has old_kvn */
    struct bytes key_body; /* PUT KEY content, from the vault */
    uint8_t card_life;     /* LIFE_CARD_*, as the card told */
    struct care_target target[CARE_TARGETS_MAX];
    size_t targets;
};
/* Does this answer to READ_FILES ask for the listing without a tag list? [GPCS 11.4.2.3: "an error status may
 * be returned"] */
bool care_wants_bare(const struct care_facts *care, uint16_t sw);

/* The steps of plan_audit by position. A MORE step is taken again while the card has more. */
enum {
    READ_DOMAIN,
    READ_APPLICATIONS,
    READ_MORE_APPLICATIONS,
    READ_FILES,
    READ_MORE_FILES,
    READ_KEYS,
    READ_RESOURCES
};
extern const struct plan plan_audit;

/* A rotation, in the issuer's domain or in a supplementary one that the owner has keys of. `put` runs under
 * the old keys, `prove` and `retire` under the new ones. */
struct rotation_plans {
    const struct plan *put, *prove, *retire;
};
extern const struct rotation_plans rotation_issuer, rotation_domain;

/* Each of the targets: locked, unlocked, deleted. The first one's sub-hierarchy with it: lock_domain,
 * unlock_domain. */
extern const struct plan plan_lock_application, plan_unlock_application, plan_lock_domain, plan_unlock_domain,
    plan_delete_targets;
/* The card itself. To be locked it must be SECURED: plan_secure_card brings it there, for ever. */
extern const struct plan plan_read_card, plan_secure_card, plan_lock_card, plan_unlock_card,
    plan_terminate_card;
/* The life cycle state that GET STATUS of the issuer's domain told; 0 where it told none. */
uint8_t card_life_read(struct bytes status);

/* The commands of facts.rules to the access rule master. Doing it twice is as good as once. */
extern const struct plan plan_set_rules;
#define ARAM_AID_LEN 9
extern const uint8_t aram_aid[ARAM_AID_LEN];

#endif
