/* SPDX-License-Identifier: Apache-2.0 */
/* The Class component as a row of interfaces and classes, and who is whose parent. Station 4. Pure.
 * [JCVM 6.8; the token mapping of format 2.3 could be compared with public readers only] */
#include "gp/verify/part/part.h"

enum {
    FLAG_INTERFACE = 0x80,
    FLAG_SHAREABLE = 0x40,
    FLAG_REMOTE = 0x20,
    FLAGS = 0xE0,
    COUNT = 0x0F,
    FORMAT_MINOR_POOL = 2,    /* since 2.2 a signature pool, remote methods */
    FORMAT_MINOR_MAPPING = 3, /* since 2.3 a mapping of virtual tokens */
    REMOTE_METHOD = 5,
    REF = 2
};

static enum tsm_err read_interface(struct cap_model *m, struct reader *r, uint8_t flags, struct cap_class *c)
{
    struct bytes name;
    c->is_interface = true;
    c->super = NO_CLASS;
    TRY(read_span(r, (size_t)c->interface_count * REF, &c->interfaces));
    HOLDS(m, m->classes == 0 || m->class[m->classes - 1].is_interface, CLASS, "an interface follows a class");
    return flags & FLAG_REMOTE ? read_lv(r, &name) : TSM_OK;
}

/* remote_interface_info: passed over; its signatures serve remote method invocation alone. */
static enum tsm_err skip_remote(struct reader *r)
{
    uint8_t count;
    struct bytes skipped;
    TRY(read_u8(r, &count));
    TRY(read_span(r, (size_t)count * REMOTE_METHOD, &skipped));
    TRY(read_lv(r, &skipped)); /* hash modifier */
    TRY(read_lv(r, &skipped)); /* class name */
    TRY(read_u8(r, &count));
    return read_span(r, (size_t)count * REF, &skipped);
}

/* implemented_interface_info of each: class_ref, count, tokens. */
static enum tsm_err read_implemented(struct reader *r, struct cap_class *c)
{
    struct reader from = *r;
    for (uint8_t i = 0; i < c->interface_count; i++) {
        uint16_t ref;
        struct bytes index;
        TRY(read_u16(r, &ref));
        TRY(read_lv(r, &index));
    }
    c->interfaces = BYTES_OF(from.left.at, from.left.len - r->left.len);
    return TSM_OK;
}

static enum tsm_err read_class(struct cap_model *m, struct reader *r, uint8_t flags, struct cap_class *c)
{
    struct bytes mapping;
    TRY(read_u16(r, &c->super));
    TRY(read_u8(r, &c->instance_size));
    TRY(read_u8(r, &c->first_reference));
    TRY(read_u8(r, &c->references));
    TRY(read_u8(r, &c->public_base));
    TRY(read_u8(r, &c->public_count));
    TRY(read_u8(r, &c->package_base));
    TRY(read_u8(r, &c->package_count));
    TRY(read_span(r, (size_t)c->public_count * REF, &c->public_table));
    TRY(read_span(r, (size_t)c->package_count * REF, &c->package_table));
    TRY(read_implemented(r, c));
    if (flags & FLAG_REMOTE)
        TRY(skip_remote(r));
    if (m->cap->format_minor >= FORMAT_MINOR_MAPPING)
        TRY(read_span(r, (size_t)c->public_base + c->public_count + 1, &mapping));
    HOLDS(m, (c->first_reference == NO_TOKEN) == (c->references == 0), CLASS,
          "%u references begin at token %u", c->references, c->first_reference);
    HOLDS(m, c->references == 0 || c->first_reference + c->references <= c->instance_size, CLASS,
          "references %u to %u are outside the %u cells of an instance", c->first_reference,
          c->first_reference + c->references - 1, c->instance_size);
    return TSM_OK;
}

enum tsm_err part_classes(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_CLASS);
    uint16_t pool = 0;
    struct bytes skipped;
    if (r.left.len == 0)
        return TSM_OK;
    model_at(m, CAP_CLASS, 0);
    if (m->cap->format_minor >= FORMAT_MINOR_POOL) {
        TRY(read_u16(&r, &pool));
        TRY(read_span(&r, pool, &skipped));
    }
    while (r.left.len) {
        struct cap_class *c = &m->class[m->classes];
        uint8_t flags;
        model_at(m, CAP_CLASS, part_offset(m, CAP_CLASS, &r));
        HOLDS(m, m->classes < CAP_CLASSES_MAX, EFFORT, "more than %d classes", CAP_CLASSES_MAX);
        HOLDS(m, m->at.offset < EXTERNAL, CLASS, "a class that no class_ref can reach");
        *c = (struct cap_class){.offset = (uint16_t)m->at.offset};
        TRY(read_u8(&r, &flags));
        c->interface_count = flags & COUNT;
        c->shareable = (flags & FLAG_SHAREABLE) != 0;
        HOLDS(m, (flags & ~(FLAGS | COUNT)) == 0, CLASS, "flags %02X are not defined", flags);
        TRY(flags & FLAG_INTERFACE ? read_interface(m, &r, flags, c) : read_class(m, &r, flags, c));
        m->classes++;
    }
    return TSM_OK;
}

static enum tsm_err parent(struct cap_model *m, const struct cap_class *c)
{
    const struct cap_class *up = c;
    uint32_t id;
    HOLDS(m, c->super != NO_CLASS && part_class_exists(m, c->super), CLASS, "the parent %04X does not exist",
          c->super);
    id = class_id(m, c->super);
    HOLDS(m, !class_is_interface(m, id), CLASS, "the parent %04X is an interface", c->super);
    for (size_t depth = 0; up && !(up->super & EXTERNAL); depth++) {
        HOLDS(m, depth <= m->classes, CLASS, "the class is its own ancestor");
        up = model_class(m, up->super);
    }
    up = c->super & EXTERNAL ? NULL : model_class(m, c->super);
    HOLDS(m, !(up ? (up->access & ACC_FINAL) != 0 : id >= ID_KNOWN && m->api.class[id - ID_KNOWN].is_final),
          ACCESS, "the parent %04X is final", c->super);
    return TSM_OK;
}

/* The interfaces of a class or interface stand in a row of this step. */
static size_t step_at(const struct cap_class *c, size_t at)
{
    return c->is_interface ? REF : REF + 1u + u8_at(c->interfaces, at + REF);
}

static enum type_answer more_certain(enum type_answer a, enum type_answer b)
{
    return a > b ? a : b;
}

/* Is it, or does a parent of it implement, an interface under javacard.framework.Shareable. */
static enum type_answer under_shareable(const struct cap_model *m, const struct cap_class *c)
{
    int named = api_class_by_name(&m->api, bytes_of_text("javacard/framework/Shareable"));
    uint32_t id = ID_KNOWN + (named < 0 ? (uint32_t)API_CLASSES_MAX : (uint32_t)named);
    enum type_answer found = TYPE_NO;
    for (;; c = model_class(m, c->super)) {
        size_t at = 0;
        for (uint8_t k = 0; k < c->interface_count; at += step_at(c, at), k++)
            found = more_certain(found, class_under(m, class_id(m, u16_at(c->interfaces, at)), id));
        if (c->super & EXTERNAL)
            return more_certain(found, class_under(m, class_id(m, c->super), id));
    }
}

/* The firewall between applets goes by this flag: it is set where it is true and nowhere else [JCVM 6.8.2.1].
 */
static enum tsm_err shareable(struct cap_model *m, const struct cap_class *c)
{
    enum type_answer is = under_shareable(m, c);
    HOLDS(m, !c->shareable || is != TYPE_NO, CLASS,
          "it is said to be shareable, and %s no shareable interface",
          c->is_interface ? "extends" : "implements");
    HOLDS(m, c->shareable || is != TYPE_YES, CLASS, "it is shareable, and not said to be");
    return TSM_OK;
}

enum tsm_err part_parents(struct cap_model *m)
{
    for (size_t i = 0; i < m->classes; i++) {
        const struct cap_class *c = &m->class[i];
        size_t at = 0;
        model_at(m, CAP_CLASS, c->offset);
        if (!c->is_interface)
            TRY(parent(m, c));
        for (uint8_t k = 0; k < c->interface_count; k++) {
            uint16_t ref = u16_at(c->interfaces, at);
            uint32_t id = class_id(m, ref);
            HOLDS(m, part_class_exists(m, ref) && ref != c->offset, CLASS,
                  "the interface %04X does not exist", ref);
            HOLDS(m, class_is_interface(m, id) || (id & EXTERNAL && id < ID_KNOWN), CLASS,
                  "%04X is no interface", ref);
            at += step_at(c, at);
        }
    }
    for (size_t i = 0; i < m->classes; i++) {
        model_at(m, CAP_CLASS, m->class[i].offset);
        TRY(shareable(m, &m->class[i]));
    }
    return TSM_OK;
}
