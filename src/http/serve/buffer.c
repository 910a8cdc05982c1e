/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of octets; the only offsets into a connection's memory stand here. Station 1. Pure but for
 * allocation.
 */
#include "http/serve/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFER_FIRST = 4096 };

enum tsm_err buffer_room(struct buffer *b, size_t n)
{
    size_t cap = b->cap ? b->cap : BUFFER_FIRST;
    uint8_t *at;
    if (b->cap - b->len >= n)
        return TSM_OK;
    NEED(n <= SIZE_MAX / 4 && b->len <= SIZE_MAX / 4, NO_MEMORY);
    while (cap - b->len < n)
        cap *= 2;
    at = realloc(b->at, cap);
    NEED(at, NO_MEMORY);
    b->at = at;
    b->cap = cap;
    return TSM_OK;
}

enum tsm_err buffer_add(struct buffer *b, struct bytes more)
{
    TRY(buffer_room(b, more.len));
    if (more.len)
        memcpy(b->at + b->len, more.at, more.len);
    b->len += more.len;
    return TSM_OK;
}

struct writer buffer_tail(struct buffer *b)
{
    return (struct writer){b->at ? b->at + b->len : NULL, 0, b->cap - b->len};
}

void buffer_took(struct buffer *b, size_t n)
{
    b->len += n <= b->cap - b->len ? n : b->cap - b->len;
}

struct bytes buffer_from(const struct buffer *b, size_t from)
{
    return from < b->len ? BYTES_OF(b->at + from, b->len - from) : BYTES_NONE;
}

void buffer_cut(struct buffer *b, size_t from, size_t n)
{
    if (from >= b->len)
        return;
    if (n > b->len - from)
        n = b->len - from;
    memmove(b->at + from, b->at + from + n, b->len - from - n);
    b->len -= n;
}

void buffer_drop(struct buffer *b)
{
    free(b->at);
    *b = (struct buffer){0};
}
