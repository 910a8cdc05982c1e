/* SPDX-License-Identifier: Apache-2.0 */
/* One method body of capasm: instructions, labels, branches and constant pool operands (build tool, pure
 * apart from messages): JCVM 2.2.2 chapter 7. */
#include <string.h>

#include "capasm.h"

enum { INSTRUCTION_MAX = 80 }; /* octets of the longest line: a switch */

void body_begin(struct body *b, struct method *m)
{
    b->method = m;
    b->label_count = 0;
    b->branch_count = 0;
}

void body_emit(struct method *m, unsigned value, size_t octets)
{
    while (octets-- > 0)
        m->code[m->code_len++] = (uint8_t)(value >> 8 * octets);
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

int body_branch(struct body *b, const struct line *l, size_t word, size_t from, size_t width)
{
    if (b->branch_count == BRANCHES_MAX)
        return fail(l->at, "more than %d branches in a method", BRANCHES_MAX);
    if (word_name(l, word, b->branches[b->branch_count].name) != 0)
        return -1;
    b->branches[b->branch_count].at = b->method->code_len;
    b->branches[b->branch_count].from = from;
    b->branches[b->branch_count].width = width;
    b->branches[b->branch_count++].place = l->at;
    body_emit(b->method, 0, width);
    return 0;
}

/* The index of (tag, name) in the constant pool, entered at its first use. */
int body_pool(struct body *b, struct package *p, enum pool_tag tag, const char *name, const struct line *l)
{
    struct pool_entry entry = {.tag = tag, .line = l->at.line, .class_index = b->method->class_index};

    strcpy(entry.name, name);
    for (size_t i = 0; i < p->pool_count; i++)
        if (p->pool[i].tag == tag && strcmp(p->pool[i].name, entry.name) == 0 &&
            (tag != POOL_SUPER || p->pool[i].class_index == entry.class_index))
            return (int)i;
    if (p->pool_count == POOL_MAX)
        return fail(l->at, "more than %d constant pool entries", POOL_MAX);
    p->pool[p->pool_count] = entry;
    return (int)p->pool_count++;
}

int body_reference(struct body *b, int index, size_t width, const struct line *l)
{
    struct method *m = b->method;

    if (index < 0)
        return -1;
    if (m->ref_count == REFS_MAX)
        return fail(l->at, "more than %d constant pool operands in a method", REFS_MAX);
    if (width == 1 && index > UINT8_MAX)
        return fail(l->at, "the pool index %d needs the _w form", index);
    m->refs[m->ref_count].at = (uint16_t)m->code_len;
    m->refs[m->ref_count++].width = (uint8_t)width;
    body_emit(m, (unsigned)index, width);
    return 0;
}

static int emit_pool(struct body *b, struct package *p, const struct opcode *o, const struct line *l)
{
    char name[NAME_MAX_LEN + 1];

    if (word_name(l, 1, name) != 0)
        return -1;
    return body_reference(b, body_pool(b, p, o->tag, name, l), o->operand == OPERAND_POOL1 ? 1 : 2, l);
}

/* Number operands in their order: a local, then a value; values are given signed or unsigned (0x6D00, -1). */
static int emit_numbers(struct method *m, const struct opcode *o, const struct line *l)
{
    const bool local =
        o->operand == OPERAND_LOCAL || o->operand == OPERAND_LOCAL_S1 || o->operand == OPERAND_LOCAL_S2;
    const size_t width = o->operand == OPERAND_S4                                     ? 4
                         : o->operand == OPERAND_S2 || o->operand == OPERAND_LOCAL_S2 ? 2
                         : o->operand == OPERAND_S1 || o->operand == OPERAND_LOCAL_S1 ? 1
                                                                                      : 0;
    static const long min[] = {0, INT8_MIN, INT16_MIN, 0, INT32_MIN};
    static const long max[] = {0, UINT8_MAX, UINT16_MAX, 0, UINT32_MAX};
    long value = 0;

    if (local) {
        if (word_number(l, 1, 0, UINT8_MAX, &value) != 0)
            return -1;
        if (value >= m->args + m->locals)
            return fail(l->at, "local %ld is outside the %d of this method", value, m->args + m->locals);
        body_emit(m, (unsigned)value, 1);
    }
    if (width > 0) {
        if (word_number(l, local ? 2 : 1, min[width], max[width], &value) != 0)
            return -1;
        body_emit(m, (unsigned)value, width);
    }
    return 0;
}

/* Words that an instruction may have at most. */
static size_t words_of(const struct opcode *o)
{
    switch (o->operand) {
    case OPERAND_NONE:
        return 1;
    case OPERAND_LOCAL_S1:
    case OPERAND_LOCAL_S2:
        return 3;
    case OPERAND_TABLE:
    case OPERAND_LOOKUP:
    case OPERAND_OCTETS:
        return WORDS_MAX;
    default:
        return 2;
    }
}

int body_line(struct body *b, struct package *p, const struct line *l)
{
    struct method *m = b->method;
    const char *first = l->word[0];
    const struct opcode *o = opcode_find(first);

    if (first[strlen(first) - 1] == ':')
        return add_label(b, l);
    if (strcmp(first, "catch") == 0)
        return handler_line(b, p, l);
    if (o == NULL)
        return fail(l->at, "'%s' is no instruction capasm knows", first);
    if (l->count > words_of(o))
        return fail(l->at, "'%s' has too many operands", first);
    if (m->code_len > CODE_MAX - INSTRUCTION_MAX)
        return fail(l->at, "a method has at most %d octets of code", CODE_MAX);
    body_emit(m, o->value, 1);
    switch (o->operand) {
    case OPERAND_BRANCH:
        return body_branch(b, l, 1, m->code_len - 1, 1);
    case OPERAND_BRANCH2:
        return body_branch(b, l, 1, m->code_len - 1, 2);
    case OPERAND_POOL:
    case OPERAND_POOL1:
        return emit_pool(b, p, o, l);
    case OPERAND_NONE:
    case OPERAND_S1:
    case OPERAND_S2:
    case OPERAND_S4:
    case OPERAND_LOCAL:
    case OPERAND_LOCAL_S1:
    case OPERAND_LOCAL_S2:
        return emit_numbers(m, o, l);
    default:
        return operands_emit(b, p, o, l);
    }
}

int body_label(const struct body *b, const char *name, long *out)
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
        const bool wide = b->branches[i].width == 2;
        long target = 0;
        if (body_label(b, b->branches[i].name, &target) != 0)
            return fail(b->branches[i].place, "label '%s' is not in this method", b->branches[i].name);
        const long distance = target - (long)b->branches[i].from;
        if (distance < (wide ? INT16_MIN : INT8_MIN) || distance > (wide ? INT16_MAX : INT8_MAX) ||
            target >= (long)m->code_len)
            return fail(b->branches[i].place, "label '%s' is out of reach", b->branches[i].name);
        if (wide)
            m->code[b->branches[i].at] = (uint8_t)(distance >> 8);
        m->code[b->branches[i].at + wide] = (uint8_t)distance;
    }
    return handlers_end(b);
}
