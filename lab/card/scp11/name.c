/* SPDX-License-Identifier: Apache-2.0 */
/* Names of SCP11 options on the command line (no station); pure; Amd F 1.4 Tables 4-1, 4-2. */
#include "card/scp11/scp11.h"

#include <string.h>

struct part {
    const char *name;
    uint8_t i, i2;
};

#define I_ALWAYS (SCP11_I_CHAINS | SCP11_I_MORE)

/* The longer names first. */
static const struct part variants[] = {
    {"scp11a", SCP11_I_A | I_ALWAYS, SCP11_I2_X509 | SCP11_I2_BF20},
    {"scp11b", SCP11_I_B | I_ALWAYS, SCP11_I2_X509},
    {"scp11c", SCP11_I_C | SCP11_I_C_BF20 | I_ALWAYS, SCP11_I2_X509},
    {"scp11", SCP11_I_A | SCP11_I_B | SCP11_I_C | SCP11_I_C_BF20 | I_ALWAYS, SCP11_I2_X509 | SCP11_I2_BF20},
};
static const struct part suffixes[] = {
    {"-s16", SCP11_I_S16, 0}, {"-x509", 0, SCP11_I2_NO_GP}, {"-kept", SCP11_I_KEEPS, 0}};

/* Adds what the part at *name asks for and moves behind it; false when no part of the table is there. */
static bool take(const struct part *parts, size_t count, const char **name, struct scp_option *to)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(parts[i].name);

        if (strncmp(*name, parts[i].name, n) != 0)
            continue;
        to->i |= parts[i].i;
        to->i2 |= parts[i].i2;
        *name += n;
        return true;
    }
    return false;
}

bool scp11_option_by_name(const char *name, struct scp_option *to)
{
    struct scp_option o = {.scp = SCP11};

    if (!take(variants, sizeof variants / sizeof variants[0], &name, &o))
        return false;
    while (*name != '\0')
        if (!take(suffixes, sizeof suffixes / sizeof suffixes[0], &name, &o))
            return false;
    *to = o;
    return true;
}
