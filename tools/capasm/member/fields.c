/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of capasm: `field NAME TYPE ATTRIBUTES`, their places in instances and in the static field image
 * (build tool, pure apart from messages): JCVM 2.2.2 clauses 4.3.7.5, 6.10, 6.13.2. */
#include <string.h>

#include "../capasm.h"

enum { NIBBLE_INT = 5, NIBBLE_SHORT = 4, ARRAY_BYTE = 3, REFERENCE_OCTETS = 2 };

static unsigned image_octets(const struct field *f)
{
    const unsigned nibble = type_primitive(f->type);

    return nibble == 0 || nibble == NIBBLE_SHORT ? 2 : nibble == NIBBLE_INT ? 4 : 1;
}

/* static, public, private, protected, final, or init with the octets of an array. */
static int attribute(struct field *f, const struct line *l, size_t *index)
{
    static const struct {
        const char *name;
        uint8_t flag;
    } flags[] = {{"static", ACC_STATIC},
                 {"public", ACC_PUBLIC},
                 {"private", ACC_PRIVATE},
                 {"protected", ACC_PROTECTED},
                 {"final", ACC_FINAL}};
    struct aid octets;
    const char *w = l->word[(*index)++];

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(w, flags[i].name) == 0) {
            f->access |= flags[i].flag;
            return 0;
        }
    }
    if (strcmp(w, "init") != 0 || strcmp(f->type, "[B") != 0)
        return fail(l->at, "'%s' is no attribute of this field", w);
    if (word_aid(l, (*index)++, &octets) != 0) /* 5 to 16 octets are enough here */
        return -1;
    memcpy(f->init, octets.value, octets.len);
    f->init_len = octets.len;
    return 0;
}

int field_read(struct package *p, const struct line *l)
{
    const size_t class = p->class_count - 1;
    char name[NAME_MAX_LEN + 1], type[NAME_MAX_LEN + 1];
    size_t index = 3;

    if (p->field_count == FIELDS_MAX)
        return fail(l->at, "more than %d fields", FIELDS_MAX);
    struct field *f = &p->fields[p->field_count];
    if (word_name(l, 1, name) != 0 || word_name(l, 2, type) != 0)
        return -1;
    if (strlen(p->classes[class].name) + 1 + strlen(name) > NAME_MAX_LEN || strlen(type) > SIGNATURE_MAX ||
        (!type_is_reference(type) && type_primitive(type) == 0))
        return fail(l->at, "'%s' cannot be a field", name);
    strcpy(f->name, p->classes[class].name);
    strcat(f->name, ".");
    strcat(f->name, name);
    strcpy(f->type, type);
    f->class_index = class;
    while (index < l->count)
        if (attribute(f, l, &index) != 0)
            return -1;
    p->field_count++;
    return 0;
}

static void place_static(struct package *p, unsigned *next, bool references, bool with_init)
{
    for (size_t i = 0; i < p->field_count; i++) {
        struct field *f = &p->fields[i];
        if (!(f->access & ACC_STATIC) || type_is_reference(f->type) != references ||
            (f->init_len > 0) != with_init)
            continue;
        f->at = (uint16_t)*next;
        *next += image_octets(f);
    }
}

static void place_instance(struct package *p, size_t class, unsigned *next, bool references)
{
    for (size_t i = 0; i < p->field_count; i++) {
        struct field *f = &p->fields[i];
        if (f->class_index != class || f->access & ACC_STATIC || type_is_reference(f->type) != references)
            continue;
        f->at = (uint16_t)*next;
        *next += type_primitive(f->type) == NIBBLE_INT ? 2 : 1;
    }
}

void fields_layout(struct package *p)
{
    unsigned next = 0;

    place_static(p, &next, true, true);
    place_static(p, &next, true, false);
    place_static(p, &next, false, false);
    for (size_t class = 0; class < p->class_count; class ++) {
        next = 0;
        place_instance(p, class, &next, false);
        place_instance(p, class, &next, true);
    }
}

const struct field *field_find(const struct package *p, const char *name)
{
    for (size_t i = 0; i < p->field_count; i++)
        if (strcmp(p->fields[i].name, name) == 0)
            return &p->fields[i];
    return NULL;
}

void fields_of_class(const struct package *p, size_t class, unsigned *cells, unsigned *references)
{
    *cells = *references = 0;
    for (size_t i = 0; i < p->field_count; i++) {
        const struct field *f = &p->fields[i];
        if (f->class_index != class || f->access & ACC_STATIC)
            continue;
        *cells += type_primitive(f->type) == NIBBLE_INT ? 2 : 1;
        *references += type_is_reference(f->type);
    }
}

/* Octets of the image, references in it, arrays with values and their octets. */
struct totals {
    unsigned image, references, arrays, octets;
};

static struct totals totals(const struct package *p)
{
    struct totals t = {0, 0, 0, 0};

    for (size_t i = 0; i < p->field_count; i++) {
        const struct field *f = &p->fields[i];
        if (!(f->access & ACC_STATIC))
            continue;
        t.image += image_octets(f);
        t.references += type_is_reference(f->type);
        t.arrays += f->init_len > 0;
        t.octets += (unsigned)f->init_len;
    }
    return t;
}

void fields_put_image(const struct package *p, struct bytes *b)
{
    const struct totals t = totals(p);

    put_u2(b, t.image);
    put_u2(b, t.references);
    put_u2(b, t.arrays);
    for (size_t i = 0; i < p->field_count; i++) {
        const struct field *f = &p->fields[i];
        if (f->init_len == 0)
            continue;
        put_u1(b, ARRAY_BYTE);
        put_u2(b, (unsigned)f->init_len);
        put_octets(b, f->init, f->init_len);
    }
    put_u2(b, t.image - REFERENCE_OCTETS * t.references); /* all with their default value */
    put_u2(b, 0);
}

void fields_put_sizes(const struct package *p, struct bytes *b)
{
    const struct totals t = totals(p);

    put_u2(b, t.image);
    put_u2(b, t.arrays);
    put_u2(b, t.octets);
}
