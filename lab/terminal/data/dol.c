/* SPDX-License-Identifier: Apache-2.0 */
/* Data object lists (PDOL, CDOL1): what a card asks the terminal for. Pure. [EMV 4.3 Book 3 5.4] */
#include "terminal/data/dol.h"

#include <string.h>

enum format { BINARY, NUMERIC, COMPRESSED_NUMERIC };

/* Formats of Book 3 Annex A; what is not listed counts as binary or text, which are cut and padded alike. */
static enum format format_of(uint32_t tag)
{
    static const uint32_t numeric[] = {0x9A,   0x9C,   0x5F24, 0x5F25, 0x5F28, 0x5F2A, 0x5F30, 0x5F34, 0x5F36,
                                       0x5F57, 0x9F01, 0x9F02, 0x9F03, 0x9F11, 0x9F15, 0x9F19, 0x9F1A, 0x9F21,
                                       0x9F35, 0x9F39, 0x9F3C, 0x9F3D, 0x9F41, 0x9F42, 0x9F44, 0x9F51};
    if (tag == 0x5A || tag == 0x9F20)
        return COMPRESSED_NUMERIC;
    for (size_t i = 0; i < sizeof numeric / sizeof numeric[0]; i++)
        if (numeric[i] == tag)
            return NUMERIC;
    return BINARY;
}

enum term_read term_dol_next(struct term_bytes *left, uint32_t *tag, size_t *len)
{
    bool constructed;
    enum term_read r = term_tag_next(left, tag, &constructed);
    if (r != TERM_GOT)
        return r;
    if (left->len == 0)
        return TERM_MALFORMED;
    *len = *left->at++;
    left->len--;
    return TERM_GOT;
}

/* Numbers keep their right end and grow on the left; everything else keeps its left end. */
static void fit(const struct term_object *o, enum format f, uint8_t *out, size_t len)
{
    size_t kept = o->len < len ? o->len : len;
    memset(out, f == COMPRESSED_NUMERIC ? 0xFF : 0x00, len);
    if (f == NUMERIC)
        memcpy(out + len - kept, o->value + o->len - kept, kept);
    else
        memcpy(out, o->value, kept);
}

bool term_dol_build(struct term_bytes dol, const struct term_store *s, uint8_t *out, size_t cap,
                    size_t *out_len)
{
    uint32_t tag;
    size_t len, total = 0;
    enum term_read r;
    while ((r = term_dol_next(&dol, &tag, &len)) == TERM_GOT) {
        if (len > cap - total)
            return false;
        const struct term_object *o = term_get(s, tag);
        if (o)
            fit(o, format_of(tag), out + total, len);
        else
            memset(out + total, 0, len);
        total += len;
    }
    *out_len = total;
    return r == TERM_END;
}
