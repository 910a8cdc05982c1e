/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of one terminal transaction share: the state and the sending of a command. Private to the
 * kernel. [EMV 4.3 Books 1 and 3] */
#ifndef LAB_TERMINAL_STEPS_H
#define LAB_TERMINAL_STEPS_H

#include "terminal/kernel.h"
#include "terminal/data/tlv.h"

enum { TERM_SW_OK = 0x9000, TERM_SW_NOT_FOUND = 0x6A82, TERM_SW_CONDITIONS = 0x6985 };

struct candidate {
    uint8_t aid[TERM_MAX_AID];
    size_t aid_len;
    char label[TERM_MAX_LABEL + 1];
    unsigned priority; /* 1 first, 15 last; above: the card gave none */
};

struct kernel {
    const struct term_reader *reader;
    const struct term_request *request;
    struct term_outcome *out;
    uint8_t answer[TERM_MAX_RAPDU];
    struct term_bytes data; /* of the last answer, without its status word */
    unsigned sw;
    struct candidate candidates[TERM_MAX_CANDIDATES];
    size_t candidate_count;
};

/* Each step returns true to go on; false when the outcome stands: refused, or the card has gone. */
__attribute__((format(printf, 2, 3))) bool term_refuse(struct kernel *k, const char *why, ...);
bool term_refuse_sw(struct kernel *k, const char *why);

/* One short case 2 or case 4 command with Le 00. False when the card has gone. */
bool term_send(struct kernel *k, const uint8_t head[4], const void *data, size_t len);

/* Selects the PPSE and then the application of the highest priority that lets itself be selected; its FCI is
 * the last answer then. [EMV Contactless Book B 3.3] */
bool term_select(struct kernel *k);

#endif
