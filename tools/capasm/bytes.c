/* SPDX-License-Identifier: Apache-2.0 */
/* Octet string writer of capasm (build tool, pure): big-endian items as JCVM 2.2.2 chapter 6 asks. */
#include <string.h>

#include "capasm.h"

void put_octets(struct bytes *b, const void *data, size_t len)
{
    if (len > sizeof b->data - b->len) {
        b->overflow = true;
        return;
    }
    if (len > 0)
        memcpy(b->data + b->len, data, len);
    b->len += len;
}

void put_u1(struct bytes *b, unsigned value)
{
    const uint8_t octet = (uint8_t)value;
    put_octets(b, &octet, sizeof octet);
}

void put_u2(struct bytes *b, unsigned value)
{
    put_u1(b, value >> 8);
    put_u1(b, value);
}

void set_u2(struct bytes *b, size_t at, unsigned value)
{
    if (b->len < 2 || at > b->len - 2) {
        b->overflow = true;
        return;
    }
    b->data[at] = (uint8_t)(value >> 8);
    b->data[at + 1] = (uint8_t)value;
}

void put_aid(struct bytes *b, const struct aid *aid)
{
    put_u1(b, aid->len);
    put_octets(b, aid->value, aid->len);
}
