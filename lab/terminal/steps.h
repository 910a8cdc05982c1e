/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of one terminal transaction share: the state and the sending of a command. Private to the
 * kernel. [EMV 4.3 Books 1 and 3] */
#ifndef LAB_TERMINAL_STEPS_H
#define LAB_TERMINAL_STEPS_H

#include "terminal/kernel.h"
#include "terminal/data/dol.h"
#include "terminal/data/tlv.h"

enum { TVR_SDA_FAILED = 0x40, TVR_DDA_FAILED = 0x08, TVR_CDA_FAILED = 0x04 };
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
    struct oda_static statics;
    struct oda_key icc;
    bool combined; /* the card signs with GENERATE AC */
    uint8_t pdol[TERM_MAX_DOL_DATA];
    size_t pdol_len;
    struct candidate candidates[TERM_MAX_CANDIDATES];
    size_t candidate_count;
};

/* Each step returns true to go on; false when the outcome stands: refused, or the card has gone. */
__attribute__((format(printf, 2, 3))) bool term_refuse(struct kernel *k, const char *why, ...);
bool term_refuse_sw(struct kernel *k, const char *why);

/* One short case 2 or case 4 command with Le 00. False when the card has gone. */
bool term_send(struct kernel *k, const uint8_t head[4], const void *data, size_t len);

/* Offline data authentication of the kind that the card offers, where the terminal has the scheme's key; a
 * card that does not pass is refused. [Book 2 5, 6] */
bool term_offline(struct kernel *k);
/* The combined signature in the answer to GENERATE AC: the cryptogram comes out of it. [Book 2 6.6.2] */
bool term_combined(struct kernel *k, struct term_bytes cdol);

/* Selects the PPSE and then the application of the highest priority that lets itself be selected; its FCI is
 * the last answer then. [EMV Contactless Book B 3.3] */
bool term_select(struct kernel *k);

/* The card checks the customer's PIN, where the request has one. */
bool term_verify_pin(struct kernel *k);

#endif
