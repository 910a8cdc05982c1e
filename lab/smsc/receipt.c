/* SPDX-License-Identifier: Apache-2.0 */
/* The texts and times of a delivery receipt, and validity periods. Pure (station 9).
 * [SMPP 3.4 5.2.16, 7.1.1, appendix B] */
#include "smsc/receipt.h"

#include "smsc/smpp/smpp.h"

#include <stdio.h>
#include <string.h>

enum { MAX_STAMP = 64, TIME_LENGTH = 16, DAY = 86400, QUARTER_HOUR = 900, LONG_VALIDITY_S = 10 * 366 * DAY };

static const char *state_name(uint8_t state)
{
    switch (state) {
    case STATE_DELIVERED:
        return "DELIVRD";
    case STATE_EXPIRED:
        return "EXPIRED";
    case STATE_UNDELIVERABLE:
        return "UNDELIV";
    default:
        return "UNKNOWN";
    }
}

/* YYMMDDhhmm in UTC. */
static void stamp(time_t at, char out[MAX_STAMP])
{
    struct tm tm;
    gmtime_r(&at, &tm);
    snprintf(out, MAX_STAMP, "%02d%02d%02d%02d%02d", tm.tm_year % 100, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min);
}

size_t receipt_write(const struct receipt *r, char out[RECEIPT_MAX_TEXT])
{
    char submitted[MAX_STAMP], done[MAX_STAMP];
    stamp(r->submitted, submitted);
    stamp(r->done, done);
    int n = snprintf(out, RECEIPT_MAX_TEXT,
                     "id:%s sub:001 dlvrd:%03d submit date:%s done date:%s stat:%s err:%03u text:", r->id,
                     r->state == STATE_DELIVERED, submitted, done, state_name(r->state), r->error % 1000);
    return n > 0 && n < RECEIPT_MAX_TEXT ? (size_t)n : 0;
}

/* Two decimal digits at `p`; all sixteen places were checked before. */
static int pair(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool well_formed(const char *s)
{
    if (strlen(s) != TIME_LENGTH || strspn(s, "0123456789") != TIME_LENGTH - 1)
        return false;
    return strchr("+-R", s[TIME_LENGTH - 1]) != NULL;
}

static long relative(const char *s)
{
    long days = pair(s) * 365L + pair(s + 2) * 30L + pair(s + 4);
    return days * DAY + pair(s + 6) * 3600L + pair(s + 8) * 60L + pair(s + 10);
}

static bool absolute(const char *s, time_t now, long *seconds)
{
    struct tm tm = {.tm_year = 100 + pair(s), .tm_mon = pair(s + 2) - 1, .tm_mday = pair(s + 4)};
    tm.tm_hour = pair(s + 6);
    tm.tm_min = pair(s + 8);
    tm.tm_sec = pair(s + 10);
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 ||
        tm.tm_min > 59)
        return false;
    long offset =
        pair(s + 13) * (long)QUARTER_HOUR; /* nn: quarter hours the local time is ahead (+) or behind (-) */
    time_t end = timegm(&tm) - (s[15] == '+' ? offset : -offset);
    *seconds = end <= now ? 0 : end - now > LONG_VALIDITY_S ? (long)LONG_VALIDITY_S : (long)(end - now);
    return true;
}

bool validity_read(const char *text, time_t now, long standard, long *seconds)
{
    if (text[0] == '\0') {
        *seconds = standard;
        return true;
    }
    if (!well_formed(text))
        return false;
    if (text[TIME_LENGTH - 1] != 'R')
        return absolute(text, now, seconds);
    *seconds = relative(text);
    return true;
}
