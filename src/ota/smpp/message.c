/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of submit_sm, deliver_sm, data_sm and their responses. Stations 8 and 10. Pure.
 * [SMPP 3.4 4.4, 4.6, 4.7] */
#include "ota/smpp/fields.h"

enum { NETWORK_ERROR_LEN = 3 };

static enum tsm_err read_address(struct reader *r, struct smpp_address *a)
{
    TRY(read_u8(r, &a->ton));
    TRY(read_u8(r, &a->npi));
    return smpp_text_read(r, a->digits, sizeof a->digits);
}

static enum tsm_err write_address(struct writer *w, const struct smpp_address *a)
{
    TRY(write_u8(w, a->ton));
    TRY(write_u8(w, a->npi));
    return smpp_text_write(w, a->digits, sizeof a->digits);
}

/* The mandatory fields of submit_sm and deliver_sm behind the addresses. */
static enum tsm_err read_mandatory(struct reader *r, struct smpp_sm *sm)
{
    TRY(read_u8(r, &sm->esm_class));
    TRY(read_u8(r, &sm->protocol_id));
    TRY(read_u8(r, &sm->priority));
    TRY(smpp_text_read(r, sm->schedule, sizeof sm->schedule));
    TRY(smpp_text_read(r, sm->validity, sizeof sm->validity));
    TRY(read_u8(r, &sm->registered_delivery));
    TRY(read_u8(r, &sm->replace));
    TRY(read_u8(r, &sm->data_coding));
    TRY(read_u8(r, &sm->default_message));
    TRY(read_lv(r, &sm->message));
    NEED(sm->message.len <= SMPP_SHORT_MESSAGE_MAX, TOO_LONG);
    return TSM_OK;
}

static enum tsm_err write_mandatory(struct writer *w, const struct smpp_sm *sm)
{
    TRY(write_u8(w, sm->esm_class));
    TRY(write_u8(w, sm->protocol_id));
    TRY(write_u8(w, sm->priority));
    TRY(smpp_text_write(w, sm->schedule, sizeof sm->schedule));
    TRY(smpp_text_write(w, sm->validity, sizeof sm->validity));
    TRY(write_u8(w, sm->registered_delivery));
    TRY(write_u8(w, sm->replace));
    TRY(write_u8(w, sm->data_coding));
    TRY(write_u8(w, sm->default_message));
    if (sm->payload)
        return write_u8(w, 0);
    NEED(sm->message.len <= SMPP_SHORT_MESSAGE_MAX, TOO_LONG);
    return write_lv(w, sm->message);
}

/* data_sm has fewer fields, and its message is always in message_payload. */
static enum tsm_err read_data_mandatory(struct reader *r, struct smpp_sm *sm)
{
    TRY(read_u8(r, &sm->esm_class));
    TRY(read_u8(r, &sm->registered_delivery));
    return read_u8(r, &sm->data_coding);
}

static enum tsm_err write_data_mandatory(struct writer *w, const struct smpp_sm *sm)
{
    NEED(sm->payload || sm->message.len == 0, BAD_VALUE);
    TRY(write_u8(w, sm->esm_class));
    TRY(write_u8(w, sm->registered_delivery));
    return write_u8(w, sm->data_coding);
}

static enum tsm_err take_network_error(struct bytes value, struct smpp_sm *sm)
{
    struct reader r = READER(value);
    NEED(!sm->has_network_error, DUPLICATE_TAG);
    NEED(value.len == NETWORK_ERROR_LEN, BAD_LENGTH);
    TRY(read_u8(&r, &sm->network_type));
    TRY(read_u16(&r, &sm->network_error));
    sm->has_network_error = true;
    return TSM_OK;
}

static enum tsm_err take_parameter(const struct smpp_tlv *t, struct smpp_sm *sm)
{
    switch (t->tag) {
    case SMPP_TAG_PAYLOAD:
        NEED(!sm->payload, DUPLICATE_TAG);
        NEED(sm->message.len == 0, BAD_VALUE); /* the message in one place only */
        sm->message = t->value;
        sm->payload = true;
        return TSM_OK;
    case SMPP_TAG_RECEIPTED_ID:
        NEED(sm->receipted_id[0] == 0, DUPLICATE_TAG);
        return smpp_tlv_text(t->value, sm->receipted_id, sizeof sm->receipted_id);
    case SMPP_TAG_MESSAGE_STATE:
        NEED(t->value.len == 1, BAD_LENGTH);
        NEED(sm->message_state == 0, DUPLICATE_TAG);
        sm->message_state = t->value.at[0];
        return TSM_OK;
    case SMPP_TAG_NETWORK_ERROR:
        return take_network_error(t->value, sm);
    default:
        return TSM_OK;
    }
}

enum tsm_err smpp_sm_read(uint32_t id, struct reader *r, struct smpp_sm *out)
{
    struct smpp_sm sm = {.message = BYTES_NONE};
    TRY(smpp_text_read(r, sm.service_type, sizeof sm.service_type));
    TRY(read_address(r, &sm.source));
    TRY(read_address(r, &sm.destination));
    TRY(id == SMPP_DATA_SM ? read_data_mandatory(r, &sm) : read_mandatory(r, &sm));
    for (size_t n = 0; r->left.len; n++) {
        struct smpp_tlv t;
        NEED(n < SMPP_TLVS_MAX, BAD_VALUE);
        TRY(smpp_tlv_read(r, &t));
        TRY(take_parameter(&t, &sm));
    }
    *out = sm;
    return TSM_OK;
}

static enum tsm_err write_parameters(const struct smpp_sm *sm, struct writer *w)
{
    if (sm->payload)
        TRY(smpp_tlv_write(w, SMPP_TAG_PAYLOAD, sm->message));
    if (sm->receipted_id[0]) {
        TRY(write_u16(w, SMPP_TAG_RECEIPTED_ID));
        TRY(write_u16(w, (unsigned)strnlen(sm->receipted_id, sizeof sm->receipted_id) + 1));
        TRY(smpp_text_write(w, sm->receipted_id, sizeof sm->receipted_id));
    }
    if (sm->message_state)
        TRY(smpp_tlv_write(w, SMPP_TAG_MESSAGE_STATE, BYTES_OF(&sm->message_state, 1)));
    if (sm->has_network_error) {
        TRY(write_u16(w, SMPP_TAG_NETWORK_ERROR));
        TRY(write_u16(w, NETWORK_ERROR_LEN));
        TRY(write_u8(w, sm->network_type));
        TRY(write_u16(w, sm->network_error));
    }
    return TSM_OK;
}

enum tsm_err smpp_sm_write(uint32_t id, const struct smpp_sm *sm, struct writer *w)
{
    TRY(smpp_text_write(w, sm->service_type, sizeof sm->service_type));
    TRY(write_address(w, &sm->source));
    TRY(write_address(w, &sm->destination));
    TRY(id == SMPP_DATA_SM ? write_data_mandatory(w, sm) : write_mandatory(w, sm));
    return write_parameters(sm, w);
}

enum tsm_err smpp_sm_resp_read(struct reader *r, struct smpp_sm_resp *out)
{
    struct smpp_sm_resp resp = {.payload = BYTES_NONE};
    TRY(smpp_text_read(r, resp.message_id, sizeof resp.message_id));
    for (size_t n = 0; r->left.len; n++) {
        struct smpp_tlv t;
        NEED(n < SMPP_TLVS_MAX, BAD_VALUE);
        TRY(smpp_tlv_read(r, &t));
        if (t.tag == SMPP_TAG_STATUS_INFO)
            TRY(smpp_tlv_text(t.value, resp.info, sizeof resp.info));
        else if (t.tag == SMPP_TAG_PAYLOAD)
            resp.payload = t.value;
    }
    *out = resp;
    return TSM_OK;
}

enum tsm_err smpp_sm_resp_write(const struct smpp_sm_resp *resp, struct writer *w)
{
    TRY(smpp_text_write(w, resp->message_id, sizeof resp->message_id));
    if (resp->info[0]) {
        TRY(write_u16(w, SMPP_TAG_STATUS_INFO));
        TRY(write_u16(w, (unsigned)strnlen(resp->info, sizeof resp->info) + 1));
        TRY(smpp_text_write(w, resp->info, sizeof resp->info));
    }
    if (resp->payload.len)
        TRY(smpp_tlv_write(w, SMPP_TAG_PAYLOAD, resp->payload));
    return TSM_OK;
}
