/* SPDX-License-Identifier: Apache-2.0 */
/* The handset's secure components: what they tell of themselves, and channels to them, one at a time. Edge.
 * [TR-03165 3.2.1, GPCS 2.3.1 11.3, H.2, H.4, H.6] */
#ifndef OPENTSM_SDK_ELEMENTS_H
#define OPENTSM_SDK_ELEMENTS_H

#include "client/client.h"

enum { ELEMENT_ID_MAX = 68 };

/* Reads every reader that is not busy (a busy one is as it was read last). Returns how many there are; `out`
 * has TSM_API_MAX_READERS. */
size_t elements_describe(struct tsm_api *api, struct component *out);

/* 0 unless there are readers and none lets the app in: then 9, 10 or 11. */
struct tsm_api_status elements_status(const struct component *components, size_t n);
struct tsm_api_status access_status(enum tsm_api_access a);

/* An open channel. */
struct channel {
    struct tsm_api *api;
    char reader[TSM_API_MAX_NAME + 1];
    void *handle; /* NULL: closed */
};

/* Waits until nobody else has the reader; NO_CHANNEL also when the client closes meanwhile. */
enum tsm_api_access channel_open(struct tsm_api *api, const char *reader, struct channel *out);
/* One command; the pieces of an answer that comes in several [61xx] are joined, and a wrong length [6Cxx] is
 * mended, as the Open Mobile API does. Returns the length of the R-APDU, 0 when the channel is lost; it is
 * closed then. `rapdu` has TSM_API_MAX_APDU octets. */
size_t channel_transmit(struct channel *c, const uint8_t *capdu, size_t len, uint8_t *rapdu);
void channel_close(struct channel *c);

/* How SERAM calls the element of a reader: its kind, and the CUID, ICCID or name in `id` (ELEMENT_ID_MAX +
 * 1). */
const char *element_type(const char *reader);
void element_id(struct tsm_api *api, const char *reader, char *id);

#endif
