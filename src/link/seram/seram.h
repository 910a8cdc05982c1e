/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Remote Agent of GP SERAM: the two addresses that a device's agent calls. Station 9. Edge.
 * [GP SERAM 2.0.0, HTTP REST Binding]
 */
#ifndef TSM_LINK_SERAM_SERAM_H
#define TSM_LINK_SERAM_SERAM_H

#include "http/server.h"
#include "link/seram/seram_message.h"

enum {
    SERAM_SESSION_MAX = 64, /* characters of a sessionId; letters, digits and '-' */
    SERAM_WAIT_MS = 25000,  /* how long a report may be held: the standard advises less than 30 s */
    SERAM_BODY_MAX = 512 * 1024,
    SERAM_STORE = 64 * 1024, /* octets of C-APDUs and notes in one order */
};

/*
 * What stands behind the addresses. NOT_FOUND (also EXPIRED) means that there is no such session: 404.
 * UNSUPPORTED in a handshake: 406. Calls for different sessions come from different threads at once.
 */
struct seram_port {
    void *self;
    /* The device names its elements; hints, nothing proved. */
    enum tsm_err (*handshake)(void *self, const char *session_id, const struct seram_element *elements,
                              size_t n);
    /*
     * Takes a report and fills the next order, which comes without commands and with SERAM_DELAY_MS. May
     * block up to wait_ms while there is nothing to do. What the report means must be stored before this
     * returns.
     */
    enum tsm_err (*report)(void *self, const char *session_id, const struct seram_report *report,
                           struct seram_order *next, unsigned wait_ms);
    unsigned wait_ms; /* 0 means SERAM_WAIT_MS; never more */
};

/* POST /gp/seram/handshake and /gp/seram/remoteManagement; their app is a struct seram_port. */
extern const struct http_route seram_routes[];

#endif
