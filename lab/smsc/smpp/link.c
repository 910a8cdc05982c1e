/* SPDX-License-Identifier: Apache-2.0 */
/* One TCP connection that carries SMPP PDUs: frames what comes in, queues what goes out. Edge (station 9).
 * [SMPP 3.4 2.1, 3.2] */
#include "smsc/smpp/link.h"

#include "smsc/smpp/octets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_CHUNK = 16 * 1024, HEADER = 16 };

static void reap(struct timer *t)
{
    struct smpp_link *l = t->owner;
    free(l->in);
    free(l->out);
    l->in = l->out = NULL;
    l->in_len = l->in_room = l->out_len = l->out_sent = l->out_room = 0;
    l->on_closed(l);
}

void link_abort(struct smpp_link *l)
{
    if (l->dead)
        return;
    l->dead = true;
    loop_forget(l->loop, &l->watch);
    close(l->watch.fd);
    l->watch.fd = -1;
    timer_set(l->loop, &l->reaper, 0);
}

static void flush(struct smpp_link *l)
{
    while (!l->dead && !l->connecting && l->out_sent < l->out_len) {
        ssize_t n = send(l->watch.fd, l->out + l->out_sent, l->out_len - l->out_sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            loop_change(l->loop, &l->watch, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n <= 0) {
            link_abort(l);
            return;
        }
        l->out_sent += (size_t)n;
    }
    if (l->dead || l->connecting)
        return;
    l->out_len = l->out_sent = 0;
    loop_change(l->loop, &l->watch, EPOLLIN);
    if (l->closing)
        link_abort(l);
}

void link_finish(struct smpp_link *l)
{
    l->closing = true;
    if (!l->dead)
        flush(l);
}

static bool make_room(uint8_t **buffer, size_t *room, size_t need)
{
    if (need <= *room)
        return true;
    size_t size = *room ? *room : READ_CHUNK;
    while (size < need)
        size *= 2;
    uint8_t *more = realloc(*buffer, size);
    if (!more)
        return false;
    *buffer = more;
    *room = size;
    return true;
}

void link_send(struct smpp_link *l, const uint8_t *pdu, size_t len)
{
    if (l->dead || l->closing)
        return;
    if (l->out_len - l->out_sent + len > LINK_MAX_BACKLOG ||
        !make_room(&l->out, &l->out_room, l->out_len + len)) {
        link_abort(l);
        return;
    }
    memcpy(l->out + l->out_len, pdu, len);
    l->out_len += len;
    flush(l);
}

/* Hands over every whole PDU in the buffer and keeps the rest. */
static void deframe(struct smpp_link *l)
{
    size_t at = 0;
    while (!l->dead && !l->closing && l->in_len - at >= HEADER) {
        uint32_t len = get_u32(l->in + at);
        if (len < HEADER || len > LINK_MAX_PDU) {
            l->on_bad_length(l, l->in + at);
            link_finish(l);
            return;
        }
        if (l->in_len - at < len)
            break;
        l->on_pdu(l, l->in + at, len);
        at += len;
    }
    if (l->dead || at == 0)
        return;
    memmove(l->in, l->in + at, l->in_len - at);
    l->in_len -= at;
}

static void receive(struct smpp_link *l)
{
    while (!l->dead && !l->closing) {
        if (!make_room(&l->in, &l->in_room, l->in_len + READ_CHUNK)) {
            link_abort(l);
            return;
        }
        ssize_t n = recv(l->watch.fd, l->in + l->in_len, READ_CHUNK, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n <= 0) {
            link_abort(l);
            return;
        }
        l->in_len += (size_t)n;
        deframe(l);
        if (n < READ_CHUNK)
            return; /* level-triggered: whatever is left wakes us again */
    }
}

static void connected(struct smpp_link *l)
{
    int failure = 0;
    socklen_t size = sizeof failure;
    if (getsockopt(l->watch.fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0) {
        link_abort(l);
        return;
    }
    l->connecting = false;
    loop_change(l->loop, &l->watch, EPOLLIN);
    if (l->on_connected)
        l->on_connected(l);
    if (!l->dead)
        flush(l);
}

static void ready(struct watch *w, uint32_t events)
{
    struct smpp_link *l = w->owner;
    if (l->connecting) {
        connected(l);
        return;
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        if (l->closing)
            link_abort(l);
        else
            receive(l);
    }
    if (!l->dead && events & EPOLLOUT)
        flush(l);
}

bool link_open(struct smpp_link *l, int fd, bool connecting)
{
    l->watch = (struct watch){.fd = fd, .owner = l, .ready = ready};
    l->reaper.owner = l;
    l->reaper.fire = reap;
    l->connecting = connecting;
    l->closing = l->dead = false;
    if (loop_watch(l->loop, &l->watch, connecting ? EPOLLOUT : EPOLLIN))
        return true;
    l->dead = true;
    close(fd);
    return false;
}
