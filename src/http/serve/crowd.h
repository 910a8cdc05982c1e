/* SPDX-License-Identifier: Apache-2.0 */
/* All open connections of a server: limits at the door, deadlines, hanging up. Station 1. Edge. */
#ifndef TSM_HTTP_SERVE_CROWD_H
#define TSM_HTTP_SERVE_CROWD_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/bytes.h"

enum { CROWD_BUCKETS = 256 };

/* What the crowd knows of one connection; the first member of struct conn. */
struct member {
    struct member *before, *after;
    int fd;
    struct in6_addr from;     /* IPv4 as a mapped address */
    _Atomic int64_t deadline; /* milliseconds of the monotonic clock; 0 means none */
    atomic_bool idle;         /* between two requests: nobody misses it */
};

/* How many connections one address holds. */
struct neighbour {
    struct neighbour *next;
    struct in6_addr from;
    unsigned n;
};

struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct member *first;
    unsigned n, max, max_per_peer;
    struct neighbour *buckets[CROWD_BUCKETS];
};

/* Milliseconds of the monotonic clock. */
int64_t now_ms(void);

void crowd_init(struct crowd *c, unsigned max, unsigned max_per_peer);
void crowd_drop(struct crowd *c);
/* Lets a connection in, or BUSY when the house or its address's share is full. */
enum tsm_err crowd_enter(struct crowd *c, struct member *m);
/* Must come before the descriptor is closed. */
void crowd_leave(struct crowd *c, struct member *m);
unsigned crowd_size(struct crowd *c);
/*
 * Shuts down every connection whose deadline has passed, and counts it before. The owner of a connection then
 * gets an event and closes it: descriptors are never closed from outside.
 */
void crowd_cut(struct crowd *c, int64_t now, _Atomic uint64_t *cut);
/* Shuts down all connections, or the idle ones alone. */
void crowd_hang_up(struct crowd *c, bool idle_only);
/* Waits until all have left, at most so long; false when some are still there. */
bool crowd_wait_empty(struct crowd *c, unsigned ms);
/* Any member, for the end of the house; NULL when empty. */
struct member *crowd_any(struct crowd *c);

#endif
