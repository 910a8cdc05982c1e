/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of payment applications as a contactless reader sees it: entries in the order of the
 * contactless registry (stations 7 and 10, the card's side); pure; EMV Contactless Book B 3.3, GPCS Amendment
 * C. */
#ifndef LAB_CARD_CONTACTLESS_DIRECTORY_H
#define LAB_CARD_CONTACTLESS_DIRECTORY_H

#include "card/model/model.h"

/* Writes the contents of A5 of the PPSE's FCI: the personalised directory (contents of A5) and what
 * applications bring in their discretionary data, without those that do not answer, the highest priority
 * first. While no application takes part in the registry the personalised directory goes out as it is. */
void directory_write(const struct card *c, const uint8_t *personalised, size_t n, struct out *o);

#endif
