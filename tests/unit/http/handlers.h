/* SPDX-License-Identifier: Apache-2.0 */
/* The routes that the HTTP tests serve: echo, who asks, a failing one, one that waits until it is let go. */
#ifndef TSM_TESTS_HTTP_HANDLERS_H
#define TSM_TESTS_HTTP_HANDLERS_H

#include <pthread.h>

#include "http/server.h"

/* A gate at which handlers wait and tests count. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned inside;
    bool open;
};

#define GATE_CLOSED                                                   \
    {                                                                 \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false \
    }

/* Returns when so many handlers wait at the gate. */
void gate_await(struct gate *g, unsigned inside);
void gate_open(struct gate *g);

/* The app of these routes is a struct gate. */
extern const struct http_route handler_table[];

/* Under "/plain/" refusals are texts: the status that the listener would have given, and its words. */
extern const struct http_manner handler_manners[];

#endif
