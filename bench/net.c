/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS connections kept alive, alone and many at once. Bench only. */
#include "net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench.h"

enum { CONNECTIONS_MAX = 64, WAIT_MS = 20000 };

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

/* Takes what SSL_read gave; *done when the reply is whole. */
static enum tsm_err take(struct net *n, int got, bool *done)
{
    NEED(got > 0, PEER_DOWN);
    n->got += (size_t)got;
    n->reply[n->got] = 0;
    if (!n->whole)
        n->whole = reply_length(n);
    NEED(n->whole < NET_REPLY_MAX && (n->whole == 0 || n->got <= n->whole), TOO_LONG);
    *done = n->whole && n->got == n->whole;
    return TSM_OK;
}

static enum tsm_err ask(struct net *n, const char *request, size_t len)
{
    n->got = n->whole = 0;
    NEED(SSL_write(n->ssl, request, (int)len) == (int)len, PEER_DOWN);
    return TSM_OK;
}

static int reply_status(const struct net *n)
{
    return strlen(n->reply) > 12 ? atoi(n->reply + 9) : 0; /* "HTTP/1.1 200 " */
}

enum tsm_err net_ask(struct net *n, const char *request, size_t len, int *status)
{
    bool done = false;
    TRY(ask(n, request, len));
    while (!done)
        TRY(take(n, SSL_read(n->ssl, n->reply + n->got, (int)(NET_REPLY_MAX - 1 - n->got)), &done));
    *status = reply_status(n);
    return TSM_OK;
}

/* All connections in one thread, as a load generator should be: it takes little of the machine that it
 * shares. */
struct crowd {
    const struct load *load;
    int epoll;
    size_t next, over;
    double *latency;
    struct flow {
        struct net net;
        size_t i;
        double from;
    } * flow;
};

static enum tsm_err next_request(struct crowd *c, struct flow *f)
{
    char request[NET_REQUEST_MAX];
    size_t len;
    if (c->next == c->load->n)
        return TSM_OK;
    f->i = c->next++;
    len = c->load->make(c->load->self, f->i, request);
    f->from = seconds_now();
    return ask(&f->net, request, len);
}

static enum tsm_err finish(struct crowd *c, struct flow *f)
{
    c->latency[f->i] = seconds_now() - f->from;
    c->over++;
    if (reply_status(&f->net) != c->load->status)
        return FAIL(PEER_REFUSED, "reply %d: %.150s", reply_status(&f->net), f->net.body);
    return next_request(c, f);
}

static enum tsm_err pump(struct crowd *c, struct flow *f)
{
    for (;;) {
        struct net *n = &f->net;
        int got = SSL_read(n->ssl, n->reply + n->got, (int)(NET_REPLY_MAX - 1 - n->got));
        bool done;
        if (got <= 0 && SSL_get_error(n->ssl, got) == SSL_ERROR_WANT_READ)
            return TSM_OK;
        TRY(take(n, got, &done));
        if (done)
            TRY(finish(c, f));
    }
}

static enum tsm_err connect_all(struct crowd *c)
{
    for (unsigned i = 0; i < c->load->connections; i++) {
        struct flow *f = &c->flow[i];
        struct epoll_event e = {.events = EPOLLIN, .data = {.ptr = f}};
        TRY(net_open(c->load->tls, c->load->port, &f->net));
        NEED(fcntl(f->net.fd, F_SETFL, O_NONBLOCK) == 0 &&
                 epoll_ctl(c->epoll, EPOLL_CTL_ADD, f->net.fd, &e) == 0,
             IO);
    }
    return TSM_OK;
}

static enum tsm_err run_crowd(struct crowd *c)
{
    struct epoll_event ready[CONNECTIONS_MAX];
    for (unsigned i = 0; i < c->load->connections; i++)
        TRY(next_request(c, &c->flow[i]));
    while (c->over < c->load->n) {
        int n = epoll_wait(c->epoll, ready, CONNECTIONS_MAX, WAIT_MS);
        if (n == 0)
            return FAIL(TIMED_OUT, "no reply in %d ms", WAIT_MS);
        for (int i = 0; i < n; i++)
            TRY(pump(c, ready[i].data.ptr));
    }
    return TSM_OK;
}

static enum tsm_err measure_crowd(struct crowd *c, struct load_result *out)
{
    size_t n = c->load->n;
    double from;
    NEED(c->latency && c->flow && c->epoll >= 0 && c->load->connections <= CONNECTIONS_MAX, NO_MEMORY);
    TRY(connect_all(c));
    from = seconds_now();
    TRY(run_crowd(c));
    out->seconds = seconds_now() - from;
    (void)median(c->latency, (unsigned)n); /* sorts */
    out->p50 = c->latency[n / 2];
    out->p99 = c->latency[n * 99 / 100];
    return TSM_OK;
}

enum tsm_err load_run(const struct load *l, struct load_result *out)
{
    struct crowd c = {.load = l,
                      .epoll = epoll_create1(EPOLL_CLOEXEC),
                      .latency = calloc(l->n, sizeof *c.latency),
                      .flow = calloc(l->connections, sizeof *c.flow)};
    enum tsm_err e = measure_crowd(&c, out);
    for (unsigned i = 0; c.flow && i < l->connections; i++)
        net_close(&c.flow[i].net);
    if (c.epoll >= 0)
        close(c.epoll);
    free(c.flow);
    free(c.latency);
    return e;
}
