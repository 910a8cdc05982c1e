/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer's answer to an authorisation request of the demo scheme (CVN 18). Pure.
 * [EMV 4.3 Book 2 8.1, 8.2; the input list is that of cryptogram version 18] */
#ifndef LAB_BANK_VERIFY_H
#define LAB_BANK_VERIFY_H

#include "bank/issuer.h"

#include <jansson.h>

/* Laboratory keys: published sample values, worthless on purpose. See README.md. */
#define BANK_LAB_IMK_AC "9E15204313F7318ACB79B90BD986AD29"

enum { BANK_MAX_TEXT = 512, BANK_CVN = 18 };

struct bank_verdict {
    bool right;
    const char *why; /* when not right */
    enum bank_option option;
    unsigned atc, dki;
    uint8_t arpc[BANK_BLOCK]; /* method 1 under the session key, ARC "00"; when right */
};

/* data: tags of the request in hex (as term_issuer_json writes them). */
void bank_verify(const uint8_t imk_ac[BANK_KEY], const json_t *data, struct bank_verdict *out);

#endif
