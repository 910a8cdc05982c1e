/* SPDX-License-Identifier: Apache-2.0 */
/* Types of values as the verifier sees them, one word each, and how they stand to each other. Station 4.
 * Pure. [JCVM 3.1 to 3.4, 6.8.1] */
#ifndef TSM_GP_VERIFY_TYPE_TYPE_H
#define TSM_GP_VERIFY_TYPE_TYPE_H

#include "gp/verify/model.h"

/* A cell of the stack or a local has one of the kinds up to TYPE_RETURN; the others stand in signatures. */
enum type_kind {
    TYPE_NOTHING, /* not to be used: paths disagree, or nothing was stored */
    TYPE_SHORT,   /* boolean, byte and short alike */
    TYPE_INT,     /* the high half of an int; TYPE_INT_LOW follows */
    TYPE_INT_LOW,
    TYPE_NULL,
    TYPE_OBJECT, /* of the class in the low bits */
    TYPE_BOOLEANS,
    TYPE_BYTES,
    TYPE_SHORTS,
    TYPE_INTS,
    TYPE_OBJECTS, /* array of objects of that class */
    TYPE_NEW,     /* made by the `new` at that pc, not constructed */
    TYPE_THIS,    /* the object whose constructor this is, before the parent's constructor */
    TYPE_RETURN,  /* return address of the subroutine at that pc */
    TYPE_VOID,
    TYPE_BOOLEAN,
    TYPE_BYTE
};

/* Class ids: offsets of classes of the package; unknown classes of others by package and class token; known
 * classes of others by their place in the api. */
enum {
    ID_MASK = 0xFFFFFF,
    KIND_SHIFT = 24,
    ID_KNOWN = 0x10000,
    ID_OBJECT = ID_KNOWN + API_OBJECT,
    ID_NAMELESS = ID_MASK, /* a name of an export file that no class here has */
    SIGNATURE_ARGS_MAX = 255,
    TYPE_TEXT = 80
};

static inline uint32_t type_of(enum type_kind kind, uint32_t id)
{
    return (uint32_t)kind << KIND_SHIFT | (id & ID_MASK);
}
static inline enum type_kind kind_of(uint32_t type)
{
    return (enum type_kind)(type >> KIND_SHIFT);
}
static inline uint32_t id_of(uint32_t type)
{
    return type & ID_MASK;
}

/* The cell that a value of this storage type takes: boolean and byte become short. */
uint32_t type_cell(uint32_t type);
bool type_is_reference(uint32_t type); /* null, objects and arrays, constructed */
char *type_text(const struct cap_model *m, uint32_t type, char out[TYPE_TEXT]);

struct signature {
    size_t args; /* without the object */
    uint32_t arg[SIGNATURE_ARGS_MAX], result;
};
size_t signature_cells(const struct signature *s); /* of the arguments */

/* The type or signature at an offset of type_descriptor_info; a rule is broken where there is none. */
enum tsm_err type_read(struct cap_model *m, uint16_t offset, uint32_t *out);
enum tsm_err signature_read(struct cap_model *m, uint16_t offset, struct signature *out);
/* The same from the text of an export file: false when it is none. */
bool signature_of_text(const struct cap_model *m, struct bytes text, struct signature *out);
bool type_of_text(const struct cap_model *m, struct bytes text, uint32_t *out);

/* MAYBE: a class is not known well enough to tell. */
enum type_answer { TYPE_NO, TYPE_MAYBE, TYPE_YES };
enum type_answer signature_same(const struct signature *a, const struct signature *b);
enum type_answer type_same(uint32_t a, uint32_t b);

/* A class_ref as a class id; class_ids notes those of imported classes, once the api is whole. */
void class_ids(struct cap_model *m);
uint32_t class_id(const struct cap_model *m, uint16_t class_ref);
bool class_is_interface(const struct cap_model *m, uint32_t id);
enum type_answer class_under(const struct cap_model *m, uint32_t id, uint32_t parent);
/* May a value of type `from` stand where `to` is asked for. */
enum type_answer type_fits(const struct cap_model *m, uint32_t from, uint32_t to);
/* The type of a cell where two paths meet. */
uint32_t type_meet(const struct cap_model *m, uint32_t a, uint32_t b);

#endif
