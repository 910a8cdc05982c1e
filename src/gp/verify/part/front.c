/* SPDX-License-Identifier: Apache-2.0 */
/* Header, Directory, Import and Reference Location components. Station 4. Pure. [JCVM 6.3, 6.4, 6.6, 6.11] */
#include "gp/verify/part/part.h"

enum {
    FLAGS_KNOWN = 0x07,
    FLAG_EXTENDED = 0x08,
    FORMAT_MINOR_NAME = 2,      /* since 2.2 a package name follows */
    FORMAT_MINOR_RESOURCES = 3, /* since 2.3 the directory has a size for static resources */
    FORMAT_MINOR_MAX = 3,
    HEADER_FRONT = 9, /* magic, format, flags, version of the package */
    FLAGS_AT = 6,
    SIZES_OLD = 11,
    CUSTOM_TAG_MIN = 128,
    JUMP_ON = 255 /* an offset that is not the place yet */
};

struct reader part_reader(const struct cap_model *m, enum cap_tag tag)
{
    return (struct reader){m->info[tag]};
}

size_t part_offset(const struct cap_model *m, enum cap_tag tag, const struct reader *r)
{
    return m->info[tag].len - r->left.len;
}

bool part_class_exists(const struct cap_model *m, uint16_t class_ref)
{
    if (class_ref & EXTERNAL)
        return (size_t)(class_ref >> 8 & 0x7F) < m->cap->imports;
    return model_class(m, class_ref) != NULL;
}

enum tsm_err part_header(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_HEADER);
    const struct cap *cap = m->cap;
    uint8_t flags = u8_at(r.left, FLAGS_AT);
    struct bytes skipped;
    model_at(m, CAP_HEADER, FLAGS_AT);
    HOLDS(m, !(flags & FLAG_EXTENDED), FORMAT,
          "the package is in the extended format, which is not judged here");
    HOLDS(m, cap->format_minor >= 1 && cap->format_minor <= FORMAT_MINOR_MAX, FORMAT,
          "format %u.%u is not known", cap->format_major, cap->format_minor);
    HOLDS(m, (flags & ~FLAGS_KNOWN) == 0, HEADER, "flags %02X have bits that are not defined", flags);
    HOLDS(m, cap->has_exports == (m->info[CAP_EXPORT].len > 0), HEADER,
          "flags %02X and the presence of Export.cap disagree", flags);
    HOLDS(m, cap->has_applets == (m->info[CAP_APPLET].len > 0), HEADER,
          "flags %02X and the presence of Applet.cap disagree", flags);
    TRY(read_span(&r, HEADER_FRONT, &skipped));
    TRY(read_lv(&r, &skipped)); /* AID */
    if (cap->format_minor >= FORMAT_MINOR_NAME && r.left.len)
        TRY(read_lv(&r, &skipped)); /* name */
    return read_end(&r);
}

static enum tsm_err directory_sizes(struct cap_model *m, struct reader *r)
{
    size_t sizes = m->cap->format_minor >= FORMAT_MINOR_NAME ? SIZES_OLD + 1 : SIZES_OLD;
    for (size_t tag = 1; tag <= sizes; tag++) {
        bool may_miss = tag == CAP_DESCRIPTOR || tag == CAP_DEBUG; /* loading leaves them out */
        size_t have = m->info[tag].len;
        uint16_t size;
        model_at(m, CAP_DIRECTORY, part_offset(m, CAP_DIRECTORY, r));
        TRY(read_u16(r, &size));
        HOLDS(m, size == have || (may_miss && have == 0), DIRECTORY, "%u octets are said of %s, it has %zu",
              size, cap_component_file((enum cap_tag)tag), have);
    }
    if (m->cap->format_minor >= FORMAT_MINOR_RESOURCES) {
        uint32_t resources;
        TRY(read_u32(r, &resources));
        HOLDS(m, resources == 0, FORMAT, "static resources are not judged here");
    }
    return TSM_OK;
}

static enum tsm_err directory_custom(struct cap_model *m, struct reader *r)
{
    uint8_t count, tag;
    TRY(read_u8(r, &count));
    for (uint8_t i = 0; i < count; i++) {
        struct bytes aid;
        uint16_t size;
        TRY(read_u8(r, &tag));
        TRY(read_u16(r, &size));
        TRY(read_lv(r, &aid));
        HOLDS(m, tag >= CUSTOM_TAG_MIN, DIRECTORY, "custom component %u has the tag %02X", i, tag);
    }
    return read_end(r);
}

enum tsm_err part_directory(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_DIRECTORY), fields = part_reader(m, CAP_STATIC_FIELD);
    uint16_t image, arrays, octets, said = 0;
    uint8_t imports, applets;
    TRY(directory_sizes(m, &r));
    model_at(m, CAP_DIRECTORY, part_offset(m, CAP_DIRECTORY, &r));
    TRY(read_u16(&r, &image));
    TRY(read_u16(&r, &arrays));
    TRY(read_u16(&r, &octets));
    TRY(read_u8(&r, &imports));
    TRY(read_u8(&r, &applets));
    HOLDS(m, image == u16_at(fields.left, 0), DIRECTORY, "the static field image has %u octets, not %u",
          u16_at(fields.left, 0), image);
    HOLDS(m, arrays == u16_at(fields.left, 4), DIRECTORY, "%u arrays are initialised, not %u",
          u16_at(fields.left, 4), arrays);
    for (size_t i = 0, at = 6; i < arrays; i++, at += 3u + u16_at(fields.left, at + 1))
        said = (uint16_t)(said + u16_at(fields.left, at + 1));
    HOLDS(m, said == octets, DIRECTORY, "initialised arrays have %u octets, not %u", said, octets);
    HOLDS(m, imports == m->cap->imports, DIRECTORY, "%zu packages are imported, not %u", m->cap->imports,
          imports);
    HOLDS(m, applets == m->cap->applets, DIRECTORY, "there are %zu applets, not %u", m->cap->applets,
          applets);
    return directory_custom(m, &r);
}

enum tsm_err part_imports(struct cap_model *m)
{
    const struct cap *cap = m->cap;
    model_at(m, CAP_IMPORT, 0);
    for (size_t i = 0; i < cap->imports; i++) {
        HOLDS(m, !bytes_equal(cap->import[i].aid, cap->package.aid), IMPORT, "the package imports itself");
        for (size_t k = 0; k < i; k++)
            HOLDS(m, !bytes_equal(cap->import[i].aid, cap->import[k].aid), IMPORT,
                  "imports %zu and %zu are the same package", k, i);
    }
    return TSM_OK;
}

static enum tsm_err location_list(struct cap_model *m, struct reader *r, size_t width, struct cap_bits *into)
{
    uint16_t count;
    size_t at = 0;
    TRY(read_u16(r, &count));
    for (uint16_t i = 0; i < count; i++) {
        uint8_t jump;
        model_at(m, CAP_REFERENCE_LOCATION, part_offset(m, CAP_REFERENCE_LOCATION, r));
        TRY(read_u8(r, &jump));
        at += jump;
        if (jump == JUMP_ON)
            continue;
        HOLDS(m, at + width <= m->info[CAP_METHOD].len, LOCATION, "a reference at %zu is behind the methods",
              at);
        HOLDS(m, !bit_get(into, at), LOCATION, "the reference at %zu is listed twice", at);
        bit_set(into, at);
    }
    return TSM_OK;
}

enum tsm_err part_locations(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_REFERENCE_LOCATION);
    TRY(location_list(m, &r, 1, &m->byte_operands));
    TRY(location_list(m, &r, 2, &m->short_operands));
    return read_end(&r);
}
