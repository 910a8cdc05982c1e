/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer's answer to an authorisation request of a laboratory scheme. Pure. [EMV 4.3 Book 2 8.1, 8.2] */
#ifndef LAB_BANK_CRYPTOGRAM_VERIFY_H
#define LAB_BANK_CRYPTOGRAM_VERIFY_H

#include "bank/cryptogram/scheme.h"

#include <jansson.h>

enum { BANK_MAX_TEXT = 512 };

struct bank_verdict {
    bool right;
    const char *why;                  /* when not right */
    const struct bank_scheme *scheme; /* NULL: none of ours */
    enum bank_option option;
    unsigned atc, dki;
    uint8_t arpc[BANK_BLOCK]; /* method 1 under the key of the cryptogram, ARC "00"; when right */
};

/* data: tags of the request in hex (as term_issuer_json writes them). imk_ac NULL: the laboratory key of the
 * scheme that 9F10 names. */
void bank_verify(const uint8_t *imk_ac, const json_t *data, struct bank_verdict *out);

#endif
