/* SPDX-License-Identifier: Apache-2.0 */
/* The sending half of SCP80 for tests: what a server would send to the laboratory's card, written out by the
 * layout of TS 102 225 5.1, and the opening of its answers. */
#ifndef TESTS_LAB_OTA_WRAP_H
#define TESTS_LAB_OTA_WRAP_H

#include "uicc/packet/scp80.h"

struct wrap {
    uint8_t spi1, spi2, kic, kid, tar[3];
    uint64_t counter;
    size_t cc_len;
    struct scp80_keys keys;
};

/* Builds a command packet from CPL on; returns its length. */
size_t wrap_command(const struct wrap *w, const uint8_t *data, size_t n, uint8_t *out);
/* Opens a response (with UDH) to a command of `w` whose security SPI2 describes; true when it is sound. */
struct opened {
    uint8_t tar[3], status, padding;
    uint64_t counter;
    uint8_t check[MAX_CHECK], data[512];
    size_t check_len, data_len;
};
bool unwrap_response(const struct wrap *w, const uint8_t *in, size_t n, struct opened *out);

#endif
