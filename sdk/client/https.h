/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line to a server: JSON requests over https alone, one at a time, with named time limits, a bound on
 * what is answered, no redirects, and the server's certificate verified always. Another thread can end what
 * is under way. Edge. [RFC 9110, RFC 2818, GP SERAM HTTP REST Binding]
 */
#ifndef OPENTSM_SDK_HTTPS_H
#define OPENTSM_SDK_HTTPS_H

#include "base/bytes.h"

enum { HTTPS_MAX_ANSWER = 1024 * 1024, HTTPS_MAX_URL = 1024, HTTPS_MAX_ERROR = 256 };

struct https;

struct https_config {
    const char *ca_file; /* PEM, or NULL: the system's; borrowed */
    const char *proxy;   /* or NULL; borrowed */
    bool cookies;        /* keep the cookies of this line [RFC 6265] */
};

enum https_end {
    HTTPS_ANSWERED,
    HTTPS_NO_CONNECTION, /* nothing was sent */
    HTTPS_LOST,          /* sent perhaps, not answered */
    HTTPS_TOO_LONG,      /* more than HTTPS_MAX_ANSWER */
    HTTPS_STOPPED,       /* by https_stop */
};

struct https_request {
    const char *url;
    const char *json;   /* body of a POST; NULL: GET */
    const char *bearer; /* token of RFC 6750, or NULL */
};

struct https_answer {
    long status;
    uint8_t *at; /* wiped and freed by https_answer_clear */
    size_t len;
};

/* NULL when memory is exhausted. */
struct https *https_new(const struct https_config *c);
void https_free(struct https *h);

/* *out is an answer of any status only with HTTPS_ANSWERED; else https_error says why in English. */
enum https_end https_send(struct https *h, const struct https_request *r, struct https_answer *out);
void https_answer_clear(struct https_answer *a);
const char *https_error(const struct https *h);

/* Waits; false when it was stopped meanwhile. */
bool https_pause(struct https *h, unsigned ms);

/* From any thread: ends the request or pause that is under way, and those that come, until https_go. */
void https_stop(struct https *h);
void https_go(struct https *h);

#endif
