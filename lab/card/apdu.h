/* SPDX-License-Identifier: Apache-2.0 */
/* Command APDUs, short and extended, and the status words the card answers with (station 10, the card's
 * side); pure; ISO/IEC 7816-3 12.1, ISO/IEC 7816-4 5.1, GPCS 2.3.1 Table 11-10. */
#ifndef LAB_CARD_APDU_H
#define LAB_CARD_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sw {
    SW_OK = 0x9000,
    SW_CHANNEL_ALREADY_CLOSED = 0x6200,
    SW_SELECTED_CARD_LOCKED = 0x6283,
    SW_APPLICATION_BLOCKED = 0x6283, /* EMV Book 1 11.3.5 */
    SW_AUTHENTICATION_FAILED = 0x6300,
    SW_MORE_DATA = 0x6310,
    SW_WRONG_LENGTH = 0x6700,
    SW_CHANNEL_NOT_SUPPORTED = 0x6881,
    SW_SECURE_MESSAGING_NOT_SUPPORTED = 0x6882,
    SW_CHAINING_NOT_SUPPORTED = 0x6884,
    SW_SECURITY_NOT_SATISFIED = 0x6982,
    SW_AUTHENTICATION_BLOCKED = 0x6983,
    SW_CONDITIONS_NOT_SATISFIED = 0x6985,
    SW_WRONG_DATA = 0x6A80,
    SW_FUNCTION_NOT_SUPPORTED = 0x6A81,
    SW_FILE_NOT_FOUND = 0x6A82,
    SW_RECORD_NOT_FOUND = 0x6A83,
    SW_NO_MEMORY = 0x6A84,
    SW_WRONG_P1P2 = 0x6A86,
    SW_REFERENCE_NOT_FOUND = 0x6A88,
    SW_INS_NOT_SUPPORTED = 0x6D00,
    SW_CLA_NOT_SUPPORTED = 0x6E00,
    SW_UNKNOWN = 0x6F00,
    SW_ALGORITHM_NOT_SUPPORTED = 0x9484 /* deprecated, still answered by some cards (Table 11-78) */
};

/* GlobalPlatform proprietary secure messaging, GPCS Table 11-11. */
#define CLA_SECURE        0x04
#define CLA_ISO_SECURE    0x08
#define CLA_CHAINING      0x10
#define CLA_FURTHER       0x40 /* further interindustry: channels 4 to 19 */
#define CLA_GP            0x80
#define CLA_CHANNEL       0x03
#define APDU_SHORT_MAX_LC 255
#define APDU_SHORT_MAX_LE 256

struct capdu {
    uint8_t cla, ins, p1, p2;
    const uint8_t *data; /* borrowed */
    size_t lc;
    size_t le; /* 0 when absent */
    bool extended;
};

/* False when the lengths do not add up to one of the seven cases of ISO/IEC 7816-3 12.1.3. */
bool capdu_parse(const uint8_t *in, size_t n, struct capdu *c);

/* True for the error status words: neither 9000 nor a warning 62xx or 63xx (Amd D 6.2.5). */
bool sw_is_error(uint16_t sw);

#endif
