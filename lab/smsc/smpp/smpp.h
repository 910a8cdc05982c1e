/* SPDX-License-Identifier: Apache-2.0 */
/* SMPP 3.4 PDUs the laboratory speaks: read and written here, both directions in wire order. Pure (station
 * 9). [SMPP 3.4 chapters 4 and 5] */
#ifndef LAB_SMSC_SMPP_SMPP_H
#define LAB_SMSC_SMPP_SMPP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum smpp_command {
    SMPP_GENERIC_NACK = 0x80000000,
    SMPP_BIND_RECEIVER = 0x00000001,
    SMPP_BIND_TRANSMITTER = 0x00000002,
    SMPP_SUBMIT_SM = 0x00000004,
    SMPP_DELIVER_SM = 0x00000005,
    SMPP_UNBIND = 0x00000006,
    SMPP_BIND_TRANSCEIVER = 0x00000009,
    SMPP_ENQUIRE_LINK = 0x00000015
};
#define SMPP_RESPONSE 0x80000000u /* command_id bit of every response */

enum smpp_status {
    ESME_ROK = 0x00,
    ESME_RINVMSGLEN = 0x01,
    ESME_RINVCMDLEN = 0x02,
    ESME_RINVCMDID = 0x03,
    ESME_RINVBNDSTS = 0x04,
    ESME_RALYBND = 0x05,
    ESME_RINVSRCADR = 0x0A,
    ESME_RINVDSTADR = 0x0B,
    ESME_RBINDFAIL = 0x0D,
    ESME_RINVPASWD = 0x0E,
    ESME_RINVSYSID = 0x0F,
    ESME_RMSGQFUL = 0x14,
    ESME_RSUBMITFAIL = 0x45,
    ESME_RINVSERTYP = 0x15,
    ESME_RINVSYSTYP = 0x53,
    ESME_RTHROTTLED = 0x58,
    ESME_RINVSCHED = 0x61,
    ESME_RINVEXPIRY = 0x62,
    ESME_RX_T_APPN = 0x64, /* temporary: the toolkit is busy, try later */
    ESME_RX_R_APPN = 0x66, /* rejected: the card refused the data */
    ESME_RINVOPTPARSTREAM = 0xC0,
    ESME_RINVPARLEN = 0xC2
};

enum {
    SMPP_HEADER = 16,
    SMPP_VERSION = 0x34,
    SMPP_MAX_SHORT_MESSAGE = 254,
    SMPP_MAX_PAYLOAD = 65535,
    SMPP_MAX_PDU_OVERHEAD = 512 /* every field but the payload */
};

/* TP-FCS values a handset reports in network_error_code. [TS 23.040 9.2.3.22] */
enum { FCS_TOOLKIT_BUSY = 0xD4, FCS_DATA_DOWNLOAD_ERROR = 0xD5 };

/* message_state values. [SMPP 3.4 5.2.28] */
enum { STATE_DELIVERED = 2, STATE_EXPIRED = 3, STATE_UNDELIVERABLE = 5 };

enum {
    ESM_RECEIPT = 0x04, /* message type bits 5..2 = 0001 */
    ESM_TYPE_MASK = 0x3C,
    ESM_UDHI = 0x40
};

struct smpp_header {
    uint32_t length, command, status, sequence;
};

struct smpp_bind {
    char system_id[16], password[9], system_type[13], address_range[41];
    uint8_t interface_version, addr_ton, addr_npi;
};

struct smpp_address {
    uint8_t ton, npi;
    char digits[21];
};

/* submit_sm and deliver_sm have the same shape. `body` is short_message or message_payload, borrowed. */
struct smpp_message {
    char service_type[6];
    struct smpp_address from, to;
    uint8_t esm_class, protocol_id, priority;
    char schedule[17], validity[17];
    uint8_t registered_delivery, replace, data_coding;
    const uint8_t *body;
    size_t body_len;
    char receipted_id[65];    /* empty: TLV absent */
    uint8_t message_state;    /* 0: TLV absent */
    uint8_t network_error[3]; /* network type, error; type 0: TLV absent */
};

/* submit_sm_resp and deliver_sm_resp. `report` is the lab's own use of message_payload in deliver_sm_resp:
 * the user data of the DELIVER-REPORT, for which SMPP has no field. */
struct smpp_answer {
    char message_id[65];
    const uint8_t *report;
    size_t report_len;
    uint8_t network_error[3];
};

/* `pdu` holds at least 16 octets. */
struct smpp_header smpp_read_header(const uint8_t *pdu);

/* Read a whole PDU (header included). They return ESME_ROK or the status to refuse it with, and write `out`
 * only on success. Borrowed fields point into `pdu`. */
enum smpp_status smpp_read_bind(const uint8_t *pdu, size_t len, struct smpp_bind *out);
enum smpp_status smpp_read_message(const uint8_t *pdu, size_t len, struct smpp_message *out);
enum smpp_status smpp_read_answer(const uint8_t *pdu, size_t len, struct smpp_answer *out);

/* Write a whole PDU; they return its length. Room needed: SMPP_MAX_PDU_OVERHEAD + the body or report. */
size_t smpp_write_empty(uint32_t command, uint32_t status, uint32_t sequence, uint8_t *out);
size_t smpp_write_bind(const struct smpp_bind *b, uint32_t sequence, uint8_t *out);
/* The answer to a bind: system_id and sc_interface_version; only the header when refused. */
size_t smpp_write_bind_resp(const struct smpp_header *request, uint32_t status, uint8_t *out);
size_t smpp_write_message(uint32_t command, uint32_t sequence, const struct smpp_message *m, uint8_t *out);
size_t smpp_write_answer(const struct smpp_header *request, uint32_t status, const struct smpp_answer *a,
                         uint8_t *out);

#endif
