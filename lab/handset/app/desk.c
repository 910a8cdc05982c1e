/* SPDX-License-Identifier: Apache-2.0 */
/* A card in a reader of this machine as the handset's element. Edge (station 9). [PC/SC Part 5] */
#include "handset/app/desk.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef HAVE_SDK_PCSC
#include <opentsm_tsm_pcsc.h>

struct desk {
    struct tsm_api_pcsc *readers;
    struct tsm_api_transport transport;
    void *channel;
};

struct desk *desk_new(const char *which)
{
    struct desk *d = calloc(1, sizeof *d);
    if (d && !(d->readers = tsm_api_pcsc_new(which))) {
        free(d);
        return NULL;
    }
    if (d)
        d->transport = tsm_api_pcsc_transport(d->readers);
    return d;
}

void desk_free(struct desk *d)
{
    if (d)
        tsm_api_pcsc_free(d->readers);
    free(d);
}

enum tsm_api_access desk_open(struct desk *d)
{
    char name[1][TSM_API_MAX_NAME + 1];
    if (d->transport.readers(d->transport.self, name, 1) == 0)
        return TSM_API_ACCESS_DENIED;
    return d->transport.open(d->transport.self, name[0], &d->channel);
}

size_t desk_transmit(struct desk *d, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    return d->transport.transmit(d->channel, capdu, len, rapdu);
}

void desk_close(struct desk *d)
{
    d->transport.close(d->channel);
}

#else

struct desk *desk_new(const char *which)
{
    fprintf(stderr, "handset: reader %s: this program was built without PC/SC\n", which);
    return NULL;
}

void desk_free(struct desk *d)
{
    free(d);
}

enum tsm_api_access desk_open(struct desk *d)
{
    (void)d;
    return TSM_API_ACCESS_DENIED;
}

size_t desk_transmit(struct desk *d, const uint8_t *capdu, size_t len, uint8_t *rapdu)
{
    (void)d, (void)capdu, (void)len, (void)rapdu;
    return 0;
}

void desk_close(struct desk *d)
{
    (void)d;
}

#endif
