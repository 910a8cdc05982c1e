/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMPP 3.4 protocol data units, both directions of each. Stations 8 and 10; the connection is link/'s. Pure.
 * [SMPP 3.4 issue 1.2, 3 to 5]
 */
#ifndef TSM_OTA_SMPP_SMPP_H
#define TSM_OTA_SMPP_SMPP_H

#include "base/bytes.h"
#include "base/secret.h"

enum {
    SMPP_HEAD_LEN = 16,
    SMPP_PDU_MAX = 4096, /* a message_payload of ours never comes near it */
    SMPP_VERSION = 0x34,
    SMPP_SHORT_MESSAGE_MAX = 254,
    SMPP_TLVS_MAX = 32,
    /* Text fields with their final 0 [SMPP 3.4 5.2] */
    SMPP_SYSTEM_ID_ROOM = 16,
    SMPP_PASSWORD_MAX = 8, /* without the final 0 */
    SMPP_SYSTEM_TYPE_ROOM = 13,
    SMPP_RANGE_ROOM = 41,
    SMPP_SERVICE_ROOM = 6,
    SMPP_ADDRESS_ROOM = 21,
    SMPP_TIME_ROOM = 17,
    SMPP_MESSAGE_ID_ROOM = 65,
    SMPP_INFO_ROOM = 256,
};

enum smpp_id {
    SMPP_GENERIC_NACK = 0x80000000,
    SMPP_BIND_RECEIVER = 0x00000001,
    SMPP_BIND_TRANSMITTER = 0x00000002,
    SMPP_SUBMIT_SM = 0x00000004,
    SMPP_DELIVER_SM = 0x00000005,
    SMPP_UNBIND = 0x00000006,
    SMPP_BIND_TRANSCEIVER = 0x00000009,
    SMPP_ENQUIRE_LINK = 0x00000015,
    SMPP_DATA_SM = 0x00000103,
    SMPP_RESP = 0x80000000, /* or-ed to the request's id */
};

/* Optional parameters. [SMPP 3.4 5.3.2] */
enum smpp_tag {
    SMPP_TAG_STATUS_INFO = 0x001D, /* additional_status_info_text */
    SMPP_TAG_RECEIPTED_ID = 0x001E,
    SMPP_TAG_VERSION = 0x0210, /* sc_interface_version */
    SMPP_TAG_NETWORK_ERROR = 0x0423,
    SMPP_TAG_PAYLOAD = 0x0424,
    SMPP_TAG_MESSAGE_STATE = 0x0427,
};

enum {
    SMPP_ESM_UDHI = 0x40,    /* the message starts with a user data header */
    SMPP_ESM_TYPE = 0x3C,    /* bits of the message type in deliver_sm */
    SMPP_ESM_RECEIPT = 0x04, /* delivery receipt */
    SMPP_ESM_STORE_FORWARD = 0x03,
    SMPP_REGISTERED_FINAL = 0x01, /* a receipt for success and failure */
};

struct smpp_address {
    uint8_t ton, npi;
    char digits[SMPP_ADDRESS_ROOM];
};

struct smpp_bind {
    char system_id[SMPP_SYSTEM_ID_ROOM];
    struct secret password; /* the characters, no final 0 */
    char system_type[SMPP_SYSTEM_TYPE_ROOM];
    uint8_t interface_version, addr_ton, addr_npi;
    char address_range[SMPP_RANGE_ROOM];
};

struct smpp_bind_resp {
    char system_id[SMPP_SYSTEM_ID_ROOM];
    bool has_version;
    uint8_t version;
};

/* submit_sm, deliver_sm, data_sm. */
struct smpp_sm {
    char service_type[SMPP_SERVICE_ROOM];
    struct smpp_address source, destination;
    uint8_t esm_class, protocol_id, priority, registered_delivery, replace, data_coding, default_message;
    char schedule[SMPP_TIME_ROOM], validity[SMPP_TIME_ROOM];
    struct bytes message; /* short_message or message_payload, borrowed on reading */
    bool payload;         /* it is, or shall be, in message_payload; data_sm has nothing else */
    char receipted_id[SMPP_MESSAGE_ID_ROOM]; /* "" when absent, as below */
    uint8_t message_state;                   /* 0 when absent */
    bool has_network_error;
    uint8_t network_type;
    uint16_t network_error;
};

/* submit_sm_resp, deliver_sm_resp, data_sm_resp; some centres put a report's user data into message_payload.
 */
struct smpp_sm_resp {
    char message_id[SMPP_MESSAGE_ID_ROOM];
    char info[SMPP_INFO_ROOM]; /* additional_status_info_text, "" when absent */
    struct bytes payload;      /* borrowed on reading */
};

struct smpp_pdu {
    uint32_t id, status, sequence;
    union {
        struct smpp_bind bind;
        struct smpp_bind_resp bind_resp;
        struct smpp_sm sm;
        struct smpp_sm_resp sm_resp;
    };
};

/*
 * How long the PDU at the start of a stream is: SHORT_INPUT while fewer than SMPP_HEAD_LEN octets are there;
 * BAD_LENGTH below that length and above SMPP_PDU_MAX: the stream is lost then, close it.
 */
enum tsm_err smpp_frame(struct bytes stream, size_t *len);
/* The head of a framed PDU, for a generic_nack to one that cannot be read. */
enum tsm_err smpp_read_head(struct bytes pdu, struct smpp_pdu *out);
/*
 * One whole PDU. A response with an error status may leave its body out. Unknown optional parameters are
 * passed over. UNSUPPORTED for a command id that is not listed above; SHORT_INPUT, TRAILING_BYTES, TOO_LONG
 * (a text beyond its field), BAD_LENGTH, BAD_VALUE, DUPLICATE_TAG.
 */
enum tsm_err smpp_read(struct bytes pdu, struct smpp_pdu *out);
/* Writes one whole PDU. BAD_VALUE for values that a reader would refuse, UNSUPPORTED for the id, NO_ROOM. */
enum tsm_err smpp_write(const struct smpp_pdu *pdu, struct writer *w);

/* What to do about a command status. [SMPP 3.4 5.1.3] */
enum smpp_class {
    SMPP_CLASS_OK,
    SMPP_CLASS_THROTTLE,  /* slow down this bind, send the same again first */
    SMPP_CLASS_RETRY,     /* whether it was taken is not known, or it may work later */
    SMPP_CLASS_PERMANENT, /* the same PDU will never be taken */
    SMPP_CLASS_BIND,      /* the bind is refused or lost: configuration or a new bind */
};
enum smpp_class smpp_error_class(uint32_t status); /* unknown codes are SMPP_CLASS_RETRY */
const char *smpp_error_name(uint32_t status);      /* "ESME_RTHROTTLED"; "unknown" */

enum {
    ESME_ROK = 0x00,
    ESME_RINVMSGLEN = 0x01,
    ESME_RINVCMDLEN = 0x02,
    ESME_RINVCMDID = 0x03,
    ESME_RSYSERR = 0x08,
    ESME_RINVDSTADR = 0x0B,
    ESME_RMSGQFUL = 0x14,
    ESME_RTHROTTLED = 0x58,
    ESME_RX_T_APPN = 0x64,
};

#endif
