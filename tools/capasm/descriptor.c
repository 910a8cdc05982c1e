/* SPDX-License-Identifier: Apache-2.0 */
/* The Descriptor component, which off-card and on-card verifiers read (build tool, pure apart from messages):
 * JCVM 2.2.2 clause 6.13. It is part of the CAP file, not of the Load File Data Block sent here. */
#include <string.h>

#include "capasm.h"

enum { NO_TYPE = 0xFFFF, TAG_AND_SIZE = 3 };

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
    put_u2(b, 0); /* exception_handler_count */
    put_u2(b, 0); /* exception_handler_index */
    return 0;
}

static int put_class(struct package *p, struct types *t, size_t index, struct place at)
{
    struct bytes *b = &p->component[COMPONENT_DESCRIPTOR];
    unsigned methods = 0;

    for (size_t i = 0; i < p->method_count; i++)
        methods += p->methods[i].class_index == index;
    put_u1(b, (unsigned)index); /* class token: public classes count from 0 */
    put_u1(b, ACC_PUBLIC);
    put_u2(b, p->classes[index].offset);
    put_u1(b, 0); /* interface_count */
    put_u2(b, 0); /* field_count */
    put_u2(b, methods);
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
    return e != NULL && e->tag == entry->tag ? e->signature : method_find(p, entry->name)->signature;
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
