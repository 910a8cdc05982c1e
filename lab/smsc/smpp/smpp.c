/* SPDX-License-Identifier: Apache-2.0 */
/* SMPP 3.4 PDUs the laboratory speaks: read and written here, both directions in wire order. Pure (station
 * 9). [SMPP 3.4 chapters 4 and 5] */
#include "smsc/smpp/smpp.h"

#include "smsc/smpp/octets.h"

#include <string.h>

enum tlv_tag {
    TLV_RECEIPTED_MESSAGE_ID = 0x001E,
    TLV_SC_INTERFACE_VERSION = 0x0210,
    TLV_NETWORK_ERROR_CODE = 0x0423,
    TLV_MESSAGE_PAYLOAD = 0x0424,
    TLV_MESSAGE_STATE = 0x0427
};

struct smpp_header smpp_read_header(const uint8_t *pdu)
{
    return (struct smpp_header){get_u32(pdu), get_u32(pdu + 4), get_u32(pdu + 8), get_u32(pdu + 12)};
}

/* ---- reading: the first failure sticks and decides the refusal ---- */

struct reader {
    const uint8_t *p;
    size_t left;
    enum smpp_status status;
};

static void fail(struct reader *r, enum smpp_status status)
{
    if (r->status == ESME_ROK)
        r->status = status;
    r->left = 0;
}

static uint8_t read_octet(struct reader *r)
{
    if (r->left == 0) {
        fail(r, ESME_RINVMSGLEN);
        return 0;
    }
    r->left--;
    return *r->p++;
}

/* A C-octet string of at most `room` octets, its NUL included. */
static void read_string(struct reader *r, char *out, size_t room, enum smpp_status refusal)
{
    const uint8_t *nul = r->left ? memchr(r->p, 0, r->left < room ? r->left : room) : NULL;
    out[0] = '\0';
    if (!nul) {
        fail(r, refusal);
        return;
    }
    size_t size = (size_t)(nul - r->p) + 1;
    memcpy(out, r->p, size);
    r->p += size;
    r->left -= size;
}

static void read_address(struct reader *r, struct smpp_address *a, enum smpp_status refusal)
{
    a->ton = read_octet(r);
    a->npi = read_octet(r);
    read_string(r, a->digits, sizeof a->digits, refusal);
}

/* The next TLV; false at the end of the PDU or after a failure. */
static bool read_tlv(struct reader *r, uint16_t *tag, struct reader *value)
{
    if (r->left == 0)
        return false;
    if (r->left < 4 || r->left - 4 < get_u16(r->p + 2)) {
        fail(r, ESME_RINVOPTPARSTREAM);
        return false;
    }
    *tag = get_u16(r->p);
    *value = (struct reader){r->p + 4, get_u16(r->p + 2), ESME_ROK};
    r->p += 4 + value->left;
    r->left -= 4 + value->left;
    return true;
}

static void read_network_error(struct reader *r, const struct reader *value, uint8_t out[3])
{
    if (value->left != 3)
        fail(r, ESME_RINVPARLEN);
    else
        memcpy(out, value->p, 3);
}

static void read_message_tlvs(struct reader *r, struct smpp_message *m)
{
    uint16_t tag;
    struct reader value;
    while (read_tlv(r, &tag, &value)) {
        if (tag == TLV_MESSAGE_PAYLOAD) {
            if (m->body_len > 0) {
                fail(r, ESME_RINVMSGLEN); /* short_message and message_payload exclude each other */
                return;
            }
            m->body = value.p;
            m->body_len = value.left;
        } else if (tag == TLV_RECEIPTED_MESSAGE_ID) {
            read_string(&value, m->receipted_id, sizeof m->receipted_id, ESME_RINVPARLEN);
        } else if (tag == TLV_MESSAGE_STATE) {
            m->message_state = read_octet(&value);
        } else if (tag == TLV_NETWORK_ERROR_CODE) {
            read_network_error(r, &value, m->network_error);
        }
        if (value.status != ESME_ROK)
            fail(r, ESME_RINVPARLEN);
    }
}

enum smpp_status smpp_read_bind(const uint8_t *pdu, size_t len, struct smpp_bind *out)
{
    struct smpp_bind b = {0};
    struct reader r = {pdu + SMPP_HEADER, len - SMPP_HEADER, ESME_ROK};
    read_string(&r, b.system_id, sizeof b.system_id, ESME_RINVSYSID);
    read_string(&r, b.password, sizeof b.password, ESME_RINVPASWD);
    read_string(&r, b.system_type, sizeof b.system_type, ESME_RINVSYSTYP);
    b.interface_version = read_octet(&r);
    b.addr_ton = read_octet(&r);
    b.addr_npi = read_octet(&r);
    read_string(&r, b.address_range, sizeof b.address_range, ESME_RINVMSGLEN);
    if (r.status == ESME_ROK && r.left > 0)
        r.status = ESME_RINVCMDLEN;
    if (r.status == ESME_ROK)
        *out = b;
    explicit_bzero(&b, sizeof b);
    return r.status;
}

enum smpp_status smpp_read_message(const uint8_t *pdu, size_t len, struct smpp_message *out)
{
    struct smpp_message m = {0};
    struct reader r = {pdu + SMPP_HEADER, len - SMPP_HEADER, ESME_ROK};
    read_string(&r, m.service_type, sizeof m.service_type, ESME_RINVSERTYP);
    read_address(&r, &m.from, ESME_RINVSRCADR);
    read_address(&r, &m.to, ESME_RINVDSTADR);
    m.esm_class = read_octet(&r);
    m.protocol_id = read_octet(&r);
    m.priority = read_octet(&r);
    read_string(&r, m.schedule, sizeof m.schedule, ESME_RINVSCHED);
    read_string(&r, m.validity, sizeof m.validity, ESME_RINVEXPIRY);
    m.registered_delivery = read_octet(&r);
    m.replace = read_octet(&r);
    m.data_coding = read_octet(&r);
    read_octet(&r); /* sm_default_msg_id: the laboratory has no canned messages */
    m.body_len = read_octet(&r);
    m.body = r.p;
    if (m.body_len > r.left || m.body_len > SMPP_MAX_SHORT_MESSAGE) {
        fail(&r, ESME_RINVMSGLEN);
    } else {
        r.p += m.body_len;
        r.left -= m.body_len;
    }
    read_message_tlvs(&r, &m);
    if (r.status == ESME_ROK)
        *out = m;
    return r.status;
}

enum smpp_status smpp_read_answer(const uint8_t *pdu, size_t len, struct smpp_answer *out)
{
    struct smpp_answer a = {0};
    struct reader r = {pdu + SMPP_HEADER, len - SMPP_HEADER, ESME_ROK};
    uint16_t tag;
    struct reader value;
    if (r.left > 0) /* a response that reports an error may end with its header */
        read_string(&r, a.message_id, sizeof a.message_id, ESME_RINVMSGLEN);
    while (read_tlv(&r, &tag, &value)) {
        if (tag == TLV_MESSAGE_PAYLOAD) {
            a.report = value.p;
            a.report_len = value.left;
        } else if (tag == TLV_NETWORK_ERROR_CODE) {
            read_network_error(&r, &value, a.network_error);
        }
    }
    if (r.status == ESME_ROK)
        *out = a;
    return r.status;
}

/* ---- writing ---- */

static uint8_t *write_string(uint8_t *p, const char *s)
{
    size_t size = strlen(s) + 1;
    memcpy(p, s, size);
    return p + size;
}

static uint8_t *write_address(uint8_t *p, const struct smpp_address *a)
{
    *p++ = a->ton;
    *p++ = a->npi;
    return write_string(p, a->digits);
}

static uint8_t *write_tlv(uint8_t *p, enum tlv_tag tag, const void *value, size_t len)
{
    put_u16(p, tag);
    put_u16(p + 2, len);
    if (len > 0)
        memcpy(p + 4, value, len);
    return p + 4 + len;
}

static size_t finish(uint8_t *out, const uint8_t *end, struct smpp_header h)
{
    size_t len = (size_t)(end - out);
    put_u32(out, len);
    put_u32(out + 4, h.command);
    put_u32(out + 8, h.status);
    put_u32(out + 12, h.sequence);
    return len;
}

size_t smpp_write_empty(uint32_t command, uint32_t status, uint32_t sequence, uint8_t *out)
{
    return finish(out, out + SMPP_HEADER, (struct smpp_header){0, command, status, sequence});
}

size_t smpp_write_bind(const struct smpp_bind *b, uint32_t sequence, uint8_t *out)
{
    uint8_t *p = write_string(out + SMPP_HEADER, b->system_id);
    p = write_string(p, b->password);
    p = write_string(p, b->system_type);
    *p++ = b->interface_version;
    *p++ = b->addr_ton;
    *p++ = b->addr_npi;
    p = write_string(p, b->address_range);
    return finish(out, p, (struct smpp_header){0, SMPP_BIND_TRANSCEIVER, 0, sequence});
}

size_t smpp_write_bind_resp(const struct smpp_header *request, uint32_t status, uint8_t *out)
{
    uint8_t version = SMPP_VERSION;
    uint8_t *p = out + SMPP_HEADER;
    if (status == ESME_ROK) {
        p = write_string(p, "tsm-lab");
        p = write_tlv(p, TLV_SC_INTERFACE_VERSION, &version, 1);
    }
    return finish(out, p,
                  (struct smpp_header){0, request->command | SMPP_RESPONSE, status, request->sequence});
}

size_t smpp_write_message(uint32_t command, uint32_t sequence, const struct smpp_message *m, uint8_t *out)
{
    bool payload = m->body_len > SMPP_MAX_SHORT_MESSAGE;
    uint8_t *p = write_string(out + SMPP_HEADER, m->service_type);
    p = write_address(p, &m->from);
    p = write_address(p, &m->to);
    *p++ = m->esm_class;
    *p++ = m->protocol_id;
    *p++ = m->priority;
    p = write_string(p, m->schedule);
    p = write_string(p, m->validity);
    *p++ = m->registered_delivery;
    *p++ = m->replace;
    *p++ = m->data_coding;
    *p++ = 0; /* sm_default_msg_id */
    *p++ = (uint8_t)(payload ? 0 : m->body_len);
    if (!payload && m->body_len > 0) {
        memcpy(p, m->body, m->body_len);
        p += m->body_len;
    }
    if (m->receipted_id[0])
        p = write_tlv(p, TLV_RECEIPTED_MESSAGE_ID, m->receipted_id, strlen(m->receipted_id) + 1);
    if (m->network_error[0])
        p = write_tlv(p, TLV_NETWORK_ERROR_CODE, m->network_error, sizeof m->network_error);
    if (m->message_state)
        p = write_tlv(p, TLV_MESSAGE_STATE, &m->message_state, 1);
    if (payload)
        p = write_tlv(p, TLV_MESSAGE_PAYLOAD, m->body, m->body_len);
    return finish(out, p, (struct smpp_header){0, command, 0, sequence});
}

size_t smpp_write_answer(const struct smpp_header *request, uint32_t status, const struct smpp_answer *a,
                         uint8_t *out)
{
    uint8_t *p = out + SMPP_HEADER;
    p = write_string(p, a->message_id);
    if (a->network_error[0])
        p = write_tlv(p, TLV_NETWORK_ERROR_CODE, a->network_error, sizeof a->network_error);
    if (a->report_len > 0)
        p = write_tlv(p, TLV_MESSAGE_PAYLOAD, a->report, a->report_len);
    return finish(out, p,
                  (struct smpp_header){0, request->command | SMPP_RESPONSE, status, request->sequence});
}
