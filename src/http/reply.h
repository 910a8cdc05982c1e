/* SPDX-License-Identifier: Apache-2.0 */
/* The reply that a handler fills, its problem form, and its octets on the wire. Station 1. Pure but for
 * allocation. [RFC 9110 15, RFC 9112 4, RFC 9457] */
#ifndef TSM_HTTP_REPLY_H
#define TSM_HTTP_REPLY_H

#include "base/json.h"

enum { HTTP_EXTRA_MAX = 8, HTTP_TRACE_TEXT = 33 };

struct http_extra {
    const char *name; /* static text */
    char *value;      /* owned by the reply */
};

/* All zero at first; a handler that sets no status means 200 with a body and 204 without. */
struct http_reply {
    int status;
    const char *type; /* content type, static text; needed when there is a body */
    char *body;       /* owned by the reply (malloc), unless body_is_static */
    size_t size;
    bool body_is_static;         /* the body lives as long as the process, as embedded files do */
    char trace[HTTP_TRACE_TEXT]; /* trace id shown in a problem; "" for none */
    size_t n_extra;
    struct http_extra extra[HTTP_EXTRA_MAX];
};

int http_reply_status(const struct http_reply *r);
/* Frees what the reply owns and zeroes it; legal on a zero reply. */
void http_reply_drop(struct http_reply *r);

/*
 * Sets status and a JSON body; takes over the reference of `value` on every path. NO_MEMORY also when `value`
 * is NULL, so that a failed json_pack needs no test of its own.
 */
enum tsm_err http_reply_json(struct http_reply *r, int status, json_t *value);
/* Sets status and a body that the reply owns from now on; NO_MEMORY (and nothing else) when body is NULL. */
enum tsm_err http_reply_text(struct http_reply *r, int status, const char *type, char *body);
/* Adds a header (name: static text); BAD_VALUE when the value holds a control character (no header is ever
 * split), NO_ROOM above 8. */
enum tsm_err http_reply_header(struct http_reply *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Replaces the reply by application/problem+json: {type, title, status, detail, code, field?, trace?}.
 * Status, title and code come from the error, detail and field from the cause of the calling thread. A 401
 * carries WWW-Authenticate, a 503 Retry-After.
 */
void http_reply_problem(struct http_reply *r, enum tsm_err e);
/* The same for a status that no error has (406, 431, 505 and the like). */
void http_reply_refusal(struct http_reply *r, int status, const char *detail);

/* What the connection knows and the reply does not. */
struct http_framing {
    bool close;       /* this is the last reply on the connection */
    bool head_only;   /* the request was HEAD: length, but no body */
    bool old_peer;    /* the request was HTTP/1.0: keep-alive must be said */
    const char *date; /* IMF-fixdate */
};
/* Writes status line and header fields [RFC 9112 4]; the body follows unchanged. NO_ROOM when it does not
 * fit. */
enum tsm_err http_reply_head(const struct http_reply *r, const struct http_framing *f, struct writer *w);

#endif
