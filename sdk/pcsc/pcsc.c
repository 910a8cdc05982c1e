/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of a desk as a transport of the TSM-API, the app's side of station 9. Edge: pcscd. [PC/SC Part
 * 5 3.2, ISO 7816-3 12.2] */
#include <opentsm_tsm_pcsc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h>

enum {
    READERS_MAX = 16,
    NAME_MAX_PCSC = 127, /* MAX_READERNAME less the final 0 */
    NAMES_MAX = READERS_MAX * (NAME_MAX_PCSC + 1) + 1,
    HEADER = 4,
    SHORT_CASE_4 = HEADER + 1 + 1 + 1, /* header, Lc, one octet of data, Le */
};

struct tsm_api_pcsc {
    char which[TSM_API_MAX_NAME + 1];
};

struct name {
    char text[NAME_MAX_PCSC + 1];
};
struct found {
    size_t n;
    struct name at[READERS_MAX];
};

/* A channel has a context of its own: pcscd serialises what goes through one. */
struct desk_channel {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
};

struct tsm_api_pcsc *tsm_api_pcsc_new(const char *which)
{
    struct tsm_api_pcsc *p = calloc(1, sizeof *p);
    if (p && which && snprintf(p->which, sizeof p->which, "%s", which) >= (int)sizeof p->which) {
        free(p);
        return NULL;
    }
    return p;
}

void tsm_api_pcsc_free(struct tsm_api_pcsc *p)
{
    free(p);
}

/* pcscd gives the names one after the other, each with a final 0, and an empty one at the end. */
static void take_names(const char *names, const char *which, struct found *out)
{
    for (size_t len; (len = strlen(names)) > 0; names += len + 1)
        if (out->n < READERS_MAX && len <= NAME_MAX_PCSC && strstr(names, which))
            memcpy(out->at[out->n++].text, names, len + 1);
}

/* Those of them that hold a card stay. */
static void keep_with_card(SCARDCONTEXT context, struct found *f)
{
    SCARD_READERSTATE states[READERS_MAX] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < f->n; i++)
        states[i] = (SCARD_READERSTATE){.szReader = f->at[i].text, .dwCurrentState = SCARD_STATE_UNAWARE};
    if (f->n && SCardGetStatusChange(context, 0, states, f->n) == SCARD_S_SUCCESS)
        for (size_t i = 0; i < f->n; i++)
            if (states[i].dwEventState & SCARD_STATE_PRESENT)
                f->at[kept++] = f->at[i];
    f->n = kept;
}

static void look(const char *which, struct found *out)
{
    char names[NAMES_MAX] = "";
    DWORD len = sizeof names - 1;
    SCARDCONTEXT context;
    out->n = 0;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS)
        return;
    if (SCardListReaders(context, NULL, names, &len) == SCARD_S_SUCCESS)
        take_names(names, which, out);
    keep_with_card(context, out);
    SCardReleaseContext(context);
}

static const char *end_of(const struct name *n)
{
    size_t len = strlen(n->text);
    return n->text + (len > TSM_API_MAX_NAME ? len - TSM_API_MAX_NAME : 0);
}

static size_t readers(void *self, char (*names)[TSM_API_MAX_NAME + 1], size_t cap)
{
    const struct tsm_api_pcsc *p = self;
    struct found f;
    look(p->which, &f);
    size_t n = f.n < cap ? f.n : cap;
    for (size_t i = 0; i < n; i++)
        snprintf(names[i], sizeof names[i], "%s", end_of(&f.at[i]));
    return n;
}

static LONG hold(struct desk_channel *c, const char *reader)
{
    LONG rv = SCardConnect(c->context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                           &c->card, &c->protocol);
    if (rv != SCARD_S_SUCCESS)
        return rv;
    rv = SCardBeginTransaction(c->card);
    if (rv != SCARD_S_SUCCESS)
        SCardDisconnect(c->card, SCARD_LEAVE_CARD);
    return rv;
}

static enum tsm_api_access open_named(const char *reader, void **channel)
{
    struct desk_channel *c = calloc(1, sizeof *c);
    if (!c || SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &c->context) != SCARD_S_SUCCESS) {
        free(c);
        return TSM_API_ACCESS_NO_CHANNEL;
    }
    LONG rv = hold(c, reader);
    if (rv == SCARD_S_SUCCESS) {
        *channel = c;
        return TSM_API_ACCESS_OPEN;
    }
    SCardReleaseContext(c->context);
    free(c);
    return rv == (LONG)SCARD_E_SHARING_VIOLATION ? TSM_API_ACCESS_NO_CHANNEL : TSM_API_ACCESS_DENIED;
}

static enum tsm_api_access open_reader(void *self, const char *reader, void **channel)
{
    const struct tsm_api_pcsc *p = self;
    struct found f;
    look(p->which, &f);
    for (size_t i = 0; i < f.n; i++)
        if (strcmp(end_of(&f.at[i]), reader) == 0)
            return open_named(f.at[i].text, channel);
    return TSM_API_ACCESS_DENIED;
}

/* With T=0 a command with data goes without Le: what comes back is asked for by GET RESPONSE [ISO 7816-3
 * 12.2.1]. A short command has its data's length in the octet behind the header. */
static size_t sent_length(const struct desk_channel *c, const uint8_t *capdu, size_t len)
{
    bool with_le = c->protocol == SCARD_PROTOCOL_T0 && len >= SHORT_CASE_4 && capdu[HEADER] != 0 &&
                   len == (size_t)HEADER + 1 + capdu[HEADER] + 1;
    return with_le ? len - 1 : len;
}

static size_t transmit(void *channel, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    struct desk_channel *c = channel;
    const SCARD_IO_REQUEST *pci = c->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    DWORD got = TSM_API_MAX_APDU;
    LONG rv = SCardTransmit(c->card, pci, capdu, sent_length(c, capdu, len), NULL, rapdu, &got);
    return rv == SCARD_S_SUCCESS ? got : 0;
}

/* A reset ends any secure channel that is still open on the card. */
static void close_reader(void *channel)
{
    struct desk_channel *c = channel;
    SCardEndTransaction(c->card, SCARD_RESET_CARD);
    SCardDisconnect(c->card, SCARD_LEAVE_CARD);
    SCardReleaseContext(c->context);
    free(c);
}

struct tsm_api_transport tsm_api_pcsc_transport(struct tsm_api_pcsc *p)
{
    return (struct tsm_api_transport){
        .self = p, .readers = readers, .open = open_reader, .transmit = transmit, .close = close_reader};
}
