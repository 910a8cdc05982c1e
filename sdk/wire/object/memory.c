/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts and lists of a result live in. Pure but for allocation. */
#include "wire/object/memory.h"

#include <stdlib.h>
#include <string.h>

#include "wire/object/wipe.h"

struct block {
    struct block *next;
    size_t size; /* of `at` */
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
    json_wipe(m->document);
    m->document = document;
}

void *memory_get(struct tsm_api_memory *m, size_t size)
{
    struct block *b = calloc(1, sizeof *b + size);
    if (!b)
        return NULL;
    b->next = m->blocks;
    b->size = size;
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
        explicit_bzero(b->at, b->size);
        free(b);
    }
    json_wipe(m->document);
    free(m);
}
