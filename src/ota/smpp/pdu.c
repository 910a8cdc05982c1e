/* SPDX-License-Identifier: Apache-2.0 */
/* SMPP 3.4 PDUs: framing, head, bind, and which body belongs to which id. Stations 8 and 10. Pure.
 * [SMPP 3.4 3.2, 4.1 to 4.11] */
#include "ota/smpp/fields.h"

enum body_kind { BODY_NONE, BODY_BIND, BODY_BIND_RESP, BODY_SM, BODY_SM_RESP };

static const struct {
    uint32_t id;
    enum body_kind request, response;
} bodies[] = {
    {SMPP_BIND_RECEIVER, BODY_BIND, BODY_BIND_RESP},
    {SMPP_BIND_TRANSMITTER, BODY_BIND, BODY_BIND_RESP},
    {SMPP_BIND_TRANSCEIVER, BODY_BIND, BODY_BIND_RESP},
    {SMPP_SUBMIT_SM, BODY_SM, BODY_SM_RESP},
    {SMPP_DELIVER_SM, BODY_SM, BODY_SM_RESP},
    {SMPP_DATA_SM, BODY_SM, BODY_SM_RESP},
    {SMPP_UNBIND, BODY_NONE, BODY_NONE},
    {SMPP_ENQUIRE_LINK, BODY_NONE, BODY_NONE},
};

static enum tsm_err body_of(uint32_t id, enum body_kind *out)
{
    if (id == SMPP_GENERIC_NACK) {
        *out = BODY_NONE;
        return TSM_OK;
    }
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (bodies[i].id == (id & ~(uint32_t)SMPP_RESP)) {
            *out = id & SMPP_RESP ? bodies[i].response : bodies[i].request;
            return TSM_OK;
        }
    return FAIL(UNSUPPORTED, "SMPP command id %08X", id);
}

enum tsm_err smpp_frame(struct bytes stream, size_t *len)
{
    struct reader r = READER(stream);
    uint32_t n;
    TRY(read_u32(&r, &n));
    NEED(n >= SMPP_HEAD_LEN && n <= SMPP_PDU_MAX, BAD_LENGTH);
    *len = n;
    return TSM_OK;
}

static enum tsm_err read_head(struct reader *r, struct smpp_pdu *p)
{
    uint32_t len;
    size_t all = r->left.len;
    TRY(read_u32(r, &len));
    TRY(read_u32(r, &p->id));
    TRY(read_u32(r, &p->status));
    TRY(read_u32(r, &p->sequence));
    NEED(len >= SMPP_HEAD_LEN && len <= SMPP_PDU_MAX, BAD_LENGTH);
    NEED(len <= all, SHORT_INPUT);
    NEED(len == all, TRAILING_BYTES);
    return TSM_OK;
}

enum tsm_err smpp_read_head(struct bytes pdu, struct smpp_pdu *out)
{
    struct reader r = READER(pdu);
    struct smpp_pdu p = {0};
    TRY(read_head(&r, &p));
    *out = p;
    return TSM_OK;
}

static enum tsm_err read_password(struct reader *r, struct secret *out)
{
    char text[SMPP_PASSWORD_MAX + 1];
    enum tsm_err e = smpp_text_read(r, text, sizeof text);
    if (e == TSM_OK)
        e = secret_set(out, bytes_of_text(text));
    explicit_bzero(text, sizeof text);
    return e;
}

static enum tsm_err read_bind(struct reader *r, struct smpp_bind *b)
{
    TRY(smpp_text_read(r, b->system_id, sizeof b->system_id));
    TRY(read_password(r, &b->password));
    TRY(smpp_text_read(r, b->system_type, sizeof b->system_type));
    TRY(read_u8(r, &b->interface_version));
    TRY(read_u8(r, &b->addr_ton));
    TRY(read_u8(r, &b->addr_npi));
    return smpp_text_read(r, b->address_range, sizeof b->address_range);
}

static enum tsm_err write_bind(const struct smpp_bind *b, struct writer *w)
{
    NEED(b->password.len <= SMPP_PASSWORD_MAX, BAD_VALUE);
    TRY(smpp_text_write(w, b->system_id, sizeof b->system_id));
    TRY(write_span(w, secret_bytes(&b->password)));
    TRY(write_u8(w, 0));
    TRY(smpp_text_write(w, b->system_type, sizeof b->system_type));
    TRY(write_u8(w, b->interface_version));
    TRY(write_u8(w, b->addr_ton));
    TRY(write_u8(w, b->addr_npi));
    return smpp_text_write(w, b->address_range, sizeof b->address_range);
}

static enum tsm_err read_bind_resp(struct reader *r, struct smpp_bind_resp *b)
{
    TRY(smpp_text_read(r, b->system_id, sizeof b->system_id));
    for (size_t n = 0; r->left.len; n++) {
        struct smpp_tlv t;
        NEED(n < SMPP_TLVS_MAX, BAD_VALUE);
        TRY(smpp_tlv_read(r, &t));
        if (t.tag != SMPP_TAG_VERSION)
            continue;
        NEED(t.value.len == 1, BAD_LENGTH);
        b->version = t.value.at[0];
        b->has_version = true;
    }
    return TSM_OK;
}

static enum tsm_err write_bind_resp(const struct smpp_bind_resp *b, struct writer *w)
{
    TRY(smpp_text_write(w, b->system_id, sizeof b->system_id));
    return b->has_version ? smpp_tlv_write(w, SMPP_TAG_VERSION, BYTES_OF(&b->version, 1)) : TSM_OK;
}

static enum tsm_err read_body(enum body_kind kind, struct reader *r, struct smpp_pdu *p)
{
    /* A refusing response ends behind its head. [SMPP 3.4 4.4.2] */
    if (r->left.len == 0 && p->status != ESME_ROK && p->id & SMPP_RESP)
        return TSM_OK;
    switch (kind) {
    case BODY_BIND:
        return read_bind(r, &p->bind);
    case BODY_BIND_RESP:
        return read_bind_resp(r, &p->bind_resp);
    case BODY_SM:
        return smpp_sm_read(p->id, r, &p->sm);
    case BODY_SM_RESP:
        return smpp_sm_resp_read(r, &p->sm_resp);
    case BODY_NONE:
        break;
    }
    return TSM_OK;
}

static void pdu_wipe(struct smpp_pdu *p)
{
    explicit_bzero(p, sizeof *p); /* a bind holds a password */
}

enum tsm_err smpp_read(struct bytes pdu, struct smpp_pdu *out)
{
    __attribute__((cleanup(pdu_wipe))) struct smpp_pdu p = {0};
    struct reader r = READER(pdu);
    enum body_kind kind;
    TRY(read_head(&r, &p));
    TRY(body_of(p.id, &kind));
    TRY(read_body(kind, &r, &p));
    TRY(read_end(&r));
    *out = p;
    return TSM_OK;
}

static enum tsm_err write_body(enum body_kind kind, const struct smpp_pdu *p, struct writer *w)
{
    switch (kind) {
    case BODY_BIND:
        return write_bind(&p->bind, w);
    case BODY_BIND_RESP:
        return write_bind_resp(&p->bind_resp, w);
    case BODY_SM:
        return smpp_sm_write(p->id, &p->sm, w);
    case BODY_SM_RESP:
        return smpp_sm_resp_write(&p->sm_resp, w);
    case BODY_NONE:
        break;
    }
    return TSM_OK;
}

enum tsm_err smpp_write(const struct smpp_pdu *pdu, struct writer *w)
{
    struct writer at = *w, length;
    enum body_kind kind;
    TRY(body_of(pdu->id, &kind));
    TRY(write_u32(&at, 0));
    TRY(write_u32(&at, pdu->id));
    TRY(write_u32(&at, pdu->status));
    TRY(write_u32(&at, pdu->sequence));
    TRY(write_body(kind, pdu, &at));
    NEED(at.len - w->len <= SMPP_PDU_MAX, TOO_LONG);
    length = (struct writer){w->at, w->len, w->cap};
    TRY(write_u32(&length, (uint32_t)(at.len - w->len)));
    *w = at;
    return TSM_OK;
}
