/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issuer script commands in the making: a command and its data become one with MAC, the PIN enciphered.
 * Station 7 (in the vault). Pure. [EMV Book 2 9.2, 9.3, A1.3; EMV Book 3 6.5]
 */
#ifndef TSM_EMV_ISSUER_COMMAND_H
#define TSM_EMV_ISSUER_COMMAND_H

#include "emv/cryptogram.h"
#include "emv/issuer/rules.h"
#include "emv/pin/pin.h"

enum {
    ISSUER_DATA_MAX = 200,                                     /* octets of plain data of one command */
    ISSUER_COMMAND_MAX = 5 + ISSUER_DATA_MAX + ISSUER_MAC_MAX, /* one made command, without Le */
};

/* One command without its protection; class 84 is understood. */
struct issuer_command {
    uint8_t ins, p1, p2;
    bool pin; /* its data are the PIN */
    size_t len;
    uint8_t data[ISSUER_DATA_MAX];
};

/* Where the card stands: what a script is bound to. */
struct issuer_place {
    uint16_t atc;
    uint8_t ac[EMV_AC_LEN]; /* of the transaction at hand; zeros where there is none */
    unsigned commands;      /* taken under that cryptogram before */
};

/* A card's three keys; wiped by who holds them. */
struct issuer_keys {
    uint8_t ac[EMV_KEY_LEN], mac[EMV_KEY_LEN], enc[EMV_KEY_LEN];
};

struct issuer_making {
    struct crypto *crypto;
    const struct issuer_rules *rules;
    const struct issuer_keys *keys;
    struct issuer_place place; /* for the next command; counts up as commands are made */
    const struct pin *pin;     /* NULL: no command has one */
};

/* The key of the next command. */
enum tsm_err issuer_session_key(const struct issuer_making *m, const uint8_t card[EMV_KEY_LEN],
                                uint8_t session[EMV_KEY_LEN]);
/* The PIN block that goes into the card, in clear. BAD_FORM for what is no PIN. */
enum tsm_err issuer_pin_block(const struct issuer_making *m, uint8_t block[PIN_BLOCK]);
/* Data under a session key as the rules say. */
enum tsm_err issuer_encipher(const struct issuer_making *m, const uint8_t session[EMV_KEY_LEN],
                             struct bytes data, struct writer *w);
/* Appends one made command and counts the place up. MISSING_FIELD for a PIN that is not there, TOO_LONG,
 * NO_ROOM; the writer is as it was then. */
enum tsm_err issuer_command_write(struct issuer_making *m, const struct issuer_command *c, struct writer *w);

#endif
