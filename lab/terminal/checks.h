/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of the terminal on what the records say: number, dates, agreement of the track 2 equivalent. Pure.
 * [EMV 4.3 Book 3 10.4, Annex A; ISO/IEC 7812-1 Annex B] */
#ifndef LAB_TERMINAL_CHECKS_H
#define LAB_TERMINAL_CHECKS_H

#include "terminal/data/store.h"

enum {
    TERM_MIN_PAN = 12,
    TERM_MAX_PAN = 19,
    TERM_PAN_TEXT = TERM_MAX_PAN + 1,
    TERM_PAN_SHOWN_HEAD = 6,
    TERM_PAN_SHOWN_TAIL = 4,
    TERM_DATE = 3, /* YYMMDD as BCD */
};

/* True for 12 to 19 digits whose last is the right check digit. */
bool term_luhn(const char *pan);

/* The digits of tag 5A: BCD with F on the right. False when it is no number of 12 to 19 digits. */
bool term_pan(const struct term_store *s, char out[TERM_PAN_TEXT]);

/* "541333******0434", from 12 digits or more. */
void term_mask_pan(const char *pan, char out[TERM_PAN_TEXT]);

/* What speaks against a payment on `today` (BCD YYMMDD), or NULL. Marks application dates in the TVR (tag
 * 95). */
const char *term_check_records(struct term_store *s, const uint8_t today[TERM_DATE]);

#endif
