/* SPDX-License-Identifier: Apache-2.0 */
/* One ICCID is written with its check digit or without: card makers print it, and files leave it out.
 * Station 1. Pure. [ITU-T E.118 4.1] */
#ifndef TSM_ORDER_CARD_ICCID_H
#define TSM_ORDER_CARD_ICCID_H

#include <stdbool.h>
#include <stddef.h>

enum {
    ICCID_LONGEST = 32,
    ICCID_BODY_MIN = 18, /* digits without the check digit: fewer are no whole number */
    ICCID_BODY_MAX = 19,
    ICCID_FORMS = 2,
};

/* The other ways to write the number: 0 to 2 of them. `iccid`: digits alone. */
struct iccid_forms {
    char text[ICCID_FORMS][ICCID_LONGEST + 1];
    size_t n;
};
void iccid_other_forms(const char *iccid, struct iccid_forms *out);
/* Are both the same number? */
bool iccid_same(const char *a, const char *b);

#endif
