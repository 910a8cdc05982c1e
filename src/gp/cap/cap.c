/* SPDX-License-Identifier: Apache-2.0 */
/* A Java Card CAP file as its components. Stations 4 and 5. Pure. [JCVM chapter 6] */
#include "gp/cap/cap.h"

enum {
    MAGIC = 0xDECAFFED,
    ACC_INT = 0x01,
    ACC_EXPORT = 0x02,
    ACC_APPLET = 0x04,
    AID_MIN = 5,
    AID_MAX = 16,
    FORMAT_MAJOR = 2,
    FORMAT_MINOR_DEBUG = 2,   /* since 2.2 the directory has a size for the debug component */
    FORMAT_MINOR_STATIC = 3,  /* since 2.3 one of four octets for static resources */
    DIRECTORY_SIZES_OLD = 11, /* 2.1: no debug component */
};

static const char *const files[CAP_COMPONENTS] = {
    [CAP_HEADER] = "Header.cap",
    [CAP_DIRECTORY] = "Directory.cap",
    [CAP_APPLET] = "Applet.cap",
    [CAP_IMPORT] = "Import.cap",
    [CAP_CONSTANT_POOL] = "ConstantPool.cap",
    [CAP_CLASS] = "Class.cap",
    [CAP_METHOD] = "Method.cap",
    [CAP_STATIC_FIELD] = "StaticField.cap",
    [CAP_REFERENCE_LOCATION] = "RefLocation.cap",
    [CAP_EXPORT] = "Export.cap",
    [CAP_DESCRIPTOR] = "Descriptor.cap",
    [CAP_DEBUG] = "Debug.cap",
};

const char *cap_component_file(enum cap_tag tag)
{
    return (size_t)tag < CAP_COMPONENTS ? files[tag] : NULL;
}

/* Tag, size, info: the info part, when all three agree with the span. */
static enum tsm_err info_of(struct bytes component, enum cap_tag tag, struct reader *info)
{
    struct reader r = READER(component);
    uint8_t is;
    uint16_t size;
    TRY(read_u8(&r, &is));
    TRY(read_u16(&r, &size));
    if (is != (uint8_t)tag)
        return FAIL(BAD_VALUE, "%s has component tag %u", files[tag], is);
    if (size != r.left.len)
        return FAIL(BAD_LENGTH, "%s says %u octets and has %zu", files[tag], size, r.left.len);
    *info = r;
    return TSM_OK;
}

static enum tsm_err read_aid(struct reader *r, struct bytes *aid)
{
    TRY(read_lv(r, aid));
    NEED(aid->len >= AID_MIN && aid->len <= AID_MAX, BAD_LENGTH);
    return TSM_OK;
}

static enum tsm_err read_package(struct reader *r, struct cap_package *p)
{
    TRY(read_u8(r, &p->minor));
    TRY(read_u8(r, &p->major));
    return read_aid(r, &p->aid);
}

/* Magic, format version, flags, package [JCVM 6.4]; a package name may follow. */
static enum tsm_err read_header(struct cap *cap)
{
    struct reader r;
    uint32_t magic;
    uint8_t flags;
    TRY(info_of(cap->component[CAP_HEADER], CAP_HEADER, &r));
    TRY(read_u32(&r, &magic));
    NEED(magic == (uint32_t)MAGIC, BAD_VALUE);
    TRY(read_u8(&r, &cap->format_minor));
    TRY(read_u8(&r, &cap->format_major));
    NEED(cap->format_major == FORMAT_MAJOR, BAD_VALUE);
    TRY(read_u8(&r, &flags));
    cap->has_integers = flags & ACC_INT;
    cap->has_exports = flags & ACC_EXPORT;
    cap->has_applets = flags & ACC_APPLET;
    return read_package(&r, &cap->package);
}

/* Sizes of all components, then the size of the static field image [JCVM 6.5]. */
static enum tsm_err read_directory(struct cap *cap)
{
    struct reader r;
    size_t sizes = cap->format_minor >= FORMAT_MINOR_DEBUG ? CAP_COMPONENTS - 1 : DIRECTORY_SIZES_OLD;
    uint16_t image;
    uint32_t resources;
    TRY(info_of(cap->component[CAP_DIRECTORY], CAP_DIRECTORY, &r));
    for (size_t tag = 1; tag <= sizes; tag++) {
        uint16_t size;
        size_t have = cap->component[tag].len;
        TRY(read_u16(&r, &size));
        if (have && size + 3u != have) /* tag and size are not counted; a component may have been taken out */
            return FAIL(BAD_LENGTH, "the directory says %u octets for %s, it has %zu", size, files[tag],
                        have - 3);
    }
    if (cap->format_minor >= FORMAT_MINOR_STATIC)
        TRY(read_u32(&r, &resources));
    TRY(read_u16(&r, &image));
    cap->static_size = image;
    return TSM_OK;
}

/* Count, then AID and install method offset of each [JCVM 6.6]. */
static enum tsm_err read_applets(struct cap *cap)
{
    struct reader r;
    uint8_t count;
    if (cap->component[CAP_APPLET].len == 0) {
        NEED(!cap->has_applets, MISSING_FIELD);
        return TSM_OK;
    }
    TRY(info_of(cap->component[CAP_APPLET], CAP_APPLET, &r));
    TRY(read_u8(&r, &count));
    NEED(count <= CAP_APPLETS_MAX, TOO_LONG);
    for (cap->applets = 0; cap->applets < count; cap->applets++) {
        TRY(read_aid(&r, &cap->applet[cap->applets].aid));
        TRY(read_u16(&r, &cap->applet[cap->applets].install_offset));
    }
    return read_end(&r);
}

/* Count, then version and AID of each imported package [JCVM 6.7]. */
static enum tsm_err read_imports(struct cap *cap)
{
    struct reader r;
    uint8_t count;
    TRY(info_of(cap->component[CAP_IMPORT], CAP_IMPORT, &r));
    TRY(read_u8(&r, &count));
    NEED(count <= CAP_IMPORTS_MAX, TOO_LONG);
    for (cap->imports = 0; cap->imports < count; cap->imports++)
        TRY(read_package(&r, &cap->import[cap->imports]));
    return read_end(&r);
}

/* What every package must have [JCVM 6.2]; the others depend on what it does. */
static enum tsm_err check_components(const struct cap *cap)
{
    static const enum cap_tag needed[] = {
        CAP_HEADER,       CAP_DIRECTORY,         CAP_IMPORT, CAP_CONSTANT_POOL, CAP_METHOD,
        CAP_STATIC_FIELD, CAP_REFERENCE_LOCATION};
    struct reader info;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (cap->component[needed[i]].len == 0)
            return FAIL(MISSING_FIELD, "the CAP file has no %s", files[needed[i]]);
    for (enum cap_tag tag = CAP_HEADER; tag < CAP_COMPONENTS; tag++)
        if (cap->component[tag].len)
            TRY(info_of(cap->component[tag], tag, &info));
    return TSM_OK;
}

/* The order of installation [JCVM 6.2.1], without descriptor and debug. */
static const enum cap_tag load_order[] = {
    CAP_HEADER, CAP_DIRECTORY,    CAP_IMPORT, CAP_APPLET,        CAP_CLASS,
    CAP_METHOD, CAP_STATIC_FIELD, CAP_EXPORT, CAP_CONSTANT_POOL, CAP_REFERENCE_LOCATION};
enum { LOADED = sizeof load_order / sizeof load_order[0] };

enum tsm_err cap_read(const struct bytes component[CAP_COMPONENTS], struct cap *out)
{
    struct cap cap = {0};
    memcpy(cap.component, component, sizeof cap.component);
    TRY(check_components(&cap));
    TRY(read_header(&cap));
    TRY(read_directory(&cap));
    TRY(read_applets(&cap));
    TRY(read_imports(&cap));
    for (size_t i = 0; i < LOADED; i++)
        cap.code_size += cap.component[load_order[i]].len;
    *out = cap;
    return TSM_OK;
}

enum tsm_err cap_read_joined(struct bytes joined, struct cap *out)
{
    struct bytes component[CAP_COMPONENTS] = {0};
    struct reader r = READER(joined);
    while (r.left.len) {
        struct reader ahead = r;
        uint8_t tag;
        uint16_t size;
        TRY(read_u8(&ahead, &tag));
        TRY(read_u16(&ahead, &size));
        if (tag == 0 || tag >= CAP_COMPONENTS)
            return FAIL(BAD_VALUE, "%02X is no component of a CAP file", tag);
        if (component[tag].len)
            return FAIL(DUPLICATE_TAG, "%s occurs twice", files[tag]);
        TRY(read_span(&r, size + 3u, &component[tag]));
    }
    return cap_read(component, out);
}

enum tsm_err cap_lfdb_write(const struct cap *cap, struct writer *w)
{
    struct writer at = *w;
    for (size_t i = 0; i < LOADED; i++)
        TRY(write_span(&at, cap->component[load_order[i]]));
    *w = at;
    return TSM_OK;
}

enum tsm_err cap_lfdb_hash(const struct cap *cap, struct crypto *c, uint8_t hash[SHA256_LEN])
{
    struct bytes parts[LOADED];
    for (size_t i = 0; i < LOADED; i++)
        parts[i] = cap->component[load_order[i]];
    return crypto_sha256(c, parts, LOADED, hash);
}
