/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless face of a laboratory UICC: vpcd framing over TCP, the card as server, while OTA goes on.
 * Edge (station 9, beside the air). [ISO/IEC 7816-4 APDUs in the framing of vsmartcard's vpcd] */
#include "uicc/face.h"

#include "smsc/smpp/link.h"
#include "smsc/smpp/octets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LENGTH = 2, CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_ATR = 4, MAX_MESSAGE = 65535 };

struct terminal {
    struct face *face;
    struct watch watch;
    uint8_t in[LENGTH + MAX_MESSAGE], out[LENGTH + CARD_MAX_RAPDU];
    size_t in_len, out_len, out_sent;
};

struct face {
    struct loop *loop;
    struct card *card;
    struct watch listener;
    struct terminal *terminals[FACE_MAX_TERMINALS];
};

static void hang_up(struct terminal *t)
{
    struct face *f = t->face;
    for (size_t i = 0; i < FACE_MAX_TERMINALS; i++)
        if (f->terminals[i] == t)
            f->terminals[i] = NULL;
    loop_forget(f->loop, &t->watch);
    close(t->watch.fd);
    free(t);
}

/* One message in, the answer (if it has one) into the output buffer. False: the card fell silent. */
static bool take_message(struct terminal *t, const uint8_t *message, size_t len)
{
    struct card *card = t->face->card;
    size_t n = 0;
    if (len == 1 && message[0] == CONTROL_ATR) {
        n = card_atr(card, t->out + LENGTH);
    } else if (len == 1) {
        if (message[0] == CONTROL_OFF || message[0] == CONTROL_ON || message[0] == CONTROL_RESET)
            card_reset(card);
        return true;
    } else if (len > 1) {
        n = card_transmit(card, message, len, t->out + LENGTH);
        if (n == 0)
            return false;
    }
    put_u16(t->out, n);
    t->out_len = LENGTH + n;
    t->out_sent = 0;
    return n <= MAX_MESSAGE;
}

/* Sends what is left; false when the terminal is gone. */
static bool flush(struct terminal *t)
{
    while (t->out_sent < t->out_len) {
        ssize_t n = send(t->watch.fd, t->out + t->out_sent, t->out_len - t->out_sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            loop_change(t->face->loop, &t->watch, EPOLLOUT);
            return true;
        }
        if (n <= 0)
            return false;
        t->out_sent += (size_t)n;
    }
    t->out_len = t->out_sent = 0;
    loop_change(t->face->loop, &t->watch, EPOLLIN);
    return true;
}

/* Serves whole messages one after the other: the next one waits until the last answer has left. */
static bool serve(struct terminal *t)
{
    while (t->out_len == 0 && t->in_len >= LENGTH) {
        size_t len = get_u16(t->in);
        if (t->in_len < LENGTH + len)
            return true;
        bool answered = take_message(t, t->in + LENGTH, len);
        t->in_len -= LENGTH + len;
        memmove(t->in, t->in + LENGTH + len, t->in_len);
        if (!answered || !flush(t))
            return false;
    }
    return true;
}

static bool receive(struct terminal *t)
{
    int on = 1;
    setsockopt(t->watch.fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    ssize_t n = recv(t->watch.fd, t->in + t->in_len, sizeof t->in - t->in_len, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return true;
    if (n <= 0)
        return false;
    t->in_len += (size_t)n;
    return true;
}

static void on_terminal(struct watch *w, uint32_t events)
{
    struct terminal *t = w->owner;
    bool there = t->out_len > 0 ? flush(t) : !(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || receive(t);
    if (!there || !serve(t))
        hang_up(t);
}

static void on_listener(struct watch *w, uint32_t events)
{
    struct face *f = w->owner;
    int fd = socket_accept(w->fd);
    (void)events;
    if (fd < 0)
        return;
    for (size_t i = 0; i < FACE_MAX_TERMINALS; i++) {
        struct terminal *t = f->terminals[i] ? NULL : calloc(1, sizeof *t);
        if (!t)
            continue;
        t->face = f;
        t->watch = (struct watch){.fd = fd, .owner = t, .ready = on_terminal};
        if (loop_watch(f->loop, &t->watch, EPOLLIN)) {
            f->terminals[i] = t;
            return;
        }
        free(t);
        break;
    }
    close(fd); /* no field is strong enough for more terminals */
}

struct face *face_new(struct loop *loop, struct card *card, uint16_t *port)
{
    struct face *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->loop = loop;
    f->card = card;
    f->listener = (struct watch){.fd = socket_listen(port), .owner = f, .ready = on_listener};
    if (f->listener.fd >= 0 && loop_watch(loop, &f->listener, EPOLLIN))
        return f;
    if (f->listener.fd >= 0)
        close(f->listener.fd);
    free(f);
    return NULL;
}

void face_free(struct face *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < FACE_MAX_TERMINALS; i++)
        if (f->terminals[i])
            hang_up(f->terminals[i]);
    loop_forget(f->loop, &f->listener);
    close(f->listener.fd);
    free(f);
}
