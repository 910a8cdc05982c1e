/* SPDX-License-Identifier: Apache-2.0 */
/* Who the cards of a fleet are: kind, numbers and keys of each, made from a seed and its place in the fleet
 * (no station); pure; ITU-T E.118 (ICCID), ITU-T E.164 (MSISDN), NIST SP 800-108 (keys). */
#ifndef LAB_FLEET_IDENTITY_H
#define LAB_FLEET_IDENTITY_H

#include "card/card.h"
#include "common/crypto/cipher.h"
#include "uicc/sim/quirk.h"

enum {
    FLEET_MAX_CARDS = 9999999, /* seven digits of a number are the card's place */
    FLEET_MAX_SEED = 999,
    FLEET_MAX_PARTS = 8,
    FLEET_MAX_WEIGHT = 1000,
    FLEET_ICCID_DIGITS = 19,
    FLEET_MSISDN_DIGITS = 15,
    FLEET_SEID_LEN = 10,
    FLEET_KEY_LEN = 16
};

/* A kind of card, with the name of its profile in the owner's catalogue. */
struct fleet_kind {
    const char *profile;
    bool uicc;
    const char *quirks; /* of the UICC */
};

/* "lab-uicc:7,lab-ese:3": of each ten cards the first seven are UICCs. */
struct fleet_mix {
    const struct fleet_kind *kinds[FLEET_MAX_PARTS];
    unsigned until[FLEET_MAX_PARTS]; /* place in the cycle behind the last card of this part */
    size_t parts;
};

struct fleet_plan {
    uint32_t cards;
    unsigned seed;
    struct fleet_mix mix;
    struct sym_key master;
};

struct fleet_identity {
    const struct fleet_kind *kind;
    char iccid[FLEET_ICCID_DIGITS + 1];
    char msisdn[FLEET_MSISDN_DIGITS + 1];
    uint8_t seid[FLEET_SEID_LEN];                                       /* of an embedded secure element */
    uint8_t kic[FLEET_KEY_LEN], kid[FLEET_KEY_LEN], kik[FLEET_KEY_LEN]; /* SCP80, version 1 */
    uint8_t isd[FLEET_KEY_LEN];                                         /* SCP03, version FF */
};

/* One name a line, for help. */
const char *fleet_kind_names(void);
/* False: an unknown name, no weight, too many parts. */
bool fleet_mix_read(const char *text, struct fleet_mix *mix);
/* Derives the laboratory's master key of a seed. */
bool fleet_plan_master(struct fleet_plan *p);

/* `place` from 0. Holds keys: wipe it. */
void fleet_identify(const struct fleet_plan *p, uint32_t place, struct fleet_identity *to);
/* The factory configuration of that card. */
struct card_config fleet_config(const struct fleet_identity *id);
/* The range of numbers of all cards, as an SMPP address_range. */
void fleet_range(const struct fleet_plan *p, char to[FLEET_MSISDN_DIGITS + 1]);
/* The place of the card that has this number; false when none has. */
bool fleet_place(const struct fleet_plan *p, const char *msisdn, uint32_t *place);

#endif
