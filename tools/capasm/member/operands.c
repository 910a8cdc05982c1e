/* SPDX-License-Identifier: Apache-2.0 */
/* Operands of more than one word in a capasm body: switches, array types, interface methods, plain octets
 * (build tool, pure apart from messages): JCVM 2.2.2 chapter 7. */
#include <ctype.h>
#include <string.h>

#include "../capasm.h"

enum { ATYPE_BOOLEAN = 10, FIRST_CASE = 3, PAIR = 2 };

/* The number of an array type, 0 for another word. */
static unsigned atype(const char *word)
{
    static const char *const names[] = {"boolean", "byte", "short", "int"};

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(word, names[i]) == 0)
            return ATYPE_BOOLEAN + i;
    return 0;
}

static int emit_key(struct body *b, const struct line *l, size_t word, size_t width)
{
    long value = 0;

    if (word_number(l, word, INT32_MIN, INT32_MAX, &value) != 0)
        return -1;
    body_emit(b->method, (unsigned)value, width);
    return 0;
}

static int emit_table(struct body *b, const struct line *l, size_t key)
{
    const size_t from = b->method->code_len - 1;
    long low = 0;

    if (body_branch(b, l, 1, from, 2) != 0 || word_number(l, 2, INT32_MIN, INT32_MAX, &low) != 0)
        return -1;
    body_emit(b->method, (unsigned)low, key);
    body_emit(b->method, (unsigned)(low + (long)l->count - FIRST_CASE - 1), key);
    for (size_t i = FIRST_CASE; i < l->count; i++)
        if (body_branch(b, l, i, from, 2) != 0)
            return -1;
    return 0;
}

static int emit_lookup(struct body *b, const struct line *l, size_t key)
{
    const size_t from = b->method->code_len - 1;

    if (body_branch(b, l, 1, from, 2) != 0)
        return -1;
    body_emit(b->method, (unsigned)(l->count - 2) / PAIR, 2);
    for (size_t i = 2; i < l->count; i += PAIR)
        if (emit_key(b, l, i, key) != 0 || body_branch(b, l, i + 1, from, 2) != 0)
            return -1;
    return 0;
}

/* A class, or an array of numbers, whose pool index is nothing. */
static int emit_cast(struct body *b, struct package *p, const struct line *l)
{
    char name[NAME_MAX_LEN + 1];

    if (word_name(l, 1, name) != 0)
        return -1;
    body_emit(b->method, atype(name), 1);
    if (atype(name) != 0) {
        body_emit(b->method, 0, 2);
        return 0;
    }
    return body_reference(b, body_pool(b, p, POOL_CLASS, name, l), 2, l);
}

/* The interface of a method of the package, or of an external one, and its token. */
static int emit_interface(struct body *b, struct package *p, const struct line *l)
{
    char name[NAME_MAX_LEN + 1];

    if (word_name(l, 1, name) != 0)
        return -1;
    const struct external *e = external_find(p, name);
    const struct method *m = method_find(p, name);
    if ((e == NULL || !e->of_interface) && m == NULL)
        return fail(l->at, "'%s' is no method of an interface", name);
    const char *signature = e != NULL ? e->signature : m->signature;
    const unsigned token = e != NULL ? e->token : m->token;
    body_emit(b->method, (unsigned)signature_args(signature) + 1, 1);
    *strchr(name, '.') = '\0';
    if (body_reference(b, body_pool(b, p, POOL_CLASS, name, l), 2, l) != 0)
        return -1;
    body_emit(b->method, token, 1);
    return 0;
}

static int emit_octets(struct body *b, const struct line *l)
{
    b->method->code_len--; /* no opcode of its own */
    for (size_t i = 1; i < l->count; i++) {
        const char *w = l->word[i];
        if (strlen(w) != 2 || !isxdigit((unsigned char)w[0]) || !isxdigit((unsigned char)w[1]))
            return fail(l->at, "octets are given as pairs of hexadecimal digits");
        static const char digits[] = "0123456789abcdef";
        body_emit(b->method,
                  (unsigned)(strchr(digits, tolower((unsigned char)w[0])) - digits) << 4 |
                      (unsigned)(strchr(digits, tolower((unsigned char)w[1])) - digits),
                  1);
    }
    return 0;
}

int operands_emit(struct body *b, struct package *p, const struct opcode *o, const struct line *l)
{
    const size_t key = o->name[0] == 'i' ? 4 : 2;
    char name[NAME_MAX_LEN + 1];

    switch (o->operand) {
    case OPERAND_TABLE:
        return emit_table(b, l, key);
    case OPERAND_LOOKUP:
        return emit_lookup(b, l, key);
    case OPERAND_ATYPE:
        if (word_name(l, 1, name) != 0)
            return -1;
        if (atype(name) == 0)
            return fail(l->at, "'%s' is not boolean, byte, short or int", name);
        body_emit(b->method, atype(name), 1);
        return 0;
    case OPERAND_ATYPE_POOL:
        return emit_cast(b, p, l);
    case OPERAND_INTERFACE:
        return emit_interface(b, p, l);
    default:
        return emit_octets(b, l);
    }
}
