/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV data objects: tags, lengths, nesting. Stations 5, 8, 10. Pure. [ISO 7816-4 5.2.2, EMV Book 3 Annex
 * B]
 */
#include "base/ber.h"

#include <string.h>

enum { TAG_GOES_ON = 0x1F, TAG_MORE = 0x80, LENGTH_FORM = 0x80, LENGTH_BYTES_MAX = 4 };

enum tsm_err ber_read_tag(struct reader *r, uint32_t *tag)
{
    struct reader at = *r;
    uint8_t b;
    uint32_t t;
    TRY(read_u8(&at, &b));
    t = b;
    if ((b & TAG_GOES_ON) == TAG_GOES_ON) {
        do {
            NEED(t <= 0xFFFF, BAD_VALUE);
            TRY(read_u8(&at, &b));
            t = t << 8 | b;
        } while (b & TAG_MORE);
    }
    *r = at;
    *tag = t;
    return TSM_OK;
}

enum tsm_err ber_read_length(struct reader *r, size_t *len)
{
    struct reader at = *r;
    uint8_t b;
    size_t n;
    TRY(read_u8(&at, &b));
    n = b;
    if (b & LENGTH_FORM) {
        unsigned count = b & 0x7F;
        NEED(count >= 1 && count <= LENGTH_BYTES_MAX, BAD_LENGTH);
        for (n = 0; count; count--) {
            TRY(read_u8(&at, &b));
            n = n << 8 | b;
        }
    }
    *r = at;
    *len = n;
    return TSM_OK;
}

enum tsm_err ber_read(struct reader *r, struct ber *out)
{
    struct reader at = *r;
    struct ber t;
    size_t len;
    TRY(ber_read_tag(&at, &t.tag));
    TRY(ber_read_length(&at, &len));
    TRY(read_span(&at, len, &t.value));
    *r = at;
    *out = t;
    return TSM_OK;
}

enum tsm_err ber_find(struct bytes in, uint32_t tag, struct bytes *value)
{
    struct reader r = READER(in);
    struct ber t;
    while (r.left.len) {
        TRY(ber_read(&r, &t));
        if (t.tag == tag) {
            *value = t.value;
            return TSM_OK;
        }
    }
    return FAIL(NOT_FOUND, "no data object %X", tag);
}

static size_t tag_bytes(uint32_t tag)
{
    return tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
}

static size_t length_bytes(size_t len)
{
    return len < 0x80 ? 1 : len <= 0xFF ? 2 : len <= 0xFFFF ? 3 : 4;
}

size_t ber_size(uint32_t tag, size_t value_len)
{
    return tag_bytes(tag) + length_bytes(value_len) + value_len;
}

enum tsm_err ber_write_tag(struct writer *w, uint32_t tag)
{
    switch (tag_bytes(tag)) {
    case 1:
        return write_u8(w, tag);
    case 2:
        return write_u16(w, tag);
    default:
        NEED(tag <= 0xFFFFFF, BAD_VALUE);
        return write_u24(w, tag);
    }
}

enum tsm_err ber_write_length(struct writer *w, size_t len)
{
    NEED(len <= BER_VALUE_MAX, TOO_LONG);
    switch (length_bytes(len)) {
    case 1:
        return write_u8(w, (unsigned)len);
    case 2:
        return write_u16(w, 0x8100u | (unsigned)len);
    case 3:
        return write_u24(w, 0x820000u | (uint32_t)len);
    default:
        return write_u32(w, 0x83000000u | (uint32_t)len);
    }
}

enum tsm_err ber_write(struct writer *w, uint32_t tag, struct bytes value)
{
    struct writer at = *w;
    TRY(ber_write_tag(&at, tag));
    TRY(ber_write_length(&at, value.len));
    TRY(write_span(&at, value));
    *w = at;
    return TSM_OK;
}

enum tsm_err ber_open(struct writer *w, uint32_t tag, size_t *mark)
{
    TRY(ber_write_tag(w, tag));
    *mark = w->len;
    return TSM_OK;
}

enum tsm_err ber_close(struct writer *w, size_t mark)
{
    struct writer at = *w;
    struct bytes value = written_since(w, mark);
    uint8_t *unused;
    NEED(value.len <= BER_VALUE_MAX, TOO_LONG);
    TRY(write_slot(&at, length_bytes(value.len), &unused));
    memmove(w->at + mark + length_bytes(value.len), value.at, value.len);
    w->len = mark;
    TRY(ber_write_length(w, value.len));
    w->len += value.len;
    return TSM_OK;
}
