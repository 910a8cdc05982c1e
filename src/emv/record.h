/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the data objects in a payment card's records, and the two lists that point into them: AFL and
 * DOL. Station 5. Pure. [EMV Book 3 annex A, 5.4, 10.2] */
#ifndef TSM_EMV_RECORD_H
#define TSM_EMV_RECORD_H

#include "base/bytes.h"

enum {
    TRACK2_LEN_MAX = 19, /* tag 57 */
    TRACK2_DIGITS_MAX = 37,
    CARDHOLDER_MIN = 2, /* tag 5F20 */
    CARDHOLDER_MAX = 26,
    AFL_ENTRIES_MAX = 63,
    SFI_MAX = 30,
};

/* Tag 57: PAN, D, expiry YYMM, service code, discretionary digits, F if the number of half bytes is odd. */
struct track2 {
    const char *pan, *expiry, *service_code, *discretionary;
};
/* BAD_FORM for other characters than digits, TOO_LONG above TRACK2_LEN_MAX. */
enum tsm_err track2_write(struct writer *w, struct track2 t);

/* A month YYMM of this century: BAD_FORM for other characters than four digits, BAD_VALUE outside 01 to 12.
 */
enum tsm_err record_month(const char *yymm);
/* Tags 5F24 and 5F25: YYMMDD of the last or first day of the month YYMM. BAD_VALUE for a month outside 01
 * to 12. */
enum tsm_err record_last_day(struct writer *w, const char *yymm);
enum tsm_err record_first_day(struct writer *w, const char *yymm);

/* Application file locator, tag 94: which records of which files a terminal reads. */
struct afl_entry {
    uint8_t sfi, first, last, authenticated; /* the first `authenticated` records are signed data */
};
/* The next entry; SHORT_INPUT for a cut one, BAD_VALUE unless 1 <= SFI <= 30, 1 <= first <= last and
 * authenticated counts no more records than there are. */
enum tsm_err afl_read(struct reader *r, struct afl_entry *out);
enum tsm_err afl_write(struct writer *w, struct afl_entry e);

/* Data object lists (tags 8C, 8D, 9F38): tags with the lengths the terminal shall send. */
struct dol_entry {
    uint32_t tag;
    uint8_t len;
};
enum tsm_err dol_read(struct reader *r, struct dol_entry *out);
/* How many octets the list asks for; SHORT_INPUT or BAD_VALUE when it is broken. */
enum tsm_err dol_data_len(struct bytes dol, size_t *len);

#endif
