/* SPDX-License-Identifier: Apache-2.0 */
/* All open connections of a server: one list under one lock, a count an address. Station 1. Edge. */
#include "http/serve/crowd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void crowd_init(struct crowd *c, unsigned max, unsigned max_per_peer)
{
    pthread_condattr_t attributes;
    *c = (struct crowd){.max = max, .max_per_peer = max_per_peer};
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&c->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void crowd_drop(struct crowd *c)
{
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
}

/* The place where an address's count hangs; *place is NULL when it has none yet. */
static struct neighbour **place_of(struct crowd *c, const struct in6_addr *from)
{
    unsigned h = 0;
    struct neighbour **place;
    for (size_t i = 0; i < sizeof from->s6_addr; i++)
        h = h * 31 + from->s6_addr[i];
    place = &c->buckets[h % CROWD_BUCKETS];
    while (*place && memcmp(&(*place)->from, from, sizeof *from))
        place = &(*place)->next;
    return place;
}

static enum tsm_err count_in(struct crowd *c, const struct in6_addr *from)
{
    struct neighbour **place = place_of(c, from);
    if (!*place) {
        *place = calloc(1, sizeof **place);
        NEED(*place, NO_MEMORY);
        (*place)->from = *from;
    }
    NEED((*place)->n < c->max_per_peer, BUSY);
    (*place)->n++;
    return TSM_OK;
}

static void count_out(struct crowd *c, const struct in6_addr *from)
{
    struct neighbour **place = place_of(c, from), *gone = *place;
    if (!gone || --gone->n)
        return;
    *place = gone->next;
    free(gone);
}

static enum tsm_err enter(struct crowd *c, struct member *m)
{
    NEED(c->n < c->max, BUSY);
    TRY(count_in(c, &m->from));
    m->before = NULL;
    m->after = c->first;
    if (c->first)
        c->first->before = m;
    c->first = m;
    c->n++;
    return TSM_OK;
}

enum tsm_err crowd_enter(struct crowd *c, struct member *m)
{
    enum tsm_err e;
    pthread_mutex_lock(&c->lock);
    e = enter(c, m);
    pthread_mutex_unlock(&c->lock);
    return e;
}

void crowd_leave(struct crowd *c, struct member *m)
{
    pthread_mutex_lock(&c->lock);
    if (m->before)
        m->before->after = m->after;
    else
        c->first = m->after;
    if (m->after)
        m->after->before = m->before;
    count_out(c, &m->from);
    c->n--;
    if (!c->n)
        pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

unsigned crowd_size(struct crowd *c)
{
    unsigned n;
    pthread_mutex_lock(&c->lock);
    n = c->n;
    pthread_mutex_unlock(&c->lock);
    return n;
}

void crowd_cut(struct crowd *c, int64_t now, _Atomic uint64_t *cut)
{
    pthread_mutex_lock(&c->lock);
    for (struct member *m = c->first; m; m = m->after) {
        int64_t deadline = atomic_load_explicit(&m->deadline, memory_order_relaxed);
        if (!deadline || deadline > now)
            continue;
        atomic_store_explicit(&m->deadline, 0, memory_order_relaxed);
        ++*cut;
        shutdown(m->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&c->lock);
}

void crowd_hang_up(struct crowd *c, bool idle_only)
{
    pthread_mutex_lock(&c->lock);
    for (struct member *m = c->first; m; m = m->after)
        if (!idle_only || atomic_load(&m->idle))
            shutdown(m->fd, SHUT_RDWR);
    pthread_mutex_unlock(&c->lock);
}

bool crowd_wait_empty(struct crowd *c, unsigned ms)
{
    struct timespec until;
    int64_t at = now_ms() + ms;
    bool empty;
    until.tv_sec = (time_t)(at / 1000);
    until.tv_nsec = (long)(at % 1000) * 1000000;
    pthread_mutex_lock(&c->lock);
    while (c->n && pthread_cond_timedwait(&c->changed, &c->lock, &until) == 0)
        ;
    empty = c->n == 0;
    pthread_mutex_unlock(&c->lock);
    return empty;
}

struct member *crowd_any(struct crowd *c)
{
    struct member *m;
    pthread_mutex_lock(&c->lock);
    m = c->first;
    pthread_mutex_unlock(&c->lock);
    return m;
}
