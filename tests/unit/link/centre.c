/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted short message centre and the diary of a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "centre.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void centre_open(struct centre *c)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    c->fd = -1;
    c->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(c->listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(c->listener, 4), 0);
    getsockname(c->listener, (struct sockaddr *)&a, &n);
    c->port = ntohs(a.sin_port);
}

void centre_accept(struct centre *c)
{
    struct timeval patience = {.tv_sec = CENTRE_PATIENCE_S};
    struct pollfd p = {.fd = c->listener, .events = POLLIN};
    assert_int_equal(poll(&p, 1, CENTRE_PATIENCE_S * 1000), 1);
    c->fd = accept(c->listener, NULL, NULL);
    assert_true(c->fd >= 0);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static void receive_all(int fd, uint8_t *at, size_t n)
{
    assert_int_equal(recv(fd, at, n, MSG_WAITALL), (ssize_t)n);
}

void centre_hear(struct centre *c, uint32_t id, struct smpp_pdu *out)
{
    size_t len;
    receive_all(c->fd, c->room, 4);
    assert_int_equal(smpp_frame(BYTES_OF(c->room, 4), &len), TSM_OK);
    receive_all(c->fd, c->room + 4, len - 4);
    c->raw = BYTES_OF(c->room, len);
    assert_int_equal(smpp_read(c->raw, out), TSM_OK);
    assert_int_equal(out->id, id);
}

bool centre_hears_nothing(struct centre *c, int ms)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    return poll(&p, 1, ms) == 0;
}

void centre_say_raw(struct centre *c, struct bytes octets)
{
    assert_int_equal(send(c->fd, octets.at, octets.len, MSG_NOSIGNAL), (ssize_t)octets.len);
}

void centre_say(struct centre *c, const struct smpp_pdu *pdu)
{
    uint8_t room[SMPP_PDU_MAX];
    struct writer w = WRITER(room);
    assert_int_equal(smpp_write(pdu, &w), TSM_OK);
    centre_say_raw(c, written(&w));
}

void centre_answer(struct centre *c, const struct smpp_pdu *request, uint32_t status, const char *message_id)
{
    struct smpp_pdu a = {.id = request->id | SMPP_RESP, .status = status, .sequence = request->sequence};
    if (request->id == SMPP_BIND_TRANSCEIVER)
        snprintf(a.bind_resp.system_id, sizeof a.bind_resp.system_id, "CENTRE");
    else if (message_id)
        snprintf(a.sm_resp.message_id, sizeof a.sm_resp.message_id, "%s", message_id);
    centre_say(c, &a);
}

void centre_welcome(struct centre *c)
{
    struct smpp_pdu bind;
    centre_accept(c);
    centre_hear(c, SMPP_BIND_TRANSCEIVER, &bind);
    centre_answer(c, &bind, ESME_ROK, NULL);
}

void centre_await_end(struct centre *c)
{
    uint8_t octet;
    ssize_t n;
    while ((n = recv(c->fd, &octet, 1, 0)) > 0)
        ;
    assert_true(n == 0 || errno == ECONNRESET);
    centre_hang_up(c);
}

void centre_hang_up(struct centre *c)
{
    close(c->fd);
    c->fd = -1;
}

void centre_close(struct centre *c)
{
    if (c->fd >= 0)
        close(c->fd);
    close(c->listener);
}

static void note(struct diary *d, const struct note *n)
{
    pthread_mutex_lock(&d->lock);
    if (d->n < DIARY_MAX)
        d->at[d->n++] = *n;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static void on_accepted(void *self, uint64_t ref, uint32_t segment, const char *message_id)
{
    struct note n = {.kind = NOTE_ACCEPTED, .ref = ref, .segment = segment};
    snprintf(n.text, sizeof n.text, "%s", message_id);
    note(self, &n);
}

static void on_refused(void *self, uint64_t ref, uint32_t segment, uint32_t status, enum smpp_class class)
{
    note(self, &(struct note){
                   .kind = NOTE_REFUSED, .ref = ref, .segment = segment, .status = status, .class = class});
}

static void settle(struct diary *d, struct smpp_ticket ticket)
{
    if (d->later && d->n_tickets < DIARY_MAX)
        d->tickets[d->n_tickets++] = ticket;
    else
        smpp_link_settle(d->link, ticket, d->say);
}

static void on_receipt(void *self, const struct smpp_receipt *receipt, struct smpp_ticket ticket)
{
    struct diary *d = self;
    settle(d, ticket);
    note(d, &(struct note){.kind = NOTE_RECEIPT, .receipt = *receipt});
}

static void on_message(void *self, const struct smpp_in *message, struct smpp_ticket ticket)
{
    struct diary *d = self;
    struct note n = {.kind = NOTE_MESSAGE, .udhi = message->udhi};
    snprintf(n.text, sizeof n.text, "%s", message->msisdn);
    if (bytes_keep(message->user_data, n.data, sizeof n.data, &n.len) != TSM_OK)
        n.len = 0;
    settle(d, ticket);
    note(d, &n);
}

static void on_state(void *self, bool up)
{
    note(self, &(struct note){.kind = up ? NOTE_UP : NOTE_DOWN});
}

struct smpp_events diary_events(struct diary *d)
{
    return (struct smpp_events){d, on_accepted, on_refused, on_receipt, on_message, on_state};
}

struct note diary_next(struct diary *d, enum note_kind kind)
{
    struct timespec until;
    struct note n;
    int failed = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CENTRE_PATIENCE_S;
    pthread_mutex_lock(&d->lock);
    while (d->read == d->n && !failed)
        failed = pthread_cond_timedwait(&d->changed, &d->lock, &until);
    n = failed ? (struct note){0} : d->at[d->read++];
    pthread_mutex_unlock(&d->lock);
    assert_int_equal(failed, 0);
    assert_int_equal(n.kind, kind);
    return n;
}
