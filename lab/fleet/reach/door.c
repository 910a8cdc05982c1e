/* SPDX-License-Identifier: Apache-2.0 */
/* The contact face of a fleet: a reader connects, says `card N` on a line, and has that card in vpcd framing.
 * Edge (station 9, beside the air). [ISO/IEC 7816-4 APDUs in the framing of vsmartcard's vpcd] */
#include "fleet/reach/door.h"

#include "smsc/smpp/link.h"
#include "smsc/smpp/octets.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LENGTH = 2, CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_ATR = 4, MAX_MESSAGE = 65535 };

struct reader {
    struct reader *next, *previous;
    struct door *door;
    struct watch watch;
    struct live *live; /* NULL until the line has come */
    uint8_t *in, *out; /* out: what the socket did not take at once */
    size_t in_len, in_room, out_len, out_sent;
};

static void hang_up(struct reader *r)
{
    struct door *d = r->door;
    *(r->previous ? &r->previous->next : &d->readers) = r->next;
    if (r->next)
        r->next->previous = r->previous;
    if (r->live) {
        r->live->holders--;
        card_reset(r->live->card);
    }
    loop_forget(d->loop, &r->watch);
    close(r->watch.fd);
    free(r->in);
    free(r->out);
    free(r);
}

static bool make_room(struct reader *r, size_t need)
{
    size_t room = r->in_room ? r->in_room : DOOR_FIRST_ROOM;
    while (room < need)
        room *= 2;
    uint8_t *more = room > r->in_room ? realloc(r->in, room) : r->in;
    if (!more)
        return false;
    r->in = more;
    r->in_room = room;
    return true;
}

/* ---- answers ---- */

/* Sends what is left; false when the reader is gone. */
static bool flush(struct reader *r)
{
    while (r->out_sent < r->out_len) {
        ssize_t n = send(r->watch.fd, r->out + r->out_sent, r->out_len - r->out_sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            loop_change(r->door->loop, &r->watch, EPOLLOUT);
            return true;
        }
        if (n <= 0)
            return false;
        r->out_sent += (size_t)n;
    }
    free(r->out);
    r->out = NULL;
    r->out_len = r->out_sent = 0;
    loop_change(r->door->loop, &r->watch, EPOLLIN);
    return true;
}

static bool answer(struct reader *r, uint8_t *frame, size_t n)
{
    put_u16(frame, n);
    r->out = malloc(LENGTH + n);
    if (!r->out)
        return false;
    memcpy(r->out, frame, LENGTH + n);
    r->out_len = LENGTH + n;
    return flush(r);
}

/* One message in, its answer out. False: the card fell silent or the reader is gone. */
static bool take_message(struct reader *r, const uint8_t *message, size_t len)
{
    static uint8_t frame[LENGTH + CARD_MAX_RAPDU];
    struct card *card = drawer_take(r->door->drawer, r->live->place)->card;
    size_t n;
    if (len == 1 && message[0] == CONTROL_ATR)
        return answer(r, frame, card_atr(card, frame + LENGTH));
    if (len == 1 && (message[0] == CONTROL_OFF || message[0] == CONTROL_ON || message[0] == CONTROL_RESET))
        card_reset(card);
    if (len <= 1)
        return true;
    n = card_transmit(card, message, len, frame + LENGTH);
    r->door->commands++;
    return n > 0 && n <= MAX_MESSAGE && answer(r, frame, n);
}

/* ---- what comes in ---- */

static void consume(struct reader *r, size_t n)
{
    r->in_len -= n;
    memmove(r->in, r->in + n, r->in_len);
}

/* The line that chooses the card: takes it once it is there; false when it is none. */
static bool take_line(struct reader *r)
{
    char line[DOOR_MAX_LINE + 1] = "";
    char *end;
    const uint8_t *newline = memchr(r->in, '\n', r->in_len);
    size_t n = newline ? (size_t)(newline - r->in) : r->in_len;
    if (n > DOOR_MAX_LINE)
        return false;
    if (!newline)
        return true;
    memcpy(line, r->in, n);
    consume(r, n + 1);
    unsigned long place = strncmp(line, "card ", 5) == 0 ? strtoul(line + 5, &end, 10) : ULONG_MAX;
    if (place == ULONG_MAX || line[5] < '0' || line[5] > '9' || *end != '\0' ||
        place >= r->door->drawer->plan->cards)
        return false;
    r->live = drawer_take(r->door->drawer, (uint32_t)place);
    if (!r->live)
        return false;
    r->live->holders++;
    card_reset(r->live->card);
    return true;
}

/* Serves whole messages one after the other: the next one waits until the last answer has left. */
static bool serve(struct reader *r)
{
    if (!r->live && !take_line(r))
        return false;
    while (r->live && r->out_len == 0 && r->in_len >= LENGTH) {
        size_t len = get_u16(r->in);
        if (r->in_len < LENGTH + len)
            return true;
        if (!take_message(r, r->in + LENGTH, len))
            return false;
        consume(r, LENGTH + len);
    }
    return true;
}

static bool receive(struct reader *r)
{
    int on = 1;
    size_t need = r->live && r->in_len >= LENGTH ? LENGTH + get_u16(r->in) : DOOR_FIRST_ROOM;
    if (!make_room(r, need > r->in_len ? need : r->in_len + 1))
        return false;
    setsockopt(r->watch.fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    ssize_t n = recv(r->watch.fd, r->in + r->in_len, r->in_room - r->in_len, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return true;
    if (n <= 0)
        return false;
    r->in_len += (size_t)n;
    return true;
}

static void on_reader(struct watch *w, uint32_t events)
{
    struct reader *r = w->owner;
    bool there = r->out_len > 0 ? flush(r) : !(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || receive(r);
    if (!there || !serve(r))
        hang_up(r);
}

static void on_listener(struct watch *w, uint32_t events)
{
    struct door *d = w->owner;
    (void)events;
    for (int fd; (fd = socket_accept(w->fd)) >= 0;) {
        struct reader *r = calloc(1, sizeof *r);
        if (!r) {
            close(fd);
            return;
        }
        r->door = d;
        r->watch = (struct watch){.fd = fd, .owner = r, .ready = on_reader};
        if (!loop_watch(d->loop, &r->watch, EPOLLIN)) {
            close(fd);
            free(r);
            return;
        }
        r->next = d->readers;
        if (r->next)
            r->next->previous = r;
        d->readers = r;
    }
}

bool door_open(struct door *d, uint16_t *port)
{
    d->listener = (struct watch){.fd = socket_listen(port), .owner = d, .ready = on_listener};
    return d->listener.fd >= 0 && loop_watch(d->loop, &d->listener, EPOLLIN);
}

void door_close(struct door *d)
{
    while (d->readers)
        hang_up(d->readers);
    if (d->listener.owner) {
        loop_forget(d->loop, &d->listener);
        close(d->listener.fd);
    }
}
