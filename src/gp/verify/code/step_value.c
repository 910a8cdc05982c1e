/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that move cells of the stack, and those of arrays, new objects and casts. Station 4. Pure.
 * [JCVM 7: dup to swap_x, baload to sastore, newarray, anewarray, new, checkcast, instanceof] */
#include "gp/verify/code/code.h"

#include <string.h>

enum { DUP_M_MAX = 4, SWAP_MAX = 2, ATYPE_MIN = 10, ATYPE_MAX = 13, ATYPE_OBJECTS = 14 };

/* The top m cells once more, below the n top ones; n 0: on top. */
static enum tsm_err dup(struct run *r, size_t m, size_t n)
{
    uint32_t *stack = &r->f.cell[r->f.locals];
    uint32_t copy[DUP_M_MAX];
    size_t below = n ? n : m;
    TRY(frame_whole(r, m));
    TRY(frame_whole(r, below));
    HOLDS(r->m, r->f.depth + m <= r->d->max_stack, OVERFLOW, "%s puts more on the stack than max_stack %u",
          r->in.op->name, r->d->max_stack);
    memcpy(copy, &stack[r->f.depth - m], m * sizeof copy[0]);
    memmove(&stack[r->f.depth - below + m], &stack[r->f.depth - below], below * sizeof stack[0]);
    memcpy(&stack[r->f.depth - below], copy, m * sizeof copy[0]);
    r->f.depth += m;
    return TSM_OK;
}

static enum tsm_err swap(struct run *r, size_t m, size_t n)
{
    uint32_t *stack = &r->f.cell[r->f.locals], copy[SWAP_MAX];
    TRY(frame_whole(r, m));
    TRY(frame_whole(r, m + n));
    memcpy(copy, &stack[r->f.depth - m], m * sizeof copy[0]);
    memmove(&stack[r->f.depth - n], &stack[r->f.depth - m - n], n * sizeof stack[0]);
    memcpy(&stack[r->f.depth - m - n], copy, m * sizeof copy[0]);
    return TSM_OK;
}

enum tsm_err step_stack(struct run *r)
{
    const struct opcode *op = r->in.op;
    size_t m = code_u8(r, r->in.pc + 1) >> 4, n = code_u8(r, r->in.pc + 1) & 15u;
    if (op->act == ACT_POP) {
        TRY(frame_whole(r, op->fixed));
        r->f.depth -= op->fixed;
        return TSM_OK;
    }
    if (op->act == ACT_DUP)
        return dup(r, op->fixed, 0);
    if (op->act == ACT_DUP_X) {
        HOLDS(r->m, m >= 1 && m <= DUP_M_MAX && (n == 0 || (n >= m && n <= m + DUP_M_MAX)), OPCODE,
              "dup_x cannot move %zu cells below %zu", m, n);
        return dup(r, m, n);
    }
    HOLDS(r->m, m >= 1 && m <= SWAP_MAX && n >= 1 && n <= SWAP_MAX, OPCODE,
          "swap_x cannot exchange %zu and %zu cells", m, n);
    return swap(r, m, n);
}

static enum type_kind kind_of_atype(unsigned atype)
{
    return (enum type_kind)(TYPE_BOOLEANS + (atype - ATYPE_MIN));
}

/* The array of an element instruction; *element gets what is in it. */
static enum tsm_err pop_array(struct run *r, uint32_t *element)
{
    uint32_t array;
    char text[TYPE_TEXT];
    char kind = r->in.op->kind;
    enum type_kind is;
    TRY(frame_pop(r, 'a', &array));
    is = kind_of(array);
    HOLDS(r->m,
          is == TYPE_NULL || (kind == 'b' && (is == TYPE_BYTES || is == TYPE_BOOLEANS)) ||
              (kind == 's' && is == TYPE_SHORTS) || (kind == 'i' && is == TYPE_INTS) ||
              (kind == 'a' && is == TYPE_OBJECTS),
          ARRAY, "%s meets %s", r->in.op->name, type_text(r->m, array, text));
    *element = is == TYPE_OBJECTS ? type_of(TYPE_OBJECT, id_of(array)) : type_of(TYPE_NULL, 0);
    return TSM_OK;
}

/* What is stored in an array of objects is looked at by the element itself, when it runs. */
static enum tsm_err element(struct run *r)
{
    char kind = r->in.op->kind, value = kind == 'b' ? 's' : kind;
    uint32_t type, in;
    if (r->in.op->act == ACT_ELEMENT_STORE)
        TRY(frame_pop(r, value, &type));
    TRY(frame_pop(r, 's', &type));
    TRY(pop_array(r, &in));
    if (r->in.op->act == ACT_ELEMENT_STORE)
        return TSM_OK;
    return frame_push(r, kind == 'a' ? in : type_of(kind == 'i' ? TYPE_INT : TYPE_SHORT, 0));
}

static enum tsm_err length(struct run *r)
{
    uint32_t array;
    char text[TYPE_TEXT];
    TRY(frame_pop(r, 'a', &array));
    HOLDS(r->m, kind_of(array) == TYPE_NULL || kind_of(array) >= TYPE_BOOLEANS, ARRAY, "arraylength meets %s",
          type_text(r->m, array, text));
    return frame_push(r, type_of(TYPE_SHORT, 0));
}

enum tsm_err step_array(struct run *r)
{
    uint8_t atype = code_u8(r, r->in.pc + 1);
    struct cap_pool_entry e;
    uint32_t type;
    switch (r->in.op->act) {
    case ACT_LENGTH:
        return length(r);
    case ACT_NEW_ARRAY:
        TRY(frame_pop(r, 's', &type));
        HOLDS(r->m, atype >= ATYPE_MIN && atype <= ATYPE_MAX, OPCODE, "newarray has the type %u", atype);
        return frame_push(r, type_of(kind_of_atype(atype), 0));
    case ACT_NEW_OBJECTS:
        TRY(frame_pop(r, 's', &type));
        TRY(step_entry(r, code_u16(r, r->in.pc + 1), 1u << POOL_CLASS, &e));
        return frame_push(r, type_of(TYPE_OBJECTS, class_id(r->m, e.class_ref)));
    default:
        return element(r);
    }
}

static enum tsm_err make(struct run *r)
{
    struct cap_pool_entry e;
    uint32_t id, fresh = type_of(TYPE_NEW, (uint32_t)r->in.pc);
    const struct cap_class *own;
    TRY(step_entry(r, code_u16(r, r->in.pc + 1), 1u << POOL_CLASS, &e));
    id = class_id(r->m, e.class_ref);
    own = e.external ? NULL : model_class(r->m, e.class_ref);
    HOLDS(r->m, !class_is_interface(r->m, id), REFERENCE, "new has an interface");
    HOLDS(r->m,
          !(own ? own->access & ACC_ABSTRACT_CLASS
                : id >= ID_KNOWN && r->m->api.class[id - ID_KNOWN].is_abstract),
          ACCESS, "new has an abstract class");
    for (size_t i = 0; i < r->f.depth; i++)
        HOLDS(r->m, r->f.cell[r->f.locals + i] != fresh, FRESH,
              "an object of the same new is on the stack, not constructed");
    frame_replace(&r->f, fresh, type_of(TYPE_NOTHING, 0));
    return frame_push(r, fresh);
}

/* What a cast or an instanceof asks for. */
static enum tsm_err asked_type(struct run *r, uint32_t *out)
{
    uint8_t atype = code_u8(r, r->in.pc + 1);
    uint16_t index = code_u16(r, r->in.pc + 2);
    struct cap_pool_entry e;
    if (atype >= ATYPE_MIN && atype <= ATYPE_MAX) {
        HOLDS(r->m, index == 0, REFERENCE, "%s of an array of numbers has the pool index %u", r->in.op->name,
              index);
        *out = type_of(kind_of_atype(atype), 0);
        return TSM_OK;
    }
    HOLDS(r->m, atype == 0 || atype == ATYPE_OBJECTS, OPCODE, "%s has the type %u", r->in.op->name, atype);
    TRY(step_entry(r, index, 1u << POOL_CLASS, &e));
    *out = type_of(atype ? TYPE_OBJECTS : TYPE_OBJECT, class_id(r->m, e.class_ref));
    return TSM_OK;
}

enum tsm_err step_object(struct run *r)
{
    uint32_t want, have;
    if (r->in.op->act == ACT_NEW)
        return make(r);
    TRY(asked_type(r, &want));
    TRY(frame_pop(r, 'a', &have));
    return frame_push(r, r->in.op->act == ACT_CAST ? want : type_of(TYPE_SHORT, 0));
}
