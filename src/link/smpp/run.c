/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of a link: connects, carries octets between socket and session, and connects again. Station 9.
 * Edge. [SMPP 3.4 2.2] */
#include "link/smpp/run.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

time_us smpp_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (time_us)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Starts a connection; the socket becomes writable when it stands. */
static enum tsm_err dial(struct smpp_link *l)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char port[8];
    int one = 1, result;
    snprintf(port, sizeof port, "%u", l->config.port);
    if (getaddrinfo(l->config.host, port, &hints, &list))
        return FAIL(PEER_DOWN, "the name %s has no address", l->config.host);
    l->fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    result = l->fd < 0 ? -1 : connect(l->fd, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    if (result && errno != EINPROGRESS)
        return FAIL(PEER_DOWN, "no connection: %m");
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    l->connecting = true;
    l->connect_by = smpp_now() + (time_us)l->config.answer_ms * 1000;
    return TSM_OK;
}

static enum tsm_err on_connected(struct smpp_link *l)
{
    int error = 0;
    socklen_t n = sizeof error;
    if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &n) || error)
        return FAIL(PEER_DOWN, "no connection: %s", strerror(error));
    l->connecting = false;
    l->in_len = 0;
    return session_open(&l->session, smpp_now());
}

static void hang_up(struct smpp_link *l)
{
    session_lost(&l->session);
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    l->connecting = false;
}

static enum tsm_err flush(struct smpp_link *l)
{
    struct session *s = &l->session;
    struct bytes rest;
    while (s->out_len) {
        ssize_t n = send(l->fd, s->out, s->out_len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return TSM_OK;
        if (n < 0)
            return FAIL(PEER_DOWN, "the connection broke: %m");
        TRY(bytes_part(BYTES_OF(s->out, s->out_len), (size_t)n, s->out_len - (size_t)n, &rest));
        memmove(s->out, rest.at, rest.len);
        s->out_len = rest.len;
    }
    return TSM_OK;
}

/* Hands every whole PDU to the session; what is left is the start of the next. */
static enum tsm_err hear_all(struct smpp_link *l)
{
    struct reader r = READER(BYTES_OF(l->in, l->in_len));
    enum tsm_err e = TSM_OK;
    while (e == TSM_OK && r.left.len >= SMPP_HEAD_LEN) {
        struct bytes pdu;
        size_t len;
        TRY(smpp_frame(r.left, &len));
        if (r.left.len < len)
            break;
        TRY(read_span(&r, len, &pdu));
        e = session_hear(&l->session, pdu, smpp_now());
    }
    l->in_len = r.left.len;
    if (l->in_len)
        memmove(l->in, r.left.at, l->in_len);
    return e;
}

static enum tsm_err receive(struct smpp_link *l)
{
    struct writer w = {l->in, l->in_len, sizeof l->in};
    size_t room = w.cap - w.len;
    uint8_t *at;
    ssize_t n;
    TRY(write_slot(&w, room, &at));
    n = recv(l->fd, at, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return TSM_OK;
    if (n <= 0)
        return FAIL(PEER_DOWN, "the centre closed the connection");
    l->in_len += (size_t)n;
    return hear_all(l);
}

static int wait_ms(time_us until)
{
    time_us left = until - smpp_now();
    if (left <= 0)
        return 0;
    return left > SECONDS(3600) ? 3600 * 1000 : (int)((left + 999) / 1000);
}

/* Waits for socket, wake-up or time, whichever is first. */
static short wait_for(struct smpp_link *l, short events, time_us until)
{
    struct pollfd p[2] = {{.fd = l->wake, .events = POLLIN}, {.fd = l->fd, .events = events}};
    uint64_t drained;
    if (poll(p, l->fd >= 0 ? 2 : 1, wait_ms(until)) <= 0)
        return 0;
    if (p[0].revents && read(l->wake, &drained, sizeof drained) < 0 && errno != EAGAIN)
        return POLLERR;
    return l->fd >= 0 ? p[1].revents : 0;
}

static enum tsm_err connecting_round(struct smpp_link *l)
{
    short got = wait_for(l, POLLOUT, l->connect_by);
    if (got)
        return on_connected(l);
    NEED(smpp_now() < l->connect_by, TIMED_OUT);
    return TSM_OK;
}

/* What the handlers have made durable since, or could not. */
static enum tsm_err acknowledge(struct smpp_link *l)
{
    enum tsm_err e = TSM_OK;
    struct settled *all, *next;
    pthread_mutex_lock(&l->lock);
    all = l->settled;
    l->settled = NULL;
    l->settled_last = &l->settled;
    pthread_mutex_unlock(&l->lock);
    for (; all; all = next) {
        next = all->next;
        if (e == TSM_OK)
            e = session_acknowledge(&l->session, &all->ticket, all->result);
        free(all);
    }
    return e;
}

static enum tsm_err talking_round(struct smpp_link *l)
{
    short events = l->session.out_len ? POLLIN | POLLOUT : POLLIN;
    short got = wait_for(l, events, session_wake_at(&l->session, smpp_now()));
    enum tsm_err e = TSM_OK;
    if (got & (POLLIN | POLLHUP | POLLERR))
        e = receive(l);
    if (e == TSM_OK)
        e = acknowledge(l);
    if (e == TSM_OK)
        e = session_go_on(&l->session, smpp_now());
    /* What the session still wanted to say (an answer to unbind, say) is sent before the connection ends. */
    return flush(l) == TSM_OK ? e : TSM_PEER_DOWN;
}

/* One connection from dialling to its end. */
static void talk(struct smpp_link *l)
{
    enum tsm_err e = dial(l);
    bool leaving = false;
    while (e == TSM_OK) {
        e = l->connecting ? connecting_round(l) : talking_round(l);
        if (l->session.state == SESSION_BOUND)
            backoff_reset(&l->backoff);
        if (e != TSM_OK || !atomic_load(&l->quit) || leaving)
            continue;
        leaving = true;
        e = session_leave(&l->session, smpp_now());
        if (e == TSM_OK)
            e = flush(l);
    }
    hang_up(l);
}

void *smpp_run(void *link)
{
    struct smpp_link *l = link;
    while (!atomic_load(&l->quit)) {
        time_us again;
        talk(l);
        if (l->session.refused)
            l->backoff.next = l->backoff.max;
        again = smpp_now() + backoff_next(&l->backoff, l->session.random);
        while (!atomic_load(&l->quit) && smpp_now() < again)
            wait_for(l, 0, again);
    }
    session_give_up(&l->session);
    return NULL;
}
