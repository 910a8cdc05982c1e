/* SPDX-License-Identifier: Apache-2.0 */
/* The user data header of a short message: its information elements, both directions. Stations 8 and 10.
 * Pure. [TS 23.040 9.2.3.24] */
#ifndef TSM_OTA_SMS_UDH_H
#define TSM_OTA_SMS_UDH_H

#include "base/bytes.h"

enum { UDH_CONCAT_8 = 0x00, UDH_CONCAT_16 = 0x08, UDH_ELEMENTS_MAX = 20 };

/* What of a header matters to secured packets. */
struct udh {
    bool concatenated;
    uint16_t ref;           /* 8 or 16 bits wide */
    uint8_t total, part;    /* 1 <= part <= total; both 1 when not concatenated */
    bool command, response; /* element 70 or 71 is there */
};

/*
 * Splits user data into its header, read, and what follows it (borrowed). SHORT_INPUT when an element reaches
 * beyond the header, BAD_VALUE for an impossible part number or more than UDH_ELEMENTS_MAX elements,
 * DUPLICATE_TAG for two concatenation elements, BAD_LENGTH for one of a wrong length. Other elements are
 * passed over, as the standard asks.
 */
enum tsm_err udh_read(struct bytes user_data, struct udh *out, struct bytes *rest);

/* Writing: udh_open, any number of elements, udh_close, then the data. TOO_LONG above 255 octets. */
enum tsm_err udh_open(struct writer *w, size_t *mark);
enum tsm_err udh_write(struct writer *w, uint8_t element, struct bytes value);
enum tsm_err udh_close(struct writer *w, size_t mark);

#endif
