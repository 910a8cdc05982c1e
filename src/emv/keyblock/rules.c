/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of key blocks by table. Stations 1 and 5. Pure. [ANSI X9.143 5.2, tables 2 to 6] */
#include "emv/keyblock/rules.h"

#include <string.h>

/* Mode N ("no special restrictions") goes with every usage. */
static const struct rule {
    char usage[3];
    const char *algorithms, *modes, *text;
} rules[] = {
    {"B0", "AT", "X", "base derivation key"},
    {"B1", "AT", "X", "initial DUKPT key"},
    {"B2", "AT", "X", "base key variant"},
    {"B3", "AT", "X", "key derivation key"},
    {"C0", "AT", "CGV", "card verification key"},
    {"D0", "ADT", "BDE", "data encryption"},
    {"D1", "ER", "BDE", "data encryption, asymmetric"},
    {"D2", "ADT", "BDE", "decimalisation table"},
    {"E0", "AT", "X", "issuer master: application cryptograms"},
    {"E1", "AT", "X", "issuer master: script confidentiality"},
    {"E2", "AT", "X", "issuer master: script integrity"},
    {"E3", "AT", "X", "issuer master: data authentication code"},
    {"E4", "AT", "X", "issuer master: dynamic numbers"},
    {"E5", "AT", "BDEX", "card personalisation"},
    {"E6", "AT", "X", "issuer master: others"},
    {"E7", "ER", "BDE", "key pair for offline PIN"},
    {"I0", "ADT", "BDE", "initialisation vector"},
    {"K0", "AT", "BDE", "key encryption"},
    {"K1", "AT", "BDE", "protects key blocks"},
    {"K2", "ER", "BDE", "key encryption, asymmetric"},
    {"K4", "A", "BDE", "protects key blocks of ISO 20038"},
    {"M0", "DT", "CGV", "MAC ISO 16609"},
    {"M1", "DT", "CGV", "MAC ISO 9797-1 algorithm 1"},
    {"M3", "T", "CGV", "MAC ISO 9797-1 algorithm 3"},
    {"M6", "AT", "CGV", "MAC ISO 9797-1 algorithm 5 (CMAC)"},
    {"M7", "H", "CGV", "HMAC"},
    {"P0", "AT", "BDE", "PIN encryption"},
    {"S0", "ERS", "STV", "key pair for signatures"},
    {"S1", "ERS", "STV", "key pair of an authority"},
    {"S2", "ERS", "STVX", "key pair of another kind"},
    {"V0", "AT", "CGV", "PIN verification"},
    {"V1", "AT", "CGV", "PIN verification: IBM 3624"},
    {"V2", "AT", "CGV", "PIN verification: PVV"},
};

static const struct rule *find(const char *usage)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strcmp(rules[i].usage, usage))
            return &rules[i];
    return NULL;
}

struct keyblock_policy keyblock_policy_of(const struct keyblock_header *h)
{
    struct keyblock_policy p = {
        .algorithm = h->algorithm, .mode = h->mode, .exportability = h->exportability};
    memcpy(p.usage, h->usage, sizeof p.usage);
    return p;
}

const char *keyblock_usage_text(const char *usage)
{
    const struct rule *r = find(usage);
    return r ? r->text : NULL;
}

static bool has(const char *letters, char c)
{
    return c && strchr(letters, c);
}

static bool length_fits(char algorithm, size_t len)
{
    switch (algorithm) {
    case 'A':
        return len == 16 || len == 24 || len == 32;
    case 'T':
        return len == 16 || len == 24;
    case 'D':
        return len == 8;
    default:
        return len > 0;
    }
}

enum tsm_err keyblock_rules_check(struct keyblock_policy p, size_t key_len)
{
    const struct rule *r = find(p.usage);
    if (!r)
        return FAIL(KEY_REFUSED, "no key usage %.2s is known here", p.usage);
    if (!has(r->algorithms, p.algorithm))
        return FAIL(KEY_REFUSED, "usage %.2s is not for keys of algorithm %c", p.usage, p.algorithm);
    if (p.mode != 'N' && !has(r->modes, p.mode))
        return FAIL(KEY_REFUSED, "mode %c does not belong to usage %.2s", p.mode, p.usage);
    if (!has("ENS", p.exportability))
        return FAIL(KEY_REFUSED, "exportability is E, N or S");
    if (!length_fits(p.algorithm, key_len))
        return FAIL(KEY_REFUSED, "a key of %zu octets is none of algorithm %c", key_len, p.algorithm);
    return TSM_OK;
}

static bool mode_allows(char mode, const char *modes)
{
    if (mode == 'N')
        return true;
    if (mode == 'B') /* both directions */
        return has(modes, 'B') || has(modes, 'D') || has(modes, 'E');
    if (mode == 'C') /* makes and checks */
        return has(modes, 'C') || has(modes, 'G') || has(modes, 'V');
    return has(modes, mode);
}

enum tsm_err keyblock_rules_use(struct keyblock_policy p, const char *usage, const char *modes,
                                const char *name)
{
    if (strcmp(p.usage, usage))
        return FAIL(KEY_REFUSED, "the key %s is of usage %.2s, %s is asked for", name, p.usage, usage);
    if (!mode_allows(p.mode, modes))
        return FAIL(KEY_REFUSED, "the key %s has mode %c, which does not allow this", name, p.mode);
    return TSM_OK;
}

enum tsm_err keyblock_rules_export(struct keyblock_policy p, struct keyblock_policy to, const char *name)
{
    static const char freedom[] = "ESN"; /* the later the less */
    if (p.exportability == 'N')
        return FAIL(KEY_REFUSED, "the key %s does not leave: its block said so", name);
    if (!has(freedom, to.exportability) ||
        strchr(freedom, to.exportability) < strchr(freedom, p.exportability))
        return FAIL(KEY_REFUSED, "the key %s would leave with more freedom than it has", name);
    if (strcmp(p.usage, to.usage) || p.mode != to.mode || p.algorithm != to.algorithm)
        return FAIL(KEY_REFUSED, "the key %s leaves for its own usage and mode only", name);
    return TSM_OK;
}
