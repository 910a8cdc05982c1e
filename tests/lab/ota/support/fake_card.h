/* SPDX-License-Identifier: Apache-2.0 */
/* A card small enough to see through, behind lab/card's interface: two domains, one key set, a few files. For
 * tests of everything above the card; pure. */
#ifndef TESTS_LAB_OTA_FAKE_CARD_H
#define TESTS_LAB_OTA_FAKE_CARD_H

#include "card/card.h"

/* The key type (GP: 88 AES, 80 DES) of its one key set, which the recorded sessions change between packets.
 */
void fake_card_key_type(struct card *c, uint8_t type);
void fake_card_msl(struct card *c, uint8_t msl);
/* Commands executed through the over-the-air door so far. */
size_t fake_card_executed(const struct card *c);
uint64_t fake_card_counter(const struct card *c);

#endif
