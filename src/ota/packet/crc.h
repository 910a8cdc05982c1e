/* SPDX-License-Identifier: Apache-2.0 */
/* Redundancy checks of secured packets. Stations 8 and 10. Pure. [TS 102 225 5.1.3.2, ISO 13239 FCS] */
#ifndef TSM_OTA_PACKET_CRC_H
#define TSM_OTA_PACKET_CRC_H

#include "base/bytes.h"

/* CRC-16 of X.25: polynomial 8408 reflected, start and final xor FFFF; over the parts in order. */
uint16_t crc_16(const struct bytes *parts, size_t n);
/* CRC-32 of IEEE 802.3: polynomial EDB88320 reflected, start and final xor FFFFFFFF. */
uint32_t crc_32(const struct bytes *parts, size_t n);

#endif
