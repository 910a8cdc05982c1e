/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTPS connection as a partner's system keeps one: blocking, TLS, kept alive; and many of them at once.
 * Bench only.
 */
#ifndef TSM_BENCH_NET_H
#define TSM_BENCH_NET_H

#include <openssl/ssl.h>
#include <stddef.h>

#include "base/error.h"

enum { NET_REQUEST_MAX = 8192, NET_REPLY_MAX = 256 * 1024 };

struct net {
    SSL *ssl;
    int fd;
    char reply[NET_REPLY_MAX]; /* head and body of the last reply, with a final 0 */
    const char *body;
    size_t got, whole; /* octets of the reply that are there, and that it will have */
};
/* To 127.0.0.1, judged by the CA of `tls`. IO with the cause. */
enum tsm_err net_open(SSL_CTX *tls, unsigned port, struct net *n);
void net_close(struct net *n);
/* One request, ready to be sent; *status is the reply's. */
enum tsm_err net_ask(struct net *n, const char *request, size_t len, int *status);
/* A context that trusts the CA of this PEM file alone. */
enum tsm_err net_tls(const char *ca_file, SSL_CTX **out);

/* Requests over several connections at once, each with the next request as soon as it has its reply. */
struct load {
    SSL_CTX *tls;
    unsigned port, connections;
    size_t n;
    size_t (*make)(void *self, size_t i, char *request); /* request i; returns its length */
    void *self;
    int status; /* that every reply must have */
};
struct load_result {
    double seconds, p50, p99; /* p: seconds from the first octet sent to the last received */
};
/* CARD_REFUSED, with the first other reply as cause, when one was not `status`. */
enum tsm_err load_run(const struct load *l, struct load_result *out);

#endif
