/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a server. Every connection is armed EPOLLONESHOT: whoever takes its event owns it until it
 * is armed again, so nothing of a connection needs a lock. Station 1. Edge. */
#include "http/serve/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    ACCEPTS_AT_ONCE = 64,
    SHED_AT_ONCE = 64,
    TICK_MIN_MS = 5,
    TICK_MAX_MS = 250, /* how late a deadline may be noticed */
    WORKER_NICE = 5,   /* all workers wait for the one thread that commits: it goes before them */
};

static void arm(struct loop *l, int fd, uint32_t events, void *what)
{
    struct epoll_event e = {.events = events | EPOLLONESHOT, .data.ptr = what};
    if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &e) && errno == ENOENT)
        epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* From here on the connection belongs to whoever gets its event. */
static void hand_over(struct loop *l, struct conn *c, uint32_t events)
{
    int fd = c->member.fd;
    atomic_fetch_add_explicit(&c->turn, 1, memory_order_release);
    arm(l, fd, events, c);
}

/* IPv4 as a mapped address, so that one table counts both families. */
static void keep_address(struct conn *c, const struct sockaddr_storage *from)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    if (from->ss_family == AF_INET) {
        c->member.from.s6_addr[10] = c->member.from.s6_addr[11] = 0xFF;
        memcpy(&c->member.from.s6_addr[12], &v4->sin_addr, sizeof v4->sin_addr);
        inet_ntop(AF_INET, &v4->sin_addr, c->address, sizeof c->address);
    } else {
        c->member.from = v6->sin6_addr;
        inet_ntop(AF_INET6, &v6->sin6_addr, c->address, sizeof c->address);
    }
}

static void take_in(struct loop *l, int fd, const struct sockaddr_storage *from)
{
    struct conn *c = calloc(1, sizeof *c);
    int one = 1;
    if (!c) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    keep_address(c, from);
    c->member.fd = fd;
    c->stream.fd = fd;
    c->phase = l->house.tls ? PHASE_HANDSHAKE : PHASE_HEAD;
    atomic_store(&c->member.deadline, now_ms() + l->house.limits.head_ms);
    if (crowd_enter(&l->house.crowd, &c->member) != TSM_OK) {
        l->house.turned_away++;
        close(fd);
        free(c);
        return;
    }
    hand_over(l, c, EPOLLIN);
}

/* Without descriptors the listener rests until the guard's next round, instead of spinning. */
static void accept_some(struct loop *l)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage from;
        socklen_t n = sizeof from;
        int fd = accept4(l->listener, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            take_in(l, fd, &from);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            atomic_store(&l->listener_rests, true);
            return;
        }
        if (errno != ECONNABORTED && errno != EINTR)
            break;
    }
    if (!atomic_load(&l->house.stopping))
        arm(l, l->listener, EPOLLIN, &l->listener);
}

static void conn_free(struct loop *l, struct conn *c)
{
    crowd_leave(&l->house.crowd, &c->member);
    atomic_fetch_sub(&l->house.body_bytes, c->charged);
    stream_close(&c->stream);
    buffer_drop(&c->in);
    buffer_drop(&c->body);
    buffer_drop(&c->out);
    free(c->chunks);
    free(c->peer);
    free(c);
}

static void serve(struct loop *l, struct conn *c, bool shed)
{
    atomic_load_explicit(&c->turn, memory_order_acquire);
    switch (conn_serve(&l->house, c, shed)) {
    case WISH_GO_ON:
    case WISH_READ:
        hand_over(l, c, EPOLLIN);
        break;
    case WISH_WRITE:
        hand_over(l, c, EPOLLOUT);
        break;
    case WISH_AT_ONCE:
        hand_over(l, c, EPOLLIN | EPOLLOUT);
        break;
    case WISH_CLOSE:
        conn_free(l, c);
        break;
    }
}

static void on_event(struct loop *l, void *what, bool shed)
{
    if (what == &l->listener)
        accept_some(l);
    else if (what != &l->wake)
        serve(l, what, shed);
}

static void *work(void *arg)
{
    struct loop *l = arg;
    struct epoll_event e;
    setpriority(PRIO_PROCESS, (id_t)gettid(), WORKER_NICE);
    while (!atomic_load(&l->quit))
        if (epoll_wait(l->epoll, &e, 1, -1) == 1)
            on_event(l, e.data.ptr, false);
    return NULL;
}

static int tick_of(const struct http_limits *m)
{
    const unsigned times[] = {m->head_ms, m->body_ms, m->write_ms, m->idle_ms, m->shed_ms};
    unsigned least = TICK_MAX_MS * 4;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        least = times[i] < least ? times[i] : least;
    return least / 4 > TICK_MIN_MS ? (int)(least / 4) : TICK_MIN_MS;
}

/* When every worker has been inside a handler for shed_ms and none came out, ready connections are told so
 * rather than left waiting. */
struct jam {
    uint64_t finished;
    int64_t since; /* 0: no jam */
};

static bool is_jammed(struct loop *l, struct jam *j)
{
    uint64_t finished = l->house.finished;
    if (atomic_load(&l->house.in_flight) < l->n_workers || finished != j->finished) {
        *j = (struct jam){finished, 0};
        return false;
    }
    if (!j->since)
        j->since = now_ms();
    return now_ms() - j->since >= l->house.limits.shed_ms;
}

static void shed_ready(struct loop *l)
{
    struct epoll_event e;
    for (int i = 0; i < SHED_AT_ONCE && epoll_wait(l->epoll, &e, 1, 0) == 1 && e.data.ptr != &l->wake; i++)
        on_event(l, e.data.ptr, true);
}

static void *guard(void *arg)
{
    struct loop *l = arg;
    struct pollfd wake = {.fd = l->wake, .events = POLLIN};
    struct jam jam = {0};
    int tick = tick_of(&l->house.limits);
    while (poll(&wake, 1, tick) <= 0 && !atomic_load(&l->quit)) {
        crowd_cut(&l->house.crowd, now_ms(), &l->house.cut);
        if (atomic_exchange(&l->listener_rests, false) && !atomic_load(&l->house.stopping))
            arm(l, l->listener, EPOLLIN, &l->listener);
        if (atomic_load(&l->house.stopping))
            crowd_hang_up(&l->house.crowd, true);
        if (is_jammed(l, &jam))
            shed_ready(l);
    }
    return NULL;
}

enum tsm_err loop_start(struct loop *l)
{
    unsigned wanted = l->house.limits.workers;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &l->wake};
    NEED(epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake, &e) == 0, IO);
    l->workers = calloc(wanted, sizeof *l->workers);
    NEED(l->workers, NO_MEMORY);
    arm(l, l->listener, EPOLLIN, &l->listener);
    for (; l->n_workers < wanted; l->n_workers++)
        if (pthread_create(&l->workers[l->n_workers], NULL, work, l) != 0)
            return FAIL(IO, "only %u of %u workers could be started", l->n_workers, wanted);
    l->guarded = pthread_create(&l->guard, NULL, guard, l) == 0;
    NEED(l->guarded, IO);
    return TSM_OK;
}

/* New connections are refused, silent ones hung up, and requests in hand get their time. */
static void drain(struct loop *l)
{
    struct crowd *crowd = &l->house.crowd;
    atomic_store(&l->house.stopping, true);
    shutdown(l->listener, SHUT_RDWR);
    crowd_hang_up(crowd, true);
    if (!crowd_wait_empty(crowd, l->house.limits.drain_ms))
        crowd_hang_up(crowd, false);
}

void loop_stop(struct loop *l)
{
    struct member *m;
    uint64_t one = 1;
    if (l->guarded)
        drain(l);
    atomic_store(&l->quit, true);
    while (write(l->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
    for (unsigned i = 0; i < l->n_workers; i++)
        pthread_join(l->workers[i], NULL);
    if (l->guarded)
        pthread_join(l->guard, NULL);
    while ((m = crowd_any(&l->house.crowd)))
        conn_free(l, (struct conn *)m);
    free(l->workers);
}
