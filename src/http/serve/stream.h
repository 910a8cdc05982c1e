/* SPDX-License-Identifier: Apache-2.0 */
/* One non-blocking connection, plain or TLS, behind the same five words. Station 1. Edge. [RFC 8446] */
#ifndef TSM_HTTP_SERVE_STREAM_H
#define TSM_HTTP_SERVE_STREAM_H

#include <openssl/ssl.h>

#include "base/bytes.h"

struct stream {
    int fd;
    SSL *ssl; /* NULL when plain */
};

enum stream_answer { STREAM_DID, STREAM_WANTS_READ, STREAM_WANTS_WRITE, STREAM_ENDED };

enum stream_answer stream_handshake(struct stream *s);
/* Reads to the writer; DID means at least one octet. */
enum stream_answer stream_read(struct stream *s, struct writer *to);
/* Writes from the span; *n octets went, also when less than all did. */
enum stream_answer stream_write(struct stream *s, struct bytes from, size_t *n);
/* Octets that TLS has read from the socket and not handed over: no event will tell of them. */
bool stream_holds_more(const struct stream *s);
/* Says that nothing more will be written; the peer may still send. */
void stream_finish(struct stream *s);
/* From now on a close throws away what the peer has not taken yet, instead of keeping it in the kernel. */
void stream_abort(struct stream *s);
void stream_close(struct stream *s);

#endif
