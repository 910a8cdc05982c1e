/* SPDX-License-Identifier: Apache-2.0 */
/* One row a published packet; hex text, empty where there is nothing. Test data. */
#ifndef TSM_TESTS_UNIT_OTA_PACKET_ROWS_H
#define TSM_TESTS_UNIT_OTA_PACKET_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command_row {
    const char *name, *spi, *kic, *kid, *tar;
    uint64_t counter;
    const char *kic_key, *kid_key;
    uint8_t cc_len;
    const char *data, *packet;
};

struct response_row {
    const char *name, *spi, *kic, *kid, *kic_key, *kid_key, *body, *tar;
    uint64_t counter;
    uint8_t status;
    bool zero_padded; /* por_wrap, which pads with zeros, gives the same octets */
    const char *data;
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;
extern const struct response_row response_rows[];
extern const size_t response_row_count;

#endif
