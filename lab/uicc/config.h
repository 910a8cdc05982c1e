/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of one laboratory UICC, from command line options or from a line of a cards file: both
 * use the same names. Pure but for reading the file. */
#ifndef LAB_UICC_CONFIG_H
#define LAB_UICC_CONFIG_H

#include "card/card.h"
#include "uicc/sim/quirk.h"

#include <stdio.h>

enum { CONFIG_MAX_LINE = 4096, CONFIG_MAX_ICCID = 20, CONFIG_NO_FACE = -1 };

struct uicc_config {
    char msisdn[16];
    char scp[32], with[64];
    struct card_config card; /* strings are set by uicc_config_card */
    struct uicc_quirks quirks;
    int listen; /* port of the contactless face, 0 any, CONFIG_NO_FACE none */
    bool por_by_submit;
};

void uicc_config_init(struct uicc_config *c);
/* Sets one value by name: msisdn, iccid, kic, kid, kik, kvn, key-type, key, isd-kvn, scp, with, listen, por,
 * quirk, fault. False: unknown name or unusable value. */
bool uicc_config_set(struct uicc_config *c, const char *name, const char *value);
/* The card's own part; its strings point into `c`. */
struct card_config uicc_config_card(const struct uicc_config *c);
void uicc_config_wipe(struct uicc_config *c);

/* Reads the next JSON line of a cards file, a flat object of strings and numbers, over the values already in
 * `c`. 1: read, 0: end of file, -1: malformed. Empty lines are skipped. */
int uicc_config_read_line(FILE *f, struct uicc_config *c);

#endif
