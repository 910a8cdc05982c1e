/* SPDX-License-Identifier: Apache-2.0 */
/* Byte helpers of the laboratory: hex, constant-time comparison, a bounded output buffer; pure; no station of
 * the journey, no clause of a standard. */
#ifndef LAB_COMMON_BYTES_H
#define LAB_COMMON_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A bounded output buffer. Once something did not fit, `full` stays set and nothing more is written. */
struct out {
    uint8_t *at;
    size_t len, cap;
    bool full;
};

void out_init(struct out *o, uint8_t *at, size_t cap);
void out_bytes(struct out *o, const uint8_t *from, size_t n);
/* The low `width` bytes of value, most significant byte first (width 1..8). */
void out_number(struct out *o, uint64_t value, size_t width);

/* The first `width` bytes at `from`, most significant byte first (width 1..8). */
uint64_t lab_number(const uint8_t *from, size_t width);

/* Reads an even number of hex digits; false on a foreign character, an odd count or more than cap bytes. */
bool lab_hex_read(const char *hex, uint8_t *to, size_t cap, size_t *len);
/* Writes 2 * n upper-case digits and a final NUL into `to`. */
void lab_hex_write(const uint8_t *from, size_t n, char *to);

/* Equality in constant time. */
bool lab_same(const uint8_t *a, const uint8_t *b, size_t n);
/* Overwrites a secret in a way the compiler keeps. */
void lab_wipe(void *at, size_t n);

#endif
