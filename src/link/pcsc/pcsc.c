/* SPDX-License-Identifier: Apache-2.0 */
/* Commands carried to the card in a reader, in one transaction. Station 9. Edge: pcscd. [PC/SC Part 5 3.2.5,
 * ISO 7816-3 12.2, ISO 7816-4 5.3.4] */
#include "link/pcsc/pcsc.h"

#include <stdlib.h>
#include <string.h>

#include "gp/apdu/transport.h"
#include "link/pcsc/inside.h"

struct pcsc {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    uint8_t atr[PCSC_ATR_MAX];
    size_t atr_len;
    uint8_t answer[PCSC_ANSWER_MAX];
    uint8_t tpdu[APDU_MAX];
};

static enum tsm_err connect_card(struct pcsc *p, const char *reader)
{
    DWORD len = 0, state, atr_len = sizeof p->atr;
    LONG rv = SCardConnect(p->context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                           &p->card, &p->protocol);
    TRY(pcsc_verdict(rv, "connecting to the card"));
    rv = SCardBeginTransaction(p->card);
    if (rv == SCARD_S_SUCCESS)
        rv = SCardStatus(p->card, NULL, &len, &state, &p->protocol, p->atr, &atr_len);
    p->atr_len = atr_len <= sizeof p->atr ? atr_len : 0;
    if (rv != SCARD_S_SUCCESS)
        SCardDisconnect(p->card, SCARD_LEAVE_CARD);
    return pcsc_verdict(rv, "holding the card");
}

enum tsm_err pcsc_open(const char *reader, struct pcsc **out)
{
    struct pcsc *p = calloc(1, sizeof *p);
    enum tsm_err e;
    NEED(p != NULL, NO_MEMORY);
    e = pcsc_context(&p->context);
    if (e == TSM_OK && (e = connect_card(p, reader)) != TSM_OK)
        SCardReleaseContext(p->context);
    if (e == TSM_OK)
        *out = p;
    else
        free(p);
    return e;
}

void pcsc_close(struct pcsc *p, bool reset)
{
    if (!p)
        return;
    SCardEndTransaction(p->card, reset ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
    SCardDisconnect(p->card, SCARD_LEAVE_CARD);
    SCardReleaseContext(p->context);
    explicit_bzero(p->answer, sizeof p->answer);
    explicit_bzero(p->tpdu, sizeof p->tpdu);
    free(p);
}

struct bytes pcsc_atr(const struct pcsc *p)
{
    return BYTES_OF(p->atr, p->atr_len);
}

/* With T=0 the octets of a command with data go without Le: what comes back is asked for by GET RESPONSE [ISO
 * 7816-3 12.2.1]. No MAC covers Le. */
static enum tsm_err for_protocol(struct pcsc *p, struct bytes capdu, struct bytes *out)
{
    struct writer w = WRITER(p->tpdu);
    struct apdu a;
    *out = capdu;
    if (p->protocol != SCARD_PROTOCOL_T0)
        return TSM_OK;
    TRY(apdu_read(capdu, &a));
    if (a.data.len == 0 || a.le == APDU_LE_NONE || a.data.len > APDU_SHORT_DATA_MAX)
        return TSM_OK;
    a.le = APDU_LE_NONE;
    TRY(apdu_write(&a, &w));
    *out = written(&w);
    return TSM_OK;
}

static enum tsm_err transmit(struct pcsc *p, struct bytes capdu, struct bytes *answer)
{
    const SCARD_IO_REQUEST *pci = p->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    DWORD len = sizeof p->answer;
    struct bytes send;
    TRY(for_protocol(p, capdu, &send));
    TRY(pcsc_verdict(SCardTransmit(p->card, pci, send.at, send.len, NULL, p->answer, &len),
                     "carrying a command"));
    *answer = BYTES_OF(p->answer, len);
    return TSM_OK;
}

enum tsm_err pcsc_exchange(struct pcsc *p, struct bytes capdu, struct writer *joined)
{
    struct transport t;
    struct bytes send = capdu, answer;
    struct writer at = *joined;
    transport_begin(&t, capdu, &at);
    while (send.len) {
        TRY(transmit(p, send, &answer));
        TRY(transport_step(&t, answer, &send));
    }
    *joined = at;
    return TSM_OK;
}
