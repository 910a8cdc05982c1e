/* SPDX-License-Identifier: Apache-2.0 */
/* The Class component of capasm: interfaces and classes with their method tables (build tool, pure apart from
 * messages): JCVM 2.2.2 clause 6.8. */
#include <string.h>

#include "../capasm.h"

enum {
    INTERFACE = 0x80,
    NO_REFERENCE_TOKEN = 0xFF, /* class_info without instance fields of reference types */
    NO_METHOD = 0xFFFF,        /* a virtual method table slot inherited from another package */
    SIGNATURE_POOL = 2,        /* octets in front of the classes since format 2.2 */
    CLASS_INFO = 10,           /* octets of a class_info without tables */
    IMPLEMENTED = 3            /* octets of an implemented_interface_info without its tokens */
};

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

/* The methods of the interface of the package that a class implements. */
static unsigned interface_methods(const struct package *p, const struct class *c)
{
    const int index = class_index(p, c->interface);
    unsigned count = 0;

    for (size_t i = 0; i < p->method_count && index >= 0; i++)
        count += p->methods[i].class_index == (size_t)index;
    return count;
}

/* The method with this token that the class or a parent in the package declares. */
static unsigned slot(const struct package *p, size_t class, unsigned token)
{
    for (int c = (int)class; c >= 0; c = class_index(p, p->classes[c].super))
        for (size_t i = 0; i < p->method_count; i++)
            if (p->methods[i].class_index == (size_t)c && p->methods[i].is_virtual &&
                p->methods[i].token == token)
                return p->methods[i].offset;
    return NO_METHOD;
}

/* The virtual token of the method that has the same name as this one of an interface. */
static unsigned implementation(const struct package *p, size_t class, const struct method *asked)
{
    const char *name = strchr(asked->name, '.');

    for (size_t i = 0; i < p->method_count; i++)
        if (p->methods[i].class_index == class && strcmp(strchr(p->methods[i].name, '.'), name) == 0)
            return p->methods[i].token;
    return 0;
}

static void put_implemented(const struct package *p, struct bytes *b, size_t class)
{
    const struct class *c = &p->classes[class];
    const int index = class_index(p, c->interface);
    unsigned ref = 0;

    class_reference(p, c->interface, &ref);
    put_u2(b, ref);
    put_u1(b, interface_methods(p, c));
    for (unsigned token = 0; index >= 0 && token < interface_methods(p, c); token++)
        for (size_t i = 0; i < p->method_count; i++)
            if (p->methods[i].class_index == (size_t)index && p->methods[i].token == token)
                put_u1(b, implementation(p, class, &p->methods[i]));
}

static void put_class_info(const struct package *p, struct bytes *b, size_t i)
{
    const struct class *c = &p->classes[i];
    unsigned low = 0, high = 0, super = 0, cells = 0, references = 0;

    virtual_range(p, i, &low, &high);
    fields_of_class(p, i, &cells, &references);
    class_reference(p, c->super, &super);
    put_u1(b, c->interface[0] != '\0'); /* flags and interface_count */
    put_u2(b, super);
    put_u1(b, cells);
    put_u1(b, references ? cells - references : NO_REFERENCE_TOKEN);
    put_u1(b, references);
    put_u1(b, low);
    put_u1(b, high - low + 1);
    put_u1(b, 0); /* package_method_table_base */
    put_u1(b, 0); /* package_method_table_count */
    for (unsigned token = low; token <= high; token++)
        put_u2(b, slot(p, i, token));
    if (c->interface[0] != '\0')
        put_implemented(p, b, i);
}

void classes_put(const struct package *p, struct bytes *b)
{
    if (p->format_minor >= 2)
        put_u2(b, 0); /* signature_pool_length: no remote methods */
    for (size_t i = 0; i < p->class_count; i++) {
        if (p->classes[i].is_interface)
            put_u1(b, INTERFACE);
        else
            put_class_info(p, b, i);
    }
}

int classes_layout(struct package *p, struct place at)
{
    size_t class = p->format_minor >= 2 ? SIGNATURE_POOL : 0;

    for (size_t i = 0; i < p->class_count; i++) {
        struct class *c = &p->classes[i];
        unsigned low = 0, high = 0;
        c->offset = (uint16_t) class;
        if (c->is_interface) {
            class ++;
            continue;
        }
        if (!virtual_range(p, i, &low, &high))
            return fail(at, "class '%s' has no virtual method", c->name);
        class += CLASS_INFO + 2 * (high - low + 1);
        if (c->interface[0] != '\0')
            class += IMPLEMENTED + interface_methods(p, c);
    }
    return class > COMPONENT_MAX ? fail(at, "the load file is too large") : 0;
}
