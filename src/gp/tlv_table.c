/* SPDX-License-Identifier: Apache-2.0 */
/* A template read into a struct, or written from it, by one table of rows. Stations 5 and 10. Pure.
 * [GPCS 11.1.5: TLV-coded data fields] */
#include "gp/tlv.h"

enum { ROWS_MAX = 32, MEMORY_SHORT_MAX = 32767 };

/* The only place where a member is found by its offset. */
static void *member(void *into, const struct tlv_field *row)
{
    return (char *)into + row->offset;
}
static const void *member_of(const void *from, const struct tlv_field *row)
{
    return (const char *)from + row->offset;
}

static enum tsm_err read_number(struct bytes value, uint32_t *out)
{
    struct reader r = READER(value);
    uint32_t n = 0;
    NEED(value.len <= sizeof n, BAD_LENGTH);
    while (r.left.len) {
        uint8_t b;
        TRY(read_u8(&r, &b));
        n = n << 8 | b;
    }
    *out = n;
    return TSM_OK;
}

static enum tsm_err take(const struct tlv_field *row, struct bytes value, void *into,
                         enum tlv_unknown unknown)
{
    if (row->kind == TLV_GROUP)
        return tlv_fill(value, row->inside, into, unknown);
    if (value.len < row->min || value.len > row->max)
        return FAIL(BAD_LENGTH, "data object %02X has %zu octets, %zu to %zu are allowed", (unsigned)row->tag,
                    value.len, row->min, row->max);
    if (row->kind == TLV_NUMBER || row->kind == TLV_MEMORY)
        return read_number(value, member(into, row));
    if (row->kind == TLV_FLAG)
        *(bool *)member(into, row) = true;
    else
        *(struct bytes *)member(into, row) = value;
    return TSM_OK;
}

static const struct tlv_field *row_of(const struct tlv_field *table, uint32_t tag, size_t *index)
{
    for (size_t i = 0; table[i].tag; i++)
        if (table[i].tag == tag) {
            *index = i;
            return &table[i];
        }
    return NULL;
}

static enum tsm_err need_all(const struct tlv_field *table, uint32_t seen)
{
    for (size_t i = 0; table[i].tag; i++)
        if (table[i].need == TLV_NEEDED && !(seen >> i & 1))
            return FAIL(MISSING_FIELD, "data object %02X is missing", (unsigned)table[i].tag);
    return TSM_OK;
}

enum tsm_err tlv_fill(struct bytes in, const struct tlv_field *table, void *into, enum tlv_unknown unknown)
{
    struct reader r = READER(in);
    uint32_t seen = 0; /* one bit a row, at most ROWS_MAX rows */
    while (r.left.len) {
        struct tlv t;
        const struct tlv_field *row;
        size_t i = 0;
        TRY(tlv_next(&r, &t));
        row = row_of(table, t.tag, &i);
        if (!row && unknown == TLV_REFUSE_UNKNOWN)
            return FAIL(UNKNOWN_FIELD, "data object %02X is not known here", (unsigned)t.tag);
        if (!row)
            continue;
        NEED(i < ROWS_MAX, NO_ROOM);
        if (seen >> i & 1) {
            if (row->kind != TLV_MANY)
                return FAIL(DUPLICATE_TAG, "data object %02X occurs twice", (unsigned)t.tag);
            continue;
        }
        seen |= UINT32_C(1) << i;
        TRY(take(row, t.value, into, unknown));
    }
    return need_all(table, seen);
}

static enum tsm_err put_number(struct writer *w, const struct tlv_field *row, uint32_t value)
{
    uint8_t octets[4];
    struct writer n = WRITER(octets);
    struct bytes coded;
    size_t len = row->min;
    if (row->kind == TLV_MEMORY)
        len = value > MEMORY_SHORT_MAX ? 4 : 2;
    while (len < 4 && value >> 8 * len)
        len++;
    if (len > row->max)
        return FAIL(BAD_LENGTH, "data object %02X has at most %zu octets", (unsigned)row->tag, row->max);
    TRY(write_u32(&n, value));
    TRY(bytes_part(written(&n), 4 - len, len, &coded));
    return tlv_write(w, row->tag, coded);
}

static enum tsm_err put_bytes(struct writer *w, const struct tlv_field *row, struct bytes value)
{
    if (value.len == 0 && row->need == TLV_OPTIONAL)
        return TSM_OK;
    if (value.len < row->min || value.len > row->max)
        return FAIL(BAD_LENGTH, "data object %02X has %zu octets, %zu to %zu are allowed", (unsigned)row->tag,
                    value.len, row->min, row->max);
    return tlv_write(w, row->tag, value);
}

static enum tsm_err put_group(struct writer *w, const struct tlv_field *row, const void *from)
{
    struct writer at = *w;
    size_t mark;
    TRY(tlv_open(&at, row->tag, &mark));
    TRY(tlv_put(&at, row->inside, from));
    if (at.len == mark && row->need == TLV_OPTIONAL)
        return TSM_OK;
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}

static enum tsm_err put_row(struct writer *w, const struct tlv_field *row, const void *from)
{
    switch (row->kind) {
    case TLV_GROUP:
        return put_group(w, row, from);
    case TLV_FLAG:
        return *(const bool *)member_of(from, row) ? tlv_write(w, row->tag, BYTES_NONE) : TSM_OK;
    case TLV_NUMBER:
    case TLV_MEMORY: {
        uint32_t value = *(const uint32_t *)member_of(from, row);
        return value || row->need == TLV_NEEDED ? put_number(w, row, value) : TSM_OK;
    }
    case TLV_BYTES:
    case TLV_MANY:
        break;
    }
    return put_bytes(w, row, *(const struct bytes *)member_of(from, row));
}

enum tsm_err tlv_put(struct writer *w, const struct tlv_field *table, const void *from)
{
    struct writer at = *w;
    for (size_t i = 0; table[i].tag; i++)
        TRY(put_row(&at, &table[i], from));
    *w = at;
    return TSM_OK;
}
