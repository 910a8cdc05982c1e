/* SPDX-License-Identifier: Apache-2.0 */
/* One method body of capasm: instructions, labels, branches and constant pool operands (build tool, pure
 * apart from messages): JCVM 2.2.2 chapter 7. */
#include <string.h>

#include "capasm.h"

enum { INSTRUCTION_MAX = 3 }; /* opcode and at most two operand octets */

void body_begin(struct body *b, struct method *m)
{
    b->method = m;
    b->label_count = 0;
    b->branch_count = 0;
}

static void emit(struct method *m, unsigned octet)
{
    m->code[m->code_len++] = (uint8_t)octet;
}

static int add_label(struct body *b, const struct line *l)
{
    char name[NAME_MAX_LEN + 1];

    if (word_name(l, 0, name) != 0)
        return -1;
    name[strlen(name) - 1] = '\0'; /* the colon */
    if (l->count != 1 || name[0] == '\0')
        return fail(l->at, "a label stands alone on its line, as 'name:'");
    if (b->label_count == LABELS_MAX)
        return fail(l->at, "more than %d labels in a method", LABELS_MAX);
    for (size_t i = 0; i < b->label_count; i++)
        if (strcmp(b->labels[i].name, name) == 0)
            return fail(l->at, "label '%s' stands twice in this method", name);
    strcpy(b->labels[b->label_count].name, name);
    b->labels[b->label_count++].at = b->method->code_len;
    return 0;
}

static int emit_branch(struct body *b, const struct line *l)
{
    if (b->branch_count == BRANCHES_MAX)
        return fail(l->at, "more than %d branches in a method", BRANCHES_MAX);
    if (word_name(l, 1, b->branches[b->branch_count].name) != 0)
        return -1;
    b->branches[b->branch_count].at = b->method->code_len - 1;
    b->branches[b->branch_count++].place = l->at;
    emit(b->method, 0);
    return 0;
}

/* The index of (tag, name) in the constant pool, entered at its first use. */
static int pool_index(struct package *p, enum pool_tag tag, const struct line *l)
{
    struct pool_entry entry = {.tag = tag, .line = l->at.line};

    if (word_name(l, 1, entry.name) != 0)
        return -1;
    for (size_t i = 0; i < p->pool_count; i++)
        if (p->pool[i].tag == tag && strcmp(p->pool[i].name, entry.name) == 0)
            return (int)i;
    if (p->pool_count == POOL_MAX)
        return fail(l->at, "more than %d constant pool entries", POOL_MAX);
    p->pool[p->pool_count] = entry;
    return (int)p->pool_count++;
}

static int emit_pool(struct method *m, struct package *p, enum pool_tag tag, const struct line *l)
{
    const int index = pool_index(p, tag, l);

    if (index < 0)
        return -1;
    if (m->ref_count == REFS_MAX)
        return fail(l->at, "more than %d constant pool operands in a method", REFS_MAX);
    m->refs[m->ref_count++] = (uint16_t)m->code_len;
    emit(m, (unsigned)index >> 8);
    emit(m, (unsigned)index);
    return 0;
}

/* A number operand of one or two octets; octets are given signed or unsigned (0x6D00, -1). */
static int emit_number(struct method *m, const struct opcode *o, const struct line *l)
{
    static const long min[] = {[OPERAND_S1] = INT8_MIN, [OPERAND_S2] = INT16_MIN, [OPERAND_LOCAL] = 0};
    static const long max[] = {
        [OPERAND_S1] = UINT8_MAX, [OPERAND_S2] = UINT16_MAX, [OPERAND_LOCAL] = UINT8_MAX};
    long value = 0;

    if (word_number(l, 1, min[o->operand], max[o->operand], &value) != 0)
        return -1;
    if (o->operand == OPERAND_LOCAL && value >= m->args + m->locals)
        return fail(l->at, "local %ld is outside the %d of this method", value, m->args + m->locals);
    if (o->operand == OPERAND_S2)
        emit(m, (unsigned)value >> 8);
    emit(m, (unsigned)value);
    return 0;
}

int body_line(struct body *b, struct package *p, const struct line *l)
{
    struct method *m = b->method;
    const char *first = l->word[0];
    const struct opcode *o = opcode_find(first);

    if (first[strlen(first) - 1] == ':')
        return add_label(b, l);
    if (o == NULL)
        return fail(l->at, "'%s' is no instruction capasm knows", first);
    if (l->count > (o->operand == OPERAND_NONE ? 1U : 2U))
        return fail(l->at, "'%s' has too many operands", first);
    if (m->code_len > CODE_MAX - INSTRUCTION_MAX)
        return fail(l->at, "a method has at most %d octets of code", CODE_MAX);
    emit(m, o->value);
    switch (o->operand) {
    case OPERAND_BRANCH:
        return emit_branch(b, l);
    case OPERAND_POOL:
        return emit_pool(m, p, o->tag, l);
    case OPERAND_S1:
    case OPERAND_S2:
    case OPERAND_LOCAL:
        return emit_number(m, o, l);
    case OPERAND_NONE:
    default:
        return 0;
    }
}

static int label_at(const struct body *b, const char *name, long *out)
{
    for (size_t i = 0; i < b->label_count; i++) {
        if (strcmp(b->labels[i].name, name) == 0) {
            *out = (long)b->labels[i].at;
            return 0;
        }
    }
    return -1;
}

int body_end(struct body *b)
{
    struct method *m = b->method;

    for (size_t i = 0; i < b->branch_count; i++) {
        long target = 0;
        if (label_at(b, b->branches[i].name, &target) != 0)
            return fail(b->branches[i].place, "label '%s' is not in this method", b->branches[i].name);
        const long distance = target - (long)b->branches[i].at;
        if (distance < INT8_MIN || distance > INT8_MAX || target >= (long)m->code_len)
            return fail(b->branches[i].place, "label '%s' is out of reach", b->branches[i].name);
        m->code[b->branches[i].at + 1] = (uint8_t)distance;
    }
    return 0;
}
