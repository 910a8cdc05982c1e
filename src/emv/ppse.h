/* SPDX-License-Identifier: Apache-2.0 */
/* The proximity payment system environment: the list of payment applications that a contactless terminal
 * selects first. Stations 5 and 10. Pure. [EMV Book B 3.3, EMV Book 1 11.3] */
#ifndef TSM_EMV_PPSE_H
#define TSM_EMV_PPSE_H

#include "base/bytes.h"

#define PPSE_NAME "2PAY.SYS.DDF01"

enum { PPSE_ENTRIES_MAX = 16, PPSE_AID_MIN = 5, PPSE_AID_MAX = 16, PPSE_LABEL_MAX = 16 };

/* One application; all spans borrowed. */
struct ppse_entry {
    struct bytes aid, label; /* 4F, 50 (empty: none) */
    uint8_t priority;        /* 87; 0: none */
    struct bytes kernel;     /* 9F2A (empty: none) */
};

/* A5 { BF0C { 61 { 4F 50 87 9F2A } .. } }: the value of data grouping 9102. BAD_VALUE for no entry or more
 * than PPSE_ENTRIES_MAX, BAD_LENGTH for an AID or label of a wrong length. */
enum tsm_err ppse_write(const struct ppse_entry *entries, size_t n, struct writer *w);
/* The whole answer to SELECT without SW: 6F { 84 name, A5 .. }. */
enum tsm_err ppse_fci_write(const struct ppse_entry *entries, size_t n, struct writer *w);
/* Reads either form; entries without an AID are refused, unknown objects passed over. NOT_FOUND when a
 * template is missing, TOO_LONG above `cap` entries, DUPLICATE_TAG. */
enum tsm_err ppse_read(struct bytes fci, struct ppse_entry *entries, size_t cap, size_t *n);

#endif
