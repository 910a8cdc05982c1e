/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a message: retry, delivery receipt, and the proof of receipt that came in a DELIVER-REPORT.
 * Edge (station 9). [SMPP 3.4 2.11, 5.2.17, appendix B; TS 23.040 9.2.2.1a] */
#include "smsc/receipt.h"
#include "smsc/smsc.h"

#include <stdio.h>
#include <string.h>

enum {
    NETWORK_GSM = 3, /* network_error_code: the error is a GSM one */
    REGISTERED_MASK = 0x03,
    REGISTERED_ALWAYS = 1,
    REGISTERED_ON_FAILURE = 2,
    MAX_DOUBLINGS = 6
};

/* Puts a deliver_sm from the subscriber into the queue of the ESME that sent `about`. */
static void report_to_esme(struct endpoint *subscriber, const struct stored *about, struct smpp_message *m)
{
    struct smsc *s = subscriber->smsc;
    struct endpoint *esme = endpoint_make(s, false, about->account);
    struct stored like = {.id = about->id};
    m->from = about->message.to;
    m->to = about->message.from;
    if (esme && endpoint_store(esme, m, &like))
        endpoint_pump(esme);
}

static void send_receipt(struct endpoint *e, const struct stored *m, uint8_t state, const uint8_t error[3])
{
    struct smsc *s = e->smsc;
    const struct smsc_faults *faults = &s->config.faults;
    unsigned wanted = m->message.registered_delivery & REGISTERED_MASK;
    struct receipt r = {.state = state, .submitted = m->submitted, .done = time(NULL)};
    struct smpp_message text = {.esm_class = ESM_RECEIPT, .message_state = state};
    char body[RECEIPT_MAX_TEXT];
    if (faults->lose_receipts || m->account[0] == '\0')
        return;
    if (wanted != REGISTERED_ALWAYS && (wanted != REGISTERED_ON_FAILURE || state == STATE_DELIVERED))
        return;
    r.error = (unsigned)error[1] << 8 | error[2];
    snprintf(r.id, sizeof r.id, faults->decimal_receipts ? "%llu" : "%010llX", (unsigned long long)m->id);
    snprintf(text.receipted_id, sizeof text.receipted_id, "%010llX", (unsigned long long)m->id);
    memcpy(text.network_error, error, sizeof text.network_error);
    text.body = (const uint8_t *)body;
    text.body_len = receipt_write(&r, body);
    report_to_esme(e, m, &text);
    if (faults->dup_receipts)
        report_to_esme(e, m, &text);
}

/* The user data of the DELIVER-REPORT goes back as a message of its own, as some centres do it. */
static void send_por(struct endpoint *e, const struct stored *m, const struct smpp_answer *a)
{
    struct smpp_message por = {.esm_class = ESM_UDHI, .protocol_id = 0x7F, .data_coding = 0xF6};
    if (a->report_len == 0 || e->smsc->config.faults.lose_por || m->account[0] == '\0')
        return;
    por.body = a->report;
    por.body_len = a->report_len;
    report_to_esme(e, m, &por);
}

static bool is_temporary(uint32_t status)
{
    return status == ESME_RX_T_APPN || status == ESME_RTHROTTLED || status == ESME_RMSGQFUL;
}

static void retry_later(struct endpoint *e, struct stored *m)
{
    unsigned doublings = m->attempts - 1 < MAX_DOUBLINGS ? m->attempts - 1 : MAX_DOUBLINGS;
    int64_t pause = e->smsc->config.retry_ms << doublings;
    m->not_before = loop_now() + (pause < SMSC_MAX_RETRY_MS ? pause : SMSC_MAX_RETRY_MS);
    smsc_log(e->smsc, "message %010llX waits after a temporary failure", (unsigned long long)m->id);
    queue_prepend(&e->waiting, m);
    endpoint_pump(e);
}

void outcome_answered(struct endpoint *e, struct stored *m, uint32_t status, const struct smpp_answer *a)
{
    if (is_temporary(status)) {
        retry_later(e, m);
        return;
    }
    if (e->handset) {
        uint8_t error[3] = {0};
        if (status != ESME_ROK)
            error[0] = NETWORK_GSM;
        if (status != ESME_ROK && a->network_error[0])
            memcpy(error, a->network_error, sizeof error);
        smsc_log(e->smsc, "message %010llX answered %02X by %s", (unsigned long long)m->id, status, e->name);
        send_por(e, m, a);
        send_receipt(e, m, status == ESME_ROK ? STATE_DELIVERED : STATE_UNDELIVERABLE, error);
    }
    stored_free(m);
    endpoint_pump(e);
}

void outcome_expired(struct endpoint *e, struct stored *m)
{
    static const uint8_t no_error[3] = {0};
    smsc_log(e->smsc, "message %010llX to %s expired", (unsigned long long)m->id, e->name);
    send_receipt(e, m, STATE_EXPIRED, no_error);
    stored_free(m);
}
