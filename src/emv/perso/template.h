/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little language in which a profile says what a data grouping holds: hex, variables, data objects.
 * Station
 * 5. Pure. [docs/personalisation.md]
 *
 *   70( 57({track2}) 5F20({cardholder}) 5F28(0276) )
 *
 * Hex digits in pairs are octets; {name} is a value that the source writes; a tag before brackets is a
 * BER-TLV object whose length is counted; @len( ) puts the length of what is in it before it, in one octet;
 * any other @name( ) is for the source to work on. Spaces mean nothing.
 */
#ifndef TSM_EMV_PERSO_TEMPLATE_H
#define TSM_EMV_PERSO_TEMPLATE_H

#include "base/bytes.h"

enum { TEMPLATE_TEXT_MAX = 1024, TEMPLATE_NAME_MAX = 24, TEMPLATE_DEPTH_MAX = 6 };

/* Where the variables come from: appends the value of `name`, or NOT_FOUND when there is none of that name.
 */
struct template_source {
    void *self;
    enum tsm_err (*value)(void *self, const char *name, struct writer *w);
    /* Puts something else in the place of what was written since `mark`; NULL: it has no functions. */
    enum tsm_err (*function)(void *self, const char *name, struct writer *w, size_t mark);
};

/* Appends what the template says. BAD_FORM with the place of the fault, NOT_FOUND, TOO_LONG, NO_ROOM, and
 * what the source says; the writer is unchanged then (its buffer behind the end is wiped). */
enum tsm_err template_write(const char *text, const struct template_source *source, struct writer *w);

#endif
