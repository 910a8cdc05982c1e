/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal tells about a transaction: a receipt for people, JSON for the issuer. Pure. */
#ifndef LAB_TERMINAL_OUTCOME_H
#define LAB_TERMINAL_OUTCOME_H

#include "terminal/kernel.h"

#include <jansson.h>
#include <stdio.h>

enum { TERM_TEXT = 2 * TERM_MAX_VALUE + 1 };

/* The value of a tag in hex, "" when it is missing. */
void term_hex(const struct term_outcome *o, uint32_t tag, char out[TERM_TEXT]);

/* The masked card number, "" when none was read. */
void term_shown_pan(const struct term_outcome *o, char out[TERM_PAN_TEXT]);

/* The data elements an issuer needs to check the cryptogram, by tag. It holds the whole card number (5A), as
 * an authorisation request does: for `tsm-lab bank verify`, never for a log. */
json_t *term_issuer_json(const struct term_outcome *o);

/* Everything for a program: result, reason, masked number, cryptogram, and "issuer" of term_issuer_json. */
json_t *term_json(const struct term_outcome *o);

/* A receipt; shows the masked number only. */
void term_print(const struct term_outcome *o, FILE *to);

#endif
