/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual reader's side of vpcd. Edge (station 9). */
#include "handset/app/await.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_HOST = 256 };

static int listen_at(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (fd >= 0 && (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 1) != 0)) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

int await_element(const char *host_port, int ms)
{
    char host[MAX_HOST];
    const char *colon = strrchr(host_port, ':');
    if (!colon || strchr(host_port, '#') || (size_t)(colon - host_port) >= sizeof host)
        return -1;
    snprintf(host, sizeof host, "%.*s", (int)(colon - host_port), host_port);
    int door = listen_at(host, colon + 1), fd = -1;
    if (door < 0)
        return -1;
    fprintf(stderr, "handset: waiting for an element at %s\n", host_port);
    struct pollfd p = {.fd = door, .events = POLLIN};
    if (poll(&p, 1, ms) == 1)
        fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    close(door);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}
