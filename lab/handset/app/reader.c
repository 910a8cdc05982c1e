/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of a handset. Edge (station 9, the handset's side). */
#include "handset/app/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handset/app/await.h"
#include "handset/app/desk.h"
#include "handset/app/pocket.h"
#include "handset/element.h"

enum { AWAIT_MS = 20000 };

#define IN_PROCESS "card"
#define ON_DESK    "pcsc:"

struct reader {
    struct se_words words;
    struct card *card;      /* within this process, or NULL */
    struct desk *desk;      /* in a reader of this machine, or NULL */
    struct element element; /* kept while the handset runs: an element that dialled in comes once */
};

struct readers {
    size_t n;
    struct reader at[WORDS_MAX_SE];
};

static bool begin(struct reader *r, const struct se_words *words)
{
    r->words = *words;
    r->element.fd = -1;
    if (strncmp(words->address, ON_DESK, strlen(ON_DESK)) == 0) {
        r->desk = desk_new(words->address + strlen(ON_DESK));
        return r->desk != NULL;
    }
    if (strcmp(words->address, IN_PROCESS) != 0)
        return true;
    r->card = pocket_open(words->state, &words->card);
    return r->card != NULL;
}

struct readers *readers_new(const struct se_words *se, size_t n)
{
    struct readers *r = calloc(1, sizeof *r);
    for (size_t i = 0; r && i < n; i++) {
        r->n++;
        if (!begin(&r->at[i], &se[i])) {
            fprintf(stderr, "handset: no card or reader can be made for %s\n", se[i].reader);
            readers_free(r);
            return NULL;
        }
    }
    return r;
}

static void put_away(struct reader *r)
{
    if (r->card && r->words.state && !pocket_close(r->words.state, &r->words.card, r->card))
        fprintf(stderr, "handset: the card in %s could not be kept\n", r->words.reader);
}

void readers_free(struct readers *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++) {
        put_away(&r->at[i]);
        if (r->at[i].card)
            card_free(r->at[i].card);
        desk_free(r->at[i].desk);
        element_close(&r->at[i].element);
    }
    explicit_bzero(r, sizeof *r);
    free(r);
}

static size_t list(void *self, char (*names)[TSM_API_MAX_NAME + 1], size_t cap)
{
    struct readers *r = self;
    size_t n = r->n < cap ? r->n : cap;
    for (size_t i = 0; i < n; i++)
        memcpy(names[i], r->at[i].words.reader, sizeof names[i]);
    return n;
}

static struct reader *find(struct readers *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->at[i].words.reader, name) == 0)
            return &r->at[i];
    return NULL;
}

/* An element that is there answers; else one may dial in at that address, as cards do at a virtual reader. */
static bool reach(struct reader *r)
{
    if (r->element.fd >= 0)
        return element_reset(&r->element);
    if (element_open(&r->element, r->words.address))
        return true;
    r->element.fd = await_element(r->words.address, AWAIT_MS);
    return r->element.fd >= 0 && element_reset(&r->element);
}

static enum tsm_api_access open_reader(void *self, const char *name, void **channel)
{
    struct reader *r = find(self, name);
    if (!r)
        return TSM_API_ACCESS_NO_CHANNEL;
    enum tsm_api_access got = TSM_API_ACCESS_OPEN;
    if (r->card)
        card_reset(r->card);
    else if (r->desk)
        got = desk_open(r->desk);
    else if (!reach(r))
        got = TSM_API_ACCESS_DENIED;
    *channel = r;
    return got;
}

static size_t transmit(void *channel, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    struct reader *r = channel;
    if (r->desk)
        return desk_transmit(r->desk, capdu, len, rapdu);
    if (!r->card) {
        ssize_t n = element_transmit(&r->element, capdu, len, rapdu);
        return n > 0 ? (size_t)n : 0;
    }
    size_t n = card_transmit(r->card, capdu, len, rapdu);
    return card_is_dead(r->card) ? 0 : n;
}

static void close_reader(void *channel)
{
    struct reader *r = channel;
    if (r->desk)
        desk_close(r->desk);
    if (!r->card)
        return;
    card_reset(r->card);
    put_away(r);
}

static void identify(void *self, const char *name, struct tsm_api_identity *out)
{
    const struct reader *r = find(self, name);
    if (r && r->words.iccid)
        snprintf(out->iccid, sizeof out->iccid, "%s", r->words.iccid);
}

struct tsm_api_transport readers_transport(struct readers *r)
{
    return (struct tsm_api_transport){.self = r,
                                      .readers = list,
                                      .open = open_reader,
                                      .transmit = transmit,
                                      .close = close_reader,
                                      .identify = identify};
}
