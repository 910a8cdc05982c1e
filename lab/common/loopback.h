/* SPDX-License-Identifier: Apache-2.0 */
/* A small server of the laboratory: one client after the other on 127.0.0.1, until SIGTERM or SIGINT; edge;
 * no station of its own, no clause of a standard. */
#ifndef LAB_COMMON_LOOPBACK_H
#define LAB_COMMON_LOOPBACK_H

#include <stdbool.h>

struct loopback {
    int socket, signals; /* -1: not open */
};

/* Listens, 0 picks a free port, and prints "listening 127.0.0.1:PORT". From here on the two signals are kept
 * for loopback_serve, and a client that leaves early is an error of its connection alone (SIGPIPE). False
 * with errno. */
bool loopback_open(struct loopback *l, unsigned long port);
/* Gives each connection to `serve` and closes it behind it. Returns at a signal. */
void loopback_serve(const struct loopback *l, void (*serve)(void *arg, int fd), void *arg);
void loopback_close(struct loopback *l);

#endif
