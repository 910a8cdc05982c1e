/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of this machine and the one that a command line means. Station 9. Edge. [PC/SC Part 5 3.2] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "link/pcsc/inside.h"

enum { INDEX_DIGITS_MAX = 2, NAMES_MAX = PCSC_READERS_MAX * (PCSC_NAME_MAX + 1) + 1 };

/* What pcscd's refusals mean for us. */
static const struct {
    LONG rv;
    enum tsm_err e;
    const char *text;
} verdicts[] = {
    {(LONG)SCARD_E_NO_SERVICE, TSM_PEER_DOWN, "pcscd does not run"},
    {(LONG)SCARD_E_SERVICE_STOPPED, TSM_PEER_DOWN, "pcscd has stopped"},
    {(LONG)SCARD_E_UNKNOWN_READER, TSM_NOT_FOUND, "there is no such reader"},
    {(LONG)SCARD_E_READER_UNAVAILABLE, TSM_PEER_DOWN, "the reader is gone"},
    {(LONG)SCARD_E_NO_SMARTCARD, TSM_PEER_DOWN, "no card is in the reader"},
    {(LONG)SCARD_W_REMOVED_CARD, TSM_PEER_DOWN, "the card was taken out"},
    {(LONG)SCARD_W_UNPOWERED_CARD, TSM_PEER_DOWN, "the card has no power"},
    {(LONG)SCARD_W_UNRESPONSIVE_CARD, TSM_PEER_DOWN, "the card does not answer: is it the right way round?"},
    {(LONG)SCARD_W_RESET_CARD, TSM_WRONG_STATE, "another program has reset the card"},
    {(LONG)SCARD_E_SHARING_VIOLATION, TSM_BUSY, "another program holds the reader"},
    {(LONG)SCARD_E_TIMEOUT, TSM_TIMED_OUT, "the card did not answer in time"},
    {(LONG)SCARD_E_NOT_TRANSACTED, TSM_PEER_DOWN, "the reader lost the card's answer"},
};

enum tsm_err pcsc_verdict(LONG rv, const char *doing)
{
    if (rv == SCARD_S_SUCCESS)
        return TSM_OK;
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
        if (verdicts[i].rv == rv)
            return err_fail(verdicts[i].e, ERR_HERE, "%s: %s", doing, verdicts[i].text);
    return FAIL(IO, "%s: pcscd says %08lX", doing, (unsigned long)rv & 0xFFFFFFFF);
}

enum tsm_err pcsc_context(SCARDCONTEXT *out)
{
    return pcsc_verdict(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, out), "asking for pcscd");
}

/* pcscd gives the names one after the other, each with a final 0, and an empty one at the end. */
static enum tsm_err take_names(const char *names, struct pcsc_readers *out)
{
    for (size_t len; (len = strlen(names)) > 0; names += len + 1) {
        NEED(out->n < PCSC_READERS_MAX && len <= PCSC_NAME_MAX, TOO_LONG);
        memcpy(out->at[out->n++].name, names, len + 1);
    }
    return TSM_OK;
}

static enum tsm_err look_for_cards(SCARDCONTEXT context, struct pcsc_readers *r)
{
    SCARD_READERSTATE states[PCSC_READERS_MAX] = {0};
    for (size_t i = 0; i < r->n; i++)
        states[i] = (SCARD_READERSTATE){.szReader = r->at[i].name, .dwCurrentState = SCARD_STATE_UNAWARE};
    TRY(pcsc_verdict(SCardGetStatusChange(context, 0, states, r->n), "asking the readers"));
    for (size_t i = 0; i < r->n; i++)
        r->at[i].has_card = states[i].dwEventState & SCARD_STATE_PRESENT;
    return TSM_OK;
}

static enum tsm_err list_in(SCARDCONTEXT context, struct pcsc_readers *out)
{
    char names[NAMES_MAX] = "";
    DWORD len = sizeof names;
    LONG rv = SCardListReaders(context, NULL, names, &len);
    if (rv == (LONG)SCARD_E_NO_READERS_AVAILABLE)
        return TSM_OK;
    TRY(pcsc_verdict(rv, "listing the readers"));
    TRY(take_names(names, out));
    return out->n ? look_for_cards(context, out) : TSM_OK;
}

enum tsm_err pcsc_list(struct pcsc_readers *out)
{
    struct pcsc_readers r = {.n = 0};
    SCARDCONTEXT context;
    enum tsm_err e;
    TRY(pcsc_context(&context));
    e = list_in(context, &r);
    SCardReleaseContext(context);
    if (e == TSM_OK)
        *out = r;
    return e;
}

static enum tsm_err not_there(const struct pcsc_readers *readers, const char *which)
{
    char names[ERR_CAUSE_MAX] = "";
    size_t len = 0;
    for (size_t i = 0; i < readers->n && len < sizeof names; i++) {
        int n = snprintf(names + len, sizeof names - len, "%s%zu %s", i ? ", " : "", i, readers->at[i].name);
        len += n > 0 ? (size_t)n : 0;
    }
    return FAIL(NOT_FOUND, "no reader is \"%.40s\"; there %s %.150s", which, readers->n == 1 ? "is" : "are",
                readers->n ? names : "none");
}

enum tsm_err pcsc_choose(const struct pcsc_readers *readers, const char *which, size_t *index)
{
    size_t found = readers->n, fits = 0;
    if (text_is_digits(which, 1, INDEX_DIGITS_MAX)) {
        size_t n = strtoul(which, NULL, 10);
        if (n >= readers->n)
            return not_there(readers, which);
        *index = n;
        return TSM_OK;
    }
    for (size_t i = 0; i < readers->n; i++) {
        bool whole = strcmp(readers->at[i].name, which) == 0;
        if (!whole && !strstr(readers->at[i].name, which))
            continue;
        found = i;
        fits = whole ? 1 : fits + 1;
        if (whole)
            break;
    }
    if (fits == 0 || !which[0])
        return not_there(readers, which);
    if (fits > 1)
        return FAIL(CONFLICT, "%zu readers have \"%.80s\" in their name", fits, which);
    *index = found;
    return TSM_OK;
}
