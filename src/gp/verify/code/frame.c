/* SPDX-License-Identifier: Apache-2.0 */
/* Locals and operand stack as types, and how the frames of two paths become one. Station 4. Pure. [JCVM 3.5;
 * JVM specification 4.10.2] */
#include "gp/verify/code/code.h"

#include <string.h>

static uint32_t top(const struct run *r)
{
    return r->f.cell[r->f.locals + r->f.depth - 1];
}

static enum tsm_err push_cell(struct run *r, uint32_t cell)
{
    HOLDS(r->m, r->f.depth < r->d->max_stack, OVERFLOW, "%s puts more on the stack than max_stack %u",
          r->in.op->name, r->d->max_stack);
    r->f.cell[r->f.locals + r->f.depth++] = cell;
    return TSM_OK;
}

enum tsm_err frame_push(struct run *r, uint32_t type)
{
    TRY(push_cell(r, type_cell(type)));
    return kind_of(type) == TYPE_INT ? push_cell(r, type_of(TYPE_INT_LOW, 0)) : TSM_OK;
}

/* Does a cell fit the letter of an instruction. */
static bool is(uint32_t cell, char letter)
{
    switch (letter) {
    case 's':
        return kind_of(cell) == TYPE_SHORT;
    case 'i':
        return kind_of(cell) == TYPE_INT;
    default:
        return type_is_reference(cell);
    }
}

static const char *letter_text(char letter)
{
    return letter == 's' ? "a short" : letter == 'i' ? "an int" : "a reference";
}

enum tsm_err frame_pop(struct run *r, char letter, uint32_t *out)
{
    size_t cells = letter == 'i' ? 2 : 1;
    char text[TYPE_TEXT];
    uint32_t cell;
    HOLDS(r->m, r->f.depth >= cells, UNDERFLOW, "%s takes %s from a stack of %zu", r->in.op->name,
          letter_text(letter), r->f.depth);
    cell = top(r);
    if (letter == 'i' && kind_of(cell) == TYPE_INT_LOW)
        cell = r->f.cell[r->f.locals + r->f.depth - 2];
    HOLDS(r->m, letter != 'a' || (kind_of(cell) != TYPE_NEW && kind_of(cell) != TYPE_THIS), FRESH,
          "%s uses %s", r->in.op->name, type_text(r->m, cell, text));
    HOLDS(r->m, letter == '*' || is(cell, letter), TYPE, "%s takes %s and finds %s", r->in.op->name,
          letter_text(letter), type_text(r->m, cell, text));
    r->f.depth -= cells;
    *out = cell;
    return TSM_OK;
}

enum tsm_err frame_get(struct run *r, size_t local, char letter, uint32_t *out)
{
    char text[TYPE_TEXT];
    size_t last = letter == 'i' ? local + 1 : local;
    HOLDS(r->m, last < r->f.locals, LOCAL, "%s uses local %zu of %zu", r->in.op->name, last, r->f.locals);
    *out = r->f.cell[local];
    HOLDS(r->m,
          letter == '*' || (is(*out, letter) && (last == local || kind_of(r->f.cell[last]) == TYPE_INT_LOW)),
          TYPE, "%s takes %s from local %zu and finds %s", r->in.op->name, letter_text(letter), local,
          type_text(r->m, *out, text));
    return TSM_OK;
}

enum tsm_err frame_set(struct run *r, size_t local, uint32_t type)
{
    size_t last = kind_of(type) == TYPE_INT ? local + 1 : local;
    HOLDS(r->m, last < r->f.locals, LOCAL, "%s uses local %zu of %zu", r->in.op->name, last, r->f.locals);
    r->f.cell[local] = type;
    if (last != local)
        r->f.cell[last] = type_of(TYPE_INT_LOW, 0);
    return TSM_OK;
}

enum tsm_err frame_whole(struct run *r, size_t n)
{
    HOLDS(r->m, n <= r->f.depth, UNDERFLOW, "%s moves %zu of %zu cells of the stack", r->in.op->name, n,
          r->f.depth);
    HOLDS(r->m, n == 0 || kind_of(r->f.cell[r->f.locals + r->f.depth - n]) != TYPE_INT_LOW, TYPE,
          "%s would divide an int", r->in.op->name);
    return TSM_OK;
}

void frame_replace(struct frame *f, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < f->locals + f->depth; i++)
        if (f->cell[i] == from)
            f->cell[i] = to;
}

static enum tsm_err first_visit(struct run *r, struct cap_leader *l, const struct frame *f)
{
    struct cap_model *m = r->m;
    size_t n = f->locals + f->depth;
    HOLDS(m, m->cells_used + n <= CAP_ROOM_CELLS, EFFORT, "the frames of the method have more than %d cells",
          CAP_ROOM_CELLS);
    l->cells = (uint32_t)m->cells_used;
    l->depth = (uint16_t)f->depth;
    l->constructed = f->constructed;
    l->seen = l->waiting = true;
    memcpy(&m->cell[m->cells_used], f->cell, n * sizeof f->cell[0]);
    m->cells_used += n;
    return TSM_OK;
}

enum tsm_err frame_merge(struct run *r, size_t pc, const struct frame *f)
{
    struct cap_model *m = r->m;
    struct cap_leader *l = code_leader(m, pc);
    NEED(l != NULL, BAD_VALUE);
    TRY(code_work(r, 1 + (f->locals + f->depth) / CELLS_A_STEP));
    if (!l->seen)
        return first_visit(r, l, f);
    HOLDS(m, l->depth == f->depth, JOIN, "paths with %u and %zu cells on the stack join at %zu", l->depth,
          f->depth, pc);
    for (size_t i = 0; i < f->locals + f->depth; i++) {
        uint32_t *cell = &m->cell[l->cells + i], met = *cell;
        if (met == f->cell[i])
            continue;
        if (type_is_reference(met) && type_is_reference(f->cell[i]))
            TRY(code_work(r, MEET_WORK));
        met = type_meet(m, met, f->cell[i]);
        HOLDS(m, i < f->locals || kind_of(met) != TYPE_NOTHING, JOIN,
              "paths with different kinds of values on the stack join at %zu", pc);
        l->waiting |= met != *cell;
        *cell = met;
    }
    l->waiting |= l->constructed && !f->constructed;
    l->constructed &= f->constructed;
    return TSM_OK;
}
