/* SPDX-License-Identifier: Apache-2.0 */
/* The Descriptor component, which off-card and on-card verifiers read (build tool, pure apart from messages):
 * JCVM 2.2.2 clause 6.13. It is part of the CAP file, not of the Load File Data Block sent here. */
#include <string.h>

#include "capasm.h"

enum { NO_TYPE = 0xFFFF, TAG_AND_SIZE = 3, PRIMITIVE = 0x8000, NO_TOKEN = 0xFF };

/* type_desc items in front of them their offsets; equal signatures share one. */
struct types {
    struct {
        const char *signature;
        uint16_t offset; /* in type_descriptor_info */
    } known[TYPES_MAX];
    size_t count;
    struct bytes items;
};

static int type_offset(const struct package *p, struct types *t, const char *signature, struct place at)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->known[i].signature, signature) == 0)
            return t->known[i].offset;
    if (t->count == TYPES_MAX)
        return fail(at, "more than %d different signatures", TYPES_MAX);
    const size_t offset = 2 + 2 * p->pool_count + t->items.len;
    if (signature_put(p, signature, &t->items) != 0)
        return fail(at, "signature '%s' names an unknown class", signature);
    t->known[t->count].signature = signature;
    t->known[t->count++].offset = (uint16_t)offset;
    return (int)offset;
}

static int put_method(struct package *p, struct types *t, const struct method *m, struct place at)
{
    struct bytes *b = &p->component[COMPONENT_DESCRIPTOR];
    const int type = type_offset(p, t, m->signature, at);

    if (type < 0)
        return -1;
    put_u1(b, m->token);
    put_u1(b, m->access);
    put_u2(b, m->offset);
    put_u2(b, (unsigned)type);
    put_u2(b, (unsigned)m->code_len);
    put_u2(b, (unsigned)m->handler_count);
    put_u2(b, m->handler_count ? (unsigned)m->first_handler : 0);
    return 0;
}

static int put_field(struct package *p, struct types *t, const struct field *f, struct place at)
{
    struct bytes *b = &p->component[COMPONENT_DESCRIPTOR];
    const unsigned primitive = type_primitive(f->type);

    put_u1(b, f->access & (ACC_PUBLIC | ACC_PROTECTED) ? f->at : NO_TOKEN);
    put_u1(b, f->access);
    if (f->access & ACC_STATIC) {
        put_u1(b, 0);
        put_u2(b, f->at);
    } else {
        put_u2(b, p->classes[f->class_index].offset);
        put_u1(b, f->at);
    }
    const int type = primitive ? (int)(PRIMITIVE | primitive) : type_offset(p, t, f->type, at);
    if (type < 0)
        return -1;
    put_u2(b, (unsigned)type);
    return 0;
}

static int put_class(struct package *p, struct types *t, size_t index, struct place at)
{
    struct bytes *b = &p->component[COMPONENT_DESCRIPTOR];
    const struct class *c = &p->classes[index];
    unsigned methods = 0, fields = 0, interface = 0;

    for (size_t i = 0; i < p->method_count; i++)
        methods += p->methods[i].class_index == index;
    for (size_t i = 0; i < p->field_count; i++)
        fields += p->fields[i].class_index == index;
    put_u1(b, (unsigned)index); /* class token: public classes count from 0 */
    put_u1(b, c->is_interface ? ACC_PUBLIC | ACC_INTERFACE | ACC_ABSTRACT_CLASS : ACC_PUBLIC);
    put_u2(b, c->offset);
    put_u1(b, c->interface[0] != '\0'); /* interface_count */
    put_u2(b, fields);
    put_u2(b, methods);
    if (c->interface[0] != '\0') {
        if (class_reference(p, c->interface, &interface) != 0)
            return fail(at, "interface '%s' is unknown", c->interface);
        put_u2(b, interface);
    }
    for (size_t i = 0; i < p->field_count; i++)
        if (p->fields[i].class_index == index && put_field(p, t, &p->fields[i], at) != 0)
            return -1;
    for (size_t i = 0; i < p->method_count; i++)
        if (p->methods[i].class_index == index && put_method(p, t, &p->methods[i], at) != 0)
            return -1;
    return 0;
}

/* The signature of what a pool entry names, or NULL for a class. */
static const char *pool_signature(const struct package *p, const struct pool_entry *entry)
{
    const struct external *e = external_find(p, entry->name);

    if (entry->tag == POOL_CLASS)
        return NULL;
    if (e != NULL)
        return e->signature;
    if (entry->tag == POOL_FIELD || entry->tag == POOL_STATIC_FIELD)
        return field_find(p, entry->name)->type;
    return method_find(p, entry->name)->signature;
}

static int put_pool_types(struct package *p, struct types *t, struct place at)
{
    struct bytes *b = &p->component[COMPONENT_DESCRIPTOR];

    put_u2(b, (unsigned)p->pool_count);
    for (size_t i = 0; i < p->pool_count; i++) {
        const char *signature = pool_signature(p, &p->pool[i]);
        at.line = p->pool[i].line;
        const int type = signature == NULL ? NO_TYPE : type_offset(p, t, signature, at);
        if (type < 0)
            return -1;
        put_u2(b, (unsigned)type);
    }
    return 0;
}

/* Call after the constant pool is built: it has refused every entry that names nothing. */
int descriptor_build(struct package *p, struct place at)
{
    static struct types t; /* too large for the stack of a small machine */
    struct bytes *b = &p->component[COMPONENT_DESCRIPTOR];

    memset(&t, 0, sizeof t);
    put_u1(b, COMPONENT_DESCRIPTOR);
    put_u2(b, 0);
    put_u1(b, (unsigned)p->class_count);
    for (size_t i = 0; i < p->class_count; i++)
        if (put_class(p, &t, i, at) != 0)
            return -1;
    if (put_pool_types(p, &t, at) != 0)
        return -1;
    put_octets(b, t.items.data, t.items.len);
    b->overflow |= t.items.overflow;
    set_u2(b, 1, (unsigned)(b->len - TAG_AND_SIZE));
    return 0;
}
