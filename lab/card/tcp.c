/* SPDX-License-Identifier: Apache-2.0 */
/* The card on a TCP connection in vpcd framing, as server or as client of a virtual reader (station 9, the
 * card's side); edge; framing of the vsmartcard virtual reader: u16 length, then bytes. */
#include "card/tcp.h"

#include "common/bytes.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_HEAD 2
#define FRAME_MAX  65535
#define BACKLOG    4

enum control { POWER_OFF = 0x00, POWER_ON = 0x01, RESET = 0x02, ATR_REQUEST = 0x04 };

struct buffers {
    uint8_t in[FRAME_MAX];
    uint8_t out[FRAME_HEAD + CARD_MAX_RAPDU];
};

/* Without these two, delayed acknowledgements cost some 40 ms for each command. */
static void hurry(int fd, int option)
{
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, option, &on, sizeof on);
}

static bool receive(int fd, uint8_t *to, size_t n)
{
    while (n > 0) {
        ssize_t got;

        hurry(fd, TCP_QUICKACK);
        got = recv(fd, to, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

/* `frame` has FRAME_HEAD bytes of room in front of n bytes. */
static bool answer(int fd, uint8_t *frame, size_t n)
{
    if (n > FRAME_MAX)
        return false;
    frame[0] = (uint8_t)(n >> 8);
    frame[1] = (uint8_t)n;
    n += FRAME_HEAD;
    while (n > 0) {
        ssize_t sent = send(fd, frame, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        frame += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool control(struct card *c, int fd, uint8_t what, uint8_t *frame)
{
    if (what == POWER_OFF || what == POWER_ON || what == RESET)
        card_reset(c);
    else if (what == ATR_REQUEST)
        return answer(fd, frame, card_atr(c, frame + FRAME_HEAD));
    return true;
}

/* Until the peer leaves or the card loses its power. */
static void serve(struct card *c, int fd, struct buffers *b)
{
    uint8_t head[FRAME_HEAD];
    bool alive = true;

    hurry(fd, TCP_NODELAY);
    card_reset(c);
    while (alive && receive(fd, head, sizeof head)) {
        size_t n = (size_t)lab_number(head, sizeof head);

        if (!receive(fd, b->in, n))
            break;
        if (n == 1) {
            alive = control(c, fd, b->in[0], b->out);
        } else if (n > 1) {
            size_t len = card_transmit(c, b->in, n, b->out + FRAME_HEAD);

            alive = !card_is_dead(c) && (len == 0 || answer(fd, b->out, len));
        }
    }
    close(fd);
}

static int open_listener(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        close(fd);
        return -1;
    }
    printf("listening 127.0.0.1:%u\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

int tcp_listen(struct card *c, uint16_t port)
{
    struct buffers *b = malloc(sizeof *b);
    int fd = open_listener(port);

    if (b == NULL || fd < 0) {
        fprintf(stderr, "card: cannot listen on 127.0.0.1:%u: %s\n", port, strerror(errno));
        free(b);
        return EXIT_FAILURE;
    }
    for (;;) {
        int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

        if (peer >= 0)
            serve(c, peer, b);
        else if (errno != EINTR && errno != ECONNABORTED)
            break;
    }
    fprintf(stderr, "card: nobody can come any more: %s\n", strerror(errno));
    close(fd);
    free(b);
    return EXIT_FAILURE;
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int fd = -1;

    if (getaddrinfo(host, port, &hints, &list) != 0)
        return -1;
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

int tcp_vpcd(struct card *c, const char *host, const char *port)
{
    struct buffers *b = malloc(sizeof *b);
    int status = EXIT_SUCCESS;

    if (b == NULL)
        return EXIT_FAILURE;
    do {
        int fd = connect_to(host, port);

        if (fd < 0) {
            fprintf(stderr, "card: no virtual reader at %s:%s\n", host, port);
            status = EXIT_FAILURE;
            break;
        }
        serve(c, fd, b);
        /* After a power failure the card is put into the reader again; a reader that left ends the program.
         */
    } while (card_is_dead(c));
    free(b);
    return status;
}
