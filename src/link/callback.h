/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a provider: one JSON event to its address, with an idempotency key. Station 12. Edge. [RFC
 * 9110 9.2.2] */
#ifndef TSM_LINK_CALLBACK_H
#define TSM_LINK_CALLBACK_H

#include "http/client.h"

struct callback {
    const char *url;
    const char *key;   /* sent as Idempotency-Key: the receiver acts on it once, however often it comes */
    const char *trace; /* 32 hex digits, sent as traceparent; "" for none */
    const char *json;
    struct bytes
        trust; /* PEM: the receiver's certificate must come from these alone; none: from the client's */
};

/* What came back, on every path: 0 for no answer; the delay that the receiver wishes, 0 without one. */
struct callback_answer {
    int status;
    unsigned retry_after_s;
};

/*
 * Delivers once; the caller repeats. TSM_OK: any 2xx. BUSY, PEER_DOWN and TIMED_OUT may be repeated later.
 * PEER_REFUSED: the receiver will not have it (with a status), or its certificate is not trusted (without).
 * Other errors as http_client_call.
 */
enum tsm_err callback_deliver(struct http_client *client, const struct callback *c,
                              struct callback_answer *out);

#endif
