/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors over borrowed bytes; every bound check of the readers and writers stands here once. Pure. */
#include "base/bytes.h"

#include <string.h>

struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool bytes_equal_secret(struct bytes a, struct bytes b)
{
    uint64_t differ = 0, x, y;
    size_t i = 0;
    if (a.len != b.len)
        return false;
    for (; i + sizeof x <= a.len; i += sizeof x) { /* every packet and every kept key comes here */
        memcpy(&x, a.at + i, sizeof x);
        memcpy(&y, b.at + i, sizeof y);
        differ |= x ^ y;
    }
    for (; i < a.len; i++)
        differ |= (uint8_t)(a.at[i] ^ b.at[i]);
    return differ == 0;
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.at, b.at, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool bytes_find(struct bytes in, struct bytes what, size_t *at)
{
    size_t from = 0;
    while (what.len && in.len - from >= what.len) {
        const uint8_t *hit = memchr(in.at + from, what.at[0], in.len - from - what.len + 1);
        if (!hit)
            return false;
        from = (size_t)(hit - in.at);
        if (memcmp(hit, what.at, what.len) == 0) {
            *at = from;
            return true;
        }
        from++;
    }
    return false;
}

enum tsm_err bytes_part(struct bytes b, size_t from, size_t len, struct bytes *out)
{
    NEED(from <= b.len && len <= b.len - from, SHORT_INPUT);
    *out = (struct bytes){b.at ? b.at + from : NULL, len};
    return TSM_OK;
}

enum tsm_err read_span(struct reader *r, size_t n, struct bytes *out)
{
    if (n > r->left.len)
        return FAIL(SHORT_INPUT, "%zu bytes announced, %zu left", n, r->left.len);
    *out = (struct bytes){r->left.at, n};
    if (n) {
        r->left.at += n;
        r->left.len -= n;
    }
    return TSM_OK;
}

static enum tsm_err read_number(struct reader *r, size_t n, uint64_t *out)
{
    struct bytes b;
    uint64_t v = 0;
    TRY(read_span(r, n, &b));
    for (size_t i = 0; i < n; i++)
        v = v << 8 | b.at[i];
    *out = v;
    return TSM_OK;
}

#define READ_AS(name, type, n)                     \
    enum tsm_err name(struct reader *r, type *out) \
    {                                              \
        uint64_t v;                                \
        TRY(read_number(r, n, &v));                \
        *out = (type)v;                            \
        return TSM_OK;                             \
    }
READ_AS(read_u8, uint8_t, 1)
READ_AS(read_u16, uint16_t, 2)
READ_AS(read_u24, uint32_t, 3)
READ_AS(read_u32, uint32_t, 4)
READ_AS(read_u40, uint64_t, 5)
READ_AS(read_u64, uint64_t, 8)

enum tsm_err read_copy(struct reader *r, size_t n, uint8_t *out)
{
    struct bytes b;
    TRY(read_span(r, n, &b));
    if (n)
        memcpy(out, b.at, n);
    return TSM_OK;
}

enum tsm_err read_end(const struct reader *r)
{
    if (r->left.len)
        return FAIL(TRAILING_BYTES, "%zu bytes after the end", r->left.len);
    return TSM_OK;
}

enum tsm_err read_lv(struct reader *r, struct bytes *out)
{
    struct reader at = *r;
    uint8_t n;
    struct bytes b;
    TRY(read_u8(&at, &n));
    TRY(read_span(&at, n, &b));
    *r = at;
    *out = b;
    return TSM_OK;
}

enum tsm_err write_slot(struct writer *w, size_t n, uint8_t **slot)
{
    if (n > w->cap - w->len)
        return FAIL(NO_ROOM, "%zu bytes to write, room for %zu", n, w->cap - w->len);
    *slot = w->at + w->len;
    w->len += n;
    return TSM_OK;
}

enum tsm_err write_insert(struct writer *w, size_t from, size_t n, uint8_t **slot)
{
    uint8_t *end;
    size_t moved;
    NEED(from <= w->len, BAD_LENGTH);
    moved = w->len - from;
    TRY(write_slot(w, n, &end));
    *slot = w->at + from;
    memmove(*slot + n, *slot, moved);
    return TSM_OK;
}

static enum tsm_err write_number(struct writer *w, uint64_t v, size_t n)
{
    uint8_t *p;
    TRY(write_slot(w, n, &p));
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * (n - 1 - i));
    return TSM_OK;
}

enum tsm_err write_u8(struct writer *w, unsigned v)
{
    return write_number(w, v, 1);
}
enum tsm_err write_u16(struct writer *w, unsigned v)
{
    return write_number(w, v, 2);
}
enum tsm_err write_u24(struct writer *w, uint32_t v)
{
    return write_number(w, v, 3);
}
enum tsm_err write_u32(struct writer *w, uint32_t v)
{
    return write_number(w, v, 4);
}
enum tsm_err write_u40(struct writer *w, uint64_t v)
{
    return write_number(w, v, 5);
}
enum tsm_err write_u64(struct writer *w, uint64_t v)
{
    return write_number(w, v, 8);
}

enum tsm_err write_span(struct writer *w, struct bytes b)
{
    uint8_t *p;
    TRY(write_slot(w, b.len, &p));
    if (b.len)
        memcpy(p, b.at, b.len);
    return TSM_OK;
}

enum tsm_err write_fill(struct writer *w, uint8_t value, size_t n)
{
    uint8_t *p;
    TRY(write_slot(w, n, &p));
    if (n)
        memset(p, value, n);
    return TSM_OK;
}

enum tsm_err write_lv(struct writer *w, struct bytes b)
{
    struct writer at = *w;
    NEED(b.len <= 255, TOO_LONG);
    TRY(write_u8(&at, (unsigned)b.len));
    TRY(write_span(&at, b));
    *w = at;
    return TSM_OK;
}

void write_forget(struct writer *w, size_t from)
{
    if (from >= w->len)
        return;
    explicit_bzero(w->at + from, w->len - from);
    w->len = from;
}

struct bytes written(const struct writer *w)
{
    return (struct bytes){w->at, w->len};
}

struct bytes written_since(const struct writer *w, size_t from)
{
    return (struct bytes){w->at + from, w->len - from};
}

enum tsm_err bytes_keep(struct bytes b, uint8_t *to, size_t cap, size_t *len)
{
    NEED(b.len <= cap, TOO_LONG);
    if (b.len)
        memcpy(to, b.at, b.len);
    *len = b.len;
    return TSM_OK;
}
