/* SPDX-License-Identifier: Apache-2.0 */
/* A card with a Controlling Authority's domain, its owner, who carries commands to a new domain, and the
 * vault of the provider to whom that domain shall belong. Test code. */
#ifndef TSM_TESTS_CARD_SCENE_H
#define TSM_TESTS_CARD_SCENE_H

#include "../../unit/vault/rig.h"
#include "lab_card.h"

enum { KEYSET_ID = 71, EPHEMERAL_ID = 72, KVN = 0x30, ROOM = 2048, STORE_ROOM = 4096 };

/* 42 and 45 of the domain once give_numbers has been called. */
extern const uint8_t own_sin[3], own_sdin[4];

/* A card, the certificates of its CASD, the provider's vault and the key set that came of it. */
struct scene {
    struct lab_card card;
    uint8_t store[STORE_ROOM], blob[SEALED_KEYSET_MAX];
    struct gp_certificate agrees, signs, deciphers;
    struct vault_party *provider;
    struct sealed_keyset keys;
};

/* Starts the card, verifies the CASD's certificates, makes the domain. Skips without SoftHSM or laboratory.
 */
void begin(struct scene *s);
/* The owner carries the groupings to the domain; the status word of the last block. */
uint16_t carry_groupings(struct scene *s, struct bytes dgis, struct rapdu *answer);
/* Numbers that the derivation takes in: the owner stores them before. */
void give_numbers(struct scene *s);
/* s->keys open the domain, through the vault. */
void provider_opens(struct scene *s);
/* The factory's keys do not, and the domain takes no more data from its parent. */
void owner_is_out(struct scene *s);

#endif
