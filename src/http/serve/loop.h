/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a server: workers that share one epoll set, and a guard that keeps the time. Station 1.
 * Edge. */
#ifndef TSM_HTTP_SERVE_LOOP_H
#define TSM_HTTP_SERVE_LOOP_H

#include "http/serve/conn.h"

struct loop {
    struct house house;
    int epoll, listener, wake; /* wake: an eventfd that, once written, ends every thread */
    atomic_bool quit, listener_rests;
    pthread_t *workers; /* owned; n_workers of them run */
    unsigned n_workers;
    pthread_t guard;
    bool guarded;
};

/* Starts guard and workers; IO when a thread cannot be made (loop_stop then ends those that run). */
enum tsm_err loop_start(struct loop *l);
/* Drains and joins all threads, then closes every connection. */
void loop_stop(struct loop *l);

#endif
