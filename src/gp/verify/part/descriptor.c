/* SPDX-License-Identifier: Apache-2.0 */
/* The Descriptor component: classes with their fields and methods, and the table of types. Station 4. Pure.
 * [JCVM 6.13] */
#include "gp/verify/part/part.h"

enum {
    CLASS_FLAGS = ACC_PUBLIC | ACC_FINAL | ACC_INTERFACE | ACC_ABSTRACT_CLASS,
    FIELD_FLAGS = ACC_PUBLIC | ACC_PRIVATE | ACC_PROTECTED | ACC_STATIC | ACC_FINAL,
    METHOD_FLAGS = FIELD_FLAGS | ACC_ABSTRACT | ACC_INIT,
    PRIMITIVE = 0x8000,
    REF = 2
};

struct head {
    uint8_t token, access, interfaces;
    uint16_t ref, fields, methods;
};

static enum tsm_err read_head(struct cap_model *m, struct reader *r, struct head *h)
{
    model_at(m, CAP_DESCRIPTOR, part_offset(m, CAP_DESCRIPTOR, r));
    TRY(read_u8(r, &h->token));
    TRY(read_u8(r, &h->access));
    TRY(read_u16(r, &h->ref));
    TRY(read_u8(r, &h->interfaces));
    TRY(read_u16(r, &h->fields));
    return read_u16(r, &h->methods);
}

/* The class of the Class component that this describes, once. */
static enum tsm_err described(struct cap_model *m, const struct head *h, struct cap_class **out)
{
    struct cap_class *c = NULL;
    for (size_t i = 0; i < m->classes; i++)
        if (m->class[i].offset == h->ref)
            c = &m->class[i];
    HOLDS(m, c != NULL, DESCRIPTOR, "no class is at %04X", h->ref);
    HOLDS(m, !c->described, DESCRIPTOR, "the class at %04X is described twice", h->ref);
    HOLDS(m,
          (h->access & ~CLASS_FLAGS) == 0 &&
              (h->access & ACC_INTERFACE) == (c->is_interface ? ACC_INTERFACE : 0),
          DESCRIPTOR, "flags %02X do not fit the class at %04X", h->access, h->ref);
    HOLDS(m, h->interfaces == (c->is_interface ? 0 : c->interface_count), DESCRIPTOR,
          "the class at %04X has %u interfaces, not %u", h->ref, c->interface_count, h->interfaces);
    HOLDS(m, !c->is_interface || h->fields == 0, DESCRIPTOR, "the interface at %04X has fields", h->ref);
    c->described = true;
    c->token = h->token;
    c->access = h->access;
    *out = c;
    return TSM_OK;
}

static enum tsm_err read_interfaces(struct cap_model *m, struct reader *r, const struct cap_class *c,
                                    uint8_t count)
{
    size_t at = 0;
    for (uint8_t i = 0; i < count; i++) {
        uint16_t ref;
        TRY(read_u16(r, &ref));
        HOLDS(m, ref == u16_at(c->interfaces, at), DESCRIPTOR,
              "interface %u of the class at %04X is %04X, not %04X", i, c->offset, u16_at(c->interfaces, at),
              ref);
        at += REF + 1u + u8_at(c->interfaces, at + REF);
    }
    return TSM_OK;
}

/* The type item of a field: a primitive with the high bit, or the offset of a reference type. */
static enum tsm_err field_type(struct cap_model *m, uint16_t type, uint32_t *out)
{
    static const enum type_kind kinds[] = {TYPE_NOTHING, TYPE_NOTHING, TYPE_BOOLEAN,
                                           TYPE_BYTE,    TYPE_SHORT,   TYPE_INT};
    unsigned primitive = type & ~(unsigned)PRIMITIVE;
    if (type & PRIMITIVE) {
        HOLDS(m, primitive < sizeof kinds / sizeof kinds[0] && kinds[primitive] != TYPE_NOTHING, DESCRIPTOR,
              "%04X is no type of a field", type);
        *out = type_of(kinds[primitive], 0);
        return TSM_OK;
    }
    TRY(type_read(m, type, out));
    HOLDS(m, type_is_reference(*out), DESCRIPTOR, "the type at %u is no reference", type);
    return TSM_OK;
}

static enum tsm_err read_field(struct cap_model *m, struct reader *r, const struct cap_class *c)
{
    struct cap_field f = {.owner = (size_t)(c - m->class)};
    uint16_t high, type;
    uint8_t first, low;
    model_at(m, CAP_DESCRIPTOR, part_offset(m, CAP_DESCRIPTOR, r));
    HOLDS(m, m->fields < CAP_FIELDS_MAX, EFFORT, "more than %d fields", CAP_FIELDS_MAX);
    TRY(read_u8(r, &f.token));
    TRY(read_u8(r, &f.access));
    HOLDS(m, (f.access & ~FIELD_FLAGS) == 0, DESCRIPTOR, "flags %02X are not those of a field", f.access);
    TRY(read_u8(r, &first));
    TRY(read_u8(r, &low));
    high = (uint16_t)(first << 8 | low);
    TRY(read_u8(r, &low));
    TRY(read_u16(r, &type));
    if (f.access & ACC_STATIC) {
        HOLDS(m, first == 0, DESCRIPTOR, "a static field has %02X where nothing stands", first);
        f.at = (uint16_t)(high << 8 | low);
    } else {
        HOLDS(m, high == c->offset, DESCRIPTOR, "a field of the class at %04X names the class %04X",
              c->offset, high);
        f.at = low;
    }
    TRY(field_type(m, type, &f.type));
    m->field[m->fields++] = f;
    return TSM_OK;
}

static enum tsm_err read_method(struct cap_model *m, struct reader *r, const struct cap_class *c)
{
    struct cap_method *d = &m->method[m->methods];
    model_at(m, CAP_DESCRIPTOR, part_offset(m, CAP_DESCRIPTOR, r));
    HOLDS(m, m->methods < CAP_METHODS_MAX, EFFORT, "more than %d methods", CAP_METHODS_MAX);
    *d = (struct cap_method){.owner = (size_t)(c - m->class)};
    TRY(read_u8(r, &d->token));
    TRY(read_u8(r, &d->access));
    TRY(read_u16(r, &d->offset));
    TRY(read_u16(r, &d->type));
    TRY(read_u16(r, &d->code_len));
    TRY(read_u16(r, &d->handlers));
    TRY(read_u16(r, &d->first_handler));
    HOLDS(m,
          !(d->access & ~METHOD_FLAGS) &&
              !((d->access & ACC_INIT) && (d->access & (ACC_STATIC | ACC_ABSTRACT))),
          DESCRIPTOR, "flags %02X are not those of a method", d->access);
    HOLDS(m, !c->is_interface || (d->offset == 0 && d->code_len == 0 && d->handlers == 0), DESCRIPTOR,
          "a method of the interface at %04X has a body", c->offset);
    HOLDS(m, bit_get(&m->types_begin, d->type), DESCRIPTOR, "no type descriptor begins at %u", d->type);
    m->methods++;
    return TSM_OK;
}

/* The classes are passed over to find the types behind them, which field types refer to. */
enum tsm_err part_types(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_DESCRIPTOR);
    uint8_t classes;
    uint16_t count;
    TRY(read_u8(&r, &classes));
    for (uint8_t i = 0; i < classes; i++) {
        struct head h;
        struct bytes skipped;
        TRY(read_head(m, &r, &h));
        TRY(read_span(&r, (size_t)h.interfaces * REF + 7u * h.fields + 12u * h.methods, &skipped));
    }
    m->types = r.left;
    model_at(m, CAP_DESCRIPTOR, part_offset(m, CAP_DESCRIPTOR, &r));
    TRY(read_u16(&r, &count));
    HOLDS(m, count == m->pool_count, DESCRIPTOR, "%u types are for a pool of %zu entries", count,
          m->pool_count);
    TRY(read_span(&r, (size_t)count * REF, &(struct bytes){0}));
    while (r.left.len) {
        uint8_t nibbles;
        bit_set(&m->types_begin, m->types.len - r.left.len);
        TRY(read_u8(&r, &nibbles));
        HOLDS(m, nibbles > 0, DESCRIPTOR, "a type descriptor says nothing");
        TRY(read_span(&r, (nibbles + 1u) / 2, &(struct bytes){0}));
    }
    return TSM_OK;
}

enum tsm_err part_descriptor(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_DESCRIPTOR);
    uint8_t classes;
    TRY(read_u8(&r, &classes));
    HOLDS(m, classes == m->classes, DESCRIPTOR, "%u classes are described, there are %zu", classes,
          m->classes);
    for (uint8_t i = 0; i < classes; i++) {
        struct head h;
        struct cap_class *c;
        TRY(read_head(m, &r, &h));
        TRY(described(m, &h, &c));
        TRY(read_interfaces(m, &r, c, h.interfaces));
        c->first_field = m->fields;
        c->fields = h.fields;
        for (uint16_t k = 0; k < h.fields; k++)
            TRY(read_field(m, &r, c));
        c->first_method = m->methods;
        c->methods = h.methods;
        for (uint16_t k = 0; k < h.methods; k++)
            TRY(read_method(m, &r, c));
    }
    return TSM_OK;
}
