/* SPDX-License-Identifier: Apache-2.0 */
/* The radio side of a fleet: one SMPP session that is the handset of every UICC in it. Edge (station 9, the
 * air side). [SMPP 3.4 4.1, 4.4, 4.6] */
#include "fleet/reach/air.h"

#include "uicc/radio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void connect_again(struct air *a);

static void answer_empty(struct air *a, uint32_t command, uint32_t status, uint32_t sequence)
{
    uint8_t pdu[SMPP_HEADER];
    link_send(&a->link, pdu, smpp_write_empty(command, status, sequence, pdu));
}

/* Lets the card work on what it has; a submit_sm that left is remembered until it is answered. */
static void work(struct air *a, struct live *l)
{
    radio_work(&l->handset);
    if (l->handset.submitting)
        a->submits[l->handset.submit_sequence % AIR_MAX_SUBMITS] = l;
}

static void on_later(struct timer *t)
{
    struct live *l = t->owner;
    struct air *a = l->handset.link.owner;
    work(a, l);
}

void air_join(void *owner, struct live *l)
{
    struct air *a = owner;
    struct handset *h = &l->handset;
    h->air = &a->link;
    h->last_sequence = &a->sequence;
    h->bound = a->bound;
    h->link.owner = a;
    h->retry.owner = l;
    h->retry.fire = on_later;
}

/* ---- what comes in ---- */

static void take_deliver(struct air *a, const struct smpp_header *head, const uint8_t *pdu, size_t len)
{
    struct smpp_message m;
    uint32_t place;
    enum smpp_status status = smpp_read_message(pdu, len, &m);
    struct live *l = NULL;
    if (status == ESME_ROK && !fleet_place(a->drawer->plan, m.to.digits, &place))
        status = ESME_RINVDSTADR;
    if (status == ESME_ROK) {
        l = drawer_take(a->drawer, place);
        status = l && l->handset.sim && l->handset.inbox.count < HANDSET_MAX_INBOX ? ESME_ROK : ESME_RMSGQFUL;
    }
    struct letter *letter = status == ESME_ROK ? letters_add(&l->handset.inbox, &m) : NULL;
    if (!letter) {
        answer_empty(a, head->command | SMPP_RESPONSE, status == ESME_ROK ? ESME_RMSGQFUL : status,
                     head->sequence);
        return;
    }
    letter->sequence = head->sequence;
    work(a, l);
}

static void take_submit_resp(struct air *a, const struct smpp_header *head)
{
    struct live **place = &a->submits[head->sequence % AIR_MAX_SUBMITS], *l = *place;
    if (!l || !l->handset.submitting || l->handset.submit_sequence != head->sequence)
        return;
    *place = NULL;
    radio_submitted(&l->handset, head->status);
    if (l->handset.submitting)
        a->submits[l->handset.submit_sequence % AIR_MAX_SUBMITS] = l;
}

static void take_bind_resp(struct air *a, uint32_t status)
{
    char range[FLEET_MSISDN_DIGITS + 1];
    if (status != ESME_ROK) {
        fprintf(stderr, "fleet: bind refused with %02X\n", status);
        link_abort(&a->link);
        return;
    }
    fleet_range(a->drawer->plan, range);
    a->bound = true;
    a->pause_ms = HANDSET_FIRST_RETRY_MS;
    printf("bound %s\n", range);
    fflush(stdout);
    for (struct live *l = a->drawer->newest; l; l = l->older)
        if (l->handset.sim) {
            l->handset.bound = true;
            work(a, l);
        }
}

static void on_pdu(struct smpp_link *link, const uint8_t *pdu, size_t len)
{
    struct air *a = link->owner;
    struct smpp_header head = smpp_read_header(pdu);
    switch (head.command) {
    case SMPP_BIND_TRANSCEIVER | SMPP_RESPONSE:
        take_bind_resp(a, head.status);
        return;
    case SMPP_DELIVER_SM:
        take_deliver(a, &head, pdu, len);
        return;
    case SMPP_SUBMIT_SM | SMPP_RESPONSE:
        take_submit_resp(a, &head);
        return;
    case SMPP_ENQUIRE_LINK:
        answer_empty(a, SMPP_ENQUIRE_LINK | SMPP_RESPONSE, ESME_ROK, head.sequence);
        return;
    case SMPP_UNBIND:
        answer_empty(a, SMPP_UNBIND | SMPP_RESPONSE, ESME_ROK, head.sequence);
        link_finish(link);
        return;
    case SMPP_GENERIC_NACK:
        return;
    default:
        if (!(head.command & SMPP_RESPONSE))
            answer_empty(a, SMPP_GENERIC_NACK, ESME_RINVCMDID, head.sequence);
    }
}

static void on_bad_length(struct smpp_link *link, const uint8_t *head)
{
    answer_empty(link->owner, SMPP_GENERIC_NACK, ESME_RINVCMDLEN, smpp_read_header(head).sequence);
}

/* ---- the connection ---- */

static void on_connected(struct smpp_link *link)
{
    struct air *a = link->owner;
    uint8_t pdu[SMPP_MAX_PDU_OVERHEAD];
    struct smpp_bind b = {.system_id = "fleet",
                          .system_type = "handset",
                          .interface_version = SMPP_VERSION,
                          .addr_ton = 1,
                          .addr_npi = 1};
    fleet_range(a->drawer->plan, b.address_range);
    a->connected = true;
    link_send(link, pdu, smpp_write_bind(&b, ++a->sequence, pdu));
}

static void later(struct air *a)
{
    timer_set(a->loop, &a->retry, a->pause_ms);
    a->pause_ms = a->pause_ms * 2 < HANDSET_MAX_RETRY_MS ? a->pause_ms * 2 : HANDSET_MAX_RETRY_MS;
}

/* What the centre got no answer for it brings again; what the SIMs wanted sent is kept. */
static void on_closed(struct smpp_link *link)
{
    struct air *a = link->owner;
    a->connected = a->bound = false;
    memset(a->submits, 0, sizeof a->submits);
    for (struct live *l = a->drawer->newest; l; l = l->older) {
        l->handset.bound = l->handset.submitting = false;
        letters_clear(&l->handset.inbox);
    }
    later(a);
}

static void on_retry(struct timer *t)
{
    struct air *a = t->owner;
    if (!a->connected)
        connect_again(a);
}

static void connect_again(struct air *a)
{
    int fd = socket_connect(a->smsc);
    a->link = (struct smpp_link){.loop = a->loop, .owner = a};
    a->link.on_pdu = on_pdu;
    a->link.on_bad_length = on_bad_length;
    a->link.on_closed = on_closed;
    a->link.on_connected = on_connected;
    if (fd < 0 || !link_open(&a->link, fd, true))
        later(a);
}

void air_start(struct air *a)
{
    a->retry.owner = a;
    a->retry.fire = on_retry;
    a->pause_ms = HANDSET_FIRST_RETRY_MS;
    connect_again(a);
}

void air_stop(struct air *a)
{
    if (a->link.loop && a->link.watch.owner)
        link_abort(&a->link);
    timer_clear(a->loop, &a->link.reaper);
    timer_clear(a->loop, &a->retry);
    free(a->link.in);
    free(a->link.out);
}
