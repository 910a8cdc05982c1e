/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the head of a key block allows: which algorithms and modes belong to a usage, and whether a key may
 * leave again. Asked after the MAC was found right. Stations 1 and 5. Pure. [ANSI X9.143 5.2, tables 2 to 6]
 */
#ifndef TSM_EMV_KEYBLOCK_RULES_H
#define TSM_EMV_KEYBLOCK_RULES_H

#include "emv/keyblock/header.h"

/* Usages that the house works with. */
#define USAGE_CVK       "C0" /* card verification key */
#define USAGE_DATA      "D0" /* data encryption */
#define USAGE_IMK_AC    "E0" /* issuer master: application cryptograms */
#define USAGE_IMK_SMC   "E1" /* issuer master: script confidentiality */
#define USAGE_IMK_SMI   "E2" /* issuer master: script integrity */
#define USAGE_KMC       "E5" /* card personalisation */
#define USAGE_IMK_OTHER "E6" /* issuer master: others, as of CVC3 */
#define USAGE_KEK       "K0" /* key encryption */
#define USAGE_KBPK      "K1" /* protects key blocks */
#define USAGE_PIN       "P0" /* PIN encryption */

enum { KEYBLOCK_USAGE_TEXT = 48 };

/* What may be done with a key; the letters of the head without its length and optional blocks. */
struct keyblock_policy {
    char usage[3];
    char algorithm, mode, exportability;
};
struct keyblock_policy keyblock_policy_of(const struct keyblock_header *h);

/* The usage in words, NULL for one that is not in the standard's table. */
const char *keyblock_usage_text(const char *usage);
/* KEY_REFUSED for an unknown usage, an algorithm or mode that the usage does not have, an exportability other
 * than E, N, S, or a key length that the algorithm does not have (of RSA and the like any is taken). */
enum tsm_err keyblock_rules_check(struct keyblock_policy p, size_t key_len);
/* KEY_REFUSED unless the key is of this usage and its mode allows one of `modes` ("GC"); mode N allows all
 * that the usage does. `name` is for the cause. */
enum tsm_err keyblock_rules_use(struct keyblock_policy p, const char *usage, const char *modes,
                                const char *name);
/* Whether a key may leave in a block that says `to`: a key with N never does, none leaves with more freedom
 * than it has (E before S before N), and never for another usage or mode. KEY_REFUSED. */
enum tsm_err keyblock_rules_export(struct keyblock_policy p, struct keyblock_policy to, const char *name);

#endif
