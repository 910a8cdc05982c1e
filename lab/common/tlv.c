/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV for the laboratory, read by offset and written in place; pure; ISO/IEC 8825-1 with definite lengths
 * of at most four bytes (GPCS 2.3.1 11.1.5; four for a load file beyond 64 KiB). */
#include "common/tlv.h"

#include <string.h>

bool tlv_length(const uint8_t *at, size_t n, size_t offset, size_t *len, size_t *behind)
{
    uint8_t first;
    size_t more;

    if (offset >= n)
        return false;
    first = at[offset];
    if (first < 0x80) {
        *len = first;
        *behind = offset + 1;
        return true;
    }
    more = first & 0x7FU;
    if (more < 1 || more > LAB_TLV_MAX_LENGTH_BYTES || more > n - offset - 1)
        return false;
    *len = (size_t)lab_number(at + offset + 1, more);
    *behind = offset + 1 + more;
    /* The shortest form is the only one a strict card takes. */
    return more == 1 ? *len >= 0x80 : at[offset + 1] != 0;
}

static bool tlv_tag(const uint8_t *at, size_t n, size_t offset, struct tlv *t)
{
    size_t used = 1;

    if (offset >= n)
        return false;
    t->tag = at[offset];
    if ((at[offset] & 0x1F) == 0x1F) {
        do {
            if (used >= LAB_TLV_MAX_TAG_BYTES || offset + used >= n)
                return false;
            t->tag = t->tag << 8 | at[offset + used];
            used++;
        } while (at[offset + used - 1] & 0x80);
    }
    t->end = offset + used;
    return true;
}

bool tlv_read(const uint8_t *at, size_t n, size_t offset, struct tlv *t)
{
    size_t behind;

    if (!tlv_tag(at, n, offset, t) || !tlv_length(at, n, t->end, &t->len, &behind) || t->len > n - behind)
        return false;
    t->value = at + behind;
    t->end = behind + t->len;
    return true;
}

bool tlv_is_sequence(const uint8_t *at, size_t n)
{
    struct tlv t = {0};

    while (t.end < n)
        if (!tlv_read(at, n, t.end, &t))
            return false;
    return true;
}

bool tlv_find(const uint8_t *at, size_t n, uint32_t tag, struct tlv *t)
{
    t->end = 0;
    while (t->end < n) {
        if (!tlv_read(at, n, t->end, t))
            return false;
        if (t->tag == tag)
            return true;
    }
    return false;
}

void out_tag(struct out *o, uint32_t tag)
{
    out_number(o, tag, tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1);
}

static void out_length(struct out *o, size_t n)
{
    if (n > 0xFF)
        out_number(o, 0x820000U | n, 3);
    else if (n > 0x7F)
        out_number(o, 0x8100U | n, 2);
    else
        out_number(o, n, 1);
}

void out_lv(struct out *o, const uint8_t *value, size_t n)
{
    out_length(o, n);
    out_bytes(o, value, n);
}

void out_tlv(struct out *o, uint32_t tag, const uint8_t *value, size_t n)
{
    out_tag(o, tag);
    out_lv(o, value, n);
}

size_t out_open(struct out *o, uint32_t tag)
{
    out_tag(o, tag);
    return o->len;
}

void out_close(struct out *o, size_t mark)
{
    uint8_t head[3];
    struct out length;
    size_t n = o->len - mark;

    out_init(&length, head, sizeof head);
    out_length(&length, n);
    if (o->full || length.len > o->cap - o->len) {
        o->full = true;
        return;
    }
    memmove(o->at + mark + length.len, o->at + mark, n);
    memcpy(o->at + mark, head, length.len);
    o->len += length.len;
}
