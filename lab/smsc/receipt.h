/* SPDX-License-Identifier: Apache-2.0 */
/* The texts and times of a delivery receipt, and validity periods. Pure (station 9).
 * [SMPP 3.4 5.2.16, 7.1.1, appendix B] */
#ifndef LAB_SMSC_RECEIPT_H
#define LAB_SMSC_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { RECEIPT_MAX_TEXT = 160 };

struct receipt {
    char id[24];
    uint8_t state;  /* message_state */
    unsigned error; /* network error, 0 = none */
    time_t submitted, done;
};

/* Writes the receipt's text; returns its length. */
size_t receipt_write(const struct receipt *r, char out[RECEIPT_MAX_TEXT]);

/* Seconds from `now` until a validity_period ends (never negative; 0 = at once). Empty = `standard`. False:
 * malformed. */
bool validity_read(const char *text, time_t now, long standard, long *seconds);

#endif
