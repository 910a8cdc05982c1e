/* SPDX-License-Identifier: Apache-2.0 */
/* A secured packet cut into the user data of short messages, in the orders of header elements that cards in
 * the field want. Station 8. Pure. [TS 23.040 9.2.3.24, TS 31.115 4] */
#ifndef TSM_OTA_SMS_SEGMENT_H
#define TSM_OTA_SMS_SEGMENT_H

#include "base/bytes.h"

enum {
    SMS_UD_MAX = 140,      /* octets of user data in one short message, header included */
    SMS_SEGMENTS_MAX = 20, /* our cap; the standard's is 255, but a lost segment costs the whole message */
    SMS_SINGLE_MAX = 137,  /* packet octets of an unsegmented message */
};

/* Which header elements stand where: a fact of the card profile. */
enum concat_order {
    CONCAT_SPEC,      /* 00 (concatenation) then 70 (command packet), 70 in the first segment only */
    CONCAT_CPI_FIRST, /* 70 then 00, 70 in the first segment only */
    CONCAT_CPI_ALL,   /* 70 then 00 in every segment */
};

/* The information element that marks a secured packet. [TS 31.115 4.1, 4.2] */
enum packet_element { ELEMENT_COMMAND = 0x70, ELEMENT_RESPONSE = 0x71 };

struct segmentation {
    enum concat_order order;
    enum packet_element element;
    uint8_t ref; /* unique for the destination until all its segments are settled; not used for one segment */
};

/* Packet octets that fit into so many segments; 0 for a number outside 1 to SMS_SEGMENTS_MAX. */
size_t sms_capacity(size_t segments, enum concat_order order);
/* Segments that a packet of this length needs, 1 to SMS_SEGMENTS_MAX; 0 when it does not fit at all. */
size_t sms_segments(size_t packet_len, enum concat_order order);
/* Writes the user data (header and part) of segment `index`, from 0. TOO_LONG when the packet does not fit
 * into SMS_SEGMENTS_MAX, BAD_VALUE for an empty packet or an index beyond the last segment, NO_ROOM. */
enum tsm_err sms_segment(struct bytes packet, const struct segmentation *how, size_t index,
                         struct writer *ud);

#endif
