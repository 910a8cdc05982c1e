/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one job or request: blocks in a list, wiped when dropped. Every station. Pure but for malloc. */
#include "engine/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8192, ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(ALIGN) uint8_t at[];
};

struct arena_owned {
    struct arena_owned *next;
    void (*drop)(void *at);
    void *at;
};

void *arena_get(struct arena *a, size_t size)
{
    size_t want = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct arena_block *b = a->blocks;
    if (!b || b->size - b->used < want) {
        size_t room = want > BLOCK ? want : BLOCK;
        b = calloc(1, sizeof *b + room);
        if (!b)
            return NULL;
        b->size = room;
        b->next = a->blocks;
        a->blocks = b;
    }
    b->used += want;
    return b->at + b->used - want;
}

struct bytes arena_copy(struct arena *a, struct bytes b)
{
    void *to = arena_get(a, b.len + 1); /* one more: texts get a final 0 */
    if (!to)
        return BYTES_NONE;
    if (b.len)
        memcpy(to, b.at, b.len);
    return (struct bytes){to, b.len};
}

char *arena_text(struct arena *a, const char *text)
{
    struct bytes b = arena_copy(a, bytes_of_text(text));
    return (char *)(uintptr_t)b.at;
}

enum tsm_err arena_owns(struct arena *a, void (*drop)(void *at), void *at)
{
    struct arena_owned *o = arena_get(a, sizeof *o);
    NEED(o != NULL, NO_MEMORY);
    *o = (struct arena_owned){a->owned, drop, at};
    a->owned = o;
    return TSM_OK;
}

void arena_drop(struct arena *a)
{
    for (; a->owned; a->owned = a->owned->next)
        a->owned->drop(a->owned->at);
    while (a->blocks) {
        struct arena_block *b = a->blocks;
        a->blocks = b->next;
        explicit_bzero(b->at, b->used);
        free(b);
    }
}
