/* SPDX-License-Identifier: Apache-2.0 */
/* Between air and SIM: a deliver_sm becomes an ENVELOPE, the SIM's answer the DELIVER-REPORT, its SEND SHORT
 * MESSAGE a submit_sm. Edge (station 9, the air side). [TS 31.111 7.1.1; TS 23.040 9.2.2.1a; TS 102
 * 223 6.6.9] */
#include "uicc/radio.h"

#include "uicc/sim/toolkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    NETWORK_GSM = 3,
    TON_INTERNATIONAL = 1,
    NPI_E164 = 1,
    TYPE_EXTENSION = 0x80,
    TYPE_BITS = 0x07,
    NPI_BITS = 0x0F
};

/* ---- letters ---- */

struct letter *letters_add(struct letters *l, const struct smpp_message *m)
{
    struct letter *letter = calloc(1, sizeof *letter + m->body_len);
    if (!letter)
        return NULL;
    letter->message = *m;
    if (m->body_len > 0)
        memcpy(letter->octets, m->body, m->body_len);
    letter->message.body = letter->octets;
    if (l->tail)
        l->tail->next = letter;
    else
        l->head = letter;
    l->tail = letter;
    l->count++;
    return letter;
}

void letters_drop_head(struct letters *l)
{
    struct letter *letter = l->head;
    l->head = letter->next;
    if (!l->head)
        l->tail = NULL;
    l->count--;
    free(letter);
}

void letters_clear(struct letters *l)
{
    while (l->head)
        letters_drop_head(l);
}

/* ---- outgoing ---- */

static void queue_submit(struct handset *h, const struct sms_tpdu *submit, const uint8_t details[3])
{
    struct smpp_message m = {.from = {TON_INTERNATIONAL, NPI_E164, ""}};
    memcpy(m.from.digits, h->msisdn, sizeof m.from.digits);
    m.to.ton = submit->from_or_to.type >> 4 & TYPE_BITS;
    m.to.npi = submit->from_or_to.type & NPI_BITS;
    memcpy(m.to.digits, submit->from_or_to.digits, sizeof m.to.digits);
    m.esm_class = submit->header ? ESM_UDHI : 0;
    m.protocol_id = submit->protocol_id;
    m.data_coding = submit->data_coding;
    m.body = submit->user_data;
    m.body_len = submit->user_data_len;
    struct letter *letter = letters_add(&h->outbox, &m);
    if (letter && details) {
        letter->from_sim = true;
        memcpy(letter->details, details, sizeof letter->details);
    }
}

/* Fetches proactive commands until one needs the air. Anything but SEND SHORT MESSAGE succeeds at once: this
 * phone has a patient screen. */
static void serve_toolkit(struct handset *h, uint16_t sw)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t apdu[TOOLKIT_MAX_ENVELOPE], details[3], type;
    struct sms_tpdu submit;
    while (sw >> 8 == 0x91) {
        const uint8_t fetch[] = {0x80, 0x12, 0x00, 0x00, (uint8_t)sw};
        size_t n = sim_transmit(h->sim, fetch, sizeof fetch, rapdu);
        if (n < 2 || !toolkit_read_command(rapdu, n - 2, &type, details, &submit))
            return;
        if (type == TOOLKIT_SEND_SHORT_MESSAGE) {
            queue_submit(h, &submit, details);
            return;
        }
        n = sim_transmit(h->sim, apdu, toolkit_write_response(details, TOOLKIT_RESULT_OK, apdu), rapdu);
        sw = (uint16_t)(n < 2 ? 0 : rapdu[n - 2] << 8 | rapdu[n - 1]);
    }
}

static void send_head(struct handset *h)
{
    uint8_t pdu[SMPP_MAX_PDU_OVERHEAD + SMS_MAX_USER_DATA];
    h->submitting = true;
    h->submit_sequence = ++*h->last_sequence;
    link_send(h->air, pdu,
              smpp_write_message(SMPP_SUBMIT_SM, h->submit_sequence, &h->outbox.head->message, pdu));
}

void radio_submitted(struct handset *h, uint32_t status)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t apdu[TOOLKIT_MAX_ENVELOPE];
    struct letter *letter = h->outbox.head;
    h->submitting = false;
    if (status == ESME_RTHROTTLED || status == ESME_RMSGQFUL) {
        timer_set(h->loop, &h->retry, HANDSET_SUBMIT_RETRY_MS);
        return;
    }
    if (letter->from_sim) {
        uint8_t result = status == ESME_ROK ? TOOLKIT_RESULT_OK : TOOLKIT_RESULT_SMS_ERROR;
        size_t n = sim_transmit(h->sim, apdu, toolkit_write_response(letter->details, result, apdu), rapdu);
        letters_drop_head(&h->outbox);
        serve_toolkit(h, (uint16_t)(n < 2 ? 0 : rapdu[n - 2] << 8 | rapdu[n - 1]));
    } else {
        letters_drop_head(&h->outbox);
    }
    radio_work(h);
}

/* ---- incoming ---- */

/* TP-SCTS: semi-octets, least significant digit in the high nibble; UTC. */
static void stamp(uint8_t out[7])
{
    struct tm tm;
    time_t now = time(NULL);
    gmtime_r(&now, &tm);
    const int parts[] = {tm.tm_year % 100, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, 0};
    for (size_t i = 0; i < 7; i++)
        out[i] = (uint8_t)(parts[i] % 10 << 4 | parts[i] / 10);
}

static bool is_data_download(const struct smpp_message *m)
{
    return m->protocol_id == PID_SIM_DATA_DOWNLOAD &&
           (m->data_coding == DCS_8BIT_CLASS2 || m->data_coding == DCS_8BIT_CLASS2_GENERAL);
}

static size_t write_envelope(const struct handset *h, const struct smpp_message *m, uint8_t *out)
{
    uint8_t tpdu[SMS_MAX_TPDU];
    struct sms_tpdu t = {
        .header = m->esm_class & ESM_UDHI, .user_data = m->body, .user_data_len = m->body_len};
    t.from_or_to.type = (uint8_t)(TYPE_EXTENSION | (m->from.ton & TYPE_BITS) << 4 | (m->from.npi & NPI_BITS));
    t.protocol_id = m->protocol_id;
    t.data_coding = m->data_coding;
    memcpy(t.from_or_to.digits, m->from.digits, sizeof t.from_or_to.digits);
    stamp(t.timestamp);
    size_t n = sms_write_deliver(&t, tpdu);
    return n > 0 ? toolkit_write_download(tpdu, n, h->msisdn, out) : 0;
}

static void answer(struct handset *h, uint32_t sequence, uint16_t sw, const uint8_t *report, size_t len)
{
    uint8_t pdu[SMPP_MAX_PDU_OVERHEAD + 256];
    struct smpp_header request = {.command = SMPP_DELIVER_SM, .sequence = sequence};
    struct smpp_answer a = {.report = report, .report_len = len};
    uint32_t status = ESME_ROK;
    if (sw == SW_TOOLKIT_BUSY) {
        status = ESME_RX_T_APPN;
        memcpy(a.network_error, (uint8_t[]){NETWORK_GSM, 0, FCS_TOOLKIT_BUSY}, 3);
    } else if (sw >> 8 != 0x90 && sw >> 8 != 0x91) {
        status = ESME_RX_R_APPN;
        memcpy(a.network_error, (uint8_t[]){NETWORK_GSM, 0, FCS_DATA_DOWNLOAD_ERROR}, 3);
    }
    link_send(h->air, pdu, smpp_write_answer(&request, status, &a, pdu));
}

/* The report as a message of its own, to where the command came from. */
static void submit_report(struct handset *h, const struct smpp_message *command, const uint8_t *report,
                          size_t len)
{
    struct sms_tpdu t = {.header = true, .user_data = report, .user_data_len = len};
    t.from_or_to.type =
        (uint8_t)(TYPE_EXTENSION | (command->from.ton & TYPE_BITS) << 4 | (command->from.npi & NPI_BITS));
    memcpy(t.from_or_to.digits, command->from.digits, sizeof t.from_or_to.digits);
    t.protocol_id = command->protocol_id;
    t.data_coding = command->data_coding;
    queue_submit(h, &t, NULL);
}

/* A text for the phone's own inbox; so is a packet that its sender did not mark as one for the SIM, which is
 * a riddle to him. */
static void keep_text(struct handset *h, const struct letter *letter)
{
    if (h->verbose && letter->message.protocol_id == PID_SIM_DATA_DOWNLOAD)
        fprintf(stderr, "uicc: %s: data coding %02X is not class 2 (F6): not for the SIM (TS 31.111 7.1.1)\n",
                h->msisdn, letter->message.data_coding);
    answer(h, letter->sequence, SW_OK, NULL, 0);
}

/* One message for the SIM. False when the card lost power: the answer is lost with the connection. */
static bool deliver_head(struct handset *h)
{
    static uint8_t rapdu[CARD_MAX_RAPDU];
    uint8_t apdu[TOOLKIT_MAX_ENVELOPE];
    struct letter *letter = h->inbox.head;
    if (!is_data_download(&letter->message)) {
        keep_text(h, letter);
        letters_drop_head(&h->inbox);
        return true;
    }
    size_t n = write_envelope(h, &letter->message, apdu);
    if (n == 0) { /* an alphanumeric sender or too much user data: no TPDU can carry it */
        answer(h, letter->sequence, SW_DATA_DOWNLOAD_ERROR, NULL, 0);
        letters_drop_head(&h->inbox);
        return true;
    }
    n = sim_transmit(h->sim, apdu, n, rapdu);
    if (n < 2) {
        sim_reset(h->sim);
        h->bound = false;
        link_abort(h->air);
        return false;
    }
    uint16_t sw = (uint16_t)(rapdu[n - 2] << 8 | rapdu[n - 1]);
    if (h->verbose)
        fprintf(stderr, "uicc: %s: ENVELOPE of %zu octets answered %04X with %zu octets\n", h->msisdn,
                letter->message.body_len, sw, n - 2);
    if (h->por_by_submit && n > 2)
        submit_report(h, &letter->message, rapdu, n - 2);
    answer(h, letter->sequence, sw, rapdu, h->por_by_submit ? 0 : n - 2);
    letters_drop_head(&h->inbox);
    serve_toolkit(h, sw);
    return true;
}

void radio_work(struct handset *h)
{
    while (h->bound && !h->submitting) {
        if (h->outbox.head)
            send_head(h);
        else if (!h->inbox.head || !deliver_head(h))
            return;
    }
}
