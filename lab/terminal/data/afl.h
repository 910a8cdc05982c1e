/* SPDX-License-Identifier: Apache-2.0 */
/* Application File Locator: which records a terminal reads. Pure. [EMV 4.3 Book 3 10.2] */
#ifndef LAB_TERMINAL_AFL_H
#define LAB_TERMINAL_AFL_H

#include "terminal/data/tlv.h"

enum { TERM_MAX_SFI = 30 };

struct term_afl_entry {
    uint8_t sfi, first, last, oda_records;
};

/* Reads the next entry of four bytes; one that breaks a rule makes the locator malformed. */
enum term_read term_afl_next(struct term_bytes *left, struct term_afl_entry *out);

#endif
