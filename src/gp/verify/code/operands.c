/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions fetched with their operands: lengths, branch distances, switches. Station 4. Pure. [JCVM 7] */
#include "gp/verify/code/code.h"

enum {
    SWITCH_DEFAULT = 1,
    SWITCH_LOW = 3,
    LOOKUP_COUNT = 3,
    LOOKUP_PAIRS = 5,
    DISTANCE = 2,
    LENGTH_LIMIT = 1 << 20
};

size_t code_start(const struct run *r)
{
    return (size_t)r->d->offset + r->d->header_len;
}

uint8_t code_u8(const struct run *r, size_t pc)
{
    return u8_at(r->m->info[CAP_METHOD], code_start(r) + pc);
}

uint16_t code_u16(const struct run *r, size_t pc)
{
    return u16_at(r->m->info[CAP_METHOD], code_start(r) + pc);
}

int32_t code_s32(const struct run *r, size_t pc)
{
    return (int32_t)((uint32_t)code_u16(r, pc) << 16 | code_u16(r, pc + 2));
}

static size_t key_size(const struct instruction *in)
{
    return in->op->kind == 'i' ? 4 : 2;
}

static int64_t key_at(const struct run *r, size_t pc)
{
    return r->in.op->kind == 'i' ? code_s32(r, pc) : (int16_t)code_u16(r, pc);
}

/* Cases of a switch, without the default; a table that ends before it begins has -1. */
static int64_t cases(const struct run *r)
{
    size_t key = key_size(&r->in), low = r->in.pc + SWITCH_LOW;
    if (r->in.op->act == ACT_LOOKUP)
        return code_u16(r, r->in.pc + LOOKUP_COUNT);
    return key_at(r, low) > key_at(r, low + key) ? -1 : key_at(r, low + key) - key_at(r, low) + 1;
}

/* The length of a switch; more than any method has when its table is impossible. */
static size_t switch_length(const struct run *r)
{
    size_t key = key_size(&r->in);
    int64_t n = cases(r);
    if (n < 0 || n > CAP_INFO_MAX)
        return LENGTH_LIMIT;
    if (r->in.op->act == ACT_LOOKUP)
        return LOOKUP_PAIRS + (size_t)n * (key + DISTANCE);
    return SWITCH_LOW + 2 * key + (size_t)n * DISTANCE;
}

enum tsm_err code_fetch(struct run *r, size_t pc)
{
    static const uint8_t operand_octets[] = {
        [OPERAND_NONE] = 0,    [OPERAND_S1] = 1,         [OPERAND_S2] = 2,       [OPERAND_S4] = 4,
        [OPERAND_LOCAL] = 1,   [OPERAND_LOCAL_S1] = 2,   [OPERAND_LOCAL_S2] = 3, [OPERAND_BRANCH1] = 1,
        [OPERAND_BRANCH2] = 2, [OPERAND_POOL1] = 1,      [OPERAND_POOL2] = 2,    [OPERAND_INTERFACE] = 4,
        [OPERAND_ATYPE] = 1,   [OPERAND_ATYPE_POOL] = 3, [OPERAND_MN] = 1,       [OPERAND_SWITCH] = 0};
    const struct opcode *op = &opcode_table[code_u8(r, pc)];
    r->m->at.offset = (int32_t)(code_start(r) + pc);
    r->m->at.pc = (int32_t)pc;
    HOLDS(r->m, pc < r->d->code_len, END, "the method ends at %u without a return", r->d->code_len);
    HOLDS(r->m, op->act != ACT_NONE, OPCODE, "%02X is no instruction of a CAP file", code_u8(r, pc));
    r->in = (struct instruction){op, pc, 1};
    r->in.length = op->operand == OPERAND_SWITCH ? switch_length(r) : 1u + operand_octets[op->operand];
    HOLDS(r->m, pc + r->in.length <= r->d->code_len, END, "%s reaches over the end of the method", op->name);
    return TSM_OK;
}

bool code_target(const struct run *r, size_t index, int64_t *target)
{
    const struct instruction *in = &r->in;
    size_t key = key_size(in), at = in->pc + SWITCH_DEFAULT;
    if (in->op->operand == OPERAND_BRANCH1 || in->op->operand == OPERAND_BRANCH2) {
        *target = (int64_t)in->pc + (in->op->operand == OPERAND_BRANCH1 ? (int8_t)code_u8(r, in->pc + 1)
                                                                        : (int16_t)code_u16(r, in->pc + 1));
        return index == 0;
    }
    if (in->op->operand != OPERAND_SWITCH || (int64_t)index > cases(r))
        return false;
    if (index > 0 && in->op->act == ACT_LOOKUP)
        at = in->pc + LOOKUP_PAIRS + (index - 1) * (key + DISTANCE) + key;
    else if (index > 0)
        at = in->pc + SWITCH_LOW + 2 * key + (index - 1) * DISTANCE;
    *target = (int64_t)in->pc + (int16_t)code_u16(r, at);
    return true;
}
