/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone addresses of short messages: type and semi-octets. Stations 8 and 10. Pure. [TS 23.040 9.1.2.5]
 */
#ifndef TSM_OTA_SMS_ADDRESS_H
#define TSM_OTA_SMS_ADDRESS_H

#include "base/bytes.h"

enum {
    ADDRESS_DIGITS_MAX = 20,
    ADDRESS_OCTETS_MAX = 10,
    ADDRESS_UNKNOWN = 0x81,       /* type of number unknown, ISDN plan */
    ADDRESS_INTERNATIONAL = 0x91, /* international number, ISDN plan */
};

/* As on the wire: `digits` semi-octets in `bcd`, the low nibble first. */
struct sms_address {
    uint8_t type, digits, bcd[ADDRESS_OCTETS_MAX];
};

/* Length in semi-octets, type, digits. TOO_LONG above ADDRESS_DIGITS_MAX, BAD_VALUE without b8 of the type
 * set. */
enum tsm_err sms_address_read(struct reader *r, struct sms_address *out);
enum tsm_err sms_address_write(struct writer *w, const struct sms_address *a);
/* From "0" to "9", "*", "#", "a", "b", "c". BAD_FORM for other characters, TOO_LONG. */
enum tsm_err sms_address_of(const char *digits, uint8_t type, struct sms_address *out);
/* The inverse; an alphanumeric address (type D0) shows its semi-octets, F as "f". Returns out. */
char *sms_address_text(const struct sms_address *a, char out[ADDRESS_DIGITS_MAX + 1]);

#endif
