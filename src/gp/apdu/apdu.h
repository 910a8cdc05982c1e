/* SPDX-License-Identifier: Apache-2.0 */
/* Command and response APDUs as octets and back, short and extended. Stations 5, 7 and 10. Pure.
 * [ISO 7816-4 5.1, GPCS 11.1.5] */
#ifndef TSM_GP_APDU_APDU_H
#define TSM_GP_APDU_APDU_H

#include "base/bytes.h"

enum {
    APDU_HEADER = 4,           /* CLA INS P1 P2 */
    APDU_SHORT_DATA_MAX = 255, /* Lc of one octet */
    APDU_SHORT_LE_MAX = 256,   /* Le 00 */
    APDU_DATA_MAX = 65535,     /* Lc of an extended APDU */
    APDU_LE_MAX = 65536,       /* extended Le 0000 */
    APDU_SHORT_MAX = 261,      /* the longest short command: header, Lc, 255, Le */
    APDU_MAX = 4 + 3 + 65535 + 2,
    APDU_LE_NONE = -1,
};

/* A command. `data` is borrowed. `le`: APDU_LE_NONE, 0 = as much as the form allows (256; 65536 when the
 * command is extended), else the number of octets that are expected. */
struct apdu {
    uint8_t cla, ins, p1, p2;
    struct bytes data;
    int32_t le;
};

/* An answer: data without the status, and the status word. `data` is borrowed. */
struct rapdu {
    struct bytes data;
    uint16_t sw;
};

/*
 * Appends the command: short where data and le allow, else extended. TOO_LONG above APDU_DATA_MAX, BAD_VALUE
 * for an le outside -1..APDU_LE_MAX.
 */
enum tsm_err apdu_write(const struct apdu *a, struct writer *w);
/* Reads one whole command. SHORT_INPUT, TRAILING_BYTES, BAD_LENGTH when Lc disagrees with the length. */
enum tsm_err apdu_read(struct bytes capdu, struct apdu *out);
/* Reads one whole answer; SHORT_INPUT below two octets. */
enum tsm_err rapdu_read(struct bytes answer, struct rapdu *out);

enum {
    SW_OK = 0x9000,
    SW_MORE_ENTRIES = 0x6310, /* GET STATUS: more data available [GPCS Table 11-38] */
    SW_CARD_LOCKED = 0x6283,  /* SELECT: the card is locked, a warning [GPCS Table 11-83] */
    SW_MEMORY_FAILURE = 0x6581,
    SW_CERTIFICATE_REFUSED = 0x6600,    /* verification of the certificate failed [AmdF 7.5.3] */
    SW_CERTIFICATE_NOT_LISTED = 0x6640, /* its serial number is not in the allow list */
    SW_WRONG_LENGTH = 0x6700,
    SW_NO_CHANNEL = 0x6881,          /* logical channel not supported or not active */
    SW_NO_SECURE_MESSAGING = 0x6882, /* of SELECT and MANAGE CHANNEL [GPCS Tables 11-63, 11-84] */
    SW_NO_CHAINING = 0x6884,
    SW_SECURITY = 0x6982, /* security status not satisfied; PUT KEY: a wrong check value [GPCS Table 11-78] */
    SW_KEYS_BLOCKED = 0x6983, /* authentication method blocked */
    SW_CONDITIONS = 0x6985,   /* conditions of use not satisfied */
    SW_BAD_DATA = 0x6A80,
    SW_NO_FUNCTION = 0x6A81,
    SW_NO_APPLICATION = 0x6A82,
    SW_NO_SPACE = 0x6A84,
    SW_BAD_P1P2 = 0x6A86,
    SW_LENGTH_NOT_OF_P1P2 = 0x6A87,
    SW_NOT_FOUND = 0x6A88, /* referenced data not found */
    SW_NO_INSTRUCTION = 0x6D00,
    SW_NO_CLASS = 0x6E00,
    SW_OLD_NO_ALGORITHM = 0x9484, /* deprecated forms of 6A80 and 6982 [GPCS Table 11-78] */
    SW_OLD_BAD_CHECK_VALUE = 0x9485,
};

/* Success or warning: 9000, 62xx, 63xx; everything else is an error status [AmdD 6.2.5]. */
bool sw_is_success(uint16_t sw);
/* What the status means, in a few words; "unknown status" for what no standard names. Never NULL. */
const char *sw_text(uint16_t sw);

#endif
