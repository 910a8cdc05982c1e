/* SPDX-License-Identifier: Apache-2.0 */
/* The shared model of capasm, the assembler of the demonstration load file (build tool, no station of the
 * journey, pure apart from main.c, source.c and container.c): a Java Card package as JCVM 2.2.2 chapter 6
 * sees it. */
#ifndef CAPASM_H
#define CAPASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COMPONENT_MAX = 16384, /* octets of one component; the format itself allows 65535 */
    AID_MIN = 5,           /* ISO/IEC 7816-5 */
    AID_MAX = 16,
    NAME_MAX_LEN = 63,
    SIGNATURE_MAX = 47,
    IMPORTS_MAX = 8,
    APPLETS_MAX = 8,
    CLASSES_MAX = 16,
    METHODS_MAX = 64,
    EXTERNALS_MAX = 64,
    POOL_MAX = 256,
    TYPES_MAX = 128,
    CODE_MAX = 1024,   /* octets of bytecode in one method */
    LABELS_MAX = 64,   /* per method */
    BRANCHES_MAX = 96, /* per method; each case of a switch is one */
    HANDLERS_MAX = 16, /* per method */
    FIELDS_MAX = 320,  /* above what one instance can have */
    INIT_MAX = 64,     /* octets of an initialised static array */
    REFS_MAX = 256,    /* constant pool operands in one method */
    NIBBLE_MAX = 15    /* of the compact method header (JCVM 6.9.2) */
};

/* Component tags, JCVM table 6-1. */
enum component_tag {
    COMPONENT_HEADER = 1,
    COMPONENT_DIRECTORY,
    COMPONENT_APPLET,
    COMPONENT_IMPORT,
    COMPONENT_CONSTANT_POOL,
    COMPONENT_CLASS,
    COMPONENT_METHOD,
    COMPONENT_STATIC_FIELD,
    COMPONENT_REF_LOCATION,
    COMPONENT_EXPORT,
    COMPONENT_DESCRIPTOR,
    COMPONENT_DEBUG,
    COMPONENT_COUNT /* array size: tags start at 1 */
};

/* Access flags of classes and methods in the Descriptor component, JCVM 6.13.1 and 6.13.3. */
enum {
    ACC_PUBLIC = 0x01,
    ACC_PRIVATE = 0x02,
    ACC_PROTECTED = 0x04,
    ACC_STATIC = 0x08,
    ACC_FINAL = 0x10,
    ACC_INTERFACE = 0x40,
    ACC_ABSTRACT = 0x40,       /* of a method */
    ACC_ABSTRACT_CLASS = 0x80, /* of a class */
    ACC_INIT = 0x80            /* of a method */
};

/* Constant pool tags, JCVM table 6-5. */
enum pool_tag { POOL_CLASS = 1, POOL_FIELD, POOL_VIRTUAL, POOL_SUPER, POOL_STATIC_FIELD, POOL_STATIC };

/* A growing octet string with a fixed end; writing past it sets overflow and writes nothing. */
struct bytes {
    uint8_t data[COMPONENT_MAX];
    size_t len;
    bool overflow;
};

struct aid {
    uint8_t value[AID_MAX];
    uint8_t len;
};

struct package_info {
    char name[NAME_MAX_LEN + 1];
    struct aid aid;
    uint8_t major, minor;
};

struct applet {
    struct aid aid;
    char class_name[NAME_MAX_LEN + 1];
    int line;
};

/* A class or method of an imported package, under the name the source gives it. */
struct external {
    char name[NAME_MAX_LEN + 1];
    enum pool_tag tag;
    bool of_interface; /* a method of an interface: the pool has its class alone */
    uint8_t package, class_token, token;
    char signature[SIGNATURE_MAX + 1];
};

struct method {
    char name[NAME_MAX_LEN + 1]; /* Class.method */
    char signature[SIGNATURE_MAX + 1];
    uint8_t access, token, stack, args, locals;
    bool is_virtual;
    size_t class_index;
    uint8_t code[CODE_MAX];
    size_t code_len;
    struct {
        uint16_t at;   /* where in code a pool index stands, ascending */
        uint8_t width; /* its octets */
    } refs[REFS_MAX];
    size_t ref_count;
    struct {
        uint16_t start, end, entry; /* in code */
        uint16_t catch_index;       /* 0: everything */
    } handlers[HANDLERS_MAX];
    size_t handler_count, first_handler;
    uint16_t offset; /* in the info item of the Method component, set by layout */
};

struct class
{
    char name[NAME_MAX_LEN + 1], super[NAME_MAX_LEN + 1], interface[NAME_MAX_LEN + 1]; /* "": none */
    bool is_interface;
    uint8_t next_static_token;
    uint16_t offset; /* in the info item of the Class component, set by layout */
};

struct field {
    char name[NAME_MAX_LEN + 1]; /* Class.field */
    char type[SIGNATURE_MAX + 1];
    uint8_t access;
    size_t class_index;
    uint16_t at; /* static: offset in the image; else token; set by fields_layout */
    uint8_t init[INIT_MAX];
    size_t init_len; /* of a static array of bytes */
};

struct pool_entry {
    enum pool_tag tag;
    char name[NAME_MAX_LEN + 1];
    size_t class_index; /* of a super method: the class that asks */
    int line;
};

struct package {
    uint8_t format_major, format_minor;
    struct package_info self;
    struct package_info imports[IMPORTS_MAX];
    struct applet applets[APPLETS_MAX];
    struct class classes[CLASSES_MAX];
    struct method methods[METHODS_MAX]; /* grouped by class, in source order */
    struct external externals[EXTERNALS_MAX];
    struct pool_entry pool[POOL_MAX];
    struct field fields[FIELDS_MAX];
    bool uses_int;
    size_t field_count;
    size_t import_count, applet_count, class_count, method_count, external_count, pool_count;
    struct bytes component[COMPONENT_COUNT]; /* by tag, with tag and size in front; empty when absent */
    struct bytes load_file;                  /* the Load File Data Block: GPCS 2.3.1 clause 11.6.2.3 */
};

/* Where a message about the source points to. */
struct place {
    const char *file;
    int line;
};

/* bytes.c */
void put_u1(struct bytes *b, unsigned value);
void put_u2(struct bytes *b, unsigned value);
void put_octets(struct bytes *b, const void *data, size_t len);
void set_u2(struct bytes *b, size_t at, unsigned value);
void put_aid(struct bytes *b, const struct aid *aid);

/* error.c: prints "capasm: file:line: text" and returns -1. */
int fail(struct place at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* opcodes.c */
enum operand {
    OPERAND_NONE,
    OPERAND_S1,
    OPERAND_S2,
    OPERAND_S4,
    OPERAND_LOCAL,
    OPERAND_LOCAL_S1, /* local and value */
    OPERAND_LOCAL_S2,
    OPERAND_BRANCH,
    OPERAND_BRANCH2,
    OPERAND_POOL,
    OPERAND_POOL1,
    OPERAND_INTERFACE,  /* a method of an interface */
    OPERAND_ATYPE,      /* boolean, byte, short, int */
    OPERAND_ATYPE_POOL, /* one of these, or a class */
    OPERAND_TABLE,      /* DEFAULT LOW LABEL... */
    OPERAND_LOOKUP,     /* DEFAULT MATCH LABEL MATCH LABEL... */
    OPERAND_OCTETS      /* hex as it stands, for what no compiler makes */
};
struct opcode {
    const char *name;
    uint8_t value;
    enum operand operand;
    enum pool_tag tag; /* of the entry an OPERAND_POOL names */
};
const struct opcode *opcode_find(const char *name);

/* source.c: reads the text into p; -1 after a message. */
int source_read(struct package *p, const char *file);

/* words.c: the parts of a line; each function returns -1 after a message. */
enum { WORDS_MAX = 24, LINE_MAX_LEN = 255 };
struct line {
    struct place at;
    char text[LINE_MAX_LEN + 2];
    char *word[WORDS_MAX];
    size_t count;
};
int line_split(struct line *l);
int word_number(const struct line *l, size_t index, long min, long max, long *out);
int word_aid(const struct line *l, size_t index, struct aid *out);
int word_version(const struct line *l, size_t index, uint8_t *major, uint8_t *minor);
int word_name(const struct line *l, size_t index, char out[NAME_MAX_LEN + 1]);
int word_signature(const struct line *l, size_t index, char out[SIGNATURE_MAX + 1]);

/* code.c: one method's body, a line at a time. */
struct body {
    struct method *method;
    struct {
        char name[NAME_MAX_LEN + 1];
        size_t at;
    } labels[LABELS_MAX];
    struct {
        char name[NAME_MAX_LEN + 1];
        size_t at;    /* where the offset stands */
        size_t from;  /* the opcode, to which it is relative */
        size_t width; /* its octets */
        struct place place;
    } branches[BRANCHES_MAX];
    struct {
        char label[3][NAME_MAX_LEN + 1]; /* start, end, entry */
        struct place place;
    } catches[HANDLERS_MAX];
    size_t label_count, branch_count;
};
void body_begin(struct body *b, struct method *m);
int body_line(struct body *b, struct package *p, const struct line *l);
int body_end(struct body *b);
int body_label(const struct body *b, const char *name, long *out); /* -1: not in this method */
void body_emit(struct method *m, unsigned value, size_t octets);   /* big-endian */
/* A branch offset of so many octets, to the label in this word. */
int body_branch(struct body *b, const struct line *l, size_t word, size_t from, size_t width);
int body_pool(struct body *b, struct package *p, enum pool_tag tag, const char *name, const struct line *l);
int body_reference(struct body *b, int index, size_t width, const struct line *l);

/* member/operands.c: operands of more than one word; member/handlers.c: `catch START END ENTRY CLASS|any`. */
int operands_emit(struct body *b, struct package *p, const struct opcode *o, const struct line *l);
int handler_line(struct body *b, struct package *p, const struct line *l);
int handlers_end(struct body *b);

/* member/fields.c: `field NAME TYPE ATTRIBUTES`, and what the components say of fields. */
int field_read(struct package *p, const struct line *l);
void fields_layout(struct package *p);
const struct field *field_find(const struct package *p, const char *name);
void fields_of_class(const struct package *p, size_t class, unsigned *cells, unsigned *references);
void fields_put_image(const struct package *p, struct bytes *b); /* info of the Static Field component */
void fields_put_sizes(const struct package *p, struct bytes *b); /* static_field_size_info of the Directory */

/* model.c: look-ups; the index functions return -1 when the name is unknown. */
int import_index(const struct package *p, const char *name);
int class_index(const struct package *p, const char *name);
const struct external *external_find(const struct package *p, const char *name);
const struct method *method_find(const struct package *p, const char *name);

/* types.c: signatures (JCVM 6.8.1). */
int signature_args(const char *signature); /* 16-bit cells of the parameters, -1 when malformed */
int signature_put(const struct package *p, const char *signature, struct bytes *out); /* a field's type too */
int class_reference(const struct package *p, const char *name, unsigned *out); /* class_ref; -1: unknown */
bool type_is_reference(const char *type);
unsigned type_primitive(const char *type); /* nibble of Z, B, S, I; 0 for others */

/* member/classes.c, member/methods.c: offsets first, then the info items. */
int classes_layout(struct package *p, struct place at);
void classes_put(const struct package *p, struct bytes *b);
void methods_layout(struct package *p);
void methods_put(const struct package *p, struct bytes *b);
void methods_put_locations(const struct package *p, struct bytes *b);

/* components.c, descriptor.c: build p->component and p->load_file; -1 after a message. */
int components_build(struct package *p, const char *file);
int descriptor_build(struct package *p, struct place at);

/* container.c */
int container_write(const struct package *p, const char *path);
const char *component_file_name(enum component_tag tag);
/* The order of GPCS and JCVM 6.3 for loading; ends with 0. Descriptor and Debug are not loaded. */
extern const enum component_tag load_order[];

#endif
