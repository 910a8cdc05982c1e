/* SPDX-License-Identifier: Apache-2.0 */
/* What can be reached from outside: applets and exports. Station 4. Pure. [JCVM 6.5, 6.12] */
#include "gp/verify/part/part.h"

#include <string.h>

enum { OFFSET = 2, BYTE_ARRAY_ARGS = 3 };

/* javacard.framework.Applet, where it is known: it is, once anything of that package is imported. */
static bool applet_class(const struct cap_model *m, uint32_t *id)
{
    int index = api_class_by_name(&m->api, bytes_of_text("javacard/framework/Applet"));
    *id = ID_KNOWN + (uint32_t)index;
    return index >= 0;
}

static bool is_install(struct cap_model *m, const struct cap_method *d)
{
    struct signature s;
    return d && (d->access & ACC_STATIC) && (d->access & ACC_PUBLIC) &&
           signature_read(m, d->type, &s) == TSM_OK && s.args == BYTE_ARRAY_ARGS &&
           kind_of(s.arg[0]) == TYPE_BYTES && kind_of(s.arg[1]) == TYPE_SHORT &&
           kind_of(s.arg[2]) == TYPE_BYTE && kind_of(s.result) == TYPE_VOID;
}

enum tsm_err part_applets(struct cap_model *m)
{
    size_t at = 1;
    for (size_t i = 0; i < m->cap->applets; i++) {
        const struct cap_applet *a = &m->cap->applet[i];
        const struct cap_method *d = model_body(m, a->install_offset);
        uint32_t applet;
        enum type_answer under;
        at += 1 + a->aid.len;
        model_at(m, CAP_APPLET, at);
        at += OFFSET;
        HOLDS(m, is_install(m, d), APPLET, "at %u is no public static install(byte[], short, byte)",
              a->install_offset);
        under = applet_class(m, &applet) ? class_under(m, m->class[d->owner].offset, applet) : TYPE_NO;
        HOLDS(m, under != TYPE_NO, APPLET, "the class of the install method at %u is no applet",
              a->install_offset);
        if (under == TYPE_MAYBE)
            UNPROVEN(m, UNKNOWN, "whether the class at %u is an applet is not known here",
                     m->class[d->owner].offset);
    }
    return TSM_OK;
}

static enum tsm_err exported_members(struct cap_model *m, struct reader *r, const struct cap_class *c,
                                     uint8_t fields, uint8_t methods)
{
    uint16_t offset;
    for (uint8_t i = 0; i < fields; i++) {
        const struct cap_field *f;
        TRY(read_u16(r, &offset));
        f = model_static_field(m, offset);
        HOLDS(m, f && &m->class[f->owner] == c && (f->access & (ACC_PUBLIC | ACC_PROTECTED)), EXPORT,
              "at %u of the image is no field of the class at %u that may be exported", offset, c->offset);
    }
    for (uint8_t i = 0; i < methods; i++) {
        const struct cap_method *d;
        TRY(read_u16(r, &offset));
        d = model_body(m, offset);
        HOLDS(m,
              d && &m->class[d->owner] == c && (d->access & (ACC_STATIC | ACC_INIT)) &&
                  (d->access & (ACC_PUBLIC | ACC_PROTECTED)),
              EXPORT, "at %u is no method of the class at %u that may be exported", offset, c->offset);
    }
    return TSM_OK;
}

enum tsm_err part_exports(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_EXPORT);
    uint8_t classes, fields, methods;
    if (r.left.len == 0)
        return TSM_OK;
    TRY(read_u8(&r, &classes));
    for (uint8_t i = 0; i < classes; i++) {
        uint16_t offset;
        const struct cap_class *c;
        model_at(m, CAP_EXPORT, part_offset(m, CAP_EXPORT, &r));
        TRY(read_u16(&r, &offset));
        TRY(read_u8(&r, &fields));
        TRY(read_u8(&r, &methods));
        c = model_class(m, offset);
        HOLDS(m, c && (c->access & ACC_PUBLIC) && c->token == i, EXPORT,
              "at %u is no public class with the token %u", offset, i);
        HOLDS(m, !m->cap->has_applets || (c->is_interface && c->shareable), EXPORT,
              "a package of applets exports the class at %u, which is no shareable interface", offset);
        TRY(exported_members(m, &r, c, fields, methods));
    }
    return read_end(&r);
}
