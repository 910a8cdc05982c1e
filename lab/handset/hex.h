/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal text for the handset, the terminal and the bank of the laboratory. Pure. */
#ifndef LAB_HANDSET_HEX_H
#define LAB_HANDSET_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads text, an even number of hex digits of either case, into out. Returns the bytes written, or -1 when a
 * character is no digit, the count is odd or out (cap bytes) is too small. */
ssize_t hs_hex_read(const char *text, uint8_t *out, size_t cap);

/* Writes len bytes as capital digits with a closing NUL; out holds 2 * len + 1 characters. */
void hs_hex_write(const uint8_t *in, size_t len, char *out);

#endif
