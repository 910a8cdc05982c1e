/* SPDX-License-Identifier: Apache-2.0 */
/* Data object lists (PDOL, CDOL1): what a card asks the terminal for. Pure. [EMV 4.3 Book 3 5.4] */
#ifndef LAB_TERMINAL_DOL_H
#define LAB_TERMINAL_DOL_H

#include "terminal/data/store.h"
#include "terminal/data/tlv.h"

enum { TERM_MAX_DOL_DATA = 252 }; /* fits the data field of a short command with room for 83 L */

/* Reads the next tag and the length asked for. */
enum term_read term_dol_next(struct term_bytes *left, uint32_t *tag, size_t *len);

/* Writes the values asked for, cut or padded by their format, missing ones as zeros. False when the list is
 * malformed or asks for more than cap bytes. */
bool term_dol_build(struct term_bytes dol, const struct term_store *s, uint8_t *out, size_t cap,
                    size_t *out_len);

#endif
