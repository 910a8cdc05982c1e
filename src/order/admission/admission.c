/* SPDX-License-Identifier: Apache-2.0 */
/* SE profiles as policies of the admission gate. Station 4. Pure. */
#include "order/admission/admission.h"

#include <string.h>

#include "base/hex.h"

enum { AID_MIN = 5, AID_MAX = 16, VERSION_MAX = 255, TEN = 10 };

/* Decimal digits up to 255; false where there is none. */
static bool number(const char **text, uint8_t *out)
{
    unsigned value = 0;
    const char *from = *text;
    while (**text >= '0' && **text <= '9' && value <= VERSION_MAX)
        value = value * TEN + (unsigned)(*(*text)++ - '0');
    *out = (uint8_t)value;
    return *text != from && value <= VERSION_MAX;
}

/* AID/major.minor, and one space if more follows. */
static bool package(const char **text, struct admission *to)
{
    struct cap_package *p = &to->offered[to->policy.offered_count];
    uint8_t *room = to->aid[to->policy.offered_count];
    char hex[2 * AID_MAX + 1];
    size_t digits = strspn(*text, "0123456789ABCDEFabcdef"), len;
    if (digits > 2 * AID_MAX || (*text)[digits] != '/')
        return false;
    memcpy(hex, *text, digits);
    hex[digits] = '\0';
    if (hex_read(hex, room, AID_MAX, &len) != TSM_OK || len < AID_MIN)
        return false;
    p->aid = BYTES_OF(room, len);
    *text += digits + 1;
    if (!number(text, &p->major) || *(*text)++ != '.' || !number(text, &p->minor))
        return false;
    if (**text == ' ')
        return *++*text != '\0';
    return **text == '\0';
}

enum tsm_err admission_packages(const char *text, struct admission *out)
{
    out->policy.offered = out->offered;
    out->policy.offered_count = 0;
    while (*text) {
        if (out->policy.offered_count == ADMISSION_PACKAGES_MAX)
            return FAIL_FIELD(TOO_LONG, "packages", "packages has more than %d entries",
                              ADMISSION_PACKAGES_MAX);
        if (!package(&text, out))
            return FAIL_FIELD(BAD_FORM, "packages",
                              "packages must be entries AID/MAJOR.MINOR with one space between them");
        out->policy.offered_count++;
    }
    return TSM_OK;
}

enum tsm_err admission_of_profile(const struct se_profile *p, struct admission *out)
{
    out->policy = (struct cap_policy){.memory = (size_t)p->memory, .no_int = p->no_int};
    return admission_packages(p->packages, out);
}

enum tsm_err admission_beside(struct admission *a, const struct cap_package *p)
{
    if (a->policy.offered_count == 0)
        return TSM_OK;
    NEED(a->policy.offered_count < ADMISSION_PACKAGES_MAX, TOO_LONG);
    a->offered[a->policy.offered_count++] = *p;
    return TSM_OK;
}
