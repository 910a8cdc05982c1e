/* SPDX-License-Identifier: Apache-2.0 */
/* Text forms of bytes: hexadecimal, base64url, UUID, BCD digits. Pure. [RFC 4648 5, RFC 9562, TS 102 221
 * ICCID] */
#ifndef TSM_BASE_HEX_H
#define TSM_BASE_HEX_H

#include "base/bytes.h"

/* Upper-case hex with a final 0; `out` holds 2*b.len+1 characters. Returns out. */
char *hex_text(struct bytes b, char *out);
/* Even number of hex digits, no separators: BAD_FORM else; TOO_LONG when more than cap bytes. */
enum tsm_err hex_read(const char *text, uint8_t *out, size_t cap, size_t *len);
/* base64url without padding [RFC 4648 5]; `out` holds (4*len+2)/3+1. Returns the length without the final 0.
 */
size_t b64url_text(struct bytes b, char *out);
enum tsm_err b64url_read(struct bytes text, uint8_t *out, size_t cap, size_t *len);
/* 16 random bytes to the 36-character text of a version 4 UUID; `out` holds 37. */
char *uuid_text(const uint8_t random[16], char out[37]);
/* A UUID's 16 octets as they are. */
char *uuid_octets_text(const uint8_t octets[16], char out[37]);
bool text_is_digits(const char *text, size_t min, size_t max);
/* Last decimal digit right by the Luhn sum (card numbers, ICCIDs with check digit). */
bool luhn_right(const char *digits);
/* Digits to semi-octets with the nibbles swapped and F filling (ICCID, addresses). */
enum tsm_err bcd_swapped_write(struct writer *w, const char *digits);

#endif
