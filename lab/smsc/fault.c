/* SPDX-License-Identifier: Apache-2.0 */
/* The ways in which the laboratory's SMSC can be told to misbehave. Pure (station 9). */
#include "smsc/fault.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NUMBER = 1000000 };

struct fault_name {
    const char *name;
    bool numbered; /* the name is followed by a number, kept in an unsigned */
    size_t at;
};

static const struct fault_name names[] = {
    {"lose-receipts", false, offsetof(struct smsc_faults, lose_receipts)},
    {"dup-receipts", false, offsetof(struct smsc_faults, dup_receipts)},
    {"lose-por", false, offsetof(struct smsc_faults, lose_por)},
    {"reorder", false, offsetof(struct smsc_faults, reorder)},
    {"decimal-receipts", false, offsetof(struct smsc_faults, decimal_receipts)},
    {"slow-", true, offsetof(struct smsc_faults, slow_ms)},
    {"drop-", true, offsetof(struct smsc_faults, drop_every)},
    {"full-", true, offsetof(struct smsc_faults, full_every)},
    {"down-after-", true, offsetof(struct smsc_faults, down_after)},
};

static bool parse_number(const char *s, size_t len, unsigned *out)
{
    unsigned n = 0;
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9' || n > MAX_NUMBER / 10)
            return false;
        n = n * 10 + (unsigned)(s[i] - '0');
    }
    *out = n;
    return n > 0;
}

static bool parse_one(const char *s, size_t len, struct smsc_faults *out)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size = strlen(names[i].name);
        char *field = (char *)out + names[i].at;
        if (len < size || memcmp(s, names[i].name, size) != 0)
            continue;
        if (names[i].numbered)
            return parse_number(s + size, len - size, (unsigned *)(void *)field);
        if (len == size) {
            *(bool *)field = true;
            return true;
        }
    }
    return false;
}

bool smsc_faults_parse(const char *list, struct smsc_faults *out)
{
    while (*list) {
        size_t len = strcspn(list, ",");
        if (!parse_one(list, len, out))
            return false;
        list += len;
        list += *list == ',';
    }
    return true;
}
