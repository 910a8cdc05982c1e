/* SPDX-License-Identifier: Apache-2.0 */
/* How types stand to each other: parents, fitting, meeting. Station 4. Pure. [JCVM 2.2.4, 3.4; JVM
 * specification on assignment. An interface is a parent only of what is said to implement it: elements do not
 * look again when an interface method is invoked] */
#include "gp/verify/type/type.h"

#include <stdio.h>
#include <string.h>

enum { RELATIVES_MAX = 64, IMPLEMENTED_HEAD = 3 };

/* The parents of a class as far as they are known, nearest first. */
struct relatives {
    uint32_t id[RELATIVES_MAX];
    size_t count;
    bool open; /* something above is not known */
};

uint32_t type_cell(uint32_t type)
{
    enum type_kind kind = kind_of(type);
    return kind == TYPE_BOOLEAN || kind == TYPE_BYTE ? type_of(TYPE_SHORT, 0) : type;
}

bool type_is_reference(uint32_t type)
{
    enum type_kind kind = kind_of(type);
    return kind >= TYPE_NULL && kind <= TYPE_OBJECTS;
}

uint32_t class_id(const struct cap_model *m, uint16_t class_ref)
{
    size_t package = class_ref >> 8 & 0x7F;
    if (class_ref == NO_CLASS)
        return ID_OBJECT; /* the parent of java.lang.Object: met in java.lang itself only */
    if (!(class_ref & EXTERNAL) || package >= m->cap->imports)
        return class_ref;
    return m->external_id[package][class_ref & 0xFF];
}

void class_ids(struct cap_model *m)
{
    for (size_t i = 0; i < m->cap->imports; i++) {
        for (size_t token = 0; token <= UINT8_MAX; token++)
            m->external_id[i][token] = EXTERNAL | (uint32_t)(i << 8) | (uint32_t)token;
        for (size_t k = 0; k < m->api.classes; k++)
            if (bytes_equal(m->api.package[m->api.class[k].package].aid, m->cap->import[i].aid))
                m->external_id[i][m->api.class[k].token] = ID_KNOWN + (uint32_t)k;
    }
}

bool class_is_interface(const struct cap_model *m, uint32_t id)
{
    const struct cap_class *own = id < EXTERNAL ? model_class(m, (uint16_t)id) : NULL;
    if (own)
        return own->is_interface;
    return id >= ID_KNOWN && id != ID_NAMELESS && m->api.class[id - ID_KNOWN].is_interface;
}

static bool is_among(const struct relatives *r, uint32_t id)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->id[i] == id)
            return true;
    return false;
}

static void put(struct relatives *r, uint32_t id)
{
    if (is_among(r, id))
        return;
    if (r->count == RELATIVES_MAX)
        r->open = true;
    else
        r->id[r->count++] = id;
}

static void put_internal(const struct cap_model *m, struct relatives *r, const struct cap_class *c)
{
    size_t at = 0;
    if (!c->is_interface)
        put(r, class_id(m, c->super));
    for (size_t i = 0; i < c->interface_count && at < c->interfaces.len; i++) {
        put(r, class_id(m, u16_at(c->interfaces, at)));
        at += c->is_interface ? 2u : IMPLEMENTED_HEAD + (size_t)u8_at(c->interfaces, at + 2);
    }
}

static void put_parents(const struct cap_model *m, struct relatives *r, uint32_t id)
{
    const struct api_class *known = id >= ID_KNOWN && id != ID_NAMELESS ? &m->api.class[id - ID_KNOWN] : NULL;
    const struct cap_class *own = id < EXTERNAL ? model_class(m, (uint16_t)id) : NULL;
    for (size_t i = 0; known && i < known->supers; i++) {
        int parent = api_class_by_name(&m->api, m->api.super[known->first_super + i]);
        if (parent >= 0)
            put(r, ID_KNOWN + (uint32_t)parent);
        else
            r->open = true;
    }
    if (own)
        put_internal(m, r, own);
    if (!known && !own)
        r->open = true;
}

/* A class of the package has the interfaces that it and its parents list and no others: the element looks
 * there. */
static void relatives_of(const struct cap_model *m, uint32_t id, struct relatives *r)
{
    bool listed = id < EXTERNAL && !class_is_interface(m, id);
    *r = (struct relatives){.id = {id}, .count = 1};
    for (size_t i = 0; i < r->count; i++)
        if (r->id[i] != ID_OBJECT && !(listed && class_is_interface(m, r->id[i])))
            put_parents(m, r, r->id[i]);
}

enum type_answer class_under(const struct cap_model *m, uint32_t id, uint32_t parent)
{
    struct relatives r;
    if (id == parent || parent == ID_OBJECT)
        return TYPE_YES;
    relatives_of(m, id, &r);
    if (is_among(&r, parent))
        return TYPE_YES;
    return r.open || parent == ID_NAMELESS ? TYPE_MAYBE : TYPE_NO;
}

enum type_answer type_fits(const struct cap_model *m, uint32_t from, uint32_t to)
{
    from = type_cell(from);
    to = type_cell(to);
    if (from == to)
        return kind_of(from) == TYPE_NOTHING ? TYPE_NO : TYPE_YES;
    if (!type_is_reference(from) || !type_is_reference(to))
        return TYPE_NO;
    if (kind_of(from) == TYPE_NULL || to == type_of(TYPE_OBJECT, ID_OBJECT))
        return TYPE_YES;
    if (kind_of(from) != kind_of(to) || (kind_of(to) != TYPE_OBJECT && kind_of(to) != TYPE_OBJECTS))
        return TYPE_NO;
    return class_under(m, id_of(from), id_of(to));
}

/* The nearest class that both are under; an interface only where there is no such class but Object. */
static uint32_t common_parent(const struct cap_model *m, uint32_t a, uint32_t b)
{
    struct relatives r, others;
    uint32_t found = ID_OBJECT;
    relatives_of(m, a, &r);
    relatives_of(m, b, &others);
    for (size_t i = 0; i < r.count; i++) {
        if (r.id[i] == ID_OBJECT || !is_among(&others, r.id[i]))
            continue;
        if (!class_is_interface(m, r.id[i]))
            return r.id[i];
        if (found == ID_OBJECT)
            found = r.id[i];
    }
    return found;
}

uint32_t type_meet(const struct cap_model *m, uint32_t a, uint32_t b)
{
    if (a == b)
        return a;
    if (!type_is_reference(a) || !type_is_reference(b))
        return type_of(TYPE_NOTHING, 0);
    if (kind_of(a) == TYPE_NULL)
        return b;
    if (kind_of(b) == TYPE_NULL)
        return a;
    if (kind_of(a) == kind_of(b) && (kind_of(a) == TYPE_OBJECT || kind_of(a) == TYPE_OBJECTS))
        return type_of(kind_of(a), common_parent(m, id_of(a), id_of(b)));
    return type_of(TYPE_OBJECT, ID_OBJECT);
}

enum type_answer type_same(uint32_t a, uint32_t b)
{
    bool a_open = id_of(a) >= EXTERNAL && id_of(a) < ID_KNOWN, b_open = id_of(b) == ID_NAMELESS;
    if (kind_of(a) != kind_of(b))
        return TYPE_NO;
    if (a == b)
        return b_open ? TYPE_MAYBE : TYPE_YES;
    return a_open && b_open ? TYPE_MAYBE : TYPE_NO;
}

enum type_answer signature_same(const struct signature *a, const struct signature *b)
{
    enum type_answer answer = type_same(a->result, b->result);
    if (a->args != b->args)
        return TYPE_NO;
    for (size_t i = 0; i < a->args; i++) {
        enum type_answer one = type_same(a->arg[i], b->arg[i]);
        answer = one < answer ? one : answer;
    }
    return answer;
}

/* What messages call a class. */
static void class_text(const struct cap_model *m, uint32_t id, char *out, size_t room)
{
    if (id == ID_NAMELESS)
        snprintf(out, room, "a class that is not known");
    else if (id >= ID_KNOWN)
        snprintf(out, room, "%.*s", (int)m->api.class[id - ID_KNOWN].name.len,
                 (const char *)m->api.class[id - ID_KNOWN].name.at);
    else if (id & EXTERNAL)
        snprintf(out, room, "class %u of import %u", id & 0xFFu, id >> 8 & 0x7Fu);
    else
        snprintf(out, room, "the class at %u", id);
}

char *type_text(const struct cap_model *m, uint32_t type, char out[TYPE_TEXT])
{
    static const char *const plain[] = {[TYPE_NOTHING] = "nothing usable",
                                        [TYPE_SHORT] = "a short",
                                        [TYPE_INT] = "an int",
                                        [TYPE_INT_LOW] = "half an int",
                                        [TYPE_NULL] = "null",
                                        [TYPE_BOOLEANS] = "boolean[]",
                                        [TYPE_BYTES] = "byte[]",
                                        [TYPE_SHORTS] = "short[]",
                                        [TYPE_INTS] = "int[]",
                                        [TYPE_NEW] = "a fresh object",
                                        [TYPE_THIS] = "the fresh this",
                                        [TYPE_RETURN] = "a return address",
                                        [TYPE_VOID] = "void",
                                        [TYPE_BOOLEAN] = "a boolean",
                                        [TYPE_BYTE] = "a byte"};
    enum type_kind kind = kind_of(type);
    if (kind != TYPE_OBJECT && kind != TYPE_OBJECTS) {
        snprintf(out, TYPE_TEXT, "%s", plain[kind]);
        return out;
    }
    class_text(m, id_of(type), out, TYPE_TEXT - 2);
    if (kind == TYPE_OBJECTS)
        memcpy(out + strlen(out), "[]", 3);
    return out;
}
