/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that lives as long as one job or one request and is given back at once. Every station. Pure but for
 * malloc. */
#ifndef TSM_ENGINE_ARENA_H
#define TSM_ENGINE_ARENA_H

#include "base/bytes.h"

struct arena_block;
struct arena_owned;
struct arena {
    struct arena_block *blocks;
    struct arena_owned *owned;
};

/* Zeroed memory, valid until arena_drop; NULL when memory is exhausted. */
void *arena_get(struct arena *a, size_t size);
/* A copy of the span in the arena; an empty span when memory is exhausted and b.len > 0 is reported by `at`
 * NULL. */
struct bytes arena_copy(struct arena *a, struct bytes b);
char *arena_text(struct arena *a, const char *text);
/* From here on the arena owns `at` too: `drop` is called on it, the newest first, before the memory goes. So
 * what a turn holds is given back on every way out of it. NO_MEMORY: not owned. */
enum tsm_err arena_owns(struct arena *a, void (*drop)(void *at), void *at);
/* Drops what it owns, wipes and frees everything. */
void arena_drop(struct arena *a);

#define ARENA __attribute__((cleanup(arena_drop))) struct arena

#endif
