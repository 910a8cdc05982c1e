/* SPDX-License-Identifier: Apache-2.0 */
/* The SE access API of the laboratory's readers: APDUs to a software element over TCP in vpcd framing, the
 * element being the server (u16 length, bytes; one-byte messages are power and ATR controls). Edge. */
#include "handset/element.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum control { POWER_OFF = 0x00, POWER_ON = 0x01, RESET = 0x02, ASK_ATR = 0x04 };

enum { FRAME_HEAD = 2, MAX_HOST = 256, MAX_LINE = 24, MIN_RAPDU = 2 };
enum { SW1_MORE = 0x61, INS_GET_RESPONSE = 0xC0, CHANNEL_BITS = 0x03 };

static bool wait_for(int fd, short events, int ms)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n;
    do
        n = poll(&p, 1, ms);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

static bool send_all(int fd, const uint8_t *at, size_t len)
{
    while (len > 0) {
        if (!wait_for(fd, POLLOUT, ELEMENT_ANSWER_MS))
            return false;
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* TCP_QUICKACK does not last: without it before each read, delayed acknowledgements cost 40 ms an APDU. */
static bool receive_all(int fd, uint8_t *at, size_t len)
{
    while (len > 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
        if (!wait_for(fd, POLLIN, ELEMENT_ANSWER_MS))
            return false;
        ssize_t n = recv(fd, at, len, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool send_frame(int fd, const uint8_t *at, size_t len)
{
    uint8_t frame[FRAME_HEAD + ELEMENT_MAX_APDU];
    frame[0] = (uint8_t)(len >> 8);
    frame[1] = (uint8_t)len;
    memcpy(frame + FRAME_HEAD, at, len);
    bool sent = send_all(fd, frame, FRAME_HEAD + len);
    explicit_bzero(frame, FRAME_HEAD + len);
    return sent;
}

static bool send_control(int fd, enum control c)
{
    return send_frame(fd, &(uint8_t){(uint8_t)c}, 1);
}

static ssize_t receive_frame(int fd, uint8_t *out)
{
    uint8_t head[FRAME_HEAD];
    if (!receive_all(fd, head, sizeof head))
        return -1;
    size_t len = (size_t)head[0] << 8 | head[1];
    return receive_all(fd, out, len) ? (ssize_t)len : -1;
}

static bool connect_within(int fd, const struct addrinfo *a)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
        return true;
    return errno == EINPROGRESS && wait_for(fd, POLLOUT, ELEMENT_CONNECT_MS) &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

static int dial(const char *host_port)
{
    char host[MAX_HOST];
    const char *colon = strrchr(host_port, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (!colon || colon == host_port || (size_t)(colon - host_port) >= sizeof host)
        return -1;
    snprintf(host, sizeof host, "%.*s", (int)(colon - host_port), host_port);
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return -1;
    int fd = -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && !connect_within(fd, a)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* "HOST:PORT#N": the element is card N of a fleet, and its door wants to be told so. */
static bool choose_card(int fd, const char *number)
{
    char line[MAX_LINE];
    int n = number ? snprintf(line, sizeof line, "card %s\n", number + 1) : 0;
    return n < (int)sizeof line && send_all(fd, (const uint8_t *)line, (size_t)n);
}

bool element_reset(struct element *e)
{
    uint8_t atr[ELEMENT_MAX_APDU];
    if (send_control(e->fd, POWER_ON) && send_control(e->fd, RESET) && send_control(e->fd, ASK_ATR) &&
        receive_frame(e->fd, atr) > 0)
        return true;
    element_lose(e);
    return false;
}

bool element_open(struct element *e, const char *address)
{
    char host_port[MAX_HOST];
    const char *number = strchr(address, '#');
    size_t n = number ? (size_t)(number - address) : strlen(address);
    e->fd = -1;
    if (n >= sizeof host_port)
        return false;
    snprintf(host_port, sizeof host_port, "%.*s", (int)n, address);
    e->fd = dial(host_port);
    if (e->fd < 0)
        return false;
    setsockopt(e->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (choose_card(e->fd, number))
        return element_reset(e);
    element_lose(e);
    return false;
}

static ssize_t exchange(struct element *e, const uint8_t *capdu, size_t len, uint8_t *out)
{
    ssize_t got = send_frame(e->fd, capdu, len) ? receive_frame(e->fd, out) : -1;
    if (got < MIN_RAPDU) {
        element_lose(e);
        return -1;
    }
    return got;
}

/* 61xx: more waits behind this piece; it is fetched and joined here, as the device's access API does, so that
 * who protected the command sees one answer [ISO 7816-4 5.3.4, OMAPI transmit]. */
ssize_t element_transmit(struct element *e, const uint8_t *capdu, size_t len, uint8_t *out)
{
    static _Thread_local uint8_t piece[ELEMENT_MAX_APDU];
    if (e->fd < 0 || len < ELEMENT_MIN_CAPDU || len > ELEMENT_MAX_APDU)
        return -1;
    ssize_t got = exchange(e, capdu, len, out);
    while (got >= MIN_RAPDU && out[got - MIN_RAPDU] == SW1_MORE) {
        const uint8_t fetch[] = {capdu[0] & CHANNEL_BITS, INS_GET_RESPONSE, 0, 0, out[got - 1]};
        ssize_t more = exchange(e, fetch, sizeof fetch, piece);
        if (more < 0 || got - MIN_RAPDU + more > ELEMENT_MAX_APDU) {
            element_lose(e);
            return -1;
        }
        memcpy(out + got - MIN_RAPDU, piece, (size_t)more);
        got += more - MIN_RAPDU;
    }
    return got;
}

void element_close(struct element *e)
{
    if (e->fd >= 0)
        send_control(e->fd, POWER_OFF);
    element_lose(e);
}

void element_lose(struct element *e)
{
    if (e->fd >= 0)
        close(e->fd);
    e->fd = -1;
}
