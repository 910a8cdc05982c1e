/* SPDX-License-Identifier: Apache-2.0 */
/* From data groupings to the blocks of STORE DATA. Stations 5 and 8. Pure. [EMV CPS 1.1 4.3.5, GPCS 11.11] */
#ifndef TSM_EMV_PERSO_CPS_H
#define TSM_EMV_PERSO_CPS_H

#include "emv/perso/dgi.h"

enum {
    CPS_COMMANDS_MAX = 256, /* P2 counts from 00 and would begin again */
    CPS_BLOCK_MAX = 255,
    /* P1 */
    CPS_P1_LAST = 0x80,
    CPS_P1_ENCRYPTED = 0x60,  /* every grouping of the command is encrypted; 00: none is */
    CPS_P1_DGI_FORMAT = 0x08, /* GlobalPlatform's mark for groupings; CPS scripts leave it out */
};

/* How one application wants its blocks: profile data. */
struct cps_style {
    size_t block_max; /* data octets in one command: 255 less what secure messaging adds */
    bool join;        /* several short groupings may share a command */
    bool dgi_format;  /* set CPS_P1_DGI_FORMAT */
};

/* One STORE DATA command: CLA INS P1 P2 Lc data, before secure messaging. */
struct cps_command {
    uint8_t p1, p2;
    struct bytes data; /* borrowed from the buffer of the plan */
};

struct cps_plan {
    size_t count;
    struct cps_command at[CPS_COMMANDS_MAX];
};

/*
 * Cuts groupings into commands: in order, encrypted and clear ones never in the same command, a grouping that
 * is longer than a block over several, b8 of P1 in the last. The values of encrypted groupings are already
 * ciphertext. The groupings are written one after the other to `buffer`, from which the commands borrow. A
 * run that was broken off starts again at block 0. BAD_VALUE for no grouping at all or a block_max outside 1
 * to CPS_BLOCK_MAX, TOO_LONG above CPS_COMMANDS_MAX commands, NO_ROOM.
 */
enum tsm_err cps_plan_make(const struct cps_dgi *dgis, size_t n, struct cps_style style,
                           struct writer *buffer, struct cps_plan *out);

#endif
