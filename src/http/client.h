/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client for callbacks and partners: libcurl with our limits and our errors. Station 12. Edge. [RFC
 * 9110, RFC 6750 2.1] */
#ifndef TSM_HTTP_CLIENT_H
#define TSM_HTTP_CLIENT_H

#include "base/bytes.h"

enum {
    HTTP_ANSWER_MAX = 1 << 20, /* of a client that names no limit */
    HTTP_CALL_FIELDS_MAX = 8,  /* extra header fields of a call */
    HTTP_CONNECT_MS = 5000,    /* of a client that names no limit */
    HTTP_CALL_MS = 30000,
};

/* Who we are and whom we trust. Texts are copied. Every 0 means the constant above. */
struct http_client_config {
    const char *ca_file;              /* PEM; NULL means the system's */
    const char *cert_file, *key_file; /* PEM, for mutual TLS; NULL for none */
    const char *bearer;               /* sent as Authorization; NULL for none */
    bool allow_plain;                 /* http:// to a loopback address, for laboratories */
    unsigned connect_ms, call_ms;
    size_t answer_max;
};

struct http_call {
    const char *method, *url;
    const char *content_type; /* NULL without a body */
    struct bytes body;
    struct bytes trust; /* PEM: for this call these certificates alone are trusted, and the call is TLS only;
                           none: those of the client */
    size_t n_fields;
    struct {
        const char *name, *value;
    } fields[HTTP_CALL_FIELDS_MAX];
};

struct http_answer {
    int status;
    char content_type[128]; /* media type as it came, "" when none */
    unsigned retry_after_s; /* 0 when the answer names no delay in seconds */
    char *body; /* owned by the caller (free); a 0 follows the last octet; never NULL on success */
    size_t size;
};

struct http_client;

enum tsm_err http_client_new(const struct http_client_config *config, struct http_client **out);
void http_client_free(struct http_client *c); /* NULL is legal */

/*
 * One call, at any thread; each thread keeps its own connections alive. TSM_OK means that an answer of any
 * status came. PEER_DOWN: no connection, or it broke, also in the TLS handshake. TIMED_OUT: call_ms ran out.
 * PEER_REFUSED: its certificate or ours is not accepted. TOO_LONG: the answer exceeds answer_max. Redirects
 * are not followed. Whether the peer acted on a call that failed is unknown: callers carry an idempotency
 * key.
 */
enum tsm_err http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *out);
void http_answer_drop(struct http_answer *a);
/* Would a call to this address be made at all? https:// always; http:// to a loopback address where the
 * client allows it. For addresses that are stored now and called later. */
bool http_client_takes(const struct http_client *c, const char *url);

/* What a status means to a sender: 2xx is TSM_OK; 408, 425, 429, 502, 503 and 504 BUSY (send it again later);
 * 500 and other 5xx PEER_DOWN (again later); all others PEER_REFUSED. */
enum tsm_err http_answer_class(int status);

#endif
