/* SPDX-License-Identifier: Apache-2.0 */
/* Check digits of an ICCID. Station 1. Pure. [ITU-T E.118 4.1, ISO/IEC 7812-1 annex B] */
#include "order/card/iccid.h"

#include <string.h>

#include "base/hex.h"

static void add_without(const char *iccid, size_t n, struct iccid_forms *out)
{
    char *to = out->text[out->n++];
    memcpy(to, iccid, n - 1);
    to[n - 1] = 0;
}

static void add_with(const char *iccid, size_t n, struct iccid_forms *out)
{
    char *to = out->text[out->n++];
    memcpy(to, iccid, n);
    to[n + 1] = 0;
    for (to[n] = '0'; !luhn_right(to);)
        to[n]++;
}

void iccid_other_forms(const char *iccid, struct iccid_forms *out)
{
    size_t n = strlen(iccid);
    out->n = 0;
    if (n > ICCID_BODY_MIN && n <= ICCID_BODY_MAX + 1 && luhn_right(iccid))
        add_without(iccid, n, out);
    if (n >= ICCID_BODY_MIN && n <= ICCID_BODY_MAX)
        add_with(iccid, n, out);
}

bool iccid_same(const char *a, const char *b)
{
    struct iccid_forms other;
    if (!strcmp(a, b))
        return true;
    iccid_other_forms(a, &other);
    for (size_t i = 0; i < other.n; i++)
        if (!strcmp(other.text[i], b))
            return true;
    return false;
}
