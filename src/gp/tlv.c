/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV cursor and writer. Stations 5, 7 and 10. Pure. [ISO 8825-1 8.1, GPCS 11.1.5] */
#include "gp/tlv.h"

#include "base/ber.h"

enum {
    TAG_MORE = 0x1F,      /* low five bits all set: the tag goes on */
    TAG_CONTINUES = 0x80, /* b8 of a following octet */
    LENGTH_LONG = 0x80,
    LENGTH_ONE = 0x81,
    LENGTH_TWO = 0x82,
    LENGTH_MAX = 65535,
};

static enum tsm_err read_tag(struct reader *r, uint32_t *out)
{
    uint8_t b;
    uint32_t tag;
    TRY(read_u8(r, &b));
    tag = b;
    if ((b & TAG_MORE) == TAG_MORE) {
        TRY(read_u8(r, &b));
        tag = tag << 8 | b;
        if (b & TAG_CONTINUES) {
            TRY(read_u8(r, &b));
            tag = tag << 8 | b;
            NEED(!(b & TAG_CONTINUES), BAD_VALUE);
        }
    }
    NEED(tag != 0, BAD_VALUE);
    *out = tag;
    return TSM_OK;
}

enum tsm_err tlv_read_length(struct reader *r, size_t *len)
{
    struct reader at = *r;
    uint8_t b;
    uint16_t two;
    TRY(read_u8(&at, &b));
    if (b == LENGTH_ONE) {
        TRY(read_u8(&at, &b));
        *len = b;
    } else if (b == LENGTH_TWO) {
        TRY(read_u16(&at, &two));
        *len = two;
    } else {
        NEED(b != LENGTH_LONG, BAD_VALUE);
        NEED(b < LENGTH_LONG, BAD_LENGTH);
        *len = b;
    }
    *r = at;
    return TSM_OK;
}

enum tsm_err tlv_next(struct reader *r, struct tlv *out)
{
    struct reader at = *r;
    struct tlv t;
    size_t len;
    TRY(read_tag(&at, &t.tag));
    TRY(tlv_read_length(&at, &len));
    TRY(read_span(&at, len, &t.value));
    TRY(bytes_part(r->left, 0, r->left.len - at.left.len, &t.whole));
    *r = at;
    *out = t;
    return TSM_OK;
}

enum tsm_err tlv_find(struct bytes siblings, uint32_t tag, struct bytes *value)
{
    struct reader r = READER(siblings);
    struct tlv t;
    while (r.left.len) {
        TRY(tlv_next(&r, &t));
        if (t.tag == tag) {
            *value = t.value;
            return TSM_OK;
        }
    }
    return FAIL(NOT_FOUND, "no data object %02X", (unsigned)tag);
}

/* Writing is base/ber's, below the length that GlobalPlatform's two octets hold. */
enum tsm_err tlv_write_tag(struct writer *w, uint32_t tag)
{
    return ber_write_tag(w, tag);
}

enum tsm_err tlv_write_length(struct writer *w, size_t len)
{
    NEED(len <= LENGTH_MAX, TOO_LONG);
    return ber_write_length(w, len);
}

enum tsm_err tlv_write(struct writer *w, uint32_t tag, struct bytes value)
{
    NEED(value.len <= LENGTH_MAX, TOO_LONG);
    return ber_write(w, tag, value);
}

enum tsm_err tlv_write_u8(struct writer *w, uint32_t tag, unsigned value)
{
    uint8_t octet = (uint8_t)value;
    return tlv_write(w, tag, BYTES_OF(&octet, 1));
}

enum tsm_err tlv_open(struct writer *w, uint32_t tag, size_t *mark)
{
    return ber_open(w, tag, mark);
}

enum tsm_err tlv_close(struct writer *w, size_t mark)
{
    NEED(w->len - mark <= LENGTH_MAX, TOO_LONG);
    return ber_close(w, mark);
}
