/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV for the laboratory, read by offset and written in place; pure; ISO/IEC 8825-1 with definite lengths
 * of at most four bytes (GPCS 2.3.1 11.1.5; four for a load file beyond 64 KiB). */
#ifndef LAB_COMMON_TLV_H
#define LAB_COMMON_TLV_H

#include "common/bytes.h"

#define LAB_TLV_MAX_TAG_BYTES    3
#define LAB_TLV_MAX_LENGTH_BYTES 3 /* behind the first */

struct tlv {
    uint32_t tag;
    const uint8_t *value;
    size_t len;
    size_t end; /* offset behind this object */
};

/* Reads the object at `offset`; false when it is malformed, not minimally coded or runs past `n`. */
bool tlv_read(const uint8_t *at, size_t n, size_t offset, struct tlv *t);
/* Reads only a BER length at `offset`: its value and the offset behind it. */
bool tlv_length(const uint8_t *at, size_t n, size_t offset, size_t *len, size_t *behind);
/* True when the whole buffer is a sequence of well-formed objects. */
bool tlv_is_sequence(const uint8_t *at, size_t n);
/* Finds the first object with `tag` on this level; false when absent or when something before it is
 * malformed. */
bool tlv_find(const uint8_t *at, size_t n, uint32_t tag, struct tlv *t);

void out_tag(struct out *o, uint32_t tag);
void out_tlv(struct out *o, uint32_t tag, const uint8_t *value, size_t n);
/* Length in its shortest form and value. */
void out_lv(struct out *o, const uint8_t *value, size_t n);
/* Opens a constructed object; the mark goes to out_close, which writes the length in its shortest form. */
size_t out_open(struct out *o, uint32_t tag);
void out_close(struct out *o, size_t mark);

#endif
