/* SPDX-License-Identifier: Apache-2.0 */
/* Big-endian integers in octet strings, as every lab protocol on the SMS road writes them. Pure.
 * [SMPP 3.4 3.1, TS 102 225 5.1] */
#ifndef LAB_SMSC_SMPP_OCTETS_H
#define LAB_SMSC_SMPP_OCTETS_H

#include <stddef.h>
#include <stdint.h>

static inline uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)get_u16(p) << 16 | get_u16(p + 2);
}

static inline void put_u16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void put_u32(uint8_t *p, size_t v)
{
    put_u16(p, v >> 16);
    put_u16(p + 2, v);
}

#endif
