/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider changes in an issued application, as an order says it, and the script commands that do it.
 * Stations 2 and 5. Pure. [TR-03165 4.2, ExchangeServiceData; EMV Book 3 6.5]
 *
 *   {"kind": "pin-reset"}       the try counter of the PIN as after a right PIN
 *   {"kind": "pin-change"}      the PIN of the card data
 *   {"kind": "counter-reset"}   the counter of transactions since the issuer was asked
 *   {"kind": "parameter", "tag": "9F58", "value": "05"} or {.., "sfi": 1, "record": 2, "value": "70.."}
 *   {"kind": "top-up", "amount": 2500}   in the currency's minor unit
 *   {"kind": "block"}, {"kind": "unblock"}   the application for payments
 *   {"kind": "script", "commands": [..of these..]}
 */
#ifndef TSM_ORDER_ISSUER_CHANGES_H
#define TSM_ORDER_ISSUER_CHANGES_H

#include "emv/issuer/command.h"

enum {
    CHANGES_MAX = 8,        /* commands of one script */
    CHANGE_VALUE_MAX = 128, /* octets of a parameter or a record */
    CHANGE_BALANCE = 6,     /* octets of the balance, twelve decimal digits */
    CHANGE_READ = 5,        /* GET DATA and READ RECORD without Le */
    CHANGE_AMOUNT_MAX = 999999999,
};

enum change_kind {
    CHANGE_PIN_RESET,
    CHANGE_PIN,
    CHANGE_COUNTER_RESET,
    CHANGE_PARAMETER,
    CHANGE_TOP_UP,
    CHANGE_BLOCK,
    CHANGE_UNBLOCK,
    CHANGE_SCRIPT, /* a list of the others */
    CHANGE_KINDS
};
extern const char *const change_words[CHANGE_KINDS + 1];

struct change {
    int kind;
    uint16_t tag; /* of a parameter; 0: it is a record */
    int64_t sfi, record, amount;
    size_t len;
    uint8_t value[CHANGE_VALUE_MAX];
};
struct changes {
    int kind; /* of the whole, as it was ordered */
    size_t n;
    struct change at[CHANGES_MAX];
};

/* Reads the member "exchange" of an order. Errors of json_fill with the field named, "exchange." in front;
 * BAD_VALUE for members that do not belong to the kind. */
enum tsm_err changes_read(const json_t *from, struct changes *out);
/* Whether a PIN or the balance of the card is concerned. */
bool changes_have(const struct changes *c, enum change_kind kind);

/* What must be read from the card when the script is done: the command, and the value it must give. */
struct change_effect {
    uint8_t read[CHANGE_READ];
    size_t len;
    uint8_t value[CHANGE_VALUE_MAX];
};
struct change_script {
    size_t n, effects_n;
    struct issuer_command command[CHANGES_MAX];
    struct change_effect effect[CHANGES_MAX];
};
/*
 * The commands by the rules of a scheme. `balance`: what the card has now (CHANGE_BALANCE octets), empty
 * where it was not asked yet: then zero is taken, to try the rest. UNSUPPORTED for what the scheme does not
 * have, NOT_ALLOWED for an object that it does not let change, TOO_LONG for a balance beyond its digits.
 */
enum tsm_err changes_script(const struct changes *c, const struct issuer_rules *rules, struct bytes balance,
                            struct change_script *out);

#endif
