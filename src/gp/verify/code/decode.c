/* SPDX-License-Identifier: Apache-2.0 */
/* The first walk over a method: where instructions begin, where paths join, which pool operands there are,
 * and that every branch and handler meets an instruction. Station 4. Pure. [JCVM 6.9.1, 6.11, 7] */
#include "gp/verify/code/code.h"

#include <string.h>

enum {
    HANDLER_OCTETS = 8,
    HANDLERS_AT = 1,
    CATCH_AT = 6,
    ACTIVE_MASK = 0x7FFF,
    STOP_BIT = 0x8000,
    ATYPE_INT = 13,
    ATYPE_OBJECTS = 14
};

struct handler code_handler(const struct run *r, size_t index)
{
    struct bytes info = r->m->info[CAP_METHOD];
    size_t at = HANDLERS_AT + index * HANDLER_OCTETS, start = u16_at(info, at), base = code_start(r);
    return (struct handler){.start = start - base,
                            .end = start - base + (u16_at(info, at + 2) & ACTIVE_MASK),
                            .entry = u16_at(info, at + 4) - base,
                            .catch_index = u16_at(info, at + CATCH_AT),
                            .stops = (u16_at(info, at + 2) & STOP_BIT) != 0};
}

/* Pool operands noted; an array type of numbers has an operand that refers to nothing. */
static void note_operand(const struct run *r, struct cap_bits *bytes, struct cap_bits *shorts)
{
    size_t at = code_start(r) + r->in.pc + 1;
    uint8_t atype = code_u8(r, r->in.pc + 1);
    switch (r->in.op->operand) {
    case OPERAND_POOL1:
        bit_set(bytes, at);
        break;
    case OPERAND_POOL2:
        bit_set(shorts, at);
        break;
    case OPERAND_INTERFACE:
        bit_set(shorts, at + 1);
        break;
    case OPERAND_ATYPE_POOL:
        if (atype == 0 || atype == ATYPE_OBJECTS || bit_get(&r->m->short_operands, at + 1))
            bit_set(shorts, at + 1);
        break;
    default:
        break;
    }
}

/* Does the instruction know int: it takes, gives, keeps or makes one. */
static bool uses_int(const struct run *r)
{
    const struct opcode *op = r->in.op;
    uint8_t atype = code_u8(r, r->in.pc + 1);
    return op->kind == 'i' || strchr(op->takes, 'i') || strchr(op->gives, 'i') ||
           ((op->operand == OPERAND_ATYPE || op->operand == OPERAND_ATYPE_POOL) && atype == ATYPE_INT);
}

static enum tsm_err walk(struct run *r)
{
    struct cap_model *m = r->m;
    for (size_t pc = 0; pc < r->d->code_len; pc += r->in.length) {
        TRY(code_fetch(r, pc));
        HOLDS(m, m->cap->has_integers || !uses_int(r), OPCODE, "%s in a package without int", r->in.op->name);
        bit_set(&m->starts, code_start(r) + pc);
        note_operand(r, &m->found_bytes, &m->found_shorts);
    }
    return TSM_OK;
}

static bool begins(const struct run *r, size_t pc)
{
    return pc < r->d->code_len && bit_get(&r->m->starts, code_start(r) + pc);
}

static enum tsm_err mark_targets(struct run *r)
{
    struct cap_model *m = r->m;
    int64_t target;
    bit_set(&m->joins, code_start(r));
    for (size_t pc = 0; pc < r->d->code_len; pc += r->in.length) {
        TRY(code_fetch(r, pc));
        for (size_t i = 0; code_target(r, i, &target); i++) {
            HOLDS(m, target >= 0 && begins(r, (size_t)target), BRANCH,
                  "%s leads to %lld, where no instruction begins", r->in.op->name, (long long)target);
            bit_set(&m->joins, code_start(r) + (size_t)target);
        }
        if (r->in.op->act == ACT_JSR)
            bit_set(&m->joins, code_start(r) + pc + r->in.length);
    }
    return TSM_OK;
}

/* Without its stop bit an element looks on: there must be another handler of the method whose range meets
 * this one's, or it reads what follows the table as handlers. */
static bool is_followed(const struct run *r, size_t index, const struct handler *h)
{
    for (size_t i = index + 1; i < (size_t)r->d->first_handler + r->d->handlers; i++) {
        struct handler next = code_handler(r, i);
        if (next.start < h->end && h->start < next.end)
            return true;
    }
    return false;
}

static enum tsm_err mark_handlers(struct run *r)
{
    struct cap_model *m = r->m;
    struct cap_pool_entry e;
    for (size_t i = r->d->first_handler; i < (size_t)r->d->first_handler + r->d->handlers; i++) {
        struct handler h = code_handler(r, i);
        m->at.offset = (int32_t)(HANDLERS_AT + i * HANDLER_OCTETS);
        m->at.pc = CAP_NOWHERE;
        HOLDS(m, begins(r, h.start) && h.end > h.start && (h.end == r->d->code_len || begins(r, h.end)),
              HANDLER, "handler %zu covers no whole instructions of its method", i);
        HOLDS(m, begins(r, h.entry), HANDLER, "handler %zu enters where no instruction begins", i);
        HOLDS(m, h.stops || is_followed(r, i, &h), HANDLER,
              "handler %zu has no stop bit, and none of the method follows it", i);
        HOLDS(m, h.catch_index == 0 || (model_pool(m, h.catch_index, &e) && e.tag == POOL_CLASS), REFERENCE,
              "handler %zu catches pool entry %u, which is no class", i, h.catch_index);
        if (h.catch_index)
            bit_set(&m->found_shorts, HANDLERS_AT + i * HANDLER_OCTETS + CATCH_AT);
        bit_set(&m->joins, code_start(r) + h.entry);
    }
    return TSM_OK;
}

struct cap_leader *code_leader(struct cap_model *m, size_t pc)
{
    size_t low = 0, high = m->leaders;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->leader[middle].pc == pc)
            return &m->leader[middle];
        if (m->leader[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static enum tsm_err list_leaders(struct run *r)
{
    struct cap_model *m = r->m;
    m->leaders = 0;
    m->cells_used = 0;
    for (size_t pc = 0; pc < r->d->code_len; pc++) {
        if (!bit_get(&m->joins, code_start(r) + pc))
            continue;
        HOLDS(m, m->leaders < CAP_LEADERS_MAX, EFFORT, "more than %d places where paths join",
              CAP_LEADERS_MAX);
        m->leader[m->leaders++] = (struct cap_leader){.pc = (uint16_t)pc, .called = NOT_CALLED};
    }
    return TSM_OK;
}

/* The places behind calls of subroutines know which subroutine comes back to them. */
static enum tsm_err mark_calls(struct run *r)
{
    int64_t target;
    for (size_t pc = 0; pc < r->d->code_len; pc += r->in.length) {
        struct cap_leader *behind;
        TRY(code_fetch(r, pc));
        if (r->in.op->act != ACT_JSR || !code_target(r, 0, &target))
            continue;
        behind = code_leader(r->m, pc + r->in.length);
        HOLDS(r->m, behind != NULL, END, "a subroutine returns behind the end of the method");
        behind->called = (uint16_t)target;
    }
    return TSM_OK;
}

enum tsm_err code_decode(struct run *r)
{
    TRY(walk(r));
    TRY(mark_targets(r));
    TRY(mark_handlers(r));
    TRY(list_leaders(r));
    return mark_calls(r);
}

/* A place that is listed and no operand is rewritten by elements that link when they load; one that is left
 * out stays an index. */
enum tsm_err code_locations(struct cap_model *m)
{
    for (size_t at = 0; at < m->info[CAP_METHOD].len; at++) {
        bool byte = bit_get(&m->found_bytes, at), two = bit_get(&m->found_shorts, at);
        model_at(m, CAP_METHOD, at);
        HOLDS(m, bit_get(&m->byte_operands, at) == byte, LOCATION,
              "at %zu is %s one-octet pool operand, and it is %s", at, byte ? "a" : "no",
              byte ? "not listed" : "listed as one");
        HOLDS(m, bit_get(&m->short_operands, at) == two, LOCATION,
              "at %zu is %s two-octet pool operand, and it is %s", at, two ? "a" : "no",
              two ? "not listed" : "listed as one");
    }
    return TSM_OK;
}
