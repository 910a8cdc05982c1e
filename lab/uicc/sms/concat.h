/* SPDX-License-Identifier: Apache-2.0 */
/* Concatenated short messages on the card: segments become one packet, a long response becomes segments. Pure
 * but for the buffer it owns (stations 8 and 10, the card's half). [TS 23.040 9.2.3.24.1, TS 31.115 4.2, 4.4]
 */
#ifndef LAB_UICC_SMS_CONCAT_H
#define LAB_UICC_SMS_CONCAT_H

#include "uicc/sms/tpdu.h"

/* Which order of header elements this card understands. */
enum concat_layout {
    LAYOUT_SPEC,      /* 00 03 first, 70 00 in segment 1 only */
    LAYOUT_CPI_FIRST, /* 70 00 first and in every segment */
    LAYOUT_ANY
};

enum concat_result {
    CONCAT_REFUSED,  /* the header is not one of a command packet, or not in the card's layout */
    CONCAT_WAITING,  /* stored, or a duplicate */
    CONCAT_COMPLETE, /* the packet is there */
    CONCAT_NO_MEMORY
};

/* The message under assembly, or the last one that was complete. Zero-initialised means empty. */
struct concat {
    uint8_t *octets; /* total places of SMS_MAX_USER_DATA each */
    uint8_t lengths[256];
    uint8_t seen[256], repeated[256];
    uint16_t reference;
    uint8_t total;
    size_t missing;
    bool complete;
};

/* One segment's user data in; on CONCAT_COMPLETE the packet, from CPL on, is in `packet` (owned by the
 * caller, free()) with its length. A single message is complete at once. A new reference drops a half-built
 * message; a repeated segment changes nothing; when every segment of a complete message was repeated, the
 * message is there again. */
enum concat_result concat_take(struct concat *c, enum concat_layout layout, const struct sms_tpdu *t,
                               uint8_t **packet, size_t *packet_len);
void concat_clear(struct concat *c);

/* How many segments a response packet (with its UDH 02 71 00) needs. */
size_t concat_segments(size_t response_len);
/* Writes the user data of segment `number` (from 1); returns its length, at most SMS_MAX_USER_DATA. */
size_t concat_segment(const uint8_t *response, size_t response_len, uint8_t reference, size_t number,
                      uint8_t *out);

#endif
