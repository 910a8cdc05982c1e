/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual method tables and the tables of implemented interfaces: the element follows them without looking at
 * types, so each entry must lead to the method that its token means, with its signature. Station 4. Pure.
 * [JCVM 6.8.2, 4.3.7.6; that package-visible tokens have the high bit in the Descriptor as well could not be
 * checked, both ways are taken] */
#include "gp/verify/part/part.h"

enum { NOT_HERE = 0xFFFF, PACKAGE_VISIBLE = 0x80, REF = 2 };

static enum tsm_err known_signature(struct cap_model *m, uint16_t outside, uint8_t token, struct signature *s,
                                    bool *known)
{
    uint32_t id = class_id(m, outside);
    const struct api_member *member =
        id >= ID_KNOWN ? api_member(&m->api, id - ID_KNOWN, API_VIRTUAL_METHOD, token) : NULL;
    *known = member && signature_of_text(m, member->type, s);
    return TSM_OK;
}

/* What a class declares in place of a method of its parent has the same signature. */
static enum tsm_err overrides(struct cap_model *m, const struct cap_class *c, const struct cap_method *own)
{
    const struct cap_class *up = c->super & EXTERNAL ? NULL : model_class(m, c->super);
    const struct cap_method *above = NULL;
    uint16_t outside = c->super;
    struct signature a, b;
    bool known;
    if (up)
        above = model_virtual(m, up, own->token, &outside);
    TRY(signature_read(m, own->type, &a));
    if (above) {
        TRY(signature_read(m, above->type, &b));
        HOLDS(m, signature_same(&a, &b) == TYPE_YES, TABLE,
              "method %u has another signature than its parent's", own->token);
        HOLDS(m, !(above->access & ACC_FINAL), ACCESS, "method %u is final in a parent", own->token);
        return TSM_OK;
    }
    if (outside == NO_CLASS || own->token & PACKAGE_VISIBLE)
        return TSM_OK;
    TRY(known_signature(m, outside, own->token, &b, &known));
    HOLDS(m, !known || signature_same(&a, &b) != TYPE_NO, TABLE,
          "method %u has another signature than the parent's of another package", own->token);
    if (class_id(m, outside) < ID_KNOWN)
        UNPROVEN(m, UNKNOWN, "class %u of import %u is not known here", outside & 0xFFu,
                 outside >> 8 & 0x7Fu);
    return TSM_OK;
}

static enum tsm_err table(struct cap_model *m, const struct cap_class *c, struct bytes entries, uint8_t base,
                          uint8_t visible)
{
    for (size_t i = 0; i < entries.len / REF; i++) {
        uint16_t offset = u16_at(entries, i * REF), outside;
        uint8_t token = (uint8_t)((base + i) | visible);
        const struct cap_method *found = model_virtual(m, c, token, &outside);
        if (offset == NOT_HERE) {
            HOLDS(m, found ? (found->access & ACC_ABSTRACT) != 0 : outside != NO_CLASS, TABLE,
                  "method %u is said to be inherited from another package", token);
            continue;
        }
        HOLDS(m, found && found->offset == offset, TABLE, "the table leads to %u for method %u, which is %s",
              offset, token, found ? "elsewhere" : "declared by no parent");
    }
    return TSM_OK;
}

/* The tables reach to the end of the parent's: an element reads behind a table that is too short. */
static enum tsm_err reach(struct cap_model *m, const struct cap_class *c)
{
    const struct cap_class *up = c->super & EXTERNAL ? NULL : model_class(m, c->super);
    size_t public_end = (size_t)c->public_base + c->public_count,
           package_end = (size_t)c->package_base + c->package_count;
    HOLDS(m, !up || public_end == 0 || public_end >= (size_t)up->public_base + up->public_count, TABLE,
          "the table ends before that of the parent at %u", up ? up->offset : 0);
    HOLDS(m, !up || package_end == 0 || package_end >= (size_t)up->package_base + up->package_count, TABLE,
          "the table of package-visible methods ends before that of the parent at %u", up ? up->offset : 0);
    for (size_t i = 0; i < c->methods; i++) {
        const struct cap_method *d = &m->method[c->first_method + i];
        bool in_package = (d->token & PACKAGE_VISIBLE) || !(d->access & (ACC_PUBLIC | ACC_PROTECTED));
        size_t token = d->token & ~(unsigned)PACKAGE_VISIBLE,
               base = in_package ? c->package_base : c->public_base;
        if (d->access & (ACC_STATIC | ACC_INIT | ACC_PRIVATE))
            continue;
        HOLDS(m, token >= base && token < (in_package ? package_end : public_end), TABLE,
              "method %u is declared and stands in no table", d->token);
        TRY(overrides(m, c, d));
    }
    return TSM_OK;
}

enum tsm_err part_tables(struct cap_model *m)
{
    for (size_t i = 0; i < m->classes; i++) {
        const struct cap_class *c = &m->class[i];
        model_at(m, CAP_CLASS, c->offset);
        if (c->is_interface)
            continue;
        TRY(table(m, c, c->public_table, c->public_base, 0));
        TRY(table(m, c, c->package_table, c->package_base, PACKAGE_VISIBLE));
        TRY(reach(m, c));
    }
    return TSM_OK;
}

/* The signature of a method of an interface. */
static enum tsm_err asked(struct cap_model *m, uint16_t interface, uint8_t token, struct signature *s,
                          bool *known)
{
    const struct cap_class *own = interface & EXTERNAL ? NULL : model_class(m, interface);
    const struct cap_method *method = own ? model_declared(m, own, token) : NULL;
    if (!own)
        return known_signature(m, interface, token, s, known);
    HOLDS(m, method != NULL, TABLE, "the interface at %u has no method %u", interface, token);
    *known = true;
    return signature_read(m, method->type, s);
}

static enum tsm_err implements(struct cap_model *m, const struct cap_class *c, uint16_t interface,
                               uint8_t token, uint8_t by)
{
    struct signature want, have;
    bool known, also = true;
    uint16_t outside;
    const struct cap_method *method = model_virtual(m, c, by, &outside);
    TRY(asked(m, interface, token, &want, &known));
    if (method)
        TRY(signature_read(m, method->type, &have));
    else if (outside != NO_CLASS)
        TRY(known_signature(m, outside, by, &have, &also));
    else
        return c->access & ACC_ABSTRACT_CLASS
                   ? TSM_OK
                   : REFUSE(m, TABLE, "method %u of interface %04X is implemented by none", token, interface);
    HOLDS(m, !(by & PACKAGE_VISIBLE), TABLE,
          "method %u of interface %04X is implemented by a package-visible one", token, interface);
    if (known && also)
        HOLDS(m, signature_same(&want, &have) != TYPE_NO, TABLE,
              "method %u of interface %04X is implemented by %u, which has another signature", token,
              interface, by);
    else
        UNPROVEN(m, UNKNOWN, "method %u of interface %04X or its implementation is not known here", token,
                 interface);
    return TSM_OK;
}

static enum tsm_err all_implemented(struct cap_model *m, const struct cap_class *c)
{
    size_t at = 0;
    for (uint8_t i = 0; i < c->interface_count; i++) {
        uint16_t interface = u16_at(c->interfaces, at);
        uint8_t count = u8_at(c->interfaces, at + REF);
        const struct cap_class *own = interface & EXTERNAL ? NULL : model_class(m, interface);
        HOLDS(m, !own || count == own->methods, TABLE,
              "%u of the %zu methods of the interface at %u are implemented", count, own ? own->methods : 0,
              interface);
        for (uint8_t k = 0; k < count; k++)
            TRY(implements(m, c, interface, k, u8_at(c->interfaces, at + REF + 1 + k)));
        at += REF + 1u + count;
    }
    return TSM_OK;
}

enum tsm_err part_interfaces(struct cap_model *m)
{
    for (size_t i = 0; i < m->classes; i++) {
        model_at(m, CAP_CLASS, m->class[i].offset);
        if (!m->class[i].is_interface)
            TRY(all_implemented(m, &m->class[i]));
    }
    return TSM_OK;
}
