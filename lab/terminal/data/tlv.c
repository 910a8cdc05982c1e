/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV as the payment terminal reads it. Pure. [EMV 4.3 Book 3 Annex B] */
#include "terminal/data/tlv.h"

enum {
    CONSTRUCTED = 0x20,    /* b6 of the first tag byte */
    MORE_TAG_BYTES = 0x1F, /* b5-b1 of the first tag byte */
    TAG_GOES_ON = 0x80,    /* b8 of the further ones */
    LONG_LENGTH = 0x80,
    LENGTH_BYTES = 0x7F,
};

static bool take(struct term_bytes *left, uint8_t *byte)
{
    if (left->len == 0)
        return false;
    *byte = *left->at++;
    left->len--;
    return true;
}

enum term_read term_tag_next(struct term_bytes *left, uint32_t *tag, bool *constructed)
{
    uint8_t byte;
    if (!take(left, &byte))
        return TERM_END;
    uint32_t read = byte;
    *constructed = (byte & CONSTRUCTED) != 0;
    if ((byte & MORE_TAG_BYTES) == MORE_TAG_BYTES) {
        size_t count = 1;
        do {
            if (++count > TERM_MAX_TAG_BYTES || !take(left, &byte))
                return TERM_MALFORMED;
            read = read << 8 | byte;
        } while (byte & TAG_GOES_ON);
    }
    *tag = read;
    return TERM_GOT;
}

/* 80, the indefinite form, is not allowed in EMV. */
static bool take_length(struct term_bytes *left, size_t *len)
{
    uint8_t byte;
    if (!take(left, &byte))
        return false;
    size_t read = byte;
    if (byte & LONG_LENGTH) {
        unsigned count = byte & LENGTH_BYTES;
        if (count == 0 || count > TERM_MAX_LENGTH_BYTES)
            return false;
        for (read = 0; count > 0; count--) {
            if (!take(left, &byte))
                return false;
            read = read << 8 | byte;
        }
    }
    *len = read;
    return read <= left->len;
}

enum term_read term_tlv_next(struct term_bytes *left, struct term_tlv *out)
{
    struct term_tlv read = {0};
    while (left->len > 0 && left->at[0] == 0x00) {
        left->at++;
        left->len--;
    }
    enum term_read r = term_tag_next(left, &read.tag, &read.constructed);
    if (r != TERM_GOT)
        return r;
    if (!take_length(left, &read.len))
        return TERM_MALFORMED;
    read.value = left->at;
    left->at += read.len;
    left->len -= read.len;
    *out = read;
    return TERM_GOT;
}

static bool valid_at_depth(struct term_bytes all, unsigned depth)
{
    struct term_tlv object;
    enum term_read r = TERM_END;
    if (depth > TERM_MAX_DEPTH)
        return false;
    while ((r = term_tlv_next(&all, &object)) == TERM_GOT)
        if (object.constructed && !valid_at_depth((struct term_bytes){object.value, object.len}, depth + 1))
            return false;
    return r == TERM_END;
}

bool term_tlv_valid(struct term_bytes all)
{
    return valid_at_depth(all, 0);
}

bool term_tlv_find(struct term_bytes all, uint32_t tag, struct term_bytes *value)
{
    struct term_tlv object;
    while (term_tlv_next(&all, &object) == TERM_GOT) {
        if (object.tag == tag) {
            *value = (struct term_bytes){object.value, object.len};
            return true;
        }
    }
    return false;
}
