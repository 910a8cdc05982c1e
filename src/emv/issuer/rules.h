/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a scheme protects its issuer scripts, as data of a personalisation profile: session keys, what the MAC
 * covers, how data and PIN are enciphered, which objects may be changed. Station 5. Pure. [EMV Book 2 9 and
 * A1.3; docs/personalisation.md]
 *
 *   "scripts": {"session": "counter", "covers": "transaction", "mac_len": 8, "cipher": "length-ecb",
 *     "pin": "by-key", "ask": ["80A80000028300", "80AE8000.."], "counter": "DF72", "tries": "9F17",
 *     "offline": "DF71", "balance": "9F79", "parameters": ["9F58"]}
 *
 * A purse adds by a command of its own, "credit": "420000" (instruction and parameters), which has the
 * amount.
 */
#ifndef TSM_EMV_ISSUER_RULES_H
#define TSM_EMV_ISSUER_RULES_H

#include <jansson.h>

#include "base/bytes.h"

enum {
    ISSUER_ASKS_MAX = 4, /* commands before a script, which give its MAC counter and cryptogram */
    ISSUER_ASK_MAX = 64,
    ISSUER_PARAMETERS_MAX = 8,
    ISSUER_CREDIT = 3, /* INS, P1, P2 */
    ISSUER_MAC_MIN = 4,
    ISSUER_MAC_MAX = 8,
};

/* COUNTER: the card key, its halves changed by the transaction counter and its complement. CRYPTOGRAM: the
 * common session key over the application cryptogram, which counts up with every command [EMV Book 2 A1.3.1].
 */
enum issuer_session { ISSUER_BY_COUNTER, ISSUER_BY_CRYPTOGRAM };
/* COMMAND: header and data. TRANSACTION: counter and cryptogram stand between the two. */
enum issuer_covers { ISSUER_COVERS_COMMAND, ISSUER_COVERS_TRANSACTION };
/* LENGTH_ECB: an octet of length first, padded by method 2. CBC: padded always. CBC_SHORT: only where it is
 * no whole number of blocks. */
enum issuer_cipher { ISSUER_LENGTH_ECB, ISSUER_CBC, ISSUER_CBC_SHORT };
/* ISO_2: the block of format 2. BY_KEY: bound to the card's cryptogram key. */
enum issuer_pin { ISSUER_PIN_ISO_2, ISSUER_PIN_BY_KEY };

struct issuer_ask {
    uint8_t at[ISSUER_ASK_MAX];
    size_t len;
};
struct issuer_rules {
    int session, covers, cipher, pin; /* the enums above */
    int64_t mac_len;
    size_t ask_n, parameters_n;
    struct issuer_ask ask[ISSUER_ASKS_MAX];
    /* Tags of GET DATA and PUT DATA; 0 where the application has no such object. `counter`: of the script
     * commands that it took, two octets. */
    uint16_t counter, tries, offline, balance, parameters[ISSUER_PARAMETERS_MAX];
    bool credits; /* top-ups go by `credit`; else the new balance is put */
    uint8_t credit[ISSUER_CREDIT];
};

/* The member "scripts" of a profile. Errors of json_fill with the field named; BAD_FORM for tags and commands
 * that are none. */
enum tsm_err issuer_rules_read(const json_t *from, struct issuer_rules *out);
/* Whether PUT DATA of this object is a thing of this scheme. */
bool issuer_may_put(const struct issuer_rules *r, uint16_t tag);

#endif
