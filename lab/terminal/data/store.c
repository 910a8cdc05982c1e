/* SPDX-License-Identifier: Apache-2.0 */
/* The data objects a terminal knows during one transaction, its own and the card's, by tag. Pure. */
#include "terminal/data/store.h"

#include <string.h>

static struct term_object *find(struct term_store *s, uint32_t tag)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->objects[i].tag == tag)
            return &s->objects[i];
    return NULL;
}

const struct term_object *term_get(const struct term_store *s, uint32_t tag)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->objects[i].tag == tag)
            return &s->objects[i];
    return NULL;
}

bool term_set(struct term_store *s, uint32_t tag, const void *value, size_t len)
{
    struct term_object *o = find(s, tag);
    if (len > TERM_MAX_VALUE || (!o && s->count == TERM_MAX_OBJECTS))
        return false;
    if (!o)
        o = &s->objects[s->count++];
    o->tag = tag;
    o->len = len;
    if (len > 0)
        memcpy(o->value, value, len);
    return true;
}

bool term_add(struct term_store *s, uint32_t tag, const void *value, size_t len)
{
    return !find(s, tag) && term_set(s, tag, value, len);
}
