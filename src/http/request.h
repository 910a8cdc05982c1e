/* SPDX-License-Identifier: Apache-2.0 */
/* The request that a handler sees: texts, body, who asks. Station 1. Pure. [RFC 9110 8.3, RFC 6750 2.1] */
#ifndef TSM_HTTP_REQUEST_H
#define TSM_HTTP_REQUEST_H

#include "http/message/head.h"
#include "http/message/target.h"

enum { HTTP_MEDIA_TYPE_MAX = 128, HTTP_TEXTS_MAX = HTTP_HEAD_MAX + HTTP_MEDIA_TYPE_MAX };

/* Everything borrows from the connection and is valid until the handler returns. Texts are never NULL. */
struct http_request {
    const char *method, *path, *query; /* path and query still percent-encoded; query "" when there is none */
    struct bytes body;
    const char *content_type; /* media type in lower case without parameters; "" when there is none that could
                               * be read: routes that name types refuse it before */
    const char *peer_address; /* text form of the IP address */
    const char *peer_name; /* common name, else first DNS name, of the client certificate; "" without one */
    const char *peer_fingerprint; /* SHA-256 of the certificate's DER in upper-case hex; "" without one */
    struct http_params params;    /* from the path, by the pattern of the route */
    size_t n_fields;
    const char *names[HTTP_LINES_MAX], *values[HTTP_LINES_MAX];
};

/*
 * Makes the texts of a request from its head into `texts` (HTTP_TEXTS_MAX always suffice). Body, peer and
 * params are left for the connection to fill.
 */
enum tsm_err http_request_read(const struct http_head *head, struct writer *texts, struct http_request *out);

/* The media type of a head in lower case, without parameters, into `texts` (HTTP_MEDIA_TYPE_MAX suffice); ""
 * without one. BAD_FORM, DUPLICATE_TAG. */
enum tsm_err http_media_type(const struct http_head *head, struct writer *texts, const char **out);

/* The first field of this name; NULL when there is none. */
const char *http_header(const struct http_request *r, const char *name);
/* A field that may occur once: MISSING_FIELD or DUPLICATE_TAG else. */
enum tsm_err http_header_once(const struct http_request *r, const char *name, const char **value);
/* The token of "Authorization: Bearer token": NOT_SIGNED_IN unless there is exactly one, well formed. */
enum tsm_err http_bearer(const struct http_request *r, const char **token);

/* A {name} of the route's pattern, decoded. NOT_FOUND for a text that nothing can have as its name: too long,
 * with a control character, no UTF-8; MISSING_FIELD when the pattern has no such name. */
enum tsm_err http_path_param(const struct http_request *r, const char *name, char *out, size_t cap);
/* A parameter of the query, decoded; errors as http_form_param, but BAD_VALUE for a value that does not fit.
 */
enum tsm_err http_query_param(const struct http_request *r, const char *name, char *out, size_t cap);

struct http_range {
    int64_t min, max, fallback; /* fallback: the value when the parameter is missing */
};
/* A whole number of the query; BAD_VALUE with the field named when it is none or out of range. */
enum tsm_err http_query_number(const struct http_request *r, const char *name, struct http_range range,
                               int64_t *out);

#endif
