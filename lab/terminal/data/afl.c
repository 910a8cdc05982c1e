/* SPDX-License-Identifier: Apache-2.0 */
/* Application File Locator: which records a terminal reads. Pure. [EMV 4.3 Book 3 10.2] */
#include "terminal/data/afl.h"

enum { ENTRY = 4 };

enum term_read term_afl_next(struct term_bytes *left, struct term_afl_entry *out)
{
    if (left->len == 0)
        return TERM_END;
    if (left->len < ENTRY)
        return TERM_MALFORMED;
    const uint8_t *b = left->at;
    struct term_afl_entry e = {.sfi = b[0] >> 3, .first = b[1], .last = b[2], .oda_records = b[3]};
    if ((b[0] & 0x07) != 0 || e.sfi == 0 || e.sfi > TERM_MAX_SFI || e.first == 0 || e.last < e.first ||
        e.oda_records > e.last - e.first + 1)
        return TERM_MALFORMED;
    left->at += ENTRY;
    left->len -= ENTRY;
    *out = e;
    return TERM_GOT;
}
