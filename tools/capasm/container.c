/* SPDX-License-Identifier: Apache-2.0 */
/* The JAR container of a CAP file (build tool, edge: writes one file): JCVM 2.2.2 clauses 6.1 and 4.1.3.
 * Entries are stored, in load order, with one fixed time stamp, so that equal sources give equal octets. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "capasm.h"

enum {
    DOS_TIME_MIDNIGHT = 0,
    DOS_DATE_1980_01_01 = 0x0021, /* the earliest date a ZIP entry can have */
    UNIX_MODE_SHIFT = 16,
    REGULAR_0644 = 0100644,
    MANIFEST_MAX = 4096
};

const enum component_tag load_order[] = {COMPONENT_HEADER,
                                         COMPONENT_DIRECTORY,
                                         COMPONENT_IMPORT,
                                         COMPONENT_APPLET,
                                         COMPONENT_CLASS,
                                         COMPONENT_METHOD,
                                         COMPONENT_STATIC_FIELD,
                                         COMPONENT_EXPORT,
                                         COMPONENT_CONSTANT_POOL,
                                         COMPONENT_REF_LOCATION,
                                         0};

const char *component_file_name(enum component_tag tag)
{
    static const char *const names[COMPONENT_COUNT] = {
        [COMPONENT_HEADER] = "Header",
        [COMPONENT_DIRECTORY] = "Directory",
        [COMPONENT_APPLET] = "Applet",
        [COMPONENT_IMPORT] = "Import",
        [COMPONENT_CONSTANT_POOL] = "ConstantPool",
        [COMPONENT_CLASS] = "Class",
        [COMPONENT_METHOD] = "Method",
        [COMPONENT_STATIC_FIELD] = "StaticField",
        [COMPONENT_REF_LOCATION] = "RefLocation",
        [COMPONENT_EXPORT] = "Export",
        [COMPONENT_DESCRIPTOR] = "Descriptor",
        [COMPONENT_DEBUG] = "Debug",
    };
    return names[tag];
}

struct manifest {
    char text[MANIFEST_MAX];
    size_t len;
};

static void append(struct manifest *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(struct manifest *m, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int n = vsnprintf(m->text + m->len, sizeof m->text - m->len, format, args);
    va_end(args);
    if (n > 0)
        m->len = m->len + (size_t)n < sizeof m->text ? m->len + (size_t)n : sizeof m->text - 1;
}

static void append_aid(struct manifest *m, const struct aid *aid)
{
    for (size_t i = 0; i < aid->len; i++)
        append(m, "%s0x%02x", i == 0 ? "" : ":", aid->value[i]);
    append(m, "\r\n");
}

static void manifest_make(const struct package *p, struct manifest *m)
{
    append(m, "Manifest-Version: 1.0\r\nCreated-By: capasm (OpenTSM)\r\n\r\nName: %s\r\n", p->self.name);
    append(m, "Java-Card-CAP-File-Version: %u.%u\r\n", p->format_major, p->format_minor);
    append(m, "Java-Card-Package-Version: %u.%u\r\nJava-Card-Package-AID: ", p->self.major, p->self.minor);
    append_aid(m, &p->self.aid);
    append(m, "Java-Card-Package-Name: %s\r\n", p->self.name);
    for (size_t i = 0; i < p->applet_count; i++) {
        append(m, "Java-Card-Applet-%zu-Name: %s\r\nJava-Card-Applet-%zu-AID: ", i + 1,
               p->applets[i].class_name, i + 1);
        append_aid(m, &p->applets[i].aid);
    }
    for (size_t i = 0; i < p->import_count; i++) {
        append(m, "Java-Card-Imported-Package-%zu-AID: ", i + 1);
        append_aid(m, &p->imports[i].aid);
        append(m, "Java-Card-Imported-Package-%zu-Version: %u.%u\r\n", i + 1, p->imports[i].major,
               p->imports[i].minor);
    }
}

/* data must live until the archive is closed. */
static int add_entry(zip_t *zip, const char *name, const void *data, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, data, len, 0);

    if (source == NULL)
        return -1;
    const zip_int64_t added = zip_file_add(zip, name, source, ZIP_FL_ENC_GUESS);
    if (added < 0) {
        zip_source_free(source);
        return -1;
    }
    const zip_uint64_t index = (zip_uint64_t)added;
    if (zip_set_file_compression(zip, index, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(zip, index, DOS_TIME_MIDNIGHT, DOS_DATE_1980_01_01, 0) != 0)
        return -1;
    return zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX,
                                            (zip_uint32_t)REGULAR_0644 << UNIX_MODE_SHIFT);
}

static int add_component(zip_t *zip, const struct package *p, enum component_tag tag)
{
    const struct bytes *b = &p->component[tag];
    char name[NAME_MAX_LEN + sizeof "/javacard/ConstantPool.cap"];

    if (b->len == 0)
        return 0;
    snprintf(name, sizeof name, "%s/javacard/%s.cap", p->self.name, component_file_name(tag));
    return add_entry(zip, name, b->data, b->len);
}

static int add_all(zip_t *zip, const struct package *p, const struct manifest *m)
{
    if (add_entry(zip, "META-INF/MANIFEST.MF", m->text, m->len) != 0)
        return -1;
    for (const enum component_tag *tag = load_order; *tag != 0; tag++)
        if (add_component(zip, p, *tag) != 0)
            return -1;
    return add_component(zip, p, COMPONENT_DESCRIPTOR);
}

int container_write(const struct package *p, const char *path)
{
    const struct place at = {.file = path};
    struct manifest m = {.len = 0};
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);

    if (zip == NULL)
        return fail(at, "cannot create the file (libzip error %d)", code);
    manifest_make(p, &m);
    if (add_all(zip, p, &m) != 0 || zip_close(zip) != 0) {
        fail(at, "%s", zip_strerror(zip));
        zip_discard(zip);
        return -1;
    }
    return 0;
}
