/* SPDX-License-Identifier: Apache-2.0 */
/* Types and signatures read: nibbles of the Descriptor, letters of export files. Station 4. Pure. [JCVM 6.8.1
 * type_descriptor; JVM specification 4.3 for the letters] */
#include "gp/verify/type/type.h"

enum {
    NIBBLE_VOID = 1,
    NIBBLE_REFERENCE = 6,
    NIBBLE_ARRAY = 8,
    NIBBLE_ARRAY_REFERENCE = 14,
    REF_NIBBLES = 4
};

struct nibbles {
    struct bytes octets;
    size_t at, count;
};

static bool next_nibble(struct nibbles *n, unsigned *out)
{
    uint8_t octet;
    if (n->at == n->count)
        return false;
    octet = u8_at(n->octets, n->at / 2);
    *out = n->at % 2 ? octet & 15u : octet >> 4;
    n->at++;
    return true;
}

static bool next_class(const struct cap_model *m, struct nibbles *n, uint32_t *id)
{
    unsigned ref = 0, nibble;
    for (int i = 0; i < REF_NIBBLES; i++) {
        if (!next_nibble(n, &nibble))
            return false;
        ref = ref << 4 | nibble;
    }
    if (ref & EXTERNAL ? (ref >> 8 & 0x7F) >= m->cap->imports : !model_class(m, (uint16_t)ref))
        return false;
    *id = class_id(m, (uint16_t)ref);
    return true;
}

static bool next_type(const struct cap_model *m, struct nibbles *n, uint32_t *out)
{
    static const enum type_kind kinds[] = {
        [NIBBLE_VOID] = TYPE_VOID, [2] = TYPE_BOOLEAN,   [3] = TYPE_BYTE,
        [4] = TYPE_SHORT,          [5] = TYPE_INT,       [6] = TYPE_OBJECT,
        [9] = TYPE_NOTHING,        [10] = TYPE_BOOLEANS, [11] = TYPE_BYTES,
        [12] = TYPE_SHORTS,        [13] = TYPE_INTS,     [14] = TYPE_OBJECTS,
        [15] = TYPE_NOTHING};
    unsigned nibble;
    uint32_t id = 0;
    if (!next_nibble(n, &nibble) || kinds[nibble] == TYPE_NOTHING)
        return false;
    if ((nibble == NIBBLE_REFERENCE || nibble == NIBBLE_ARRAY_REFERENCE) && !next_class(m, n, &id))
        return false;
    *out = type_of(kinds[nibble], id);
    return true;
}

static enum tsm_err begin(struct cap_model *m, uint16_t offset, struct nibbles *n)
{
    HOLDS(m, bit_get(&m->types_begin, offset), DESCRIPTOR,
          "no type descriptor begins at offset %u of the types", offset);
    n->count = u8_at(m->types, offset);
    n->at = 0;
    return bytes_part(m->types, offset + 1u, (n->count + 1) / 2, &n->octets);
}

enum tsm_err type_read(struct cap_model *m, uint16_t offset, uint32_t *out)
{
    struct nibbles n;
    uint32_t type;
    TRY(begin(m, offset, &n));
    HOLDS(m, next_type(m, &n, &type) && n.at == n.count && kind_of(type) != TYPE_VOID, DESCRIPTOR,
          "the type descriptor at offset %u is no type of a field", offset);
    *out = type;
    return TSM_OK;
}

enum tsm_err signature_read(struct cap_model *m, uint16_t offset, struct signature *out)
{
    struct nibbles n;
    uint32_t type = 0;
    bool right = true;
    TRY(begin(m, offset, &n));
    out->args = 0;
    while (right && n.at < n.count) {
        right = next_type(m, &n, &type);
        if (n.at < n.count) {
            right = right && kind_of(type) != TYPE_VOID && out->args < SIGNATURE_ARGS_MAX;
            if (right)
                out->arg[out->args++] = type;
        }
    }
    HOLDS(m, right && n.count, DESCRIPTOR, "the type descriptor at offset %u is no signature of a method",
          offset);
    out->result = type;
    return TSM_OK;
}

/* One type in letters; arrays have one dimension [JCVM 2.2.4.1]. */
static bool letters(const struct cap_model *m, struct reader *r, uint32_t *out)
{
    static const char plain[] = "VZBSI";
    static const enum type_kind kinds[] = {TYPE_VOID, TYPE_BOOLEAN, TYPE_BYTE, TYPE_SHORT, TYPE_INT};
    static const enum type_kind arrays[] = {TYPE_NOTHING, TYPE_BOOLEANS, TYPE_BYTES, TYPE_SHORTS, TYPE_INTS};
    uint8_t c;
    bool array = false;
    size_t len = 0;
    struct bytes name;
    int index;
    if (read_u8(r, &c) != TSM_OK)
        return false;
    if (c == '[') {
        array = true;
        if (read_u8(r, &c) != TSM_OK)
            return false;
    }
    for (size_t i = 0; plain[i]; i++)
        if (c == (uint8_t)plain[i]) {
            *out = type_of(array ? arrays[i] : kinds[i], 0);
            return kind_of(*out) != TYPE_NOTHING;
        }
    while (len < r->left.len && r->left.at[len] != ';')
        len++;
    if (c != 'L' || read_span(r, len, &name) != TSM_OK || read_u8(r, &c) != TSM_OK)
        return false;
    index = api_class_by_name(&m->api, name);
    *out = type_of(array ? TYPE_OBJECTS : TYPE_OBJECT, index < 0 ? ID_NAMELESS : ID_KNOWN + (uint32_t)index);
    return true;
}

bool type_of_text(const struct cap_model *m, struct bytes text, uint32_t *out)
{
    struct reader r = READER(text);
    return letters(m, &r, out) && r.left.len == 0 && kind_of(*out) != TYPE_VOID;
}

bool signature_of_text(const struct cap_model *m, struct bytes text, struct signature *out)
{
    struct reader r = READER(text);
    uint8_t c;
    out->args = 0;
    if (read_u8(&r, &c) != TSM_OK || c != '(')
        return false;
    while (r.left.len && r.left.at[0] != ')') {
        uint32_t type;
        if (out->args == SIGNATURE_ARGS_MAX || !letters(m, &r, &type) || kind_of(type) == TYPE_VOID)
            return false;
        out->arg[out->args++] = type;
    }
    return read_u8(&r, &c) == TSM_OK && letters(m, &r, &out->result) && r.left.len == 0;
}

size_t signature_cells(const struct signature *s)
{
    size_t cells = 0;
    for (size_t i = 0; i < s->args; i++)
        cells += kind_of(s->arg[i]) == TYPE_INT ? 2 : 1;
    return cells;
}
