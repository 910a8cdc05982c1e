/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of the terminal on what the records say: number, dates, agreement of the track 2 equivalent. Pure.
 * [EMV 4.3 Book 3 10.4, Annex A; ISO/IEC 7812-1 Annex B] */
#include "terminal/checks.h"

#include "terminal/data/tags.h"

#include <string.h>

enum {
    TVR_LEN = 5,
    TVR2_NOT_YET_EFFECTIVE = 0x20, /* byte 2 b6 */
    NIBBLE_FILL = 0x0F,
    NIBBLE_SEPARATOR = 0x0D,
    TRACK2_EXPIRY_DIGITS = 4,
    FIRST_YEAR_OF_1900S = 0x50, /* two-digit years 50-99 are 1950-1999 [EMV Book 4 6.7.3] */
};

bool term_luhn(const char *pan)
{
    size_t n = strlen(pan);
    unsigned sum = 0;
    if (n < TERM_MIN_PAN || n > TERM_MAX_PAN || strspn(pan, "0123456789") != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(pan[n - 1 - i] - '0');
        if (i % 2 == 1)
            d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return sum % 10 == 0;
}

static unsigned nibble(const struct term_object *o, size_t i)
{
    return i % 2 == 0 ? o->value[i / 2] >> 4 : o->value[i / 2] & 0x0F;
}

/* Decimal digits from nibble `from` on, at most max; returns how many. */
static size_t digits(const struct term_object *o, size_t from, char *out, size_t max)
{
    size_t n = 0;
    while (n < max && from + n < 2 * o->len && nibble(o, from + n) <= 9) {
        out[n] = (char)('0' + nibble(o, from + n));
        n++;
    }
    out[n] = '\0';
    return n;
}

bool term_pan(const struct term_store *s, char out[TERM_PAN_TEXT])
{
    const struct term_object *o = term_get(s, TAG_PAN);
    if (!o)
        return false;
    size_t n = digits(o, 0, out, TERM_MAX_PAN);
    for (size_t i = n; i < 2 * o->len; i++)
        if (nibble(o, i) != NIBBLE_FILL)
            return false;
    return n >= TERM_MIN_PAN;
}

void term_mask_pan(const char *pan, char out[TERM_PAN_TEXT])
{
    size_t n = strnlen(pan, TERM_MAX_PAN);
    for (size_t i = 0; i < n; i++)
        out[i] = i < TERM_PAN_SHOWN_HEAD || i + TERM_PAN_SHOWN_TAIL >= n ? pan[i] : '*';
    out[n] = '\0';
}

static const char *check_track2(const struct term_store *s, const char *pan)
{
    const struct term_object *track = term_get(s, TAG_TRACK2), *expiry = term_get(s, TAG_EXPIRY);
    char number[TERM_PAN_TEXT], date[TRACK2_EXPIRY_DIGITS + 1], year_month[2 * TERM_DATE + 1];
    if (!track)
        return NULL;
    size_t n = digits(track, 0, number, TERM_MAX_PAN);
    bool same = strcmp(number, pan) == 0;
    explicit_bzero(number, sizeof number);
    if (!same || n >= 2 * track->len || nibble(track, n) != NIBBLE_SEPARATOR)
        return "the track 2 equivalent (57) holds another number than 5A";
    digits(expiry, 0, year_month, TRACK2_EXPIRY_DIGITS);
    if (digits(track, n + 1, date, TRACK2_EXPIRY_DIGITS) != TRACK2_EXPIRY_DIGITS ||
        strcmp(date, year_month) != 0)
        return "the track 2 equivalent (57) holds another expiry date than 5F24";
    return NULL;
}

/* Years before 50 come after those of the 1900s. */
static int compare_dates(const uint8_t *a, const uint8_t *b)
{
    bool a_old = a[0] >= FIRST_YEAR_OF_1900S, b_old = b[0] >= FIRST_YEAR_OF_1900S;
    return a_old != b_old ? (a_old ? -1 : 1) : memcmp(a, b, TERM_DATE);
}

static void mark_not_yet_effective(struct term_store *s, const uint8_t today[TERM_DATE])
{
    const struct term_object *effective = term_get(s, TAG_EFFECTIVE), *tvr = term_get(s, TAG_TVR);
    uint8_t marked[TVR_LEN];
    if (!effective || effective->len != TERM_DATE || compare_dates(effective->value, today) <= 0 || !tvr ||
        tvr->len != TVR_LEN)
        return;
    memcpy(marked, tvr->value, sizeof marked);
    marked[1] |= TVR2_NOT_YET_EFFECTIVE;
    term_set(s, TAG_TVR, marked, sizeof marked);
}

const char *term_check_records(struct term_store *s, const uint8_t today[TERM_DATE])
{
    const struct term_object *expiry = term_get(s, TAG_EXPIRY);
    char pan[TERM_PAN_TEXT];
    if (!term_pan(s, pan))
        return "the records hold no card number (5A)";
    const char *why = term_luhn(pan) ? NULL : "the card number fails its check digit";
    if (!why && (!expiry || expiry->len != TERM_DATE))
        why = "the records hold no expiry date (5F24)";
    if (!why && compare_dates(expiry->value, today) < 0)
        why = "the application has expired";
    if (!why)
        why = check_track2(s, pan);
    explicit_bzero(pan, sizeof pan);
    mark_not_yet_effective(s, today);
    return why;
}
