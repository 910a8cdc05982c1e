/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partner messages as JSON over mutual TLS: POST /partner/v1/{verb}, both the server's route and the client's
 * call. The body is opaque here; what the verbs mean is order/partner.h. Station 6. Edge.
 */
#ifndef TSM_LINK_PARTNER_H
#define TSM_LINK_PARTNER_H

#include "http/client.h"
#include "http/server.h"

enum { PARTNER_VERB_MAX = 40, PARTNER_KEY_MAX = 128, PARTNER_BODY_MAX = 1 << 20, PARTNER_TRACE = 33 };

/* A message from an authenticated peer; everything is valid during the call only. */
struct partner_message {
    const char *verb;                         /* letters a-z and '-' */
    const char *key;                          /* idempotency key, 1 to 128 visible characters */
    char trace[PARTNER_TRACE];                /* from traceparent; "" without one */
    const char *peer_name, *peer_fingerprint; /* of the client certificate */
    struct bytes json;                        /* a well-formed JSON object */
};

/*
 * Who receives messages: stores one before it returns, so that the peer may forget it. NOT_FOUND for an
 * unknown verb, NOT_ALLOWED for an unknown peer, any other error as it is. *answer (owned by the caller, may
 * be NULL) is a JSON text sent with 200; without one the peer gets 202.
 */
struct partner_port {
    void *self;
    enum tsm_err (*received)(void *self, const struct partner_message *m, char **answer);
};

/* The app of this table is a struct partner_port. The listener must ask for client certificates: a peer
 * without one gets NOT_ALLOWED. */
extern const struct http_route partner_routes[];

/*
 * Sends one message; `self` is a struct http_client with our certificate, `url` the peer's origin without a
 * final '/'. TSM_OK: the peer has stored it. Errors as callback_deliver.
 */
enum tsm_err partner_send(void *self, const char *url, const char *verb, const char *key, const char *json);

#endif
