/* SPDX-License-Identifier: Apache-2.0 */
/* Short message TPDUs: SMS-DELIVER and SMS-SUBMIT, read and written, and the user data header. Pure (station
 * 8, the handset's half). [TS 23.040 9.1.2.5, 9.2.2.1, 9.2.2.2, 9.2.3.24] */
#ifndef LAB_UICC_SMS_TPDU_H
#define LAB_UICC_SMS_TPDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SMS_MAX_USER_DATA = 140,
    SMS_MAX_DIGITS = 20,
    SMS_MAX_TPDU = 180,
    PID_SIM_DATA_DOWNLOAD = 0x7F,
    DCS_8BIT_CLASS2 = 0xF6,
    DCS_8BIT_CLASS2_GENERAL = 0x16,
    TYPE_INTERNATIONAL = 0x91, /* type of number international, plan E.164 */
    TYPE_UNKNOWN = 0x81
};

struct sms_address {
    uint8_t type;                    /* TON and NPI as the TPDU carries them */
    char digits[SMS_MAX_DIGITS + 1]; /* 0-9 * # a b c */
};

/* One TPDU of either direction; `from_or_to` is TP-OA in DELIVER, TP-DA in SUBMIT. User data is borrowed. */
struct sms_tpdu {
    bool header; /* TP-UDHI */
    struct sms_address from_or_to;
    uint8_t reference; /* TP-MR, SUBMIT only */
    uint8_t protocol_id, data_coding;
    uint8_t timestamp[7]; /* TP-SCTS, DELIVER only */
    const uint8_t *user_data;
    size_t user_data_len;
};

/* False: malformed, cut short, or not of the type. Only 8-bit user data is read. */
bool sms_read_deliver(const uint8_t *in, size_t n, struct sms_tpdu *out);
bool sms_read_submit(const uint8_t *in, size_t n, struct sms_tpdu *out);
/* Room SMS_MAX_TPDU; return the length, 0 when the address or the user data do not fit. */
size_t sms_write_deliver(const struct sms_tpdu *t, uint8_t *out);
size_t sms_write_submit(const struct sms_tpdu *t, uint8_t *out);

/* Semi-octets of a number, as in TP addresses and EF-ICCID: low nibble first, F fills. Returns the octets
 * written. */
size_t sms_write_digits(const char *digits, uint8_t *out);

/* What a user data header says about secured packets. [TS 23.040 9.2.3.24.1, .8; TS 31.115 4] */
struct sms_header {
    bool concatenated;
    uint16_t reference;
    uint8_t total, number;
    bool command;          /* IE 70: the message carries a command packet */
    uint8_t first_element; /* IEI of the first element */
};

/* Reads the header of user data with TP-UDHI; `*behind` is the offset behind it. False: lengths overrun, too
 * many elements, or an impossible concatenation. */
bool sms_read_header(const uint8_t *in, size_t n, struct sms_header *out, size_t *behind);

#endif
