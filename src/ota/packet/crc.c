/* SPDX-License-Identifier: Apache-2.0 */
/* Redundancy checks of secured packets, bit by bit: they are rare and short. Stations 8 and 10. Pure.
 * [TS 102 225 5.1.3.2, ISO 13239 FCS] */
#include "ota/packet/crc.h"

static uint32_t reflected(uint32_t crc, uint32_t polynomial, struct bytes part)
{
    for (size_t i = 0; i < part.len; i++) {
        crc ^= part.at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    }
    return crc;
}

uint16_t crc_16(const struct bytes *parts, size_t n)
{
    uint32_t crc = 0xFFFF;
    for (size_t i = 0; i < n; i++)
        crc = reflected(crc, 0x8408, parts[i]);
    return (uint16_t)(crc ^ 0xFFFF);
}

uint32_t crc_32(const struct bytes *parts, size_t n)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < n; i++)
        crc = reflected(crc, 0xEDB88320, parts[i]);
    return crc ^ 0xFFFFFFFF;
}
