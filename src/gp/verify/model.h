/* SPDX-License-Identifier: Apache-2.0 */
/* A package as the admission gate sees it: classes, methods and fields of the Class and Descriptor components
 * side by side, and where the judgement stands. Station 4. Pure; the room comes from the caller. [JCVM 6] */
#ifndef TSM_GP_VERIFY_MODEL_H
#define TSM_GP_VERIFY_MODEL_H

#include "gp/verify/report.h"
#include "gp/verify/type/api.h"

enum {
    CAP_CLASSES_MAX = 255,  /* class_count of the descriptor is one octet */
    CAP_METHODS_MAX = 4096, /* a method has at least three octets; far above what cards take */
    CAP_FIELDS_MAX = 2048,
    CAP_INFO_MAX = 65535,
    CAP_BITS = (CAP_INFO_MAX + 8) / 8,
    CAP_CELLS_MAX = 768,      /* 255 arguments, 255 locals, 255 stack cells */
    CAP_LEADERS_MAX = 4096,   /* places in one method where paths begin or join */
    CAP_ROOM_CELLS = 1 << 18, /* all frames of one method */
    CAP_STEPS_MAX = 1 << 22, /* work for one package: instructions interpreted, frames and classes compared */
};

/* Access flags of the Descriptor [JCVM 6.13.1 to 6.13.3]. */
enum {
    ACC_PUBLIC = 0x01,
    ACC_PRIVATE = 0x02,
    ACC_PROTECTED = 0x04,
    ACC_STATIC = 0x08,
    ACC_FINAL = 0x10,
    ACC_INTERFACE = 0x40, /* of a class */
    ACC_ABSTRACT = 0x40,  /* of a method */
    ACC_ABSTRACT_CLASS = 0x80,
    ACC_INIT = 0x80, /* of a method: a constructor */
};

/* Constant pool tags [JCVM 6.7]. */
enum cap_pool_tag {
    POOL_CLASS = 1,
    POOL_INSTANCE_FIELD,
    POOL_VIRTUAL_METHOD,
    POOL_SUPER_METHOD,
    POOL_STATIC_FIELD,
    POOL_STATIC_METHOD
};

struct cap_class {
    uint16_t offset; /* in the info item of the Class component */
    bool is_interface, shareable, described;
    uint16_t super; /* class_ref as it stands there */
    uint8_t instance_size, first_reference, references;
    uint8_t public_base, public_count, package_base, package_count;
    struct bytes public_table, package_table;
    struct bytes interfaces; /* of an interface: class_refs; else implemented_interface_info */
    uint8_t interface_count;
    uint8_t token, access;                             /* from the Descriptor */
    size_t first_field, fields, first_method, methods; /* in the model's lists, in descriptor order */
};

struct cap_method {
    size_t owner; /* index of its class */
    uint8_t token, access;
    uint16_t offset, type, code_len, handlers, first_handler;
    uint8_t header_len, max_stack, nargs, max_locals, flags; /* from the Method component */
};

struct cap_field {
    size_t owner;
    uint8_t token, access;
    uint16_t at;   /* static: offset in the image; else the token within the class */
    uint32_t type; /* see type/type.h */
};

/* One bit an octet of the Method component. */
struct cap_bits {
    uint8_t bit[CAP_BITS];
};

/* A place where paths begin or join. */
struct cap_leader {
    uint16_t pc, depth;
    uint32_t cells;  /* first cell of its frame in the room */
    uint16_t called; /* entry of the subroutine whose call ends here; NOT_CALLED */
    bool seen, waiting, constructed;
};

struct cap_model {
    const struct cap *cap;
    struct cap_report *report;
    struct cap_place at;
    struct bytes info[CAP_COMPONENTS];
    size_t classes, methods, fields;
    struct cap_class class[CAP_CLASSES_MAX];
    struct cap_method method[CAP_METHODS_MAX];
    uint16_t by_offset[CAP_METHODS_MAX]; /* methods that have a body or header, by ascending offset */
    size_t bodies;
    struct cap_field field[CAP_FIELDS_MAX];
    size_t pool_count;
    struct bytes types;          /* type_descriptor_info */
    struct cap_bits types_begin; /* where type_descriptors begin */
    size_t image_size, image_references;
    size_t handlers;
    struct cap_bits byte_operands, short_operands; /* pool operands as listed */
    struct cap_bits found_bytes, found_shorts;     /* the same, as the code has them */
    struct cap_bits starts, joins;                 /* of instructions; where paths begin or join */
    struct cap_api api;
    uint32_t external_id[CAP_IMPORTS_MAX][UINT8_MAX + 1]; /* class ids by package and class token */
    /* of the method in hand */
    size_t leaders, steps, cells_used;
    struct cap_leader leader[CAP_LEADERS_MAX];
    uint32_t cell[CAP_ROOM_CELLS];
};

#define REFUSE(m, rule, ...)   CAP_REFUSE((m)->report, CAP_RULE_##rule, &(m)->at, __VA_ARGS__)
#define UNPROVEN(m, rule, ...) cap_unproven((m)->report, CAP_RULE_##rule, &(m)->at, __VA_ARGS__)
/* A fact that must hold; else the rule is broken, with a sentence. */
#define HOLDS(m, fact, rule, ...)                \
    do {                                         \
        if (!(fact))                             \
            return REFUSE(m, rule, __VA_ARGS__); \
    } while (0)

static inline bool bit_get(const struct cap_bits *b, size_t at)
{
    return at <= CAP_INFO_MAX && (b->bit[at / 8] >> (at % 8) & 1);
}

static inline void bit_set(struct cap_bits *b, size_t at)
{
    if (at <= CAP_INFO_MAX)
        b->bit[at / 8] |= (uint8_t)(1u << (at % 8));
}

/* Where the judgement stands, for the next finding. */
void model_at(struct cap_model *m, enum cap_tag component, size_t offset);
/* Big-endian numbers in a span; 0 where they reach beyond it (the callers have checked the length). */
uint8_t u8_at(struct bytes b, size_t at);
uint16_t u16_at(struct bytes b, size_t at);

/* Look-ups; NULL when there is none. */
const struct cap_class *model_class(const struct cap_model *m, uint16_t class_ref); /* internal class_ref */
const struct cap_method *model_body(const struct cap_model *m,
                                    size_t offset); /* at this offset, with a body */
/* The virtual or interface method with this token that the class itself declares. */
const struct cap_method *model_declared(const struct cap_model *m, const struct cap_class *c, uint8_t token);
/* The same in the class or its parents in this package; *outside gets the class_ref where the search left the
 * package, or NO_CLASS. */
const struct cap_method *model_virtual(const struct cap_model *m, const struct cap_class *c, uint8_t token,
                                       uint16_t *outside);
const struct cap_field *model_instance_field(const struct cap_model *m, const struct cap_class *c,
                                             uint8_t token);
const struct cap_field *model_static_field(const struct cap_model *m, uint16_t offset);
enum { NO_CLASS = 0xFFFF, EXTERNAL = 0x8000, NO_TYPE = 0xFFFF, NO_TOKEN = 0xFF };

/* One constant pool entry. */
struct cap_pool_entry {
    enum cap_pool_tag tag;
    bool external;      /* of another package */
    uint16_t class_ref; /* of classes, instance fields and virtual methods, and of all that is external */
    uint8_t token;
    uint16_t offset; /* of internal static fields and methods */
    uint16_t type;   /* offset in type_descriptor_info, NO_TYPE */
};
/* False when the index is beyond the pool. */
bool model_pool(const struct cap_model *m, size_t index, struct cap_pool_entry *out);

#endif
