/* SPDX-License-Identifier: Apache-2.0 */
/* SMS-DELIVER and SMS-SUBMIT, both directions of each: for bearers and tools that speak TPDUs instead of
 * SMPP. Stations 8 and 10. Pure. [TS 23.040 9.2.2.1, 9.2.2.2] */
#ifndef TSM_OTA_SMS_TPDU_H
#define TSM_OTA_SMS_TPDU_H

#include "ota/sms/address.h"
#include "ota/sms/segment.h"

/* First octet: TP-MTI and flags. */
enum {
    TP_MTI = 0x03,
    TP_MTI_DELIVER = 0x00, /* from the network */
    TP_MTI_SUBMIT = 0x01,  /* from the mobile */
    TP_NO_MORE = 0x04,     /* DELIVER: TP-MMS, no more messages wait */
    TP_REJECT_DUPLICATES = 0x04,
    TP_VPF = 0x18, /* SUBMIT: none 00, enhanced 08, relative 10, absolute 18 */
    TP_STATUS_REPORT = 0x20,
    TP_UDHI = 0x40,
    TP_REPLY_PATH = 0x80,
};

enum {
    PID_SIM_DOWNLOAD = 0x7F, /* (U)SIM data download [TS 23.040 9.2.3.9] */
    DCS_CLASS2_8BIT = 0xF6,  /* octets for the (U)SIM [TS 23.038 4] */
    SCTS_LEN = 7,
    VALIDITY_MAX = 7,
};

/* User data as octets; for the 7-bit alphabet `septets` counts the characters packed into them. */
struct sms_user_data {
    struct bytes octets;
    uint8_t septets;
};

struct sms_deliver {
    uint8_t first; /* TP_MTI_DELIVER and flags */
    struct sms_address from;
    uint8_t pid, dcs, scts[SCTS_LEN]; /* service centre time stamp, semi-octets as on the wire */
    struct sms_user_data ud;
};

struct sms_submit {
    uint8_t first; /* TP_MTI_SUBMIT and flags */
    uint8_t reference;
    struct sms_address to;
    uint8_t pid, dcs, validity[VALIDITY_MAX]; /* 0, 1 or 7 octets, as TP_VPF says */
    struct sms_user_data ud;
};

/*
 * A whole TPDU; user data is borrowed. BAD_VALUE for another message type, SHORT_INPUT, TRAILING_BYTES
 * (TP-UDL must measure what follows), TOO_LONG for more than SMS_UD_MAX octets.
 */
enum tsm_err sms_deliver_read(struct bytes tpdu, struct sms_deliver *out);
enum tsm_err sms_deliver_write(const struct sms_deliver *d, struct writer *w);
enum tsm_err sms_submit_read(struct bytes tpdu, struct sms_submit *out);
enum tsm_err sms_submit_write(const struct sms_submit *s, struct writer *w);

/* True when the coding scheme packs 7-bit characters, so that TP-UDL counts septets. [TS 23.038 4] */
bool dcs_is_7bit(uint8_t dcs);

#endif
