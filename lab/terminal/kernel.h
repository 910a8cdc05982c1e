/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless kernel of the laboratory's terminal: from SELECT PPSE to the first GENERATE AC, over any
 * reader given to it. Pure but for that reader. [EMV Contactless Book B, EMV 4.3 Books 1 and 3] */
#ifndef LAB_TERMINAL_KERNEL_H
#define LAB_TERMINAL_KERNEL_H

#include "terminal/checks.h"
#include "terminal/data/store.h"
#include "terminal/oda/oda.h"

#include <sys/types.h>

enum {
    TERM_MAX_RAPDU = 65535,
    TERM_MAX_AID = 16,
    TERM_MAX_LABEL = 16,
    TERM_MAX_CANDIDATES = 8,
    TERM_MAX_REASON = 128,
    TERM_UNPREDICTABLE = 4,
};

enum term_result { TERM_ONLINE = 0, TERM_NO_CARD = 1, TERM_REFUSED = 3 };

struct term_reader {
    /* As element_transmit: R-APDU length, or -1 when the card has gone. out holds TERM_MAX_RAPDU bytes. */
    ssize_t (*transmit)(void *card, const uint8_t *capdu, size_t len, uint8_t *out);
    void *card;
};

struct term_request {
    uint64_t amount;   /* in the currency's minor unit, up to 12 digits */
    unsigned currency; /* ISO 4217 numeric */
    uint8_t today[TERM_DATE];
    uint8_t unpredictable[TERM_UNPREDICTABLE];
    const char *pin;         /* 4 to 12 digits; NULL: none is asked for */
    const struct oda_ca *ca; /* the scheme's key for offline data authentication; NULL: it is not performed */
};

struct term_outcome {
    enum term_result result;
    char reason[TERM_MAX_REASON]; /* of a refusal, else empty */
    unsigned sw;                  /* status word behind it, 0 when none */
    uint8_t aid[TERM_MAX_AID];
    size_t aid_len;
    char label[TERM_MAX_LABEL + 1];
    char oda[4];            /* "SDA", "DDA", "CDA"; "" when none was performed */
    struct term_store data; /* holds the card number: wipe after use */
};

void term_transact(const struct term_reader *r, const struct term_request *q, struct term_outcome *out);

#endif
