/* SPDX-License-Identifier: Apache-2.0 */
/* The bytecode verifier: each method interpreted with types in place of values, until nothing changes.
 * Station 4. Pure. [JCVM 7 instructions, 8 table; JVM specification 4.9 and 4.10.2 for the method] */
#ifndef TSM_GP_VERIFY_CODE_CODE_H
#define TSM_GP_VERIFY_CODE_CODE_H

#include "gp/verify/type/type.h"

/* What stands behind an opcode. */
enum operand {
    OPERAND_NONE,
    OPERAND_S1, /* a value */
    OPERAND_S2,
    OPERAND_S4,
    OPERAND_LOCAL,
    OPERAND_LOCAL_S1, /* local, value */
    OPERAND_LOCAL_S2,
    OPERAND_BRANCH1,
    OPERAND_BRANCH2,
    OPERAND_POOL1,
    OPERAND_POOL2,
    OPERAND_INTERFACE, /* nargs, pool index, method token */
    OPERAND_ATYPE,
    OPERAND_ATYPE_POOL,
    OPERAND_MN,
    OPERAND_SWITCH /* of the form that act says */
};

/* What an instruction does beyond taking and giving. */
enum act {
    ACT_NONE, /* no instruction */
    ACT_PLAIN,
    ACT_LOAD,
    ACT_STORE,
    ACT_INCREMENT,
    ACT_ELEMENT, /* array load */
    ACT_ELEMENT_STORE,
    ACT_LENGTH,
    ACT_POP,
    ACT_DUP,
    ACT_DUP_X,
    ACT_SWAP_X,
    ACT_BRANCH,
    ACT_GOTO,
    ACT_JSR,
    ACT_RET,
    ACT_TABLE, /* switches */
    ACT_LOOKUP,
    ACT_RETURN,
    ACT_THROW,
    ACT_GET_STATIC,
    ACT_PUT_STATIC,
    ACT_GET_FIELD,
    ACT_PUT_FIELD,
    ACT_GET_THIS,
    ACT_PUT_THIS,
    ACT_VIRTUAL,
    ACT_SPECIAL,
    ACT_STATIC,
    ACT_INTERFACE,
    ACT_NEW,
    ACT_NEW_ARRAY,
    ACT_NEW_OBJECTS,
    ACT_CAST,
    ACT_INSTANCE_OF
};

/* takes and gives: one letter a value, the last of `takes` on top: s short, i int, a reference, n null. kind:
 * the letter of what is loaded, stored or returned; v none. fixed: a local or a count that the opcode
 * implies. */
struct opcode {
    const char *name;
    enum operand operand;
    enum act act;
    const char *takes, *gives;
    char kind;
    uint8_t fixed;
};
extern const struct opcode opcode_table[256];

enum { NOT_CALLED = 0xFFFF }; /* of a leader: no subroutine comes back to it */

struct instruction {
    const struct opcode *op;
    size_t pc, length;
};

struct frame {
    size_t locals, depth; /* the stack begins behind the locals */
    bool constructed;     /* of a constructor: the parent's has been called */
    uint32_t cell[CAP_CELLS_MAX];
};

/* One method in hand. */
struct run {
    struct cap_model *m;
    const struct cap_method *d;
    struct signature signature;
    struct instruction in;
    struct frame f;
    bool stops; /* no path goes on behind the instruction */
};

/* operands.c */
size_t code_start(const struct run *r); /* of the bytecode in the info item */
uint8_t code_u8(const struct run *r, size_t pc);
uint16_t code_u16(const struct run *r, size_t pc);
int32_t code_s32(const struct run *r, size_t pc);
enum tsm_err code_fetch(struct run *r, size_t pc); /* fills r->in; OPCODE, END */
/* The targets of a branch or switch, one after the other; false at the end. */
bool code_target(const struct run *r, size_t index, int64_t *target);

/* decode.c: instructions, branch targets, leaders, handlers, pool operands. */
enum tsm_err code_decode(struct run *r);
enum tsm_err code_locations(struct cap_model *m); /* the listed places of operands against those met */
struct cap_leader *code_leader(struct cap_model *m, size_t pc); /* NULL: none */

/* One exception handler, pcs within the method. */
struct handler {
    size_t start, end, entry;
    uint16_t catch_index; /* 0: everything */
    bool stops;           /* the element looks no further behind it */
};
struct handler code_handler(const struct run *r, size_t index);

/* frame.c */
enum tsm_err frame_push(struct run *r, uint32_t type); /* an int takes two cells */
enum tsm_err frame_pop(struct run *r, char letter, uint32_t *out);
enum tsm_err frame_get(struct run *r, size_t local, char letter, uint32_t *out);
enum tsm_err frame_set(struct run *r, size_t local, uint32_t type);
/* The top n cells may be moved as a whole. */
enum tsm_err frame_whole(struct run *r, size_t n);
/* Every cell with this type becomes another. */
void frame_replace(struct frame *f, uint32_t from, uint32_t to);
enum tsm_err frame_merge(struct run *r, size_t pc, const struct frame *f);

/* One instruction on r->f. step_fits: a value where a type is asked for; a class that is not known is told.
 */
enum tsm_err step(struct run *r);
enum tsm_err step_fits(struct run *r, uint32_t from, uint32_t to, enum cap_rule rule, const char *what);
enum tsm_err step_stack(struct run *r);
enum tsm_err step_array(struct run *r);
enum tsm_err step_object(struct run *r);
enum tsm_err step_field(struct run *r);
enum tsm_err step_invoke(struct run *r);
enum tsm_err step_entry(struct run *r, size_t index, unsigned tags, struct cap_pool_entry *out);

/* Steps that these are worth: the comparison of two classes, their common parent; cells that one step copies.
 */
enum { TYPE_WORK = 128, MEET_WORK = 1024, CELLS_A_STEP = 16 };
/* Counts work; EFFORT above CAP_STEPS_MAX. */
enum tsm_err code_work(struct run *r, size_t n);
/* All methods of the package, one finding each at most that stops a method. */
enum tsm_err code_verify(struct cap_model *m);

#endif
