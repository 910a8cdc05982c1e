/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal digits as compressed numbers: two a byte, in the order they are read. Station 5. Pure. [EMV Book
 * 3 4.3: formats n and cn] */
#ifndef TSM_EMV_DIGITS_H
#define TSM_EMV_DIGITS_H

#include "base/bytes.h"

/* Format n: right-justified in `width` digits (an even number), zeros on the left; of a longer number the
 * last `width` digits. BAD_FORM for other characters than digits. */
enum tsm_err digits_write_right(struct writer *w, const char *digits, size_t width);
/* Format cn: left-justified, F in the last half byte of an odd number. */
enum tsm_err digits_write_left(struct writer *w, const char *digits);
/* The inverse of cn: digits up to the first F; at most room-1 of them. BAD_FORM when something else stands
 * there or behind, TOO_LONG. */
enum tsm_err digits_read_left(struct bytes cn, char *digits, size_t room);

#endif
