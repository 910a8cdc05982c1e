/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in the model of a package. Station 4. Pure. [JCVM 6.7, 6.8, 6.13] */
#include "gp/verify/model.h"

#include "gp/verify/type/type.h"

enum { POOL_ENTRY = 4, PACKAGE_TOKEN = 0x80 };

void model_at(struct cap_model *m, enum cap_tag component, size_t offset)
{
    m->at = (struct cap_place){(int)component, (int32_t)offset, CAP_NOWHERE, CAP_NOWHERE};
}

uint8_t u8_at(struct bytes b, size_t at)
{
    return at < b.len ? b.at[at] : 0;
}

uint16_t u16_at(struct bytes b, size_t at)
{
    return (uint16_t)(u8_at(b, at) << 8 | u8_at(b, at + 1));
}

const struct cap_class *model_class(const struct cap_model *m, uint16_t class_ref)
{
    size_t low = 0, high = m->classes;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->class[middle].offset == class_ref)
            return &m->class[middle];
        if (m->class[middle].offset < class_ref)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct cap_method *model_body(const struct cap_model *m, size_t offset)
{
    size_t low = 0, high = m->bodies;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct cap_method *at = &m->method[m->by_offset[middle]];
        if (at->offset == offset)
            return at;
        if (at->offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Private methods, constructors and static methods have no place in the tables. */
static bool is_virtual(const struct cap_method *method)
{
    return !(method->access & (ACC_STATIC | ACC_INIT | ACC_PRIVATE));
}

/* Tokens of package-visible methods have the high bit; the Descriptor may leave it out. */
static bool has_token(const struct cap_method *method, uint8_t token)
{
    bool in_package = !(method->access & (ACC_PUBLIC | ACC_PROTECTED));
    return method->token == token || (in_package && (method->token | PACKAGE_TOKEN) == token);
}

const struct cap_method *model_declared(const struct cap_model *m, const struct cap_class *c, uint8_t token)
{
    for (size_t i = 0; i < c->methods; i++) {
        const struct cap_method *method = &m->method[c->first_method + i];
        if (c->is_interface ? method->token == token : is_virtual(method) && has_token(method, token))
            return method;
    }
    return NULL;
}

const struct cap_method *model_virtual(const struct cap_model *m, const struct cap_class *c, uint8_t token,
                                       uint16_t *outside)
{
    *outside = NO_CLASS;
    for (size_t depth = 0; c && depth <= m->classes; depth++) {
        const struct cap_method *found = model_declared(m, c, token);
        if (found)
            return found;
        if (c->is_interface || c->super == NO_CLASS)
            return NULL;
        if (c->super & EXTERNAL) {
            *outside = c->super;
            return NULL;
        }
        c = model_class(m, c->super);
    }
    return NULL;
}

const struct cap_field *model_instance_field(const struct cap_model *m, const struct cap_class *c,
                                             uint8_t token)
{
    for (size_t i = 0; i < c->fields; i++) {
        const struct cap_field *f = &m->field[c->first_field + i];
        if (!(f->access & ACC_STATIC) && f->at == token)
            return f;
    }
    return NULL;
}

const struct cap_field *model_static_field(const struct cap_model *m, uint16_t offset)
{
    for (size_t i = 0; i < m->fields; i++)
        if ((m->field[i].access & ACC_STATIC) && m->field[i].at == offset)
            return &m->field[i];
    return NULL;
}

bool model_pool(const struct cap_model *m, size_t index, struct cap_pool_entry *out)
{
    struct bytes pool = m->info[CAP_CONSTANT_POOL];
    size_t at = 2 + POOL_ENTRY * index;
    uint8_t first;
    if (index >= m->pool_count)
        return false;
    first = u8_at(pool, at + 1);
    *out = (struct cap_pool_entry){.tag = (enum cap_pool_tag)u8_at(pool, at),
                                   .external = (first & PACKAGE_TOKEN) != 0,
                                   .class_ref = u16_at(pool, at + 1),
                                   .token = u8_at(pool, at + 3),
                                   .offset = u16_at(pool, at + 2),
                                   .type = u16_at(m->types, 2 + 2 * index)};
    return true;
}
