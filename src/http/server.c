/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server from its configuration: address, TLS, limits, start and stop. Station 1. Edge. */
#include "http/server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "http/serve/loop.h"

enum { BACKLOG = 1024 };

struct http_server {
    struct loop loop;
    uint16_t port;
};

static void set_limits(struct http_limits *m)
{
#define DEFAULT(field, value)   \
    do {                        \
        if (!m->field)          \
            m->field = (value); \
    } while (0)
    DEFAULT(workers, 16);
    DEFAULT(connections, 4096);
    DEFAULT(per_peer, 1024);
    DEFAULT(in_flight, m->workers);
    DEFAULT(body_bytes, (size_t)256 << 20);
    DEFAULT(head_ms, 10000);
    DEFAULT(body_ms, 30000);
    DEFAULT(write_ms, 30000);
    DEFAULT(idle_ms, 60000);
    DEFAULT(shed_ms, 1000);
    DEFAULT(drain_ms, 5000);
#undef DEFAULT
}

/* A numeric address of either family. */
static enum tsm_err read_address(const struct http_config *c, struct sockaddr_storage *out, socklen_t *len)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(c->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(c->port)};
    bool loopback;
    if (inet_pton(AF_INET, c->address, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof v4);
        *len = sizeof v4;
        loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    } else if (inet_pton(AF_INET6, c->address, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof v6);
        *len = sizeof v6;
        loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    } else {
        return FAIL(BAD_VALUE, "%s is no numeric IP address", c->address);
    }
    if (!c->tls && !loopback)
        return FAIL(NOT_ALLOWED, "plain HTTP is for loopback addresses only, and %s is none", c->address);
    return TSM_OK;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n))
        return 0;
    return ntohs(a.ss_family == AF_INET ? ((struct sockaddr_in *)&a)->sin_port
                                        : ((struct sockaddr_in6 *)&a)->sin6_port);
}

static enum tsm_err bind_listener(struct http_server *s, const struct http_config *c)
{
    struct sockaddr_storage address = {0};
    socklen_t len = 0;
    int one = 1;
    TRY(read_address(c, &address, &len));
    s->loop.listener = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->loop.listener < 0)
        return FAIL(IO, "no socket to listen on %s: %m", c->address);
    setsockopt(s->loop.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s->loop.listener, (struct sockaddr *)&address, len) || listen(s->loop.listener, BACKLOG))
        return FAIL(IO, "port %u of %s cannot be taken: %m", c->port, c->address);
    s->port = port_of(s->loop.listener);
    return TSM_OK;
}

static enum tsm_err set_up(struct http_server *s, const struct http_config *c)
{
    struct house *h = &s->loop.house;
    h->limits = c->limits;
    set_limits(&h->limits);
    crowd_init(&h->crowd, h->limits.connections, h->limits.per_peer);
    peer_cache_init(&h->peers);
    h->manners = c->manners;
    if (c->tls)
        TRY(tls_context(c->tls, &h->tls));
    TRY(route_list_make(c->routes, c->n_routes, &h->routes));
    TRY(bind_listener(s, c));
    s->loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    s->loop.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->loop.epoll < 0 || s->loop.wake < 0)
        return FAIL(IO, "no event queue for the listener on %s: %m", c->address);
    return TSM_OK;
}

static void shut(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void server_free(struct http_server *s)
{
    shut(s->loop.listener);
    shut(s->loop.epoll);
    shut(s->loop.wake);
    route_list_drop(&s->loop.house.routes);
    SSL_CTX_free(s->loop.house.tls);
    peer_cache_drop(&s->loop.house.peers);
    crowd_drop(&s->loop.house.crowd);
    free(s);
}

enum tsm_err http_server_new(const struct http_config *config, struct http_server **out)
{
    struct http_server *s = calloc(1, sizeof *s);
    enum tsm_err e;
    NEED(s, NO_MEMORY);
    s->loop.listener = s->loop.epoll = s->loop.wake = -1;
    e = set_up(s, config);
    if (e != TSM_OK) {
        server_free(s);
        return e;
    }
    *out = s;
    return TSM_OK;
}

enum tsm_err http_server_start(struct http_server *s)
{
    /* OpenSSL writes with write(2): a peer that is gone must be an error, not a signal. */
    signal(SIGPIPE, SIG_IGN);
    return loop_start(&s->loop);
}

uint16_t http_server_port(const struct http_server *s)
{
    return s->port;
}

void http_server_counts(const struct http_server *s, struct http_counts *out)
{
    struct house *h = (struct house *)(uintptr_t)&s->loop.house;
    struct http_counts c = {.refused = h->refused,
                            .shed = h->shed,
                            .cut = h->cut,
                            .turned_away = h->turned_away,
                            .failed_handshakes = h->failed_handshakes,
                            .connections_now = crowd_size(&h->crowd),
                            .in_flight_now = atomic_load(&h->in_flight)};
    for (size_t i = 0; i < STATUS_CLASSES; i++)
        c.by_class[i] = h->by_class[i];
    *out = c;
}

void http_server_stop(struct http_server *s)
{
    if (!s)
        return;
    loop_stop(&s->loop);
    server_free(s);
}
