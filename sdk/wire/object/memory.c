/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts and lists of a result live in. Pure but for allocation. */
#include "wire/object/memory.h"

#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    _Alignas(max_align_t) uint8_t at[];
};

struct tsm_api_memory {
    json_t *document;
    struct block *blocks;
};

struct tsm_api_memory *memory_new(void)
{
    return calloc(1, sizeof(struct tsm_api_memory));
}

void memory_hold(struct tsm_api_memory *m, json_t *document)
{
    json_decref(m->document);
    m->document = document;
}

void *memory_get(struct tsm_api_memory *m, size_t size)
{
    struct block *b = calloc(1, sizeof *b + size);
    if (!b)
        return NULL;
    b->next = m->blocks;
    m->blocks = b;
    return b->at;
}

const char *memory_text(struct tsm_api_memory *m, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = memory_get(m, n);
    return copy ? memcpy(copy, text, n) : NULL;
}

void memory_free(struct tsm_api_memory *m)
{
    if (!m)
        return;
    while (m->blocks) {
        struct block *b = m->blocks;
        m->blocks = b->next;
        free(b);
    }
    json_decref(m->document);
    free(m);
}
