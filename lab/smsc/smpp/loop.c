/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll loop with a heap of timers. Edge (station 9, the air side). [epoll(7)] */
#include "smsc/smpp/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, FIRST_TIMERS = 64, MAX_WAIT_MS = 60000 };

struct loop {
    int epoll;
    bool stopped;
    struct timer **heap; /* heap[0] fires first */
    size_t timers, room;
    struct epoll_event batch[BATCH];
    int batched;
};

struct loop *loop_new(void)
{
    struct loop *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->heap = calloc(FIRST_TIMERS, sizeof *l->heap);
    l->room = FIRST_TIMERS;
    if (l->epoll < 0 || !l->heap) {
        loop_free(l);
        return NULL;
    }
    return l;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    if (l->epoll >= 0)
        close(l->epoll);
    free(l->heap);
    free(l);
}

int64_t loop_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool loop_watch(struct loop *l, struct watch *w, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = w};
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, w->fd, &e) == 0;
}

void loop_change(struct loop *l, struct watch *w, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = w};
    epoll_ctl(l->epoll, EPOLL_CTL_MOD, w->fd, &e);
}

void loop_forget(struct loop *l, struct watch *w)
{
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd, NULL);
    for (int i = 0; i < l->batched; i++)
        if (l->batch[i].data.ptr == w)
            l->batch[i].data.ptr = NULL;
}

/* ---- the heap: every parent is due no later than its children ---- */

static void place(struct loop *l, size_t at, struct timer *t)
{
    l->heap[at] = t;
    t->slot = at + 1;
}

static void rise(struct loop *l, size_t at)
{
    struct timer *t = l->heap[at];
    while (at > 0 && l->heap[(at - 1) / 2]->due_ms > t->due_ms) {
        place(l, at, l->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(l, at, t);
}

static void sink(struct loop *l, size_t at)
{
    struct timer *t = l->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < l->timers && l->heap[child + 1]->due_ms < l->heap[child]->due_ms)
            child++;
        if (child >= l->timers || l->heap[child]->due_ms >= t->due_ms)
            break;
        place(l, at, l->heap[child]);
        at = child;
    }
    place(l, at, t);
}

void timer_clear(struct loop *l, struct timer *t)
{
    if (t->slot == 0)
        return;
    size_t at = t->slot - 1;
    t->slot = 0;
    struct timer *last = l->heap[--l->timers];
    if (last == t)
        return;
    place(l, at, last);
    rise(l, at);
    sink(l, last->slot - 1);
}

void timer_set(struct loop *l, struct timer *t, int64_t in_ms)
{
    timer_clear(l, t);
    if (l->timers == l->room) {
        struct timer **more = reallocarray(l->heap, l->room * 2, sizeof *more);
        if (!more)
            abort(); /* a laboratory without memory for a timer can promise nothing */
        l->heap = more;
        l->room *= 2;
    }
    t->due_ms = loop_now() + (in_ms > 0 ? in_ms : 0);
    place(l, l->timers++, t);
    rise(l, l->timers - 1);
}

static int wait_ms(const struct loop *l)
{
    if (l->timers == 0)
        return MAX_WAIT_MS;
    int64_t left = l->heap[0]->due_ms - loop_now();
    return left < 0 ? 0 : left > MAX_WAIT_MS ? MAX_WAIT_MS : (int)left;
}

static void fire_due(struct loop *l)
{
    int64_t now = loop_now();
    while (l->timers > 0 && l->heap[0]->due_ms <= now && !l->stopped) {
        struct timer *t = l->heap[0];
        timer_clear(l, t);
        t->fire(t);
    }
}

int loop_run(struct loop *l)
{
    l->stopped = false;
    while (!l->stopped) {
        l->batched = epoll_wait(l->epoll, l->batch, BATCH, wait_ms(l));
        if (l->batched < 0 && errno != EINTR)
            return -1;
        for (int i = 0; i < l->batched && !l->stopped; i++) {
            struct watch *w = l->batch[i].data.ptr;
            if (w)
                w->ready(w, l->batch[i].events);
        }
        l->batched = 0;
        fire_due(l);
    }
    return 0;
}

void loop_stop(struct loop *l)
{
    l->stopped = true;
}
