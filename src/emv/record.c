/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the data objects in a payment card's records; AFL and DOL. Station 5. Pure. [EMV Book 3 annex
 * A, 5.4, 10.2] */
#include "emv/record.h"

#include <stdio.h>
#include <string.h>

#include "base/ber.h"
#include "base/hex.h"
#include "emv/digits.h"

enum { SEPARATOR = 0xD, FILL = 0xF, YYMM_DIGITS = 4, CENTURY = 2000, SFI_SHIFT = 3, DOL_LEN_MAX = 252 };

static size_t put_digits(uint8_t *nibbles, size_t n, const char *digits)
{
    for (; *digits && n < TRACK2_DIGITS_MAX; digits++)
        nibbles[n++] = (uint8_t)(*digits - '0');
    return n;
}

enum tsm_err track2_write(struct writer *w, struct track2 t)
{
    uint8_t nibbles[TRACK2_DIGITS_MAX + 1];
    const char *const behind[] = {t.expiry, t.service_code, t.discretionary};
    struct writer at = *w;
    enum tsm_err e = TSM_OK;
    size_t n, total = strlen(t.pan) + 1;
    NEED(text_is_digits(t.pan, 1, TRACK2_DIGITS_MAX), BAD_FORM);
    for (size_t i = 0; i < 3; i++) {
        NEED(text_is_digits(behind[i], 0, TRACK2_DIGITS_MAX), BAD_FORM);
        total += strlen(behind[i]);
    }
    NEED(total <= TRACK2_DIGITS_MAX, TOO_LONG);
    n = put_digits(nibbles, 0, t.pan);
    nibbles[n++] = SEPARATOR;
    for (size_t i = 0; i < 3; i++)
        n = put_digits(nibbles, n, behind[i]);
    nibbles[n] = FILL;
    for (size_t i = 0; i < n && e == TSM_OK; i += 2)
        e = write_u8(&at, (unsigned)(nibbles[i] << 4 | nibbles[i + 1]));
    explicit_bzero(nibbles, sizeof nibbles);
    TRY(e);
    *w = at;
    return TSM_OK;
}

static enum tsm_err month_of(const char *yymm, unsigned *year, unsigned *month)
{
    unsigned yy = 0, mm = 0;
    NEED(text_is_digits(yymm, YYMM_DIGITS, YYMM_DIGITS), BAD_FORM);
    NEED(sscanf(yymm, "%2u%2u", &yy, &mm) == 2 && mm >= 1 && mm <= 12, BAD_VALUE);
    *year = CENTURY + yy;
    *month = mm;
    return TSM_OK;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && year % 4 == 0 ? 1u : 0u);
}

static enum tsm_err write_date(struct writer *w, const char *yymm, unsigned day)
{
    char digits[2 * YYMM_DIGITS + 4];
    snprintf(digits, sizeof digits, "%.4s%02u", yymm, day);
    return digits_write_left(w, digits);
}

enum tsm_err record_month(const char *yymm)
{
    unsigned year = CENTURY, month = 1;
    return month_of(yymm, &year, &month);
}

enum tsm_err record_last_day(struct writer *w, const char *yymm)
{
    unsigned year = CENTURY, month = 1;
    TRY(month_of(yymm, &year, &month));
    return write_date(w, yymm, days_in(year, month));
}

enum tsm_err record_first_day(struct writer *w, const char *yymm)
{
    unsigned year = CENTURY, month = 1;
    TRY(month_of(yymm, &year, &month));
    return write_date(w, yymm, 1);
}

static enum tsm_err afl_check(struct afl_entry e)
{
    NEED(e.sfi >= 1 && e.sfi <= SFI_MAX, BAD_VALUE);
    NEED(e.first >= 1 && e.first <= e.last, BAD_VALUE);
    NEED(e.authenticated <= e.last - e.first + 1, BAD_VALUE);
    return TSM_OK;
}

enum tsm_err afl_read(struct reader *r, struct afl_entry *out)
{
    struct reader at = *r;
    struct afl_entry e;
    uint8_t file;
    TRY(read_u8(&at, &file));
    TRY(read_u8(&at, &e.first));
    TRY(read_u8(&at, &e.last));
    TRY(read_u8(&at, &e.authenticated));
    NEED((file & ((1 << SFI_SHIFT) - 1)) == 0, BAD_VALUE);
    e.sfi = file >> SFI_SHIFT;
    TRY(afl_check(e));
    *r = at;
    *out = e;
    return TSM_OK;
}

enum tsm_err afl_write(struct writer *w, struct afl_entry e)
{
    struct writer at = *w;
    TRY(afl_check(e));
    TRY(write_u8(&at, (unsigned)(e.sfi << SFI_SHIFT)));
    TRY(write_u8(&at, e.first));
    TRY(write_u8(&at, e.last));
    TRY(write_u8(&at, e.authenticated));
    *w = at;
    return TSM_OK;
}

enum tsm_err dol_read(struct reader *r, struct dol_entry *out)
{
    struct reader at = *r;
    struct dol_entry e = {0};
    TRY(ber_read_tag(&at, &e.tag));
    TRY(read_u8(&at, &e.len));
    NEED(e.len <= DOL_LEN_MAX, BAD_VALUE);
    *r = at;
    *out = e;
    return TSM_OK;
}

enum tsm_err dol_data_len(struct bytes dol, size_t *len)
{
    struct reader r = READER(dol);
    struct dol_entry e = {0};
    size_t sum = 0;
    while (r.left.len) {
        TRY(dol_read(&r, &e));
        sum += e.len;
    }
    *len = sum;
    return TSM_OK;
}
