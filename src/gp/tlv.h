/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BER-TLV as GlobalPlatform has it: a cursor, and tables that read and write a template from one list of
 * rows. Stations 5, 7 and 10. Pure. [ISO 8825-1, GPCS 11.1.5, 11.1.11] Beside base/ber, which reads what
 * other standards allow (lengths of three and four octets, any form of a length): here a length has at most
 * two octets, tag 00 is none, and a refused object leaves the reader where it was. Writing is the same code.
 */
#ifndef TSM_GP_TLV_H
#define TSM_GP_TLV_H

#include "base/bytes.h"

/* One data object; both spans are borrowed. A tag has one to three octets: 4F, 9F70, DF8101. */
struct tlv {
    uint32_t tag;
    struct bytes value;
    struct bytes whole; /* tag, length and value */
};

/* Reads the next object. SHORT_INPUT when it is cut, BAD_VALUE for a tag of more than three octets or the
 * indefinite length, BAD_LENGTH for a length above 65535. A failed read leaves the reader as it was. */
enum tsm_err tlv_next(struct reader *r, struct tlv *out);
/* The first object with this tag among its siblings; NOT_FOUND, or what tlv_next says. */
enum tsm_err tlv_find(struct bytes siblings, uint32_t tag, struct bytes *value);

enum tsm_err tlv_write_tag(struct writer *w, uint32_t tag);
/* 1, 2 or 3 octets: up to 127, 255, 65535; TOO_LONG above. */
enum tsm_err tlv_write_length(struct writer *w, size_t len);
enum tsm_err tlv_read_length(struct reader *r, size_t *len);
enum tsm_err tlv_write(struct writer *w, uint32_t tag, struct bytes value);
/* One octet of value. */
enum tsm_err tlv_write_u8(struct writer *w, uint32_t tag, unsigned value);
/* A constructed object: *mark keeps the place until tlv_close puts the length in. Marks nest. */
enum tsm_err tlv_open(struct writer *w, uint32_t tag, size_t *mark);
enum tsm_err tlv_close(struct writer *w, size_t mark);

enum tlv_kind {
    TLV_BYTES,  /* struct bytes; min..max octets */
    TLV_NUMBER, /* uint32_t, big-endian in min..max octets (at most 4) */
    TLV_MEMORY, /* uint32_t: 2 octets up to 32767, else 4 [GPCS 11.5.2.3.7] */
    TLV_FLAG,   /* bool: the object is there, without value */
    TLV_GROUP,  /* constructed: the rows `inside` fill the same struct */
    TLV_MANY,   /* struct bytes: the first of several; the others are walked with tlv_next */
};

enum tlv_need { TLV_OPTIONAL, TLV_NEEDED };

/* One row of a template. The last row of a table has tag 0. */
struct tlv_field {
    uint32_t tag;
    enum tlv_kind kind;
    size_t offset; /* of the member in the struct */
    size_t min, max;
    enum tlv_need need;
    const struct tlv_field *inside; /* TLV_GROUP */
};

enum tlv_unknown { TLV_SKIP_UNKNOWN, TLV_REFUSE_UNKNOWN };

/*
 * Reads the objects of `in` by the rows of `table` into the struct `into`; members without an object keep
 * what they held. BAD_LENGTH for a value outside min..max, DUPLICATE_TAG (not for TLV_MANY), MISSING_FIELD,
 * UNKNOWN_FIELD. On failure the struct may be filled in part: read into a local.
 */
enum tsm_err tlv_fill(struct bytes in, const struct tlv_field *table, void *into, enum tlv_unknown unknown);
/*
 * Writes the members of `from` in the order of the rows: a needed row always, an optional one when its span
 * is not empty, its number not 0, its flag set, or its group not empty. BAD_LENGTH outside min..max.
 */
enum tsm_err tlv_put(struct writer *w, const struct tlv_field *table, const void *from);

#endif
