/* SPDX-License-Identifier: Apache-2.0 */
/* Channels to secure components, one at a time for each reader. Edge. [ISO 7816-4 5.3.4, GP OMAPI] */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "process/elements.h"

enum {
    SW_LEN = 2,
    MIN_CAPDU = 4,
    SHORT_CASE_2 = 5,
    SW1_MORE = 0x61,
    SW1_WRONG_LE = 0x6C,
    INS_GET_RESPONSE = 0xC0,
    CHANNEL_BITS = 0x03,
};

/* The entry of a reader, made when it is met first; one that is not busy makes room. NULL when all are busy.
 * Under the lock. */
static struct known_reader *entry(struct tsm_api *api, const char *name)
{
    struct known_reader *k = NULL;
    for (size_t i = 0; i < api->n_readers; i++) {
        if (strcmp(api->readers[i].component.reader, name) == 0)
            return &api->readers[i];
        if (!api->readers[i].busy)
            k = &api->readers[i];
    }
    if (api->n_readers < TSM_API_MAX_READERS)
        k = &api->readers[api->n_readers++];
    if (k) {
        *k = (struct known_reader){0};
        snprintf(k->component.reader, sizeof k->component.reader, "%s", name);
    }
    return k;
}

static bool seize(struct tsm_api *api, const char *name)
{
    pthread_mutex_lock(&api->lock);
    struct known_reader *k = entry(api, name);
    while (k && k->busy && !api->closing) {
        pthread_cond_wait(&api->change, &api->lock);
        k = entry(api, name); /* it may have made room meanwhile */
    }
    bool got = k && !k->busy;
    if (got)
        k->busy = true;
    pthread_mutex_unlock(&api->lock);
    return got;
}

static void release(struct tsm_api *api, const char *name)
{
    pthread_mutex_lock(&api->lock);
    struct known_reader *k = entry(api, name);
    if (k)
        k->busy = false;
    pthread_cond_broadcast(&api->change);
    pthread_mutex_unlock(&api->lock);
}

enum tsm_api_access channel_open(struct tsm_api *api, const char *reader, struct channel *out)
{
    *out = (struct channel){.api = api};
    snprintf(out->reader, sizeof out->reader, "%s", reader);
    if (!seize(api, reader))
        return TSM_API_ACCESS_NO_CHANNEL;
    enum tsm_api_access a = api->transport.open(api->transport.self, reader, &out->handle);
    if (a == TSM_API_ACCESS_OPEN && !out->handle)
        a = TSM_API_ACCESS_NO_CHANNEL;
    if (a != TSM_API_ACCESS_OPEN) {
        out->handle = NULL;
        release(api, reader);
        log_say(&api->log, TSM_API_LOG_WARNING, TSM_API_LOG_ELEMENT, "%s: no channel could be opened",
                reader);
    }
    return a;
}

void channel_close(struct channel *c)
{
    if (!c->handle)
        return;
    c->api->transport.close(c->handle);
    c->handle = NULL;
    release(c->api, c->reader);
}

/* Only header, lengths and status word: command data can hold personal data where the channel is clear. */
static void say(struct channel *c, const uint8_t *capdu, size_t len, const uint8_t *r, size_t n)
{
    if (n < SW_LEN)
        log_say(&c->api->log, TSM_API_LOG_WARNING, TSM_API_LOG_ELEMENT,
                "%s: %02X%02X%02X%02X, %zu bytes: lost", c->reader, capdu[0], capdu[1], capdu[2], capdu[3],
                len);
    else
        log_say(&c->api->log, TSM_API_LOG_DEBUG, TSM_API_LOG_ELEMENT,
                "%s: %02X%02X%02X%02X, %zu bytes: %zu bytes, SW %02X%02X", c->reader, capdu[0], capdu[1],
                capdu[2], capdu[3], len, n - SW_LEN, r[n - 2], r[n - 1]);
}

static size_t send_once(struct channel *c, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    size_t n = c->api->transport.transmit(c->handle, capdu, len, rapdu);
    return n >= SW_LEN && n <= TSM_API_MAX_APDU ? n : 0;
}

/* 61xx: more waits behind this piece. */
static size_t join(struct channel *c, uint8_t class, uint8_t *rapdu, size_t n)
{
    uint8_t *piece = malloc(TSM_API_MAX_APDU);
    while (piece && n >= SW_LEN && rapdu[n - SW_LEN] == SW1_MORE) {
        const uint8_t fetch[] = {class & CHANNEL_BITS, INS_GET_RESPONSE, 0, 0, rapdu[n - 1]};
        size_t more = send_once(c, fetch, sizeof fetch, piece);
        if (more == 0 || n - SW_LEN + more > TSM_API_MAX_APDU) {
            n = 0;
            break;
        }
        memcpy(rapdu + n - SW_LEN, piece, more);
        n += more - SW_LEN;
    }
    free(piece);
    return piece ? n : 0;
}

size_t channel_transmit(struct channel *c, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    size_t n = 0;
    if (!c->handle || len < MIN_CAPDU || len > TSM_API_MAX_APDU)
        return 0;
    n = send_once(c, capdu, len, rapdu);
    if (n == SW_LEN && rapdu[0] == SW1_WRONG_LE && len == SHORT_CASE_2) {
        const uint8_t again[] = {capdu[0], capdu[1], capdu[2], capdu[3], rapdu[1]};
        n = send_once(c, again, sizeof again, rapdu);
    }
    if (n >= SW_LEN && rapdu[n - SW_LEN] == SW1_MORE)
        n = join(c, capdu[0], rapdu, n);
    say(c, capdu, len, rapdu, n);
    if (n == 0)
        channel_close(c);
    return n;
}
