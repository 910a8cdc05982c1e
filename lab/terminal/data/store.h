/* SPDX-License-Identifier: Apache-2.0 */
/* The data objects a terminal knows during one transaction, its own and the card's, by tag. Pure. */
#ifndef LAB_TERMINAL_STORE_H
#define LAB_TERMINAL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TERM_MAX_OBJECTS = 96, TERM_MAX_VALUE = 255 };

struct term_object {
    uint32_t tag;
    size_t len;
    uint8_t value[TERM_MAX_VALUE];
};

struct term_store {
    size_t count;
    struct term_object objects[TERM_MAX_OBJECTS];
};

/* NULL when there is none. */
const struct term_object *term_get(const struct term_store *s, uint32_t tag);

/* Puts a new object or replaces the one of the same tag. False when value or store is too big. */
bool term_set(struct term_store *s, uint32_t tag, const void *value, size_t len);

/* Puts a new object; false as well when there is one: a card must not say a thing twice [EMV Book 3 10.2]. */
bool term_add(struct term_store *s, uint32_t tag, const void *value, size_t len);

#endif
