/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts and lists of a result live in: the JSON document that they were read from and what was
 * allocated beside it. Pure but for allocation. */
#ifndef OPENTSM_SDK_MEMORY_H
#define OPENTSM_SDK_MEMORY_H

#include "base/json.h"

struct tsm_api_memory;

/* NULL when memory is exhausted. */
struct tsm_api_memory *memory_new(void);
/* Takes over a document (may be NULL). */
void memory_hold(struct tsm_api_memory *m, json_t *document);
/* Zeroed room that lives as long as the memory; NULL when memory is exhausted. */
void *memory_get(struct tsm_api_memory *m, size_t size);
/* A copy of a text; NULL when memory is exhausted. */
const char *memory_text(struct tsm_api_memory *m, const char *text);
void memory_free(struct tsm_api_memory *m);

#endif
