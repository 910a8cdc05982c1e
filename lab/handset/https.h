/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS client of the handset and the bank: JSON requests with cookies, named time limits and a pinned CA;
 * plain http is taken for loopback addresses alone. Edge. [GP SERAM HTTP REST Binding, RFC 2818, RFC 6265] */
#ifndef LAB_HANDSET_HTTPS_H
#define LAB_HANDSET_HTTPS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTPS_ANSWER_MS = 40000, /* "within a 40 seconds delay", binding, Transmission Errors */
    HTTPS_CONNECT_MS = 10000,
    HTTPS_MAX_BODY = 4 * 1024 * 1024,
    HTTPS_MAX_ERROR = 256,
};

struct https; /* one server's connection, kept alive between requests */

struct https_request {
    const char *url;
    const char *json;            /* body of a POST; NULL: GET */
    const char *bearer;          /* token of RFC 6750, or NULL */
    const char *idempotency_key; /* or NULL */
    bool lose_answer;            /* fault: the request arrives, the connection drops before the answer */
};

struct https_answer {
    long status;
    char *body; /* NUL-terminated; free with https_answer_clear */
    size_t len;
};

/* ca_file: PEM of the only trusted CA, NULL for the system's. NULL when there is no memory. */
struct https *https_new(const char *ca_file);
void https_free(struct https *h);

/* True for https:// and for http:// to a loopback address. */
bool https_url_allowed(const char *url);

/* Sends one request. True with an answer of any status; false when none came (why in https_error). */
bool https_send(struct https *h, const struct https_request *r, struct https_answer *out);
void https_answer_clear(struct https_answer *a);
const char *https_error(const struct https *h);

#endif
