/* SPDX-License-Identifier: Apache-2.0 */
/* BER-TLV data objects over the cursors: one at a time in, one at a time or nested out. Stations 5, 8, 10.
 * Pure. [ISO 7816-4 5.2.2, EMV Book 3 Annex B, TS 101 220 7.1] For ota/ and emv/, whose standards allow long
 * lengths; templates of GlobalPlatform are read by gp/tlv, which is stricter and has tables. */
#ifndef TSM_BASE_BER_H
#define TSM_BASE_BER_H

#include "base/bytes.h"

enum { BER_TAG_BYTES_MAX = 3, BER_HEAD_MAX = BER_TAG_BYTES_MAX + 4, BER_VALUE_MAX = 0xFFFFFF };

/* One data object; the tag is the number its bytes spell (0x4F, 0x9F70, 0x9F8001). */
struct ber {
    uint32_t tag;
    struct bytes value;
};

/* Tags of one to three bytes. SHORT_INPUT when the tag goes on behind the end, BAD_VALUE when it is longer.
 */
enum tsm_err ber_read_tag(struct reader *r, uint32_t *tag);
/* Lengths of the forms 00-7F, 81, 82, 83 and 84, also longer than needed; the indefinite form 80 is
 * BAD_LENGTH. */
enum tsm_err ber_read_length(struct reader *r, size_t *len);
/* One object; the value is borrowed from the input. SHORT_INPUT when it reaches beyond the end. */
enum tsm_err ber_read(struct reader *r, struct ber *out);
/* The value of the first object `tag` on this level; NOT_FOUND, or the error of a broken object before it. */
enum tsm_err ber_find(struct bytes in, uint32_t tag, struct bytes *value);

/* Bytes that ber_write takes for a value of this length. */
size_t ber_size(uint32_t tag, size_t value_len);
enum tsm_err ber_write_tag(struct writer *w, uint32_t tag);
/* The shortest form; TOO_LONG above BER_VALUE_MAX. */
enum tsm_err ber_write_length(struct writer *w, size_t len);
enum tsm_err ber_write(struct writer *w, uint32_t tag, struct bytes value);
/*
 * A template whose length is not known yet: ber_open writes the tag and leaves a mark, ber_close puts the
 * shortest length in front of what was written since (moving it). Templates nest like brackets.
 */
enum tsm_err ber_open(struct writer *w, uint32_t tag, size_t *mark);
enum tsm_err ber_close(struct writer *w, size_t mark);

#endif
