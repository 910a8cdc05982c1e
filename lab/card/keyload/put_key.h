/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a PUT KEY data field (station 6, the card's side); pure; GPCS 2.3.1 11.8.2.3, Tables 11-68 to
 * 11-75. */
#ifndef LAB_CARD_KEYLOAD_PUT_KEY_H
#define LAB_CARD_KEYLOAD_PUT_KEY_H

#include "card/model/model.h"

/* Key type and key component block of one component. */
struct key_component {
    uint8_t type;
    const uint8_t *at; /* borrowed */
    size_t len;
};

/* Reads one component at *at and moves behind it. */
bool put_key_component(const struct capdu *c, size_t *at, struct key_component *to);
/* 11.8.2.3.3: a block that is no multiple of the cipher's block starts with the true length (Table 11-70);
 * the block shrinks to its encrypted part. */
bool put_key_split(const struct job *j, struct key_component *block, size_t *key_len);

bool put_key_is_asym(uint8_t type);
/* Reads a whole key data field of an RSA or ECC key; returns a status word. */
uint16_t put_key_asym(const struct job *j, size_t *at, struct asym_entry *to);

#endif
