/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of octets: what has come in and what is to go out on one connection. Station 1. Edge's tool,
 * pure but for allocation. */
#ifndef TSM_HTTP_SERVE_BUFFER_H
#define TSM_HTTP_SERVE_BUFFER_H

#include "base/bytes.h"

struct buffer {
    uint8_t *at; /* owned */
    size_t len, cap;
};

/* Makes room for n more octets; NO_MEMORY. Spans into the buffer are void afterwards. */
enum tsm_err buffer_room(struct buffer *b, size_t n);
enum tsm_err buffer_add(struct buffer *b, struct bytes more);
/* The free octets behind the content, and taking n of them into it. */
struct writer buffer_tail(struct buffer *b);
void buffer_took(struct buffer *b, size_t n);
/* The content from an offset on; empty beyond the end. */
struct bytes buffer_from(const struct buffer *b, size_t from);
/* Removes n octets at an offset. */
void buffer_cut(struct buffer *b, size_t from, size_t n);
/* Frees the octets and zeroes the buffer. */
void buffer_drop(struct buffer *b);

#endif
