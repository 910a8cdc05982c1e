/* SPDX-License-Identifier: Apache-2.0 */
/* The toolkit's data objects on both sides of the card's contacts: SMS-PP download, SEND SHORT MESSAGE,
 * TERMINAL RESPONSE, and the queue of proactive commands. Pure (stations 8 and 10). [TS 102 223 6.6.9, 8, 9;
 * TS 31.111 7.1.1] */
#ifndef LAB_UICC_SIM_TOOLKIT_H
#define LAB_UICC_SIM_TOOLKIT_H

#include "uicc/sms/tpdu.h"

enum {
    TOOLKIT_MAX_COMMAND = 255, /* 91xx has one octet for the length */
    TOOLKIT_MAX_ENVELOPE = 261,
    TOOLKIT_SEND_SHORT_MESSAGE = 0x13,
    TOOLKIT_RESULT_OK = 0x00,
    TOOLKIT_RESULT_SMS_ERROR = 0x35
};

struct proactive {
    struct proactive *next;
    size_t len;
    uint8_t octets[];
};

/* Proactive commands waiting in the card; the first is under way once it was fetched. Zero-initialised means
 * empty. */
struct toolkit {
    struct proactive *head, *tail;
    bool fetched;
    uint8_t message_reference;
};

/* ---- the card ---- */
bool toolkit_queue(struct toolkit *t, const uint8_t *tlvs, size_t n); /* false: too long or no memory */
void toolkit_send_short_message(struct toolkit *t, const struct sms_tpdu *submit);
size_t toolkit_waiting(const struct toolkit *t); /* length of the command FETCH would bring, 0 none */
bool toolkit_in_session(const struct toolkit *t);
size_t toolkit_fetch(struct toolkit *t, uint8_t *out);
void toolkit_done(struct toolkit *t);
void toolkit_clear(struct toolkit *t);
/* Reads the data of an ENVELOPE: SMS-PP download with an SMS-DELIVER. */
bool toolkit_read_download(const uint8_t *in, size_t n, struct sms_tpdu *deliver);

/* ---- the handset ---- */
/* Writes the whole ENVELOPE command; room TOOLKIT_MAX_ENVELOPE. */
size_t toolkit_write_download(const uint8_t *tpdu, size_t n, const char *smsc, uint8_t *out);
/* Reads a fetched command: its type, and for SEND SHORT MESSAGE the SMS-SUBMIT in it (otherwise user_data
 * NULL). */
bool toolkit_read_command(const uint8_t *in, size_t n, uint8_t *type, uint8_t details[3],
                          struct sms_tpdu *submit);
/* Writes the whole TERMINAL RESPONSE command for a command with these details. */
size_t toolkit_write_response(const uint8_t details[3], uint8_t result, uint8_t *out);

#endif
