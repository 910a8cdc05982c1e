/* SPDX-License-Identifier: Apache-2.0 */
/* The Constant Pool component: each entry leads to something, and the type that the Descriptor gives it is
 * the type of that: a forged type here is how numbers become references. Station 4. Pure. [JCVM 6.7, 6.13.4]
 */
#include "gp/verify/part/part.h"

enum {
    ENTRY = 4,
    PACKAGE_VISIBLE = 0x80,
    SIGNATURE_TAGS = 1 << POOL_VIRTUAL_METHOD | 1 << POOL_SUPER_METHOD | 1 << POOL_STATIC_METHOD
};

enum tsm_err part_pool(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_CONSTANT_POOL);
    uint16_t count;
    TRY(read_u16(&r, &count));
    for (uint16_t i = 0; i < count; i++) {
        uint8_t tag;
        struct bytes info;
        model_at(m, CAP_CONSTANT_POOL, part_offset(m, CAP_CONSTANT_POOL, &r));
        TRY(read_u8(&r, &tag));
        TRY(read_span(&r, ENTRY - 1, &info));
        HOLDS(m, tag >= POOL_CLASS && tag <= POOL_STATIC_METHOD, POOL, "entry %u has the tag %u", i, tag);
    }
    m->pool_count = count;
    return read_end(&r);
}

static enum tsm_err same_types(struct cap_model *m, uint16_t said, uint16_t is, size_t index)
{
    struct signature a, b;
    TRY(signature_read(m, said, &a));
    TRY(signature_read(m, is, &b));
    HOLDS(m, signature_same(&a, &b) == TYPE_YES, FORGED,
          "entry %zu gives a method another signature than it has", index);
    return TSM_OK;
}

static enum tsm_err check_field(struct cap_model *m, const struct cap_field *f, uint16_t type, size_t index)
{
    uint32_t said;
    HOLDS(m, f != NULL, POOL, "entry %zu refers to a field that does not exist", index);
    TRY(type_read(m, type, &said));
    HOLDS(m, said == f->type, FORGED, "entry %zu gives a field another type than it has", index);
    return TSM_OK;
}

/* A member of an import: its type is the one that the package exports. What is not known is told and
 * believed. */
static enum tsm_err check_external(struct cap_model *m, const struct cap_pool_entry *e, enum api_kind kind,
                                   size_t index)
{
    uint32_t id = class_id(m, e->class_ref), said, due;
    const struct api_member *member = NULL;
    enum type_answer answer = TYPE_MAYBE;
    struct signature a, b;
    if (id >= ID_KNOWN) {
        member = api_member(&m->api, id - ID_KNOWN, kind, e->token);
        if (!member && kind == API_STATIC_METHOD)
            member = api_member(&m->api, id - ID_KNOWN, API_CONSTRUCTOR, e->token);
    }
    if (1 << e->tag & SIGNATURE_TAGS) {
        TRY(signature_read(m, e->type, &a));
        if (member && signature_of_text(m, member->type, &b))
            answer = signature_same(&a, &b);
    } else {
        TRY(type_read(m, e->type, &said));
        if (member && type_of_text(m, member->type, &due))
            answer = type_same(said, due);
    }
    HOLDS(m, answer != TYPE_NO, EXPORTED,
          "entry %zu gives member %u of %04X another type than its package exports", index, e->token,
          e->class_ref);
    if (answer == TYPE_MAYBE)
        UNPROVEN(m, UNKNOWN, "member %u of class %u of import %u is not known here", e->token,
                 e->class_ref & 0xFFu, e->class_ref >> 8 & 0x7Fu);
    return TSM_OK;
}

static enum tsm_err check_virtual(struct cap_model *m, const struct cap_pool_entry *e, size_t index)
{
    const struct cap_class *c = e->external ? NULL : model_class(m, e->class_ref);
    struct cap_pool_entry up = *e;
    const struct cap_method *method = NULL;
    uint16_t outside = e->class_ref;
    HOLDS(m, !(e->token & PACKAGE_VISIBLE) || !e->external, POOL,
          "entry %zu refers to a package-visible method of another package", index);
    if (c && e->tag == POOL_SUPER_METHOD) { /* the class is the one whose parent has the method */
        HOLDS(m, !c->is_interface, POOL, "entry %zu asks an interface for its parent", index);
        outside = c->super;
        c = c->super & EXTERNAL ? NULL : model_class(m, c->super);
    }
    if (c)
        method = model_virtual(m, c, e->token, &outside);
    if (method)
        return same_types(m, e->type, method->type, index);
    HOLDS(m, outside != NO_CLASS && (outside & EXTERNAL) && !(e->token & PACKAGE_VISIBLE), POOL,
          "entry %zu refers to a virtual method %u that does not exist", index, e->token);
    up.class_ref = outside;
    return check_external(m, &up, API_VIRTUAL_METHOD, index);
}

static enum tsm_err check_static_method(struct cap_model *m, const struct cap_pool_entry *e, size_t index)
{
    const struct cap_method *method;
    if (e->external)
        return check_external(m, e, API_STATIC_METHOD, index);
    method = model_body(m, e->offset);
    HOLDS(m, e->class_ref >> 8 == 0 && method, POOL, "entry %zu refers to %u, where no method begins", index,
          e->offset);
    return same_types(m, e->type, method->type, index);
}

static enum tsm_err check_entry(struct cap_model *m, const struct cap_pool_entry *e, size_t index)
{
    bool has_class = e->external || e->tag <= POOL_SUPER_METHOD;
    const struct cap_class *c = e->external ? NULL : model_class(m, e->class_ref);
    HOLDS(m, !has_class || part_class_exists(m, e->class_ref), POOL,
          "entry %zu refers to a class %04X that does not exist", index, e->class_ref);
    HOLDS(m, (e->type == NO_TYPE) == (e->tag == POOL_CLASS), DESCRIPTOR,
          "entry %zu has a type where none belongs, or none", index);
    switch (e->tag) {
    case POOL_CLASS:
        return TSM_OK;
    case POOL_INSTANCE_FIELD:
        return e->external ? check_external(m, e, API_INSTANCE_FIELD, index)
                           : check_field(m, model_instance_field(m, c, e->token), e->type, index);
    case POOL_STATIC_FIELD:
        HOLDS(m, e->external || e->class_ref >> 8 == 0, POOL, "entry %zu is no reference to a static field",
              index);
        return e->external ? check_external(m, e, API_STATIC_FIELD, index)
                           : check_field(m, model_static_field(m, e->offset), e->type, index);
    case POOL_STATIC_METHOD:
        return check_static_method(m, e, index);
    default:
        return check_virtual(m, e, index);
    }
}

enum tsm_err part_pool_targets(struct cap_model *m)
{
    enum tsm_err first = TSM_OK;
    for (size_t i = 0; i < m->pool_count; i++) {
        struct cap_pool_entry e;
        enum tsm_err one;
        model_at(m, CAP_CONSTANT_POOL, 2 + ENTRY * i);
        one = model_pool(m, i, &e) ? check_entry(m, &e, i) : TSM_OK;
        first = first != TSM_OK ? first : one;
    }
    return first;
}
