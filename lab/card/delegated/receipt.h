/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: the card's signed answer to a command that a token has allowed (station 10, the card's side);
 * pure; GPCS 2.3.1 9.1.3.6, 11.1.6, C.5. */
#ifndef LAB_CARD_DELEGATED_RECEIPT_H
#define LAB_CARD_DELEGATED_RECEIPT_H

#include "card/content/install.h"

#define RECEIPT_MAX_ITEMS 5

/* True when no receipt is due or one can be made: key, counter and identity are there (C.1.1.2). Asked before
 * the command changes anything. */
bool receipt_possible(const struct job *j);
/* Answers with a confirmation over the items of Tables C-11 to C-15; does nothing when no receipt is due. */
void receipt_answer(struct job *j, const struct field *items, size_t count);
/* The item that names an entry; no entry, no bytes. */
struct field receipt_name(const struct aid *aid);

#endif
