/* SPDX-License-Identifier: Apache-2.0 */
/* The radio side of a laboratory UICC: connection, bind, and the way of a PDU in and out. Edge (station 9,
 * the air side). [SMPP 3.4 4.1, 4.4, 4.6] */
#include "uicc/handset.h"

#include "uicc/radio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void connect_again(struct handset *h);

/* ---- what comes in ---- */

static void answer_empty(struct handset *h, uint32_t command, uint32_t status, uint32_t sequence)
{
    uint8_t pdu[SMPP_HEADER];
    link_send(&h->link, pdu, smpp_write_empty(command, status, sequence, pdu));
}

static void take_deliver(struct handset *h, const struct smpp_header *head, const uint8_t *pdu, size_t len)
{
    struct smpp_message m;
    enum smpp_status status = smpp_read_message(pdu, len, &m);
    if (status == ESME_ROK && h->inbox.count >= HANDSET_MAX_INBOX)
        status = ESME_RMSGQFUL;
    if (status == ESME_ROK) {
        struct letter *letter = letters_add(&h->inbox, &m);
        status = letter ? ESME_ROK : ESME_RMSGQFUL;
        if (letter)
            letter->sequence = head->sequence;
    }
    if (status != ESME_ROK)
        answer_empty(h, head->command | SMPP_RESPONSE, status, head->sequence);
    radio_work(h);
}

static void take_bind_resp(struct handset *h, uint32_t status)
{
    if (status != ESME_ROK) {
        fprintf(stderr, "uicc: %s: bind refused with %02X\n", h->msisdn, status);
        link_abort(&h->link);
        return;
    }
    h->bound = true;
    h->pause_ms = HANDSET_FIRST_RETRY_MS;
    printf("bound %s\n", h->msisdn);
    fflush(stdout);
    radio_work(h);
}

static void on_pdu(struct smpp_link *link, const uint8_t *pdu, size_t len)
{
    struct handset *h = link->owner;
    struct smpp_header head = smpp_read_header(pdu);
    switch (head.command) {
    case SMPP_BIND_TRANSCEIVER | SMPP_RESPONSE:
        take_bind_resp(h, head.status);
        return;
    case SMPP_DELIVER_SM:
        take_deliver(h, &head, pdu, len);
        return;
    case SMPP_SUBMIT_SM | SMPP_RESPONSE:
        if (h->submitting && head.sequence == h->submit_sequence)
            radio_submitted(h, head.status);
        return;
    case SMPP_ENQUIRE_LINK:
        answer_empty(h, SMPP_ENQUIRE_LINK | SMPP_RESPONSE, ESME_ROK, head.sequence);
        return;
    case SMPP_UNBIND:
        answer_empty(h, SMPP_UNBIND | SMPP_RESPONSE, ESME_ROK, head.sequence);
        link_finish(link);
        return;
    case SMPP_GENERIC_NACK:
        return;
    default:
        if (!(head.command & SMPP_RESPONSE))
            answer_empty(h, SMPP_GENERIC_NACK, ESME_RINVCMDID, head.sequence);
    }
}

static void on_bad_length(struct smpp_link *link, const uint8_t *head)
{
    answer_empty(link->owner, SMPP_GENERIC_NACK, ESME_RINVCMDLEN, smpp_read_header(head).sequence);
}

/* ---- the connection ---- */

static void on_connected(struct smpp_link *link)
{
    struct handset *h = link->owner;
    uint8_t pdu[SMPP_MAX_PDU_OVERHEAD];
    struct smpp_bind b = {
        .system_type = "handset", .interface_version = SMPP_VERSION, .addr_ton = 1, .addr_npi = 1};
    snprintf(b.system_id, sizeof b.system_id, "%.15s", h->msisdn); /* E.164 has 15 digits at most */
    snprintf(b.address_range, sizeof b.address_range, "%s", h->msisdn);
    h->connected = true;
    link_send(link, pdu, smpp_write_bind(&b, ++h->sequence, pdu));
}

static void later(struct handset *h)
{
    timer_set(h->loop, &h->retry, h->pause_ms);
    h->pause_ms = h->pause_ms * 2 < HANDSET_MAX_RETRY_MS ? h->pause_ms * 2 : HANDSET_MAX_RETRY_MS;
}

/* What the centre got no answer for it brings again; what the SIM wanted sent is kept. */
static void on_closed(struct smpp_link *link)
{
    struct handset *h = link->owner;
    h->connected = h->bound = h->submitting = false;
    letters_clear(&h->inbox);
    later(h);
}

static void on_retry(struct timer *t)
{
    struct handset *h = t->owner;
    if (h->bound)
        radio_work(h);
    else if (!h->connected)
        connect_again(h);
}

static void connect_again(struct handset *h)
{
    int fd = socket_connect(h->smsc);
    h->link = (struct smpp_link){.loop = h->loop, .owner = h};
    h->link.on_pdu = on_pdu;
    h->link.on_bad_length = on_bad_length;
    h->link.on_closed = on_closed;
    h->link.on_connected = on_connected;
    if (fd < 0 || !link_open(&h->link, fd, true))
        later(h);
}

void handset_start(struct handset *h)
{
    h->retry.owner = h;
    h->retry.fire = on_retry;
    h->air = &h->link;
    h->last_sequence = &h->sequence;
    h->pause_ms = HANDSET_FIRST_RETRY_MS;
    connect_again(h);
}

void handset_stop(struct handset *h)
{
    if (h->link.loop && h->link.watch.owner)
        link_abort(&h->link);
    timer_clear(h->loop, &h->link.reaper);
    timer_clear(h->loop, &h->retry);
    free(h->link.in);
    free(h->link.out);
    letters_clear(&h->inbox);
    letters_clear(&h->outbox);
}
