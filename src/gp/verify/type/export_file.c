/* SPDX-License-Identifier: Apache-2.0 */
/* Export files: what a package of someone else offers under which token. Station 4. Pure. [JCVM 5,
 * formats 2.1 to 2.3; the two additions of 2.3 could be compared with public readers only] */
#include "gp/verify/type/api.h"

enum {
    EXPORT_MAGIC = 0x00FACADE,
    MAJOR = 2,
    MINOR_PACKAGES = 3, /* since 2.3: referenced packages, and a count behind each class */
    CONSTANT_UTF8 = 1,
    CONSTANT_INTEGER = 3,
    CONSTANT_CLASS = 7,
    CONSTANT_PACKAGE = 13,
    FLAG_STATIC = 0x0008,
    FLAG_PROTECTED = 0x0004,
    FLAG_FINAL = 0x0010,
    FLAG_INTERFACE = 0x0200,
    FLAG_ABSTRACT = 0x0400
};

struct export_reader {
    struct cap_api *api;
    struct bytes pool; /* from the first entry on */
    uint16_t entries;
    uint8_t minor;
    struct reader r;
};

/* One constant; what it holds is left in `body`. */
static enum tsm_err read_constant(struct reader *r, uint8_t *tag, struct bytes *body)
{
    uint16_t len = 0;
    struct reader ahead;
    TRY(read_u8(r, tag));
    switch (*tag) {
    case CONSTANT_UTF8:
        TRY(read_u16(r, &len));
        break;
    case CONSTANT_INTEGER:
        len = 4;
        break;
    case CONSTANT_CLASS:
        len = 2;
        break;
    case CONSTANT_PACKAGE: /* flags, name, minor, major, AID with its length */
        ahead = *r;
        TRY(read_span(&ahead, 5, body));
        TRY(read_lv(&ahead, body));
        len = (uint16_t)(6 + body->len);
        break;
    default:
        return FAIL(BAD_VALUE, "%u is no constant of an export file", *tag);
    }
    return read_span(r, len, body);
}

static enum tsm_err constant(const struct export_reader *e, uint16_t index, uint8_t want, struct bytes *body)
{
    struct reader r = READER(e->pool);
    uint8_t tag = 0;
    if (index >= e->entries)
        return FAIL(BAD_VALUE, "the export file refers to constant %u of %u", index, e->entries);
    for (uint16_t i = 0; i <= index; i++)
        TRY(read_constant(&r, &tag, body));
    NEED(tag == want, BAD_VALUE);
    return TSM_OK;
}

static enum tsm_err text_of(const struct export_reader *e, uint16_t index, struct bytes *text)
{
    return constant(e, index, CONSTANT_UTF8, text);
}

static enum tsm_err class_name(const struct export_reader *e, uint16_t index, struct bytes *name)
{
    struct bytes body;
    struct reader r;
    uint16_t at;
    TRY(constant(e, index, CONSTANT_CLASS, &body));
    r = (struct reader){body};
    TRY(read_u16(&r, &at));
    return text_of(e, at, name);
}

static enum tsm_err read_member(struct export_reader *e, bool is_field)
{
    struct api_member member = {0};
    uint16_t flags, name_index, type_index;
    struct bytes name;
    TRY(read_u8(&e->r, &member.token));
    TRY(read_u16(&e->r, &flags));
    TRY(read_u16(&e->r, &name_index));
    TRY(read_u16(&e->r, &type_index));
    TRY(text_of(e, name_index, &name));
    TRY(text_of(e, type_index, &member.type));
    member.is_protected = (flags & FLAG_PROTECTED) != 0;
    if (is_field)
        member.kind = flags & FLAG_STATIC ? API_STATIC_FIELD : API_INSTANCE_FIELD;
    else if (bytes_equal(name, bytes_of_text("<init>")))
        member.kind = API_CONSTRUCTOR;
    else
        member.kind = flags & FLAG_STATIC ? API_STATIC_METHOD : API_VIRTUAL_METHOD;
    return api_put_member(e->api, &member);
}

/* The value of a constant: not needed here. */
static enum tsm_err skip_attributes(struct export_reader *e)
{
    uint16_t count, name;
    TRY(read_u16(&e->r, &count));
    for (uint16_t i = 0; i < count; i++) {
        struct bytes skipped;
        uint32_t len;
        TRY(read_u16(&e->r, &name));
        TRY(read_u32(&e->r, &len));
        TRY(read_span(&e->r, len, &skipped));
    }
    return TSM_OK;
}

static enum tsm_err read_parents(struct export_reader *e, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t index;
        struct bytes name;
        TRY(read_u16(&e->r, &index));
        TRY(class_name(e, index, &name));
        TRY(api_put_super(e->api, name));
    }
    return TSM_OK;
}

static enum tsm_err read_class(struct export_reader *e, uint8_t package)
{
    struct api_class c = {.package = package};
    uint16_t flags, name, count;
    uint8_t interfaces, inherited;
    TRY(read_u8(&e->r, &c.token));
    TRY(read_u16(&e->r, &flags));
    TRY(read_u16(&e->r, &name));
    TRY(class_name(e, name, &c.name));
    c.is_interface = (flags & FLAG_INTERFACE) != 0;
    c.is_final = (flags & FLAG_FINAL) != 0;
    c.is_abstract = (flags & FLAG_ABSTRACT) != 0;
    TRY(api_put_class(e->api, &c));
    TRY(read_u16(&e->r, &count));
    TRY(read_parents(e, count));
    TRY(read_u8(&e->r, &interfaces));
    TRY(read_parents(e, interfaces));
    TRY(read_u16(&e->r, &count));
    for (uint16_t i = 0; i < count; i++) {
        TRY(read_member(e, true));
        TRY(skip_attributes(e));
    }
    TRY(read_u16(&e->r, &count));
    for (uint16_t i = 0; i < count; i++)
        TRY(read_member(e, false));
    return e->minor >= MINOR_PACKAGES ? read_u8(&e->r, &inherited) : TSM_OK;
}

static enum tsm_err read_front(struct export_reader *e)
{
    uint32_t magic;
    uint8_t major, tag;
    struct bytes skipped;
    TRY(read_u32(&e->r, &magic));
    if (magic != EXPORT_MAGIC)
        return FAIL(BAD_VALUE, "this is no export file: its magic number is %08X", magic);
    TRY(read_u8(&e->r, &e->minor));
    TRY(read_u8(&e->r, &major));
    NEED(major == MAJOR, BAD_VALUE);
    TRY(read_u16(&e->r, &e->entries));
    e->pool = e->r.left;
    for (uint16_t i = 0; i < e->entries; i++)
        TRY(read_constant(&e->r, &tag, &skipped));
    return TSM_OK;
}

enum tsm_err api_add_file(struct cap_api *api, struct bytes file)
{
    struct export_reader e = {.api = api, .r = READER(file)};
    uint16_t self;
    struct bytes body, skipped, aid;
    uint8_t referenced = 0, classes, package;
    struct reader r;
    TRY(read_front(&e));
    TRY(read_u16(&e.r, &self));
    TRY(constant(&e, self, CONSTANT_PACKAGE, &body));
    r = (struct reader){body};
    TRY(read_span(&r, 5, &skipped));
    TRY(read_lv(&r, &aid));
    if (e.minor >= MINOR_PACKAGES)
        TRY(read_u8(&e.r, &referenced));
    TRY(read_span(&e.r, 2u * referenced, &skipped));
    TRY(read_u8(&e.r, &classes));
    if (api_knows(api, aid))
        return TSM_OK;
    TRY(api_put_package(api, aid, &package));
    for (uint8_t i = 0; i < classes; i++)
        TRY(read_class(&e, package));
    return read_end(&e.r);
}
