/* SPDX-License-Identifier: Apache-2.0 */
/* A Java Card CAP file as its components: what it holds, and the load file data block made from it. Stations
 * 4 and 5. Pure: the components come from the caller (a zip archive is opened elsewhere). [Java Card Virtual
 * Machine Specification 2.2 to 3.1, chapter 6; GPCS 11.6.2.3, C.2] */
#ifndef TSM_GP_CAP_CAP_H
#define TSM_GP_CAP_CAP_H

#include "base/crypto.h"

/* Component tags [JCVM 6.1]. */
enum cap_tag {
    CAP_HEADER = 1,
    CAP_DIRECTORY,
    CAP_APPLET,
    CAP_IMPORT,
    CAP_CONSTANT_POOL,
    CAP_CLASS,
    CAP_METHOD,
    CAP_STATIC_FIELD,
    CAP_REFERENCE_LOCATION,
    CAP_EXPORT,
    CAP_DESCRIPTOR,
    CAP_DEBUG,
    CAP_COMPONENTS
};
enum { CAP_APPLETS_MAX = 16, CAP_IMPORTS_MAX = 64 };

struct cap_applet {
    struct bytes aid;
    uint16_t install_offset;
};
struct cap_package {
    struct bytes aid;
    uint8_t major, minor;
};

/* What the components say. Spans are borrowed from them. */
struct cap {
    struct bytes component[CAP_COMPONENTS]; /* by tag, whole: tag, size, info; empty when not there */
    uint8_t format_major, format_minor;     /* of the CAP format: 2.1, 2.2, 2.3 */
    bool has_integers, has_exports, has_applets;
    struct cap_package package;
    size_t applets, imports;
    struct cap_applet applet[CAP_APPLETS_MAX];
    struct cap_package import[CAP_IMPORTS_MAX];
    size_t code_size;   /* octets of the load file data block */
    size_t static_size; /* static field image: non-volatile data at load */
};

/* The file name of a component inside the archive: "Header.cap"; NULL for a tag that is none. */
const char *cap_component_file(enum cap_tag tag);

/*
 * Reads components given by tag (index 0 unused; an empty span is a component that is not there). BAD_VALUE
 * for a wrong magic number, tag or format, BAD_LENGTH when a size disagrees with the span or with the
 * directory, MISSING_FIELD without a mandatory component, TOO_LONG above the limits here.
 */
enum tsm_err cap_read(const struct bytes component[CAP_COMPONENTS], struct cap *out);
/* The same from components one after the other, as in a load file or an IJC file. */
enum tsm_err cap_read_joined(struct bytes joined, struct cap *out);

/* The load file data block: header, directory, import, applet, class, method, static field, export, constant
 * pool, reference location. Descriptor and debug stay at home. Its length is cap->code_size. */
enum tsm_err cap_lfdb_write(const struct cap *cap, struct writer *w);
/* SHA-256 of that block, without building it: the load file data block hash [GPCS C.2]. */
enum tsm_err cap_lfdb_hash(const struct cap *cap, struct crypto *c, uint8_t hash[SHA256_LEN]);

/* The first Java Card version that has all imported packages, "2.2.1"; "" when no javacard.framework is
 * imported. A hint: a card may bring a package by itself. */
const char *cap_java_card(const struct cap *cap);
/* The name of a package known by its AID, "javacard.framework"; NULL when not known. */
const char *cap_package_name(struct bytes aid);

#endif
