/* SPDX-License-Identifier: Apache-2.0 */
/* The loaded components of a CAP file, built in dependency order (build tool, pure apart from messages):
 * JCVM 2.2.2 clauses 6.3 to 6.11. */
#include <string.h>

#include "capasm.h"

enum {
    PACKAGE_ACC_APPLET = 0x04, /* table 6-4 */
    NO_REFERENCE_TOKEN = 0xFF, /* class_info without instance fields */
    NO_METHOD = 0xFFFF,        /* a virtual method table slot inherited from another package */
    TAG_AND_SIZE = 3,
    METHOD_HEADER = 2,
    HANDLER_COUNT = 1,   /* octets in front of the methods */
    SIGNATURE_POOL = 2,  /* octets in front of the classes since format 2.2 */
    CLASS_INFO = 10,     /* octets of a class_info without tables */
    DIRECTORY_SIZES = 11 /* component_sizes entries in format 2.1; one more, Debug, in 2.2 */
};

static bool format_2_2(const struct package *p)
{
    return p->format_minor >= 2;
}

static struct bytes *begin(struct package *p, enum component_tag tag)
{
    struct bytes *b = &p->component[tag];

    put_u1(b, tag);
    put_u2(b, 0);
    return b;
}

static void finish(struct bytes *b)
{
    set_u2(b, 1, (unsigned)(b->len - TAG_AND_SIZE));
}

static void put_version_and_aid(struct bytes *b, const struct package_info *info)
{
    put_u1(b, info->minor);
    put_u1(b, info->major);
    put_aid(b, &info->aid);
}

static void build_header(struct package *p)
{
    static const uint8_t magic[] = {0xDE, 0xCA, 0xFF, 0xED};
    struct bytes *b = begin(p, COMPONENT_HEADER);

    put_octets(b, magic, sizeof magic);
    put_u1(b, p->format_minor);
    put_u1(b, p->format_major);
    put_u1(b, PACKAGE_ACC_APPLET);
    put_version_and_aid(b, &p->self);
    if (format_2_2(p)) {
        const size_t len = strlen(p->self.name);
        put_u1(b, (unsigned)len);
        put_octets(b, p->self.name, len);
    }
    finish(b);
}

static void build_import(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_IMPORT);

    put_u1(b, (unsigned)p->import_count);
    for (size_t i = 0; i < p->import_count; i++)
        put_version_and_aid(b, &p->imports[i]);
    finish(b);
}

/* The lowest and highest virtual token a class declares; false when it declares none. */
static bool virtual_range(const struct package *p, size_t class, unsigned *low, unsigned *high)
{
    bool found = false;

    for (size_t i = 0; i < p->method_count; i++) {
        const struct method *m = &p->methods[i];
        if (m->class_index != class || !m->is_virtual)
            continue;
        *low = found && *low < m->token ? *low : m->token;
        *high = found && *high > m->token ? *high : m->token;
        found = true;
    }
    return found;
}

/* Offsets of methods and classes, which the tables of other components point at. */
static int layout(struct package *p, struct place at)
{
    size_t method = HANDLER_COUNT, class = format_2_2(p) ? SIGNATURE_POOL : 0;

    for (size_t i = 0; i < p->method_count; i++) {
        p->methods[i].offset = (uint16_t)method;
        method += METHOD_HEADER + p->methods[i].code_len;
    }
    for (size_t i = 0; i < p->class_count; i++) {
        unsigned low = 0, high = 0;
        if (!virtual_range(p, i, &low, &high))
            return fail(at, "class '%s' has no virtual method", p->classes[i].name);
        p->classes[i].offset = (uint16_t) class;
        class += CLASS_INFO + 2 * (high - low + 1);
    }
    return method > COMPONENT_MAX || class > COMPONENT_MAX ? fail(at, "the load file is too large") : 0;
}

static unsigned slot(const struct package *p, size_t class, unsigned token)
{
    for (size_t i = 0; i < p->method_count; i++)
        if (p->methods[i].class_index == class && p->methods[i].is_virtual && p->methods[i].token == token)
            return p->methods[i].offset;
    return NO_METHOD;
}

static void build_class(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_CLASS);

    if (format_2_2(p))
        put_u2(b, 0); /* signature_pool_length: no remote methods */
    for (size_t i = 0; i < p->class_count; i++) {
        unsigned low = 0, high = 0;
        virtual_range(p, i, &low, &high);
        put_u1(b, 0); /* flags and interface_count */
        put_u1(b, 0x80U | p->classes[i].super_package);
        put_u1(b, p->classes[i].super_token);
        put_u1(b, 0); /* declared_instance_size */
        put_u1(b, NO_REFERENCE_TOKEN);
        put_u1(b, 0); /* reference_count */
        put_u1(b, low);
        put_u1(b, high - low + 1);
        put_u1(b, 0); /* package_method_table_base */
        put_u1(b, 0); /* package_method_table_count */
        for (unsigned token = low; token <= high; token++)
            put_u2(b, slot(p, i, token));
    }
    finish(b);
}

static int build_applet(struct package *p, struct place at)
{
    struct bytes *b = begin(p, COMPONENT_APPLET);

    put_u1(b, (unsigned)p->applet_count);
    for (size_t i = 0; i < p->applet_count; i++) {
        const struct applet *a = &p->applets[i];
        const int class = class_index(p, a->class_name);
        const struct method *install = NULL;
        for (size_t k = 0; k < p->method_count && class >= 0; k++)
            if (p->methods[k].class_index == (size_t) class &&
                strcmp(strchr(p->methods[k].name, '.'), ".install") == 0)
                install = &p->methods[k];
        at.line = a->line;
        if (install == NULL || (install->access & ACC_STATIC) == 0 ||
            strcmp(install->signature, "([BSB)V") != 0)
            return fail(at, "class '%s' has no static install([BSB)V", a->class_name);
        put_aid(b, &a->aid);
        put_u2(b, install->offset);
    }
    finish(b);
    return 0;
}

static void build_method(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_METHOD);

    put_u1(b, 0); /* handler_count */
    for (size_t i = 0; i < p->method_count; i++) {
        const struct method *m = &p->methods[i];
        put_u1(b, m->stack);
        put_u1(b, (unsigned)m->args << 4 | m->locals);
        put_octets(b, m->code, m->code_len);
    }
    finish(b);
}

/* image_size, reference_count, array_init_count, default_value_count, non_default_value_count: no static
 * fields. */
static void build_static_field(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_STATIC_FIELD);

    for (int i = 0; i < 5; i++)
        put_u2(b, 0);
    finish(b);
}

static void put_external(struct bytes *b, const struct external *e)
{
    put_u1(b, 0x80U | e->package);
    put_u1(b, e->class_token);
    put_u1(b, e->tag == POOL_CLASS ? 0 : e->token);
}

static int put_internal(const struct package *p, struct bytes *b, const struct pool_entry *e, struct place at)
{
    const struct method *m = method_find(p, e->name);
    const int class = class_index(p, e->name);

    if (e->tag == POOL_CLASS && class >= 0) {
        put_u2(b, p->classes[class].offset);
        put_u1(b, 0);
    } else if (e->tag == POOL_VIRTUAL && m != NULL && m->is_virtual) {
        put_u2(b, p->classes[m->class_index].offset);
        put_u1(b, m->token);
    } else if (e->tag == POOL_STATIC && m != NULL && !m->is_virtual) {
        put_u1(b, 0);
        put_u2(b, m->offset);
    } else {
        return fail(at, "'%s' is unknown, or not what this instruction needs", e->name);
    }
    return 0;
}

static int build_constant_pool(struct package *p, struct place at)
{
    struct bytes *b = begin(p, COMPONENT_CONSTANT_POOL);

    put_u2(b, (unsigned)p->pool_count);
    for (size_t i = 0; i < p->pool_count; i++) {
        const struct pool_entry *entry = &p->pool[i];
        const struct external *e = external_find(p, entry->name);
        put_u1(b, entry->tag);
        at.line = entry->line;
        if (e != NULL && e->tag == entry->tag)
            put_external(b, e);
        else if (put_internal(p, b, entry, at) != 0)
            return -1;
    }
    finish(b);
    return 0;
}

/* offsets_to_byte2_indices: each the distance from the one before, 255 meaning "and more" (6.11). */
static void build_ref_location(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_REF_LOCATION);
    size_t last = 0;

    put_u2(b, 0); /* byte_index_count: no field instructions */
    const size_t count_at = b->len;
    put_u2(b, 0);
    for (size_t i = 0; i < p->method_count; i++) {
        const struct method *m = &p->methods[i];
        for (size_t k = 0; k < m->ref_count; k++) {
            const size_t here = (size_t)m->offset + METHOD_HEADER + m->refs[k];
            size_t distance = here - last;
            for (; distance >= UINT8_MAX; distance -= UINT8_MAX)
                put_u1(b, UINT8_MAX);
            put_u1(b, (unsigned)distance);
            last = here;
        }
    }
    set_u2(b, count_at, (unsigned)(b->len - count_at - 2));
    finish(b);
}

static void build_directory(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_DIRECTORY);
    const unsigned sizes = DIRECTORY_SIZES + (format_2_2(p) ? 1U : 0U);
    const unsigned own = 2 * sizes + 6 + 3; /* static_field_size_info and three counts follow */

    for (unsigned tag = 1; tag <= sizes; tag++) {
        const size_t len = p->component[tag].len;
        put_u2(b, tag == COMPONENT_DIRECTORY ? own : len == 0 ? 0 : (unsigned)(len - TAG_AND_SIZE));
    }
    put_u2(b, 0); /* image_size */
    put_u2(b, 0); /* array_init_count */
    put_u2(b, 0); /* array_init_size */
    put_u1(b, (unsigned)p->import_count);
    put_u1(b, (unsigned)p->applet_count);
    put_u1(b, 0); /* custom_count */
    finish(b);
}

int components_build(struct package *p, const char *file)
{
    const struct place at = {.file = file};

    if (layout(p, at) != 0 || build_applet(p, at) != 0 || build_constant_pool(p, at) != 0)
        return -1;
    build_header(p);
    build_import(p);
    build_class(p);
    build_method(p);
    build_static_field(p);
    build_ref_location(p);
    if (descriptor_build(p, at) != 0)
        return -1;
    build_directory(p);
    for (const enum component_tag *tag = load_order; *tag != 0; tag++)
        put_octets(&p->load_file, p->component[*tag].data, p->component[*tag].len);
    for (size_t tag = 0; tag < COMPONENT_COUNT; tag++)
        if (p->component[tag].overflow || p->load_file.overflow)
            return fail(at, "the load file is too large");
    return 0;
}
