/* SPDX-License-Identifier: Apache-2.0 */
/* The loaded components of a CAP file, built in dependency order (build tool, pure apart from messages):
 * JCVM 2.2.2 clauses 6.3 to 6.11. */
#include <string.h>

#include "capasm.h"

enum {
    PACKAGE_ACC_INT = 0x01, /* table 6-4 */
    PACKAGE_ACC_APPLET = 0x04,
    TAG_AND_SIZE = 3,
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
    put_u1(b, (p->applet_count ? PACKAGE_ACC_APPLET : 0U) | (p->uses_int ? PACKAGE_ACC_INT : 0U));
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

/* A library has none. */
static int build_applet(struct package *p, struct place at)
{
    if (p->applet_count == 0)
        return 0;
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

static void build_static_field(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_STATIC_FIELD);

    fields_put_image(p, b);
    finish(b);
}

static void put_external(struct bytes *b, const struct external *e)
{
    put_u1(b, 0x80U | e->package);
    put_u1(b, e->class_token);
    put_u1(b, e->tag == POOL_CLASS ? 0 : e->token);
}

/* A field, or the method of the parent as the class that asks for it sees it. */
static int put_internal_rest(const struct package *p, struct bytes *b, const struct pool_entry *e,
                             struct place at)
{
    const struct field *f = field_find(p, e->name);
    const struct external *above = external_find(p, e->name);
    const struct method *m = method_find(p, e->name);

    if (e->tag == POOL_FIELD && f != NULL && !(f->access & ACC_STATIC)) {
        put_u2(b, p->classes[f->class_index].offset);
        put_u1(b, f->at);
    } else if (e->tag == POOL_STATIC_FIELD && f != NULL && f->access & ACC_STATIC) {
        put_u1(b, 0);
        put_u2(b, f->at);
    } else if (e->tag == POOL_SUPER &&
               ((above != NULL && above->tag == POOL_VIRTUAL) || (m != NULL && m->is_virtual))) {
        put_u2(b, p->classes[e->class_index].offset);
        put_u1(b, above != NULL ? above->token : m->token);
    } else {
        return fail(at, "'%s' is unknown, or not what this instruction needs", e->name);
    }
    return 0;
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
        return put_internal_rest(p, b, e, at);
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

static void build_directory(struct package *p)
{
    struct bytes *b = begin(p, COMPONENT_DIRECTORY);
    const unsigned sizes = DIRECTORY_SIZES + (format_2_2(p) ? 1U : 0U);
    const unsigned own = 2 * sizes + 6 + 3; /* static_field_size_info and three counts follow */

    for (unsigned tag = 1; tag <= sizes; tag++) {
        const size_t len = p->component[tag].len;
        put_u2(b, tag == COMPONENT_DIRECTORY ? own : len == 0 ? 0 : (unsigned)(len - TAG_AND_SIZE));
    }
    fields_put_sizes(p, b);
    put_u1(b, (unsigned)p->import_count);
    put_u1(b, (unsigned)p->applet_count);
    put_u1(b, 0); /* custom_count */
    finish(b);
}

int components_build(struct package *p, const char *file)
{
    const struct place at = {.file = file};

    methods_layout(p);
    fields_layout(p);
    if (classes_layout(p, at) != 0 || build_applet(p, at) != 0 || build_constant_pool(p, at) != 0)
        return -1;
    build_header(p);
    build_import(p);
    classes_put(p, begin(p, COMPONENT_CLASS));
    finish(&p->component[COMPONENT_CLASS]);
    methods_put(p, begin(p, COMPONENT_METHOD));
    finish(&p->component[COMPONENT_METHOD]);
    build_static_field(p);
    methods_put_locations(p, begin(p, COMPONENT_REF_LOCATION));
    finish(&p->component[COMPONENT_REF_LOCATION]);
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
