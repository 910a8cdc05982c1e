/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS connections kept alive, alone and many at once. Bench only. */
#include "net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

enum { CONNECTIONS_MAX = 64 };

enum tsm_err net_tls(const char *ca_file, SSL_CTX **out)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (!tls || SSL_CTX_load_verify_locations(tls, ca_file, NULL) != 1) {
        SSL_CTX_free(tls);
        return FAIL(IO, "%s is no file of certificates", ca_file);
    }
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    *out = tls;
    return TSM_OK;
}

enum tsm_err net_open(SSL_CTX *tls, unsigned port, struct net *n)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int yes = 1;
    n->ssl = SSL_new(tls);
    n->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    NEED(n->ssl != NULL && n->fd >= 0, NO_MEMORY);
    setsockopt(n->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(n->fd, (struct sockaddr *)&to, sizeof to) != 0 || SSL_set_fd(n->ssl, n->fd) != 1 ||
        SSL_connect(n->ssl) != 1)
        return FAIL(PEER_DOWN, "no TLS with 127.0.0.1:%u", port);
    return TSM_OK;
}

void net_close(struct net *n)
{
    SSL_free(n->ssl);
    if (n->fd > 0)
        close(n->fd);
    n->ssl = NULL;
    n->fd = -1;
}

/* Octets of the whole reply, 0 while its head is not there yet. */
static size_t reply_length(struct net *n)
{
    const char *end = strstr(n->reply, "\r\n\r\n"), *field;
    if (!end)
        return 0;
    n->body = end + 4;
    field = strcasestr(n->reply, "\r\nContent-Length:");
    return (size_t)(n->body - n->reply) + (field && field < end ? strtoul(field + 17, NULL, 10) : 0);
}

enum tsm_err net_ask(struct net *n, const char *request, size_t len, int *status)
{
    size_t got = 0, whole = 0;
    NEED(SSL_write(n->ssl, request, (int)len) == (int)len, PEER_DOWN);
    do {
        int r = SSL_read(n->ssl, n->reply + got, (int)(NET_REPLY_MAX - 1 - got));
        NEED(r > 0, PEER_DOWN);
        got += (size_t)r;
        n->reply[got] = 0;
        if (!whole)
            whole = reply_length(n);
        NEED(whole < NET_REPLY_MAX, TOO_LONG);
    } while (whole == 0 || got < whole);
    NEED(got == whole && strlen(n->reply) > 12, BAD_FORM);
    *status = atoi(n->reply + 9);
    return TSM_OK;
}

struct runner {
    const struct load *load;
    struct net net;
    pthread_t thread;
    enum tsm_err err;
    char cause[ERR_CAUSE_MAX];
    struct crowd *crowd;
};

struct crowd {
    _Atomic size_t next;
    double *latency;
    struct runner *runners[CONNECTIONS_MAX];
};

static enum tsm_err run_one(struct runner *r, size_t i)
{
    char request[NET_REQUEST_MAX];
    size_t len = r->load->make(r->load->self, i, request);
    double from = seconds_now();
    int status;
    TRY(net_ask(&r->net, request, len, &status));
    r->crowd->latency[i] = seconds_now() - from;
    if (status != r->load->status)
        return FAIL(PEER_REFUSED, "reply %d: %.150s", status, r->net.body);
    return TSM_OK;
}

static void *run_all(void *arg)
{
    struct runner *r = arg;
    for (;;) {
        size_t i = atomic_fetch_add(&r->crowd->next, 1);
        if (i >= r->load->n || r->err != TSM_OK)
            return NULL;
        r->err = run_one(r, i);
        if (r->err != TSM_OK)
            snprintf(r->cause, sizeof r->cause, "%s", err_cause());
    }
}

static enum tsm_err connect_all(const struct load *l, struct crowd *c)
{
    for (unsigned i = 0; i < l->connections; i++) {
        c->runners[i] = calloc(1, sizeof *c->runners[i]);
        NEED(c->runners[i] != NULL, NO_MEMORY);
        c->runners[i]->load = l;
        c->runners[i]->crowd = c;
        TRY(net_open(l->tls, l->port, &c->runners[i]->net));
    }
    return TSM_OK;
}

static enum tsm_err run_crowd(const struct load *l, struct crowd *c, struct load_result *out)
{
    double from;
    unsigned started = 0;
    enum tsm_err e = TSM_OK;
    TRY(connect_all(l, c));
    from = seconds_now();
    while (started < l->connections &&
           pthread_create(&c->runners[started]->thread, NULL, run_all, c->runners[started]) == 0)
        started++;
    for (unsigned i = 0; i < started; i++)
        pthread_join(c->runners[i]->thread, NULL);
    out->seconds = seconds_now() - from;
    NEED(started == l->connections, NO_MEMORY);
    for (unsigned i = 0; i < started && e == TSM_OK; i++)
        if (c->runners[i]->err != TSM_OK)
            e = err_fail(c->runners[i]->err, ERR_HERE, "%s", c->runners[i]->cause);
    TRY(e);
    (void)median(c->latency, (unsigned)l->n); /* sorts */
    out->p50 = c->latency[l->n / 2];
    out->p99 = c->latency[l->n * 99 / 100];
    return TSM_OK;
}

enum tsm_err load_run(const struct load *l, struct load_result *out)
{
    struct crowd c = {.latency = calloc(l->n, sizeof *c.latency)};
    enum tsm_err e = c.latency && l->connections <= CONNECTIONS_MAX ? run_crowd(l, &c, out)
                                                                    : FAIL(NO_MEMORY, "no room for the load");
    for (unsigned i = 0; i < l->connections && i < CONNECTIONS_MAX; i++)
        if (c.runners[i]) {
            net_close(&c.runners[i]->net);
            free(c.runners[i]);
        }
    free(c.latency);
    return e;
}
