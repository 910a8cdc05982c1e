/* SPDX-License-Identifier: Apache-2.0 */
/* A software element behind a TCP port. Station 9. App: edge. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/perso/perso.h"

enum { HOST_MAX = 256 };

enum tsm_err element_connect(const char *host_port, int *fd)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(host_port, ':');
    char host[HOST_MAX];
    if (!colon || (size_t)(colon - host_port) >= sizeof host)
        return FAIL(BAD_FORM, "--se takes HOST:PORT");
    snprintf(host, sizeof host, "%.*s", (int)(colon - host_port), host_port);
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return FAIL(PEER_DOWN, "%.100s cannot be found", host_port);
    *fd = socket(found->ai_family, found->ai_socktype, 0);
    if (*fd >= 0 && connect(*fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(*fd);
        *fd = -1;
    }
    freeaddrinfo(found);
    return *fd >= 0 ? TSM_OK : FAIL(PEER_DOWN, "%.100s: %s", host_port, strerror(errno));
}

static enum tsm_err take(int fd, uint8_t *to, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = recv(fd, to + at, n - at, 0);
        if (got <= 0)
            return FAIL(PEER_DOWN, "the element gives no answer");
        at += (size_t)got;
    }
    return TSM_OK;
}

enum tsm_err element_ask(int fd, struct bytes command, struct writer *answer)
{
    uint8_t frame[2 + SCRIPT_COMMAND_MAX], *slot;
    struct writer w = WRITER(frame);
    size_t len;
    TRY(write_u16(&w, (unsigned)command.len));
    TRY(write_span(&w, command));
    if (send(fd, frame, w.len, MSG_NOSIGNAL) != (ssize_t)w.len)
        return FAIL(PEER_DOWN, "the element takes no command");
    TRY(take(fd, frame, 2));
    len = (size_t)frame[0] << 8 | frame[1];
    TRY(write_slot(answer, len, &slot));
    return take(fd, slot, len);
}
