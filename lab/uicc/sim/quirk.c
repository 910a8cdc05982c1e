/* SPDX-License-Identifier: Apache-2.0 */
/* How one laboratory UICC differs from the rule, and how it fails. Pure (station 10, the card's half). */
#include "uicc/sim/quirk.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NUMBER = 1000000 };

/* Appends a name to the list the card below gets. */
static bool pass_on(char list[QUIRK_MAX_LIST], const char *name, size_t len)
{
    size_t used = strlen(list);
    if (used + len + 2 > QUIRK_MAX_LIST)
        return false;
    if (used > 0)
        list[used++] = ',';
    memcpy(list + used, name, len);
    list[used + len] = '\0';
    return true;
}

static bool is(const char *name, size_t len, const char *expected)
{
    return len == strlen(expected) && memcmp(name, expected, len) == 0;
}

/* True when `name` is `prefix` and a number; `*ok` becomes false when the number is unusable. */
static bool numbered(const char *name, size_t len, const char *prefix, unsigned *out, bool *ok)
{
    size_t size = strlen(prefix);
    unsigned n = 0;
    if (len < size || memcmp(name, prefix, size) != 0)
        return false;
    for (size_t i = size; i < len && n < MAX_NUMBER; i++) {
        *ok = *ok && name[i] >= '0' && name[i] <= '9';
        n = n * 10 + (unsigned)(name[i] - '0');
    }
    *ok = *ok && n > 0 && n < MAX_NUMBER;
    *out = n;
    return true;
}

static bool parse_quirk(const char *name, size_t len, struct uicc_quirks *q)
{
    bool ok = true;
    if (numbered(name, len, "max-segments-", &q->max_segments, &ok))
        return ok;
    if (is(name, len, "silent"))
        q->silent = true;
    else if (is(name, len, "talkative"))
        q->silent = false;
    else if (is(name, len, "cpi-first"))
        q->layout = LAYOUT_CPI_FIRST;
    else if (is(name, len, "cpi-any"))
        q->layout = LAYOUT_ANY;
    else if (is(name, len, "pad-80"))
        q->pad_80 = true;
    else if (is(name, len, "cmac4"))
        q->cmac4 = true;
    else if (is(name, len, "por-submit"))
        q->por_submit = true;
    else if (is(name, len, "counter-jump"))
        q->counter_jump = true;
    else if (is(name, len, "zero-body"))
        q->zero_body = true;
    else
        return pass_on(q->card_quirks, name, len);
    return true;
}

static bool parse_fault(const char *name, size_t len, struct uicc_quirks *q)
{
    bool ok = true;
    if (numbered(name, len, "drop-por-", &q->drop_por_every, &ok) ||
        numbered(name, len, "heal-por-", &q->drop_por_until, &ok) ||
        numbered(name, len, "busy-", &q->busy_first, &ok) || numbered(name, len, "tear-", &q->tear_at, &ok))
        return ok;
    if (is(name, len, "dup-por"))
        q->dup_por = true;
    else
        return pass_on(q->card_faults, name, len);
    return true;
}

static bool parse_list(const char *list, bool (*parse)(const char *, size_t, struct uicc_quirks *),
                       struct uicc_quirks *out)
{
    while (*list) {
        size_t len = strcspn(list, ",");
        if (len > 0 && !parse(list, len, out))
            return false;
        list += len;
        list += *list == ',';
    }
    return true;
}

bool uicc_quirks_parse(const char *quirks, struct uicc_quirks *out)
{
    return parse_list(quirks, parse_quirk, out);
}

bool uicc_faults_parse(const char *faults, struct uicc_quirks *out)
{
    return parse_list(faults, parse_fault, out);
}
