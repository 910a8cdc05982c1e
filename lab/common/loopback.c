/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of a small server: accept, serve, close, until a signal says stop. Edge. */
#include "common/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static int stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

bool loopback_open(struct loopback *l, unsigned long port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    l->signals = stop_signals();
    l->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->signals < 0 || l->socket < 0 ||
        setsockopt(l->socket, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) != 0 ||
        bind(l->socket, (struct sockaddr *)&a, size) != 0 || listen(l->socket, BACKLOG) != 0 ||
        getsockname(l->socket, (struct sockaddr *)&a, &size) != 0) {
        loopback_close(l);
        return false;
    }
    printf("listening 127.0.0.1:%u\n", (unsigned)ntohs(a.sin_port));
    fflush(stdout);
    return true;
}

void loopback_serve(const struct loopback *l, void (*serve)(void *arg, int fd), void *arg)
{
    struct pollfd p[2] = {{.fd = l->socket, .events = POLLIN}, {.fd = l->signals, .events = POLLIN}};
    while (poll(p, 2, -1) >= 0 && !(p[1].revents & POLLIN)) {
        int fd = accept4(l->socket, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        serve(arg, fd);
        close(fd);
    }
}

void loopback_close(struct loopback *l)
{
    if (l->socket >= 0)
        close(l->socket);
    if (l->signals >= 0)
        close(l->signals);
    l->socket = l->signals = -1;
}
