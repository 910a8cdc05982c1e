/* SPDX-License-Identifier: Apache-2.0 */
/* Method signatures of capasm in Java's letters, and as the nibbles of a type_descriptor (build tool, pure):
 * JCVM 2.2.2 clause 6.8.1. */
#include <string.h>

#include "capasm.h"

enum { NIBBLES_MAX = 96, NIBBLE_REFERENCE = 0x6, NIBBLE_ARRAY_REFERENCE = 0xE };

struct nibbles {
    uint8_t value[NIBBLES_MAX];
    size_t count;
    bool overflow;
};

static void nibble(struct nibbles *n, unsigned value)
{
    if (n->count == NIBBLES_MAX)
        n->overflow = true;
    else
        n->value[n->count++] = value & 0xF;
}

/* The nibble of a primitive type letter, or 0; arrays of it have bit 3 set, which void cannot. */
static unsigned primitive(char letter)
{
    switch (letter) {
    case 'Z':
        return 0x2;
    case 'B':
        return 0x3;
    case 'S':
        return 0x4;
    case 'I':
        return 0x5;
    default:
        return 0;
    }
}

/* External (package token with its high bit, class token) or an internal offset. */
int class_reference(const struct package *p, const char *name, unsigned *out)
{
    const struct external *e = external_find(p, name);
    const int index = class_index(p, name);

    if (e != NULL && e->tag == POOL_CLASS)
        *out = (0x80U | e->package) << 8 | e->class_token;
    else if (index >= 0)
        *out = p->classes[index].offset;
    else
        return -1;
    return 0;
}

static int put_class(const struct package *p, const char **at, struct nibbles *n)
{
    char name[NAME_MAX_LEN + 1];
    const char *end = strchr(*at, ';');
    unsigned ref = 0;

    if (end == NULL || (size_t)(end - *at) > NAME_MAX_LEN)
        return -1;
    memcpy(name, *at, (size_t)(end - *at));
    name[end - *at] = '\0';
    if (class_reference(p, name, &ref) != 0)
        return -1;
    for (int shift = 12; shift >= 0; shift -= 4)
        nibble(n, ref >> shift);
    *at = end + 1;
    return 0;
}

static int put_type(const struct package *p, const char **at, struct nibbles *n)
{
    const bool array = **at == '[';

    if (array)
        ++*at;
    const char letter = *(*at)++;
    if (letter == 'L') {
        nibble(n, array ? NIBBLE_ARRAY_REFERENCE : NIBBLE_REFERENCE);
        return put_class(p, at, n);
    }
    const unsigned value = primitive(letter);
    if (value == 0)
        return -1;
    nibble(n, array ? value | 0x8 : value);
    return 0;
}

int signature_put(const struct package *p, const char *signature, struct bytes *out)
{
    struct nibbles n = {.count = 0};
    const bool method = *signature == '(';
    const char *at = method ? signature + 1 : signature;

    while (method && *at != ')')
        if (put_type(p, &at, &n) != 0)
            return -1;
    at += method;
    if (*at == 'V')
        nibble(&n, 0x1);
    else if (put_type(p, &at, &n) != 0)
        return -1;
    if (n.overflow)
        return -1;
    put_u1(out, (unsigned)n.count);
    for (size_t i = 0; i < n.count; i += 2)
        put_u1(out, (unsigned)n.value[i] << 4 | (i + 1 < n.count ? n.value[i + 1] : 0U));
    return 0;
}

bool type_is_reference(const char *type)
{
    return *type == 'L' || *type == '[';
}

unsigned type_primitive(const char *type)
{
    return primitive(*type);
}

/* Steps over one type. */
static const char *skip_type(const char *at)
{
    if (*at == '[')
        at++;
    if (*at == 'L') {
        const char *end = strchr(at, ';');
        return end == NULL || end == at + 1 ? NULL : end + 1;
    }
    return primitive(*at) == 0 ? NULL : at + 1;
}

int signature_args(const char *signature)
{
    const char *at = signature + 1;
    int cells = 0;

    if (signature[0] != '(')
        return -1;
    while (*at != ')') {
        cells += *at == 'I' ? 2 : 1;
        at = skip_type(at);
        if (at == NULL)
            return -1;
    }
    at++;
    at = *at == 'V' ? at + 1 : skip_type(at);
    return at == NULL || *at != '\0' ? -1 : cells;
}
