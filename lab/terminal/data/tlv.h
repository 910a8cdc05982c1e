/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV as the payment terminal reads it. Pure. [EMV 4.3 Book 3 Annex B] */
#ifndef LAB_TERMINAL_TLV_H
#define LAB_TERMINAL_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TERM_MAX_TAG_BYTES = 3, TERM_MAX_LENGTH_BYTES = 4, TERM_MAX_DEPTH = 8 };

struct term_tlv {
    uint32_t tag;
    bool constructed;
    const uint8_t *value; /* borrowed */
    size_t len;
};

struct term_bytes { /* what is left to read */
    const uint8_t *at;
    size_t len;
};

enum term_read { TERM_GOT, TERM_END, TERM_MALFORMED };

/* Reads a tag alone, as data object lists hold it. */
enum term_read term_tag_next(struct term_bytes *left, uint32_t *tag, bool *constructed);

/* Reads the next object and steps over it; 00 bytes between objects are skipped. */
enum term_read term_tlv_next(struct term_bytes *left, struct term_tlv *out);

/* True when all of it, templates included, is well formed. */
bool term_tlv_valid(struct term_bytes all);

/* The value of the first object `tag` at this level. False when it is missing or something before it is
 * broken. */
bool term_tlv_find(struct term_bytes all, uint32_t tag, struct term_bytes *value);

#endif
