/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll loop with timers: everything on the lab's SMS road runs in one thread on it and nothing ever
 * sleeps. Edge (station 9, the air side). */
#ifndef LAB_SMSC_SMPP_LOOP_H
#define LAB_SMSC_SMPP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

/* A file descriptor under watch; the owner embeds it and finds itself again from `owner`. */
struct watch {
    int fd;
    void *owner;
    void (*ready)(struct watch *w, uint32_t events);
};

/* A moment in the future. Zero-initialised means idle. The owner embeds it; it must be cleared before it
 * dies. */
struct timer {
    int64_t due_ms;
    size_t slot; /* place in the heap + 1; 0 = not set */
    void *owner;
    void (*fire)(struct timer *t);
};

struct loop *loop_new(void); /* NULL when the kernel refuses */
void loop_free(struct loop *l);

/* Milliseconds of the monotonic clock. */
int64_t loop_now(void);

/* Watches a descriptor for EPOLL* events; false when the kernel refuses. */
bool loop_watch(struct loop *l, struct watch *w, uint32_t events);
void loop_change(struct loop *l, struct watch *w, uint32_t events);
/* Forgets the descriptor; events already collected for it are dropped, so its owner may be freed at once. */
void loop_forget(struct loop *l, struct watch *w);

/* Sets or moves a timer to `in_ms` from now (never in the past); clearing an idle timer is legal. */
void timer_set(struct loop *l, struct timer *t, int64_t in_ms);
void timer_clear(struct loop *l, struct timer *t);

/* Runs until loop_stop; returns 0, or -1 on an epoll failure. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
