/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the registry needs from a Java Card load file data block (station 10, the card's side); pure;
 * Java Card 2.2.2 Virtual Machine Specification chapter 6. */
#ifndef LAB_CARD_CONTENT_CAP_H
#define LAB_CARD_CONTENT_CAP_H

#include "card/model/model.h"

/* Checks the component sequence and that the package bears e->aid; fills version and modules. */
bool cap_read(const uint8_t *at, size_t n, struct elf *e);
/* SHA-256 of a block that cap_read has taken, without its Descriptor and Debug components: loaders differ in
 * whether they send these, and a card executes neither. False without memory. */
bool cap_fingerprint(const uint8_t *at, size_t n, uint8_t hash[32]);

#endif
