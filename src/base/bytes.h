/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes, a cursor that reads them and a cursor that writes them: the only pointer arithmetic of the
 * house. Pure. */
#ifndef TSM_BASE_BYTES_H
#define TSM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A borrowed span: never freed by who receives it, valid as long as its owner says. `at` may be NULL when len
 * is 0. */
struct bytes {
    const uint8_t *at;
    size_t len;
};

/* A reader consumes a span from the left. A failed read leaves the reader as it was. */
struct reader {
    struct bytes left;
};

/* A writer appends to the caller's buffer. A failed write leaves the writer as it was. */
struct writer {
    uint8_t *at;
    size_t len, cap;
};

#define BYTES(array)     ((struct bytes){(array), sizeof(array)})
#define BYTES_OF(ptr, n) ((struct bytes){(ptr), (n)})
#define BYTES_NONE       ((struct bytes){NULL, 0})
#define WRITER(array)    ((struct writer){(array), 0, sizeof(array)})
#define READER(span)     ((struct reader){span})

struct bytes bytes_of_text(const char *text);            /* the characters without the final 0 */
bool bytes_equal(struct bytes a, struct bytes b);        /* for public data */
bool bytes_equal_secret(struct bytes a, struct bytes b); /* constant time for equal lengths */
int bytes_compare(struct bytes a, struct bytes b);       /* memcmp order, the shorter first */
/* Where `what` begins in a span for the first time; false when it is nowhere in it. */
bool bytes_find(struct bytes in, struct bytes what, size_t *at);
/* A part of a span; SHORT_INPUT where it reaches beyond. */
enum tsm_err bytes_part(struct bytes b, size_t from, size_t len, struct bytes *out);

/* Reads in wire order; numbers are big-endian. SHORT_INPUT when fewer bytes are left. */
enum tsm_err read_u8(struct reader *r, uint8_t *out);
enum tsm_err read_u16(struct reader *r, uint16_t *out);
enum tsm_err read_u24(struct reader *r, uint32_t *out);
enum tsm_err read_u32(struct reader *r, uint32_t *out);
enum tsm_err read_u40(struct reader *r, uint64_t *out);
enum tsm_err read_u64(struct reader *r, uint64_t *out);
enum tsm_err read_span(struct reader *r, size_t n, struct bytes *out); /* borrows */
enum tsm_err read_copy(struct reader *r, size_t n, uint8_t *out); /* copies n bytes to the caller's array */
enum tsm_err read_end(const struct reader *r);                    /* TRAILING_BYTES unless all is consumed */
/* One byte of length, then that many bytes (the LV of GlobalPlatform commands). */
enum tsm_err read_lv(struct reader *r, struct bytes *out);

/* Writes in wire order; NO_ROOM when the buffer is full. */
enum tsm_err write_u8(struct writer *w, unsigned v);
enum tsm_err write_u16(struct writer *w, unsigned v);
enum tsm_err write_u24(struct writer *w, uint32_t v);
enum tsm_err write_u32(struct writer *w, uint32_t v);
enum tsm_err write_u40(struct writer *w, uint64_t v);
enum tsm_err write_u64(struct writer *w, uint64_t v);
enum tsm_err write_span(struct writer *w, struct bytes b);
enum tsm_err write_fill(struct writer *w, uint8_t value, size_t n);
enum tsm_err write_lv(struct writer *w, struct bytes b); /* TOO_LONG above 255 */
/* Room for n bytes to be filled in later (a length, a MAC); *slot stays valid as long as the buffer. */
enum tsm_err write_slot(struct writer *w, size_t n, uint8_t **slot);
/* Room for n bytes before position `from`; what was written since then moves up. For lengths that are known
 * last. */
enum tsm_err write_insert(struct writer *w, size_t from, size_t n, uint8_t **slot);
/* Takes back what was written since `from`, and wipes it: it may have been a secret. */
void write_forget(struct writer *w, size_t from);
struct bytes written(const struct writer *w);
/* What was written since position `from` (from <= w->len). */
struct bytes written_since(const struct writer *w, size_t from);

/* Copies a span to a fixed array; TOO_LONG when it does not fit. *len is set last. */
enum tsm_err bytes_keep(struct bytes b, uint8_t *to, size_t cap, size_t *len);

#endif
