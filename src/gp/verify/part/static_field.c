/* SPDX-License-Identifier: Apache-2.0 */
/* The Static Field component, and the fields of the Descriptor against it and against the sizes of instances:
 * every field in its place, no two in one, references apart from numbers. Station 4. Pure. [JCVM 6.8.2, 6.10,
 * 4.3.7.5] */
#include "gp/verify/part/part.h"

enum {
    ARRAYS_AT = 6,
    ARRAY_HEAD = 3,
    ARRAY_TYPE_MIN = 2,
    ARRAY_TYPE_MAX = 5,
    REFERENCE_SIZE = 2,
    INSTANCE_MAX = 255, /* cells, with those of the parents [JCVM 2.2.4.3] */
    TYPE_ARRAY_SHORT = 4
};

static enum tsm_err read_arrays(struct cap_model *m, struct reader *r, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        uint8_t type;
        uint16_t size;
        struct bytes values;
        model_at(m, CAP_STATIC_FIELD, part_offset(m, CAP_STATIC_FIELD, r));
        TRY(read_u8(r, &type));
        TRY(read_u16(r, &size));
        TRY(read_span(r, size, &values));
        HOLDS(m, type >= ARRAY_TYPE_MIN && type <= ARRAY_TYPE_MAX, STATIC, "array %u has the type %u", i,
              type);
        HOLDS(m, type < TYPE_ARRAY_SHORT || size % (type == ARRAY_TYPE_MAX ? 4 : 2) == 0, STATIC,
              "array %u has half an element", i);
    }
    return TSM_OK;
}

enum tsm_err part_static_fields(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_STATIC_FIELD);
    uint16_t image, references, arrays, plain, set;
    struct bytes values;
    TRY(read_u16(&r, &image));
    TRY(read_u16(&r, &references));
    TRY(read_u16(&r, &arrays));
    TRY(read_arrays(m, &r, arrays));
    model_at(m, CAP_STATIC_FIELD, 0);
    HOLDS(m, arrays <= references, STATIC, "%u arrays are more than the %u references", arrays, references);
    TRY(read_u16(&r, &plain));
    TRY(read_u16(&r, &set));
    TRY(read_span(&r, set, &values));
    HOLDS(m, image == REFERENCE_SIZE * references + plain + set, STATIC,
          "the image has %u octets, its parts have %u", image, REFERENCE_SIZE * references + plain + set);
    m->image_size = image;
    m->image_references = references;
    return read_end(&r);
}

/* The size of a field in the static field image [JCVM 6.10, table of static field sizes]. */
static size_t image_octets(uint32_t type)
{
    switch (kind_of(type)) {
    case TYPE_BOOLEAN:
    case TYPE_BYTE:
        return 1;
    case TYPE_INT:
        return 4;
    default:
        return 2;
    }
}

/* The kind of the array that the image has at a reference; TYPE_NOTHING: it begins with null. */
static enum type_kind initialised(const struct cap_model *m, size_t reference)
{
    struct bytes info = m->info[CAP_STATIC_FIELD];
    size_t at = ARRAYS_AT;
    if (reference >= u16_at(info, ARRAYS_AT - 2))
        return TYPE_NOTHING;
    for (size_t i = 0; i < reference; i++)
        at += ARRAY_HEAD + (size_t)u16_at(info, at + 1);
    return (enum type_kind)(TYPE_BOOLEANS + (u8_at(info, at) - ARRAY_TYPE_MIN));
}

static enum tsm_err static_field(struct cap_model *m, const struct cap_field *f, struct cap_bits *taken)
{
    enum type_kind array;
    size_t size = image_octets(f->type), border = REFERENCE_SIZE * m->image_references;
    bool reference = type_is_reference(f->type);
    HOLDS(m, f->at + size <= m->image_size, STATIC,
          "the static field at %u is outside the image of %zu octets", f->at, m->image_size);
    HOLDS(m, reference ? f->at < border && f->at % REFERENCE_SIZE == 0 : f->at >= border, STATIC,
          "the static field at %u is %s the %zu references of the image", f->at,
          reference ? "a reference and not among" : "a number among", m->image_references);
    array = reference ? initialised(m, f->at / REFERENCE_SIZE) : TYPE_NOTHING;
    HOLDS(m, array == TYPE_NOTHING || array == kind_of(f->type), STATIC,
          "the static field at %u begins with an array of another type than it has", f->at);
    for (size_t i = 0; i < size; i++) {
        HOLDS(m, !bit_get(taken, f->at + i), STATIC, "two static fields share octet %zu of the image",
              f->at + i);
        bit_set(taken, f->at + i);
    }
    return TSM_OK;
}

static enum tsm_err instance_field(struct cap_model *m, const struct cap_class *c, const struct cap_field *f,
                                   bool taken[INSTANCE_MAX + 1])
{
    size_t cells = kind_of(f->type) == TYPE_INT ? 2 : 1;
    size_t first = c->first_reference, behind = first + c->references;
    bool among = first != NO_TOKEN && f->at >= first && f->at < behind;
    HOLDS(m, f->at + cells <= c->instance_size, CLASS, "field %u of the class at %u is outside its %u cells",
          f->at, c->offset, c->instance_size);
    HOLDS(m, among == type_is_reference(f->type), CLASS,
          "field %u of the class at %u is %s the references that the class names", f->at, c->offset,
          among ? "a number among" : "a reference and not among");
    for (size_t i = 0; i < cells; i++) {
        HOLDS(m, !taken[f->at + i], CLASS, "two fields of the class at %u share cell %zu", c->offset,
              f->at + i);
        taken[f->at + i] = true;
    }
    return TSM_OK;
}

/* Tokens are numbered without gap: each cell is a field's, and those that the collector of the element takes
 * for references are [JCVM 4.3.7.5]. With those of its parents an instance has at most 255 cells, or an
 * element that counts them in one octet makes it too small [JCVM 2.2.4.3]. */
static enum tsm_err all_cells(struct cap_model *m, const struct cap_class *c,
                              const bool taken[INSTANCE_MAX + 1])
{
    size_t sum = 0;
    for (size_t i = 0; i < c->instance_size; i++)
        HOLDS(m, taken[i], CLASS, "cell %zu of the class at %u is described by no field", i, c->offset);
    for (const struct cap_class *up = c; up; up = up->super & EXTERNAL ? NULL : model_class(m, up->super))
        sum += up->instance_size;
    HOLDS(m, sum <= INSTANCE_MAX, CLASS, "an instance of the class at %u has %zu cells", c->offset, sum);
    return TSM_OK;
}

enum tsm_err part_fields(struct cap_model *m)
{
    struct cap_bits *taken = &m->starts; /* free until the code is read */
    *taken = (struct cap_bits){0};
    for (size_t i = 0; i < m->classes; i++) {
        const struct cap_class *c = &m->class[i];
        bool cells[INSTANCE_MAX + 1] = {false};
        model_at(m, CAP_DESCRIPTOR, 0);
        for (size_t k = 0; k < c->fields; k++) {
            const struct cap_field *f = &m->field[c->first_field + k];
            TRY(f->access & ACC_STATIC ? static_field(m, f, taken) : instance_field(m, c, f, cells));
        }
        TRY(all_cells(m, c, cells));
    }
    *taken = (struct cap_bits){0};
    return TSM_OK;
}
