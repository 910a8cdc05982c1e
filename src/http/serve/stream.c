/* SPDX-License-Identifier: Apache-2.0 */
/* One non-blocking connection: the answers of read(2), write(2) and OpenSSL made one. Station 1. Edge. [RFC
 * 8446] */
#include "http/serve/stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

static enum stream_answer tls_answer(struct stream *s, int result)
{
    switch (SSL_get_error(s->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return STREAM_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return STREAM_WANTS_WRITE;
    case SSL_ERROR_SYSCALL:
    case SSL_ERROR_SSL:
        /* After a fatal error SSL_shutdown must not be called. */
        SSL_set_quiet_shutdown(s->ssl, 1);
        return STREAM_ENDED;
    default:
        return STREAM_ENDED;
    }
}

enum stream_answer stream_handshake(struct stream *s)
{
    int result;
    ERR_clear_error();
    result = SSL_accept(s->ssl);
    return result == 1 ? STREAM_DID : tls_answer(s, result);
}

static enum stream_answer plain_answer(enum stream_answer wish)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? wish : STREAM_ENDED;
}

enum stream_answer stream_read(struct stream *s, struct writer *to)
{
    size_t n = 0;
    uint8_t *at;
    if (write_slot(to, to->cap - to->len, &at) != TSM_OK)
        return STREAM_ENDED;
    if (s->ssl) {
        int result;
        ERR_clear_error();
        result = SSL_read_ex(s->ssl, at, to->len, &n);
        to->len = n;
        return result == 1 ? STREAM_DID : tls_answer(s, result);
    }
    ssize_t got;
    do
        got = read(s->fd, at, to->len);
    while (got < 0 && errno == EINTR);
    to->len = got > 0 ? (size_t)got : 0;
    if (got > 0)
        return STREAM_DID;
    return got == 0 ? STREAM_ENDED : plain_answer(STREAM_WANTS_READ);
}

enum stream_answer stream_write(struct stream *s, struct bytes from, size_t *n)
{
    *n = 0;
    if (s->ssl) {
        int result;
        ERR_clear_error();
        result = SSL_write_ex(s->ssl, from.at, from.len, n);
        return result == 1 ? STREAM_DID : tls_answer(s, result);
    }
    ssize_t put;
    do
        put = send(s->fd, from.at, from.len, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0)
        return plain_answer(STREAM_WANTS_WRITE);
    *n = (size_t)put;
    return STREAM_DID;
}

bool stream_holds_more(const struct stream *s)
{
    return s->ssl && SSL_has_pending(s->ssl);
}

void stream_finish(struct stream *s)
{
    if (s->ssl) {
        ERR_clear_error();
        SSL_shutdown(s->ssl);
    }
    shutdown(s->fd, SHUT_WR);
}

void stream_abort(struct stream *s)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void stream_close(struct stream *s)
{
    SSL_free(s->ssl);
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct stream){.fd = -1};
}
